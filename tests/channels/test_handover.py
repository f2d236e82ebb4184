"""Handing over: what is posted, to whom, with which signature, and what the person is told."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from channels.handover import (
    SECRET,
    HandoverSettings,
    Service,
    handover_settings,
    package,
    post,
    secret,
)
from channels.settingsfile import SettingMistake
from policy.yamlfile import DataError
from server.handing_over import hand_over

KEY = b"k" * 32
MONDAY_TEN = datetime(2026, 11, 30, 10, 0)
SUNDAY_TEN = datetime(2026, 11, 29, 10, 0)


class Receiver:
    """Stands for the operator's system; fails as often as it is told to."""

    def __init__(self) -> None:
        self.failures = 0
        self.tries = 0
        self.got: list[tuple[str, bytes]] = []

    async def take(self, request: web.Request) -> web.Response:
        self.tries += 1
        if self.tries <= self.failures:
            return web.Response(status=503)
        self.got.append((request.headers["X-Yibao-Signature"], await request.read()))
        return web.Response(status=204)


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, str]]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/", receiver.take)
    async with TestServer(app) as server:
        yield receiver, str(server.make_url("/"))


async def test_the_receiver_can_tell_that_it_is_ours(receiver: tuple[Receiver, str]) -> None:
    taker, url = receiver
    assert await post(url, KEY, b"{}", (0.0,))
    header, body = taker.got[0]
    moment, _, digest = header.removeprefix("t=").partition(",v1=")
    expected = hmac.new(KEY, f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert digest == expected


async def test_a_failing_receiver_is_tried_again_and_then_given_up(
    receiver: tuple[Receiver, str],
) -> None:
    taker, url = receiver
    taker.failures = 2
    assert await post(url, KEY, b"{}", (0.0, 0.0, 0.0))
    assert taker.tries == 3
    taker.failures = 99
    assert not await post(url, KEY, b"{}", (0.0, 0.0))


def test_what_is_posted_holds_no_numbers() -> None:
    events: list[dict[str, Any]] = [
        {"event": "user", "text": "我手机13812345678转人工", "timestamp": 1.0},
        {"event": "slot", "name": "state", "value": {}, "timestamp": 2.0},
        {"event": "bot", "text": "好", "timestamp": 3.0},
    ]
    found = json.loads(package("web:1", "扬州", events))
    assert [turn["from"] for turn in found["turns"]] == ["user", "bot"]
    assert "138" not in found["turns"][0]["text"]
    assert (found["channel"], found["region"]) == ("web", "扬州")


SETTINGS = HandoverSettings(
    url="https://example.org/",
    open="马上有人：{phone}",
    closed="不在，{hours} 再来",
    failed="转不过去：{phone}",
    service=Service(hours=("1-5 09:00-17:00",), phone="12393"),
    regions={"扬州": Service(hours=("7 09:00-12:00",), phone="0514")},
)


def test_what_is_said_depends_on_place_and_hour_and_arrival() -> None:
    assert SETTINGS.note([], MONDAY_TEN, True) == "马上有人：12393"
    assert SETTINGS.note([], SUNDAY_TEN, True) == "不在，周一至周五 09:00-17:00 再来"
    assert SETTINGS.note(["宝应", "扬州", "江苏"], SUNDAY_TEN, True) == "马上有人：0514"
    assert SETTINGS.note(["扬州"], MONDAY_TEN, True) == "不在，周日 09:00-12:00 再来"
    for now in (MONDAY_TEN, SUNDAY_TEN):
        assert SETTINGS.note(["扬州"], now, False) == "转不过去：0514"


def test_where_only_a_phone_is_known_nobody_is_promised() -> None:
    regions = {
        **SETTINGS.regions,
        "苏州": Service(phone="0512"),
        "安徽": Service(hours=("1 09:00-12:00",)),
    }
    known = msgspec.structs.replace(SETTINGS, regions=regions, arrived="送到了：{phone}{hours}")
    for now in (MONDAY_TEN, SUNDAY_TEN):
        assert known.note(["苏州"], now, True) == "送到了：0512"
    # Who has no phone of their own is told the one of everywhere.
    assert known.note(["安徽"], MONDAY_TEN, True) == "马上有人：12393"
    with pytest.raises(ValueError, match="arrived"):
        HandoverSettings(
            **{name: getattr(known, name) for name in known.__struct_fields__} | {"arrived": ""}
        )
    round_the_clock = Service(hours=("1-7 00:00-24:00",))
    assert round_the_clock.is_open(SUNDAY_TEN)


def action_call(adcode: str) -> dict[str, Any]:
    """What Rasa sends an action for 转人工, of somebody insured in a place."""
    latest = {"text": "转人工，我13812345678", "message_id": "m1"}
    slots = {"state": {"people": {"self": {"region": adcode}}}}
    return {"sender_id": "web:1", "tracker": {"latest_message": latest, "slots": slots}}


def action_result(intent: str) -> dict[str, Any]:
    block = {"kind": "decision", "text": "没有人工"}
    answer = {"intent": intent, "blocks": [block, {"kind": "note", "text": "别的打 12333"}]}
    return {"responses": [{"text": "没有人工\n别的打 12333", "custom": {"answers": [answer]}}]}


async def stored(conversation: str) -> list[dict[str, Any]]:
    assert conversation == "web:1"
    return [{"event": "user", "text": "宝应返多少", "timestamp": 1.0}]


@pytest.mark.parametrize("works", [True, False])
async def test_the_sentence_stands_where_it_said_that_nobody_is_here(
    works: bool, receiver: tuple[Receiver, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    taker, url = receiver
    taker.failures = 0 if works else 99
    monkeypatch.setenv(SECRET, "k" * 32)
    settings = msgspec.structs.replace(
        SETTINGS, url=url, open="转了 {phone}", closed="转了 {phone}"
    )
    result = action_result("ask_human")
    await hand_over(action_call("321023"), result, stored, settings)
    note = "转了 0514" if works else "转不过去：0514"
    (response,) = result["responses"]
    assert response["text"] == f"{note}\n别的打 12333"
    assert [b["text"] for b in response["custom"]["answers"][0]["blocks"]] == [note, "别的打 12333"]
    if works:
        content = json.loads(taker.got[0][1])
        assert [turn["text"] for turn in content["turns"]] == ["宝应返多少", "转人工，我***"]
        assert (content["region"], content["id"]) == ("宝应", "m1")


async def test_other_answers_and_no_address_post_nothing(
    receiver: tuple[Receiver, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    taker, url = receiver
    monkeypatch.setenv(SECRET, "k" * 32)
    for intent, address in (("credit_amount", url), ("ask_human", "")):
        result = action_result(intent)
        await hand_over(
            action_call(""), result, stored, msgspec.structs.replace(SETTINGS, url=address)
        )
        assert result == action_result(intent)
    assert taker.tries == 0


@pytest.mark.parametrize(
    "line",
    [
        "url: http://example.org/",
        "url: https://example.org/",
        "open: 打 {number}",
        "service: {hours: [9-5]}",
        "service: {hour: []}",
    ],
)
def test_a_wrong_setting_is_named(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "handover.yml").write_text(line)
    monkeypatch.setenv("SETTINGS_DIR", str(tmp_path))
    with pytest.raises((DataError, ValueError), match=r"handover\.yml:1"):
        handover_settings()


def test_nothing_is_handed_over_without_a_secret() -> None:
    with pytest.raises(SettingMistake, match=SECRET):
        secret({})
