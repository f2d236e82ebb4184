"""What is sent in pieces is one message; what is better on a screen says where; whose place counts.

The bot's answers are read as WeChat shows them: no bubble for a piece that another took.
"""

import asyncio

import pytest
import redis

from channels.gate import Passed
from channels.wechat.inbox import Inbox
from channels.wechat.pieces import MOST_WAITS, STALE, Pieces, join
from channels.wechat.screen import link_to
from channels.wechat.settings import WeChatSettings
from channels.wechat.store import MemoryStore
from server.settings import SettingError
from tests.channels.wechat.keys import SERVER_ENVIRONMENT
from tests.channels.wechat.raw import raw
from tests.channels.wechat.serving import Bot, online, settings
from tests.channels.wechat.weixin import Platform, opened, text_xml

GATHER = 0.4
PAGE = "https://yibao.example.cn/chat"


@pytest.fixture
def gathering(store_url):
    return settings(redis_url=store_url, gather=GATHER)


async def at_once(weixin, *texts, person="oPieces"):
    """What is shown for messages sent one shortly after another."""
    sent = []
    for text in texts:
        sent.append(asyncio.create_task(weixin.deliver(text_xml(text, person))))
        await asyncio.sleep(GATHER / 5)
    return [body for _, body in await asyncio.gather(*sent)]


def said(bodies):
    return ["" if body == b"success" else opened(body)["Content"] for body in bodies]


async def test_pieces_are_one_message_with_one_answer(gathering):
    bot = Bot()
    async with online(bot, gathering) as url, Platform(url) as weixin:
        shown = said(await at_once(weixin, "我妈在上海退休", "75岁。", "每月返多少"))
        assert shown == ["", "", "回：我妈在上海退休，75岁。每月返多少"]
        assert bot.texts == ["我妈在上海退休，75岁。每月返多少"]
        # The next message is one of its own again.
        assert (await weixin.say("那北京呢", "oPieces")).content == "回：那北京呢"


async def test_people_do_not_mix(gathering):
    bot = Bot()
    async with online(bot, gathering) as url, Platform(url) as weixin:
        shown = await asyncio.gather(
            at_once(weixin, "甲一", "甲二", person="oOne"), at_once(weixin, "乙", person="oOther")
        )
        assert [said(each) for each in shown] == [["", "回：甲一，甲二"], ["回：乙"]]


async def test_pieces_of_one_person_reach_two_processes(redis_url):
    bots = Bot(), Bot()
    configured = settings(redis_url=redis_url, gather=GATHER)
    async with (
        online(bots[0], configured) as one,
        online(bots[1], configured) as two,
        Platform(one) as weixin,
        Platform(two) as other,
    ):
        first = asyncio.create_task(weixin.deliver(text_xml("我在扬州", "oTwo")))
        await asyncio.sleep(GATHER / 4)
        second = asyncio.create_task(other.deliver(text_xml("怎么备案", "oTwo")))
        assert said([(await first)[1], (await second)[1]]) == ["", "回：我在扬州，怎么备案"]
        assert bots[0].texts + bots[1].texts == ["我在扬州，怎么备案"]


async def test_a_piece_delivered_again_says_nothing_again(gathering):
    bot = Bot()
    async with online(bot, gathering) as url, Platform(url) as weixin:
        xml = text_xml("我在扬州", "oAgain")
        first = asyncio.create_task(weixin.deliver(xml))
        await asyncio.sleep(GATHER / 4)
        assert (await weixin.say("怎么备案", "oAgain")).content == "回：我在扬州，怎么备案"
        assert (await first)[1] == b"success"
        assert (await weixin.deliver(xml))[1] == b"success"
        assert len(bot.texts) == 1


async def test_a_tap_a_number_and_a_nod_wait_for_nothing():
    """Were they held, they would be taken by what follows."""
    bot = Bot()
    async with online(bot, settings(gather=GATHER)) as url, Platform(url) as weixin:
        for xml in (raw("click", "oTap"), text_xml("1", "oTap"), text_xml("好的", "oTap")):
            tapped = asyncio.create_task(weixin.deliver(xml))
            await asyncio.sleep(GATHER / 4)
            assert tapped.done()
            assert said([(await tapped)[1]])[0]


