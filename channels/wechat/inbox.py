"""What is known of each message and person, so that no answer is given twice or lost.

A message has one record. Whoever gives its answer away claims it there first: a delivery, the
person's next message, or the API; the first claim wins.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable
from typing import Literal, TypeVar
from weakref import WeakValueDictionary

import msgspec

from channels.wechat.replies import Said
from channels.wechat.store import Store

# WeChat repeats a message within half a minute; a replay is stopped by its timestamp's age.
SHORT_LIFE = 10 * 60.0
# Answers waiting for the person's next message, and the allowance of the API.
LONG_LIFE = 48 * 60 * 60.0
# A run that gave no sign for so long is dead with its process.
DEAD_AFTER = 8.0
MOST_NOTED = 2000

Way = Literal["", "delivery", "next", "push"]
T = TypeVar("T")
R = TypeVar("R", bound=msgspec.Struct)


class Record(msgspec.Struct):
    """One message.

    Attributes:
        deliveries: how often WeChat has delivered it.
        beat: when its run last gave a sign, seconds since 1970; 0 if none has begun.
        done: whether the answer is there.
        content: the answer as a passive reply.
        said: the whole answer.
        told_to_wait: whether the last delivery went away with 「正在查询」.
        claimed: how the answer went out.
    """

    deliveries: int = 0
    beat: float = 0.0
    done: bool = False
    content: str = ""
    said: list[Said] = []
    told_to_wait: bool = False
    claimed: Way = ""


class Piece(msgspec.Struct):
    """A message that waits for the next one: its key, its words, the gate's note, its time."""

    key: str
    text: str
    note: str
    at: float


class Person(msgspec.Struct):
    """One person's side of the conversation.

    Attributes:
        waiting: keys of messages whose answer goes out with the next one.
        asked: what those messages asked, by key, as hashes: who asks again asks nothing new.
        pieces: messages that wait for the next one to be answered together.
        taken: keys of those that were answered with a later one.
        rest: what waits for 「更多」.
        listed: choices of the channel's own last list.
        allowance: how many API messages WeChat still lets us send; until: up to when.
    """

    waiting: list[str] = []
    asked: dict[str, str] = {}
    pieces: list[Piece] = []
    taken: list[str] = []
    rest: str = ""
    listed: list[str] = []
    allowance: int = 0
    until: float = 0.0


