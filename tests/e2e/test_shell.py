"""The chat in a terminal also works piped: questions in, answers out, a number picks a button."""

import os
import subprocess
import sys

from tests.conftest import ROOT


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
