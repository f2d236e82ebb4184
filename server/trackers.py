"""Conversations in SQLite or PostgreSQL, through Rasa's own SQL store and in its own table.

What differs from ``SQLTrackerStore``:

- A turn reads the last turn and the newest value of each slot, not the whole session, so that the
  five-hundredth turn costs as much as the tenth. ``retrieve_full_tracker`` still reads everything.
- The few events that the next turn of a conversation needs are also kept in memory. They are used
  only if they end with the newest event in the database, so that several processes may share it.
- A turn is stored in one transaction, and only if nothing was added to the conversation since it
  was read. Locks keep turns apart; should one ever be lost, the second turn fails instead of being
  woven into the first.
- PostgreSQL is talked to outside the event loop; SQLite, which answers in a fraction of a
  millisecond, inside it.
- SQLite writes ahead (WAL) with ``synchronous=NORMAL``: a killed process loses nothing that was
  answered; a power cut may lose the last turns, never more. Who wants those too uses PostgreSQL.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException

from server import conversation_sql as sql
from server.database import (
    CONNECTIONS,
    LOOK_AGAIN,
    SQLITE_PATIENCE,
    Changed,
    Database,
    Repeated,
    is_busy,
)

# Events read at once: about three turns.
WINDOW = 32
# Conversations whose last turn is kept in memory, a few megabytes.
MOST_KEPT = 256
# Its id, type, name of its action or slot, and JSON.
StoredEvent = tuple[int, str, str | None, str]
# The id of the newest event, and the events that a turn needs, oldest first.
Kept = tuple[int, list[Event]]
Result = TypeVar("Result")


class ConversationChanged(RasaException):
    """Somebody else added to the conversation while a turn was being made."""


class MessageRepeated(RasaException):
    """A message was stored already: its client has sent it again, here or to another process."""


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
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._threads: ThreadPoolExecutor | None = None
        if not self._database.is_local:
            self._threads = ThreadPoolExecutor(CONNECTIONS, "database")

    def close(self) -> None:
        """Give threads and connections back."""
        if self._threads:
            self._threads.shutdown(wait=False)
        self._database.close()

    async def ping(self) -> None:
        """Fail if the database cannot be read and written."""
        await self._work(self._database.probe)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation as the next turn needs it: its last turn and its slots."""
        return await self._work(self._recent, sender_id, self._kept.get(sender_id))

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """The conversation with everything ever said; in a thread, for it may be long."""
        return await self._apart(self._everything, conversation_id)

    async def said(
        self, sender_id: str, message_id: str | None, most: int
    ) -> list[dict[str, Any]] | None:
        """What was said in the end, or up to the turn of a message, oldest first.

        Args:
            sender_id: the conversation.
            message_id: the client's id of the message; None for the newest.
            most: how many messages and replies at most.

        Returns:
            Rasa's events as JSON objects; None if the message is not known.
        """
        return await self._apart(self._said, sender_id, message_id, most)

    async def knows(self, sender_id: str, message_id: str) -> bool:
        """Whether a message that its client has named is stored."""
        return await self._work(self._turn_of, sender_id, message_id) is not None

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
        newest = await self._work(self._store, tracker)
        short = _essence(tracker.events) if newest else None
        self.forget(tracker.sender_id)
        if newest and short:
            self._kept[tracker.sender_id] = (newest, short)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)

    def forget(self, sender_id: str) -> None:
        """Keep nothing of a conversation in memory."""
        self._kept.pop(sender_id, None)

    async def _work(self, job: Callable[..., Result], *arguments: Any) -> Result:
        if self._threads is None:
            return await self._patiently(job, *arguments)
        work = asyncio.get_running_loop().run_in_executor(self._threads, job, *arguments)
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            # The thread goes on: whoever gave up must not let the next turn in before it ends.
            await asyncio.wait([work])
            raise

    @staticmethod
    async def _patiently(job: Callable[..., Result], *arguments: Any) -> Result:
        """Do a job on SQLite, again and again while another process holds it."""
        give_up = time.monotonic() + SQLITE_PATIENCE
        while True:
            try:
                return job(*arguments)
            except Exception as error:
                if not is_busy(error) or time.monotonic() > give_up:
                    raise
            await asyncio.sleep(LOOK_AGAIN)

    async def _apart(self, job: Callable[..., Result], *arguments: Any) -> Result:
        """Do what may take long without holding anybody up."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, job, *arguments)

    def _turn_of(self, sender_id: str, message_id: str) -> int | None:
        found = self._database.read(sql.TURN_OF, sender=sender_id, message=message_id)
        return int(found[0][0]) if found else None

    def _said(self, sender_id: str, message_id: str | None, most: int) -> list[Any] | None:
        last = _LAST
        if message_id is not None:
            named = {"sender": sender_id, "message": message_id}
            found = self._database.read_apart(sql.TURN_OF, **named)
            if not found:
                return None
            last = int(found[0][0])
        rows = self._database.read_apart(sql.SAID, sender=sender_id, last=last, most=most)
        return [msgspec.json.decode(data) for *_, data in reversed(rows)]

    def _senders(self) -> list[str]:
        return [sender for (sender,) in self._database.read(sql.SENDERS)]

    def _newest(self, sender_id: str) -> int | None:
        newest: int | None = self._database.read(sql.NEWEST, sender=sender_id)[0][0]
        return newest

    def _everything(self, sender_id: str) -> DialogueStateTracker | None:
        rows = self._database.read_apart(sql.ALL, sender=sender_id)
        return self._tracker(sender_id, rows) if rows else None

    def _recent(self, sender_id: str, kept: Kept | None) -> DialogueStateTracker | None:
        if kept and kept[0] == self._newest(sender_id):
            tracker = DialogueStateTracker.from_events(sender_id, kept[1], self.domain.slots)
            return _marked(tracker, len(tracker.events), kept[0])
        rows = self._database.read(sql.WINDOW, sender=sender_id, most=WINDOW)
        return self._tracker(sender_id, self._needed(sender_id, rows)) if rows else None

    def _needed(self, sender_id: str, rows: list[StoredEvent]) -> list[StoredEvent]:
        """The events that a turn needs, oldest first.

        Args:
            sender_id: the conversation.
            rows: its newest events, newest first.
        """
        kinds = [row[1] for row in rows]
        begun = kinds.index(BEGIN) if BEGIN in kinds else None
        if begun is not None or len(rows) < WINDOW:
            places = _needed_places(kinds, [row[2] for row in rows])
            return [rows[place] for place in places] if places else rows[begun::-1]
        start = _last_turn(kinds)
        if start is None or not set(kinds) <= set(sql.USUAL):
            return self._session(sender_id)
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
        return self._database.read(sql.SESSION, sender=sender_id)

    def _tracker(self, sender_id: str, rows: list[StoredEvent]) -> DialogueStateTracker:
        """A tracker of stored events, oldest first."""
        events = [msgspec.json.decode(data) for *_, data in rows]
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        return _marked(tracker, len(tracker.events), rows[-1][0])

    def _store(self, tracker: DialogueStateTracker) -> int | None:
        """Store a tracker's new events.

        Returns:
            The id of the newest event; None if it is not known.
        """
        mark = _mark(tracker)
        if mark is None:
            # Made from events, e.g. by Rasa's own HTTP API.
            with self.session_scope() as session:
                new = list(super()._additional_events(session, tracker))
        else:
            new = list(self._additional_events(None, tracker))
        if not new:
            return None
        sender, before = tracker.sender_id, mark[1] if mark else ANY
        rows = [_row(sender, event) for event in new]
        try:
            newest = self._database.append(
                sender, rows, guard=before is not ANY, last=before, message=_named(sender, new)
            )
        except Repeated as error:
            raise MessageRepeated("the message is stored already") from error
        except Changed as error:
            raise ConversationChanged("the conversation has changed since it was read") from error
        _marked(tracker, len(tracker.events), newest)
        # Events that came between what such a tracker was made of and now are not in it.
        return newest if mark else None

    def _additional_events(self, session: Any, tracker: DialogueStateTracker) -> Iterator[Event]:
        """A tracker's events that are not stored yet (see parent class)."""
        mark = _mark(tracker)
        if mark is None:
            return super()._additional_events(session, tracker)
        return islice(tracker.events, mark[0], None)


