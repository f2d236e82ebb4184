"""What the NLU pipeline found in a message, typed."""

from decimal import Decimal
from typing import Any, Literal

import msgspec

from policy.topics import NONE, topics

FALLBACK = "nlu_fallback"
INFORM = "inform"
Form = Literal["asks", "tells", "states", "names"]
UNSAID = "unsaid_"
SAME = "same"
URGENT = ("medical_emergency", "life_crisis", "scam_report", "scam_done")
MANNERS = (
    *("greet", "goodbye", "thanks", "affirm", "deny", "chitchat_other"),
    *("praise", "presence", "later"),
)
# Probability from which a question is certainly about one of the topics.
SURE = 0.9


class Place(msgspec.Struct, frozen=True):
    """A region named in a message.

    Attributes:
        candidates: adcodes it can mean; more than one if the name is ambiguous, none if only a
            pool was named.
        text: the name as it was written.
        role: ``insured``, ``treated``, ``relative``, ``origin``, ``former`` or None.
        pool: 省直 and the like, named beside it.
        of: whom it is about, if somebody is named; carried: only in an earlier clause.
    """

    candidates: tuple[str, ...]
    text: str
    role: str | None = None
    pool: str | None = None
    of: str | None = None
    carried: bool = False


class Relative(msgspec.Struct, frozen=True):
    """Somebody named in a message.

    Attributes:
        kind: the relation in the words of the rules: parent, spouse, ``third`` for 他/她.
        who: finer: father, grandfather … keeps two of a kind apart.
        owns: whether the account is said to be theirs.
        text: as written.
        receives: whether they are said to use it.
        asked: whether a story's question names them, not only what it tells.
    """

    kind: str
    who: str
    owns: bool = False
    text: str = ""
    receives: bool = False
    asked: bool = False


class Told(msgspec.Struct, frozen=True):
    """Something told of somebody.

    Attributes:
        name: age, population, work, life, situation, base, wage, pension.
        value: as the NLU has it.
        of: whom it is about, if somebody is named; carried: only in an earlier clause.
    """

    name: str
    value: str
    of: str | None = None
    carried: bool = False


class Reading(msgspec.Struct, frozen=True):
    """One intent that a text may have, with its probability."""

    name: str
    likely: float


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question of a message, with what was named beside it.

    Attributes:
        intent: its intent by the words alone, perhaps ``nlu_fallback``.
        text: its own words.
        confidence: how likely the intent's topic is right.
        ours: how likely it is about one of the topics, by the words alone.
        readings: the likeliest intents by the words alone, best first.
        going_on: the likeliest among those that may go on with what is talked about.
        places, relatives, told: in the order of the text.
        found: single entities by name: channel, smartphone, item, visit, hotline.
        items: what the money would be spent on: each one's value and its words.
        subject: the words of those that this question is narrowed down to, if it is.
        amounts: amounts of money stated, yuan, with their period if said.
        stickers: emoji and sticker codes.
        clauses: of how many it is made.
        form: asks (in so many words), tells (nothing but what is told of a case), states (some
            other fact) or names (no more than a thing).
    """

    intent: str
    text: str
    confidence: float = 1.0
    ours: float = 0.0
    readings: tuple[Reading, ...] = ()
    going_on: tuple[Reading, ...] = ()
    places: tuple[Place, ...] = ()
    relatives: tuple[Relative, ...] = ()
    told: tuple[Told, ...] = ()
    found: dict[str, str] = {}
    items: tuple[tuple[str, str], ...] = ()
    subject: str = ""
    amounts: tuple[tuple[str, str | None], ...] = ()
    stickers: tuple[str, ...] = ()
    clauses: int = 1
    form: Form = "names"

    @property
    def topic(self) -> str:
        """The topic of the intent, or NONE."""
        return topics().of(self.intent)

    @property
    def in_scope(self) -> bool:
        """Whether it is about one of the topics."""
        return self.topic != NONE

    @property
    def is_sure(self) -> bool:
        """Whether its topic is certain, though perhaps not what it asks there."""
        return self.in_scope and self.ours >= SURE

    @property
    def heard(self) -> Decimal | None:
        """An amount that the message takes for granted, yuan; what it fell from and to is none."""
        exact = [value for value, _ in self.amounts if "-" not in value]
        return Decimal(exact[0]) if exact and not self.fell else None

    @property
    def fell(self) -> bool:
        """Whether two amounts of one's own are told, the second lower: 「以前二百七，现在八十」."""
        if self.repeats_hearsay:
            return False
        lows = [Decimal(value.partition("-")[0]) for value, _ in self.amounts]
        return len(lows) == 2 and lows[0] > lows[1]

    def likely(self, name: str) -> float:
        """The probability of an intent by the words alone."""
        return next((each.likely for each in self.readings if each.name == name), 0.0)

    @property
    def repeats_hearsay(self) -> bool:
        """Whether it tells what others say."""
        return any(t.name == "situation" and t.value == HEARD for t in self.told)

    def value(self, name: str) -> str | None:
        """The first thing told under a name."""
        return next((each.value for each in self.told if each.name == name), None)

    @property
    def tells(self) -> bool:
        """Whether it tells something of a case."""
        return bool(self.places or self.told or self.found or self.relatives)


