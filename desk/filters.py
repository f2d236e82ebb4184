"""How the templates write times and names."""

import time
from collections.abc import Callable

from policy.regions import Regions
from policy.topics import NONE, topics


def when(stamp: float) -> str:
    """A moment: 11-28 14:05."""
    return time.strftime("%m-%d %H:%M", time.localtime(stamp))


def day(stamp: float) -> str:
    """A moment with its year."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(stamp))


def topic_name(key: str) -> str:
    """A topic in words."""
    topic = topics().by_key.get(key)
    return topic.name if topic else ("—" if key == NONE else key)


def pair_name(pair: str) -> str:
    """Two topics that follow each other, in words."""
    before, _, after = pair.partition(" →")
    return (
        f"{topic_name(before)} → {topic_name(after.strip()) if after.strip() else '（没有再问）'}"
    )


_regions: list[Regions] = []


def region_name(adcode: str) -> str:
    """A region in words."""
    if not _regions:
        _regions.append(Regions.load())
    return _regions[0].display(adcode) if _regions[0].get(adcode) else adcode


FILTERS: dict[str, Callable[..., str]] = {
    "when": when,
    "day": day,
    "topic_name": topic_name,
    "pair_name": pair_name,
    "region_name": region_name,
}
