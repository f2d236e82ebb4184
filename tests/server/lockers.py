"""A process that takes locks in a hurry; started several times by ``test_redis_locks.py``.

Arguments: kind of store (ours or rasas), address of Redis, conversations, turns, and a name.
Whatever it sees goes to Redis as lists: ``log:<conversation>`` with ``in`` and ``out`` and a token.
"""

import asyncio
import sys
from typing import Any

from server.slim import prepare

prepare()


def store_of(kind: str, url: str) -> Any:
    """The lock store to try."""
    from rasa.utils.endpoints import EndpointConfig

    if kind == "ours":
        from server.redis_locks import RedisLocks

        return RedisLocks(EndpointConfig(url=url))
    import redis
    from rasa.core.lock_store import LockStore, RedisLockStore

    store = RedisLockStore.__new__(RedisLockStore)
    # Its constructor knows no Unix sockets.
    store.red = redis.StrictRedis.from_url(url)
    store.key_prefix = "rasa-lock:"
    LockStore.__init__(store)
    return store


async def main(kind: str, url: str, conversations: int, turns: int, name: str) -> None:
    """Take every conversation's lock several times at once."""
    import redis.asyncio

    store = store_of(kind, url)
    log = redis.asyncio.from_url(url)

    async def turn(conversation: int, number: int) -> None:
        token = f"{name}-{number}"
        try:
            async with store.lock(f"c{conversation}", wait_time_in_seconds=0.02):
                await log.rpush(f"log:{conversation}", f"in {token}")
                await asyncio.sleep(0.002)
                await log.rpush(f"log:{conversation}", f"out {token}")
        except Exception as error:
            await log.rpush("errors", f"{token} {error!r}")

    await log.rpush("started", name)
    while await log.llen("started") < 2:
        await asyncio.sleep(0.005)
    both = [turn(place, number) for place in range(conversations) for number in range(turns)]
    await asyncio.gather(*both)
    if kind == "ours":
        await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]))
