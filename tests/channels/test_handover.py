"""Handing over: what is posted, to whom, with which signature, and what the person is told."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

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
from server.handing_over import add_note

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


def test_what_is_said_depends_on_place_and_hour() -> None:
    settings = HandoverSettings(
        url="https://example.org/",
        open="马上有人：{phone}",
        closed="不在，{hours} 再来",
        service=Service(hours=("1-5 09:00-17:00",), phone="12393"),
        regions={"扬州": Service(hours=("7 09:00-12:00",), phone="0514")},
    )
    assert settings.note("", MONDAY_TEN) == "马上有人：12393"
    assert settings.note("", SUNDAY_TEN) == "不在，1-5 09:00-17:00 再来"
    assert settings.note("扬州", SUNDAY_TEN) == "马上有人：0514"
    assert settings.note("扬州", MONDAY_TEN) == "不在，7 09:00-12:00 再来"


def test_the_sentence_is_part_of_the_answer_to_who_asks_for_a_person() -> None:
    settings = HandoverSettings(url="https://example.org/", open="马上有人")
    human = {"text": "好", "custom": {"answers": [{"intent": "ask_human", "blocks": []}]}}
    other = {"text": "好", "custom": {"answers": [{"intent": "credit_amount", "blocks": []}]}}
    add_note([human, other], settings)
    assert human["text"] == "好\n马上有人"
    assert human["custom"]["answers"][0]["blocks"] == [{"kind": "note", "text": "马上有人"}]  # type: ignore[index]
    assert other["text"] == "好"


@pytest.mark.parametrize(
    "line", ["url: http://example.org/", "service: {hours: [9-5]}", "service: {hour: []}"]
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
