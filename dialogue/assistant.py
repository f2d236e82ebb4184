"""One turn: the questions of a message, answered in order, and what is remembered of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import msgspec

from dialogue.acts import picking
from dialogue.acts.around import MOST_GUESSES, none_of_these
from dialogue.acts.turn import Outcome, Turn
from dialogue.again import Again, fingerprint, is_again, sentences
from dialogue.answering import Answering
from dialogue.blocks import Answer, Block, Choice, Reply, without_repeats
from dialogue.items import apart, named
from dialogue.meaning import Question, questions
from dialogue.planning import Planner
from dialogue.readings import Meaning, meant, otherwise, possible
from dialogue.render import folded_text, text_of
from dialogue.routes import Routes
from dialogue.rules import decide
from dialogue.state import MOST_SAID, SELF, SLOT, State
from dialogue.weights import Weights
from dialogue.wording import Wording
from policy.lookup import Policy
from policy.topics import DATA, topics

MOST_ANSWERS = 3
MOST_CHOICES = 8
# Set by a channel itself in a message's metadata, never by its client.
HOME_REGION = "home_region"
# What stays of an answer that is said in one line.
SAID_BRIEFLY = ("figure", "trust", "phone")
# What is told of whoever has died.
DEAD = "dead"
MANNERS = ("mind_manners", "feel")


class Spoken(msgspec.Struct, frozen=True):
    """A reply ready for a channel: plain text, the buttons' words, and the structure."""

    text: str
    buttons: tuple[str, ...]
    payload: dict[str, Any]


class Step(msgspec.Struct, frozen=True):
    """One question of a turn and what it came to, for ``make explain``."""

    question: Question
    meaning: Meaning
    outcome: Outcome


