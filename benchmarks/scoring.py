"""Rates with their uncertainty, and how honest stated confidences are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt

import msgspec

# Two-sided 95 %.
Z = 1.959964


class Rate(msgspec.Struct, frozen=True):
    """How many of how many.

    Attributes:
        right: how many.
        of: of how many.
    """

    right: int
    of: int

    @property
    def share(self) -> float:
        """Between 0 and 1; 0 of nothing."""
        return self.right / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the share."""
        if not self.of:
            return 0.0, 1.0
        n, p = self.of, self.share
        middle = p + Z * Z / (2 * n)
        half = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        scale = 1 + Z * Z / n
        return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)

    def __add__(self, other: Rate) -> Rate:
        """Both together."""
        return Rate(self.right + other.right, self.of + other.of)


def rate(outcomes: Iterable[bool]) -> Rate:
    """The share of true outcomes."""
    listed = list(outcomes)
    return Rate(sum(listed), len(listed))


class F1(msgspec.Struct, frozen=True):
    """Found things against expected things.

    Attributes:
        hits: expected and found.
        missed: expected, not found.
        wrong: found, not expected.
    """

    hits: int
    missed: int
    wrong: int

    @property
    def precision(self) -> float:
        """How much of what was found is right."""
        return self.hits / (self.hits + self.wrong) if self.hits + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """How much of what there is was found."""
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0

    @property
    def value(self) -> float:
        """The harmonic mean of both."""
        whole = 2 * self.hits + self.missed + self.wrong
        return 2 * self.hits / whole if whole else 1.0

    @property
    def as_rate(self) -> Rate:
        """F1 as a share, for an interval of about the right width."""
        return Rate(2 * self.hits, 2 * self.hits + self.missed + self.wrong)


class Bin(msgspec.Struct, frozen=True):
    """Messages of like confidence.

    Attributes:
        confidence: their mean confidence.
        rate: how many were judged rightly.
    """

    confidence: float
    rate: Rate


def bins(confidences: Sequence[float], outcomes: Sequence[bool], number: int = 10) -> list[Bin]:
    """Sort messages into bins of equal width; empty ones are left out.

    Args:
        confidences: what the bot stated, 0 to 1.
        outcomes: whether it was right.
        number: of bins.
    """
    members: dict[int, list[tuple[float, bool]]] = {}
    for confidence, outcome in zip(confidences, outcomes, strict=True):
        members.setdefault(min(int(confidence * number), number - 1), []).append(
            (confidence, outcome)
        )
    return [
        Bin(
            sum(confidence for confidence, _ in inside) / len(inside),
            rate(outcome for _, outcome in inside),
        )
        for _, inside in sorted(members.items())
    ]


def expected_calibration_error(found: Iterable[Bin]) -> float:
    """The mean distance between confidence and share of right ones, weighted by size."""
    listed = list(found)
    whole = sum(each.rate.of for each in listed)
    if not whole:
        return 0.0
    return sum(each.rate.of * abs(each.confidence - each.rate.share) for each in listed) / whole
