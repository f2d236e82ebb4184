"""The trained model, an agent on it and a running server: made once, shared by all tests."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.slim import prepare

ROOT = Path(__file__).parent.parent
SLOWEST_START = 120.0

prepare()


@pytest.fixture(scope="session")
def model() -> Path:
    """The model of the present data, trained if need be."""
    from server.training import ensure_model

    return ensure_model()


@pytest.fixture(scope="session")
def agent(model: Path):
    """The server's agent with the real actions in process and conversations in memory."""
    from rasa.core.lock_store import InMemoryLockStore
    from rasa.core.tracker_store import InMemoryTrackerStore
    from rasa.shared.core.domain import Domain

    from server.actions import InProcessActions
    from server.bot import Bot

    bot = Bot(
        tracker_store=InMemoryTrackerStore(Domain.empty()),
        lock_store=InMemoryLockStore(),
        action_endpoint=InProcessActions(),
    )
    bot.load_model(model)
    return bot


@pytest.fixture(scope="session")
def policy():
    """The real policy data."""
    from policy.lookup import Policy

    return Policy.load()


@pytest.fixture(scope="session")
def wording():
    """The real reply files."""
    from dialogue.wording import Wording

    return Wording.load()


def free_port() -> int:
    """A TCP port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server in a process of its own, with a database of its own."""
    from tests.channels.wechat.keys import SERVER_ENVIRONMENT

    folder = tmp_path_factory.mktemp("server")
    port = free_port()
    environment = (
        os.environ
        | SERVER_ENVIRONMENT
        | {
            "PORT": str(port),
            "VAR": str(folder),
            "GATE_SENDER_PER_MINUTE": "100000",
            "GATE_TOTAL_PER_MINUTE": "1000000",
        }
    )
    with open(folder / "log", "wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "server", "run"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    import requests

    deadline = time.monotonic() + SLOWEST_START
    while True:
        try:
            if requests.get(f"{url}/ready", timeout=2).status_code == 200:
                break
        except requests.RequestException:
            pass
        if child.poll() is not None or time.monotonic() > deadline:
            child.kill()
            pytest.fail((folder / "log").read_text(errors="replace")[-3000:])
        time.sleep(0.2)
    yield url
    child.terminate()
    child.wait(20)
