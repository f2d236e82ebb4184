"""The channel on a real socket with a bot that answers as told."""

import asyncio
import contextlib
import itertools
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from unittest.mock import patch

import sanic

from channels.gate import Passed
from channels.wechat.channel import WeChatChannel
from channels.wechat.settings import WeChatSettings
from tests.channels.wechat import keys

Reply = dict[str, object]
_touch_up = sanic.app.TouchUp.run
_names = itertools.count()
ERROR = "出了点毛病"


class OpenGate:
    """Lets everything pass but what a test wants refused."""

    async def admit(self, conversation: str, text: str, address: str) -> Passed:
        if not text.strip():
            return Passed(refusal="请打字", status=400)
        if "身份证" in text:
            return Passed(text="遮住了", note="别发证号")
        return Passed(text=text.strip())

    def home(self) -> dict[str, str]:
        return {"home_region": "扬州"}

    def words(self, name: str) -> str:
        return ERROR


def echo(text: str) -> list[Reply]:
    return [{"text": f"回：{text}"}]


@dataclass
class Bot:
    """Stands for Rasa: remembers what it was asked, takes its time, answers.

    Attributes:
        answer: text to messages; may raise.
        seconds: how long a text takes.
        asked: conversation and text of each run, in order.
    """

    answer: Callable[[str], list[Reply]] = echo
    seconds: Callable[[str], float] = lambda text: 0.0
    asked: list[tuple[str, str]] = field(default_factory=list)
    running: int = 0
    most_running: int = 0

    async def handle(self, message: object) -> None:
        self.asked.append((message.sender_id, message.text))
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            await asyncio.sleep(self.seconds(message.text))
            for reply in self.answer(message.text):
                await message.output_channel.send_response(message.sender_id, reply)
        finally:
            self.running -= 1

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.asked]


def settings(**changes: object) -> WeChatSettings:
    given = {
        "token": keys.TOKEN,
        "app_id": keys.APP_ID,
        "aes_key": keys.AES_KEY,
        "mode": "any",
        "gather": "0",
    }
    given |= {name: str(value) for name, value in changes.items()}
    found = WeChatSettings.read(given, {})
    assert found
    return found


def _touched_up_once(app: sanic.Sanic) -> None:
    """Sanic rewrites its own methods at its first start, and stumbles over that at the second."""
    with contextlib.suppress(KeyError):
        _touch_up(app)


@contextlib.asynccontextmanager
async def online(
    bot: Bot, configured: WeChatSettings | None = None, access_log: bool = False
) -> AsyncIterator[str]:
    """The address of the callback, served until the block ends."""
    app = sanic.Sanic(f"wechat-{next(_names)}", configure_logging=False)
    app.config.ACCESS_LOG = access_log
    app.ctx.gate = OpenGate()
    channel = WeChatChannel(configured or settings())
    app.blueprint(channel.blueprint(bot.handle), url_prefix="/webhooks/wechat")
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    server = await app.create_server(sock=sock, return_asyncio_server=True)
    with patch("sanic.app.TouchUp.run", _touched_up_once):
        await server.startup()
    await server.before_start()
    await server.after_start()
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}/webhooks/wechat/webhook"
    finally:
        await server.before_stop()
        server.close()
        await server.wait_closed()
        await server.after_stop()