async def test_what_waits_has_no_personal_number_in_it(redis_url):
    bot = Bot()
    configured = settings(redis_url=redis_url, gather=GATHER)
    async with online(bot, configured) as url, Platform(url) as weixin:
        first = asyncio.create_task(weixin.deliver(text_xml("身份证 1", "oHide")))
        await asyncio.sleep(GATHER / 4)
        client = redis.Redis.from_url(redis_url)
        kept = b"".join(client.get(key) or b"" for key in client.keys("yibao:wechat:*:p:*"))
        assert "遮住了".encode() in kept
        assert "身份证".encode() not in kept
        shown = await weixin.say("怎么查余额", "oHide")
        assert (await first)[1] == b"success"
        assert shown.content == "别发证号\n\n回：遮住了，怎么查余额"


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def inbox():
    return Inbox(MemoryStore())


async def take(pieces, inbox, key, text):
    """The text that a piece ends up as; None if another took it."""
    found = await pieces.joined(inbox, "p", key, Passed(text=text))
    return found.text if found else None


async def put_down(inbox, number):
    """Let the tasks run until so many pieces wait."""
    for _ in range(1000):
        if len((await inbox.person("p")).pieces) == number:
            return
        await asyncio.sleep(0)
    raise AssertionError(f"{number} pieces never waited")


async def test_who_goes_on_and_on_is_answered_in_the_end(inbox):
    clock, wait = Clock(), 5.0
    pieces = Pieces(wait, clock)
    held = []
    for number in range(MOST_WAITS):
        held.append(asyncio.create_task(take(pieces, inbox, str(number), f"句{number}")))
        await put_down(inbox, number + 1)
        clock.now += wait
    # The last one waits for nothing: they have put it off long enough.
    last = take(pieces, inbox, "last", f"句{MOST_WAITS}")
    whole = "，".join(f"句{number}" for number in range(MOST_WAITS + 1))
    assert await asyncio.wait_for(last, wait / 2) == whole
    assert not any(piece.done() for piece in held)
    for piece in held:
        piece.cancel()


async def test_who_was_taken_by_a_later_piece_is_not_answered(inbox):
    pieces = Pieces(0.05)
    first = asyncio.create_task(take(pieces, inbox, "a", "我妈"))
    await put_down(inbox, 1)
    assert await take(pieces, inbox, "b", "的余额") == "我妈，的余额"
    assert await first is None


async def test_who_writes_much_is_answered_at_once(inbox):
    pieces = Pieces(30)
    first = asyncio.create_task(take(pieces, inbox, "a", "长" * 300))
    await asyncio.sleep(0)
    assert len(await take(pieces, inbox, "b", "长" * 300)) == 601
    first.cancel()


async def test_a_number_in_pieces_is_hidden_too(inbox):
    pieces = Pieces(0.05)
    first = asyncio.create_task(take(pieces, inbox, "a", "1380013"))
    await asyncio.sleep(0)
    found = await pieces.joined(inbox, "p", "b", Passed(text="8000 是我手机"))
    assert await first is None
    assert "8000" not in found.text


async def test_a_piece_of_a_dead_process_is_forgotten(inbox):
    clock = Clock()
    pieces = Pieces(0.01, clock)
    lost = asyncio.create_task(take(pieces, inbox, "a", "没人要的"))
    await asyncio.sleep(0)
    lost.cancel()
    clock.now += STALE + 1
    assert await take(pieces, inbox, "b", "新的") == "新的"


async def test_a_lost_record_loses_no_message(inbox):
    pieces = Pieces(0.05)
    held = asyncio.create_task(take(pieces, inbox, "a", "怎么查"))
    await asyncio.sleep(0.01)
    await inbox.change_person("p", lambda person: person.pieces.clear())
    assert await held == "怎么查"


@pytest.mark.parametrize(
    ("texts", "whole"),
    [
        (["一"], "一"), (["一", "二"], "一，二"), (["一。", "二"], "一。二"),
        (["一？", "二"], "一？二"),
        (["一", " ", "二"], "一，二"), ([], ""),
    ],
)  # fmt: skip
def test_pieces_are_joined_with_a_comma_where_no_sign_is(texts, whole):
    assert join(texts) == whole


