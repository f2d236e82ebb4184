"""One turn: the questions of a message, answered in order, and what is remembered of it."""

import re
from functools import lru_cache
from typing import Any

import msgspec

from dialogue import sharing
from dialogue.answer import Answer, Choice, Reply, without_repeats
from dialogue.compose import Composer
from dialogue.items import ITEM, apart, named
from dialogue.memory import Last, Memory
from dialogue.person import COMPARISON, SELF, People, narrowed
from dialogue.picks import picked
from dialogue.render import text_of
from dialogue.service import ServiceAnswers
from dialogue.topics import ABROAD, TopicAnswers
from dialogue.understood import FALLBACK, Place, Question, questions, topic_of
from dialogue.wording import Wording
from policy.credit import ASPECT
from policy.lookup import Policy
from policy.topics import topic_keys

MOST_ANSWERS = 3
ABOUT_THE_LAST = ("ask_source", "ask_freshness")
NOT_OURS = ("neighbour", "outside")
# A message this short that makes no sense by itself is taken to go on with the last topic.
ELLIPTICAL = 8
# Of the likeliest intents of a doubtful short message, so many may go on with the last topic.
LIKELY = 5
DOUBTFUL = 0.6
# One this long that names a place, an age or a base tells something rather than asks.
SHORT_TELLING = 14
# In the table of elliptical questions: the same question once more.
SAME = "same"
# Set by a channel itself in a message's metadata, never by its client.
HOME_REGION = "home_region"
MOST_CHOICES = 3
MOST_PLACES = 8
# 「那我岳母呢」 asks the same for another person; 「给我岳母用呢」 asks whether she may use it.
BARE_PERSON = re.compile(r"那?[^用给绑能行可算]{1,6}呢?[?？]?")
ODD_AGE = re.compile(r"[0-9]{3,}\s*(?:岁|周岁)")


class Spoken(msgspec.Struct, frozen=True):
    """A reply ready for a channel: plain text, the buttons' words, and the structure."""

    text: str
    buttons: tuple[str, ...]
    payload: dict[str, Any]


class Resolved(msgspec.Struct, frozen=True):
    """What one question came to: an answer, or something to ask back."""

    answer: Answer
    choices: tuple[Choice, ...] = ()
    pending: str | None = None
    status: str = "answered"


