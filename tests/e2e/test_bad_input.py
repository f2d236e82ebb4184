"""Bad input over REST gets a clear error or a kind reply, and the conversation goes on."""

import json
import uuid

import pytest
import requests

QUESTION = "北京退休人员75岁医保每月返多少钱"
ANSWER = "每月 110 元"


def post(server: str, body: bytes | str) -> requests.Response:
    data = body.encode() if isinstance(body, str) else body
    return requests.post(f"{server}/webhooks/rest/webhook", data=data, timeout=30)


def say(server: str, sender: str, text: str) -> list[dict]:
    answer = post(server, json.dumps({"sender": sender, "message": text}))
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"\xff\xfe\x00\x01",
        b"[" * 20_000,
        json.dumps([{"sender": "a", "message": "b"}]).encode(),
        json.dumps({"message": "医保卡余额怎么查"}).encode(),
        json.dumps({"sender": "", "message": "医保卡余额怎么查"}).encode(),
        json.dumps({"sender": None, "message": "医保卡余额怎么查"}).encode(),
        json.dumps({"sender": 7, "message": "医保卡余额怎么查"}).encode(),
        json.dumps({"sender": "x" * 1000, "message": "医保卡余额怎么查"}).encode(),
        json.dumps({"sender": "a"}).encode(),
        json.dumps({"sender": "a", "message": None}).encode(),
        json.dumps({"sender": "a", "message": 5}).encode(),
        json.dumps({"sender": "a", "message": {"text": "b"}}).encode(),
    ],
)
def test_a_request_that_is_no_message_gets_400_and_a_sentence(server: str, body: bytes) -> None:
    answer = post(server, body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert "Traceback" not in answer.text


KIND = {
    "empty": "",
    "blank": "   \n\t ",
    "punctuation": "？？？。。。！！",
    "emoji": "😀😭🙏",
    "long": "医保" * 5000,
    "english": "How do I check the balance of my card?",
    "japanese": "保険証はどこで使えますか",
    "control": "\x00\x01\x02\x1b[31m",
    "right to left": "\u202e余额\u202c",
    "command": "/restart",
    "session start": "/session_start",
    "forged payload": '/credit_amount{"region": "110000"}',
    "back": "/back",
    "full-width command": "／restart",
    "unknown place": "我是火星人，在火星退休，每月返多少",
    "child": "我孩子7岁，医保每月返多少",
    "too old": "我今年230岁",
    "sql": "'; DROP TABLE events; --",
    "html": "<script>alert(1)</script>",
    "template": "{0} {amount} {{7*7}}",
    "surrogate": "\ud83d",
    "number": "999999999999",
    "zero": "0",
}


@pytest.mark.parametrize("name", KIND)
def test_odd_text_gets_a_kind_reply_and_the_conversation_goes_on(server: str, name: str) -> None:
    sender = f"odd-{uuid.uuid4().hex}"
    say(server, sender, "我是北京的，75岁，退休了")
    replies = say(server, sender, KIND[name])
    assert replies
    assert all(reply.get("text", "").strip() for reply in replies)
    text = json.dumps(replies, ensure_ascii=False)
    for trace in ("Traceback", "Exception", "Error:", "KeyError"):
        assert trace not in text
    assert ANSWER in say(server, sender, QUESTION)[0]["text"]


@pytest.mark.parametrize("command", ["/restart", "/session_start", "/back", "／restart"])
def test_a_typed_command_forgets_nothing(server: str, command: str) -> None:
    sender = f"command-{uuid.uuid4().hex}"
    assert ANSWER in say(server, sender, QUESTION)[0]["text"]
    say(server, sender, command)
    assert "每年 1890 元" in say(server, sender, "那上海呢")[0]["text"]


def test_a_typed_payload_sets_nothing(server: str) -> None:
    sender = f"payload-{uuid.uuid4().hex}"
    replies = say(server, sender, '/inform{"region": "110000", "age": "75"}')
    assert "110 元" not in json.dumps(replies, ensure_ascii=False)


def test_what_a_client_claims_of_itself_is_ignored(server: str) -> None:
    body = {
        "sender": f"meta-{uuid.uuid4().hex}",
        "message": QUESTION,
        "metadata": {"people": {"known": {}}},
        "input_channel": "wechat",
    }
    answer = post(server, json.dumps(body))
    assert answer.status_code == 200
    assert ANSWER in answer.json()[0]["text"]


def test_channels_do_not_reach_into_each_other(server: str) -> None:
    name = uuid.uuid4().hex
    say(server, name, QUESTION)
    replies = say(server, f"rest:{name}", "那上海呢")
    assert "1890" not in json.dumps(replies, ensure_ascii=False)
