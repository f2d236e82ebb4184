"""When something breaks, people get a sentence; afterwards nothing that was answered is missing."""

import asyncio
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered

from dialogue.assistant import assistant
from server.trackers import Conversations
from tests.e2e.traffic import Traffic, compare, while_running
from tests.services import ROOT, BotServer, Postgres, Redis, running

QUESTION = "医保卡余额怎么查"
# Seconds that PostgreSQL is away.
AWAY = 20.0
# A server whose actions hang at one question and raise at another.
BROKEN = """
import asyncio, sys
from server import launch
from server.__main__ import main

real = launch.endpoints

def endpoints(settings):
    from actions.reply import ActionReply
    run = ActionReply.run

    async def broken(self, dispatcher, tracker, domain):
        if "异地" in tracker.latest_message["text"]:
            await asyncio.sleep(600)
        if "家庭共济" in tracker.latest_message["text"]:
            raise ValueError(tracker.latest_message["text"])
        return await run(self, dispatcher, tracker, domain)

    ActionReply.run = broken
    return real(settings)

launch.endpoints = endpoints
sys.argv = ["server", "run"]
main()
"""


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.close()


@pytest.fixture(scope="module")
def own_redis() -> Iterator[Redis]:
    server = Redis()
    yield server
    server.close()


@pytest.fixture(scope="module")
def bot(
    model: Path,
    own_postgres: Postgres,
    own_redis: Redis,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[BotServer]:
    folder = tmp_path_factory.mktemp("faults")
    environment = {"DB_URL": own_postgres.url, "REDIS_URL": own_redis.url}
    with running(model, folder, **environment) as server:
        yield server


def ready(server: BotServer) -> dict[str, bool]:
    parts: dict[str, bool] = requests.get(f"{server.url}/ready", timeout=10).json()
    return parts


def apologies(traffic: Traffic) -> list[str]:
    """What was said instead of an answer; no silence, no stack trace."""
    said = [str(sent.said) for sent in traffic.log if not sent.answered]
    assert all("12393" in text or "再说一遍" in text for text in said), set(said)
    assert not any("Traceback" in text or "Error" in text for text in said)
    return said


async def test_postgresql_away_and_back(bot: BotServer, own_postgres: Postgres) -> None:
    traffic = Traffic(bot.url, [f"pg-{number}" for number in range(12)], in_flight=1)

    def away() -> None:
        time.sleep(0.5)
        own_postgres.stop()
        time.sleep(1)
        assert ready(bot) == {"model": True, "database": False, "locks": True}
        assert requests.get(f"{bot.url}/health", timeout=5).status_code == 200
        time.sleep(AWAY - 1)
        own_postgres.start()

    await while_running(traffic.run(pause=0.3, again=AWAY + 30), away)
    assert apologies(traffic)
    answered = {(sent.conversation, sent.text) for sent in traffic.log if sent.answered}
    assert len(answered) == 12 * 10
    await compare(traffic, own_postgres.url)
    assert bot.is_ready()


async def test_redis_away_and_back(
    bot: BotServer, own_postgres: Postgres, own_redis: Redis
) -> None:
    traffic = Traffic(bot.url, [f"redis-{number}" for number in range(12)], in_flight=2)

    def away() -> None:
        time.sleep(0.5)
        own_redis.stop()
        time.sleep(1)
        assert ready(bot) == {"model": True, "database": True, "locks": False}
        time.sleep(3)
        own_redis.start()

    await while_running(traffic.run(pause=0.3, again=30), away)
    assert apologies(traffic)
    answered = {(sent.conversation, sent.text) for sent in traffic.log if sent.answered}
    assert len(answered) == 12 * 10
    await compare(traffic, own_postgres.url)
    assert bot.is_ready()


async def test_disk_full_for_sqlite(model: Path, tmp_path: Path) -> None:
    """The server may not make any file longer, until it may again."""
    with running(model, tmp_path) as server:
        database = tmp_path / "conversations.db"
        traffic = Traffic(server.url, [f"disk-{number}" for number in range(6)], in_flight=1)
        unlimited = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)

        def fill() -> None:
            time.sleep(0.4)
            written = max(os.path.getsize(f) for f in tmp_path.glob("conversations.db*"))
            resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (written, unlimited[1]))
            time.sleep(2)
            # Not even one page of SQLite's log.
            resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (4096, unlimited[1]))
            assert ready(server) == {"model": True, "database": False, "locks": True}
            resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, unlimited)

        await while_running(traffic.run(pause=0.1, again=30), fill)
        assert apologies(traffic)
        answered = {(sent.conversation, sent.text) for sent in traffic.log if sent.answered}
        assert len(answered) == 6 * 10
        await compare(traffic, f"sqlite:///{database}")
        assert server.is_ready()


async def test_a_killed_server_has_kept_what_it_answered(model: Path, tmp_path: Path) -> None:
    with running(model, tmp_path) as server:
        traffic = Traffic(server.url, [f"dead-{number}" for number in range(6)], in_flight=2)

        def kill() -> None:
            time.sleep(0.6)
            server.process.kill()

        await while_running(traffic.run(pause=0.3), kill)
        assert any(sent.answered for sent in traffic.log)
        assert any(sent.said is None for sent in traffic.log)
    with running(model, tmp_path) as again:
        await compare(traffic, f"sqlite:///{tmp_path}/conversations.db")
        assert again.ask("dead-0", QUESTION)[0]["custom"]["status"] == "answered"


