"""Where the inbox keeps its records: in this process, or in Redis for several."""

import time
from collections.abc import Callable
from typing import Protocol

import redis.asyncio as redis
from redis.exceptions import RedisError

# Seconds without an answer after which Redis counts as gone; WeChat waits five in all.
REDIS_TIMEOUT = 1.0
# More would only be opened and closed in a rush; the next in line waits a moment.
CONNECTIONS = 16
SWEEP_EVERY = 1000
# Sets the key if it holds what the caller read ("" for nothing); 1 if it did.
_SWAP = """
local held = redis.call('GET', KEYS[1]) or ''
if held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""


class StoreDown(Exception):
    """The store cannot be reached."""


class Store(Protocol):
    """Named records that change only by compare-and-swap."""

    async def get(self, name: str) -> bytes:
        """A record; empty if there is none.

        Raises:
            StoreDown: if the store cannot be reached.
        """

    async def swap(self, name: str, old: bytes, new: bytes, seconds: float) -> bool:
        """Replace a record if nobody else has changed it.

        Args:
            name: of the record.
            old: what the caller read; empty if there was none.
            new: what to put there.
            seconds: after which it may be forgotten.

        Raises:
            StoreDown: if the store cannot be reached.
        """

    async def close(self) -> None:
        """Let go of connections."""


class MemoryStore:
    """Records of this process."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Take a clock of seconds."""
        self._now = now
        self._records: dict[str, tuple[bytes, float]] = {}
        self._changes = 0

    async def get(self, name: str) -> bytes:
        """A record; empty if there is none."""
        return self._held(name)

    async def swap(self, name: str, old: bytes, new: bytes, seconds: float) -> bool:
        """Replace a record if nobody else has changed it."""
        if self._held(name) != old:
            return False
        self._records[name] = (new, self._now() + seconds)
        self._changes += 1
        if self._changes % SWEEP_EVERY == 0:
            self._sweep()
        return True

    async def close(self) -> None:
        """Nothing to let go of."""

    def __len__(self) -> int:
        """How many records are held."""
        return len(self._records)

    def _held(self, name: str) -> bytes:
        record, until = self._records.get(name, (b"", 0.0))
        return record if until > self._now() else b""

    def _sweep(self) -> None:
        now = self._now()
        for name in [name for name, (_, until) in self._records.items() if until <= now]:
            del self._records[name]


class RedisStore:
    """Records in Redis, shared by all processes of a bot."""

    def __init__(self, url: str, prefix: str) -> None:
        """Connect at first use.

        Args:
            url: redis://, rediss:// or unix://.
            prefix: put before every name.
        """
        self._prefix = prefix
        pool = redis.BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=REDIS_TIMEOUT,
            socket_timeout=REDIS_TIMEOUT,
            socket_connect_timeout=REDIS_TIMEOUT,
        )
        self._redis: redis.Redis = redis.Redis(connection_pool=pool)
        self._swap = self._redis.register_script(_SWAP)

    async def get(self, name: str) -> bytes:
        """A record; empty if there is none."""
        try:
            return await self._redis.get(self._prefix + name) or b""
        except (RedisError, OSError) as error:
            raise StoreDown(type(error).__name__) from error

    async def swap(self, name: str, old: bytes, new: bytes, seconds: float) -> bool:
        """Replace a record if nobody else has changed it."""
        arguments = (old, new, int(seconds * 1000))
        try:
            return bool(await self._swap([self._prefix + name], arguments))
        except (RedisError, OSError) as error:
            raise StoreDown(type(error).__name__) from error

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.close()
        await self._redis.connection_pool.disconnect()
