"""Deleting stored conversations: one on request, old ones after their time."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

logger = logging.getLogger(__name__)
_BATCH = 200


class Conversations:
    """What a tracker store keeps, seen as things that can be deleted.

    Rasa's tracker stores have no way to delete, so their storage is used directly: rows of the
    SQL store, keys of the one in memory.
    """

    def __init__(self, store: Any) -> None:
        """Take Rasa's tracker store, also inside its wrappers."""
        while hasattr(store, "_tracker_store"):
            store = store._tracker_store
        self._store = store

    @property
    def can_delete(self) -> bool:
        """Whether this kind of store is known."""
        return self._is_sql or self._is_memory

    @property
    def _is_sql(self) -> bool:
        return hasattr(self._store, "session_scope") and hasattr(self._store, "SQLEvent")

    @property
    def _is_memory(self) -> bool:
        return isinstance(getattr(self._store, "store", None), dict)

    async def delete(self, conversation: str) -> None:
        """Delete a conversation; the caller holds its lock.

        Raises:
            NotImplementedError: if the store is of another kind.
        """
        if self._is_memory:
            self._store.store.pop(conversation, None)
        elif self._is_sql:
            await asyncio.to_thread(self._delete_rows, [conversation])
        else:
            raise NotImplementedError(f"cannot delete from {type(self._store).__name__}")
        self._forget(conversation)

    def _forget(self, conversation: str) -> None:
        """Tell a store that keeps trackers at hand besides the stored ones."""
        forget = getattr(self._store, "forget", None)
        if forget:
            forget(conversation)

    async def expire(self, before: float) -> int:
        """Delete what is older than a moment.

        A conversation goes as a whole when its last event is older. Of one that is still alive,
        the earlier sessions go; Rasa itself never reads those again.

        Args:
            before: seconds since 1970.

        Returns:
            How many conversations were deleted as a whole.
        """
        if self._is_memory:
            return await self._expire_in_memory(before)
        if not self._is_sql:
            logger.warning("retention: cannot delete from %s", type(self._store).__name__)
            return 0
        idle = await asyncio.to_thread(self._expire_rows, before)
        for conversation in idle:
            self._forget(conversation)
        return len(idle)

    async def _expire_in_memory(self, before: float) -> int:
        old = []
        for name in list(self._store.store):
            tracker = await self._store.retrieve_full_tracker(name)
            if tracker and tracker.events and tracker.events[-1].timestamp < before:
                old.append(name)
        for name in old:
            del self._store.store[name]
        return len(old)

    def _delete_rows(self, conversations: list[str], before: float | None = None) -> None:
        """Delete the events of some conversations, or those older than a moment."""
        event = self._store.SQLEvent
        with self._deleting() as session:
            rows = session.query(event).filter(event.sender_id.in_(conversations))
            if before is not None:
                rows = rows.filter(event.timestamp < before)
            rows.delete(synchronize_session=False)
            self._forget_messages(session, conversations, before)

    @staticmethod
    def _forget_messages(session: Any, conversations: list[str], before: float | None) -> None:
        """Forget the clients' ids of messages that are deleted."""
        import sqlalchemy as sa

        ids = sa.table("message_ids", sa.column("sender_id"), sa.column("last_event"))
        if not sa.inspect(session.connection()).has_table("message_ids"):
            return
        gone = sa.delete(ids).where(ids.c.sender_id.in_(conversations))
        if before is not None:
            events = sa.table("events", sa.column("id"))
            kept = sa.select(events.c.id).where(events.c.id == ids.c.last_event).exists()
            gone = gone.where(~kept)
        session.execute(gone)

    def _expire_rows(self, before: float) -> list[str]:
        """Delete what is older than a moment.

        Returns:
            The conversations that are gone as a whole.
        """
        from sqlalchemy import func

        event = self._store.SQLEvent
        newest = func.max(event.timestamp)
        with self._store.session_scope() as session:
            self._take_time(session)
            senders = session.query(event.sender_id).group_by(event.sender_id)
            idle = [name for (name,) in senders.having(newest < before)]
            begun = senders.filter(event.type_name == "session_started")
            renewed = [name for (name,) in begun.having(newest >= before)]
        for at in range(0, len(idle), _BATCH):
            self._delete_rows(idle[at : at + _BATCH])
        for at in range(0, len(renewed), _BATCH):
            self._delete_rows(renewed[at : at + _BATCH], before)
        return idle

    @contextmanager
    def _deleting(self) -> Iterator[Any]:
        """A transaction after which what was deleted is nowhere in SQLite's files.

        SQLite only marks deleted rows as free, and keeps copies in its log.
        """
        from sqlalchemy import text

        with self._store.session_scope() as session:
            is_sqlite = session.get_bind().dialect.name == "sqlite"
            if is_sqlite:
                session.execute(text("PRAGMA secure_delete = ON"))
            self._take_time(session)
            yield session
            session.commit()
            if is_sqlite:
                session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    @staticmethod
    def _take_time(session: Any) -> None:
        """Lift PostgreSQL's limit for turns: nobody waits for this."""
        if session.get_bind().dialect.name == "postgresql":
            from sqlalchemy import text

            session.execute(text("SET LOCAL statement_timeout = '10min'"))
