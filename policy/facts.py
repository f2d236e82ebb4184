"""The facts that the answers rest on: figures, rules and steps, each with region, date and source.

They are read from ``data/<topic>/facts/*.yml``; ``docs/data.md`` describes the fields.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import msgspec

from policy.conditions import Condition
from policy.dates import first_day, last_day
from policy.topics import DATA
from policy.yamlfile import Document, Mistakes

FACTS = "*/facts/*.yml"
NATIONAL = "000000"

Population = Literal[
    "any",
    "retired",
    "retired_unit",
    "retired_flexible",
    "retired_public",
    "retired_enterprise",
    "retired_founding",
    "retired_tier1",
    "veteran",
    "employed",
    "flexible",
    "resident",
]
Kind = Literal[
    "gross",
    "net",
    "deduction",
    "ratio",
    "example",
    "approx",
    "derived",
    "count",
    "limit",
    "deadline",
]


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Frozen, and a misspelt field is an error."""


class Source(_Strict, frozen=True, kw_only=True):
    """Who said something, and when.

    Attributes:
        publisher: who published it.
        kind: how near it is to the authority: official, media, repost (a web page that
            repeats it from a named authority, paper or agency), site (a content site that repeats
            it, unchecked) or article (nobody vouches for it).
        title: a short description of the page.
        date: as precise as the source says (``2023``, ``2024-01``, ``2024-01-31``), or None.
        document: the number of the official document it quotes.
        url: only addresses of gov.cn are kept.
        house: who stands behind several publishers, or whose text they copy; sources of one
            house do not confirm each other.
    """

    publisher: str
    kind: Literal["official", "media", "repost", "site", "article"]
    title: str | None = None
    date: str | None = None
    document: str | None = None
    url: str | None = None
    house: str | None = None


class Value(_Strict, frozen=True, kw_only=True):
    """One figure.

    Attributes:
        amount: the figure as the source has it, never rounded or converted.
        unit: 元, %, 月, 笔 …
        period: 月 or 年 for money that comes again and again; None otherwise.
        kind: gross (before deductions), net, deduction, ratio, limit …
        label: what it is, where the kind does not say (a deduction's name).
        base: what a ratio is taken of.
        base_year: the year whose average is the base; it does not move on.
        frozen: whether the source says that the base stays at that year.
    """

    amount: Decimal | None = None
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None
    unit: str
    period: str | None = None
    kind: Kind
    label: str | None = None
    base: str | None = None
    base_year: str | None = None
    frozen: bool = False

    def spoken(self) -> str:
        """The bare figure: ``94.75``, or ``2-3`` for a range."""
        if self.amount is not None:
            return f"{self.amount.normalize():f}"
        if self.amount_min is None or self.amount_max is None:
            return ""
        return f"{self.amount_min.normalize():f}-{self.amount_max.normalize():f}"


class Fact(_Strict, frozen=True, kw_only=True):
    """One thing that is known, for one region and population.

    Attributes:
        id: its name in the project, unique.
        topic: balance, credit, withdrawal, sharing, filing, usage or common.
        aspects: the intents whose answers may use it.
        region: adcode; ``000000`` is the whole country.
        visitors: whether it is for people insured in another province who are treated here.
        when: the cases it holds in; it is left out where the case is known to be another.
        pool: a pooling area that shares the region's adcode (省直 …); the fact is for it alone.
        population: whom it holds for.
        age: closed band of full years, None where open.
        values: its figures.
        text: the sentence spoken; ``{0}`` stands for the first value's figure.
        firmness: ``state`` plainly, ``with_caveat`` together with its caveat, ``claim`` only as
            what an unofficial article says.
        warning: said right after a claim.
        sign: of a cause of trouble, how to tell that it is this one.
        remedy: of a cause of trouble, what to do about it.
        no_computation: flexible workers get nothing here, so 2 % of a base is not theirs.
        checked_on, review_after: days (``YYYY-MM-DD``).
    """

    id: str
    topic: Literal["balance", "credit", "withdrawal", "sharing", "filing", "usage", "common"]
    aspects: tuple[str, ...]
    region: str
    visitors: bool = False
    when: dict[str, Condition] = {}
    pool: str | None = None
    population: Population = "any"
    age: tuple[int | None, int | None] | None = None
    values: tuple[Value, ...] = ()
    effective_from: str | None = None
    effective_to: str | None = None
    text: str | None = None
    steps: tuple[str, ...] = ()
    condition: str | None = None
    caveat: str | None = None
    warning: str | None = None
    sign: str | None = None
    remedy: str | None = None
    no_computation: bool = False
    firmness: Literal["state", "with_caveat", "claim"]
    source: str
    also: tuple[str, ...] = ()
    checked_on: str
    review_after: str

    def fill(self, text: str) -> str:
        """Put the figures of this fact into a sentence of its own."""
        for index, value in enumerate(self.values):
            text = text.replace(f"{{{index}}}", value.spoken())
        return text

    def value(self, kind: str) -> Value | None:
        """The first figure of a kind."""
        return next((value for value in self.values if value.kind == kind), None)

    def in_force(self, day: date) -> bool:
        """Whether the fact holds on a day, as far as its dates say."""
        if self.effective_from and first_day(self.effective_from) > day:
            return False
        return not (self.effective_to and last_day(self.effective_to) < day)

    def overdue(self, day: date) -> bool:
        """Whether somebody should have looked at it again by that day."""
        return last_day(self.review_after) < day

    def covers_age(self, low: int, high: int) -> bool:
        """Whether some age from low to high (both included) lies in the band."""
        if self.age is None:
            return True
        start, end = self.age
        return (start is None or high >= start) and (end is None or low <= end)


