"""Locks that let one message of a conversation in at a time, in the order in which they came.

For one process; ``server/redis_locks.py`` does it for many. Rasa's own store lets the next message
in up to a second late, because it polls.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from rasa.core.lock_store import LOCK_LIFETIME, LockError, LockStore
from rasa.utils.endpoints import EndpointConfig

# Messages of one conversation that may wait; more come from no human.
MOST_WAITING = 20
# Seconds that a message waits for those before it.
LONGEST_WAIT = 20.0


class LocalLocks(LockStore):
    """Locks within one process."""

    def __init__(self, endpoint_config: EndpointConfig | None = None) -> None:
        """Start with nothing locked; there is nothing to configure."""
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    async def ping(self) -> None:
        """Take a lock and give it back."""
        async with self.lock("ping"):
            return

    @asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LOCK_LIFETIME,
        wait_time_in_seconds: float = 1,
    ) -> AsyncGenerator[None, None]:
        """Hold a conversation's lock (see parent class; there is no polling)."""
        queue = self._waiting.get(conversation_id)
        if queue is None:
            self._waiting[conversation_id] = deque()
        else:
            await self._wait(conversation_id, queue)
        try:
            yield
        finally:
            self._leave(conversation_id)

    async def _wait(self, conversation_id: str, queue: deque[asyncio.Future[None]]) -> None:
        if len(queue) >= MOST_WAITING:
            raise LockError("too many messages of one conversation at once")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            await asyncio.wait_for(asyncio.shield(turn), LONGEST_WAIT)
        except BaseException as error:
            if turn.done():
                self._leave(conversation_id)
            else:
                queue.remove(turn)
            if isinstance(error, asyncio.TimeoutError):
                raise LockError("waited too long for the message before") from error
            raise

    def _leave(self, conversation_id: str) -> None:
        queue = self._waiting[conversation_id]
        if queue:
            queue.popleft().set_result(None)
        else:
            del self._waiting[conversation_id]
