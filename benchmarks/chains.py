"""Follow-ups in conversations: whether each is read as what answers it, given what went before.

``tests/understanding/chains.yml`` was written by somebody who knew the answers' questions and
neither the code nor an example. What a turn was misread as does not spoil the ones behind it: the
conversation goes on as if it had been read right.
"""

from __future__ import annotations

import msgspec
import yaml

from benchmarks import questions
from benchmarks.figures import Figure, Mistake, Section, of_rate
from benchmarks.parsing import Understanding
from benchmarks.scoring import rate
from dialogue.assistant import Assistant
from dialogue.readings import NEIGHBOUR
from dialogue.state import State, Thread
from dialogue.wording import Wording

FILE = questions.HELD_OUT / "chains.yml"


class Said(msgspec.Struct, frozen=True):
    """A message of a conversation.

    Attributes:
        say: its words.
        entry: what answers it; empty if it asks nothing, or the same of another.
    """

    say: str
    entry: str = ""


def conversations() -> list[list[Said]]:
    """All conversations, message by message."""
    data = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return msgspec.convert(data["conversations"], list[list[Said]])


def chains(understanding: Understanding) -> Section:
    """Openings and follow-ups that are read as what answers them."""
    assistant = Assistant.load()
    opening: list[bool] = []
    following: list[bool] = []
    wrong: list[Mistake] = []
    for conversation in conversations():
        state = State()
        for number, said in enumerate(conversation):
            message = understanding.in_conversation(said.say, state.context())
            steps = assistant.steps(message, state)
            answers = [step.outcome.answer.intent for step in steps]
            state = steps[-1].outcome.state
            if not said.entry:
                continue
            right = said.entry in answers
            (following if number else opening).append(right)
            if not right:
                likely = steps[0].meaning.likely
                wrong.append(Mistake("接着问", said.say, said.entry, " + ".join(answers), likely))
            state = _as_if_right(state, said.entry, assistant.wording)
    figures: list[Figure] = [
        of_rate("chains_opening", "对话的第一句：答该答的一条", rate(opening)),
        of_rate("chains_following", "接着问：答该答的一条", rate(following)),
    ]
    return Section("对话里接着问", figures, wrong)


def _as_if_right(state: State, entry: str, wording: Wording) -> State:
    """The state had a turn been answered with its entry."""
    if entry.startswith(NEIGHBOUR):
        return msgspec.structs.replace(state, aside=entry)
    if entry not in wording.meaning or (state.thread and state.thread.key == entry):
        return state
    who = state.thread.who if state.thread else state.current
    thread = Thread(key=entry, thing=wording.thing_of(entry), who=who)
    return msgspec.structs.replace(state.with_thread(thread), aside="")
