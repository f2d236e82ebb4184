"""A server that is told to end cuts nobody off, and two servers never share a folder."""

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.services import BotServer, running

CLIENTS = 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the server that the tests share."""
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="module")
def shared(model: Path, folder: Path) -> Iterator[BotServer]:
    """A server for the tests that leave it as they found it."""
    with running(model, folder) as server:
        yield server


def chat(url: str, number: int, cut: list[str], answered: list[int]) -> None:
    """Talk on one connection until the server has ended."""
    with requests.Session() as session:
        for turn in range(10_000):
            body = {"sender": f"ending-{number}", "message": "医保卡余额怎么查"}
            try:
                answer = session.post(f"{url}/webhooks/rest/webhook", json=body, timeout=30)
            except requests.ConnectionError as error:
                # Nobody listens any more: the message was never taken.
                if "refused" not in str(error):
                    cut.append(f"{number}.{turn}: {error}")
                return
            if answer.status_code == 200 and answer.json()[0].get("custom"):
                answered.append(turn)
            else:
                cut.append(f"{number}.{turn}: {answer.status_code}")


def test_nobody_is_cut_off_when_it_ends(model: Path, tmp_path: Path) -> None:
    cut: list[str] = []
    answered: list[int] = []
    with running(model, tmp_path) as server:
        clients = [
            threading.Thread(target=chat, args=(server.url, number, cut, answered))
            for number in range(CLIENTS)
        ]
        idle = requests.Session()
        idle.get(f"{server.url}/health", timeout=10)
        for client in clients:
            client.start()
        time.sleep(2)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
        for client in clients:
            client.join(30)
        said = server.said()
    assert not cut
    assert len(answered) > CLIENTS
    assert "Traceback" not in said


def test_two_servers_do_not_share_a_folder(model: Path, folder: Path, shared: BotServer) -> None:
    second = BotServer(model, folder)
    assert second.process.wait(60) == 2
    assert f"进程 {shared.process.pid}" in shared.said()
    assert "Traceback" not in shared.said()
    assert shared.is_ready()


@pytest.mark.parametrize("file", ["web-secret", "conversations.db", "server.lock"])
def test_the_files_are_for_their_owner_only(folder: Path, shared: BotServer, file: str) -> None:
    shared.ask("a", "医保卡余额怎么查")
    found = list(folder.glob(f"{file}*"))
    assert found
    for each in found:
        assert each.stat().st_mode & 0o077 == 0, each.name


def test_ready_tells_what_a_turn_would_meet(folder: Path, shared: BotServer) -> None:
    database = folder / "conversations.db"
    assert shared.is_ready()
    holder = sqlite3.connect(database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert not shared.is_ready()
    holder.execute("ROLLBACK")
    holder.close()
    assert shared.is_ready()
    os.rename(database, folder / "moved.db")
    assert not shared.is_ready()
    # Another file in its place is another database.
    database.touch()
    assert not shared.is_ready()
    os.rename(folder / "moved.db", database)
    assert shared.is_ready()


def test_a_turn_waits_for_a_locked_database_and_nobody_else_does(
    folder: Path, shared: BotServer
) -> None:
    holder = sqlite3.connect(folder / "conversations.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    replies: list[list[dict]] = []
    turn = threading.Thread(target=lambda: replies.append(shared.ask("a", "余额怎么查")))
    turn.start()
    time.sleep(1)
    healthy = [requests.get(f"{shared.url}/health", timeout=5).status_code for _ in range(50)]
    assert turn.is_alive(), "it was answered without being stored"
    holder.execute("ROLLBACK")
    holder.close()
    turn.join(30)
    assert healthy == [200] * 50
    assert replies[0][0]["custom"]["status"] == "answered"


HASTY = """
import sys
from server import launch
from server.__main__ import main
launch.START_PATIENCE = 1.0
sys.argv = ["server", "run"]
main()
"""


class HastyServer(BotServer):
    program = ("-c", HASTY)


@pytest.mark.parametrize(
    "away",
    [
        {"DB_URL": "postgresql://bot:hidden-word@127.0.0.1:9/bot"},
        {"REDIS_URL": "redis://:hidden-word@127.0.0.1:9/0"},
    ],
)
def test_who_waits_in_vain_for_a_store_ends_with_a_sentence(
    model: Path, tmp_path: Path, away: dict[str, str]
) -> None:
    server = HastyServer(model, tmp_path, **away)
    assert server.process.wait(60) == 2
    said = server.said()
    assert "连不上" in said
    assert "hidden-word" not in said
    assert "Traceback" not in said
