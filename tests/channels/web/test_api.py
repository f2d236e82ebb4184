"""The API of the chat page: sessions, messages, history, thumbs, deletion."""

import asyncio
import json
import uuid
from pathlib import Path

import pytest

from channels.web import WebChannel
from tests.channels.online import WORDS, Bot, Client, echo, gate_with, online, sql_store
from tests.channels.test_retention import is_in_files
from tests.channels.web.browser import Browser


async def test_a_session_is_new_once(client: Client) -> None:
    first = await client.call("POST", "/chat/session", json={})
    assert first.data["fresh"] is True
    again = await client.call("POST", "/chat/session", json={"token": first.data["token"]})
    assert again.data == {**first.data, "fresh": False}
    assert first.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "token", ["", "guessed", None, 5, ["x"], "a" * 22 + ".1800000000." + "b" * 43]
)
async def test_a_bad_token_gives_a_fresh_session(client: Client, token: object) -> None:
    answer = await client.call("POST", "/chat/session", json={"token": token})
    assert (answer.status, answer.data["fresh"]) == (200, True)


async def test_a_session_needs_no_body(client: Client) -> None:
    assert (await client.call("POST", "/chat/session")).data["fresh"] is True


async def test_a_message_is_answered(browser: Browser, bot: Bot) -> None:
    sent = str(uuid.uuid4())
    answer = await browser.say("余额怎么查", sent)
    assert answer.status == 200
    assert answer.data == {
        "id": sent,
        "replies": [
            {
                "id": f"{sent}.1",
                "text": "回：余额怎么查",
                "buttons": [{"title": "怎么查"}],
                "custom": echo("")[0]["custom"],
            }
        ],
    }
    [(conversation, text)] = bot.asked
    assert conversation.startswith("web:")
    assert text == "余额怎么查"


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"Authorization": "Bearer x"}, 401), ({"Authorization": "Basic x"}, 401)],
)
async def test_without_a_valid_token_nothing_is_read_or_written(
    client: Client, bot: Bot, headers: dict[str, str], status: int
) -> None:
    for method, path in (
        ("POST", "/chat/message"),
        ("GET", "/chat/history"),
        ("POST", "/chat/feedback"),
        ("DELETE", "/chat/session"),
    ):
        body = {"id": str(uuid.uuid4()), "text": "在吗"}
        answer = await client.call(method, path, headers=headers, json=body)
        assert (answer.status, answer.data["error"]) == (status, "no_token")
        assert answer.data["message"]
    assert not bot.asked


async def test_two_browsers_do_not_see_each_other(client: Client, browser: Browser) -> None:
    await browser.say("我的话")
    other = await Browser.new(client)
    await other.say("别的话")
    text = (await other.history()).body.decode()
    assert "别的话" in text
    assert "我的话" not in text


async def test_a_thumb_for_anothers_reply_is_refused(client: Client, browser: Browser) -> None:
    sent = (await browser.say("我的话")).data["id"]
    other = await Browser.new(client)
    await other.say("别的话")
    thumb = {"reply": f"{sent}.1", "value": "up"}
    answer = await other.call("POST", "/chat/feedback", json=thumb)
    assert (answer.status, answer.data["error"]) == (404, "no_reply")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"[]", "not_object"),
        (json.dumps({"text": "在吗"}).encode(), "no_id"),
        (json.dumps({"id": "1", "text": "在吗"}).encode(), "no_id"),
        (json.dumps({"id": 13812345678, "text": "在吗"}).encode(), "no_id"),
        (json.dumps({"id": str(uuid.uuid4())}).encode(), "no_text"),
        (json.dumps({"id": str(uuid.uuid4()), "text": None}).encode(), "no_text"),
    ],
)
async def test_bad_messages_get_400_and_a_sentence(
    browser: Browser, bot: Bot, body: bytes, code: str
) -> None:
    answer = await browser.call("POST", "/chat/message", data=body)
    assert (answer.status, answer.data["error"]) == (400, code)
    assert answer.data["message"]
    assert not bot.asked


async def test_a_huge_message_is_refused(browser: Browser) -> None:
    assert (await browser.say("医" * 100_000)).status == 413


async def test_the_same_id_is_answered_once(browser: Browser, bot: Bot) -> None:
    sent = str(uuid.uuid4())
    first = await browser.say("余额怎么查", sent)
    again = await browser.say("余额怎么查", sent)
    assert first.data == again.data
    assert len(bot.asked) == 1


