"""Five seconds, three deliveries: when the bot is slow, nothing is run twice, lost or said twice.

``Platform`` plays WeChat with a faster clock: one of its seconds lasts ``SECOND``.
"""

import asyncio
import json
from collections import Counter

import pytest
from aiohttp import web

from tests.channels.wechat.raw import raw
from tests.channels.wechat.serving import Bot, online, settings
from tests.channels.wechat.weixin import Platform, new_id, opened, text_xml

SECOND = 0.15
FIVE_SECONDS = 5 * SECOND
FAST = {"patience": 4.5 * SECOND}
WAIT = "正在查询，请稍后回复任意内容查看"
# How long the bot takes, in WeChat's seconds. The third delivery is given up at about 14.5.
SLOW = {"快": 0, "第一次": 2, "第二次": 7, "第三次": 12, "太慢": 18, "很慢": 26}


def slow_bot() -> Bot:
    return Bot(seconds=lambda text: SLOW.get(text, 0) * SECOND)


async def pause(seconds: float) -> None:
    """Let some of WeChat's seconds pass."""
    await asyncio.sleep(seconds * SECOND)


@pytest.fixture
def configured(store_url):
    return settings(redis_url=store_url, **FAST)


@pytest.fixture
def in_memory():
    return settings(**FAST)


@pytest.mark.parametrize(("text", "delivery"), [("第一次", 1), ("第二次", 2), ("第三次", 3)])
async def test_the_answer_goes_out_with_the_delivery_that_waits(configured, text, delivery):
    bot = slow_bot()
    async with (
        online(bot, configured) as url,
        Platform(url, patience=FIVE_SECONDS) as weixin,
    ):
        shown = await weixin.say(text)
        assert shown.content == f"回：{text}"
        assert shown.deliveries == delivery
        assert bot.texts == [text]
        await pause(8)
        assert (await weixin.say("快")).content == "回：快"


async def test_after_the_third_delivery_the_answer_comes_with_any_next_message(configured):
    bot = slow_bot()
    async with (
        online(bot, configured) as url,
        Platform(url, patience=FIVE_SECONDS) as weixin,
    ):
        shown = await weixin.say("太慢")
        assert (shown.content, shown.deliveries) == (WAIT, 3)
        await pause(6)
        for poke in ("1", "好了吗"):
            shown = await weixin.say(poke)
            if poke == "1":
                assert shown.content == "您刚才问的，查好了：\n\n回：太慢"
            else:
                assert shown.content == "回：好了吗"
        assert bot.texts == ["太慢", "好了吗"]


async def test_a_question_gets_its_own_answer_with_the_late_one(in_memory):
    bot = slow_bot()
    async with (
        online(bot, in_memory) as url,
        Platform(url, patience=FIVE_SECONDS) as weixin,
    ):
        assert (await weixin.say("太慢")).content == WAIT
        await pause(6)
        assert (await weixin.say("余额呢")).content == (
            "您刚才问的，查好了：\n\n回：太慢\n\n回：余额呢"
        )
        assert (await weixin.say("取钱")).content == "回：取钱"
        assert bot.texts == ["太慢", "余额呢", "取钱"]


async def test_who_asks_too_early_waits_with_the_message_they_sent(in_memory):
    bot = slow_bot()
    async with (
        online(bot, in_memory) as url,
        Platform(url, patience=FIVE_SECONDS) as weixin,
    ):
        assert (await weixin.say("很慢")).content == WAIT
        shown = await weixin.say("？")
        assert shown.content == "您刚才问的，查好了：\n\n回：很慢"
        assert shown.deliveries >= 1
        assert bot.texts == ["很慢"]


async def test_a_sticker_or_a_picture_brings_the_late_answer_too(in_memory):
    bot = slow_bot()
    async with (
        online(bot, in_memory) as url,
        Platform(url, patience=FIVE_SECONDS) as weixin,
    ):
        assert (await weixin.say("太慢")).content == WAIT
        await pause(6)
        shown = await weixin.show(raw("image"))
        assert "回：太慢" in shown.content
        assert "图片" in shown.content


async def test_anothers_late_answer_stays_theirs(in_memory):
    bot = slow_bot()
    async with (
        online(bot, in_memory) as url,
        Platform(url, patience=FIVE_SECONDS) as weixin,
    ):
        assert (await weixin.say("太慢", "oOne")).content == WAIT
        await pause(6)
        assert (await weixin.say("好", "oOther")).content == "回：好"
        assert "回：太慢" in (await weixin.say("好", "oOne")).content


