"""500 messages from 50 people at once, a tenth of them delivered twice."""

import asyncio
import random
from collections import Counter

import pytest

from tests.channels.wechat.serving import Bot, online, settings
from tests.channels.wechat.weixin import Platform, text_xml

PEOPLE, MESSAGES = 50, 10
SECOND = 0.6


def distribution(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    marks = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
    found = [f"{name} {ordered[int(len(ordered) * at)] * 1000:.0f}" for name, at in marks.items()]
    return f"{len(ordered)} 条：{'，'.join(found)}，最长 {ordered[-1] * 1000:.0f} 毫秒"


async def converse(weixin: Platform, number: int, dice: random.Random) -> list[tuple[str, object]]:
    """One person's messages, each sent when the one before is answered."""
    seen = []
    for message in range(MESSAGES):
        text = f"第{number}人第{message}句"
        xml = text_xml(text, f"oPerson{number}")
        times = 2 if dice.random() < 0.1 else 1
        shown = await asyncio.gather(*(weixin.show(xml) for _ in range(times)))
        seen += [(text, one) for one in shown]
    return seen


async def test_none_is_lost_none_answered_twice_each_in_their_own_conversation(store_url, capsys):
    dice = random.Random(4)
    slow = {f"第{number}人第{dice.randrange(MESSAGES)}句" for number in range(0, PEOPLE, 5)}
    bot = Bot(seconds=lambda text: 7 * SECOND if text in slow else dice.random() * 0.05)
    configured = settings(redis_url=store_url, patience=4.5 * SECOND)
    async with (
        online(bot, configured) as url,
        Platform(url, patience=5 * SECOND) as weixin,
    ):
        everyone = await asyncio.gather(
            *(converse(weixin, number, dice) for number in range(PEOPLE))
        )
    for seen in everyone:
        for text, shown in seen:
            assert shown.content == f"回：{text}"
    assert Counter(bot.texts).most_common(1)[0][1] == 1
    assert len(bot.texts) == PEOPLE * MESSAGES
    conversations: dict[str, list[str]] = {}
    for conversation, text in bot.asked:
        conversations.setdefault(conversation, []).append(text)
    assert len(conversations) == PEOPLE
    for texts in conversations.values():
        number = texts[0].partition("人")[0]
        assert texts == [f"{number}人第{message}句" for message in range(MESSAGES)]
    with capsys.disabled():
        seconds = [shown.seconds for seen in everyone for _, shown in seen]
        where = "Redis" if store_url else "内存"
        print(f"\n微信 {PEOPLE} 人（{where}）{distribution(seconds)}")


@pytest.mark.parametrize("ordered", [[0.001 * n for n in range(1, 101)]])
def test_the_distribution_is_read_off_rightly(ordered):
    assert distribution(ordered) == "100 条：p50 51，p90 91，p95 96，p99 100，最长 100 毫秒"
