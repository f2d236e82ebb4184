"""From an entry of ``answers.yml`` and the facts it rests on to the blocks of an answer."""

from datetime import date
from functools import lru_cache

import msgspec

from dialogue.blocks import Answer, Block
from dialogue.state import Person
from dialogue.wording import Spec, Wording
from policy.credit import family
from policy.dates import month, spoken
from policy.facts import NATIONAL, Fact, Population
from policy.lookup import Policy

PHONE = "12393"
MOST_SHOWN = 2
MOST_CAUSES = 3
# Most people ask the same of the same few places; an answer is some kilobytes.
_MOST_PLANS = 1024
# Kinds of knowledge in which places differ.
DIFFERS = ("rule", "procedure")


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """Whom an answer is for.

    Attributes:
        region, pool: the insured place.
        treated: the place of care, if it lies in another province.
        age, population: as far as known.
        area: the area code of the insured place; away: whether they may well call from elsewhere.
        facets: the case in the words of ``when``.
        doubts: whether somebody repeats hearsay or asks whether it is true.
    """

    region: str | None = None
    pool: str | None = None
    treated: str | None = None
    age: tuple[int, int] | None = None
    population: Population | None = None
    area: str | None = None
    away: bool = False
    facets: dict[str, str] = {}
    doubts: bool = False

    def __hash__(self) -> int:
        """By everything but the rarer fields; the facets are never changed later."""
        return hash((self.region, self.age, frozenset(self.facets.items())))

    @classmethod
    def of(cls, person: Person, region: str | None) -> "Case":
        """The case of somebody, as far as what is known of them goes."""
        return cls(region=region, pool=person.pool, age=person.age, population=person.kind())


