"""What is no message of WeChat's gets 4xx and one log line; the server lives on."""

import asyncio
import contextlib
import logging

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from channels.wechat.envelope import LARGEST_BODY, Envelope, Query, Refused
from channels.wechat.inbox import Inbox
from channels.wechat.logs import LOGGERS, hide
from channels.wechat.messages import incoming
from channels.wechat.store import MemoryStore
from channels.wechat.xml import BadXml, document, fields
from tests.channels.wechat.raw import MESSAGES, raw
from tests.channels.wechat.serving import Bot, online, settings
from tests.channels.wechat.weixin import Platform, request, text_xml

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;">]>'
    "<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName><CreateTime>1</CreateTime>"
    "<MsgType>text</MsgType><Content>&c;</Content><MsgId>1</MsgId></xml>"
)
OUTSIDE = BOMB.replace('<!ENTITY a "ha">', '<!ENTITY a SYSTEM "file:///etc/passwd">')
GOOD = text_xml("你好")
JUNK = [
    "",
    "   ",
    "你好",
    "{}",
    "<xml>",
    "<xml></xml>",
    "<xml/>",
    "<a></a>",
    "<xml><a></xml>",
    "<xml>\x00</xml>",
    "<xml>" * 3000,
    "<xml>" + "<a></a>" * 5000 + "</xml>",
    BOMB,
    OUTSIDE,
    GOOD.replace("text", "", 1),
    GOOD.replace("<MsgType><![CDATA[text]]></MsgType>", ""),
    GOOD.replace("oPerson", ""),
    GOOD.replace("oPerson", "o Person"),
    GOOD.replace("oPerson", "<![CDATA[]]>"),
    GOOD.replace("oPerson", "x" * 200),
    GOOD.replace("<xml>", '<xml a="b">'),
    GOOD.replace("<xml>", "<xml><MsgType>event</MsgType>"),
    GOOD.replace("<![CDATA[你好]]>", "<b>你</b>"),
    GOOD.replace("<CreateTime>", "<CreateTime>x"),
    '<?xml version="1.0" encoding="utf-7"?>' + "<xml>+ADw-</xml>",
]


@pytest.mark.parametrize("mode", ["plain", "safe", "compatible"])
async def test_junk_gets_4xx_and_one_line_without_its_content(mode, caplog):
    bot = Bot()
    async with online(bot) as url, Platform(url, mode) as weixin:
        for junk in JUNK:
            caplog.clear()
            with caplog.at_level(logging.INFO):
                status, body = await weixin.deliver(junk)
            assert 400 <= status < 500, junk[:80]
            assert body == b""
            lines = [one for one in caplog.records if one.name.startswith("channels.")]
            assert len(lines) == 1, junk[:80]
            assert "你好" not in lines[0].getMessage()
            assert "oPerson" not in lines[0].getMessage()
        assert not bot.asked
        assert (await weixin.say("还活着吗")).content == "回：还活着吗"


async def test_bytes_that_are_no_text_are_refused():
    async with online(Bot()) as url, Platform(url, "plain") as weixin:
        sent = request("<xml></xml>", "plain")
        for body in (b"\xff\xfe<\x00x\x00", b"\x80\x81", GOOD.encode("gbk"), GOOD.encode("utf-16")):
            async with weixin.session.post(url, params=sent.query, data=body) as response:
                assert response.status == 400


async def test_an_oversized_body_is_refused_also_in_pieces():
    async def endless():
        for _ in range(200):
            yield b"x" * 1024

    async with online(Bot()) as url, Platform(url, "plain") as weixin:
        status, _ = await weixin.deliver(GOOD.replace("你好", "长" * LARGEST_BODY))
        assert status == 413
        sent = request(GOOD, "plain")
        async with weixin.session.post(url, params=sent.query, data=endless()) as response:
            assert response.status == 413
        assert (await weixin.say("你好")).content == "回：你好"


async def test_a_forged_or_stale_request_is_refused_before_its_body_is_read(caplog):
    bot = Bot()
    async with online(bot) as url, Platform(url, "plain") as weixin:
        old = request(GOOD, "plain", timestamp=1_500_000_000).query
        wrong = {**request(GOOD, "plain").query, "signature": "f" * 40}
        for query in (old, wrong):
            caplog.clear()
            async with weixin.session.post(url, params=query, data=b"x" * 10**6) as response:
                assert response.status == 403
            lines = [one for one in caplog.records if one.name.startswith("channels.")]
            assert len(lines) == 1
        for query in ({}, {"timestamp": "1"}, {"signature": "x"}):
            for method in ("GET", "POST"):
                async with weixin.session.request(method, url, params=query) as response:
                    assert response.status in (400, 403)
        async with weixin.session.put(url) as response:
            assert response.status == 405
        assert not bot.asked