class Assistant:
    """Knows the policy and the wording; keeps nothing between turns but what it returns."""

    def __init__(self, policy: Policy, wording: Wording, routes: Routes) -> None:
        """Take the sources of everything that is said."""
        self.policy = policy
        self.wording = wording
        self._kit = Answering(Planner(policy, wording), routes)
        self._again = Again(policy.regions, wording)

    @classmethod
    def load(cls, folder: Path = DATA) -> "Assistant":
        """With the data of a folder; the project's own unless told otherwise."""
        return cls(Policy.load(folder), Wording.load(folder), Routes.load(folder))

    def turn(self, message: dict[str, Any], slots: dict[str, Any]) -> tuple[Spoken, dict[str, Any]]:
        """Answer a message.

        Args:
            message: the parsed message (text, intent, entities, parts).
            slots: the conversation's slots.

        Returns:
            What to say, and the slots that changed.
        """
        before = State.from_slot(slots.get(SLOT))
        steps = self.steps(message, before)
        reply, state = self._reply(steps, before)
        spoken = Spoken(
            text=text_of(reply, self.wording),
            buttons=tuple(choice.title for choice in reply.choices),
            payload=reply.payload(),
        )
        return spoken, {SLOT: state.to_slot()}

    def steps(self, message: dict[str, Any], before: State) -> list[Step]:
        """The questions of a message and what each came to, one after the other.

        Args:
            message: the parsed message.
            before: the state that it meets.
        """
        state = self._at_home(before, message.get("metadata") or {})
        asked = [one for each in questions(message) for one in apart(each, self.wording)]
        asked = named(asked, self.wording)
        choice = picking.picked(str(message.get("text") or ""), before.offers)
        if choice:
            meaning = Meaning("ask", key=choice.key, likely=1.0)
            turn = self._turn(asked[0], meaning, state)
            outcome = msgspec.structs.replace(picking.take(turn, choice), rule="pick")
            return [Step(asked[0], meaning, outcome)]
        steps: list[Step] = []
        for question in asked:
            step = self._step(question, meant(question, state, self.wording), state)
            if len(asked) == 1 and is_again((step.outcome.answer,), state):
                step = self._meant_otherwise(step, state)
            if len(asked) == 1:
                step = self._as_guess(step, state)
            state = step.outcome.state
            steps.append(step)
        return self._worth_saying(steps)

    def _step(self, question: Question, meaning: Meaning, state: State) -> Step:
        return Step(question, meaning, decide(self._turn(question, meaning, state)))

    def _as_guess(self, step: Step, state: State) -> Step:
        """An answer to what may well not have been asked: it says so, and offers what else may be.

        Args:
            step: what was answered.
            state: before it.
        """
        meaning, outcome = step.meaning, step.outcome
        entry = self.wording.answers.get(outcome.answer.intent)
        asked = entry.ask if entry else ""
        weak = meaning.act == "ask" and meaning.likely < Weights().guessed
        if not (weak and asked and outcome.status == "answered"):
            return step
        guess = Block(kind="note", text=self.wording.say("guess", asked=asked))
        others = [m for m in possible(step.question, state, self.wording) if m.key != meaning.key]
        if others and others[0].likely < meaning.likely / 2:
            # Nothing else comes near.
            return step
        offered = self._kit.choices([m.key for m in others])
        guessed = msgspec.structs.replace(
            outcome,
            answer=outcome.answer.with_blocks(*outcome.answer.blocks, guess),
            choices=(*offered[:MOST_GUESSES], none_of_these(self.wording)),
        )
        return msgspec.structs.replace(step, outcome=guessed)

    def _meant_otherwise(self, step: Step, state: State) -> Step:
        """What else a message may have meant whose answer has just been given.

        Few ask for the same twice in a row, and few tell what changes nothing.
        """
        if step.outcome.repeats or step.outcome.status != "answered":
            return step
        for meaning in otherwise(step.question, state, self.wording, step.meaning):
            other = self._step(step.question, meaning, state)
            new = fingerprint((other.outcome.answer,)) not in state.said
            if other.outcome.status in ("answered", "asked", "service") and new:
                return other
        return step

    def _turn(self, question: Question, meaning: Meaning, state: State) -> Turn:
        number = picking.ordinal(question.text) is not None
        return Turn(
            question=question, meaning=meaning, state=state, kit=self._kit, is_number=number
        )

    @staticmethod
    def _worth_saying(steps: list[Step]) -> list[Step]:
        """Without manners and doubts beside real answers, and the same answer only once."""
        answered = [s for s in steps if s.outcome.status in ("answered", "asked", "rejected")]
        kept = answered or steps
        distinct: dict[tuple[str, ...], Step] = {}
        for step in _briefly(kept):
            texts = tuple(block.text for block in step.outcome.answer.blocks)
            # What is not ours is put into other words the second time.
            same = (step.meaning.key,) if step.outcome.status == "rejected" else texts
            distinct.setdefault(same, step)
        return list(distinct.values())

    def _reply(self, steps: list[Step], before: State) -> tuple[Reply, State]:
        """What is said, and the state after it."""
        said = steps[:MOST_ANSWERS]
        last = said[-1].outcome
        answers = without_repeats(tuple(step.outcome.answer for step in said))
        if len(steps) > MOST_ANSWERS:
            note = Block(kind="note", text=self.wording.say("more_parts"))
            answers = (*answers[:-1], answers[-1].with_blocks(*answers[-1].blocks, note))
        substance, shown = fingerprint(answers), sentences(answers)
        if len(said) == 1 and not last.repeats:
            if is_again(answers, before, told=said[0].meaning.act == "tell"):
                answers = (self._again.put(answers[0], said[0].question, last.state),)
            elif last.rule in ("ask", "tell"):
                answers = (self._again.added(answers[0], said[0].question, before),)
        answers = self._condoling(answers, said)
        folded = folded_text(answers, self.wording)
        reply = Reply(
            answers=answers,
            choices=self._choices(said, bool(folded)),
            status=last.status,
        )
        unsure = any(step.outcome.status == "unsure" for step in said)
        state = msgspec.structs.replace(
            steps[-1].outcome.state,
            offers=reply.choices,
            said=(*before.said, substance)[-MOST_SAID:],
            sentences=shown,
            folded=folded or (before.folded if last.rule in MANNERS else ""),
            unsure=before.unsure + 1 if unsure else 0,
            aside=last.state.aside if last.rule in ("stray", "urgent", *MANNERS) else "",
        )
        return reply, state

    def _condoling(self, answers: tuple[Answer, ...], said: list[Step]) -> tuple[Answer, ...]:
        """Answers about what the dead leave, begun with sympathy if a death was told just now."""
        told = any(t.name == "life" and t.value == DEAD for s in said for t in s.question.told)
        thing = topics().thing(self.wording.thing_of(answers[0].intent)) if told else None
        if thing is None or DEAD not in thing.presumes:
            return answers
        first, *rest = answers[0].blocks
        text = self.wording.say("condolence") + first.text
        answer = answers[0].with_blocks(msgspec.structs.replace(first, text=text), *rest)
        return (answer, *answers[1:])

    def _choices(self, said: list[Step], folded: bool) -> tuple[Choice, ...]:
        """What is offered: for what was asked back first, then what follows the last answer."""
        asking = [s.outcome for s in said if s.outcome.status == "asked"]
        outcome = asking[0] if asking else said[-1].outcome
        choices = outcome.choices[:MOST_CHOICES]
        if folded and outcome.status == "answered":
            choices = (*choices, Choice(title=self.wording.say("detail"), command="detail"))
        return choices

    def _at_home(self, state: State, metadata: dict[str, Any]) -> State:
        """With the region that a channel's operator has set for everybody who names none."""
        name = str(metadata.get(HOME_REGION) or "")
        if not name or state.people:
            return state
        found = self.policy.regions.find(name)
        if not found or not found[0].candidates:
            return state
        home = msgspec.structs.replace(state.person(SELF), region=found[0].candidates[0])
        return state.with_person(SELF, home)


def _briefly(steps: list[Step]) -> list[Step]:
    """The questions of a message, those only weakly read beside a likelier one in one line.

    「要我刷脸吗」 behind a question for binding may ask anything of it.
    """
    best = max(step.meaning.likely for step in steps)
    least = min(best, Weights().beside)
    return [
        _in_brief(step) if step.meaning.act == "ask" and step.meaning.likely < least else step
        for step in steps
    ]


def _in_brief(step: Step) -> Step:
    answer = step.outcome.answer
    first, *rest = answer.blocks
    folds = [
        block if block.kind in SAID_BRIEFLY else msgspec.structs.replace(block, folded=True)
        for block in rest
    ]
    outcome = msgspec.structs.replace(step.outcome, answer=answer.with_blocks(first, *folds))
    return msgspec.structs.replace(step, outcome=outcome)


# The one that a turn began with, and the one that this process serves.
_of_turn: ContextVar[Assistant | None] = ContextVar("assistant", default=None)
_served: list[Assistant] = []


def assistant() -> Assistant:
    """The assistant of this turn, else of this process, made at first use."""
    own = _of_turn.get()
    if own is not None:
        return own
    if not _served:
        _served.append(Assistant.load())
    return _served[0]


def replace_assistant(new: Assistant) -> None:
    """Let another one answer the turns that begin from now on."""
    _served[:] = [new]


@contextmanager
def answering_with(one: Assistant | None) -> Iterator[None]:
    """Keep to one assistant for a whole turn; None takes what the process serves."""
    token = _of_turn.set(one)
    try:
        yield
    finally:
        _of_turn.reset(token)