async def test_the_same_id_at_the_same_time_is_answered_once(browser: Browser, bot: Bot) -> None:
    bot.seconds = 0.2
    sent = str(uuid.uuid4())
    answers = await asyncio.gather(*(browser.say("余额怎么查", sent) for _ in range(5)))
    assert {answer.body for answer in answers} == {answers[0].body}
    assert len(bot.asked) == 1


async def test_a_client_that_hangs_up_finds_the_reply_later(browser: Browser, bot: Bot) -> None:
    bot.seconds = 0.3
    sent = str(uuid.uuid4())
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(browser.say("余额怎么查", sent), 0.1)
    assert (await browser.say("余额怎么查", sent)).data["replies"][0]["text"] == "回：余额怎么查"
    assert len(bot.asked) == 1
    turns = (await browser.history()).data["turns"]
    assert [turn["from"] for turn in turns] == ["user", "bot"]


async def test_after_a_restart_the_same_id_is_still_answered_once(tmp_path: Path) -> None:
    sent = str(uuid.uuid4())
    text = "我手机13812345678能查吗"
    async with online(Bot(sql_store(tmp_path)), gate_with(tmp_path), WebChannel()) as client:
        browser = await Browser.new(client)
        first = await browser.say(text, sent)
    restarted = Bot(sql_store(tmp_path))
    async with online(restarted, gate_with(tmp_path), WebChannel()) as client:
        again = await Browser(client, browser.token).say(text, sent)
        assert again.data == first.data
        assert again.data["note"] == WORDS["masked"]
        assert not restarted.asked


async def test_a_failed_turn_is_said_and_can_be_tried_again(browser: Browser, bot: Bot) -> None:
    def broken(text: str) -> list:
        raise RuntimeError

    sent = str(uuid.uuid4())
    bot.answer = broken
    failed = await browser.say("在吗", sent)
    assert failed.status == 500
    assert failed.data == {"error": "failed", "message": WORDS["error"]}
    bot.answer = echo
    assert (await browser.say("在吗", sent)).data["replies"][0]["text"] == "回：在吗"


async def test_without_a_model_503(browser: Browser, bot: Bot) -> None:
    bot.ready = False
    answer = await browser.say("在吗")
    assert (answer.status, answer.data["error"]) == (503, "not_ready")
    assert (await browser.history()).status == 503


async def test_refusals_that_pass_are_replies(browser: Browser, bot: Bot) -> None:
    for text, sentence in (
        ("", "not_text"),
        ("医" * 501, "too_long"),
        ("13812345678", "masked_only"),
    ):
        answer = await browser.say(text)
        assert answer.status == 200
        assert answer.data["replies"][0]["text"] == WORDS[sentence]
    assert not bot.asked


async def test_too_many_messages_get_429(browser: Browser) -> None:
    for _ in range(15):
        assert (await browser.say("在吗")).status == 200
    answer = await browser.say("在吗")
    assert (answer.status, answer.data["error"]) == (429, "rate_limited")
    assert answer.data["message"] == WORDS["rate_limited"]
    assert answer.data["retry_after"] == int(answer.headers["Retry-After"]) > 0


async def test_closed_is_said_with_503(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "closed").touch()
    answer = await browser.say("在吗")
    assert (answer.status, answer.data["error"]) == (503, "closed")


async def test_a_masked_number_is_noted(browser: Browser, bot: Bot) -> None:
    answer = await browser.say("我手机13812345678能查吗")
    assert answer.data["note"] == WORDS["masked"]
    assert bot.asked[0][1] == "我手机***能查吗"
    assert (await browser.history()).data["turns"][0]["text"] == "我手机***能查吗"


async def test_script_stays_text(browser: Browser) -> None:
    text = "<script>alert(1)</script>"
    answer = await browser.say(text)
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.data["replies"][0]["text"] == f"回：{text}"


async def test_history_has_what_was_said(browser: Browser) -> None:
    sent = (await browser.say("余额怎么查")).data["id"]
    history = (await browser.history()).data
    asked, said = history["turns"]
    assert (asked["id"], asked["from"], asked["text"]) == (sent, "user", "余额怎么查")
    assert (said["id"], said["from"], said["text"]) == (f"{sent}.1", "bot", "回：余额怎么查")
    assert said["buttons"] == [{"title": "怎么查"}]
    assert said["custom"]["answers"][0]["intent"] == "balance_query"
    assert said["time"] >= asked["time"] > 1_700_000_000
    assert set(asked) == {"id", "from", "text", "time"}
    assert history["more"] is False


