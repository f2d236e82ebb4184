"""What a question means in the light of the conversation: which entry, of which thing.

The words alone decide whether a message is about one of the topics at all. Within a conversation a
weak reading competes with the running thread, whatever the message's length.
"""

from typing import Literal

import msgspec

from dialogue.meaning import FALLBACK, INFORM, MANNERS, UNSAID, URGENT, Question, Reading
from dialogue.state import State, Thread
from dialogue.weights import LESS, Weights
from dialogue.wording import Wording
from policy.topics import NONE, topics

Act = Literal["ask", "unsaid", "tell", "service", "stray", "doubt"]
NEIGHBOUR = "neighbour_"
NOT_OURS = (NEIGHBOUR, "outside_")
PICK = "pick"
TELL = "tell"
# A message of so many clauses tells enough to be answered, if its topic is certain.
STORY = 4


class Meaning(msgspec.Struct, frozen=True):
    """What a question is.

    Attributes:
        act: ask (an entry), unsaid (an aspect of the running thing), tell, service (about the
            answer, social …), stray (somebody else's business) or doubt.
        key: the entry, if one answers it; aspect: of what is left unsaid.
        likely: the weight of the reading that won.
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
    if state.aside and not state.aside.startswith(NEIGHBOUR):
        found = _after_alarm(question, state, wording, weights)
    elif state.aside:
        found = _after_aside(question, state, wording, weights)
    else:
        found = _likeliest(question, state, wording, weights)
    moved = found.act == "doubt" or found.key == "feeling"
    if moved and question.value("life") == "dead":
        # A death is told, whatever is felt beside it.
        return Meaning("tell")
    if state.open and question.form == "names" and found.likely < weights.stated:
        # 「福泽县」: what was asked back is named, though nobody knows it.
        return found if found.act == "tell" else Meaning("doubt")
    if found.act != "service" or question.confidence >= 1.0:
        return found
    # What was asked back waits for its answer: something else needs to be clear.
    least = weights.sure if state.open else weights.least
    return found if found.likely >= least else _best_of_ours(question, weights)


def otherwise(
    question: Question,
    state: State,
    wording: Wording,
    taken: Meaning,
    weights: Weights | None = None,
) -> list[Meaning]:
    """The questions that a message may ask besides what it was taken for, likeliest first.

    Args:
        question: as the words alone read.
        state: before it.
        wording: tells which entries there are.
        taken: the meaning it was taken for.
        weights: thresholds.
    """
    weights = weights or Weights()
    others = [m for m in possible(question, state, wording) if m.key != taken.key]
    # A likely question may well be asked twice: of another thing, by somebody who doubts.
    twice = taken.act == "ask" and question.form != "states"
    least = max(weights.otherwise, taken.likely / 2 if twice else 0.0)
    near = topics().near(state.thread.thing) if state.thread else ()
    return [
        each
        for each in (*_anywhere(question, wording, weights), *others)
        if each.likely >= least
        and _presumed(wording.thing_of(each.key), question, state)
        # 「我们在武汉」 asks nothing of another topic.
        and (question.form != "tells" or topics().of(each.key) in near)
    ]


def _anywhere(question: Question, wording: Wording, weights: Weights) -> list[Meaning]:
    """What answers the aspect that a message leaves unsaid, whatever is talked about."""
    first = next(iter(question.going_on), None)
    if first is None or not first.name.startswith(UNSAID) or first.likely < weights.sure:
        return []
    known = wording.aspects.get(first.name.removeprefix(UNSAID))
    if known is None or not known.anywhere:
        return []
    return [Meaning("service", key=known.anywhere, likely=first.likely)]


def possible(question: Question, state: State, wording: Wording) -> list[Meaning]:
    """All questions of ours that a message may ask in the light of the conversation.

    Returns:
        Likeliest first.
    """
    found = {each.key: each for each in _continuations(question, state, wording)}
    for reading in question.readings:
        if topics().of(reading.name) != NONE and reading.name not in found:
            found[reading.name] = Meaning("ask", key=reading.name, likely=reading.likely)
    asked = [each for each in found.values() if each.act == "ask"]
    return sorted(asked, key=lambda each: -each.likely)


def _likeliest(question: Question, state: State, wording: Wording, weights: Weights) -> Meaning:
    """The meaning by the words, or as part of the conversation."""
    alone = _alone(question, state, wording, weights)
    running = _going_on(question, state, wording)
    likeliest = max(alone.likely, running.likely if running else 0.0)
    bare = question.text.strip() in {words for _, words in question.items}
    if state.thread and question.items and (bare or likeliest < weights.sure):
        # 「血氧仪」 names another thing of what was asked, whatever the words alone read like.
        return Meaning("tell", likely=likeliest)
    if running is None or running.likely < weights.least:
        # A story that is surely ours is answered as a guess, which says so.
        story = question.is_sure and question.clauses >= STORY
        least = 0.0 if story and running is None else weights.opening
        weak = alone.act == "ask" and alone.likely < least
        return _best_of_ours(question, weights) if weak else alone
    if question.intent == PICK:
        # Of what was offered, or of nothing.
        return alone
    far = alone.act == "stray" and not alone.key.startswith(NEIGHBOUR)
    if far and alone.likely >= max(weights.stray, running.likely):
        return alone
    return _weighed(question, state, wording, weights)


def _weighed(question: Question, state: State, wording: Wording, weights: Weights) -> Meaning:
    """The meaning that both the words alone and the conversation speak for."""
    thread = state.thread
    after = _meanings(question.going_on, thread, wording)
    words = _meanings(question.readings, thread, wording)

    near = (*(topics().near(thread.thing) if thread else ()), NONE)
    nothing = Meaning("doubt", likely=0.0)
    moved = _moved_to(question, near, weights)

    def likely(found: dict[str, Meaning], name: str) -> float:
        return found.get(name, nothing).likely

    def weight(name: str) -> float:
        both = (likely(after, name) + weights.doubt) * (likely(words, name) + weights.doubt)
        if name == TELL or name in MANNERS:
            return both * (weights.telling if question.form == "asks" else 1.0)
        if question.form == "tells":
            both *= weights.asking
        if not _presumed(wording.thing_of(name), question, state):
            both *= weights.presumed
        return both * (1.0 if topics().of(name) in (*near, moved) else weights.elsewhere)

    best = max([*after, *words], key=weight)
    both = max(likely(after, best), likely(words, best))
    found = msgspec.structs.replace((after | words)[best], likely=both)
    # 「他户口也不跟我在一块」 tells something, though nothing here may be known of it.
    guess = found.act in ("ask", "stray", "unsaid") and found.likely < weights.stated
    return Meaning("tell", likely=both) if guess and question.form == "states" else found


def _moved_to(question: Question, near: tuple[str, ...], weights: Weights) -> str | None:
    """The topic that the readings of a message together speak for, away from what runs.

    「能不能用我的」 may be asked of a family in several ways, none of them likely by itself.
    """
    if question.form != "asks":
        return None
    sums: dict[str, float] = {}
    here = 0.0
    for each in (*question.readings, *question.going_on):
        topic = topics().of(each.name)
        if topic in near or each.name.startswith(UNSAID):
            here += each.likely / 2
        elif topic != NONE:
            sums[topic] = sums.get(topic, 0.0) + each.likely / 2
    best = max(sums, key=lambda topic: sums[topic], default=NONE)
    return best if sums.get(best, 0.0) >= max(weights.sure, 3 * here) else None


def _presumed(thing: str, question: Question, state: State) -> bool:
    """Whether what a thing presumes has been told: nobody inherits from the living."""
    known = topics().thing(thing)
    if known is None or not known.presumes or (state.thread and state.thread.thing == thing):
        return True
    told = {each.value for each in question.told}
    for person in state.people.values():
        told |= {*person.situations, *(("dead",) if person.dead else ())}
    return bool(told & {*known.presumes})


def _after_alarm(question: Question, state: State, wording: Wording, weights: Weights) -> Meaning:
    """What follows an alarm: more of that (「已经点了」 after a fraud), or anything else."""
    family = state.aside.partition("_")[0] + "_"
    more = [each for each in question.going_on if each.name.startswith(family)]
    if question.intent in URGENT and not question.intent.startswith(family):
        # 「已经发过去了」 after a fraud: words of urgency go on with what was told.
        like = next((each for each in question.readings if each.name.startswith(family)), None)
        weak = 0 < question.likely(question.intent) < weights.certain
        if like and weak and like.likely >= weights.stated:
            return _of_intent(like.name, like.likely)
    alone = _likeliest(question, msgspec.structs.replace(state, aside=""), wording, weights)
    same = alone.key.startswith(family)
    if more and (same or more[0].likely >= max(weights.sure, alone.likely)):
        return _of_intent(more[0].name, more[0].likely)
    return alone


def _after_aside(question: Question, state: State, wording: Wording, weights: Weights) -> Meaning:
    """What follows somebody else's business: more of that, another such matter, or ours.

    「要先签约不」 after the rates of the fund goes on with those, not with what came before them.
    """
    words = msgspec.structs.replace(state, threads=())
    alone = _likeliest(question, words, wording, weights)
    fitting = [alone] if _comes_back(question, alone, weights) else []
    for reading in question.going_on:
        meaning = _of_intent(reading.name, reading.likely)
        if meaning.act == "stray" and reading.likely >= weights.least:
            fitting.append(meaning)
        elif meaning.act == "unsaid" and reading.likely >= weights.sure:
            known = wording.aspects.get(meaning.aspect)
            if known and known.anywhere:
                likely = reading.likely
                fitting.append(Meaning("service", key=known.anywhere, likely=likely))
        elif topics().of(reading.name) != NONE and reading.likely >= weights.sure:
            fitting.append(Meaning("ask", key=reading.name, likely=reading.likely))
    more = Meaning("stray", key=state.aside, likely=alone.likely)
    return max(fitting, key=lambda each: each.likely, default=more)


def _comes_back(question: Question, found: Meaning, weights: Weights) -> bool:
    """Whether the words alone leave what is somebody else's business."""
    if found.act in ("ask", "unsaid"):
        return question.in_scope and question.likely(question.intent) >= weights.sure
    return found.act != "doubt"


