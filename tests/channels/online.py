"""Our channels on a real socket, as Rasa mounts them, with a small bot instead of a model.

The bot keeps its conversations like Rasa: in a real tracker store, under a real lock.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiohttp
import sanic
import yarl
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.run import configure_app
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, UserUttered

from channels.gate import Gate, GateSettings
from channels.limits import MemoryLimiter
from channels.settingsfile import SettingsFile
from server.protocol import StrictProtocol
from server.trackers import Conversations

WORDS = {
    "error": "出了点毛病",
    "not_text": "我只看得懂文字",
    "too_long": "太长了",
    "masked": "号码不要发",
    "masked_only": "号码不要发，说您想问的事",
    "rate_limited": "歇一会儿",
    "closed": "正在维护",
}
SLOTS = """
version: "3.1"
slots:
  feedback: {type: any, influence_conversation: false, mappings: [{type: custom}]}
"""
_touch_up = sanic.app.TouchUp.run
Message = dict[str, Any]


def echo(text: str) -> list[Message]:
    return [
        {
            "text": f"回：{text}",
            "buttons": [{"title": "怎么查", "payload": "怎么查"}],
            "custom": {
                "version": 1,
                "status": "answered",
                "answers": [{"intent": "balance_query", "lead": "查", "facts": ["f1"]}],
            },
        }
    ]


@dataclass
class Bot:
    """Stands for Rasa's agent.

    Attributes:
        tracker_store: where conversations go.
        answer: text to messages; may raise.
        seconds: how long a turn takes.
        asked: conversation and text of each run, in order.
        messages: the messages themselves.
    """

    tracker_store: Any
    answer: Callable[[str], list[Message]] = echo
    seconds: float = 0.0
    ready: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)
    messages: list[UserMessage] = field(default_factory=list)
    lock_store: Any = field(default_factory=InMemoryLockStore)

    def is_ready(self) -> bool:
        return self.ready

    async def handle_message(self, message: UserMessage) -> None:
        async with self.lock_store.lock(message.sender_id, wait_time_in_seconds=0.02):
            self.asked.append((message.sender_id, message.text))
            self.messages.append(message)
            tracker = await self.tracker_store.retrieve(message.sender_id)
            if tracker is None:
                tracker = self.tracker_store.init_tracker(message.sender_id)
                tracker.update(ActionExecuted("action_session_start"))
                tracker.update(SessionStarted())
            tracker.update(
                UserUttered(
                    message.text,
                    input_channel=message.input_channel,
                    message_id=message.message_id,
                    metadata=message.metadata,
                )
            )
            await asyncio.sleep(self.seconds)
            for said in self.answer(message.text):
                data = {key: said.get(key) for key in ("buttons", "custom")}
                event = BotUttered(said["text"], data=data)
                tracker.update(event)
                await message.output_channel.send_response(message.sender_id, event.message())
            tracker.update(ActionExecuted("action_listen"))
            await self.tracker_store.save(tracker)


def sql_store(folder: Path) -> Conversations:
    """Conversations in a file of SQLite, as the server keeps them."""
    return Conversations(Domain.from_yaml(SLOTS), host=f"sqlite:///{folder / 'conversations.db'}")


def gate_with(folder: Path, **settings: object) -> Gate:
    """A gate with settings of its own."""
    environment = {f"GATE_{name.upper()}": str(value) for name, value in settings.items()}
    file = SettingsFile(folder / "gate.yml", GateSettings, "GATE_", environment)
    return Gate(WORDS, file, MemoryLimiter(), folder / "closed")


def touched_up_once(app: sanic.Sanic) -> None:
    """Sanic rewrites its own methods at its first start, and stumbles over that at the second."""
    with contextlib.suppress(KeyError):
        _touch_up(app)


@contextlib.asynccontextmanager
async def online(bot: Bot, gate: Gate, *channels: InputChannel) -> AsyncIterator["Client"]:
    """A client of the channels, served as Rasa serves them, until the block ends."""
    with patch.object(sanic.Sanic, "test_mode", True):
        app = configure_app(list(channels), cors=None, enable_api=False)
    app.config.ACCESS_LOG = False
    app.ctx.gate = gate
    app.ctx.agent = bot
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    server = await app.create_server(sock=sock, return_asyncio_server=True, protocol=StrictProtocol)
    with patch("sanic.app.TouchUp.run", touched_up_once):
        await server.startup()
    await server.before_start()
    await server.after_start()
    try:
        async with aiohttp.ClientSession() as http:
            yield Client(http, f"http://127.0.0.1:{sock.getsockname()[1]}")
    finally:
        await server.before_stop()
        server.close()
        await server.wait_closed()
        await server.after_stop()


@dataclass
class Answer:
    """A response, read."""

    status: int
    headers: Any
    body: bytes
    data: Any


@dataclass
class Client:
    """Sends requests to the server of a test."""

    http: aiohttp.ClientSession
    url: str

    async def call(self, method: str, path: str, **options: Any) -> Answer:
        """A request and its whole response; ``data`` is the JSON, if it is JSON."""
        url = yarl.URL(self.url + path, encoded=True)
        async with self.http.request(method, url, **options) as response:
            body = await response.read()
            is_json = response.content_type == "application/json" and body
            data = await response.json() if is_json else None
            return Answer(response.status, response.headers, body, data)

    async def say(self, sender: str, text: object, **options: Any) -> Answer:
        """A message over REST."""
        body = {"sender": sender, "message": text}
        return await self.call("POST", "/webhooks/rest/webhook", json=body, **options)
