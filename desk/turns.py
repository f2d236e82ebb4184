"""What was asked and answered, read from the table of events: SQLite or PostgreSQL."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from sys import intern
from typing import Any

import msgspec
import sqlalchemy as sa
import yaml
from sqlalchemy.engine import Engine

from channels.masking import mask
from desk.filters import adcode_of, region_name
from policy.topics import NONE, topics

DAY = 86_400.0
WORDS = Path(__file__).parent / "words.yml"


class Vote(msgspec.Struct, frozen=True, kw_only=True):
    """A thumb: ``up`` or ``down``, the reason given, when, and the facts of the answer."""

    value: str
    reason: str = ""
    time: float = 0.0
    facts: tuple[str, ...] = ()


class Asked(msgspec.Struct, kw_only=True, gc=False):
    """One message with its answer.

    Attributes:
        conversation: its id; channel is its prefix.
        time: seconds since 1970.
        said: what the person said, as stored: masked when it came in.
        reply: what was said back.
        status: of the reply: answered, asked, unsure, rejected, service.
        intents: what was answered.
        read: the intent that the message was read as, and how likely.
        facts: the facts used.
        place: adcode of the place that it is about, as far as message and answer say; "" if not.
        offers: the buttons shown.
        troubles: why somebody should look at it, by name.
        votes: thumbs given to it.
        after: the next message of the same person.
    """

    conversation: str
    channel: str
    time: float
    said: str
    read: str = ""
    likely: float = 0.0
    reply: str = ""
    status: str = ""
    intents: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    place: str = ""
    offers: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    votes: tuple[Vote, ...] = ()
    after: str = ""

    @property
    def text(self) -> str:
        """What was said, masked once more: that covers what older versions let pass."""
        return _masked(self.said)

    @property
    def region(self) -> str:
        """The place in words."""
        return region_name(self.place) if self.place else ""

    @property
    def topic(self) -> str:
        """The topic of what was answered, else of what it was read as."""
        return _topic((*self.intents, self.read))


@lru_cache(maxsize=65_536)
def _masked(text: str) -> str:
    return mask(text).text


@lru_cache(maxsize=8192)
def _topic(intents: tuple[str, ...]) -> str:
    named = (topics().of(name) for name in intents)
    return next((topic for topic in named if topic != NONE), NONE)


class DeskWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``desk/words.yml``: what the desk calls things, and how people say that they meant another.

    Attributes:
        troubles: title of each reason to look at a message.
        statuses, roles, actions, channels, firmness, kinds: names of what data calls so; kinds are
            those of sources.
        denials: messages that begin so mean that the answer before was beside the point.
    """

    troubles: dict[str, str]
    statuses: dict[str, str]
    roles: dict[str, str]
    actions: dict[str, str]
    channels: dict[str, str]
    firmness: dict[str, str]
    kinds: dict[str, str]
    refusals: dict[str, str]
    denials: tuple[str, ...]


def desk_words() -> DeskWords:
    """The desk's words."""
    return msgspec.convert(yaml.safe_load(WORDS.read_text(encoding="utf-8")), DeskWords)


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
                running[-1].after = asked.said
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
    entities = parsed.get("entities") or ()
    places = (str(each.get("value")) for each in entities if each.get("entity") == "region")
    return Asked(
        conversation=sender,
        channel=sender.partition(":")[0],
        time=stamp,
        said=str(event["text"]),
        read=str(intent.get("name") or ""),
        likely=float(intent.get("confidence") or 0.0),
        place=next(map(adcode_of, places), ""),
    )


def _replied(asked: Asked, event: dict[str, Any]) -> None:
    data = event.get("data") or {}
    custom = data.get("custom") or {}
    answers = custom.get("answers") or []
    text = str(event.get("text") or "")
    # Most replies are the same again and again; one copy of each is enough.
    asked.reply = intern(f"{asked.reply}\n{text}" if asked.reply else text)
    asked.status = str(custom.get("status") or asked.status)
    asked.intents += tuple(str(answer.get("intent") or "") for answer in answers)
    asked.facts += tuple(fact for answer in answers for fact in answer.get("facts") or ())
    assumed = next((str(a["assumed"]) for a in answers if a.get("assumed")), "")
    named = (adcode_of(part) for part in assumed.replace(",", "、").split("、"))
    asked.place = next(filter(None, named), asked.place)
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
        if before and asked.said.startswith(words.denials):
            # Said of the answer before; there it counts.
            continue
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
