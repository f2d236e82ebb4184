"""How much evidence a fact has: what its sources allow to be said plainly, and likely amounts."""

from collections.abc import Iterable
from decimal import Decimal

from policy.facts import Fact, FactBook, Source, Value

# A source with a name to lose: one is enough.
NAMED = ("official", "media", "repost")
# Unchecked pages count only together; an article that nobody vouches for never does.
UNCHECKED = "site"
ENOUGH_UNCHECKED = 2
# Lowest and highest amount that anybody has ever got or paid here, with room on both sides: by
# unit and period. A figure outside is a slip of the keyboard.
LIKELY = {
    ("元", "月"): (Decimal(1), Decimal(2000)),
    ("元", "年"): (Decimal(10), Decimal(20000)),
    ("%", "月"): (Decimal("0.01"), Decimal(20)),
}
# Of these kinds; a base or an example may be higher.
MEASURED = ("gross", "net", "deduction", "derived", "ratio")


def sources_of(fact: Fact, book: FactBook) -> list[Source]:
    """All sources of a fact, the main one first."""
    return [book.sources[name] for name in (fact.source, *fact.also)]


def allow_plainly(sources: Iterable[Source]) -> bool:
    """Whether sources together allow a statement without a caveat.

    One that is official, a named medium or a repost of one does; else two pages of different
    houses.
    """
    found = list(sources)
    if any(source.kind in NAMED for source in found):
        return True
    houses = {source.house or source.publisher for source in found if source.kind == UNCHECKED}
    return len(houses) >= ENOUGH_UNCHECKED


def unlikely(value: Value) -> str:
    """What is odd about a figure, "" if nothing is."""
    amounts = [
        each for each in (value.amount, value.amount_min, value.amount_max) if each is not None
    ]
    if any(amount < 0 for amount in amounts):
        return "是负数"
    span = LIKELY.get((value.unit, value.period or ""))
    if span is None or value.kind not in MEASURED:
        return ""
    low, high = span
    if all(low <= amount <= high for amount in amounts):
        return ""
    return f"每{value.period} {value.spoken()} {value.unit} 不像真的（应在 {low}–{high} 之间）"