class _File(_Strict, frozen=True, kw_only=True):
    defaults: dict[str, object] = {}
    sources: dict[str, dict[str, object]] = {}
    facts: list[dict[str, object]] = []


class Placed(msgspec.Struct, frozen=True):
    """A fact with the file and line that it stands in."""

    fact: Fact
    document: Document
    index: int


class FactBook:
    """All facts and sources of a folder."""

    def __init__(self, placed: list[Placed], sources: dict[str, Source]) -> None:
        """Index the facts by id and by aspect; ids are already known to be unique."""
        self.placed = placed
        self.sources = sources
        self.facts: dict[str, Fact] = {each.fact.id: each.fact for each in placed}
        self.by_aspect: dict[str, list[Fact]] = {}
        for fact in self.facts.values():
            for aspect in fact.aspects:
                self.by_aspect.setdefault(aspect, []).append(fact)

    def __iter__(self) -> Iterator[Fact]:
        """The facts in the order of the files."""
        return iter(self.facts.values())

    @classmethod
    def load(cls, folder: Path = DATA) -> "FactBook":
        """Read every fact file below a folder.

        Raises:
            DataError: for the first mistake, naming file, line and field.
        """
        book, mistakes = cls.read(folder)
        mistakes.check()
        return book

    @classmethod
    def read(cls, folder: Path = DATA) -> tuple["FactBook", Mistakes]:
        """Read what can be read below a folder, and what is wrong with the rest."""
        book, mistakes = cls([], {}), Mistakes()
        for file in sorted(folder.glob(FACTS)):
            with mistakes.apart():
                document = Document(file)
                content = document.convert(document.data, _File)
                for name, entry in content.sources.items():
                    with mistakes.apart():
                        book._add_source(document, name, entry)
                for index, entry in enumerate(content.facts):
                    with mistakes.apart():
                        book._add_fact(document, index, {**content.defaults, **entry})
        # With a file or a source that could not be read, a missing one may well be there.
        if not any(error.field.partition(".")[0] != "facts" for error in mistakes.found):
            for placed in book.placed:
                for field, names in (("source", (placed.fact.source,)), ("also", placed.fact.also)):
                    for name in set(names) - set(book.sources):
                        with mistakes.apart():
                            at = ("facts", placed.index, field)
                            raise placed.document.error(at, f"没有来源 {name}")
        return cls(book.placed, book.sources), mistakes

    def _add_source(self, document: Document, name: str, entry: Any) -> None:
        at = ("sources", name)
        source = document.convert(entry, Source, at)
        if name in self.sources:
            raise document.error(at, "这个来源编号在别处已有")
        try:
            first_day(source.date or "2000")
        except ValueError as error:
            raise document.error((*at, "date"), str(error)) from None
        self.sources[name] = source

    def _add_fact(self, document: Document, index: int, entry: dict[str, Any]) -> None:
        fact = document.convert(entry, Fact, ("facts", index))
        if fact.id in self.facts:
            raise document.error(("facts", index, "id"), f"编号 {fact.id} 已用过")
        self.facts[fact.id] = fact
        self.placed.append(Placed(fact, document, index))
