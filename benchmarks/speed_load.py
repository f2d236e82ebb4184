"""The client of ``make bench``: the same messages to whichever bot, and how long answers take."""

import asyncio
import itertools
import time
from collections.abc import Iterator

import aiohttp

# Ordinary questions of all topics; each is answered by a custom action.
QUESTIONS = (
    "医保卡余额怎么查",
    "我妈75岁在上海退休，医保每年打多少钱",
    "医保卡里的钱能取出来吗",
    "异地就医备案怎么办",
    "岳父能用我的医保吗",
    "郑州退休人员每个月划多少",
    "家庭共济怎么绑定",
    "去外地住院要不要先备案",
    "个人账户的钱能买保健品吗",
    "人没了医保卡里的钱怎么办",
    "为什么这个月医保少打了",
    "微信上能看医保余额吗",
    "备案以后多久生效",
    "老伴看病能刷我的卡吗",
    "年底没花完会清零吗",
    "北京70岁以上每月返多少",
)
# Messages of one conversation before the next begins.
TALK = 10


class Client:
    """Asks one bot."""

    def __init__(self, url: str, name: str) -> None:
        """Take the bot's address and the beginning of all its senders' names."""
        self._url = f"{url}/webhooks/rest/webhook"
        self._parse_url = f"{url}/model/parse"
        self._name = name
        self._talks = itertools.count()

    def _messages(self) -> Iterator[tuple[str, str]]:
        """Senders and messages for ever, a new sender for each talk."""
        while True:
            talk = next(self._talks)
            for number in range(TALK):
                place = (talk * 7 + number) % len(QUESTIONS)
                yield f"{self._name}-{talk}", QUESTIONS[place]

    async def _ask(self, session: aiohttp.ClientSession, sender: str, text: str) -> float:
        began = time.perf_counter()
        async with session.post(self._url, json={"sender": sender, "message": text}) as answer:
            replies = await answer.json()
        took = time.perf_counter() - began
        if answer.status != 200 or not replies or not replies[0].get("text"):
            raise RuntimeError(f"no answer from {self._url}: {answer.status} {replies}")
        return took

    async def run(
        self, users: int, seconds: float = 0.0, turns: int = 0
    ) -> tuple[float, list[float]]:
        """Ask with a number of users at once, each waiting for its answer before it asks again.

        Args:
            users: how many.
            seconds: for so long; 0 means
            turns: so many messages in all.

        Returns:
            Turns a second, and the seconds of each turn.
        """
        times: list[float] = []
        began = time.perf_counter()
        left = itertools.count(turns, -1)

        async def user(session: aiohttp.ClientSession) -> None:
            for sender, text in self._messages():
                over = time.perf_counter() - began >= seconds if seconds else next(left) <= 0
                if over:
                    return
                times.append(await self._ask(session, sender, text))

        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(user(session) for _ in range(users)))
        return len(times) / (time.perf_counter() - began), times

    async def talk(self, turns: int) -> list[float]:
        """One long conversation: the seconds of each turn."""
        sender = f"{self._name}-long-{next(self._talks)}"
        async with aiohttp.ClientSession() as session:
            return [
                await self._ask(session, sender, QUESTIONS[number % len(QUESTIONS)])
                for number in range(turns)
            ]

    async def parse(self, times: int) -> list[float]:
        """The seconds of understanding alone, over the same route of both bots."""
        found = []
        async with aiohttp.ClientSession() as session:
            for number in range(times):
                text = QUESTIONS[number % len(QUESTIONS)]
                began = time.perf_counter()
                async with session.post(self._parse_url, json={"text": text}) as answer:
                    parsed = await answer.json()
                found.append(time.perf_counter() - began)
                if not parsed.get("intent", {}).get("name"):
                    raise RuntimeError(f"not parsed by {self._parse_url}: {parsed}")
        return found
