"""A process that takes locks in a hurry; started several times by ``test_redis_locks.py``.

``ours URL CONVERSATIONS TURNS NAME`` takes each lock several times at once; what it sees goes to
Redis as lists ``log:<conversation>`` of ``in`` and ``out`` with a token.
``rasas URL TICKETS NAME`` draws tickets for one conversation from Rasa's own store, into ``drawn``.
"""

import asyncio
import sys
import time
from typing import Any

import redis
import redis.asyncio

from server.slim import prepare

prepare()


def ours(url: str) -> Any:
    """Our lock store."""
    from rasa.utils.endpoints import EndpointConfig

    from server.redis_locks import RedisLocks

    return RedisLocks(EndpointConfig(url=url))


def rasas(url: str) -> Any:
    """Rasa's lock store; its constructor knows no Unix sockets."""
    from rasa.core.lock_store import LockStore, RedisLockStore

    store = RedisLockStore.__new__(RedisLockStore)
    store.red = redis.StrictRedis.from_url(url)
    store.key_prefix = "rasa-lock:"
    LockStore.__init__(store)
    return store


def together(url: str, name: str) -> None:
    """Wait until two processes are there."""
    client = redis.from_url(url)
    client.rpush("started", name)
    while client.llen("started") < 2:
        time.sleep(0.005)


def draw(url: str, tickets: int, name: str) -> None:
    """Draw tickets of one conversation."""
    store, client = rasas(url), redis.from_url(url)
    together(url, name)
    for _ in range(tickets):
        client.rpush("drawn", store.issue_ticket("x"))


async def take(url: str, conversations: int, turns: int, name: str) -> None:
    """Take every conversation's lock several times at once."""
    store, log = ours(url), redis.asyncio.from_url(url)
    together(url, name)

    async def turn(conversation: int, number: int) -> None:
        token = f"{name}-{number}"
        try:
            async with store.lock(f"c{conversation}"):
                await log.rpush(f"log:{conversation}", f"in {token}")
                await asyncio.sleep(0.002)
                await log.rpush(f"log:{conversation}", f"out {token}")
        except Exception as error:
            await log.rpush("errors", f"{token} {error!r}")

    both = [turn(place, number) for place in range(conversations) for number in range(turns)]
    await asyncio.gather(*both)
    await store.close()


if __name__ == "__main__":
    kind, address, *numbers, who = sys.argv[1:]
    if kind == "rasas":
        draw(address, int(numbers[0]), who)
    else:
        asyncio.run(take(address, int(numbers[0]), int(numbers[1]), who))
