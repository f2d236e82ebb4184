"""What a question means in the light of the conversation: which entry, of which thing.

The words alone decide whether a message is about one of the topics at all. Within a conversation a
weak reading competes with the running thread, whatever the message's length.
"""

from typing import Literal

import msgspec

from dialogue.meaning import FALLBACK, INFORM, UNSAID, Question
from dialogue.state import State
from dialogue.wording import Wording
from policy.topics import topics

Act = Literal["ask", "unsaid", "tell", "service", "stray", "doubt"]
NOT_OURS = ("neighbour_", "outside_")


class Weights(msgspec.Struct, frozen=True):
    """From which probabilities on a reading is taken; ``docs/nlu.md`` says how they were chosen.

    Attributes:
        sure: an intent of a topic stands against the running thread.
        stray: what is not ours is evidence of its own.
        unsaid: a question that leaves its thing unsaid goes on with the running thread.
        leaning: an intent of the running topic, once the thing in play is put before the words.
    """

    sure: float = 0.3
    stray: float = 0.45
    unsaid: float = 0.12
    leaning: float = 0.35


class Meaning(msgspec.Struct, frozen=True):
    """What a question is.

    Attributes:
        act: ask (an entry), unsaid (an aspect of the running thing), tell, service (about the
            answer, social …), stray (somebody else's business) or doubt.
        key: the entry, if one answers it; aspect: of what is left unsaid.
        likely: the probability of the reading that won.
    """

    act: Act
    key: str = ""
    aspect: str = ""
    likely: float = 0.0


def meant(
    question: Question, state: State, wording: Wording, weights: Weights | None = None
) -> Meaning:
    """The meaning of one question.

    Args:
        question: as the words alone read.
        state: before it.
        wording: tells which entries there are.
        weights: thresholds.
    """
    weights = weights or Weights()
    name, own = question.intent, question.likely(question.intent)
    running = _running(question, state, wording, weights)
    if question.in_scope:
        weak = own < weights.sure
        if weak and running and running.likely > own:
            return running
        return Meaning("ask", key=name, likely=own)
    if name.startswith(UNSAID):
        aspect = name.removeprefix(UNSAID)
        return running or Meaning("unsaid", aspect=aspect, likely=own)
    if name == INFORM:
        if running and running.act == "ask" and not question.tells:
            return running
        return Meaning("tell", likely=own)
    stray = name == FALLBACK or name.startswith(NOT_OURS)
    if not stray:
        return Meaning("service", key=name, likely=own)
    if running and (name == FALLBACK or own < weights.stray):
        return running
    if name == FALLBACK:
        return Meaning("doubt")
    return Meaning("stray", key=name, likely=own)


def _running(
    question: Question, state: State, wording: Wording, weights: Weights
) -> Meaning | None:
    """What the question is if it goes on with the running thread."""
    thread = state.thread
    if thread is None:
        return None
    unsaid = next((r for r in question.readings if r.name.startswith(UNSAID)), None)
    topic = topics().topic_of_thing.get(thread.thing)
    leaning = next((r for r in question.leaning if topics().of(r.name) == topic), None)
    if unsaid and unsaid.likely >= weights.unsaid:
        aspect = unsaid.name.removeprefix(UNSAID)
        key = wording.answer_for(thread.thing, aspect)
        if key:
            return Meaning("ask", key=key, aspect=aspect, likely=unsaid.likely)
        if leaning and leaning.likely >= weights.leaning:
            return Meaning("ask", key=leaning.name, likely=leaning.likely)
        return Meaning("unsaid", aspect=aspect, likely=unsaid.likely)
    inform = question.likely(INFORM)
    if inform >= weights.unsaid and question.tells:
        return Meaning("tell", likely=inform)
    if leaning and leaning.likely >= weights.leaning:
        return Meaning("ask", key=leaning.name, likely=leaning.likely)
    return None
