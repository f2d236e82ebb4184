"""How the templates write times and names."""

import re
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from policy.regions import COUNTRY, Regions
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
    return topic.name if topic else ("没有主题" if key == NONE else key)


def pair_name(pair: str) -> str:
    """Two topics that follow each other, in words."""
    before, _, after = pair.partition(" →")
    return (
        f"{topic_name(before)} → {topic_name(after.strip()) if after.strip() else '（没有再问）'}"
    )


@lru_cache(maxsize=1)
def gazetteer() -> Regions:
    """The regions, read once."""
    return Regions.load()


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    regions = gazetteer()
    names = {regions.display(region.adcode): region.adcode for region in regions}
    return {**{region.adcode: region.adcode for region in regions}, **names}


def adcode_of(text: str) -> str:
    """The adcode of a place by its code or by the name that answers give it; "" of none."""
    return _codes().get(text, "")


@lru_cache(maxsize=4096)
def region_name(adcode: str) -> str:
    """A region in words."""
    return gazetteer().display(adcode) if adcode in gazetteer() else adcode


@lru_cache(maxsize=65_536)
def lies_in(adcode: str, text: str) -> bool:
    """Whether a region, or what it lies in, has a name with a text in it."""
    steps = gazetteer().climb(adcode)
    return any(
        text in name for step in steps for name in (step.full_name, region_name(step.adcode))
    )


@lru_cache(maxsize=65_536)
def holds_for(adcode: str, text: str) -> bool:
    """Whether what is known of a region holds for a place of a name, below the whole country."""
    regions = gazetteer()
    places = [each.adcode for each in regions if text in (each.name, each.full_name)]
    return any(
        step.adcode == adcode != COUNTRY for place in places for step in regions.climb(place)
    )


def labelled(intent: str, names: dict[str, str]) -> str:
    """A meaning as it is offered and shown: 余额怎么查（balance_query）."""
    return f"{names[intent]}（{intent}）" if intent in names else intent


def place_of(line: str) -> tuple[str, str] | None:
    """The file and the line that a mistake names."""
    found = re.search(r"data/(\S+?\.yml):(\d+)", line)
    return (found[1], found[2]) if found else None


FILTERS: dict[str, Callable[..., Any]] = {
    "place_of": place_of,
    "when": when,
    "day": day,
    "topic_name": topic_name,
    "pair_name": pair_name,
    "region_name": region_name,
    "labelled": labelled,
}
