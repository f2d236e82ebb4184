"""A tracker's events as the turns that the page shows."""

from collections.abc import Iterable, Mapping
from typing import Any

PAGE = 50
# Messages and replies of one turn; so many more than a page are read, that its oldest turn is whole
# and that it is known whether there are older ones.
LONGEST_TURN = 30

Turn = dict[str, Any]


async def stored(store: Any, conversation: str, message_id: str | None) -> list[Turn]:
    """The newest turns of a conversation, or those up to a message and its replies.

    A message keeps the id that its client gave it; the bot's replies to it are numbered from 1:
    ``<message id>.1``. The same ids are given when the reply is first sent.

    Args:
        store: Rasa's tracker store; ours reads no more than is asked for.
        conversation: its id.
        message_id: the message; None for the newest.

    Returns:
        Turns, oldest first; at least one page if there are so many.
    """
    if hasattr(store, "said"):
        return turns_of(await store.said(conversation, message_id, PAGE + LONGEST_TURN) or ())
    tracker = await store.retrieve_full_tracker(conversation)
    turns = turns_of([event.as_dict() for event in tracker.events] if tracker else ())
    if message_id is None:
        return turns
    ends = [at for at, turn in enumerate(turns, 1) if _message_of(turn) == message_id]
    return turns[: ends[-1]] if ends else []


def turns_of(events: Iterable[Mapping[str, Any]]) -> list[Turn]:
    """Turns of Rasa's events, oldest first; replies whose message is not among them are left out.

    Args:
        events: as JSON objects.
    """
    turns: list[Turn] = []
    asked, number = "", 0
    for event in events:
        kind = event.get("event")
        if kind == "user" and event.get("text"):
            asked, number = str(event.get("message_id") or ""), 0
            turn: Turn = {"id": asked, "from": "user", "text": event["text"]}
            metadata = event.get("metadata") or {}
            turns.append({**turn, "time": event.get("timestamp"), "_metadata": metadata})
        elif kind == "bot" and asked:
            number += 1
            said = {"text": event.get("text"), **(event.get("data") or {})}
            reply = reply_of(asked, number, said)
            turns.append({"from": "bot", **reply, "time": event.get("timestamp")})
    return turns


def _message_of(turn: Turn) -> str:
    """The id of the message that a turn is, or that it answers."""
    return str(turn["id"]) if turn["from"] == "user" else message_of(str(turn["id"]))


def message_of(reply: str) -> str:
    """The id of the message that a reply answers."""
    return reply.rpartition(".")[0] or reply


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
        turns: the last that may be shown, oldest first.
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
    replies = [
        {key: turn[key] for key in ("id", "text", "buttons", "custom")}
        for turn in turns
        if turn["from"] == "bot" and message_of(turn["id"]) == message_id
    ]
    asked = next((turn for turn in turns if turn["id"] == message_id), None)
    return replies, dict(asked["_metadata"]) if asked else {}
