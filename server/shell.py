"""The chat in a terminal: a small client over REST, which also works piped."""

import contextlib
import subprocess
import sys
import time
import uuid
from typing import Any

import requests
from rich.console import Console
from rich.text import Text

from server.settings import ROOT, Settings

with contextlib.suppress(ImportError):
    # ↑ brings back what was typed before; nothing of it is kept in a file.
    import readline  # noqa: F401

SLOWEST_START = 180.0
# Green and bold; between the marks that tell readline what has no width, so that it redraws right.
PROMPT = "\001\033[1;32m\002您：\001\033[0m\002"
ENOUGH = {"/quit", "/exit", "退出", "q", "quit", "exit"}


def chat(url: str | None) -> None:
    """Read lines, print replies; starts a server of its own if none is running.

    Args:
        url: of a running server; None looks at the usual port first.
    """
    console = Console()
    child = None
    if url is None:
        url = f"http://127.0.0.1:{Settings.from_environment().port}"
        if not _alive(url):
            child = _start(console, url)
    if sys.stdin.isatty():
        console.print(
            "医保问答。直接打字提问，数字选下面的一条，↑ 找回上一句，输入 退出 结束。", style="dim"
        )
    try:
        with Chat(console, url) as talk:
            _talk(console, talk)
    except (KeyboardInterrupt, EOFError):
        console.print()
    finally:
        if child:
            child.terminate()
            child.wait()


class Chat:
    """One conversation with a running service."""

    def __init__(self, console: Console, url: str) -> None:
        """Begin it; nobody is known in it yet."""
        self._console = console
        self._url = f"{url}/webhooks/rest/webhook"
        self._sender = f"shell-{uuid.uuid4().hex[:12]}"
        self._client = requests.Session()

    def __enter__(self) -> "Chat":
        """Go on until the block ends."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the connection."""
        self._client.close()

    def say(self, line: str) -> None:
        """Say something and show what is answered."""
        message = {"sender": self._sender, "message": line}
        try:
            answer = self._client.post(self._url, json=message, timeout=30)
            for reply in answer.json():
                show(self._console, reply)
        except (requests.RequestException, ValueError):
            self._console.print(
                "连不上服务，请稍后再试，或另开一个终端运行 make run。", style="red"
            )


def _talk(console: Console, chat: Chat) -> None:
    """Lines that are typed or piped in, until there are no more."""
    while True:
        if sys.stdin.isatty():
            line = input(PROMPT if console.color_system else "您：")
        else:
            line = sys.stdin.readline()
            if not line:
                return
            line = line.rstrip("\n")
            console.print(Text(f"您：{line}", style="bold green"))
        if line.strip() in ENOUGH:
            return
        if line.strip() or not sys.stdin.isatty():
            chat.say(line)


def show(console: Console, message: dict[str, Any]) -> None:
    """Print one reply: the first line strong, buttons as numbers that can be typed."""
    first, _, rest = str(message.get("text") or "").partition("\n")
    console.print(Text(first, style="bold"), soft_wrap=True)
    if rest:
        console.print(Text(rest), soft_wrap=True)
    for number, button in enumerate(message.get("buttons") or [], 1):
        console.print(Text(f"  [{number}] {button['title']}", style="cyan"))
    console.print()


def _alive(url: str) -> bool:
    try:
        return requests.get(f"{url}/ready", timeout=1).status_code == 200
    except requests.RequestException:
        return False


def _start(console: Console, url: str) -> "subprocess.Popen[bytes]":
    console.print("正在启动……", style="dim")
    child = subprocess.Popen(
        [sys.executable, "-m", "server", "run"], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + SLOWEST_START
    while not _alive(url):
        if child.poll() is not None or time.monotonic() > deadline:
            child.kill()
            console.print("服务没有启动成功，请运行 make run 看原因。", style="red")
            raise SystemExit(1)
        time.sleep(0.3)
    return child
