"""The figures of the desk: what was asked, how it ended, and what people did next."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from statistics import median

import msgspec

from desk.turns import DAY, Asked

MOST_NEXT = 10
HOURS = 24


class Line(msgspec.Struct, frozen=True):
    """A name, how many, and the share of all in percent."""

    name: str
    count: int
    share: float


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows.

    Attributes:
        messages, conversations: how many.
        statuses, topics, channels, regions: how many of each, most first.
        hours: messages by hour of the day, from 0.
        days: messages by day, oldest first.
        length: median characters of an answer.
        next: pairs of topics that follow each other, most frequent first; ends has its own name.
        ups, downs: thumbs.
    """

    messages: int
    conversations: int
    statuses: list[Line]
    topics: list[Line]
    channels: list[Line]
    regions: list[Line]
    hours: list[int]
    days: list[tuple[str, int]]
    length: float
    next: list[Line]
    ups: int
    downs: int


def numbers(turns: Sequence[Asked]) -> Numbers:
    """Count."""

    def of(what: Callable[[Asked], str]) -> list[Line]:
        return lines(Counter(filter(None, map(what, turns))))

    moments = [time.localtime(turn.time) for turn in turns]
    hours = Counter(moment.tm_hour for moment in moments)
    days = Counter(time.strftime("%Y-%m-%d", moment) for moment in moments)
    votes = [turn.votes[-1].value for turn in turns if turn.votes]
    return Numbers(
        messages=len(turns),
        conversations=len({turn.conversation for turn in turns}),
        statuses=of(lambda turn: turn.status),
        topics=of(lambda turn: turn.topic),
        channels=of(lambda turn: turn.channel),
        regions=of(lambda turn: turn.region)[:MOST_NEXT],
        hours=[hours[hour] for hour in range(HOURS)],
        days=sorted(days.items()),
        length=median([len(turn.reply) for turn in turns if turn.reply] or [0]),
        next=_next(turns),
        ups=votes.count("up"),
        downs=votes.count("down"),
    )


def lines(counts: Counter[str]) -> list[Line]:
    """Counts as lines, most first."""
    total = sum(counts.values()) or 1
    return [Line(name, count, 100 * count / total) for name, count in counts.most_common()]


def _next(turns: Sequence[Asked]) -> list[Line]:
    """Which topic follows which, and after which people stop."""
    last: dict[str, Asked] = {}
    pairs: Counter[str] = Counter()
    for turn in turns:
        before = last.get(turn.conversation)
        if before is not None:
            pairs[f"{before.topic} → {turn.topic}"] += 1
        last[turn.conversation] = turn
    for turn in last.values():
        pairs[f"{turn.topic} →"] += 1
    return lines(pairs)[:MOST_NEXT]


def since(turns: Sequence[Asked], days: float, now: float | None = None) -> list[Asked]:
    """Those of the last days."""
    moment = time.time() if now is None else now
    return [turn for turn in turns if turn.time >= moment - days * DAY]
