"""A desk to test: real routes, sessions, database and versions; only the workshop is quick."""

import contextlib
import re
import shutil
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from rasa.core.channels.channel import UserMessage

from channels.outgoing import ReplyCollector
from desk.channel import DeskChannel
from desk.talks import Talk
from desk.users import hashed
from policy.facts import FactBook
from policy.topics import DATA
from policy.yamlfile import DataError
from server.releases import Releases
from server.workshop import Measured, Refused
from tests.channels.online import Answer, Bot, Client, Message, gate_with, online, sql_store

PASSWORD = "a-password-of-some-length"
_HASH = hashed(PASSWORD)
NAMES = {"reader": "王读", "editor": "李改", "publisher": "张发"}


@dataclass
class QuickWorkshop:
    """What the server does with data, without its processes.

    Attributes:
        understood: what is measured, for the version in service and for the draft.
    """

    releases: Releases
    file: Path
    understood: list[int] = field(default_factory=lambda: [100, 100])
    trains: bool = False

    async def check(self, data: Path) -> None:
        try:
            FactBook.load(data)
        except DataError as error:
            found = (error, *error.more)
            raise Refused([str(each).replace(f"{data}/", "data/") for each in found]) from None

    async def model(self, data: Path) -> Path:
        if not self.trains:
            return self.releases.model(self.releases.current())
        other = self.file.with_name("other.tar.gz")
        other.write_bytes(b"another model")
        return other

    async def measure(self, data: Path, model: Path) -> Measured:
        return Measured(self.understood.pop(0), 100)

    async def rehearse(
        self, data: Path, model: Path, talks: list[Talk]
    ) -> list[list[dict[str, Any]]]:
        fact = FactBook.load(data).facts["F-AH-01"]
        reply = f"{fact.values[0].spoken()} 元"
        return [
            [
                {"text": text, "reply": reply, "facts": [], "why": f"{text} {each.home}".strip()}
                for text in each.texts
            ]
            for each in talks
        ]

    async def publish(self, data: Path, model: Path, by: str, note: str) -> tuple[Any, bool]:
        release = self.releases.add(data, model, by, note)
        self.releases.put_into_service(release)
        return release, self.releases.write_back(release)

    async def restore(self, release: Any) -> bool:
        self.releases.put_into_service(release)
        return self.releases.write_back(release)


@dataclass
class Desk:
    """The desk and its visitor."""

    client: Client
    bot: Bot
    workshop: QuickWorkshop
    folder: Path

    async def ask(self, sender: str, text: str, reply: Message) -> None:
        """A message of a person, answered so."""
        self.bot.answer = lambda _: [reply]
        message = UserMessage(
            text,
            ReplyCollector(),
            sender,
            input_channel=sender.partition(":")[0],
            message_id=message_id(sender, text),
        )
        await self.bot.handle_message(message)

    async def log_in(self, role: str = "publisher", password: str = PASSWORD) -> Answer:
        """Log in as somebody with a role."""
        form = {"name": NAMES[role], "password": password}
        return await self.client.call("POST", "/desk/login", data=form, allow_redirects=False)

    async def see(self, path: str) -> str:
        """A page as text."""
        answer = await self.client.call("GET", path, allow_redirects=False)
        assert answer.status == 200, (path, answer.status, answer.body.decode())
        return answer.body.decode()

    async def send(self, path: str, **form: str) -> Answer:
        """A form with the token that the page holds."""
        page = await self.see("/desk/log")
        token = re.search(r'name="csrf" value="([^"]+)"', page)
        assert token
        data = {"csrf": token.group(1), **form}
        return await self.client.call("POST", path, data=data, allow_redirects=False)

    async def edit(self, file: str, key: str, old: str, new: str) -> Answer:
        """Change a part of the data."""
        page = await self.see(f"/desk/entry?file={file}&key={key}")
        found = re.search(r'name="seen" hidden>\n(.*?)</textarea>', page, re.DOTALL)
        assert found
        seen = found.group(1).replace("&#39;", "'").replace("&#34;", '"')
        assert old in seen
        text = seen.replace(old, new)
        return await self.send("/desk/entry", file=file, key=key, seen=seen, text=text)

    async def done(self, path: str = "/desk/draft") -> str:
        """A page once the work under way that it shows has ended."""
        import asyncio

        for _ in range(200):
            page = await self.see(path)
            if "正在做" not in page:
                return page
            await asyncio.sleep(0.05)
        raise AssertionError("the work does not end")


def message_id(sender: str, text: str) -> str:
    """The id that a client gave a message."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{sender}/{text}"))


class _WithWorkshop(DeskChannel):
    """The desk in an application that has a workshop."""

    workshop: Any = None

    def blueprint(self, on_new_message: Any) -> Any:
        routes = super().blueprint(on_new_message)

        @routes.listener("before_server_start")
        async def attach(app: Any, _: Any) -> None:
            app.ctx.workshop = self.workshop

        return routes


def write_users(folder: Path, **more: Any) -> None:
    """Somebody of each role."""
    users = [{"name": name, "role": role, "password": _HASH} for role, name in NAMES.items()]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "desk.yml").write_text(yaml.safe_dump({"users": users, **more}), encoding="utf-8")


@contextlib.asynccontextmanager
async def opened(
    folder: Path, monkeypatch: pytest.MonkeyPatch, store: Any = None
) -> AsyncIterator[Desk]:
    """A desk whose data is a copy of the project's."""
    write_users(folder / "settings")
    monkeypatch.setenv("SETTINGS_DIR", str(folder / "settings"))
    monkeypatch.setattr("desk.channel.SHARED", folder)
    shutil.copytree(DATA, folder / "data")
    model = folder / "model.tar.gz"
    model.write_bytes(b"a model")
    releases = Releases(folder / "releases", folder / "data")
    releases.put_into_service(releases.add(folder / "data", model, "", ""))
    bot = Bot(store or sql_store(folder))
    channel = _WithWorkshop()
    channel.workshop = QuickWorkshop(releases, model)
    async with online(bot, gate_with(folder), channel) as client:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as http:
            mine = Client(http, client.url)
            yield Desk(mine, bot, channel.workshop, folder)