def _alone(question: Question, state: State, wording: Wording, weights: Weights) -> Meaning:
    """The meaning by the words alone."""
    name, own = question.intent, question.likely(question.intent)
    if question.in_scope:
        other = None if own >= weights.beside else _nothing_presumed(question, state, wording)
        if other and other.likely > own * weights.presumed:
            return Meaning("ask", key=other.name, likely=other.likely)
        return Meaning("ask", key=name, likely=own)
    if name in (FALLBACK, PICK):
        return _best_of_ours(question, weights)
    if name == INFORM and state.thread is None:
        best = _best_of_ours(question, msgspec.structs.replace(weights, guess=weights.guess / 2))
        if best.act == "ask":
            return best
    if name.startswith(UNSAID) and state.thread is None:
        return _whole(question, name, wording, weights) or _of_intent(name, own)
    return _of_intent(name, own)


def _nothing_presumed(question: Question, state: State, wording: Wording) -> Reading | None:
    """Beside a weak reading that presumes what nobody has told, the likeliest that does not."""
    if _presumed(wording.thing_of(question.intent), question, state):
        return None
    ours = (each for each in question.readings if topics().of(each.name) != NONE)
    return next((e for e in ours if _presumed(wording.thing_of(e.name), question, state)), None)


def _best_of_ours(question: Question, weights: Weights) -> Meaning:
    """The likeliest question of ours where the words alone settle nothing, if it is likely."""
    best = next((r for r in question.readings if topics().of(r.name) != NONE), None)
    if best and best.likely >= weights.guess:
        return Meaning("ask", key=best.name, likely=best.likely)
    ours = sum(r.likely for r in question.readings if topics().of(r.name) != NONE)
    if best and question.ours >= weights.certain and ours >= weights.guess:
        # Surely ours, in one of several ways: answered as a guess, which says so.
        return Meaning("ask", key=best.name, likely=min(best.likely, weights.guessed - LESS))
    others = [r for r in question.readings if r.name.startswith(NEIGHBOUR)]
    if sum(r.likely for r in others) >= weights.guess:
        return Meaning("stray", key=others[0].name, likely=others[0].likely)
    return Meaning("doubt")