class Assistant:
    """Knows the policy and the wording; keeps nothing between turns but what it returns."""

    def __init__(self, policy: Policy, wording: Wording) -> None:
        """Take the two sources of everything that is said."""
        self.policy = policy
        self.wording = wording
        composer = Composer(policy, wording)
        self.topics = TopicAnswers(composer)
        self.service = ServiceAnswers(composer)

    def turn(self, message: dict[str, Any], slots: dict[str, Any]) -> tuple[Spoken, dict[str, Any]]:
        """Answer a message.

        Args:
            message: the parsed message (text, intent, entities, parts).
            slots: the conversation's slots.

        Returns:
            What to say, and the slots that changed.
        """
        memory = Memory.from_slots(slots)
        home = self._home(message.get("metadata") or {})
        if home and not memory.people.known:
            memory = msgspec.structs.replace(memory, people=memory.people.settle(home, None))
        asked = [one for each in questions(message) for one in apart(each, self.wording)]
        asked = named(asked, self.wording)
        choice = picked(str(message.get("text") or ""), memory.offered)
        choice = choice or self._meant(asked[0], memory)
        if choice:
            memory, asked = self._picked(choice, memory)
        resolved: list[Resolved] = []
        for question in asked[:MOST_ANSWERS]:
            memory, found = self._resolve(question, memory)
            if found.answer not in [each.answer for each in resolved]:
                resolved.append(found)
        choices = resolved[-1].choices[:MOST_PLACES]
        reply = Reply(
            answers=without_repeats(each.answer for each in resolved),
            choices=choices,
            status=resolved[-1].status,
        )
        memory = msgspec.structs.replace(
            memory,
            offered=choices,
            pending=resolved[-1].pending,
            unsure=memory.unsure + 1 if resolved[-1].status == "unsure" else 0,
        )
        spoken = Spoken(
            text=text_of(reply, self.wording),
            buttons=tuple(choice.title for choice in choices),
            payload=reply.payload(),
        )
        return spoken, memory.changed(slots)

    def _home(self, metadata: dict[str, Any]) -> str | None:
        """The region that a channel's operator has set for everybody who names none."""
        name = str(metadata.get(HOME_REGION) or "")
        found = self.policy.regions.find(name) if name else []
        return found[0].candidates[0] if found and found[0].candidates else None

    def _meant(self, question: Question, memory: Memory) -> Choice | None:
        """The one button whose place lies in the region just named: 「辽宁那个」."""
        if not memory.pending or len(question.places) != 1:
            return None
        named = question.places[0].candidates
        inside = [
            choice
            for choice in memory.offered
            if choice.region and set(named) & set(self.policy.levels(choice.region))
        ]
        return inside[0] if len(inside) == 1 else None

    def _picked(self, choice: Choice, memory: Memory) -> tuple[Memory, list[Question]]:
        """Take a choice as the question it stands for."""
        people = memory.people
        if choice.region:
            people = people.settle(choice.region, choice.role)
        last = memory.last_question
        question = Question(intent=choice.intent, text=choice.title)
        if last and last.intent == choice.intent:
            question = msgspec.structs.replace(question, found=last.found, persons=())
        return msgspec.structs.replace(memory, people=people), [question]

    def _resolve(self, question: Question, memory: Memory) -> tuple[Memory, Resolved]:
        question = self._completed(question, memory)
        waiting = memory.pending
        people = memory.people.hear(question, self.policy.regions, waiting)
        heard = msgspec.structs.replace(memory, people=people)
        topic = topic_of(question.intent)
        if topic not in topic_keys():
            resolved = self._around(question, heard, memory)
            return heard, resolved
        unclear = self._unclear_place(question, memory)
        if unclear:
            last = Last(intent=question.intent, found=question.found, places=(unclear,))
            return msgspec.structs.replace(heard, last_question=last), self._which(
                question, unclear
            )
        answer, offer, pending = self.topics.answer(question, people, memory.pending)
        if question.subject:
            answer = msgspec.structs.replace(answer, title=question.subject)
        compared = question.places if question.intent == COMPARISON else ()
        last = Last(question.intent, question.found, question.persons, answer.facts, compared)
        choices = offer or self._next(question, people)
        resolved = Resolved(answer, choices, pending, "asked" if pending else "answered")
        return msgspec.structs.replace(heard, last_question=last), resolved

    def _completed(self, question: Question, memory: Memory) -> Question:
        """Turn "and Shanghai?", "76", "how do I do that" into the full question they mean."""
        last = memory.last_question
        if last is None:
            return question
        intent = None
        told = question.places or question.age or question.found or question.persons
        if question.intent == "inform" or (question.intent == FALLBACK and self._short(question)):
            if told or question.base:
                intent = last.intent
            if topic_of(last.intent) == "sharing":
                about = msgspec.structs.replace(question, intent=last.intent)
                intent = sharing.told(about) or intent
        elif question.intent in self.wording.templates.followups:
            intent = self.wording.templates.followup(question.intent, last.intent)
            intent = last.intent if intent == SAME else intent
            if question.persons and question.intent == "followup_who" and intent:
                topic = topic_of(last.intent)
                if topic == "credit" and BARE_PERSON.fullmatch(question.text):
                    intent = last.intent
                elif topic != "filing":
                    intent = "sharing_relatives"
        elif question.intent in ABOUT_THE_LAST:
            # 「邵阳也是这样吗」 is the same question about another place.
            near = (memory.people.person.region, memory.people.person.treated)
            codes = [narrowed(place, near, self.policy.regions) for place in question.places]
            intent = last.intent if any(code and code not in near for code in codes) else None
        elif not (question.in_scope or memory.pending) and len(question.text) <= ELLIPTICAL:
            intent = last.intent if self._varies(last.intent, question) else None
            intent = intent or self._within_topic(question, topic_of(last.intent))
        if topic_of(last.intent) == "credit" and question.base and not question.in_scope:
            intent = ASPECT
        if intent is None and not told:
            intent = self._going_on(question, topic_of(last.intent), bool(memory.pending))
        if intent is None:
            return question
        found, places, persons = question.found, question.places, question.persons
        if topic_of(intent) == topic_of(last.intent) == "sharing":
            # 「岳母行不行」, 「怎么绑」: it is still about her.
            persons = persons or last.persons
        if intent == last.intent:
            gone = {"population"}
            if places and last.found.get("visit") == ABROAD:
                gone.add("visit")
            same_thing = question.places or question.age or question.persons
            if not same_thing and question.intent not in self.wording.templates.followups:
                # 「血氧仪」 is another thing than the one asked about before.
                gone.add(ITEM)
            kept = {name: value for name, value in last.found.items() if name not in gone}
            found = {**kept, **found}
            # A place named after a comparison stands beside those compared already.
            beside = intent == COMPARISON and len(places) == 1
            places = (*last.places, *places) if beside else places or last.places
        return msgspec.structs.replace(
            question, intent=intent, found=found, places=places, persons=persons
        )

    def _varies(self, intent: str, question: Question) -> bool:
        """Whether an answer differs by something that a message names: 「用支付宝」."""
        variants = self.wording.aspects[intent].variants
        return any(name in variant.when for variant in variants for name in question.found)

    @staticmethod
    def _short(question: Question) -> bool:
        return len(question.text) <= SHORT_TELLING

    def _going_on(self, question: Question, topic: str, pending: bool) -> str | None:
        """What a message asks of the last topic: if that is likeliest, 「那要是人没了呢」.

        A short one that only perhaps changes the topic goes on with it, too: 「咋取消」.
        """
        among = 0
        if question.in_scope:
            doubtful = question.confidence < DOUBTFUL and len(question.text) <= ELLIPTICAL
            among = LIKELY if doubtful and question.topic != topic else 0
        elif question.intent == FALLBACK or (self._short(question) and not pending):
            among = 1
        return next((name for name in question.ranking[:among] if topic_of(name) == topic), None)

    @staticmethod
    def _within_topic(question: Question, topic: str) -> str | None:
        """The likeliest intent of a topic for a message that names no topic of its own."""
        if question.intent != FALLBACK and topic_of(question.intent) not in NOT_OURS:
            return None
        return next((name for name in question.ranking if topic_of(name) == topic), None)

    def _around(self, question: Question, heard: Memory, before: Memory) -> Resolved:
        """Everything that is not one of the six topics."""
        intent = question.intent
        if intent == "repeat" and before.last_question:
            again = Question(
                intent=before.last_question.intent,
                text="",
                found=before.last_question.found,
                persons=before.last_question.persons,
            )
            answer, offer, pending = self.topics.answer(again, heard.people, None)
            return Resolved(answer, offer or self._next(again, heard.people), pending)
        if intent == "simplify" and before.last_question:
            again = Question(
                intent=before.last_question.intent, text="", found=before.last_question.found
            )
            answer, offer, pending = self.topics.answer(again, heard.people, None)
            return Resolved(self.service.shorter(answer), offer)
        if intent in ABOUT_THE_LAST and before.last_question:
            if intent == "ask_source":
                answer, further = self.service.sources(before.last_question), "ask_freshness"
            else:
                answer, further = self.service.freshness(before.last_question), "ask_source"
            return Resolved(answer, self.service.choices([further, "ask_hotline"]))
        told_nothing = (intent in (FALLBACK, "inform") or topic_of(intent) in NOT_OURS) and (
            heard.people.person == before.people.person
        )
        if told_nothing and ODD_AGE.search(question.text):
            answer = Answer(intent="inform", lead=self.wording.say("age_odd"))
            return Resolved(answer, before.offered, before.pending, "asked")
        short = len(question.text) <= SHORT_TELLING
        if told_nothing and short and before.pending and not before.unsure:
            answer, _ = self.service.answer("unknown_place")
            return Resolved(answer, before.offered, before.pending, "unsure")
        if intent == "pick":
            name = "pick_out_of_range" if before.offered else "nothing_before"
            answer, choices = self.service.answer(name)
            return Resolved(answer, before.offered or choices, before.pending, "asked")
        if intent in self.wording.templates.followups:
            answer, choices = self.service.answer("nothing_before")
            return Resolved(answer, choices, status="asked")
        if intent == FALLBACK or (intent == "inform" and told_nothing):
            answer, choices = self.service.unsure(question.ranking, before.unsure)
            return Resolved(answer, choices, status="unsure")
        if intent == "inform":
            noted = self.topics.assumed(heard.people, everything=True)
            return Resolved(self.service.noted(noted), self.service.topic_choices())
        answer, choices = self.service.answer(intent, heard.people.person.region)
        rejected = topic_of(intent) in NOT_OURS
        return Resolved(answer, choices, status="rejected" if rejected else "service")

    def _unclear_place(self, question: Question, memory: Memory) -> Place | None:
        """A named region that can be several, where the answer depends on which."""
        person = memory.people.person
        for place in question.places:
            if not place.candidates:
                continue
            if narrowed(place, (person.region, person.treated), self.policy.regions) is None:
                answers = {self.topics.depends(question, code) for code in place.candidates}
                if len(answers) > 1:
                    return place
        return None

    def _which(self, question: Question, place: Place) -> Resolved:
        regions = self.policy.regions
        lead = self.wording.say("which", name=place.text or regions.display(place.candidates[0]))
        choices = tuple(
            Choice(
                title=title,
                intent=question.intent,
                region=code,
                role=place.role,
            )
            for code, title in zip(place.candidates, self._titles(place), strict=True)
        )
        answer = Answer(intent=question.intent, lead=lead)
        return Resolved(answer, choices, place.role or "insured", "asked")

    def _titles(self, place: Place) -> list[str]:
        """The full names of a place's candidates, with the province where one is not enough."""
        regions = self.policy.regions
        names = [self._full_name(code) for code in place.candidates]
        if len(set(names)) == len(names):
            return names
        above = [
            regions.display(levels[1]) if len(levels := self.policy.levels(code)) > 1 else ""
            for code in place.candidates
        ]
        return [
            name if name.startswith(top) else top + name
            for top, name in zip(above, names, strict=True)
        ]

    def _full_name(self, adcode: str) -> str:
        region = self.policy.regions.get(adcode)
        return region.full_name if region else adcode

    def _next(self, question: Question, people: People) -> tuple[Choice, ...]:
        spec = self.wording.aspects[question.intent]
        spec = spec.for_case(self.topics.facets(question, people))
        choices = [
            Choice(title=self.wording.aspects[name].ask, intent=name)
            for name in spec.next
            if name in self.wording.aspects and self.wording.aspects[name].ask
        ]
        return tuple(choices[:MOST_CHOICES])


@lru_cache
def assistant() -> Assistant:
    """The assistant of this process, made at first use."""
    return Assistant(Policy.load(), Wording.load())


__all__ = ["SELF", "Assistant", "Spoken", "assistant"]
