"""Spans compete: every finder proposes what it sees, and one pass picks the best of all of it.

A span weighs the square of its evidence's length, so that one long word beats the two short ones
that it is made of, and two words beside each other beat a third that lies across them: 上海 and
参保 beat the 海参 in 「上海参保」. Containing words (医药, 刘长春) are spans too; they win like any
other and then say nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

# Which entity may lie in which other one, or on the same characters.
NESTING: frozenset[tuple[str, str]] = frozenset(
    (outer, inner)
    for outer, inners in {
        "population": ("region", "relation", "age", "item", "channel", "pool"),
        "relation": ("region", "population"),
        "item": ("visit", "relation", "population", "channel", "region", "amount"),
        "visit": ("item", "region", "relation"),
        "channel": ("region", "hotline", "item", "relation", "visit"),
        "smartphone": ("channel", "item", "relation"),
        "region": ("visit", "channel", "pool"),
        "hotline": ("channel",),
        "age": ("relation", "population"),
    }.items()
    for inner in inners
)
# What is told of somebody stretches over several words and says nothing of what those name.
TOLD = frozenset(("work", "life", "situation"))
# 我自己买的社保: somebody, and what they do themselves.
SHARING = frozenset((("population", "relation"), ("relation", "population")))
# … but not where the one says the opposite of the other.
OPPOSED: frozenset[tuple[str, str, str]] = frozenset(
    (
        ("work", "not_retired", "retired"),
        ("work", "retired", "employed"),
        ("work", "never_worked", "employed"),
    )
)
ANYTHING = ""
# A pattern has seen more than its own characters; a containing word was written for this case.
PATTERN, CONTAINING, COMMON = 0.5, -0.25, -0.05
SINGLE = 0.2


@dataclass(slots=True)
class Span:
    """A proposal: some characters of a text, and what they are.

    Attributes:
        start: index of its first character; end: index behind its last one.
        entity: what it is; of a containing word the entity that it hides, ``ANYTHING`` for all.
        value: its value; None of a containing word.
        extra: how much more it weighs than its length says.
        more: further attributes of the entity.
    """

    start: int
    end: int
    entity: str
    value: str | None
    extra: float = 0.0
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def weight(self) -> float:
        """How much it counts against spans that overlap it; one character is hardly evidence."""
        length = self.end - self.start
        return (float(length**2) if length > 1 else SINGLE) + self.extra


def arbitrate(proposed: Iterable[Span]) -> list[Span]:
    """The best set of the spans, in the order of the text.

    First each entity's own spans compete with one another, with the words that contain them and
    with common words; then what is left of different entities, unless one may lie in the other.

    Args:
        proposed: what the finders saw in one text.
    """
    own: dict[str, list[Span]] = {}
    common: list[Span] = []
    for span in proposed:
        if span.entity == ANYTHING:
            common.append(span)
        else:
            own.setdefault(span.entity, []).append(span)
    places = [Span(each.start, each.end, ANYTHING, None) for each in own.get("region", ())]
    left: list[Span] = []
    for name, spans in own.items():
        chosen = best(spans + common + (places if name != "region" else []))
        left += [each for each in chosen if each.entity == name and each.value is not None]
    return _settled(left)


def best(spans: Sequence[Span]) -> list[Span]:
    """The heaviest set of spans of which no two overlap; of equals the leftmost.

    Args:
        spans: in any order.
    """
    if len(spans) < 2:
        return list(spans)
    ordered = sorted(spans, key=lambda span: (span.end, -span.start))
    ends = [span.end for span in ordered]
    sums = [0.0]
    before: list[int] = []
    for index, span in enumerate(ordered):
        reach = bisect_right(ends, span.start, 0, index)
        before.append(reach)
        sums.append(max(sums[-1], sums[reach] + span.weight))
    chosen: list[Span] = []
    index = len(ordered)
    while index:
        if sums[index] == sums[index - 1]:
            index -= 1
            continue
        chosen.append(ordered[index - 1])
        index = before[index - 1]
    return chosen[::-1]


def _crosses(one: Span, other: Span) -> bool:
    """Whether two spans overlap and neither lies in the other."""
    return (one.start < other.start < one.end < other.end) or (
        other.start < one.start < other.end < one.end
    )


def _settled(spans: list[Span]) -> list[Span]:
    """Of different entities on the same characters, the heavier, and what may lie in it."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (-span.weight, span.start)):
        if all(_bear(span, other) for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda span: (span.start, span.end))


def _bear(one: Span, other: Span) -> bool:
    """Whether two spans can stand together."""
    if one.end <= other.start or other.end <= one.start:
        return True
    if one.entity == other.entity or _opposed(one, other) or _opposed(other, one):
        return False
    if one.entity in TOLD or other.entity in TOLD:
        return True
    if _crosses(one, other):
        return (one.entity, other.entity) in SHARING
    outer, inner = (one, other) if one.end - one.start > other.end - other.start else (other, one)
    same = outer.end - outer.start == inner.end - inner.start
    return (outer.entity, inner.entity) in NESTING or (
        same and (inner.entity, outer.entity) in NESTING
    )


def _opposed(one: Span, other: Span) -> bool:
    value = (other.value or "").partition("_")[0]
    return (one.entity, one.value, value) in OPPOSED