class Inbox:
    """The records, and the ways they may change."""

    def __init__(
        self, store: Store, now: Callable[[], float] = time.time, life: float = SHORT_LIFE
    ) -> None:
        """Make an inbox.

        Args:
            store: keeps the records.
            now: seconds since 1970, the same on all machines.
            life: seconds for which an answered message is remembered.
        """
        self._store = store
        self._now = now
        self._life = life
        # What this process wrote last. A guess: it saves asking, and a wrong one is noticed.
        self._written: dict[str, bytes] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def belongs(self, signature: str, key: str) -> bool:
        """Whether a signature is that of a message; the first one shown with it keeps it."""
        name = f"signature:{signature}"
        own = hashlib.sha256(key.encode()).digest()
        if await self._store.swap(name, b"", own, self._life):
            return True
        return await self._store.get(name) == own

    async def arrive(self, key: str) -> tuple[int, bool]:
        """A delivery of a message has come.

        Returns:
            Which one it is, from 1; and whether the caller has to run the bot.
        """

        def change(record: Record) -> tuple[int, bool]:
            record.deliveries += 1
            record.told_to_wait = False
            return record.deliveries, self._take_run(record)

        return await self._change(f"m:{key}", Record, change)

    async def take_over(self, key: str) -> bool:
        """Whether the run of a message died and the caller has to run the bot again."""
        return await self._change(f"m:{key}", Record, self._take_run)

    async def beat(self, key: str) -> None:
        """A sign of life of the message's run."""

        def change(record: Record) -> None:
            record.beat = self._now()

        await self._change(f"m:{key}", Record, change)

    async def finish(self, key: str, content: str, said: list[Said]) -> bool:
        """The answer is there.

        Returns:
            Whether the last delivery has gone away without it.
        """

        def change(record: Record) -> bool:
            record.done, record.content, record.said = True, content, said
            return record.told_to_wait

        return await self._change(f"m:{key}", Record, change)

    async def look(self, key: str) -> Record:
        """The record of a message; an empty one if it is unknown."""
        return self._decoded(await self._store.get(f"m:{key}"), Record)

    async def progress(self, key: str) -> Literal["done", "running", "dead"]:
        """How far the run of a message is."""
        record = await self.look(key)
        if record.done:
            return "done"
        return "dead" if self._is_dead(record) else "running"

    async def tell_to_wait(self, key: str) -> bool:
        """Whether a delivery has to go away without an answer; False if it came just now."""

        def change(record: Record) -> bool:
            record.told_to_wait = not record.done
            return record.told_to_wait

        return await self._change(f"m:{key}", Record, change)

    async def claim(self, key: str, way: Way) -> Record | None:
        """The answer of a message, to be given away; None if there is none or it is given.

        Deliveries of one message all get it: WeChat shows one of them.
        """

        def change(record: Record) -> Record | None:
            again = record.claimed == way == "delivery"
            if not record.done or (record.claimed and not again):
                return None
            record.claimed = way
            claimed = msgspec.structs.replace(record)
            record.said = []
            return claimed

        return await self._change(f"m:{key}", Record, change)

    async def give_back(self, key: str, said: list[Said]) -> None:
        """An answer that was claimed could not be given."""

        def change(record: Record) -> None:
            record.claimed = ""
            record.said = said

        await self._change(f"m:{key}", Record, change)

    async def keep(self, key: str, person: str, asked: str = "") -> None:
        """Let the answer of a message go out with the person's next one.

        Args:
            key: of the message.
            person: whose it is.
            asked: what it asks, as a hash.
        """

        def change(one: Person) -> None:
            if key not in one.waiting:
                one.waiting.append(key)
                one.asked[key] = asked

        await self.change_person(person, change)

    async def person(self, person: str) -> Person:
        """What is known of a person."""
        return self._decoded(await self._store.get(f"p:{person}"), Person)

    async def change_person(self, person: str, change: Callable[[Person], T]) -> T:
        """Change what is known of a person; ``change`` may run more than once."""
        return await self._change(f"p:{person}", Person, change)

    async def due(self, person: Person, besides: str) -> list[str]:
        """The messages whose answers still have to reach a person, dead ones left out.

        Args:
            person: as read just now.
            besides: the message being answered now, which is not counted.
        """
        found = []
        for key in person.waiting:
            record = await self.look(key)
            alive = record.done or not self._is_dead(record)
            if key != besides and not record.claimed and alive:
                found.append(key)
        return found

    async def collect(self, person: str, besides: str) -> list[Said]:
        """Claim every answer that is ready and due to a person, the oldest first."""
        before = (await self.person(person)).waiting
        found: list[Said] = []
        settled = []
        for key in before:
            if key == besides:
                continue
            if record := await self.claim(key, "next"):
                found += record.said
            looked = await self.look(key)
            if looked.claimed or (not looked.done and self._is_dead(looked)):
                settled.append(key)
        if settled:

            def change(one: Person) -> None:
                one.waiting = [key for key in one.waiting if key not in settled]
                one.asked = {key: one.asked[key] for key in one.waiting if key in one.asked}

            await self.change_person(person, change)
        return found

    async def close(self) -> None:
        """Let go of the store."""
        await self._store.close()

    def _is_dead(self, record: Record) -> bool:
        return record.beat < self._now() - DEAD_AFTER

    def _take_run(self, record: Record) -> bool:
        if record.done or not self._is_dead(record):
            return False
        record.beat = self._now()
        return True

    async def _change(self, name: str, kind: type[R], change: Callable[[R], T]) -> T:
        """Change a record so that nobody else's change is lost."""
        lock = self._locks.setdefault(name, asyncio.Lock())
        async with lock:
            old, sure = self._written.get(name, b""), False
            while True:
                record = self._decoded(old, kind)
                result = change(record)
                new = msgspec.json.encode(record)
                life = LONG_LIFE if _lives_long(record) else self._life
                if new == old and sure:
                    return result
                if new != old and await self._store.swap(name, old, new, life):
                    self._note(name, new)
                    return result
                old, sure = await self._store.get(name), True

    def _note(self, name: str, data: bytes) -> None:
        self._written.pop(name, None)
        self._written[name] = data
        while len(self._written) > MOST_NOTED:
            del self._written[next(iter(self._written))]

    @staticmethod
    def _decoded(data: bytes, kind: type[R]) -> R:
        """A record; an empty one if it is unknown or of an older version."""
        try:
            return msgspec.json.decode(data, type=kind) if data else kind()
        except msgspec.ValidationError:
            return kind()


def _lives_long(record: msgspec.Struct) -> bool:
    """Whether a record may be needed as long as WeChat lets us answer."""
    return not isinstance(record, Record) or not record.claimed
