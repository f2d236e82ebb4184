"""What every act gets, and what it comes to."""

from collections.abc import Iterable

import msgspec

from dialogue.amounts import Planned
from dialogue.answering import Answering
from dialogue.blocks import Answer, Choice
from dialogue.hearing import Heard, Hearing
from dialogue.meaning import Question
from dialogue.planning import Case
from dialogue.readings import Meaning
from dialogue.state import State, Thread, effective_region
from dialogue.wording import Wording

ANYBODY = Case()


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One question of a message, on its way to an answer.

    Attributes:
        question: as the words alone read.
        meaning: in the light of the conversation.
        state: before it.
        kit: what answers.
        is_number: whether the message is nothing but a number that picks nothing.
    """

    question: Question
    meaning: Meaning
    state: State
    kit: Answering
    is_number: bool = False

    @property
    def wording(self) -> Wording:
        """All that is said."""
        return self.kit.wording

    def hear(self, topic: str, compares: bool = False) -> Heard:
        """Take in what the question tells, in the light of a topic."""
        regions = self.kit.policy.regions
        return Hearing(self.question, topic, self.state, regions).result(compares)

    def is_act(self, *names: str) -> bool:
        """Whether it is one of some intents that are about no topic."""
        return self.meaning.act == "service" and self.meaning.key in names

    def say_entry(
        self,
        key: str,
        choices: Iterable[Choice] | None = None,
        status: str = "service",
        case: Case = ANYBODY,
    ) -> "Outcome":
        """The answer of an entry to a case, with what it offers."""
        answer = self.kit.planner.plan(key, case)
        offered = self.kit.following(key, case.facets) if choices is None else tuple(choices)
        return Outcome(state=self.state, answer=answer, choices=offered, status=status)

    def say_number(self, key: str) -> "Outcome":
        """An entry that names a number to call, with the area code of the insured place."""
        state = self.hear("").state
        region, _ = effective_region(state, state.thread.who if state.thread else state.current)
        regions = self.kit.policy.regions
        area = regions.area_code(region) if region else None
        return self.say_entry(key, case=Case(region=region, area=area))

    def respond(self, thread: Thread, heard: Heard) -> "Outcome":
        """Answer a thread, which runs from now on."""
        thread, planned = self.kit.answer(thread, self.question, heard)
        return self.planned(planned, (heard.kept or heard.state).with_thread(thread))

    def planned(self, planned: Planned, state: State) -> "Outcome":
        """An outcome of what was planned."""
        return Outcome(
            state=state,
            answer=planned.answer,
            choices=planned.choices,
            status="asked" if planned.open in ("insured", "which") else "answered",
        )

    def topic_choices(self) -> tuple[Choice, ...]:
        """A button for each topic."""
        return self.kit.choices(self.wording.menu())


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a question came to.

    Attributes:
        state: after it.
        answer: what is said; choices: what is offered.
        status: answered, asked, unsure, rejected or service.
        repeats: whether saying the same again is what was wanted.
        rule: name of the rule that won; set by the caller.
    """

    state: State
    answer: Answer
    choices: tuple[Choice, ...] = ()
    status: str = "answered"
    repeats: bool = False
    rule: str = ""
