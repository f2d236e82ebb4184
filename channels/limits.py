"""How often something may happen within a minute, per process or, through Redis, for all."""

import hashlib
import logging
import time
import uuid
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

logger = logging.getLogger(__name__)
WINDOW = 60.0
# Old keys dropped at each call: more than a call can add.
_DROPPED = 8
# Seconds during which a Redis that failed is not asked again.
_HOLD_OFF = 5.0
_REDIS_PREFIX = "yibao:limit:"
# All or nothing, by the clock of Redis: a refused message is not counted in any of the limits.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window = tonumber(ARGV[1])
local wait = 0
for i, key in ipairs(KEYS) do
  local most = tonumber(ARGV[2 + i])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  local count = redis.call('ZCARD', key)
  if count >= most then
    local place = count - most
    local oldest = redis.call('ZRANGE', key, place, place, 'WITHSCORES')
    wait = math.max(wait, tonumber(oldest[2]) + window - now, 1)
  end
end
if wait > 0 then return wait end
for _, key in ipairs(KEYS) do
  redis.call('ZADD', key, now, ARGV[2])
  redis.call('PEXPIRE', key, window)
end
return 0
"""


class Limit(msgspec.Struct, frozen=True):
    """At most ``most`` (at least 1) within a minute for a key."""

    key: str
    most: int


class Limiter(Protocol):
    """Counts what happens."""

    async def take(self, limits: Sequence[Limit]) -> float:
        """Count one occurrence under all the limits, or none if one of them is used up.

        Returns:
            Seconds to wait; 0 if it was counted.
        """
        ...


class MemoryLimiter:
    """The limits of one process: the times of the last minute for each key."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start empty; the clock gives seconds."""
        self._clock = clock
        # The key that was counted last stands last.
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    async def take(self, limits: Sequence[Limit]) -> float:
        """See ``Limiter``."""
        now = self._clock()
        self._drop_old(now)
        wait = 0.0
        for limit in limits:
            times = self._times.get(limit.key)
            if times is None:
                continue
            while times and times[0] <= now - WINDOW:
                times.popleft()
            if len(times) >= limit.most:
                wait = max(wait, times[len(times) - limit.most] + WINDOW - now)
        if wait <= 0:
            for limit in limits:
                self._times.setdefault(limit.key, deque()).append(now)
                self._times.move_to_end(limit.key)
        return wait

    def _drop_old(self, now: float) -> None:
        """Drop a few of the keys that nothing was counted under for longest."""
        for _ in range(_DROPPED):
            oldest = next(iter(self._times.items()), None)
            if oldest is None or (oldest[1] and oldest[1][-1] > now - WINDOW):
                return
            del self._times[oldest[0]]


class RedisLimiter:
    """The limits of all processes together; while Redis is away, those of this process."""

    def __init__(self, client: Any, clock: Callable[[], float] = time.monotonic) -> None:
        """Take a ``redis.asyncio`` client."""
        self._client = client
        self._clock = clock
        self._local = MemoryLimiter(clock)
        self._away_until = 0.0

    async def take(self, limits: Sequence[Limit]) -> float:
        """See ``Limiter``."""
        if not limits:
            return 0.0
        if self._clock() >= self._away_until:
            try:
                wait = await self._client.eval(
                    _TAKE,
                    len(limits),
                    *(_name(limit.key) for limit in limits),
                    int(WINDOW * 1000),
                    uuid.uuid4().hex,
                    *(limit.most for limit in limits),
                )
                return int(wait) / 1000
            except Exception as error:
                self._away_until = self._clock() + _HOLD_OFF
                logger.error("limits without Redis for now: %s", type(error).__name__)
        return await self._local.take(limits)


def _name(key: str) -> str:
    """A key that shows no sender and no address."""
    return _REDIS_PREFIX + hashlib.sha256(key.encode()).hexdigest()[:32]


def make_limiter(redis_url: str | None) -> Limiter:
    """The limiter for a server.

    Args:
        redis_url: where Redis is; None keeps the limits in the process.
    """
    client = redis_client(redis_url)
    return RedisLimiter(client) if client is not None else MemoryLimiter()


def redis_client(redis_url: str | None) -> Any | None:
    """A client that gives up soon, since a person is waiting."""
    if not redis_url:
        return None
    from redis.asyncio import Redis

    return Redis.from_url(redis_url, socket_timeout=0.5, socket_connect_timeout=0.5)