async def test_an_answer_that_no_delivery_fetched_is_not_lost(in_memory):
    """WeChat gave up after one delivery, for whatever reason."""
    bot = slow_bot()
    async with (
        online(bot, in_memory) as url,
        Platform(url, patience=FIVE_SECONDS) as weixin,
    ):
        with pytest.raises(asyncio.TimeoutError):
            await weixin.deliver(text_xml("第二次"), FIVE_SECONDS)
        await pause(12)
        assert "回：第二次" in (await weixin.say("在吗")).content
        assert bot.texts == ["第二次"]


async def test_a_repeated_message_is_answered_the_same_for_long(configured):
    bot = slow_bot()
    async with online(bot, configured) as url, Platform(url) as weixin:
        xml = text_xml("快")
        bodies = [opened((await weixin.deliver(xml))[1])["Content"] for _ in range(4)]
        assert bodies == ["回：快"] * 4
        assert bot.texts == ["快"]


async def test_a_repeat_after_the_late_answer_was_given_says_nothing(configured):
    bot = slow_bot()
    async with (
        online(bot, configured) as url,
        Platform(url, patience=FIVE_SECONDS) as weixin,
    ):
        xml = text_xml("太慢")
        assert (await weixin.show(xml)).content == WAIT
        await pause(6)
        assert "回：太慢" in (await weixin.say("好")).content
        assert await weixin.deliver(xml) == (200, b"success")
        assert bot.texts == ["太慢"]


@pytest.mark.parametrize("text", ["快", "第一次"])
async def test_fifty_deliveries_at_once_are_one_run_and_one_answer(configured, text):
    bot = slow_bot()
    async with online(bot, configured) as url, Platform(url) as weixin:
        xml = text_xml(text)
        replies = await asyncio.gather(*(weixin.deliver(xml) for _ in range(50)))
        assert {status for status, _ in replies} == {200}
        assert {opened(body)["Content"] for _, body in replies} == {f"回：{text}"}
        assert len({opened(body)["FromUserName"] for _, body in replies}) == 1
        assert bot.texts == [text]


async def test_fifty_deliveries_over_two_processes_are_one_run(redis_url):
    bots = slow_bot(), slow_bot()
    configured = settings(redis_url=redis_url, **FAST)
    async with (
        online(bots[0], configured) as one,
        online(bots[1], configured) as two,
        Platform(one) as weixin,
        Platform(two) as other,
    ):
        xml = text_xml("第一次")
        sent = [side.deliver(xml) for _ in range(25) for side in (weixin, other)]
        replies = await asyncio.gather(*sent)
        assert {opened(body)["Content"] for _, body in replies} == {"回：第一次"}
        assert len(bots[0].texts + bots[1].texts) == 1


async def test_an_event_comes_once_whatever_its_id(configured):
    bot = slow_bot()
    async with online(bot, configured) as url, Platform(url) as weixin:
        tap = raw("click", created=1_780_000_000)
        replies = await asyncio.gather(*(weixin.deliver(tap) for _ in range(20)))
        assert {opened(body)["Content"] for _, body in replies} == {"回：余额怎么查"}
        assert bot.texts == ["余额怎么查"]
        await weixin.deliver(raw("click", created=1_780_000_009))
        await weixin.deliver(tap.replace("余额怎么查", "要不要备案"))
        await weixin.deliver(raw("click", "oOther", created=1_780_000_000))
        assert len(bot.texts) == 4


async def test_the_same_id_from_two_people_are_two_messages(configured):
    bot = slow_bot()
    number = new_id()
    async with online(bot, configured) as url, Platform(url) as weixin:
        for person in ("oOne", "oOther"):
            await weixin.deliver(text_xml("快", person, number))
        assert len(bot.asked) == 2


async def test_ten_slow_users_at_once(in_memory):
    bot = Bot(seconds=lambda text: 7 * SECOND)
    async with (
        online(bot, in_memory) as url,
        Platform(url, patience=FIVE_SECONDS) as weixin,
    ):
        shown = await asyncio.gather(*(weixin.say(f"问{n}", f"oUser{n}") for n in range(10)))
        assert [one.content for one in shown] == [f"回：问{n}" for n in range(10)]
        assert {one.deliveries for one in shown} <= {2, 3}
        assert sorted(bot.texts) == sorted(f"问{n}" for n in range(10))
        assert bot.most_running == 10


async def test_what_does_not_fit_waits_for_more(configured):
    steps = "\n".join(
        f"{n}. 第{n}步要这样做，做完再看下一步，别着急，慢慢来。" for n in range(1, 81)
    )
    buttons = [{"title": "还有问题", "payload": "还有问题"}]
    bot = Bot(answer=lambda text: [{"text": steps, "buttons": buttons}])
    async with online(bot, configured) as url, Platform(url) as weixin:
        seen = (await weixin.say("怎么办")).content
        for more in ("更多", "1", "【更多】", "更多。"):
            assert "接着看" in seen or "【1】还有问题" in seen
            if "接着看" not in seen[-20:]:
                break
            seen += "\n" + (await weixin.say(more)).content
        for number in range(1, 81):
            assert (
                f"\n{number}. 第{number}步要这样做，做完再看下一步，别着急，慢慢来。" in f"\n{seen}"
            )
        assert seen.endswith("【1】还有问题")
        assert bot.texts == ["怎么办"]
        assert "说完了" in (await weixin.say("更多")).content
        await weixin.say("1")
        assert bot.texts == ["怎么办", "1"]


