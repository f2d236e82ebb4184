"""What the NLU pipeline found in a message, in the form that the actions use."""

import re
from decimal import Decimal
from typing import Any

import msgspec

from policy.topics import topic_keys

FALLBACK = "nlu_fallback"


def topic_of(intent: str) -> str:
    """The part of an intent's name before the first underscore."""
    return intent.partition("_")[0]


class Place(msgspec.Struct, frozen=True):
    """A region named in a message.

    Attributes:
        candidates: adcodes it can mean; more than one if the name is ambiguous, none if only a
            pool was named.
        text: the name as it was written.
        role: ``insured``, ``treated`` or None.
        pool: 省直 and the like, named beside it.
    """

    candidates: tuple[str, ...]
    text: str
    role: str | None = None
    pool: str | None = None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question of a message, with what was named beside it.

    Attributes:
        intent: its intent, perhaps ``nlu_fallback``.
        text: its own words.
        confidence: how likely the intent is right.
        ranking: the likeliest intents, best first.
        places: regions in the order of the text.
        age: lowest and highest age; None if none is named.
        persons: relatives named, in the order of the text.
        found: single entities by name: population, channel, smartphone, item, visit, hotline.
        items: what the money would be spent on: each one's value and its words.
        subject: the words of those that this question is narrowed down to, if it is.
        base: contribution base, yuan a month.
        heard: an amount that the message takes for granted (“听说返107”), yuan.
    """

    intent: str
    text: str
    confidence: float = 1.0
    ranking: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    age: tuple[int, int] | None = None
    persons: tuple[str, ...] = ()
    found: dict[str, str] = {}
    items: tuple[tuple[str, str], ...] = ()
    subject: str = ""
    base: Decimal | None = None
    heard: Decimal | None = None

    @property
    def topic(self) -> str:
        """The topic of the intent."""
        return topic_of(self.intent)

    @property
    def in_scope(self) -> bool:
        """Whether it is about one of the six topics."""
        return self.topic in topic_keys()


def questions(message: dict[str, Any]) -> list[Question]:
    """The questions of a parsed message, in the order of its text.

    Args:
        message: what the pipeline made of it; ``parts`` holds several questions if there are any.
    """
    parts = message.get("parts") or [message]
    whole = str(message.get("text") or "")
    return [_question(part, whole) for part in parts]


def _question(part: dict[str, Any], whole: str) -> Question:
    places: list[Place] = []
    persons: list[str] = []
    found: dict[str, str] = {}
    items: list[tuple[str, str]] = []
    age = base = None
    for entity in part.get("entities") or []:
        name, value = entity["entity"], str(entity["value"])
        if name == "region":
            codes = tuple(code for code in value.split("|") if code)
            text = whole[entity["start"] : entity["end"]]
            places.append(Place(codes, text, entity.get("role"), entity.get("pool")))
        elif name == "pool":
            places.append(Place((), "", None, value))
        elif name == "age":
            age = age or _age(value)
        elif name in ("base", "wage"):
            base = base or (Decimal(value) if "-" not in value else None)
        elif name == "relation":
            if not entity.get("pronoun"):
                persons.append(value)
        else:
            found.setdefault(name, value)
            if name == "item":
                items.append((value, whole[entity["start"] : entity["end"]]))
    intent = part.get("intent") or {}
    return Question(
        intent=intent.get("name") or FALLBACK,
        text=part.get("text") or "",
        confidence=float(intent.get("confidence") or 1.0),
        ranking=tuple(each["name"] for each in part.get("intent_ranking") or []),
        places=tuple(places),
        age=age,
        persons=tuple(persons),
        found=found,
        items=tuple(items),
        base=base,
        heard=_heard(part, whole),
    )


_HEARD = re.compile(
    r"(?:返款?|返还|返了|打|划入?|拨|给|发|到账|进账|有|是|拿|领)(?:了|着|到)?"
    r"([0-9]+(?:\.[0-9]+)?)(?![0-9.]*(?:岁|年|月|号|日|%|个|次|天))"
    r"|([0-9]+(?:\.[0-9]+)?)\s*(?:元|块)"
)


_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def _heard(part: dict[str, Any], whole: str) -> Decimal | None:
    """An amount that stands in the text and is no age, base or pension."""
    # Offsets refer to the whole message, of which the part may be any piece.
    taken = [
        whole[entity["start"] : entity["end"]]
        for entity in part.get("entities") or []
        if entity["entity"] in ("age", "base", "wage", "pension")
    ]
    for match in _HEARD.finditer(part.get("text") or ""):
        amount = match.group(1) or match.group(2)
        if not any(amount in _NUMBER.findall(words) for words in taken):
            return Decimal(amount)
    return None


def _age(value: str) -> tuple[int, int]:
    low, dash, high = value.partition("-")
    if not dash:
        return int(low), int(low)
    return int(low or 0), int(high or 120)
