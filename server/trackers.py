"""Conversations in SQLite or PostgreSQL, through Rasa's own SQL store and in its own table.

What differs from ``SQLTrackerStore``:

- A turn reads the last turn and the newest value of each slot, not the whole session, so that the
  five-hundredth turn costs as much as the tenth. ``retrieve_full_tracker`` still reads everything.
- A turn is stored in one transaction, and only if nothing was added to the conversation since it
  was read. Locks keep turns apart; should one ever be lost, the second turn fails instead of being
  woven into the first.
- PostgreSQL is talked to outside the event loop; SQLite, which answers in a fraction of a
  millisecond, inside it.
- SQLite writes ahead (WAL) with ``synchronous=NORMAL``: a killed process loses nothing that was
  answered; a power cut may lose the last turns, never more. Who wants those too uses PostgreSQL.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from sqlalchemy.engine import Connection, Row

from server import conversation_sql as sql

# Events read at once: about three turns.
WINDOW = 32
Result = TypeVar("Result")


class ConversationChanged(RasaException):
    """Somebody else added to the conversation while a turn was being made."""


class Conversations(SQLTrackerStore):
    """Rasa's SQL tracker store with bounded reading and guarded writing."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        host: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Connect, and make table and indexes if they are missing.

        Args:
            domain: for the slots of trackers.
            event_broker: where events are published, if anywhere.
            host: SQLAlchemy address (what Rasa calls the ``url`` of endpoints.yml).
            kwargs: of Rasa's class; not needed with an address.
        """
        TrackerStore.__init__(self, domain, event_broker)
        self.engine = sql.engine_for(host or "sqlite://")
        self._reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)
        self._dialect = self.engine.dialect.name
        self._insert = self.SQLEvent.__table__.insert()
        self._threads: ThreadPoolExecutor | None = None
        if self._dialect != "sqlite":
            self._threads = ThreadPoolExecutor(sql.CONNECTIONS, "database")
        sql.set_up(self.engine, self.Base.metadata)

    def close(self) -> None:
        """Give threads and connections back."""
        if self._threads:
            self._threads.shutdown(wait=False)
        self.engine.dispose()

    async def ping(self) -> None:
        """Fail if the database cannot be reached."""
        await self._work(self._newest, "")

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation as the next turn needs it: its last turn and its slots."""
        return await self._work(self._recent, sender_id)

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """The conversation with everything ever said."""
        return await self._work(self._everything, conversation_id)

    async def exists(self, conversation_id: str) -> bool:
        """Whether anything was said under an id."""
        return await self._work(self._newest, conversation_id) is not None

    async def keys(self) -> Iterable[str]:
        """All conversation ids."""
        return await self._work(self._senders)

    def init_tracker(self, sender_id: str) -> DialogueStateTracker:
        """A conversation of which nothing is stored (see parent class)."""
        return _marked(super().init_tracker(sender_id), 0, None)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store a tracker's new events, all of them or none.

        Raises:
            ConversationChanged: if the conversation has got events since it was retrieved.
        """
        if self.event_broker is not None:
            await self.stream_events(tracker)
        await self._work(self._store, tracker)

    async def _work(self, job: Callable[..., Result], *arguments: Any) -> Result:
        if self._threads is None:
            return job(*arguments)
        work = asyncio.get_running_loop().run_in_executor(self._threads, job, *arguments)
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            # The thread goes on: whoever gave up must not let the next turn in before it ends.
            await asyncio.wait([work])
            raise

    def _senders(self) -> list[str]:
        with self._reading.connect() as connection:
            return [row[0] for row in connection.execute(sql.SENDERS)]

    def _newest(self, sender_id: str) -> int | None:
        with self._reading.connect() as connection:
            newest: int | None = connection.execute(sql.NEWEST, {"sender": sender_id}).scalar()
            return newest

    def _everything(self, sender_id: str) -> DialogueStateTracker | None:
        with self._reading.connect() as connection:
            rows = connection.execute(sql.ALL, {"sender": sender_id}).all()
        return self._tracker(sender_id, rows) if rows else None

    def _recent(self, sender_id: str) -> DialogueStateTracker | None:
        with self._reading.connect() as connection:
            wanted = {"sender": sender_id, "most": WINDOW}
            rows = connection.execute(sql.WINDOW, wanted).all()
            if not rows:
                return None
            needed = self._needed(connection, sender_id, rows)
        return self._tracker(sender_id, needed)

    def _needed(self, connection: Connection, sender_id: str, rows: list[Row]) -> list[Row]:
        """The rows that a turn needs, oldest first.

        Args:
            connection: to read more.
            sender_id: the conversation.
            rows: its newest events, newest first.
        """
        for place, row in enumerate(rows):
            if row.type_name == "session_started":
                return rows[place::-1]
        if len(rows) < WINDOW:
            return rows[::-1]
        start = _last_turn(rows)
        slots = [slot.name for slot in self.domain.slots]
        if start is None or any(row.type_name not in sql.USUAL for row in rows):
            return self._session(connection, sender_id)
        wanted = {f"slot{number}": name for number, name in enumerate(slots)}
        wanted |= {"sender": sender_id, "before": rows[start].id}
        found = connection.execute(sql.earlier(len(slots)), wanted).all()
        values = sorted((row for row in found if row.type_name == "slot"), key=_id)
        rare = [row for row in found if row.type_name != "slot"]
        if rare and rare[0].type_name not in sql.RESETS:
            return self._session(connection, sender_id)
        if rare:
            values = [row for row in values if row.id > rare[0].id]
        return [*values, *rows[start::-1]]

    def _session(self, connection: Connection, sender_id: str) -> list[Row]:
        """All events since the conversation last started, oldest first."""
        rows: list[Row] = connection.execute(sql.ALL, {"sender": sender_id}).all()
        starts = [place for place, row in enumerate(rows) if row.type_name == "session_started"]
        return rows[starts[-1] :] if starts else rows

    def _tracker(self, sender_id: str, rows: list[Row]) -> DialogueStateTracker:
        """A tracker of stored events, oldest first."""
        events = [msgspec.json.decode(row.data) for row in rows]
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        return _marked(tracker, len(tracker.events), rows[-1].id)

    def _store(self, tracker: DialogueStateTracker) -> None:
        if _mark(tracker) is None:
            # Made from events, e.g. by Rasa's own HTTP API.
            with self.session_scope() as session:
                new = list(super()._additional_events(session, tracker))
        else:
            new = list(self._additional_events(None, tracker))
        if not new:
            return
        sender = {"sender": tracker.sender_id}
        with self.engine.begin() as connection:
            connection.execute(sql.GUARDS[self._dialect], sender)
            mark = _mark(tracker)
            newest = mark[1] if mark else ANY
            if newest not in (ANY, connection.execute(sql.NEWEST, sender).scalar()):
                raise ConversationChanged("the conversation has changed since it was read")
            connection.execute(self._insert, [_row(tracker.sender_id, event) for event in new])
        _marked(tracker, len(tracker.events), ANY)

    def _additional_events(self, session: Any, tracker: DialogueStateTracker) -> Iterator[Event]:
        """A tracker's events that are not stored yet (see parent class)."""
        mark = _mark(tracker)
        if mark is None:
            return super()._additional_events(session, tracker)
        return islice(tracker.events, mark[0], None)


# The id of a conversation's newest event when that was written by the same tracker.
ANY = object()


def _marked(tracker: DialogueStateTracker, stored: int, newest: Any) -> DialogueStateTracker:
    """Note on a tracker how many of its events are stored, and the id of the newest."""
    tracker.stored_events = (stored, newest)
    return tracker


def _mark(tracker: DialogueStateTracker) -> tuple[int, Any] | None:
    return getattr(tracker, "stored_events", None)


def _id(row: Row) -> int:
    return int(row.id)


def _last_turn(rows: list[Row]) -> int | None:
    """Where the last turn begins: at the listening before the newest message.

    Args:
        rows: newest first.

    Returns:
        Its place; None if the turn is longer than the rows.
    """
    for place, row in enumerate(rows):
        if row.type_name == "user":
            for earlier in range(place + 1, len(rows)):
                if rows[earlier].type_name == "action":
                    return earlier
            return None
    return None


def _row(sender_id: str, event: Event) -> dict[str, Any]:
    """An event as a row of Rasa's table."""
    data = event.as_dict()
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": msgspec.json.encode(data).decode(),
    }