# —— asked again while the first answer is late ——

SECOND = 0.15


async def test_who_asks_again_while_it_is_late_gets_one_answer():
    bot = Bot(seconds=lambda text: 18 * SECOND if text == "太慢" else 0)
    configured = settings(patience=4.5 * SECOND)
    async with online(bot, configured) as url, Platform(url, patience=5 * SECOND) as weixin:
        assert "正在查询" in (await weixin.say("太慢")).content
        shown = await weixin.say("太慢？")
        assert shown.content == "您刚才问的，查好了：\n\n回：太慢"
        assert bot.texts == ["太慢"]
        # Once it has been given, the same question is a question.
        bot.seconds = lambda text: 0
        assert (await weixin.say("太慢")).content == "回：太慢"


async def test_another_question_while_it_is_late_gets_its_own_answer():
    bot = Bot(seconds=lambda text: 18 * SECOND if text == "太慢" else 0)
    configured = settings(patience=4.5 * SECOND)
    async with online(bot, configured) as url, Platform(url, patience=5 * SECOND) as weixin:
        assert "正在查询" in (await weixin.say("太慢")).content
        assert (await weixin.say("别的")).content.endswith("回：别的")


# —— the page, and the account's own place ——


def compared(*places):
    bands = [{"kind": "band", "text": f"{place} 100 元", "place": place} for place in places]
    answer = {"intent": "credit_compare", "title": "两地差多少", "blocks": bands}
    return [{"text": "各地不一样。", "custom": {"answers": [answer]}}]


async def test_a_comparison_says_where_it_is_better_seen():
    bot = Bot(answer=lambda text: compared("北京", "上海"))
    async with online(bot, settings(page_url=PAGE)) as url, Platform(url) as weixin:
        shown = (await weixin.say("北京和上海哪个多")).content
        assert shown.startswith("各地不一样。\n")
        assert f"{PAGE}?q=%E4%B8%A4" in shown
    bot = Bot(answer=lambda text: compared("北京", "上海"))
    async with online(bot, settings()) as url, Platform(url) as weixin:
        assert (await weixin.say("北京和上海哪个多")).content == "各地不一样。"


@pytest.mark.parametrize(
    ("custom", "linked"),
    [
        (compared("北京", "上海")[0]["custom"], True),
        (compared("北京")[0]["custom"], False),
        ({"answers": [{"blocks": [{"kind": "band", "text": "一档"}] * 3}]}, True),
        ({"answers": [{"blocks": [{"kind": "step", "text": "点一下"}] * 9}]}, False),
        ({"status": "service"}, False),
        (None, False),
    ],
)
def test_only_what_needs_a_screen_is_linked(custom, linked):
    assert bool(link_to(PAGE, custom)) == linked
    assert link_to("", custom) == ""


@pytest.mark.parametrize(("own", "meant"), [("", "扬州"), ("苏州", "苏州")])
async def test_the_accounts_place_goes_before_the_operators(own, meant):
    told = []

    class Noting(Bot):
        async def handle(self, message):
            told.append(message.metadata)
            await super().handle(message)

    async with online(Noting(), settings(home_region=own)) as url, Platform(url) as weixin:
        await weixin.say("每月返多少")
    assert told == [{"home_region": meant}]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("WECHAT_HOME_REGION", "火星"),
        ("WECHAT_HOME_REGION", "朝阳"),
        ("WECHAT_PAGE_URL", "yibao.example.cn"),
        ("WECHAT_PAGE_URL", "https://a.cn/chat?x=1"),
        ("WECHAT_GATHER", "9"),
    ],
)
def test_a_wrong_setting_is_named(variable, value):
    with pytest.raises(SettingError, match=variable):
        WeChatSettings.read(None, SERVER_ENVIRONMENT | {variable: value})


def test_it_waits_for_pieces_unless_told_otherwise():
    own = {name: value for name, value in SERVER_ENVIRONMENT.items() if name != "WECHAT_GATHER"}
    assert 0 < WeChatSettings.read(None, own).gather < WeChatSettings.read(None, own).patience
    assert WeChatSettings.read(None, own | {"WECHAT_GATHER": "0"}).gather == 0
