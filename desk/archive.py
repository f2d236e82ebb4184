"""The messages of all conversations, kept between pages, so that only what is new is read."""

import threading
import time
from collections.abc import Iterator, Sequence
from heapq import nlargest

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from desk.turns import DAY, Asked, DeskWords, turns_of

# The newest conversations are looked at, so that memory has a bound; pages say if there are more.
MOST_CONVERSATIONS = 50_000
AT_ONCE = 400
_MARKS = sa.text("SELECT sender_id, count(*), max(id) FROM events GROUP BY sender_id")
_ROWS = sa.text(
    "SELECT sender_id, type_name, timestamp, data FROM events "
    "WHERE sender_id IN :names AND (type_name IN ('user', 'bot') "
    "OR (type_name = 'slot' AND action_name = 'feedback')) ORDER BY sender_id, id"
).bindparams(sa.bindparam("names", expanding=True))

# How many events a conversation has, and the id of the newest.
Mark = tuple[int, int]


class Archive:
    """What was asked and answered, one list of messages for each conversation.

    A conversation is read again when it has got or lost an event, and forgotten when it is deleted
    from the database. Used by several threads.
    """

    def __init__(self, engine: Engine, words: DeskWords, most: int = MOST_CONVERSATIONS) -> None:
        """Take the database, the desk's words and how many conversations to look at."""
        self._engine = engine
        self._words = words
        self._most = most
        self._marks: dict[str, Mark] = {}
        self._turns: dict[str, list[Asked]] = {}
        self._lock = threading.Lock()
        # How many older conversations are left out.
        self.left_out = 0

    def turns(self, days: float, now: float | None = None) -> list[Asked]:
        """All messages of the last days with what became of them, oldest first.

        Args:
            days: how far to look back.
            now: seconds since 1970; None takes the clock.
        """
        since = (time.time() if now is None else now) - days * DAY
        with self._lock:
            self._refresh()
            found = [one for turns in self._turns.values() for one in turns if one.time >= since]
        return sorted(found, key=lambda one: one.time)

    def forget(self) -> None:
        """Keep nothing in memory until somebody looks again."""
        with self._lock:
            self._marks, self._turns = {}, {}

    def _refresh(self) -> None:
        with self._engine.connect() as connection:
            marks = {name: (count, newest) for name, count, newest in connection.execute(_MARKS)}
            self.left_out = max(0, len(marks) - self._most)
            if self.left_out:
                kept = nlargest(self._most, marks.items(), key=lambda item: item[1][1])
                marks = dict(kept)
            changed = [name for name, mark in marks.items() if self._marks.get(name) != mark]
            for names in _chunks(changed):
                rows = connection.execute(_ROWS, {"names": names}).all()
                for name in names:
                    self._turns[name] = []
                for asked in turns_of(rows, self._words):
                    self._turns[asked.conversation].append(asked)
        for name in self._turns.keys() - marks.keys():
            del self._turns[name]
        self._marks = marks


def _chunks(names: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), AT_ONCE):
        yield list(names[start : start + AT_ONCE])