def _whole(question: Question, name: str, wording: Wording, weights: Weights) -> Meaning | None:
    """What asks for an aspect of nothing, as the likeliest question that asks for it by name."""
    aspect = name.removeprefix(UNSAID)
    for reading in question.readings:
        if wording.meaning.get(reading.name, ("", ""))[1] == aspect:
            likely = reading.likely + question.likely(name)
            enough = reading.likely >= weights.least and question.tells
            return Meaning("ask", key=reading.name, likely=likely) if enough else None
    return None


def _of_intent(name: str, likely: float) -> Meaning:
    """The meaning of an intent that is about no topic."""
    if name.startswith(UNSAID):
        return Meaning("unsaid", aspect=name.removeprefix(UNSAID), likely=likely)
    if name == INFORM:
        return Meaning("tell", likely=likely)
    if name.startswith(NOT_OURS):
        return Meaning("stray", key=name, likely=likely)
    return Meaning("service", key=name, likely=likely)


def _going_on(question: Question, state: State, wording: Wording) -> Meaning | None:
    """The likeliest meaning if the question goes on with the running thread."""
    found = _continuations(question, state, wording)
    return max(found, key=lambda each: each.likely, default=None)


def _continuations(question: Question, state: State, wording: Wording) -> list[Meaning]:
    """What the question may mean if it goes on with the running thread."""
    if state.thread is None:
        return []
    return list(_meanings(question.going_on, state.thread, wording).values())


def _meanings(
    readings: tuple[Reading, ...], thread: Thread | None, wording: Wording
) -> dict[str, Meaning]:
    """What some readings come to while a thread runs, by name.

    Several intents may come to the same entry (the full question, and the one that leaves its
    thing unsaid); they count together.
    """
    found: dict[str, Meaning] = {}
    for reading in readings:
        name, likely = reading.name, reading.likely
        if name == PICK:
            # What was offered is picked before any reading.
            continue
        if topics().of(name) != NONE:
            meaning = Meaning("ask", key=name, likely=likely)
        else:
            meaning = _of_intent(name, likely)
        if meaning.act == "unsaid" and thread:
            key = wording.answer_for(thread.thing, meaning.aspect)
            act: Act = "ask" if key else "unsaid"
            meaning = Meaning(act, key=key or "", aspect=meaning.aspect, likely=likely)
        name = meaning.key or (TELL if meaning.act == "tell" else meaning.aspect)
        before = found.get(name)
        if before is not None:
            meaning = msgspec.structs.replace(meaning, likely=likely + before.likely)
        found[name] = meaning
    return found
