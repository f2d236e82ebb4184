"""What is known where: by region, topic and kind; what it rests on and when it is due."""

from collections import Counter
from typing import Literal

import msgspec

from policy.dates import month
from policy.facts import NATIONAL, Fact, FactBook
from policy.regions import Regions

Kind = Literal["figure", "rule", "procedure", "diagnosis"]
KINDS: tuple[Kind, ...] = ("figure", "rule", "procedure", "diagnosis")
CLAIM = "claim"
# What of a fact's values makes it a figure of somebody's money.
MONEY = ("gross", "net", "ratio", "approx", "derived")


class Line(msgspec.Struct, frozen=True):
    """What is known of one region.

    Attributes:
        region: adcode of the whole country or a province.
        places: how many places in it have something of their own.
        cells: by topic, how many facts of each kind.
    """

    region: str
    places: int
    cells: dict[str, Counter[Kind]]


class Shares(msgspec.Struct, frozen=True):
    """How much rests on one kind of source: all facts, and those said plainly."""

    kind: str
    facts: int
    plain: int


class Due(msgspec.Struct, frozen=True):
    """What should be looked at again in one month: how many facts of each topic."""

    month: str
    topics: Counter[str]


class Coverage(msgspec.Struct, frozen=True):
    """Everything that ``docs/coverage.md`` says."""

    lines: list[Line]
    shares: list[Shares]
    due: list[Due]
    facts: int
    sources: int


def kind_of(fact: Fact) -> Kind:
    """The kind of knowledge that a fact is."""
    if fact.sign or fact.remedy:
        return "diagnosis"
    if fact.steps:
        return "procedure"
    money = any(value.kind in MONEY and value.unit in ("元", "%") for value in fact.values)
    return "figure" if money else "rule"


def coverage_of(book: FactBook, regions: Regions) -> Coverage:
    """What there is; claims of articles are not counted as known.

    Args:
        book: the facts.
        regions: the gazetteer.
    """
    known = [fact for fact in book if fact.firmness != CLAIM]
    provinces = [region.adcode for region in regions if region.level == "province"]
    lines = [
        line(NATIONAL, [fact for fact in known if fact.region == NATIONAL]),
        *(line(code, [f for f in known if f.region[:2] == code[:2]]) for code in provinces),
    ]
    kinds = Counter(book.sources[fact.source].kind for fact in book)
    plain = Counter(book.sources[f.source].kind for f in book if f.firmness == "state")
    due: dict[str, Counter[str]] = {}
    for fact in book:
        due.setdefault(month(fact.review_after), Counter())[fact.topic] += 1
    return Coverage(
        lines=lines,
        shares=[Shares(kind, number, plain[kind]) for kind, number in kinds.most_common()],
        due=[Due(when, due[when]) for when in sorted(due)],
        facts=len(book.facts),
        sources=len(book.sources),
    )


def line(region: str, facts: list[Fact]) -> Line:
    """The line of a region."""
    cells: dict[str, Counter[Kind]] = {}
    for fact in facts:
        cells.setdefault(fact.topic, Counter())[kind_of(fact)] += 1
    return Line(region, len({fact.region for fact in facts} - {region}), cells)