def _named(sender: str, events: Iterable[Event]) -> str | None:
    """The id that a client gave to the message among new events."""
    if not sender.startswith(sql.NAMED_BY_CLIENTS):
        return None
    return next((event.message_id for event in events if isinstance(event, UserUttered)), None)


_LAST = 2**62
# Stands for the id of the newest event where any will do.
ANY = object()
BEGIN = "session_started"


def _marked(tracker: DialogueStateTracker, stored: int, newest: Any) -> DialogueStateTracker:
    """Note on a tracker how many of its events are stored, and the id of the newest."""
    tracker.stored_events = (stored, newest)
    return tracker


def _mark(tracker: DialogueStateTracker) -> tuple[int, Any] | None:
    return getattr(tracker, "stored_events", None)


def _essence(events: Iterable[Event]) -> list[Event] | None:
    """The events that the next turn needs, oldest first.

    Args:
        events: oldest first.

    Returns:
        None if only the database can tell.
    """
    latest_first = list(events)[::-1]
    names = [event.key if isinstance(event, SlotSet) else None for event in latest_first]
    places = _needed_places([event.type_name for event in latest_first], names)
    return [latest_first[place] for place in places] if places else None


def _needed_places(kinds: Sequence[str], names: Sequence[str | None]) -> list[int] | None:
    """Which events a turn needs: the newest value of each slot, and the last turn.

    Args:
        kinds: types of all events of a conversation, or of its session at least, newest first.
        names: their slots.

    Returns:
        Places in the lists, that of the oldest event first; None if there was no turn yet, or if
        something else happened than turns.
    """
    begun = kinds.index(BEGIN) if BEGIN in kinds else len(kinds)
    start = _last_turn(kinds[:begun])
    if start is None or not set(kinds[:begun]) <= set(sql.USUAL):
        return None
    values: dict[str | None, int] = {}
    for place in range(start + 1, begun):
        if kinds[place] == "slot":
            values.setdefault(names[place], place)
    return [*sorted(values.values(), reverse=True), *range(start, -1, -1)]


def _last_turn(kinds: Sequence[str]) -> int | None:
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
