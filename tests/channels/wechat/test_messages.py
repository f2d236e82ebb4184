"""Raw XML in, raw XML out: every kind of message in every mode, over HTTP."""

import pytest

from tests.channels.wechat.raw import MESSAGES, raw
from tests.channels.wechat.serving import Bot, online, settings
from tests.channels.wechat.weixin import (
    OWN_NAME,
    Account,
    Platform,
    opened,
    request,
    sign,
    text_xml,
)

ASKED = {
    "text": "余额怎么查",
    "voice": "余额怎么查",
    "location": "江苏省扬州市广陵区",
    "click": "余额怎么查",
}
SAID = {
    "voice_unclear": "打字",
    "voice_bare": "打字",
    "location_blank": "打字",
    "image": "图片",
    "video": "视频",
    "shortvideo": "视频",
    "link": "链接",
    "file": "打字",
    "subscribe": "您好",
    "subscribe_scan": "您好",
    "scan": "您好",
}
SILENT = ("view", "unsubscribe", "location_report", "scancode", "unknown_event")
MODES = ("plain", "compatible", "safe")


def test_every_kind_of_message_is_looked_at():
    assert set(MESSAGES) == set(ASKED) | set(SAID) | set(SILENT)


@pytest.mark.parametrize("mode", MODES)
async def test_each_kind_gets_its_answer(mode):
    bot = Bot()
    async with online(bot) as url, Platform(url, mode) as weixin:
        for kind in MESSAGES:
            bot.asked.clear()
            status, body = await weixin.deliver(raw(kind, "oSomebody"))
            assert status == 200, kind
            if kind in SILENT:
                assert body == b"success", kind
                assert not bot.asked
                continue
            assert (b"<Encrypt>" in body) == (mode != "plain"), kind
            reply = opened(body)
            assert reply["ToUserName"] == "oSomebody"
            assert reply["FromUserName"] == OWN_NAME
            assert reply["MsgType"] == "text"
            assert reply["CreateTime"].isdigit()
            if kind in ASKED:
                assert bot.texts == [ASKED[kind]]
                assert reply["Content"] == f"回：{ASKED[kind]}"
            else:
                assert SAID[kind] in reply["Content"], kind
                assert not bot.asked


async def test_a_compatible_message_without_our_key_is_answered_in_plain():
    bot = Bot()
    async with online(bot, settings(aes_key="")) as url, Platform(url, "compatible") as weixin:
        status, body = await weixin.deliver(text_xml("你好"))
        assert status == 200
        assert b"<Encrypt>" not in body
        assert opened(body)["Content"] == "回：你好"


async def test_the_encrypted_part_of_a_compatible_message_counts_not_the_plain_one():
    bot = Bot()
    async with online(bot) as url, Platform(url) as weixin:
        sent = request(text_xml("真的"), "compatible")
        forged = sent.body.replace("真的".encode(), "假的".encode())
        async with weixin.session.post(url, params=sent.query, data=forged) as response:
            assert opened(await response.read())["Content"] == "回：真的"


async def test_the_address_is_verified_in_the_console():
    async with online(Bot()) as url, Platform(url) as weixin:
        sent = request("<xml></xml>", "plain")
        query = {**sent.query, "echostr": "5837397520665436492"}
        async with weixin.session.get(url, params=query) as response:
            assert response.status == 200
            assert await response.text() == "5837397520665436492"
            assert response.content_type == "text/plain"


async def test_a_wecom_application_works_by_the_same_channel():
    company = Account(
        "wecomToken", "ww0123456789abcdef", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"
    )
    configured = settings(token=company.token, app_id=company.receive_id, aes_key=company.aes_key)
    assert (configured.kind, configured.mode) == ("wecom", "safe")
    bot = Bot()
    async with online(bot, configured) as url, Platform(url, "wecom", company) as weixin:
        xml = text_xml("余额怎么查", "zhang.san@corp").replace(
            "</xml>", "<AgentID>1000002</AgentID></xml>"
        )
        status, body = await weixin.deliver(xml)
        assert status == 200
        assert opened(body, company)["Content"] == "回：余额怎么查"
        enter = raw("unknown_event", "zhang.san").replace("new_in_2030", "enter_agent")
        assert await weixin.deliver(enter) == (200, b"")
        greeting = opened((await weixin.deliver(raw("subscribe", "zhang.san")))[1], company)
        assert "您好" in greeting["Content"]
        plain = request(text_xml("你好"), "plain", company)
        async with weixin.session.post(url, params=plain.query, data=plain.body) as response:
            assert response.status == 403


