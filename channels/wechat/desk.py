"""Five seconds, three deliveries: one run of the bot for a message, however often it comes.

WeChat waits five seconds for the answer to a message, then drops the connection and delivers the
message again, three times in all. The run goes on meanwhile; each delivery joins it. The first
two are held until WeChat drops them, because any answer would end the repeating. The third goes
away with 「正在查询」 if it must, and the answer follows through the API or with the person's next
message.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import msgspec

from channels.wechat.inbox import DEAD_AFTER, Inbox
from channels.wechat.replies import Said
from channels.wechat.store import StoreDown

logger = logging.getLogger(__name__)
DELIVERIES = 3
# WeChat's five seconds, and how much longer a delivery is held that WeChat should have dropped,
# as multiples of our patience (4.5 s).
WINDOW = 5 / 4.5
HOLD = 6 / 4.5
BEAT = DEAD_AFTER / 4
POLL = 0.05


class Turned(msgspec.Struct, frozen=True):
    """The outcome of a run: the passive reply ("" for none), and everything said."""

    content: str
    said: list[Said]


Turn = Callable[[], Awaitable[Turned]]


class Ticket(msgspec.Struct, frozen=True):
    """A message to be answered.

    Attributes:
        key: the same for every delivery.
        conversation: whose message it is.
        turn: runs the bot.
        asked: what it asks, as a hash; "" for what is no question.
        push: sends a late answer; None if there is no way.
    """

    key: str
    conversation: str
    turn: Turn
    asked: str = ""
    push: Callable[[str], Awaitable[bool]] | None = None


class Desk:
    """Answers deliveries."""

    def __init__(self, inbox: Inbox, patience: float, wait: str, sorry: str) -> None:
        """Make a desk.

        Args:
            inbox: the records.
            patience: seconds in which an answer must be out.
            wait: what the third delivery is told if the answer is not there.
            sorry: what is said if the bot fails altogether.
        """
        self.inbox = inbox
        self._patience = patience
        self._wait = wait
        self._sorry = sorry
        self._runs: dict[str, asyncio.Task[Turned]] = {}
        self._afterwards: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Event()

    async def knows(self, key: str) -> bool:
        """Whether a message has come to this desk before."""
        return (await self.inbox.look(key)).deliveries > 0

    async def answer(self, ticket: Ticket) -> str | None:
        """Answer one delivery of a message.

        Returns:
            The text of the reply, "" for none; None if the answer has gone out another way.

        Raises:
            StoreDown: before anything was begun, if the store cannot be reached.
        """
        started = time.monotonic()
        number, runs = await self.inbox.arrive(ticket.key)
        if runs:
            self._start(ticket)
        hold = self._patience if number >= DELIVERIES else self._patience * HOLD
        run = self._runs.get(ticket.key)
        try:
            there = await self._await_answer(ticket, started + hold)
            if not there and await self.inbox.tell_to_wait(ticket.key):
                await self.inbox.keep(ticket.key, ticket.conversation, ticket.asked)
                return self._wait
            punctual = time.monotonic() - started < self._patience * WINDOW
            return await self._handed_out(ticket.key, punctual)
        except StoreDown:
            # Redis went away in the middle; what this process runs it can still answer.
            if run is None:
                return self._wait
            left = max(0.0, started + hold - time.monotonic())
            done, _ = await asyncio.wait([run], timeout=left)
            return run.result().content if done else self._wait

    async def settled(self, keys: list[str], seconds: float) -> None:
        """Wait until messages are answered, at most so many seconds."""
        until = time.monotonic() + seconds
        for key in keys:
            # The run may be another process's, so its record is asked.
            while await self.inbox.progress(key) == "running":
                if time.monotonic() >= until:
                    return
                await asyncio.sleep(POLL)

    async def close(self, seconds: float = 5.0) -> None:
        """Let runs come to their end, put unfetched answers away, then stop everything."""
        self._closing.set()
        tasks: list[asyncio.Task[Any]]
        for tasks in ([*self._runs.values()], [*self._afterwards]):
            if tasks:
                await asyncio.wait(tasks, timeout=seconds)
        tasks = [*self._runs.values(), *self._afterwards]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.inbox.close()

    async def _handed_out(self, key: str, punctual: bool) -> str | None:
        if punctual:
            record = await self.inbox.claim(key, "delivery")
            return record.content if record else None
        # WeChat has stopped listening, most likely: say it, but do not count on it.
        record = await self.inbox.look(key)
        return record.content if record.claimed in ("", "delivery") else None

    async def _await_answer(self, ticket: Ticket, until: float) -> bool:
        """Whether the answer is there at a time of the monotonic clock at the latest."""
        while True:
            run = self._runs.get(ticket.key)
            if run:
                left = max(0.0, until - time.monotonic())
                done, _ = await asyncio.wait([run], timeout=left)
                return bool(done)
            state = await self.inbox.progress(ticket.key)
            if state == "done":
                return True
            if time.monotonic() >= until:
                return False
            if state == "dead" and await self.inbox.take_over(ticket.key):
                self._start(ticket)
            else:
                await asyncio.sleep(POLL)

    def _start(self, ticket: Ticket) -> None:
        if ticket.key in self._runs:
            return
        task = asyncio.create_task(self._run(ticket))
        self._runs[ticket.key] = task
        task.add_done_callback(lambda _: self._runs.pop(ticket.key, None))

    async def _run(self, ticket: Ticket) -> Turned:
        """Run the bot once; whatever happens, an answer is recorded."""
        beating = asyncio.create_task(self._beat(ticket.key))
        try:
            turned = await ticket.turn()
        except Exception as error:
            logger.exception("a WeChat turn failed: %s", type(error).__name__)
            turned = Turned(self._sorry, [Said(self._sorry)])
        finally:
            beating.cancel()
        told_to_wait = await self._finished(ticket, turned)
        task = asyncio.create_task(self._follow_up(ticket, told_to_wait))
        self._afterwards.add(task)
        task.add_done_callback(self._afterwards.discard)
        return turned

    async def _finished(self, ticket: Ticket, turned: Turned) -> bool:
        try:
            return await self.inbox.finish(ticket.key, turned.content, turned.said)
        except StoreDown as error:
            logger.error("a WeChat answer could not be recorded: %s", error)
            return False

    async def _beat(self, key: str) -> None:
        while True:
            await asyncio.sleep(BEAT)
            try:
                await self.inbox.beat(key)
            except StoreDown:
                continue

    async def _follow_up(self, ticket: Ticket, told_to_wait: bool) -> None:
        """Bring an answer to a person whom no delivery brought it."""
        try:
            if not told_to_wait:
                # The deliveries that wait now, or the next one, fetch it in this time.
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), self._patience * HOLD)
                if (await self.inbox.look(ticket.key)).claimed:
                    return
                await self.inbox.keep(ticket.key, ticket.conversation, ticket.asked)
            if ticket.push is None:
                return
            record = await self.inbox.claim(ticket.key, "push")
            if record and record.content and not await ticket.push(record.content):
                await self.inbox.give_back(ticket.key, record.said)
        except StoreDown as error:
            logger.error("a late WeChat answer waits for Redis: %s", error)
