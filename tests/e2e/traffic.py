"""Many people at once, and the comparison of what they saw with what was stored."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

import aiohttp
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered

from server.trackers import Conversations

# Each stands for itself whatever was said before, and each is understood as something else.
QUESTIONS = {
    "医保卡余额怎么查": "balance_query",
    "上海75岁退休人员医保每年打多少钱": "credit_amount",
    "医保个人账户里的钱能不能取出来": "withdrawal_possible",
    "异地就医备案怎么办理": "filing_how",
    "家庭共济怎么绑定": "sharing_bind",
    "医保个人账户的钱能用来买什么": "usage_scope",
    "医保卡里的钱年底会清零吗": "usage_expiry",
    "异地就医备案要带什么材料": "filing_materials",
    "家庭共济怎么解绑": "sharing_unbind",
    "医保个人账户有利息吗": "usage_interest",
}


@dataclass
class Sent:
    """One message and what came of it.

    Attributes:
        conversation: the sender.
        text: what was asked.
        began: when it was sent, and ``ended``, when the answer was there.
        intent: of the answer; None for an apology.
        said: the answer's text; None if there was no answer at all.
    """

    conversation: str
    text: str
    began: float
    ended: float = 0.0
    intent: str | None = None
    said: str | None = None

    @property
    def answered(self) -> bool:
        return self.intent is not None


class Traffic:
    """Conversations that ask all questions, several messages of each in flight."""

    def __init__(self, url: str, names: Iterable[str], in_flight: int = 3) -> None:
        self.url = f"{url}/webhooks/rest/webhook"
        self.names = list(names)
        self.in_flight = in_flight
        self.log: list[Sent] = []

    async def run(self, pause: float = 0.0, again: float = 0.0) -> None:
        """Send everything.

        Args:
            pause: seconds between an answer and the next message.
            again: seconds during which what was not answered is sent again.
        """
        limit = aiohttp.ClientTimeout(total=60)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, timeout=limit) as client:
            await asyncio.gather(*(self._talk(client, name, pause, again) for name in self.names))

    async def _talk(
        self, client: aiohttp.ClientSession, name: str, pause: float, again: float
    ) -> None:
        waiting = list(QUESTIONS)[::-1]
        give_up = time.monotonic() + again

        async def ask() -> None:
            while waiting:
                text = waiting.pop()
                sent = await self._send(client, name, text)
                while not sent.answered and time.monotonic() < give_up:
                    await asyncio.sleep(0.3)
                    sent = await self._send(client, name, text)
                await asyncio.sleep(pause)

        await asyncio.gather(*(ask() for _ in range(self.in_flight)))

    async def _send(self, client: aiohttp.ClientSession, name: str, text: str) -> Sent:
        sent = Sent(name, text, time.monotonic())
        self.log.append(sent)
        try:
            body = {"sender": name, "message": text}
            async with client.post(self.url, json=body) as answer:
                replies: list[dict[str, Any]] = await answer.json()
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
            return sent
        sent.ended = time.monotonic()
        sent.said = replies[0]["text"]
        if "custom" in replies[0]:
            sent.intent = replies[0]["custom"]["answers"][0]["intent"]
        return sent


async def while_running(traffic: Awaitable[None], *steps: Callable[[], Any]) -> None:
    """Run traffic and, beside it and one after the other, steps that block."""
    task = asyncio.ensure_future(traffic)
    for step in steps:
        await asyncio.to_thread(step)
    await task


async def compare(traffic: Traffic, database: str) -> None:
    """Assert that what was answered is stored once, in order, and with the answer given."""
    store = Conversations(Domain.load("domain.yml"), host=database)
    for name in traffic.names:
        log = [sent for sent in traffic.log if sent.conversation == name]
        tracker = await store.retrieve_full_tracker(f"rest:{name}")
        turns = stored_turns(list(tracker.events) if tracker else [])
        compare_one(log, turns)
    store.close()


def compare_one(log: list[Sent], turns: list[tuple[str, str]]) -> None:
    """The same for one conversation: its messages as seen by the client, and as stored."""
    answered = [sent for sent in log if sent.answered]
    kept = Counter(text for text, _ in turns)
    attempts = Counter(sent.text for sent in log)
    for text, count in Counter(sent.text for sent in answered).items():
        assert count <= kept[text] <= attempts[text], f"{text}: {count} answered, {kept[text]} kept"
    assert set(kept) <= set(attempts)
    if len(answered) == len(log):
        assert len(turns) == len(log)
    for sent in answered:
        assert sent.intent == QUESTIONS[sent.text]
        assert sent.said in [said for text, said in turns if text == sent.text]
    place = {text: number for number, (text, _) in enumerate(turns) if kept[text] == 1}
    for first in answered:
        for later in answered:
            if first.ended < later.began and first.text in place and later.text in place:
                assert place[first.text] < place[later.text], "out of order"


def stored_turns(events: list[Any]) -> list[tuple[str, str]]:
    """Message and answer of each turn; a turn that is not whole fails."""
    turns: list[tuple[str, str]] = []
    text: str | None = None
    said: str | None = None
    for event in events:
        if isinstance(event, UserUttered):
            assert text is None, "a message between a message and its answer"
            text = str(event.text)
        elif isinstance(event, BotUttered):
            assert text is not None, "an answer without a message"
            assert said is None, "two answers to one message"
            said = str(event.text)
        elif isinstance(event, ActionExecuted) and event.action_name == "action_listen" and text:
            assert said is not None, "a message without an answer"
            turns.append((text, said))
            text = said = None
    assert text is None, "an unfinished turn"
    return turns