async def test_wecom_verifies_the_address_with_an_encrypted_echo():
    company = Account(
        "wecomToken", "ww0123456789abcdef", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"
    )
    configured = settings(token=company.token, app_id=company.receive_id, aes_key=company.aes_key)
    async with online(Bot(), configured) as url, Platform(url, "wecom", company) as weixin:
        query = request("<xml></xml>", "wecom", company).query
        query["echostr"] = company.encrypt("1616140317555161061")
        query["msg_signature"] = sign(
            company.token, query["timestamp"], query["nonce"], query["echostr"]
        )
        async with weixin.session.get(url, params=query) as response:
            assert (response.status, await response.text()) == (200, "1616140317555161061")
        query["msg_signature"] = "0" * 40
        async with weixin.session.get(url, params=query) as response:
            assert response.status == 403


async def test_people_are_kept_apart_and_their_ids_out_of_the_conversation():
    bot = Bot()
    async with online(bot) as url, Platform(url) as weixin:
        for person in ("oFirst", "oSecond", "oFirst"):
            await weixin.say("你好", person)
    first, second, again = (conversation for conversation, _ in bot.asked)
    assert first == again != second
    assert first.startswith("wechat:")
    assert "oFirst" not in first


async def test_buttons_become_a_numbered_list_and_the_reply_stays_xml():
    bot = Bot(
        answer=lambda text: [
            {
                "text": "甲 ]]> 乙 <b>&amp;</b>\x00\x08\ufffe 完",
                "buttons": [
                    {"title": "怎么办理", "payload": "怎么办理"},
                    {"title": "要带什么", "payload": "要带什么"},
                ],
            }
        ]
    )
    for mode in MODES:
        async with online(bot) as url, Platform(url, mode) as weixin:
            content = (await weixin.say("异地就医")).content
            assert content.startswith("甲 ]]＞ 乙 <b>&amp;</b> 完")
            assert content.endswith("：\n【1】怎么办理\n【2】要带什么")


async def test_a_number_after_the_greeting_picks_from_its_list():
    bot = Bot()
    async with online(bot) as url, Platform(url) as weixin:
        greeting = (await weixin.show(raw("subscribe"))).content
        titles = [line[3:] for line in greeting.splitlines() if line.startswith("【")]
        assert len(titles) >= 5
        for number, text in enumerate(("１", "第二个", "三"), 1):
            await weixin.show(raw("scan", created=number))
            await weixin.say(text)
        await weixin.say("1")
        assert bot.texts == [*titles[:3], "1"]


async def test_what_the_gate_says_is_said():
    bot = Bot()
    async with online(bot) as url, Platform(url) as weixin:
        assert (await weixin.say("  ")).content == "请打字"
        assert not bot.asked
        assert (await weixin.say("身份证 110…")).content == "别发证号\n\n回：遮住了"


@pytest.mark.parametrize("answer", [lambda text: [], lambda text: 1 / 0])
async def test_an_error_or_nothing_is_answered_with_a_sentence(answer):
    bot = Bot(answer=answer)
    async with online(bot) as url, Platform(url) as weixin:
        assert (await weixin.say("你好")).content == "出了点毛病"


FORBIDDEN = ("\x00", "\x08", "\x0b", "\x1f", "\uffff", "&#0;", "&#x1F;", "&#11;")


@pytest.mark.parametrize("sign", FORBIDDEN)
async def test_signs_that_xml_forbids_are_left_out(sign):
    bot = Bot()
    async with online(bot) as url, Platform(url, "plain") as weixin:
        status, _ = await weixin.deliver(text_xml(f"余额{sign}怎么查"))
    assert status == 200
    assert bot.texts == ["余额怎么查"]
