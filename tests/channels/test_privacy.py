"""No personal number reaches the conversations' store, a log or a metric."""

import json
import logging
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from prometheus_client import generate_latest

from channels.digits import folded
from channels.rest import RestChannel
from channels.web import WebChannel
from tests.channels.online import Bot, gate_with, online, sql_store
from tests.channels.variants import PERSONAL, expected, originals, typed
from tests.channels.web.browser import Browser

# Shorter ones could stand in a time or an id by chance.
SHORTEST = 7


def traces(lines: list[str]) -> set[str]:
    """What must not be found: each number as typed, and its digits alone."""
    numbers = [number for line in lines for number in originals(line)]
    digits = ["".join(char for char in folded(number) if char.isdigit()) for number in numbers]
    return {trace for trace in numbers + digits if len(trace) >= SHORTEST}


def stored(folder: Path) -> bytes:
    """What is in the files of a server."""
    return b"\n".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def test_no_variant_leaves_a_trace(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    store = sql_store(tmp_path)
    published: list[dict] = []
    store.event_broker = SimpleNamespace(publish=published.append)
    bot = Bot(store)
    gate = gate_with(tmp_path, total_per_minute=0, sender_per_minute=0)
    async with online(bot, gate, RestChannel(), WebChannel()) as client:
        for number, line in enumerate(PERSONAL):
            answer = await client.say(f"s{number}", typed(line))
            assert answer.status == 200
        browser = await Browser.new(client)
        for line in PERSONAL[::20]:
            reply = await browser.say(typed(line))
            thumb = {"reply": f"{reply.data['id']}.1", "value": "down", "reason": typed(line)}
            await browser.call("POST", "/chat/feedback", json=thumb)
        bot.answer = broken
        for line in PERSONAL[::40]:
            await client.say("broken", typed(line))
            await browser.say(typed(line))
    assert len(bot.asked) > 200
    assert len(published) > 200
    everything = json.dumps(published, ensure_ascii=False)
    everything += (stored(tmp_path) + generate_latest()).decode(errors="replace")
    # Texts in the database are JSON, in which other scripts are escaped.
    everything += re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), everything)
    everything += caplog.text + "".join(capfd.readouterr())
    found = [trace for trace in traces(PERSONAL) if trace in everything]
    assert not found
    assert expected(PERSONAL[0]) in everything, "the search itself finds nothing"


def broken(text: str) -> list:
    raise RuntimeError(f"cannot answer {text}")