# What says that somebody repeats hearsay, or asks whether it is true.
HEARD = "heard"
DOUBTS = (HEARD, "doubt")
TOLD = ("age", "population", "work", "life", "situation", "base", "wage", "pension")


def questions(message: dict[str, Any]) -> list[Question]:
    """The questions of a parsed message, in the order of its text.

    Args:
        message: what the pipeline made of it; ``parts`` holds several questions if there are any.
    """
    parts = message.get("parts") or [message]
    whole = str(message.get("text") or "")
    return [_question(part, whole) for part in parts]


def _question(part: dict[str, Any], whole: str) -> Question:
    intent = part.get("intent") or {}
    entities = part.get("entities") or []
    found: dict[str, str] = {}
    for entity in entities:
        if entity["entity"] in ("channel", "smartphone", "item", "visit", "hotline"):
            found.setdefault(entity["entity"], str(entity["value"]))
    return Question(
        intent=intent.get("name") or FALLBACK,
        text=part.get("text") or "",
        confidence=float(intent.get("confidence") or 0.0),
        ours=float(part.get("ours") or 0.0),
        readings=_readings(part.get("intent_ranking")),
        going_on=_readings(part.get("going_on")),
        places=tuple(_places(entities, whole)),
        relatives=tuple(_relatives(entities, whole)),
        told=tuple(
            Told(e["entity"], str(e["value"]), e.get("of"), bool(e.get("carried")))
            for e in entities
            if e["entity"] in TOLD
        ),
        found=found,
        items=tuple(
            (str(e["value"]), whole[e["start"] : e["end"]])
            for e in entities
            if e["entity"] == "item"
        ),
        amounts=tuple(
            (str(e["value"]), e.get("period")) for e in entities if e["entity"] == "amount"
        ),
        stickers=tuple(str(e["value"]) for e in entities if e["entity"] == "sticker"),
        clauses=int(part.get("clauses") or 1),
        form=part.get("form") or "names",
    )


def _readings(ranking: list[dict[str, Any]] | None) -> tuple[Reading, ...]:
    return tuple(Reading(each["name"], float(each["confidence"])) for each in ranking or [])


def _places(entities: list[dict[str, Any]], whole: str) -> list[Place]:
    found = []
    for entity in entities:
        of, carried = entity.get("of"), bool(entity.get("carried"))
        if entity["entity"] == "region":
            codes = tuple(code for code in str(entity["value"]).split("|") if code)
            text = whole[entity["start"] : entity["end"]]
            role, pool = entity.get("role"), entity.get("pool")
            found.append(Place(codes, text, role, pool, of, carried))
        elif entity["entity"] == "pool":
            found.append(Place((), "", None, str(entity["value"]), of, carried))
    return found


def _relatives(entities: list[dict[str, Any]], whole: str) -> list[Relative]:
    return [
        Relative(
            kind=str(entity["value"]),
            who=str(entity.get("who") or entity["value"]),
            owns=bool(entity.get("owns")),
            receives=bool(entity.get("receives")),
            asked=bool(entity.get("asked")),
            text=whole[entity["start"] : entity["end"]],
        )
        for entity in entities
        if entity["entity"] == "relation"
    ]


def age_of(value: str) -> tuple[int, int]:
    """An age as the NLU writes it, as its lowest and highest full year: 70, 69-70, 70-, -69."""
    low, dash, high = value.partition("-")
    if not dash:
        return int(low), int(low)
    return int(low or 0), int(high or 120)
