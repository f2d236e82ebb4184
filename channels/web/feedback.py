"""Thumbs: kept in the tracker, with the message and answer they are about."""

import time
from typing import Any

from channels import metrics
from channels.errors import RequestError
from channels.gate import cleaned
from channels.history import Turn, message_of, stored
from channels.masking import mask

VALUES = ("up", "down")
LONGEST_REASON = 300
# A slot that influences nothing; each setting of it is an event with the whole thumb.
SLOT = "feedback"


def checked(data: dict[str, Any]) -> tuple[str, str, str]:
    """Reply id, value and reason of a request; the reason without personal numbers.

    Raises:
        RequestError: if one of them does not fit.
    """
    reply, value, reason = data.get("reply"), data.get("value"), data.get("reason") or ""
    if not isinstance(reply, str):
        raise RequestError("no_reply")
    if value not in VALUES:
        raise RequestError("no_value")
    plain = cleaned(reason) if isinstance(reason, str) else ""
    return reply, value, mask(plain).text[:LONGEST_REASON]


def entry(turns: list[Turn], reply: str, value: str, reason: str) -> dict[str, Any]:
    """What is stored: the thumb with the message, what was understood and the facts used.

    Raises:
        RequestError: if the conversation has no such reply.
    """
    said = next((turn for turn in turns if turn["id"] == reply and turn["from"] == "bot"), None)
    asked_id = message_of(reply)
    asked = next((turn for turn in turns if turn["id"] == asked_id), None)
    if said is None or asked is None:
        raise RequestError("no_reply", 404)
    custom = said["custom"] or {}
    answers = custom.get("answers") or []
    return {
        "reply": reply,
        "value": value,
        "reason": reason,
        "message": asked["text"],
        "status": custom.get("status", ""),
        "intents": [answer.get("intent", "") for answer in answers],
        "facts": sorted({fact for answer in answers for fact in answer.get("facts") or ()}),
        "time": int(time.time()),
    }


async def store(agent: Any, conversation: str, reply: str, value: str, reason: str) -> None:
    """Put a thumb into the conversation.

    Raises:
        RequestError: if the conversation has no such reply.
    """
    from rasa.shared.core.events import SlotSet

    trackers = agent.tracker_store
    async with agent.lock_store.lock(conversation):
        turns = await stored(trackers, conversation, message_of(reply))
        thumb = entry(turns, reply, value, reason)
        tracker = await trackers.retrieve(conversation)
        tracker.update(SlotSet(SLOT, thumb))
        await trackers.save(tracker)
    metrics.feedback(value)
