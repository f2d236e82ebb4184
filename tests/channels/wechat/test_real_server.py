"""The real server with the trained model, over HTTP; WeChat's side is the tests' own."""

import asyncio
import re

import pytest

from tests.channels.wechat.raw import MESSAGES, raw
from tests.channels.wechat.test_crowd import distribution
from tests.channels.wechat.test_messages import SILENT
from tests.channels.wechat.weixin import OWN_NAME, Platform, opened, request, text_xml

SORRY = "出了点毛病"
WAIT = "正在查询，请稍后回复任意内容查看"
LATE = "您刚才问的，查好了：\n\n"
CITIES = ("上海", "北京", "天津", "重庆", "深圳", "武汉", "郑州", "扬州", "沈阳", "长春")
QUESTIONS = (
    "我在{city}退休，75岁，医保每月返多少钱",
    "那怎么查余额",
    "能取出来吗",
    "给家里人能用吗",
    "去外地看病要备案吗",
    "医保每月返多少钱",
    "1",
    "谢谢",
    "医保卡的钱能买保健品吗",
    "我的医保每月返多少",
)
# Messages of the list above that ask for a figure of the person's own city.
OWN_CITY = (0, 5, 9)


@pytest.fixture
def url(server):
    return f"{server}/webhooks/wechat/webhook"


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
async def test_each_kind_of_message_in_each_mode(url, mode):
    async with Platform(url, mode) as weixin:
        for kind in MESSAGES:
            person = f"oReal{mode}{kind}"
            status, body = await weixin.deliver(raw(kind, person))
            assert status == 200
            if kind in SILENT:
                assert body == b"success"
                continue
            assert (b"<Encrypt>" in body) == (mode != "plain")
            reply = opened(body)
            assert reply["ToUserName"] == person
            assert reply["FromUserName"] == OWN_NAME
            assert reply["MsgType"] == "text"
            assert 0 < len(reply["Content"].encode()) <= 2048
            assert SORRY not in reply["Content"]


async def test_a_menu_tap_and_the_typed_question_get_the_same_answer(url):
    async with Platform(url) as weixin:
        tapped = await weixin.show(raw("click", "oTap"))
        typed = await weixin.say("余额怎么查", "oType")
        spoken = await weixin.show(raw("voice", "oSpeak"))
        assert tapped.content == typed.content == spoken.content
        assert "余额" in typed.content


async def test_a_conversation_with_a_place_sent_as_location(url):
    async with Platform(url) as weixin:
        asked = await weixin.say("医保每月返多少钱", "oWalker")
        assert "哪个城市" in asked.content or "各地" in asked.content
        answered = await weixin.show(raw("location", "oWalker"))
        assert "扬州" in answered.content


async def test_a_number_picks_from_the_list_just_shown(url):
    async with Platform(url) as weixin:
        greeting = (await weixin.show(raw("subscribe", "oPicker"))).content
        titles = re.findall(r"^【\d】(.+)$", greeting, re.MULTILINE)
        picked = await weixin.say("第二个", "oPicker")
        typed = await weixin.say(titles[1], "oTypist")
        assert picked.content == typed.content
        offered = re.findall(r"^【\d】(.+)$", picked.content, re.MULTILINE)
        assert offered
        again = await weixin.say("１", "oPicker")
        assert again.content == (await weixin.say("一", "oTypist")).content
        assert again.content != picked.content


async def test_a_bubble_begins_with_the_decision_and_keeps_the_rest_for_details(url):
    async with Platform(url) as weixin:
        for text, decision in (
            ("我妈75岁在上海退休，医保每年打多少钱", "每年 1890 元"),
            ("岳父能用我的医保吗", "不算"),
            ("医保卡的钱能取出来吗", "不能取"),
        ):
            person = f"oBubble{len(text)}"
            shown = (await weixin.say(text, person)).content
            assert decision in shown.splitlines()[0]
            assert "来源：" not in shown
            number = re.search(r"【(\d)】详细", shown)
            details = (await weixin.say(number[1], person)).content
            assert "来源：" in details
            assert details == (await _details(weixin, text, f"{person}Word"))


async def _details(weixin, text, person):
    await weixin.say(text, person)
    return (await weixin.say("详细", person)).content


async def test_what_is_sent_in_pieces_gets_one_answer(url):
    async with Platform(url) as weixin:
        sent = []
        for text in ("我妈在上海退休", "75岁", "医保每年打多少钱"):
            sent.append(asyncio.create_task(weixin.deliver(text_xml(text, "oPieces"))))
            await asyncio.sleep(0.03)
        bodies = [body for _, body in await asyncio.gather(*sent)]
    assert bodies[:2] == [b"success"] * 2
    assert "每年 1890 元" in opened(bodies[2])["Content"].splitlines()[0]


async def test_the_same_message_fifty_times_at_once_is_one_answer(url):
    async with Platform(url) as weixin:
        xml = text_xml("去外地看病要备案吗", "oRepeat")
        replies = await asyncio.gather(*(weixin.deliver(xml) for _ in range(50)))
        assert {status for status, _ in replies} == {200}
        assert len({opened(body)["Content"] for _, body in replies}) == 1


async def test_forged_requests_are_refused(url):
    async with Platform(url) as weixin:
        for changes in ({"signature": "0" * 40}, {"msg_signature": "0" * 40}, {"timestamp": "1"}):
            sent = request(text_xml("你好"))
            query = sent.query | changes
            async with weixin.session.post(url, params=query, data=sent.body) as response:
                assert response.status == 403
        for body in (b"", b"<xml>", b"<!DOCTYPE x><xml></xml>"):
            sent = request("", "plain")
            async with weixin.session.post(url, params=sent.query, data=body) as response:
                assert response.status == 400


async def test_500_messages_from_50_people(url, capsys):
    async def answered(text, person):
        """What a patient person sees in the end, on however busy a machine."""
        shown = await weixin.say(text, person)
        while shown.content == WAIT:
            shown = await weixin.say("好了吗", person)
            shown.content = shown.content.removeprefix(LATE)
        return shown

    async def converse(number):
        city, person, seen = CITIES[number % len(CITIES)], f"oCrowd{number}", []
        for question in QUESTIONS:
            seen.append(await answered(question.format(city=city), person))
        return city, seen

    async with Platform(url) as weixin:
        everyone = await asyncio.gather(*(converse(number) for number in range(50)))
    by_city: dict[str, list[list[str]]] = {}
    for city, seen in everyone:
        contents = [shown.content for shown in seen]
        assert all(contents)
        assert not any(SORRY in content for content in contents)
        for index in OWN_CITY:
            assert city in contents[index], (city, contents[index])
            others = [other for other in CITIES if other != city]
            assert not any(other in contents[index].splitlines()[0] for other in others)
        by_city.setdefault(city, []).append(contents)
    # Five people of one city said the same, so they heard the same.
    assert all(one == told[0] for told in by_city.values() for one in told)
    with capsys.disabled():
        print(
            f"\n微信 真实模型 {distribution([one.seconds for _, seen in everyone for one in seen])}"
        )