def start(folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Start a server that will not come up."""
    from tests.services import free_port

    return subprocess.run(
        [sys.executable, "-m", "server", "run"],
        cwd=ROOT,
        env=os.environ | {"VAR": str(folder), "PORT": str(free_port())} | environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


@pytest.mark.parametrize("workers", [False, True])
def test_a_damaged_model_stops_the_start_with_a_sentence(
    model: Path, tmp_path: Path, workers: bool, own_postgres: Postgres, own_redis: Redis
) -> None:
    damaged = tmp_path / "model.tar.gz"
    damaged.write_bytes(model.read_bytes()[:100_000])
    wide = {"WORKERS": "2", "DB_URL": own_postgres.url, "REDIS_URL": own_redis.url}
    done = start(tmp_path, MODEL=str(damaged), **(wide if workers else {}))
    assert done.returncode == 2
    assert "模型文件坏了" in done.stderr
    assert "Traceback" not in done.stderr


def test_settings_that_cannot_work_stop_the_start_with_a_sentence(tmp_path: Path) -> None:
    done = start(tmp_path, WORKERS="2")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "REDIS_URL" in done.stderr


def spoilt(folder: Path, file: str, old: str, new: str) -> Path:
    """A copy of the data with the first of something in a file changed; "" takes the file away."""
    shutil.copytree(ROOT / "data", folder)
    if old:
        text = (folder / file).read_text(encoding="utf-8")
        (folder / file).write_text(re.sub(old, new, text, count=1), encoding="utf-8")
    else:
        (folder / file).unlink()
    return folder


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "credit/facts/beijing.yml",
            "effective_from: .*",
            "effective_from: 明年",
            "effective_from",
        ),
        ("credit/facts/beijing.yml", "checked_on: .*", "checked_on: 2026-02-30", "checked_on"),
        ("credit/facts/beijing.yml", r"amount: \d+", "amount: -5", "负"),
        ("credit/answers.yml", "", "", "credit_"),
        ("service/answers.yml", "", "", "DATA_DIR"),
    ],
)
def test_data_that_would_fail_somebody_later_stop_the_start_with_a_sentence(
    model: Path, tmp_path: Path, file: str, old: str, new: str, told: str
) -> None:
    data = spoilt(tmp_path / "data", file, old, new)
    done = start(tmp_path, MODEL=str(model), DATA_DIR=str(data))
    assert done.returncode == 2
    # Every mistake is named behind the sentence, a line each.
    said = done.stderr[done.stderr.index("不能继续") :] if "不能继续" in done.stderr else ""
    assert told in said
    assert file.rpartition("/")[2] in said or told in ("DATA_DIR", "credit_")
    assert "Traceback" not in done.stderr


def test_a_home_region_that_nobody_knows_stops_the_start(model: Path, tmp_path: Path) -> None:
    done = start(tmp_path, MODEL=str(model), GATE_HOME_REGION="火星")
    assert done.returncode == 2
    assert "火星" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_no_database_stops_the_start(model: Path, tmp_path: Path) -> None:
    (tmp_path / "conversations.db").write_bytes(b"no database" * 1000)
    done = start(tmp_path, MODEL=str(model))
    assert done.returncode == 2
    assert "SQLite" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_stops_the_start_with_a_sentence(bot: BotServer, tmp_path: Path) -> None:
    done = start(tmp_path, PORT=str(bot.port), MODEL=bot.model)
    assert done.returncode == 2
    assert f"{bot.port} 已经被占用" in done.stderr
    assert done.stderr.count("\n") == 1


async def test_a_database_that_comes_up_late_is_waited_for(
    model: Path, own_postgres: Postgres, tmp_path: Path
) -> None:
    own_postgres.stop()
    server = BotServer(model, tmp_path, DB_URL=own_postgres.url)
    try:
        until = time.monotonic() + 60
        while "waiting for" not in server.said():
            assert server.process.poll() is None
            assert time.monotonic() < until, "it does not wait"
            await asyncio.sleep(0.1)
        own_postgres.start()
        server.wait_ready()
    finally:
        own_postgres.start()
        server.close()


class BrokenServer(BotServer):
    program = ("-c", BROKEN)


async def test_actions_that_hang_or_raise(model: Path, tmp_path: Path) -> None:
    """They cost their own question a sentence, and nobody else anything."""
    server = BrokenServer(model, tmp_path)
    try:
        server.wait_ready()
        assert server.ask("well", QUESTION)[0]["custom"]["status"] == "answered"
        began = time.monotonic()
        hanging = asyncio.create_task(asyncio.to_thread(server.ask, "ill", "异地就医备案怎么办"))
        await asyncio.sleep(0.5)
        assert server.ask("well", QUESTION)[0]["custom"]["status"] == "answered"
        assert time.monotonic() - began < 3
        assert not hanging.done()
        raising = server.ask("odd", "家庭共济怎么绑定")
        replies = [*await hanging, *raising]
        assert time.monotonic() - began < 8
        sorry = assistant().wording.lead("error")
        assert [reply["text"] for reply in replies] == [sorry, sorry]
        for sender in ("ill", "odd"):
            assert server.ask(sender, QUESTION)[0]["custom"]["status"] == "answered"
        # The error quoted the person; the log does not.
        assert "ValueError" in server.said()
        assert "家庭共济" not in server.said()
    finally:
        server.close()
    store = Conversations(Domain.empty(), host=f"sqlite:///{tmp_path}/conversations.db")
    for sender, texts in {
        "well": [QUESTION, QUESTION],
        "ill": ["异地就医备案怎么办", QUESTION],
        "odd": ["家庭共济怎么绑定", QUESTION],
    }.items():
        stored = await store.retrieve_full_tracker(f"rest:{sender}")
        assert stored is not None
        assert [e.text for e in stored.events if isinstance(e, UserUttered)] == texts
    store.close()