class Planner:
    """Plans answers; knows the policy and the wording, no conversation."""

    def __init__(self, policy: Policy, wording: Wording) -> None:
        """Take the two sources of everything that is said."""
        self.policy = policy
        self.wording = wording
        self.say = wording.say
        self._planned = lru_cache(maxsize=_MOST_PLANS)(self._plan)

    def plan(self, key: str, case: Case) -> Answer:
        """The answer of an entry for a case: the decision, what holds, what to do, how firm.

        Args:
            key: of the entry.
            case: whom it is for.
        """
        return self._planned(key, case, self.policy.today())

    def _plan(self, key: str, case: Case, _: date) -> Answer:
        """The answer as it is on a day, on which depends what is in force and what overdue."""
        entry = self.wording.answers[key]
        spec = entry.for_case(case.facets)
        local = self.local(key, case) if spec.local else []
        received = self.policy.received(key, case.treated) if spec.local else []
        national = self._facts(spec.facts)
        shown = [*received, *local] or national
        folded = [fact for fact in (*national, *self._facts(spec.more)) if fact not in shown]
        claims = self._claims(key, spec, case.region)
        causes = self.fitting(self._facts(spec.causes), case)
        blocks = [
            *self._opening(spec, shown, causes),
            *self._steps([*shown, *national] or folded),
            *self._notes(spec, case, bool(local), bool(national)),
        ]
        bare = not (shown or folded or spec.lead)
        blocks += self.claims(claims, folded=not (case.doubts or bare))
        blocks += self._folds(folded, shown, claims if case.doubts or bare else [])
        blocks += self.trust(shown or causes or folded)
        if spec.contact == "hotline":
            from_afar = case.away and not spec.dialled
            area = case.area if from_afar else None
            blocks.append(Block(kind="phone", text=PHONE, label=area))
        return Answer(
            intent=key,
            title=spec.ask,
            blocks=tuple(_first_decides(blocks)),
            facts=tuple(dict.fromkeys(f.id for f in (*shown, *causes, *folded, *claims))),
        )

    def placed(self, answer: Answer, case: Case) -> Answer:
        """An answer for somebody who has just said where they are insured.

        Args:
            answer: of an entry.
            case: whom it is for.

        Returns:
            With a note that nothing is known of the place itself, if that is so and if places may
            differ in it.
        """
        spec = self.wording.answers[answer.intent].for_case(case.facets)
        aspect = self.wording.aspects.get(self.wording.meaning.get(answer.intent, ("", ""))[1])
        differs = aspect is not None and aspect.kind in DIFFERS
        if not (case.region and spec.local and differs) or spec.ask_region:
            return answer
        if self.local(answer.intent, case) or spec.refuses:
            return answer
        sentence = "no_local" if self._facts(spec.facts) else "no_local_at_all"
        name = self.policy.regions.display(case.region)
        note = Block(kind="note", text=self.say(sentence, region=name))
        return answer.with_blocks(*answer.blocks, note)

    def unknown(self, key: str, thing: str, asked: str, region: str) -> Answer:
        """What is said of an aspect that nothing is known of: so, and who knows."""
        lead = self.say("unknown_aspect", thing=thing, asked=asked)
        who = self.say("who_knows", region=region)
        return Answer(
            intent=key,
            title=f"{thing}{asked}",
            blocks=(Block(kind="decision", text=lead), Block(kind="note", text=who)),
        )

    def local(self, key: str, case: Case) -> list[Fact]:
        """What the insured place itself says on a question, for somebody like this."""
        return self.fitting(self.policy.local(key, case.region, case.pool, case.facets), case)

    def _facts(self, names: tuple[str, ...]) -> list[Fact]:
        return [fact for name in names if (fact := self.policy.fact(name))]

    def _claims(self, key: str, spec: Spec, region: str | None) -> list[Fact]:
        claims = self._facts(spec.claims)
        return claims + [c for c in self.policy.claims(key, region) if c not in claims]

    def _opening(self, spec: Spec, shown: list[Fact], causes: list[Fact]) -> list[Block]:
        """The decision, the likeliest causes, and the sentences that it rests on."""
        blocks = [Block(kind="decision", text=spec.lead)] if spec.lead else []
        blocks += [self._cause(fact) for fact in causes[:MOST_CAUSES]]
        for fact in shown[:MOST_SHOWN]:
            blocks += [Block(kind="rule", text=text) for text in self.sentences(fact)]
        for fact in shown[:MOST_SHOWN]:
            blocks += [Block(kind="caveat", text=text) for text in self.caveats(fact)][:1]
        return list(dict.fromkeys(blocks))

    @staticmethod
    def _cause(fact: Fact, folded: bool = False) -> Block:
        sign, remedy = (fact.fill(text or "") for text in (fact.sign, fact.remedy))
        text = fact.fill(fact.text or "")
        return Block(
            kind="cause",
            text="".join((text, sign, remedy)),
            sign=sign or None,
            remedy=remedy or None,
            folded=folded,
        )

    def _steps(self, facts: list[Fact]) -> list[Block]:
        """One way to do it: of well-sourced facts the nearest region's, else any nearest one's."""
        able = sorted((fact for fact in facts if fact.steps), key=lambda f: not self.policy.firm(f))
        return [Block(kind="step", text=f.fill(step)) for f in able[:1] for step in f.steps]

    def _notes(self, spec: Spec, case: Case, local: bool, national: bool) -> list[Block]:
        notes = [spec.extra] if spec.extra else []
        if spec.dialled and case.area and case.region:
            name = self.policy.regions.display(case.region)
            notes.append(self.say("area_code", region=name, area=case.area))
        if spec.ask_region and case.region is None:
            notes.append(self.say("tell_region"))
        elif spec.ask_region and not local and case.region:
            name = self.policy.regions.display(case.region)
            if national:
                notes.append(self.say("no_local", region=name))
            else:
                notes.append(self.say("no_local_at_all", region=name))
        return [Block(kind="note", text=text) for text in notes]

    def _folds(self, folded: list[Fact], shown: list[Fact], claims: list[Fact]) -> list[Block]:
        blocks = []
        for fact in (*shown[MOST_SHOWN:], *folded):
            blocks += [Block(kind="rule", text=text, folded=True) for text in self.sentences(fact)]
            blocks += [Block(kind="caveat", text=text, folded=True) for text in self.caveats(fact)]
        return list(dict.fromkeys(blocks)) + self.sources([*shown, *folded, *claims])

    def sentences(self, fact: Fact) -> list[str]:
        """What a fact says: its text (with the region's name if it is local) and condition."""
        said = []
        if fact.text:
            text = fact.fill(fact.text)
            if fact.region != NATIONAL:
                text = self.say("local", region=self.place(fact), text=text)
            said.append(text)
        if fact.condition:
            said.append(self.say("condition", text=fact.fill(fact.condition)))
        return said

    def caveats(self, fact: Fact) -> list[str]:
        """What must be said together with a fact."""
        said = [fact.fill(fact.caveat)] if fact.caveat else []
        if fact.overdue(self.policy.today()):
            said.append(self.say("overdue", date=spoken(fact.checked_on)))
        return said

    def claims(self, claims: list[Fact], folded: bool) -> list[Block]:
        """What unofficial articles say: one labelled sentence an article, its warnings with it."""
        by_source: dict[str, list[Fact]] = {}
        for fact in claims:
            by_source.setdefault(fact.source, []).append(fact)
        blocks = []
        for name, facts in by_source.items():
            date = self.policy.book.sources[name].date
            text = self.say("claim_joint").join(self._claimed(fact) for fact in facts)
            if date:
                sentence = self.say("claim_dated", date=spoken(date), text=text)
            else:
                sentence = self.say("claim_undated", text=text)
            warnings = dict.fromkeys(fact.fill(fact.warning or "") for fact in facts)
            blocks.append(Block(kind="claim", text=sentence + "".join(warnings), folded=folded))
        return blocks

    @staticmethod
    def _claimed(fact: Fact) -> str:
        text = fact.fill(fact.text or "").rstrip("。")
        if fact.steps:
            text += "：" + "；".join(fact.fill(step).rstrip("。") for step in fact.steps)
        return text

    @staticmethod
    def fitting(facts: list[Fact], case: Case) -> list[Fact]:
        """The facts that may be about somebody, those for their kind and their age first."""
        if case.age:
            low, high = case.age
            facts = sorted(facts, key=lambda fact: not fact.covers_age(low, high))
        population = case.population
        if population is None:
            return facts
        facts = sorted(facts, key=lambda fact: fact.population not in ("any", population))
        theirs = ("any", *family(population))
        return [fact for fact in facts if fact.population in theirs]

    def trust(self, facts: list[Fact], since: str | None = None) -> list[Block]:
        """How far to trust an answer, in a few words: the kind of its source, the month checked.

        Args:
            facts: what it rests on; the first counts.
            since: the day from which a figure holds.
        """
        if not facts:
            return []
        fact = facts[0]
        kind = self.wording.templates.trust[self.policy.source(fact).kind]
        checked = month(fact.checked_on)
        text = self.say("trust", kind=kind, month=spoken(checked))
        if since:
            text = self.say("trust_since", date=spoken(since), text=text)
        return [Block(kind="trust", text=text, label=kind, date=checked)]

    def sources(self, facts: list[Fact]) -> list[Block]:
        """The sources of some facts, each once; folded."""
        kinds = self.wording.templates.kinds
        blocks: dict[Block, None] = {}
        for name in dict.fromkeys(fact.source for fact in facts):
            source = self.policy.book.sources[name]
            date = spoken(source.date) if source.date else self.say("undated")
            kind = kinds[source.kind]
            text = self.say("source", publisher=source.publisher, kind=kind, date=date)
            block = Block(
                kind="source",
                text=text,
                folded=True,
                label=kind,
                date=source.date,
                publisher=source.publisher,
                document=source.document,
                url=source.url,
            )
            blocks[block] = None
        return list(blocks)

    def place(self, fact: Fact) -> str:
        """The spoken name of a fact's region, with its pool."""
        return self.policy.regions.display(fact.region) + (fact.pool or "")


def _first_decides(blocks: list[Block]) -> list[Block]:
    """The blocks, the first of them being the decision: without a lead, what is said first."""
    if not blocks or blocks[0].kind in ("decision", "figure"):
        return blocks
    index = next((i for i, b in enumerate(blocks) if b.kind not in ("step", "cause")), 0)
    first = msgspec.structs.replace(blocks[index], kind="decision", folded=False)
    return [first, *blocks[:index], *blocks[index + 1 :]]
