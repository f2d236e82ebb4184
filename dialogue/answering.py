"""From a thread, in the light of what is known, to what is said in it."""

from decimal import Decimal, InvalidOperation

import msgspec

from dialogue.amounts import Amounts, Asked, Planned
from dialogue.blocks import Answer, Block, Choice
from dialogue.cases import GIVING, case_of, is_abroad
from dialogue.hearing import OUTSIDE_MAINLAND, Heard, narrowed
from dialogue.meaning import DOUBTS, Place, Question
from dialogue.planning import PHONE, Planner
from dialogue.routes import Routes
from dialogue.state import SELF, State, Thread, effective_region
from policy.credit import ASPECT, find
from policy.filing import KINDS
from policy.topics import topics

COMPARISON = "credit_compare"
ABROAD = "care_abroad"
FILING_NEED = "filing_need"
MOST_CHOICES = 3


class Answering:
    """Answers threads; keeps nothing between turns."""

    def __init__(self, planner: Planner, routes: Routes) -> None:
        """Take the planner, and where cases turn one question into another."""
        self.planner = planner
        self.policy = planner.policy
        self.wording = planner.wording
        self._amounts = Amounts(planner)
        self.routes = routes

    def answer(self, thread: Thread, question: Question, heard: Heard) -> tuple[Thread, Planned]:
        """What is said in a thread.

        Args:
            thread: what is asked, of whom; it may still lack what only its answer tells.
            question: as it was read just now; what it did not say is marked as assumed.
            heard: the people as they are known now.

        Returns:
            The thread with what was asked back and the facts used, and the answer.
        """
        thread = self._routed(thread, question, heard)
        if heard.unclear and self._depends(thread, question, heard, heard.unclear):
            planned = self._which(thread, heard.unclear)
            candidates = heard.unclear.candidates
            return self._noted(thread, planned, candidates), planned
        planned = self._planned(thread, question, heard)
        if question.subject:
            answer = msgspec.structs.replace(planned.answer, title=question.subject)
            planned = msgspec.structs.replace(planned, answer=answer)
        return self._noted(thread, planned, ()), planned

    def aspect(self, thread: Thread, aspect: str, state: State) -> Planned:
        """What is said of an aspect of a thing that no entry answers: that nothing is known."""
        thing = topics().thing(thread.thing)
        region, _ = effective_region(state, thread.who)
        place = self.policy.regions.display(region) if region else ""
        known = self.wording.aspects[aspect]
        answer = self.planner.unknown(
            f"{thread.thing}.{aspect}",
            thing.called if thing else "",
            known.asked,
            place or self.wording.say("insured_place"),
        )
        return Planned(answer=answer)

    def _routed(self, thread: Thread, question: Question, heard: Heard) -> Thread:
        """The thread, turned to another entry where the case wants it."""
        facets = case_of(thread, question, heard.state, self.planner).facets
        fresh = _fresh(thread, question, heard)
        route = self.routes.turn(thread.key, facets, fresh)
        if route is None:
            return thread
        key = route.to
        if route.aspect:
            key = self.wording.answer_for(thread.thing, route.aspect)
        if key is None or key not in self.wording.answers:
            return thread
        return msgspec.structs.replace(thread, key=key, thing=self.wording.thing_of(key))

    def _planned(self, thread: Thread, question: Question, heard: Heard) -> Planned:
        state, person = heard.state, heard.state.person(thread.who)
        region, _ = effective_region(state, thread.who)
        if region and region.startswith(OUTSIDE_MAINLAND):
            return self._outside(thread, region)
        if topics().of(thread.key) == "filing" and is_abroad(thread, person):
            case = case_of(thread, question, state, self.planner)
            return Planned(answer=self.planner.plan(ABROAD, case))
        if thread.key == ASPECT:
            return self._amount(thread, question, heard)
        if thread.key == COMPARISON and len(thread.compared) > 1:
            return self._amounts.compare(list(thread.compared), person)
        if len(heard.asked) > 1:
            return self._each(thread, question, heard)
        case = case_of(thread, question, state, self.planner)
        fresh = _fresh(thread, question, heard)
        answer = self._added(self.planner.plan(thread.key, case), case.facets, fresh)
        if "region" in heard.changed:
            answer = self.planner.placed(answer, case)
        if thread.user == SELF and topics().of(thread.key) == GIVING:
            answer = self._for_user(answer, self.name(thread.who, state))
        asks = thread.key == FILING_NEED and person.treated is None
        return Planned(
            answer=answer,
            choices=self.following(thread.key, case.facets),
            open="treated" if asks else None,
        )

    def _for_user(self, answer: Answer, owner: str) -> Answer:
        """An answer written for whose money it is, said to who would use it.

        Args:
            answer: in which 您 has the account, and 家人 use it.
            owner: who has it, in words.
        """
        you, family = self.wording.say("you"), self.wording.say("family")

        def turned(text: str) -> str:
            parts = (part.replace(you, owner) for part in text.split(family))
            return you.join(parts)

        return answer.with_blocks(
            *(msgspec.structs.replace(b, text=turned(b.text)) for b in answer.blocks)
        )

    def _added(self, answer: Answer, facets: dict[str, str], fresh: frozenset[str]) -> Answer:
        """The answer with what the case just told adds to it, behind what decides."""
        names = self.routes.additions(answer.intent, facets, fresh)
        notes = [Block(kind="rule", text=self.wording.say(name)) for name in names]
        first, *rest = answer.blocks
        return answer.with_blocks(first, *notes, *rest)

    def _each(self, thread: Thread, question: Question, heard: Heard) -> Planned:
        """One answer for several people, or a line for each where they differ."""
        alone = [msgspec.structs.replace(heard, who=who, asked=(who,)) for who in heard.asked]
        plans = [
            self._planned(msgspec.structs.replace(thread, who=each.who), question, each)
            for each in alone
        ]
        leads = list(dict.fromkeys(plan.answer.lead for plan in plans))
        first = plans[0]
        if len(leads) == 1:
            return first
        lines = [
            Block(
                kind="decision",
                text=self.wording.say(
                    "for_person", person=self.name(who, heard.state), text=plan.answer.lead
                ),
            )
            for who, plan in zip(heard.asked, plans, strict=True)
        ]
        rest = [b for plan in plans for b in plan.answer.blocks[1:] if b.kind != "decision"]
        folds = [
            b if b.kind in ("trust", "phone") else msgspec.structs.replace(b, folded=True)
            for b in dict.fromkeys(rest)
        ]
        return msgspec.structs.replace(first, answer=first.answer.with_blocks(*lines, *folds))

    def _amount(self, thread: Thread, question: Question, heard: Heard) -> Planned:
        """One person's amount, or a line for each who was asked about."""
        several = [self._asked(who, thread, question, heard) for who in heard.asked]
        if len(several) > 1:
            return self._amounts.plan_several(several)
        planned = self._amounts.plan(self._asked(thread.who, thread, question, heard))
        if question.relatives:
            # Beside the same question about somebody else.
            name = self.name(thread.who, heard.state)
            answer = msgspec.structs.replace(planned.answer, title=name)
            planned = msgspec.structs.replace(planned, answer=answer)
        if planned.choices:
            return planned
        return msgspec.structs.replace(planned, choices=self.following(ASPECT, {}))

    def _asked(self, who: str, thread: Thread, question: Question, heard: Heard) -> Asked:
        person = heard.state.person(who)
        region, borrowed = effective_region(heard.state, who)
        values = {told.name: told.value for told in question.told}
        told = [t.value for t in question.told if t.name == "situation"]
        return Asked(
            person=person,
            name=self.name(who, heard.state),
            region=region,
            base=_decimal(thread.found.get("base")),
            wage=_decimal(values.get("wage")),
            heard=question.heard,
            doubts=any(value in DOUBTS for value in told),
            assumed=self._assumed(who, question, heard, borrowed),
        )

    def _assumed(self, who: str, question: Question, heard: Heard, borrowed: bool) -> str:
        """Who and which age an amount rests on, where this message did not say so."""
        person = heard.state.person(who)
        words: list[str] = []
        if who != SELF and not question.relatives:
            words.append(self.name(who, heard.state))
        if person.age and not any(t.name == "age" for t in question.told):
            low, high = person.age
            say = self.wording.say
            age = f"{low}岁" if low == high else say("age_between", low=low, high=high)
            words.append(age)
        if borrowed and person.age is None and who != SELF:
            region, _ = effective_region(heard.state, who)
            if region:
                words.append(self.policy.regions.display(region))
        return self.wording.say("comma").join(words)

    def name(self, who: str, state: State) -> str:
        """Somebody in words: 您母亲."""
        persons = self.wording.templates.persons
        relation = state.person(who).relation or ""
        return persons.get(who) or persons.get(relation) or persons["third"]

    def following(self, key: str, facets: dict[str, str]) -> tuple[Choice, ...]:
        """The questions offered after an answer."""
        spec = self.wording.answers[key].for_case(facets)
        return self.choices(spec.next)[:MOST_CHOICES]

    def choices(self, keys: tuple[str, ...] | list[str]) -> tuple[Choice, ...]:
        """Buttons for entries that have a question in plain words."""
        answers = self.wording.answers
        return tuple(
            Choice(title=answers[key].ask, key=key)
            for key in keys
            if key in answers and answers[key].ask
        )

    def _outside(self, thread: Thread, region: str) -> Planned:
        name = self.policy.regions.display(region)
        lead = self.wording.say("outside_mainland", region=name)
        blocks = (Block(kind="decision", text=lead), Block(kind="phone", text=PHONE))
        return Planned(answer=Answer(intent=thread.key, blocks=blocks))

    def _depends(self, thread: Thread, question: Question, heard: Heard, place: Place) -> bool:
        """Whether the answer differs between what an ambiguous place can be."""
        person = heard.state.person(thread.who)
        if narrowed(place, (person.region, person.treated), self.policy.regions):
            return False
        answers = set()
        for code in place.candidates:
            there = msgspec.structs.replace(person, region=code)
            if thread.key in (ASPECT, COMPARISON):
                query = Asked(person=there, region=code).query(there.kind() or "retired")
                finding = find(self.policy, query)
                answers.add((finding.kind, *(fact.id for fact in finding.mine)))
            elif topics().of(thread.key) == "filing":
                answers.add((code,))
            else:
                facts = self.policy.local(thread.key, code)
                answers.add(tuple(fact.id for fact in facts))
        return len(answers) > 1

    def which(self, thread: Thread) -> Planned:
        """Ask once more which of the places is meant that a thread waits for."""
        region = self.policy.regions.get(thread.candidates[0])
        name = region.name if region else ""
        return self._which(thread, Place(thread.candidates, name))

    def _which(self, thread: Thread, place: Place) -> Planned:
        """Ask which of several places of one name is meant."""
        name = place.text or self.policy.regions.display(place.candidates[0])
        lead = self.wording.say("which", name=name)
        choices = tuple(
            Choice(title=title, key=thread.key, region=code, role=place.role)
            for code, title in zip(place.candidates, self._titles(place), strict=True)
        )
        answer = Answer(intent=thread.key, blocks=(Block(kind="decision", text=lead),))
        return Planned(answer=answer, choices=choices, open="which")

    def _titles(self, place: Place) -> list[str]:
        """The full names of a place's candidates, with the province where one is not enough."""
        regions = self.policy.regions
        names = []
        for code in place.candidates:
            region = regions.get(code)
            names.append(region.full_name if region else code)
        if len(set(names)) == len(names):
            return names
        tops = [
            regions.display(levels[1]) if len(levels := self.policy.levels(code)) > 1 else ""
            for code in place.candidates
        ]
        return [
            name if name.startswith(top) else top + name
            for top, name in zip(tops, names, strict=True)
        ]

    def _noted(self, thread: Thread, planned: Planned, candidates: tuple[str, ...]) -> Thread:
        """The thread with what its answer asked back and used."""
        tries = thread.tries + 1 if planned.open and planned.open == thread.open else 0
        return msgspec.structs.replace(
            thread,
            open=planned.open,
            tries=tries,
            candidates=candidates,
            facts=planned.answer.facts,
        )


def _fresh(thread: Thread, question: Question, heard: Heard) -> frozenset[str]:
    """The names of the facets that this very message has told."""
    fresh = set(question.found)
    told = [t for t in question.told if t.name in ("life", "situation") and t.value not in DOUBTS]
    fresh |= {f"{each.name}={each.value}" for each in told}
    if thread.user and "population" in heard.changed:
        fresh.add("beneficiary_population")
    if "treated" in heard.changed:
        fresh.add("treated_known")
    if {"treated", "region"} & set(heard.changed):
        fresh |= {"region_pact", *KINDS}
    if "lives" in heard.changed or (thread.user and "region" in heard.changed):
        fresh |= {"beneficiary_other_province", "beneficiary_other_city"}
    return frozenset(fresh)


def _decimal(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None