async def test_no_log_line_holds_a_persons_id(caplog):
    """WeChat puts the OpenID into every address, and Sanic logs addresses."""
    bot = Bot(seconds=lambda text: 0.3)
    levels = [caplog.at_level(logging.DEBUG, name) for name in ("", *LOGGERS)]
    with contextlib.ExitStack() as stack:
        for level in levels:
            stack.enter_context(level)
        configured = settings(patience=0.1)
        async with online(bot, configured, access_log=True) as url, Platform(url) as weixin:
            with pytest.raises(asyncio.TimeoutError):
                await weixin.deliver(text_xml("慢", "oSecretPerson"), 0.1)
            await weixin.deliver(text_xml("快", "oSecretPerson"))
            await weixin.deliver("<xml>")
    ours = [one for one in caplog.records if not one.name.startswith(("asyncio", "aiohttp"))]
    asked = [one for one in ours if one.name == "sanic.access"]
    assert len(asked) >= 2
    assert all("openid=…" in one.request for one in asked)
    assert not any("oSecret" in f"{one.getMessage()} {vars(one)}" for one in ours)


def test_an_address_in_any_log_line_is_blanked():
    line = "Request: POST http://x/webhook?timestamp=1&openid=oAbc&signature=ff stopped."
    assert hide(line) == (
        "Request: POST http://x/webhook?timestamp=1&openid=…&signature=… stopped."
    )


async def test_without_a_token_the_channel_is_off(monkeypatch):
    import sanic

    from channels.wechat import WeChatChannel

    monkeypatch.delenv("WECHAT_TOKEN", raising=False)
    channel = WeChatChannel.from_credentials(None)
    assert channel.settings is None
    app = sanic.Sanic("wechat-off", configure_logging=False)
    app.blueprint(channel.blueprint(Bot().handle), url_prefix="/webhooks/wechat")
    assert not app.router.routes


def test_a_document_type_in_what_a_person_wrote_is_no_declaration():
    text = GOOD.replace("你好", "<!DOCTYPE html> <!ENTITY a 'b'> &c;")
    assert fields(text)["Content"] == "<!DOCTYPE html> <!ENTITY a 'b'> &c;"


def check_refused(error):
    assert 400 <= error.status < 500


def taken(xml):
    """A signed plain request with this body, as far as the bot; None if it is refused."""
    sent = request(xml, "plain", timestamp=0)
    query = Query(**{name: text for name, text in sent.query.items() if name != "openid"})
    envelope = Envelope(settings(), lambda: 0.0)
    envelope.check(query)
    try:
        return incoming(envelope.open(query, sent.body), lambda address: "")
    except Refused as error:
        return check_refused(error)


@given(st.text())
@example(BOMB)
def test_any_text_as_a_body_is_refused(text):
    assert taken(text) is None


@given(st.binary())
def test_any_bytes_as_a_body_are_refused(data):
    sent = request("", "plain", timestamp=0)
    query = Query(**{name: text for name, text in sent.query.items() if name != "openid"})
    with pytest.raises(Refused):
        incoming(Envelope(settings(), lambda: 0.0).open(query, data), lambda address: "")


tags = st.sampled_from(
    ["MsgType", "Event", "EventKey", "Content", "FromUserName", "ToUserName", "CreateTime", "MsgId"]
) | st.text("abcXYZ", min_size=1, max_size=5)
nodes = st.recursive(
    st.text("ab<>&;]![ 1你", max_size=8).map(lambda text: f"<![CDATA[{text.replace(']]>', '')}]]>"),
    lambda below: st.lists(st.tuples(tags, below), max_size=4).map(
        lambda pairs: "".join(f"<{tag}>{inside}</{tag}>" for tag, inside in pairs)
    ),
    max_leaves=12,
)


@given(nodes)
def test_any_well_formed_xml_is_understood_or_refused(inside):
    taken(f"<xml>{inside}</xml>")


@given(st.sampled_from(sorted(MESSAGES)), st.data())
def test_a_damaged_message_is_understood_or_refused(kind, data):
    xml = raw(kind)
    at = data.draw(st.integers(0, len(xml)))
    until = data.draw(st.integers(at, min(len(xml), at + 40)))
    put = data.draw(st.sampled_from(["", "<", ">", "]]>", "&x;", "\x00", "<a>", "你", "<!--"]))
    taken(xml[:at] + put + xml[until:])


def test_the_reader_names_no_content():
    with pytest.raises(BadXml) as caught:
        fields(document(BOMB))
    assert str(caught.value) == "declarations"


async def test_a_signature_is_good_for_one_message() -> None:
    """In plain mode it says nothing of the body: an overheard one would sign anything."""
    inbox = Inbox(MemoryStore())
    assert await inbox.belongs("overheard", "person:1")
    assert await inbox.belongs("overheard", "person:1"), "WeChat repeats a message"
    assert not await inbox.belongs("overheard", "person:2")
    assert not await inbox.belongs("overheard", "other:1")
    assert await inbox.belongs("another", "person:2")


async def test_an_overheard_signature_signs_no_other_message() -> None:
    bot = Bot()
    async with online(bot) as url, Platform(url, "plain") as weixin:
        mine = text_xml("余额怎么查")
        query = request(mine, "plain").query

        async def status(xml: str) -> int:
            async with weixin.session.post(url, params=query, data=xml.encode()) as response:
                return int(response.status)

        assert await status(mine) == 200
        assert await status(mine) == 200, "WeChat repeats a message with the same signature"
        assert await status(text_xml("密码是多少")) == 403
        assert await status(text_xml("余额怎么查", "oOther")) == 403
        assert bot.texts == ["余额怎么查"]
