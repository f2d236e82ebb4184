"""Where a turn meets ``channels/handover.py``: the conversation posted, and what is said of it."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from channels import metrics
from channels.handover import HandoverSettings, handover_settings, package, post, secret
from channels.settingsfile import SettingMistake, SettingsFile
from dialogue.assistant import assistant
from dialogue.state import SELF, SLOT

logger = logging.getLogger(__name__)
# The answer to 转人工.
ASKED_FOR = "ask_human"
BEIJING = timezone(timedelta(hours=8))

# The stored events of a conversation, as JSON objects, by its id.
History = Callable[[str], Awaitable[list[dict[str, Any]]]]


@lru_cache(maxsize=1)
def _file() -> SettingsFile[HandoverSettings]:
    return handover_settings()


async def hand_over(
    call: Mapping[str, Any],
    result: Mapping[str, Any],
    history: History | None,
    settings: HandoverSettings | None = None,
) -> None:
    """Post the conversation of somebody who asks for a person, and say what came of it.

    The turn waits for the post, so that nobody is promised what has not happened.

    Args:
        call: of the action, as Rasa sends it.
        result: of the action; the answer to 转人工 is changed in place.
        history: what was stored before this turn.
        settings: those of the file if None.
    """
    responses = result.get("responses") or ()
    wanting = [(each, answer) for each in responses for answer in _wanting(each)]
    found = (settings or _file().current()) if wanting else None
    if found is None or not found.url:
        return
    places = _places(call, result)
    arrived = await _post(call, history, found.url, places)
    metrics.handover("done" if arrived else "failed")
    note = found.note(places, datetime.now(BEIJING), arrived)
    for response, answer in wanting:
        _say(response, answer, note)


async def _post(
    call: Mapping[str, Any], history: History | None, url: str, places: list[str]
) -> bool:
    tracker = call.get("tracker") or {}
    sender = str(call.get("sender_id") or tracker.get("sender_id") or "")
    latest = dict(tracker.get("latest_message") or {})
    try:
        before = await history(sender) if history else []
        message = {"event": "user", "timestamp": datetime.now(BEIJING).timestamp(), **latest}
        body = package(sender, places[0] if places else "", [*before, message])
        return await post(url, secret(), body)
    except SettingMistake as mistake:
        logger.error("handover failed: %s", mistake)
        return False
    except Exception as error:
        # Others may quote what was sent.
        logger.error("handover failed: %s", type(error).__name__)
        return False


def _say(response: dict[str, Any], answer: dict[str, Any], note: str) -> None:
    """Put a sentence in the place of the one that says that nobody is here."""
    blocks = list(answer.get("blocks") or ())
    place = next((i for i, each in enumerate(blocks) if each.get("kind") == "decision"), None)
    text = str(response.get("text") or "")
    if place is None:
        answer["blocks"] = [{"kind": "decision", "text": note}, *blocks]
        response["text"] = f"{note}\n{text}".strip()
        return
    response["text"] = text.replace(str(blocks[place]["text"]), note, 1)
    answer["blocks"] = [*blocks[:place], {**blocks[place], "text": note}, *blocks[place + 1 :]]


def _places(call: Mapping[str, Any], result: Mapping[str, Any]) -> list[str]:
    """The place that a conversation is about and what it lies in, by all their names."""
    slots = (call.get("tracker") or {}).get("slots") or {}
    state = slots.get(SLOT)
    for event in result.get("events") or ():
        if event.get("event") == "slot" and event.get("name") == SLOT:
            state = event.get("value")
    person = ((state or {}).get("people") or {}).get(SELF) or {}
    adcode = str(person.get("region") or "")
    regions = assistant().policy.regions
    steps = regions.climb(adcode)
    return list(dict.fromkeys(name for step in steps for name in (step.name, step.full_name)))


def _wanting(message: dict[str, Any]) -> Iterable[dict[str, Any]]:
    answers: list[dict[str, Any]] = (message.get("custom") or {}).get("answers") or []
    return [answer for answer in answers if answer.get("intent") == ASKED_FOR]
