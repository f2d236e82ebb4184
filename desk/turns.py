"""What was asked and answered, read from the table of events: SQLite or PostgreSQL."""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
import yaml
from sqlalchemy.engine import Engine

from channels.masking import mask
from policy.topics import NONE, topics

DAY = 86_400.0
# The newest events that are looked at, so that a page costs the same however much is stored.
MOST_EVENTS = 60_000
WORDS = Path(__file__).parent / "words.yml"
_QUERY = """
SELECT sender_id, type_name, timestamp, data FROM events
WHERE id > :after AND timestamp >= :since
AND (type_name IN ('user', 'bot') OR (type_name = 'slot' AND action_name = 'feedback'))
ORDER BY id
"""


class Vote(msgspec.Struct, frozen=True, kw_only=True):
    """A thumb: ``up`` or ``down``, the reason given, when, and the facts of the answer."""

    value: str
    reason: str = ""
    time: float = 0.0
    facts: tuple[str, ...] = ()


class Asked(msgspec.Struct, kw_only=True):
    """One message with its answer.

    Attributes:
        conversation: its id; channel is its prefix.
        time: seconds since 1970.
        text: what the person said, as stored: masked.
        reply: what was said back.
        status: of the reply: answered, asked, unsure, rejected, service.
        intents: what was answered.
        read: the intent that the message was read as, and how likely.
        facts: the facts used.
        region: the place it was answered for, as far as the answer says.
        offers: the buttons shown.
        troubles: why somebody should look at it, by name.
        votes: thumbs given to it.
        after: the next message of the same person.
    """

    conversation: str
    channel: str
    time: float
    text: str
    read: str = ""
    likely: float = 0.0
    reply: str = ""
    status: str = ""
    intents: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    region: str = ""
    offers: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    votes: tuple[Vote, ...] = ()
    after: str = ""
    places: tuple[str, ...] = ()

    @property
    def topic(self) -> str:
        """The topic of what was answered, else of what it was read as."""
        for name in (*self.intents, self.read):
            topic = topics().of(name)
            if topic != NONE:
                return topic
        return NONE


class DeskWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``desk/words.yml``: what the desk calls things, and how people say that they meant another.

    Attributes:
        troubles: title of each reason to look at a message.
        statuses, roles, actions: names of what data calls so.
        denials: messages that begin so mean that the answer before was beside the point.
    """

    troubles: dict[str, str]
    statuses: dict[str, str]
    roles: dict[str, str]
    actions: dict[str, str]
    refusals: dict[str, str]
    denials: tuple[str, ...]


def desk_words() -> DeskWords:
    """The desk's words."""
    return msgspec.convert(yaml.safe_load(WORDS.read_text(encoding="utf-8")), DeskWords)


def read_turns(
    engine: Engine, words: DeskWords, days: float, now: float | None = None
) -> list[Asked]:
    """All messages of the last days with what became of them, oldest first.

    Args:
        engine: of the conversations.
        words: the desk's.
        days: how far to look back.
        now: seconds since 1970; None takes the clock.
    """
    since = (time.time() if now is None else now) - days * DAY
    with engine.connect() as connection:
        newest = connection.execute(sa.text("SELECT max(id) FROM events")).scalar() or 0
        values = {"after": newest - MOST_EVENTS, "since": since}
        rows = connection.execute(sa.text(_QUERY), values).all()
    return turns_of(rows, words)


def read_conversation(engine: Engine, words: DeskWords, conversation: str) -> list[Asked]:
    """One conversation, oldest first."""
    query = sa.text(
        "SELECT sender_id, type_name, timestamp, data FROM events "
        "WHERE sender_id = :conversation AND (type_name IN ('user', 'bot') "
        "OR (type_name = 'slot' AND action_name = 'feedback')) ORDER BY id"
    )
    with engine.connect() as connection:
        rows = connection.execute(query, {"conversation": conversation}).all()
    return turns_of(rows, words)


def turns_of(rows: Iterable[Sequence[Any]], words: DeskWords) -> list[Asked]:
    """The messages in rows of events.

    Args:
        rows: sender, type, time and JSON of events, in their order.
        words: the desk's.
    """
    by_sender: dict[str, list[Asked]] = defaultdict(list)
    by_message: dict[tuple[str, str], Asked] = {}
    found: list[Asked] = []
    for sender, kind, stamp, data in rows:
        event = msgspec.json.decode(data)
        running = by_sender[sender]
        if kind == "user" and event.get("text"):
            asked = _asked(sender, float(stamp), event)
            if running:
                running[-1].after = asked.text
            running.append(asked)
            by_message[sender, str(event.get("message_id") or "")] = asked
            found.append(asked)
        elif kind == "bot" and running:
            _replied(running[-1], event)
        elif kind == "slot":
            _voted(by_message, sender, event.get("value"))
    for turns in by_sender.values():
        _judge(turns, words)
    return found


def _asked(sender: str, stamp: float, event: dict[str, Any]) -> Asked:
    parsed = event.get("parse_data") or {}
    intent = parsed.get("intent") or {}
    places = [
        str(entity.get("value"))
        for entity in parsed.get("entities") or ()
        if entity.get("entity") == "region"
    ]
    # Masked when it came in; a second look costs little and covers what older versions let pass.
    return Asked(
        conversation=sender,
        channel=sender.partition(":")[0],
        time=stamp,
        text=mask(str(event["text"])).text,
        read=str(intent.get("name") or ""),
        likely=float(intent.get("confidence") or 0.0),
        places=tuple(places),
    )


def _replied(asked: Asked, event: dict[str, Any]) -> None:
    data = event.get("data") or {}
    custom = data.get("custom") or {}
    answers = custom.get("answers") or []
    text = str(event.get("text") or "")
    asked.reply = f"{asked.reply}\n{text}" if asked.reply else text
    asked.status = str(custom.get("status") or asked.status)
    asked.intents += tuple(str(answer.get("intent") or "") for answer in answers)
    asked.facts += tuple(fact for answer in answers for fact in answer.get("facts") or ())
    assumed = next((str(a["assumed"]) for a in answers if a.get("assumed")), "")
    asked.region = assumed.replace(",", "、").partition("、")[0] or "、".join(asked.places[:1])
    asked.offers = tuple(button["title"] for button in data.get("buttons") or ())


def _voted(by_message: dict[tuple[str, str], Asked], sender: str, value: Any) -> None:
    if not isinstance(value, dict):
        return
    asked = by_message.get((sender, str(value.get("reply", "")).rpartition(".")[0]))
    if asked is not None:
        vote = Vote(
            value=str(value.get("value")),
            reason=str(value.get("reason") or ""),
            time=float(value.get("time") or 0),
            facts=tuple(value.get("facts") or ()),
        )
        asked.votes = (*asked.votes, vote)


def _judge(turns: list[Asked], words: DeskWords) -> None:
    """Note what is wrong with each message of one conversation."""
    for place, asked in enumerate(turns):
        before = turns[place - 1] if place else None
        found = []
        if asked.status == "unsure":
            found.append("unsure")
        if asked.status == "rejected":
            found.append("rejected")
        if asked.status == "answered" and asked.topic != NONE and not asked.facts:
            found.append("no_fact")
        if asked.status == "asked" and before and before.status == "asked":
            found.append("asked_twice")
        if asked.votes and asked.votes[-1].value == "down":
            found.append("down")
        if asked.after.startswith(words.denials):
            found.append("denied")
        asked.troubles = tuple(found)
