"""REST: Rasa's contract, with 400 for bad input and a sentence for everything else."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels.gate import Gate
from channels.masking import mask
from channels.rest import RestChannel
from tests.channels.online import WORDS, Bot, Client, echo, gate_with, online, sql_store

PATH = "/webhooks/rest/webhook"


@pytest.fixture
def bot(tmp_path: Path) -> Bot:
    return Bot(sql_store(tmp_path))


@pytest.fixture
async def client(bot: Bot, tmp_path: Path) -> AsyncIterator[Client]:
    async with online(bot, gate_with(tmp_path), RestChannel()) as client:
        yield client


async def test_a_message_is_answered_in_rasas_shape(client: Client, bot: Bot) -> None:
    answer = await client.say("a", "余额怎么查")
    assert answer.status == 200
    assert answer.data == [{"recipient_id": "a", **echo("余额怎么查")[0]}]
    assert bot.asked == [("rest:a", "余额怎么查")]


async def test_what_a_client_claims_of_itself_is_ignored(client: Client, bot: Bot) -> None:
    body = {"sender": "a", "message": "在吗", "metadata": {"x": 1}, "input_channel": "wechat"}
    assert (await client.call("POST", f"{PATH}?stream=true", json=body)).status == 200
    [message] = bot.messages
    assert (message.metadata, message.input_channel) == (None, "rest")


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"null", b"[]", b'"text"', b"{", b"\xff\xfe\x00", b"[" * 20_000, b"NaN"),
        *(
            json.dumps(data).encode()
            for data in (
                [{"sender": "a", "message": "b"}],
                {"message": "b"},
                {"sender": "", "message": "b"},
                {"sender": " ", "message": "b"},
                {"sender": None, "message": "b"},
                {"sender": 7, "message": "b"},
                {"sender": "x" * 129, "message": "b"},
                {"sender": "a\nb", "message": "b"},
                {"sender": "a\x00b", "message": "b"},
                {"sender": "\ud83d", "message": "b"},
                {"sender": "a"},
                {"sender": "a", "message": None},
                {"sender": "a", "message": 5},
                {"sender": "a", "message": ["b"]},
            )
        ),
    ],
)
async def test_what_is_no_message_gets_400_and_a_sentence(
    client: Client, bot: Bot, body: bytes
) -> None:
    answer = await client.call("POST", PATH, data=body)
    assert answer.status == 400
    assert any("\u4e00" <= char <= "\u9fff" for char in answer.data["error"])
    assert not bot.asked


async def test_a_huge_body_is_not_read(client: Client) -> None:
    answer = await client.say("a", "医" * 40_000)
    assert answer.status == 413
    assert answer.data["error"]


async def test_typed_commands_are_text(client: Client, bot: Bot) -> None:
    await client.say("a", '/inform{"region": "110000"}')
    assert bot.asked == [("rest:a", 'inform{"region": "110000"}')]


@pytest.mark.parametrize(
    ("text", "sentence"), [("", "not_text"), ("医" * 501, "too_long"), ("/", "not_text")]
)
async def test_a_refusal_has_the_shape_of_a_reply(
    client: Client, bot: Bot, text: str, sentence: str
) -> None:
    answer = await client.say("a", text)
    assert answer.status == 200
    assert answer.data == [{"recipient_id": "a", "text": WORDS[sentence]}]
    assert not bot.asked


async def test_too_many_get_429_and_when_to_come_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else's program, that is: the operator's own, on this machine, is not limited."""
    monkeypatch.setattr(Gate, "_own_program", lambda *_: False)
    for _ in range(15):
        assert (await client.say("a", "在吗")).status == 200
    answer = await client.say("a", "在吗")
    assert answer.status == 429
    assert answer.data[0]["text"] == WORDS["rate_limited"]
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert (await client.say("b", "在吗")).status == 200


async def test_closed_says_so(client: Client, tmp_path: Path) -> None:
    (tmp_path / "closed").touch()
    answer = await client.say("a", "在吗")
    assert (answer.status, answer.data[0]["text"]) == (503, WORDS["closed"])


async def test_a_note_comes_before_the_answer(client: Client, bot: Bot) -> None:
    answer = await client.say("a", "我手机13812345678能查吗")
    assert answer.data[0]["note"] == WORDS["masked"]
    assert answer.data[0]["text"] == f"{WORDS['masked']}\n回：我手机***能查吗"
    assert bot.asked == [("rest:a", "我手机***能查吗")]


async def test_a_personal_number_as_sender_is_not_kept(client: Client, bot: Bot) -> None:
    for _ in range(2):
        answer = await client.say("13812345678", "在吗")
        assert answer.data[0]["recipient_id"] == "13812345678"
    [first, second] = [conversation for conversation, _ in bot.asked]
    assert first == second
    assert "13812345678" not in first
    assert not mask(first).kinds


async def test_errors_and_silence_become_a_sentence(client: Client, bot: Bot) -> None:
    def broken(text: str) -> list:
        raise RuntimeError

    for answer in (broken, lambda text: []):
        bot.answer = answer
        said = await client.say("a", "在吗")
        assert said.data == [{"recipient_id": "a", "text": WORDS["error"]}]


async def test_half_an_answer_that_was_not_stored_is_not_said(client: Client, bot: Bot) -> None:
    async def lost(tracker: object) -> None:
        raise ConnectionError

    bot.tracker_store.save = lost
    assert (await client.say("a", "在吗")).data[0]["text"] == WORDS["error"]


async def test_without_a_model_it_says_so(client: Client, bot: Bot) -> None:
    bot.ready = False
    answer = await client.say("a", "在吗")
    assert (answer.status, answer.data[0]["text"]) == (503, WORDS["error"])


async def test_health(client: Client) -> None:
    assert (await client.call("GET", "/webhooks/rest/")).data == {"status": "ok"}


async def test_the_operators_home_region_goes_with_every_message(bot: Bot, tmp_path: Path) -> None:
    gate = gate_with(tmp_path, home_region="扬州")
    async with online(bot, gate, RestChannel()) as client:
        await client.say("a", "每月返多少")
    [message] = bot.messages
    assert message.metadata == {"home_region": "扬州"}
