"""The chat in a terminal also works piped: questions in, answers out, a number picks a button."""

import os
import pty
import re
import select
import subprocess
import sys
import time

from tests.conftest import ROOT

PATIENCE = 60.0


def test_a_piped_conversation(server: str) -> None:
    lines = "我妈75岁在上海退休，医保每年打多少钱\n那北京呢\n1\n退出\n"
    done = subprocess.run(
        [sys.executable, "-m", "server", "shell", "--url", server],
        input=lines, capture_output=True, text=True, cwd=ROOT, env=os.environ, timeout=60,
        check=True,
    )  # fmt: skip
    said = done.stdout
    places = [said.index(text) for text in ("每年 1890 元", "每月 110 元", "每月 5 日前")]
    assert places == sorted(places)
    assert "[1] 医保返的钱几号到账" in said


def test_a_server_that_is_not_there_is_said_kindly() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "server", "shell", "--url", "http://127.0.0.1:9"],
        input="在吗\n", capture_output=True, text=True, cwd=ROOT, timeout=60, check=True,
    )  # fmt: skip
    assert "连不上服务" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_the_folds_are_opened_by_their_number(server: str) -> None:
    question = "我妈75岁在上海退休，医保每年打多少钱"
    first = piped(server, question)
    number = next(line for line in first.splitlines() if line.endswith("] 详细")).strip()[1]
    opened = piped(server, question, number)
    assert opened.startswith(first)
    assert f"您：{number}" in opened
    assert "来源：" not in first
    assert "来源：" in opened


def piped(server: str, *lines: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "server", "shell", "--url", server],
        input="".join(f"{line}\n" for line in lines), capture_output=True, text=True, cwd=ROOT,
        env=os.environ, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout


class Terminal:
    """The shell in a terminal of its own."""

    def __init__(self, server: str) -> None:
        self._master, inside = pty.openpty()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "server", "shell", "--url", server],
            stdin=inside, stdout=inside, stderr=inside, cwd=ROOT,
            env=os.environ | {"TERM": "xterm", "COLUMNS": "100"},
        )  # fmt: skip
        os.close(inside)
        self._seen = b""

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def until(self, pattern: str) -> str:
        """What has been shown since the last call, once a pattern stands in it."""
        give_up = time.monotonic() + PATIENCE
        while True:
            text = self._seen.decode(errors="replace")
            if re.search(pattern, text, re.DOTALL):
                self._seen = b""
                return text
            assert time.monotonic() < give_up, text
            if select.select([self._master], [], [], 0.2)[0]:
                self._seen += os.read(self._master, 65536)

    def close(self) -> int:
        self.type("退出\r")
        return self._child.wait(PATIENCE)


def test_the_arrow_brings_back_what_was_typed(server: str) -> None:
    terminal = Terminal(server)
    terminal.until("您：")
    terminal.type("医保余额怎么查\r")
    first = terminal.until("12393.*您：")
    terminal.type("\x1b[A")
    terminal.until("医保余额怎么查")
    terminal.type("\r")
    # The same question: said in short, or said again, but answered.
    assert len(terminal.until("12393.*您：")) > len(first) / 4
    assert terminal.close() == 0
