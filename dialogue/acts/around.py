"""Around the questions: urgent things, feelings, manners, starting over, not being understood."""

import msgspec

from dialogue.acts.turn import Outcome, Turn
from dialogue.again import is_again
from dialogue.blocks import Block, Choice
from dialogue.meaning import MANNERS, URGENT
from dialogue.planning import Case
from dialogue.readings import NEIGHBOUR, possible
from dialogue.state import State, Thread
from dialogue.wording import Wording

# Probability that an alarm needs: 漱口水 is no emergency.
ALARM = 0.35
OTHER = "other"
ODD_AGE = "odd_age"
MOST_GUESSES = 3
# Sticker to the manners it shows.
STICKERS = {"smile": "praise", "thumb": "praise", "sad": "feeling", "angry": "complaint"}


def urgent(turn: Turn) -> Outcome | None:
    """An emergency or a fraud: nothing else matters."""
    sure = turn.question.confidence >= 1.0 or turn.meaning.likely >= ALARM
    if not turn.is_act(*URGENT) or not sure:
        return None
    said = turn.say_entry(turn.meaning.key)
    # 「已经点了」 goes on with it.
    state = msgspec.structs.replace(said.state, aside=turn.meaning.key)
    return msgspec.structs.replace(said, state=state, repeats=True)


def start_over(turn: Turn) -> Outcome | None:
    """「重新开始」: everything told is forgotten."""
    if not turn.is_act("start_over"):
        return None
    fresh = msgspec.structs.replace(turn, state=State())
    return fresh.say_entry("start_over", turn.topic_choices())


def other_person(turn: Turn) -> Outcome | None:
    """「换个人」: the same question, for somebody of whom nothing is known yet."""
    if not turn.is_act("other_person"):
        return None
    if turn.question.relatives or (turn.question.tells and turn.state.thread):
        return None
    people = {name: each for name, each in turn.state.people.items() if name != OTHER}
    state = msgspec.structs.replace(turn.state, people=people, current=OTHER)
    thread = state.thread
    if thread:
        state = state.with_thread(Thread(key=thread.key, thing=thread.thing, who=OTHER))
    return msgspec.structs.replace(turn, state=state).say_entry("other_person", (), status="asked")


def repair(turn: Turn) -> Outcome | None:
    """「不是这个意思」: what else may have been meant."""
    if not turn.is_act("repair", "complaint"):
        return None
    thread = turn.state.thread
    if thread is None:
        return turn.say_entry("complaint", turn.topic_choices(), status="unsure")
    keys = [key for key in turn.wording.about(thread.thing) if key != thread.key]
    following = [choice.key for choice in turn.kit.following(thread.key, {})]
    offered = turn.kit.choices(list(dict.fromkeys([*following, *keys])))[:MOST_GUESSES]
    return turn.say_entry("repair", (*offered, none_of_these(turn.wording)), status="unsure")


def odd_age(turn: Turn) -> Outcome | None:
    """An age that nobody has: it is asked again, and what was asked back stays open."""
    if ODD_AGE not in {told.value for told in turn.question.told}:
        return None
    return turn.say_entry("age_odd", turn.state.offers, status="asked")


def feel(turn: Turn) -> Outcome | None:
    """Half a sentence of kindness, and then help with what was talked about."""
    if not turn.is_act("feeling"):
        return None
    thread = turn.state.thread
    offered = turn.kit.following(thread.key, {}) if thread else turn.topic_choices()
    return turn.say_entry("feeling", offered)


def mind_manners(turn: Turn) -> Outcome | None:
    """Greetings, thanks, an acknowledgement, a sticker."""
    if turn.is_act(*MANNERS):
        return turn.say_entry(turn.meaning.key)
    stickers = turn.question.stickers
    if stickers and not turn.question.text.strip():
        return turn.say_entry(STICKERS.get(stickers[0], "affirm"))
    return None


def serve(turn: Turn) -> Outcome | None:
    """Anything else that is asked of the bot itself: who it is, a person, a number to call."""
    known = turn.meaning.act == "service" and turn.meaning.key in turn.wording.answers
    if not known or turn.is_act(*URGENT):
        return None
    entry = turn.wording.answers[turn.meaning.key]
    return turn.say_number(turn.meaning.key) if entry.dialled else turn.say_entry(turn.meaning.key)


def stray(turn: Turn) -> Outcome | None:
    """Somebody else's business: whose, and back to ours."""
    key = turn.meaning.key
    if turn.meaning.act != "stray" or (turn.state.open and turn.meaning.likely < ALARM):
        return None
    said = turn.say_entry(key, status="rejected", case=_insured(turn))
    if key == turn.state.aside:
        said = _aside_again(turn, said)
    aside = key if key.startswith(NEIGHBOUR) else ""
    # What is told beside it (「洛阳的，交了17年」) is told for what comes next.
    known = turn.hear("").state
    return msgspec.structs.replace(said, state=msgspec.structs.replace(known, aside=aside))


def _insured(turn: Turn) -> Case:
    """The kind of insurance that the message names: what the nation rules depends on it."""
    kind = turn.question.value("population")
    return Case(facets={"population": kind}) if kind else Case()


def _aside_again(turn: Turn, said: Outcome) -> Outcome:
    """What is somebody else's business a second time, and what of ours may have been meant."""
    first, *rest = said.answer.blocks
    say, known = turn.wording.say, bool(said.answer.facts)
    text = say("aside_known", text=first.text) if known else say("aside_more", text=first.text)
    # Where something is known, whom to ask and what to take stands in the note.
    notes = [block for block in rest if block.kind == "note" and known]
    answer = said.answer.with_blocks(Block(kind="decision", text=text), *notes)
    if is_again((answer,), turn.state):
        answer = answer.with_blocks(Block(kind="decision", text=turn.wording.say("aside_still")))
    guesses = said.choices if known else turn.kit.choices(_ours(turn))
    choices = (*guesses[:MOST_GUESSES], none_of_these(turn.wording))
    return msgspec.structs.replace(said, answer=answer, choices=choices)


def doubt(turn: Turn) -> Outcome:
    """Not understood: the likeliest questions, 都不是 and whom to call; then the topics."""
    if turn.is_number and turn.state.offers:
        return turn.say_entry("pick_out_of_range", turn.state.offers, status="asked")
    if turn.state.open and not turn.state.unsure and turn.question.form != "states":
        # What was asked back stays open, and is offered once more.
        return turn.say_entry("unknown_place", turn.state.offers, status="unsure")
    if turn.state.unsure:
        return turn.say_entry("fallback_again", turn.topic_choices(), status="unsure")
    guesses = turn.kit.choices(_ours(turn))[:MOST_GUESSES] or turn.topic_choices()
    offered = (*guesses, none_of_these(turn.wording))
    return turn.say_entry("fallback_first", offered, status="unsure")


def _ours(turn: Turn) -> list[str]:
    """What of ours a question may be, likeliest first."""
    return [each.key for each in possible(turn.question, turn.state, turn.wording)]


def none_of_these(wording: Wording) -> Choice:
    """The button for whoever finds nothing among those offered."""
    return Choice(title=wording.say("none_of_these"), command="none")
