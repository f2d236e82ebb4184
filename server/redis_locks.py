"""Locks across processes and machines, kept in Redis.

Rasa's Redis store reads, changes and writes without atomicity, and polls once a second: of 200
tickets issued at once 30 had a double, and two turns wrote into one conversation
(``tests/server/test_redis_locks.py`` keeps that test). Here the queue of a conversation is a list
that only scripts change, and a script runs alone. Whoever leaves wakes the next one. A process that
dies stops saying that it lives, and its places are given up within seconds.
"""

import asyncio
import contextlib
import logging
import threading
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import redis
import redis.asyncio
from rasa.core.lock_store import LOCK_LIFETIME, LockError, LockStore
from rasa.utils.endpoints import EndpointConfig

from server import lock_scripts
from server.locks import LONGEST_WAIT, MOST_WAITING
from server.settings import SettingError

logger = logging.getLogger(__name__)
# Seconds.
LIFE_SIGN_EVERY = 1.0
LIFE_SIGN_LASTS = 4.0
LOOK_EVERY = 0.5
COMMAND_TIMEOUT = 3.0
CONNECTIONS = 32
PREFIX = "yibao"


class RedisLocks(LockStore):
    """Locks across processes and machines."""

    def __init__(self, endpoint_config: EndpointConfig) -> None:
        """Connect lazily.

        Args:
            endpoint_config: its ``url`` is the address of Redis (``redis://…``).
        """
        self._url = str(endpoint_config.url)
        self._process = uuid.uuid4().hex
        self._count = 0
        self._is_plain = False
        self._woken: dict[str, asyncio.Future[None]] = {}
        self._client: Any = None
        self._listener: asyncio.Task[None] | None = None
        self._later: set[asyncio.Task[None]] = set()
        self._stopped = threading.Event()

    async def ping(self) -> None:
        """Take a lock and give it back; fail if Redis cannot be reached or written.

        Raises:
            SettingError: if it is a cluster: the scripts need all keys of a queue in one place.
        """
        if not self._is_plain:
            found = await self._connected().info("cluster")
            if found.get("cluster_enabled"):
                raise SettingError("REDIS_URL 是 Redis 集群，用不了：请换成单机或主从的 Redis。")
            self._is_plain = True
        async with self.lock(f"ping:{self._process}"):
            return

    async def close(self) -> None:
        """Stop the life signs and disconnect."""
        self._stopped.set()
        if self._listener:
            self._listener.cancel()
        if self._client is not None:
            with contextlib.suppress(redis.RedisError):
                await self._client.delete(self._alive)
            await self._client.close()

    @asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LOCK_LIFETIME,
        wait_time_in_seconds: float = 1,
    ) -> AsyncGenerator[None, None]:
        """Hold a conversation's lock (see parent class; there is no polling).

        Raises:
            LockError: if Redis cannot be reached or the wait is too long.
        """
        client = self._connected()
        self._count += 1
        token = f"{self._process}:{self._count}"
        keys = [f"{PREFIX}:queue:{conversation_id}", f"{PREFIX}:held:{conversation_id}"]
        life = int(lock_lifetime * 1000)
        try:
            await self._acquire(client, keys, token, life)
        except (redis.RedisError, OSError, asyncio.TimeoutError) as error:
            self._leave_later(keys, token, life)
            raise LockError(f"no lock: {type(error).__name__}") from error
        except BaseException:
            self._leave_later(keys, token, life)
            raise
        try:
            yield
        finally:
            try:
                await self._leave(keys=keys, args=[token, life, PREFIX])
            except (redis.RedisError, OSError):
                self._leave_later(keys, token, life)

    async def _acquire(self, client: Any, keys: list[str], token: str, life: int) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._woken[token] = turn
        sign = int(LIFE_SIGN_LASTS * 1000)
        arguments = [token, life, PREFIX, self._alive, sign, MOST_WAITING]
        try:
            # One at a time, or messages would overtake each other on their way to Redis.
            async with self._door:
                place = await self._enter(keys=keys, args=arguments)
            give_up = asyncio.get_running_loop().time() + LONGEST_WAIT
            while place != lock_scripts.MINE:
                if place == lock_scripts.FULL:
                    raise LockError("too many messages of one conversation at once")
                if asyncio.get_running_loop().time() > give_up:
                    raise LockError("waited too long for the message before")
                done, _ = await asyncio.wait([turn], timeout=LOOK_EVERY)
                if done:
                    return
                place = await self._look(keys=keys, args=[token, life, PREFIX])
                if place == lock_scripts.GONE:
                    # Redis came back without its data.
                    place = await self._enter(keys=keys, args=arguments)
        finally:
            del self._woken[token]

    def _leave_later(self, keys: list[str], token: str, life: int) -> None:
        """Give up a place as soon as Redis answers; others would wait for it in vain."""

        async def leave() -> None:
            for _ in range(life // 1000):
                with contextlib.suppress(redis.RedisError, OSError):
                    await self._leave(keys=keys, args=[token, life, PREFIX])
                    return
                await asyncio.sleep(1)

        task = asyncio.get_running_loop().create_task(leave())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    @property
    def _alive(self) -> str:
        return f"{PREFIX}:alive:{self._process}"

    def _connected(self) -> Any:
        """The client of this process, made at first use within its event loop."""
        if self._client is None:
            pool = redis.asyncio.BlockingConnectionPool.from_url(
                self._url,
                max_connections=CONNECTIONS,
                timeout=COMMAND_TIMEOUT,
                socket_timeout=COMMAND_TIMEOUT,
                socket_connect_timeout=COMMAND_TIMEOUT,
            )
            self._client = redis.asyncio.Redis(connection_pool=pool)
            self._enter = self._client.register_script(lock_scripts.ENTER)
            self._look = self._client.register_script(lock_scripts.LOOK)
            self._leave = self._client.register_script(lock_scripts.LEAVE)
            self._door = asyncio.Lock()
            self._listener = asyncio.get_running_loop().create_task(self._listen())
            threading.Thread(target=self._live, name="lock-life-signs", daemon=True).start()
        return self._client

    def _live(self) -> None:
        """Say regularly that this process lives, also while its event loop is busy."""
        client = redis.from_url(self._url, socket_timeout=COMMAND_TIMEOUT)
        while not self._stopped.wait(LIFE_SIGN_EVERY):
            with contextlib.suppress(redis.RedisError, OSError):
                client.set(self._alive, 1, px=int(LIFE_SIGN_LASTS * 1000))

    async def _listen(self) -> None:
        """Pass on the wake-up calls for this process."""
        client = redis.asyncio.from_url(self._url, socket_connect_timeout=COMMAND_TIMEOUT)
        inbox = f"{PREFIX}:wake:{self._process}"
        away = False
        while True:
            try:
                found = await client.blpop(inbox, timeout=5)
                away = False
            except (redis.RedisError, OSError) as error:
                if not away:
                    logger.error("Redis is away: %s", type(error).__name__)
                away = True
                await asyncio.sleep(LOOK_EVERY)
                continue
            turn = self._woken.get(found[1].decode()) if found else None
            if turn is not None and not turn.done():
                turn.set_result(None)
