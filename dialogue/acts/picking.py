"""Picking one of the things just offered: 1, １, 一, 第一个, or the words on the button."""

import re
import unicodedata
from typing import Any

import msgspec

from dialogue.acts.about import detail
from dialogue.acts.turn import Outcome, Turn
from dialogue.blocks import Choice
from dialogue.hearing import Heard
from dialogue.state import State, Thread

_ORDINAL = re.compile(
    r"^(?:选|第|要)?\s*([0-9]{1,2}|[一二两三四五六七八九])\s*(?:个|条|项|号)?[.、。!]?$"
)
_CHINESE = {digit: number for number, digit in enumerate("一二三四五六七八九", 1)} | {"两": 2}


def picked(text: str, offered: tuple[Choice, ...]) -> Choice | None:
    """The choice that a message picks, or None.

    Args:
        text: what the person sent.
        offered: the choices of the bot's last message, in the order shown.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    for choice in offered:
        if text == unicodedata.normalize("NFKC", choice.title):
            return choice
    number = ordinal(text)
    return offered[number - 1] if number and number <= len(offered) else None


def ordinal(text: str) -> int | None:
    """The number of a message that is nothing but a number or an ordinal."""
    match = _ORDINAL.match(unicodedata.normalize("NFKC", text).strip())
    if not match:
        return None
    return _CHINESE.get(match.group(1)) or int(match.group(1))


def take(turn: Turn, choice: Choice) -> Outcome:
    """Go on with what was picked."""
    if choice.command == "detail":
        return detail(turn)
    if choice.command:
        return turn.say_entry("fallback_again", turn.topic_choices(), status="unsure")
    waiting = next((t for t in turn.state.threads if t.key == choice.key and t.open), None)
    running = turn.state.thread
    if waiting:
        thread = waiting
    elif running and turn.wording.thing_of(choice.key) == running.thing:
        thread = msgspec.structs.replace(running, key=choice.key, open=None, found=running.found)
    else:
        who = running.who if running else turn.state.current
        thread = Thread(key=choice.key, thing=turn.wording.thing_of(choice.key), who=who)
    state = _settled(turn.state, thread.who, choice)
    changed = tuple(_changes(choice))
    heard = Heard(
        state=state, who=thread.who, user=thread.user, asked=(thread.who,), changed=changed
    )
    return turn.respond(thread, heard)


def _settled(state: State, who: str, choice: Choice) -> State:
    person = msgspec.structs.replace(state.person(who), **_changes(choice))
    return state.with_person(who, person)


def _changes(choice: Choice) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if choice.region:
        changes["treated" if choice.role == "treated" else "region"] = choice.region
    if choice.age:
        changes["age"] = choice.age
    if choice.kind:
        changes["population"] = choice.kind
        changes["work"] = "retired" if choice.kind.startswith("retired") else None
    return changes
