"""A tracker's events as the turns that the page shows."""

from collections.abc import Iterable
from typing import Any

PAGE = 50

Turn = dict[str, Any]


def turns_of(events: Iterable[Any]) -> list[Turn]:
    """All turns, oldest first.

    A message keeps the id that its client gave it; the bot's replies to it are numbered from 1:
    ``<message id>.1``. The same ids are given when the reply is first sent.

    Args:
        events: Rasa's events of a conversation.
    """
    turns: list[Turn] = []
    asked, number = "", 0
    for event in events:
        kind = getattr(event, "type_name", "")
        if kind == "user" and event.text:
            asked, number = str(event.message_id or ""), 0
            turn: Turn = {"id": asked, "from": "user", "text": event.text}
            turns.append({**turn, "time": event.timestamp, "_event": event})
        elif kind == "bot" and asked:
            number += 1
            said = {"text": event.text, **{key: event.data.get(key) for key in event.data}}
            reply = reply_of(asked, number, said)
            turns.append({"from": "bot", **reply, "time": event.timestamp})
    return turns


def reply_of(message_id: str, number: int, message: dict[str, Any]) -> Turn:
    """A bot's message as clients get it.

    Args:
        message_id: of the message it answers.
        number: its place among the replies, from 1.
        message: with ``text``, ``buttons`` and ``custom``.
    """
    return {
        "id": f"{message_id}.{number}",
        "text": message.get("text") or "",
        "buttons": [{"title": button["title"]} for button in message.get("buttons") or []],
        "custom": message.get("custom"),
    }


def page(turns: list[Turn], before: str | None) -> dict[str, Any]:
    """The newest turns, or those before one.

    Args:
        turns: all, oldest first.
        before: id of the oldest turn that the client has.

    Returns:
        ``turns``, oldest first, and ``more``: whether there are older ones.
    """
    end = len(turns)
    if before is not None:
        places = [place for place, turn in enumerate(turns) if turn["id"] == before]
        end = places[0] if places else 0
    start = max(0, end - PAGE)
    shown = [
        {key: value for key, value in turn.items() if not key.startswith("_")}
        for turn in turns[start:end]
    ]
    return {"turns": shown, "more": start > 0}


def answered(turns: list[Turn], message_id: str) -> tuple[list[Turn], dict[str, Any]]:
    """The replies to a message, and what was stored with it; empty if it was never answered."""
    prefix = f"{message_id}."
    replies = [
        {key: turn[key] for key in ("id", "text", "buttons", "custom")}
        for turn in turns
        if turn["from"] == "bot" and turn["id"].startswith(prefix)
    ]
    asked = next((turn for turn in turns if turn["id"] == message_id), None)
    metadata = dict(asked["_event"].metadata or {}) if asked else {}
    return replies, metadata
