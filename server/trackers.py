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

from server import conversation_sql as sql
from server.database import CONNECTIONS, Changed, Database

# Events read at once: about three turns.
WINDOW = 32
# Its id, type, name of its action or slot, and JSON.
StoredEvent = tuple[int, str, str | None, str]
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
        """Connect.

        Args:
            domain: for the slots of trackers.
            event_broker: where events are published, if anywhere.
            host: SQLAlchemy address (what Rasa calls the ``url`` of endpoints.yml).
            kwargs: of Rasa's class; not needed with an address.
        """
        TrackerStore.__init__(self, domain, event_broker)
        self._database = Database(host or "sqlite://", self.Base.metadata)
        self.engine = self._database.engine
        self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)
        self._threads: ThreadPoolExecutor | None = None
        if not self._database.is_local:
            self._threads = ThreadPoolExecutor(CONNECTIONS, "database")

    def close(self) -> None:
        """Give threads and connections back."""
        if self._threads:
            self._threads.shutdown(wait=False)
        self._database.close()

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
        return [sender for (sender,) in self._database.read(sql.SENDERS)]

    def _newest(self, sender_id: str) -> int | None:
        newest: int | None = self._database.read(sql.NEWEST, sender=sender_id)[0][0]
        return newest

    def _everything(self, sender_id: str) -> DialogueStateTracker | None:
        rows = self._database.read(sql.ALL, sender=sender_id)
        return self._tracker(sender_id, rows) if rows else None

    def _recent(self, sender_id: str) -> DialogueStateTracker | None:
        rows = self._database.read(sql.WINDOW, sender=sender_id, most=WINDOW)
        return self._tracker(sender_id, self._needed(sender_id, rows)) if rows else None

    def _needed(self, sender_id: str, rows: list[StoredEvent]) -> list[StoredEvent]:
        """The events that a turn needs, oldest first: slots and the last turn.

        Args:
            sender_id: the conversation.
            rows: its newest events, newest first.
        """
        kinds = [row[1] for row in rows]
        begun = kinds.index("session_started") if "session_started" in kinds else None
        if begun is None and len(rows) < WINDOW:
            begun = len(rows)
        start = _last_turn(kinds[:begun])
        if not set(kinds[:begun]) <= set(sql.USUAL) or start is None:
            return self._session(sender_id) if begun is None else rows[begun::-1]
        if begun is not None:
            return [*_newest_values(rows[start + 1 : begun]), *rows[start::-1]]
        slots = {f"slot{number}": slot.name for number, slot in enumerate(self.domain.slots)}
        before = self._database.read(
            sql.earlier(len(slots)), sender=sender_id, before=rows[start][0], **slots
        )
        values = sorted(row for row in before if row[1] == "slot")
        rare = [row for row in before if row[1] != "slot"]
        if rare and rare[0][1] not in sql.RESETS:
            return self._session(sender_id)
        if rare:
            values = [row for row in values if row[0] > rare[0][0]]
        return [*values, *rows[start::-1]]

    def _session(self, sender_id: str) -> list[StoredEvent]:
        """All events since the conversation last started, oldest first."""
        rows = self._database.read(sql.ALL, sender=sender_id)
        starts = [place for place, row in enumerate(rows) if row[1] == "session_started"]
        return rows[starts[-1] :] if starts else rows

    def _tracker(self, sender_id: str, rows: list[StoredEvent]) -> DialogueStateTracker:
        """A tracker of stored events, oldest first."""
        events = [msgspec.json.decode(data) for *_, data in rows]
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        return _marked(tracker, len(tracker.events), rows[-1][0])

    def _store(self, tracker: DialogueStateTracker) -> None:
        mark = _mark(tracker)
        if mark is None:
            # Made from events, e.g. by Rasa's own HTTP API.
            with self.session_scope() as session:
                new = list(super()._additional_events(session, tracker))
        else:
            new = list(self._additional_events(None, tracker))
        if not new:
            return
        sender, newest = tracker.sender_id, mark[1] if mark else ANY
        rows = [_row(sender, event) for event in new]
        try:
            self._database.append(sender, rows, guard=newest is not ANY, last=newest)
        except Changed as error:
            raise ConversationChanged("the conversation has changed since it was read") from error
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


def _newest_values(rows: list[StoredEvent]) -> list[StoredEvent]:
    """The newest value of each slot, oldest first.

    Args:
        rows: newest first.
    """
    newest: dict[str | None, StoredEvent] = {}
    for row in rows:
        if row[1] == "slot":
            newest.setdefault(row[2], row)
    return list(newest.values())[::-1]


def _last_turn(kinds: list[str]) -> int | None:
    """Where the last turn begins: at the listening before the newest message.

    Args:
        kinds: types of events, newest first.

    Returns:
        Its place; None if the turn is longer than the list.
    """
    try:
        return kinds.index("action", kinds.index("user"))
    except ValueError:
        return None


def _row(sender_id: str, event: Event) -> tuple[Any, ...]:
    """An event as values for ``conversation_sql.COLUMNS``."""
    data = event.as_dict()
    return (
        sender_id,
        event.type_name,
        data.get("timestamp"),
        data.get("parse_data", {}).get("intent", {}).get("name"),
        data.get("name"),
        msgspec.json.encode(data).decode(),
    )
