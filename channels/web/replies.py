"""Replies already given, so that a message sent again is not answered twice."""

import json
import logging
from collections import OrderedDict
from typing import Any, Protocol

logger = logging.getLogger(__name__)
Reply = dict[str, Any]
_MOST_REPLIES = 2_000
# Seconds a reply is kept in Redis, and a message counts as being worked on.
_KEPT = 3_600
_WORKING = 60
_PREFIX = "yibao:web:"


class Replies(Protocol):
    """Where the replies of the last while are kept."""

    async def get(self, conversation: str, message_id: str) -> Reply | None:
        """A reply given before."""
        ...

    async def put(self, conversation: str, message_id: str, reply: Reply) -> None:
        """Keep a reply."""
        ...

    async def claim(self, conversation: str, message_id: str) -> bool:
        """Whether this process may answer the message; False if another one is at it."""
        ...

    async def release(self, conversation: str, message_id: str) -> None:
        """Give the message up, answered or not."""
        ...

    async def forget(self, conversation: str) -> None:
        """Forget a conversation."""
        ...


class MemoryReplies:
    """The replies of one process, the oldest dropped first."""

    def __init__(self, most: int = _MOST_REPLIES) -> None:
        """Start empty."""
        self._most = most
        self._kept: OrderedDict[tuple[str, str], Reply] = OrderedDict()

    async def get(self, conversation: str, message_id: str) -> Reply | None:
        """See ``Replies``."""
        return self._kept.get((conversation, message_id))

    async def put(self, conversation: str, message_id: str, reply: Reply) -> None:
        """See ``Replies``."""
        self._kept[conversation, message_id] = reply
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    async def claim(self, conversation: str, message_id: str) -> bool:
        """See ``Replies``; within a process the running turn itself is waited for."""
        return True

    async def release(self, conversation: str, message_id: str) -> None:
        """See ``Replies``."""

    async def forget(self, conversation: str) -> None:
        """See ``Replies``."""
        for key in [key for key in self._kept if key[0] == conversation]:
            del self._kept[key]


class RedisReplies:
    """The replies of all processes; without Redis for a while, each knows only its own."""

    def __init__(self, client: Any) -> None:
        """Take a ``redis.asyncio`` client."""
        self._client = client
        self._own = MemoryReplies()

    async def get(self, conversation: str, message_id: str) -> Reply | None:
        """See ``Replies``."""
        own = await self._own.get(conversation, message_id)
        if own is not None:
            return own
        found = await self._try("hget", _hash(conversation), message_id)
        reply: Reply | None = json.loads(found) if found else None
        return reply

    async def put(self, conversation: str, message_id: str, reply: Reply) -> None:
        """See ``Replies``."""
        await self._own.put(conversation, message_id, reply)
        text = json.dumps(reply, ensure_ascii=False)
        await self._try("hset", _hash(conversation), message_id, text)
        await self._try("expire", _hash(conversation), _KEPT)

    async def claim(self, conversation: str, message_id: str) -> bool:
        """See ``Replies``."""
        name = _working(conversation, message_id)
        got = await self._try("set", name, "1", nx=True, ex=_WORKING, otherwise=True)
        return bool(got)

    async def release(self, conversation: str, message_id: str) -> None:
        """See ``Replies``."""
        await self._try("delete", _working(conversation, message_id))

    async def forget(self, conversation: str) -> None:
        """See ``Replies``."""
        await self._own.forget(conversation)
        await self._try("delete", _hash(conversation))

    async def _try(self, command: str, *args: Any, otherwise: Any = None, **kwargs: Any) -> Any:
        """What Redis says, or something else while it is away."""
        try:
            return await getattr(self._client, command)(*args, **kwargs)
        except Exception as error:
            logger.error("replies without Redis for now: %s", type(error).__name__)
            return otherwise


def _hash(conversation: str) -> str:
    return f"{_PREFIX}replies:{conversation}"


def _working(conversation: str, message_id: str) -> str:
    return f"{_PREFIX}working:{conversation}:{message_id}"
