"""Messages grouped by likeness, so that a hundred wordings of one question are one line."""

import time
from collections.abc import Iterable, Mapping
from functools import lru_cache

import msgspec
import numpy as np
from rapidfuzz import fuzz, process

from desk.store import fingerprint
from desk.turns import DAY, Asked

# Similarity (0 to 100) from which two messages are taken for the same question.
ALIKE = 72.0
WEEK = 7 * DAY
BLOCK = 256


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
    def keys(self) -> list[str]:
        """What its wordings are known by where they are set aside."""
        return list(dict.fromkeys(_key(asked.text) for asked in self.messages))

    def is_done(self, marks: Mapping[str, float]) -> bool:
        """Whether all of it was set aside.

        Args:
            marks: for each wording until when it was.
        """
        return all(marks.get(_key(each.text), 0.0) >= each.time for each in self.messages)

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
    ordered = sorted(messages, key=lambda one: -one.time)
    keys = [plain(asked.text) for asked in ordered]
    groups: dict[int, Group] = {}
    different = dict.fromkeys(keys)
    leader_of = dict(zip(different, _leaders(tuple(different)), strict=True))
    for asked, key in zip(ordered, keys, strict=True):
        group = groups.setdefault(leader_of[key], Group(messages=[]))
        group.messages.append(asked)
        age = moment - asked.time
        group.recent += age < WEEK
        group.earlier += WEEK <= age < 2 * WEEK
    return sorted(groups.values(), key=lambda one: (-one.count, -one.newest.time))


@lru_cache(maxsize=8)
def _leaders(keys: tuple[str, ...]) -> list[int]:
    """For each text the number of the group it is in: that of the first one like it.

    Compared in blocks by code that lets go of the interpreter, so that turns go on meanwhile.
    """
    leaders: list[str] = []
    found: list[int] = []
    for start in range(0, len(keys), BLOCK):
        block = keys[start : start + BLOCK]
        known = len(leaders)
        likeness = (
            process.cdist(block, leaders, scorer=fuzz.ratio, score_cutoff=ALIKE, dtype=np.float32)
            if leaders
            else np.zeros((len(block), 1), np.float32)
        )
        for key, row in zip(block, likeness, strict=True):
            if row.max() >= ALIKE:
                found.append(int(row.argmax()))
                continue
            new = leaders[known:]
            best = process.extractOne(key, new, scorer=fuzz.ratio, score_cutoff=ALIKE)
            found.append(known + best[2] if best else len(leaders))
            if not best:
                leaders.append(key)
    return found


@lru_cache(maxsize=65_536)
def _key(text: str) -> str:
    return fingerprint(plain(text))[:32]


def plain(text: str) -> str:
    """A text without what does not make it another question."""
    return "".join(sign for sign in text.lower() if sign.isalnum())
