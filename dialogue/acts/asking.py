"""Asking: a full question, or one that leaves its thing to the conversation."""

import msgspec

from dialogue.acts.turn import Outcome, Turn
from dialogue.answering import COMPARISON
from dialogue.blocks import Answer, Block
from dialogue.hearing import Heard
from dialogue.items import ITEM
from dialogue.meaning import UNSAID, Question
from dialogue.state import Thread
from dialogue.weights import Weights
from policy.credit import ASPECT
from policy.topics import topics

PHONE = "phone"
MOST_OFFERED = 4
# What goes on being so whatever is asked next of it: it was an emergency.
STAYS = ("visit",)


def ask(turn: Turn) -> Outcome | None:
    """「备案要带什么」, or 「要带什么」 while filing is talked about."""
    if turn.meaning.act not in ("ask", "stray"):
        return None
    if turn.meaning.act == "stray":
        return _brought_home(turn)
    return _asked(turn, turn.meaning.key)


def _brought_home(turn: Turn) -> Outcome | None:
    """What is not ours by its words, but by what is talked about or named."""
    running = topics().topic_of_thing.get(turn.state.thread.thing) if turn.state.thread else ""
    item = turn.question.found.get(ITEM, "")
    route = turn.kit.routes.ours(turn.meaning.key, running or "", item)
    outcome = _asked(turn, _narrowed(turn, route.to)) if route and route.to else None
    if outcome is None or route is None or route.note is None:
        return outcome
    first, *rest = outcome.answer.blocks
    note = Block(kind="note", text=turn.wording.say(route.note))
    answer = outcome.answer.with_blocks(first, note, *rest)
    return msgspec.structs.replace(outcome, answer=answer)


def _narrowed(turn: Turn, key: str) -> str:
    """The same thing's entry for the aspect that is asked, if one is likely: 「转移多久能好」."""
    thing, whole = turn.wording.meaning.get(key, ("", ""))
    for reading in turn.question.going_on:
        aspect = reading.name.removeprefix(UNSAID)
        named = reading.name.startswith(UNSAID) and reading.likely >= Weights().otherwise
        if named and aspect != whole:
            return turn.wording.by_meaning.get(f"{thing}.{aspect}", key)
    return key


def _asked(turn: Turn, key: str | None) -> Outcome | None:
    """The answer of an entry."""
    if key is None or key not in turn.wording.answers:
        return None
    if key == ASPECT and _side_by_side(turn.question):
        key = COMPARISON
    if key == COMPARISON:
        return compare(turn)
    return turn.respond(*_opened(turn, key))


def unsaid(turn: Turn) -> Outcome | None:
    """An aspect that no entry of the running thing answers, or of nothing that was talked about."""
    if turn.meaning.act != "unsaid":
        return None
    if turn.meaning.aspect == "compare" and _side_by_side(turn.question):
        return compare(turn)
    thread, aspect = turn.state.thread, turn.meaning.aspect
    if thread and aspect in turn.wording.aspects:
        heard = turn.hear(topics().topic_of_thing.get(thread.thing, ""))
        planned = turn.kit.aspect(thread, aspect, heard.state)
        choices = turn.kit.following(thread.key, {})
        return turn.planned(msgspec.structs.replace(planned, choices=choices), heard.state)
    if aspect == PHONE:
        return turn.say_number("ask_hotline")
    keys = list(
        dict.fromkeys(
            key
            for name in topics().topic_of_thing
            if (key := turn.wording.by_meaning.get(f"{name}.{aspect}"))
        )
    )
    offered = turn.kit.choices(keys)[:MOST_OFFERED] or turn.topic_choices()
    lead = Block(kind="decision", text=turn.wording.say("which_thing"))
    answer = Answer(intent=turn.question.intent, blocks=(lead,))
    return Outcome(state=turn.state, answer=answer, choices=offered, status="asked")


def compare(turn: Turn) -> Outcome:
    """Places side by side; one named after a comparison stands beside those compared already."""
    heard = turn.hear("credit", compares=True)
    thread = turn.state.thread
    codes = [place.candidates[0] for place in turn.question.places if place.candidates]
    before: tuple[str, ...] = ()
    if thread and thread.key == COMPARISON:
        before = thread.compared
    elif len(codes) < 2:
        region = heard.state.person(heard.who).region
        before = (region,) if region else ()
    compared = tuple(dict.fromkeys([*before, *codes]))
    if len(compared) == 1:
        # One place alone: what its kinds of people get, side by side.
        return turn.respond(Thread(key=ASPECT, thing="credit", who=heard.who), turn.hear("credit"))
    if not compared:
        lead = Block(kind="decision", text=turn.wording.say("compare_need"))
        answer = Answer(intent=COMPARISON, blocks=(lead,))
        return Outcome(state=heard.state, answer=answer, status="asked")
    running = Thread(key=COMPARISON, thing="credit", who=heard.who, compared=compared)
    return turn.respond(running, heard)


def _opened(turn: Turn, key: str) -> tuple[Thread, Heard]:
    """The thread of a question, with what carries over from the one before."""
    topic = topics().of(key)
    heard = turn.hear(topic)
    thing = turn.wording.thing_of(key)
    before = turn.state.thread
    found = dict(turn.question.found)
    base = turn.question.value("base")
    if base:
        found["base"] = base
    user = heard.user
    if before and topics().topic_of_thing.get(before.thing) == topic:
        if key != before.key:
            kept = {name: before.found[name] for name in STAYS if name in before.found}
        else:
            kept = {} if turn.question.found.get(ITEM) else dict(before.found)
        found = {**kept, **found}
    else:
        # Another topic: who would use the money is told anew.
        user = user if turn.question.relatives else None
    return Thread(key=key, thing=thing, who=heard.who, user=user, found=found), heard


def _side_by_side(question: Question) -> bool:
    """Whether a question for an amount names several places none of which is somebody's own."""
    places = [place for place in question.places if place.candidates]
    codes = {place.candidates for place in places}
    free = all(place.role in (None, "insured") for place in places)
    owners = {place.of for place in places if place.of}
    return len(codes) > 1 and free and len(owners) < 2