class Stand:
    """A local stand-in for WeChat's API."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict]] = []
        self.errors: list[int] = []

    async def handle(self, request: web.Request) -> web.Response:
        payload = json.loads(await request.text() or "{}")
        self.calls.append((request.path, {**request.query, **payload}))
        if "token" in request.path:
            found = {"access_token": f"T{len(self.calls)}", "expires_in": 7200}
        else:
            found = {"errcode": self.errors.pop(0) if self.errors else 0, "errmsg": "x"}
        return web.json_response(found)

    def paths(self) -> Counter:
        return Counter(path.rsplit("/", 1)[-1] for path, _ in self.calls)


@pytest.fixture
async def stand(aiohttp_free_port):
    stand = Stand()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", stand.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", aiohttp_free_port).start()
    stand.url = f"http://127.0.0.1:{aiohttp_free_port}"
    yield stand
    await runner.cleanup()


@pytest.fixture
def aiohttp_free_port():
    from tests.conftest import free_port

    return free_port()


def with_api(stand, store_url="", **changes):
    return settings(redis_url=store_url, app_secret="s3cret", api_url=stand.url, **FAST, **changes)


async def test_with_an_app_secret_a_late_answer_is_sent(stand, store_url):
    bot = slow_bot()
    async with (
        online(bot, with_api(stand, store_url)) as url,
        Platform(url, patience=FIVE_SECONDS) as weixin,
    ):
        assert "查好了马上发给您" in (await weixin.say("太慢", "oLate")).content
        await pause(6)
        assert stand.paths() == {"stable_token": 1, "send": 1}
        token, sent = (payload for _, payload in stand.calls)
        assert token == {"grant_type": "client_credential", "appid": "wx-test", "secret": "s3cret"}
        assert sent == {
            "access_token": "T1",
            "touser": "oLate",
            "msgtype": "text",
            "text": {"content": "回：太慢"},
        }
        assert (await weixin.say("好", "oLate")).content == "回：好"
        assert (await weixin.say("快", "oLate")).deliveries == 1
        assert stand.paths()["send"] == 1


@pytest.mark.parametrize("code", [45015, 45047, 48001])
async def test_what_cannot_be_sent_comes_with_the_next_message(stand, code):
    stand.errors = [code]
    bot = slow_bot()
    async with (
        online(bot, with_api(stand)) as url,
        Platform(url, patience=FIVE_SECONDS) as weixin,
    ):
        await weixin.say("太慢")
        await pause(6)
        assert "回：太慢" in (await weixin.say("好了吗")).content
        assert bot.texts == ["太慢"]


async def test_an_expired_token_is_renewed_once(stand):
    stand.errors = [42001]
    async with (
        online(slow_bot(), with_api(stand)) as url,
        Platform(url, patience=FIVE_SECONDS) as weixin,
    ):
        await weixin.say("太慢")
        await pause(6)
        assert stand.paths() == {"stable_token": 2, "send": 2}


async def test_a_company_is_answered_through_its_own_api(stand):
    from tests.channels.wechat.weixin import Account

    company = Account("wecomToken", "ww0123456789abcdef")
    configured = with_api(stand, token=company.token, app_id=company.receive_id)
    async with (
        online(slow_bot(), configured) as url,
        Platform(url, "wecom", company, FIVE_SECONDS) as weixin,
    ):
        xml = text_xml("太慢", "zhang.san").replace("</xml>", "<AgentID>1000002</AgentID></xml>")
        await weixin.show(xml)
        await pause(6)
        assert stand.paths() == {"gettoken": 1, "send": 1}
        path, sent = stand.calls[-1]
        assert path == "/cgi-bin/message/send"
        assert (sent["touser"], sent["agentid"]) == ("zhang.san", 1000002)


async def test_the_answer_is_kept_when_the_server_stops_before_it_was_fetched(redis_url):
    configured = settings(redis_url=redis_url, **FAST)
    bot = slow_bot()
    async with online(bot, configured) as url, Platform(url) as weixin:
        with pytest.raises(asyncio.TimeoutError):
            await weixin.deliver(text_xml("第二次", "oPatient"), 3 * SECOND)
    async with online(bot, configured) as url, Platform(url) as weixin:
        assert "回：第二次" in (await weixin.say("好", "oPatient")).content
        assert bot.texts == ["第二次"]
