"""``make transcripts``: ten conversations held in WeChat and in the shell, written into ``docs``.

A server of its own answers, with an empty memory; the clients are those that people use.
"""

import io
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import jinja2
import msgspec
import requests
from rich.console import Console

from channels.wechat.settings import WeChatSettings
from channels.wechat.trial import ADDRESS, Phone
from policy.yamlfile import Document
from server.settings import ROOT, SettingError
from server.shell import Chat

FILE = Path(__file__).with_name("transcripts.yml")
TEMPLATE = Path(__file__).parent / "templates" / "transcripts.md"
SLOWEST_START = 180.0
# An account that exists nowhere.
ACCOUNT = {
    "WECHAT_TOKEN": "transcripts",
    "WECHAT_APP_ID": "wx-transcripts",
    "WECHAT_AES_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    # One message after another; nobody writes in pieces here.
    "WECHAT_GATHER": "0",
    "WECHAT_PAGE_URL": "https://您的域名/chat",
}


class Talk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One conversation: what it shows and what the person says."""

    title: str
    says: list[str]


class Talks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``transcripts.yml``: titles of the two pages, and the conversations."""

    wechat: str
    shell: str
    talks: list[Talk]


def read(file: Path = FILE) -> Talks:
    """The conversations.

    Raises:
        DataError: naming file, line and field of a mistake.
    """
    document = Document(file)
    return document.convert(document.data, Talks)


def in_wechat(url: str, says: list[str], account: dict[str, str]) -> str:
    """A conversation as WeChat shows it."""
    settings = WeChatSettings.read(None, account)
    assert settings
    phone = Phone(settings, f"{url}{ADDRESS.partition('{port}')[2]}", "safe")
    return "\n\n".join(f"我：{line}\n\n公众号：{phone.send(line)}" for line in says)


def in_shell(url: str, says: list[str]) -> str:
    """A conversation as the terminal shows it."""
    seen = io.StringIO()
    console = Console(file=seen, color_system=None, width=100)
    with Chat(console, url) as chat:
        for line in says:
            console.print(f"您：{line}", markup=False, highlight=False)
            chat.say(line)
    return seen.getvalue().rstrip()


def page(title: str, talks: list[Talk], told: Callable[[list[str]], str]) -> str:
    """A page of conversations."""
    template = jinja2.Template(TEMPLATE.read_text(encoding="utf-8"))
    shown = [{"title": talk.title, "text": told(talk.says)} for talk in talks]
    return template.render(title=title, talks=shown)


def write(folder: Path, url: str, talks: Talks, account: dict[str, str] = ACCOUNT) -> list[Path]:
    """Hold the conversations with a running server and write both pages.

    Args:
        folder: where the pages go.
        url: of the server.
        talks: what is said.
        account: the WeChat account that the server plays.

    Returns:
        The files.
    """

    def weixin(says: list[str]) -> str:
        return in_wechat(url, says, account)

    def terminal(says: list[str]) -> str:
        return in_shell(url, says)

    pages = {
        "transcripts-wechat.md": page(talks.wechat, talks.talks, weixin),
        "transcripts-shell.md": page(talks.shell, talks.talks, terminal),
    }
    for name, text in pages.items():
        (folder / name).write_text(f"{text.rstrip()}\n", encoding="utf-8")
    return [folder / name for name in pages]


def make(folder: Path = ROOT / "docs") -> list[Path]:
    """Start a server, hold the conversations, write the pages.

    Raises:
        SettingError: if the server does not start.
    """
    with running() as url:
        return write(folder, url, read())


@contextmanager
def running() -> Iterator[str]:
    """The address of a server of one's own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as var:
        own = {"PORT": str(port), "VAR": var, "WEB_SECRET": secrets.token_hex(32)}
        child = subprocess.Popen(
            [sys.executable, "-m", "server", "run"],
            cwd=ROOT,
            env=os.environ | ACCOUNT | own,
            stdout=subprocess.DEVNULL,
        )
        try:
            give_up = time.monotonic() + SLOWEST_START
            while not _ready(url):
                if child.poll() is not None or time.monotonic() > give_up:
                    raise SettingError("服务没有启动成功，请运行 make run 看原因。")
                time.sleep(0.2)
            yield url
        finally:
            child.terminate()
            child.wait()


def _ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/ready", timeout=1).status_code == 200
    except requests.RequestException:
        return False
