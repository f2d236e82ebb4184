"""Deleting stored conversations: one on request, old ones after their time."""

import asyncio
import logging
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

    def _delete_rows(self, conversations: list[str]) -> None:
        event = self._store.SQLEvent
        with self._store.session_scope() as session:
            self._wipe(session)
            session.query(event).filter(event.sender_id.in_(conversations)).delete(
                synchronize_session=False
            )
            session.commit()

    def _expire_rows(self, before: float) -> list[str]:
        from sqlalchemy import func

        event = self._store.SQLEvent
        newest = func.max(event.timestamp)
        with self._store.session_scope() as session:
            senders = session.query(event.sender_id).group_by(event.sender_id)
            idle = [name for (name,) in senders.having(newest < before)]
            fresh = senders.filter(event.type_name == "session_started").having(newest >= before)
            renewed = [name for (name,) in fresh]
        for at in range(0, len(idle), _BATCH):
            self._delete_rows(idle[at : at + _BATCH])
        for at in range(0, len(renewed), _BATCH):
            self._delete_earlier(renewed[at : at + _BATCH], before)
        return idle

    def _delete_earlier(self, conversations: list[str], before: float) -> None:
        event = self._store.SQLEvent
        with self._store.session_scope() as session:
            self._wipe(session)
            session.query(event).filter(
                event.sender_id.in_(conversations), event.timestamp < before
            ).delete(synchronize_session=False)
            session.commit()

    @staticmethod
    def _wipe(session: Any) -> None:
        """Have SQLite overwrite what it deletes; it would stay in the file otherwise."""
        if session.get_bind().dialect.name == "sqlite":
            from sqlalchemy import text

            session.execute(text("PRAGMA secure_delete = ON"))
