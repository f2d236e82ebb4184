"""Where a turn meets ``channels/handover.py``: the sentence said, and the conversation posted."""

import asyncio
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from channels import metrics
from channels.handover import HandoverSettings, handover_settings, package, post, secret
from channels.settingsfile import SettingsFile

logger = logging.getLogger(__name__)
# The answer to 转人工.
ASKED_FOR = "ask_human"
BEIJING = timezone(timedelta(hours=8))
_under_way: set["asyncio.Task[bool]"] = set()


@lru_cache(maxsize=1)
def _file() -> SettingsFile[HandoverSettings]:
    return handover_settings()


def add_note(responses: Iterable[dict[str, Any]], settings: HandoverSettings | None = None) -> None:
    """Tell a person who asks for somebody what happens next, before it is stored.

    Args:
        responses: of an action; changed in place.
        settings: those of the file if None.
    """
    for response in responses:
        for answer in _wanting(response):
            found = settings or _file().current()
            note = found.note(_region(answer), datetime.now(BEIJING)) if found.url else ""
            if note:
                answer["blocks"] = [*answer.get("blocks", ()), {"kind": "note", "text": note}]
                response["text"] = f"{response.get('text') or ''}\n{note}".strip()


def hand_over(store: Any, conversation: str, said: Iterable[dict[str, Any]]) -> None:
    """Post a conversation in which somebody asked for a person; the turn does not wait for it."""
    wanting = [answer for message in said for answer in _wanting(message)]
    url = _file().current().url if wanting else ""
    if not url:
        return
    task = asyncio.ensure_future(_post(store, conversation, url, _region(wanting[0])))
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)


async def _post(store: Any, conversation: str, url: str, region: str) -> bool:
    try:
        tracker = await store.retrieve_full_tracker(conversation)
        events = [event.as_dict() for event in tracker.events] if tracker else []
        arrived = await post(url, secret(), package(conversation, region, events))
    except Exception as error:
        logger.error("handover failed: %s", type(error).__name__)
        arrived = False
    metrics.handover("done" if arrived else "failed")
    return arrived


def _wanting(message: dict[str, Any]) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = (message.get("custom") or {}).get("answers") or []
    return [answer for answer in answers if answer.get("intent") == ASKED_FOR]


def _region(answer: dict[str, Any]) -> str:
    return str(answer.get("assumed") or "").partition("、")[0]