async def test_history_comes_in_pages(tmp_path: Path) -> None:
    gate = gate_with(tmp_path, sender_per_minute=0)
    async with online(Bot(sql_store(tmp_path)), gate, WebChannel()) as client:
        browser = await Browser.new(client)
        for number in range(30):
            await browser.say(f"第{number}句")
        newest = (await browser.history()).data
        assert (len(newest["turns"]), newest["more"]) == (50, True)
        assert newest["turns"][-1]["text"] == "回：第29句"
        older = (await browser.history(newest["turns"][0]["id"])).data
        assert [turn["text"] for turn in older["turns"]][:2] == ["第0句", "回：第0句"]
        assert (len(older["turns"]), older["more"]) == (10, False)
        assert (await browser.history("unknown")).data == {"turns": [], "more": False}


async def test_an_empty_history(browser: Browser) -> None:
    assert (await browser.history()).data == {"turns": [], "more": False}


async def test_a_thumb_is_kept_with_what_it_is_about(browser: Browser, bot: Bot) -> None:
    sent = (await browser.say("余额怎么查")).data["id"]
    thumb = {"reply": f"{sent}.1", "value": "down", "reason": "打我13812345678"}
    answer = await browser.call("POST", "/chat/feedback", json=thumb)
    assert (answer.status, answer.body) == (204, b"")
    conversation = bot.asked[0][0]
    tracker = await bot.tracker_store.retrieve(conversation)
    kept = tracker.get_slot("feedback")
    assert kept["time"] > 1_700_000_000
    assert kept == {
        "reply": f"{sent}.1",
        "value": "down",
        "reason": "打我***",
        "message": "余额怎么查",
        "status": "answered",
        "intents": ["balance_query"],
        "facts": ["f1"],
        "time": kept["time"],
    }
    assert (await browser.say("还有呢")).status == 200
    texts = [turn["text"] for turn in (await browser.history()).data["turns"]]
    assert texts == ["余额怎么查", "回：余额怎么查", "还有呢", "回：还有呢"]


@pytest.mark.parametrize(
    "change", [{"value": "maybe"}, {"value": None}, {"reply": "x.1"}, {"reply": 5}]
)
async def test_a_bad_thumb_is_refused(browser: Browser, change: dict[str, object]) -> None:
    sent = (await browser.say("余额怎么查")).data["id"]
    thumb = {"reply": f"{sent}.1", "value": "up", **change}
    answer = await browser.call("POST", "/chat/feedback", json=thumb)
    assert answer.status in (400, 404)
    assert answer.data["message"]


async def test_a_conversation_is_deleted_on_request(
    browser: Browser, bot: Bot, tmp_path: Path
) -> None:
    sent = str(uuid.uuid4())
    await browser.say("我的秘密", sent)
    assert is_in_files("我的秘密", tmp_path)
    answer = await browser.call("DELETE", "/chat/session")
    assert (answer.status, answer.body) == (204, b"")
    assert (await browser.history()).data["turns"] == []
    assert not is_in_files("我的秘密", tmp_path)
    # The reply is forgotten too: the same id runs again.
    await browser.say("我的秘密", sent)
    assert len(bot.asked) == 2


async def test_deleting_waits_for_the_running_turn(browser: Browser, bot: Bot) -> None:
    bot.seconds = 0.3
    saying = asyncio.ensure_future(browser.say("我的秘密"))
    await asyncio.sleep(0.1)
    await browser.call("DELETE", "/chat/session")
    await saying
    assert (await browser.history()).data["turns"] == []


async def test_other_calls_are_limited_by_address(tmp_path: Path) -> None:
    gate = gate_with(tmp_path, calls_per_minute=3, exempt_addresses="192.0.2.1")
    async with online(Bot(sql_store(tmp_path)), gate, WebChannel()) as client:
        statuses = [(await client.call("POST", "/chat/session")).status for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]


async def test_a_home_region_travels_with_the_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEB_HOME_REGION", "扬州")
    bot = Bot(sql_store(tmp_path))
    async with online(bot, gate_with(tmp_path), WebChannel()) as client:
        await (await Browser.new(client)).say("每月返多少")
        assert bot.messages[0].metadata == {"home_region": "扬州"}
        config = (await client.call("GET", "/chat/config")).data
        assert config["home_region"] == {"name": "扬州"}
