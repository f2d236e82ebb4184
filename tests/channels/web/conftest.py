"""The web channel online, with a bot, and a browser that has a session."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels.web import WebChannel
from tests.channels.online import Bot, Client, gate_with, online, sql_store
from tests.channels.web.browser import Browser


@pytest.fixture
def bot(tmp_path: Path) -> Bot:
    return Bot(sql_store(tmp_path))


@pytest.fixture
async def client(bot: Bot, tmp_path: Path) -> AsyncIterator[Client]:
    async with online(bot, gate_with(tmp_path), WebChannel()) as client:
        yield client


@pytest.fixture
async def browser(client: Client) -> Browser:
    return await Browser.new(client)
