"""Messages grouped by likeness, so that a hundred wordings of one question are one line."""

import time
from collections.abc import Iterable

import msgspec
from rapidfuzz import fuzz, process

from desk.turns import DAY, Asked

# Similarity (0 to 100) from which two messages are taken for the same question.
ALIKE = 72.0
WEEK = 7 * DAY


class Group(msgspec.Struct, kw_only=True):
    """Messages alike.

    Attributes:
        messages: newest first.
        recent, earlier: how many in the last seven days and in the seven before.
    """

    messages: list[Asked]
    recent: int = 0
    earlier: int = 0

    @property
    def newest(self) -> Asked:
        """The one shown."""
        return self.messages[0]

    @property
    def count(self) -> int:
        """How many."""
        return len(self.messages)

    @property
    def texts(self) -> list[str]:
        """The different wordings, newest first."""
        return list(dict.fromkeys(asked.text for asked in self.messages))

    @property
    def troubles(self) -> list[str]:
        """What is wrong with any of them, most frequent first."""
        names = [name for asked in self.messages for name in asked.troubles]
        return sorted(dict.fromkeys(names), key=lambda name: -names.count(name))

    @property
    def trend(self) -> int:
        """More (above 0) or fewer than in the week before."""
        return self.recent - self.earlier


def grouped(messages: Iterable[Asked], now: float | None = None) -> list[Group]:
    """Groups of like messages, the largest first, then the newest.

    Args:
        messages: in any order.
        now: seconds since 1970 for the trend; None takes the clock.
    """
    moment = time.time() if now is None else now
    groups: list[Group] = []
    leaders: list[str] = []
    of_text: dict[str, Group] = {}
    for asked in sorted(messages, key=lambda one: -one.time):
        key = plain(asked.text)
        group = of_text.get(key)
        if group is None:
            best = process.extractOne(key, leaders, scorer=fuzz.ratio, score_cutoff=ALIKE)
            group = groups[best[2]] if best else None
        if group is None:
            group = Group(messages=[])
            groups.append(group)
            leaders.append(key)
        of_text[key] = group
        group.messages.append(asked)
        age = moment - asked.time
        group.recent += age < WEEK
        group.earlier += WEEK <= age < 2 * WEEK
    return sorted(groups, key=lambda one: (-one.count, -one.newest.time))


def plain(text: str) -> str:
    """A text without what does not make it another question."""
    return "".join(sign for sign in text.lower() if sign.isalnum())
