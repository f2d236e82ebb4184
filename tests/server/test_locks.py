"""Locks within one process: one at a time, in order, at once."""

import asyncio
import time

import pytest
from rasa.core.lock_store import InMemoryLockStore, LockError

from server import locks
from server.locks import MOST_WAITING, LocalLocks


async def test_one_at_a_time_and_in_order() -> None:
    store = LocalLocks()
    inside, order = 0, []

    async def turn(number: int) -> None:
        nonlocal inside
        async with store.lock("x"):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0.001)
            order.append(number)
            inside -= 1

    began = time.monotonic()
    await asyncio.gather(*map(turn, range(MOST_WAITING)))
    assert order == list(range(MOST_WAITING))
    assert time.monotonic() - began < 1
    assert not store._waiting


async def test_conversations_do_not_wait_for_each_other() -> None:
    store = LocalLocks()
    async with store.lock("x"), store.lock("y"):
        assert len(store._waiting) == 2


async def test_the_next_one_does_not_wait_a_second_as_with_rasa() -> None:
    async def both(store: LocalLocks | InMemoryLockStore) -> float:
        async def turn() -> None:
            async with store.lock("x"):
                await asyncio.sleep(0.01)

        began = time.monotonic()
        await asyncio.gather(turn(), turn())
        return time.monotonic() - began

    assert await both(LocalLocks()) < 0.5
    assert await both(InMemoryLockStore()) > 0.9, "Rasa no longer polls"


async def test_who_gives_up_leaves_the_queue() -> None:
    store = LocalLocks()

    async def wait() -> None:
        async with store.lock("x"):
            pass

    async with store.lock("x"):
        first, second = asyncio.create_task(wait()), asyncio.create_task(wait())
        await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
    await second
    assert not store._waiting


async def test_cancelled_just_when_its_turn_comes_it_passes_it_on() -> None:
    store = LocalLocks()

    async def wait() -> None:
        async with store.lock("x"):
            pass

    async with store.lock("x"):
        first, second = asyncio.create_task(wait()), asyncio.create_task(wait())
        await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await asyncio.wait_for(second, 1)
    assert not store._waiting


async def test_too_many_and_too_long_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    store = LocalLocks()
    monkeypatch.setattr(locks, "LONGEST_WAIT", 0.05)

    async def wait() -> None:
        async with store.lock("x"):
            pass

    async with store.lock("x"):
        waiting = [asyncio.create_task(wait()) for _ in range(MOST_WAITING + 1)]
        results = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(result, LockError) for result in results)
    await wait()
