"""A measured figure beside its target, and the errors behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from benchmarks.parsing import Parsed
from benchmarks.questions import Expected
from benchmarks.scoring import Rate, rate


class Figure(msgspec.Struct, frozen=True):
    """A measured figure.

    Attributes:
        key: its name in figures.json and levels.yml.
        title: what it is, in words.
        value: the figure, between 0 and 1.
        interval: its 95 % interval; None where there is none.
        target: what it should reach; None if it is only for information.
        at_most: whether the target is an upper bound.
        count: how many of how many, in words.
    """

    key: str
    title: str
    value: float
    interval: tuple[float, float] | None = None
    target: float | None = None
    at_most: bool = False
    count: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether it reaches the target; None without one."""
        if self.target is None:
            return None
        # Shares of counts: half a unit in the last printed place is no miss.
        slack = 1e-9
        if self.at_most:
            return self.value <= self.target + slack
        return self.value >= self.target - slack


class Mistake(msgspec.Struct, frozen=True):
    """A sentence that was not understood as expected.

    Attributes:
        section: the set it belongs to.
        text: the sentence.
        expected: what would have been right.
        got: what came out.
        confidence: how sure the bot was.
    """

    section: str
    text: str
    expected: str
    got: str
    confidence: float


class Section(msgspec.Struct, frozen=True):
    """One part of the measurement."""

    title: str
    figures: list[Figure]
    mistakes: list[Mistake] = []


def of_rate(key: str, title: str, measured: Rate, target: float | None = None) -> Figure:
    """A share that should reach a target."""
    return Figure(
        key,
        title,
        measured.share,
        measured.interval,
        target,
        count=f"{measured.right}/{measured.of}",
    )


def topic_rate(rows: Iterable[tuple[Expected, Parsed]]) -> Rate:
    """How many topics are accepted ones."""
    return rate(found.topic in row.topics for row, found in rows)


def intent_rate(rows: Iterable[tuple[Expected, Parsed]]) -> Rate:
    """How many intents are accepted ones, of rows that name intents."""
    return rate(found.intent in row.intents for row, found in rows if row.intents)


def topic_mistakes(section: str, rows: Sequence[tuple[Expected, Parsed]]) -> list[Mistake]:
    """Rows whose topic is not accepted."""
    return [
        Mistake(
            section,
            row.text,
            " / ".join(row.intents or row.topics),
            found.intent,
            found.confidence,
        )
        for row, found in rows
        if found.topic not in row.topics
    ]


def intent_mistakes(section: str, rows: Sequence[tuple[Expected, Parsed]]) -> list[Mistake]:
    """Rows whose topic is right and whose intent is not."""
    return [
        Mistake(section, row.text, " / ".join(row.intents), found.intent, found.confidence)
        for row, found in rows
        if found.topic in row.topics and row.intents and found.intent not in row.intents
    ]
