"""Several worker processes behind one port, each replaced when it dies or hangs.

Sanic 21.12 can start several workers too, but never replaces one that was killed. The listening
socket is opened once and shared, so a connection that waits for a worker is not lost with it.
"""

import contextlib
import errno
import logging
import multiprocessing
import os
import signal
import socket
import sys
import time
from multiprocessing.process import BaseProcess
from typing import Any

from server.heartbeat import Heart
from server.settings import SettingError

logger = logging.getLogger(__name__)
BACKLOG = 1024
# Seconds.
LOOK_EVERY = 0.2
STOPPING_LASTS = 28.0
SHORT_LIFE = 10.0
# A worker that ends so has said why; trying again would not help.
HOPELESS = 2
MOST_SHORT_LIVES = 5


class Workers:
    """Starts workers, watches them, replaces the dead, and stops them all."""

    def __init__(self, app: Any, number: int, opened: socket.socket) -> None:
        """Take the application, which every worker runs.

        Args:
            app: not yet running.
            number: of workers.
            opened: the socket that all of them listen on.
        """
        self._app = app
        self._number = number
        self._socket = opened
        self._fork = multiprocessing.get_context("fork")
        self._ready = self._fork.Value("i", 0)
        self._alive: dict[BaseProcess, tuple[float, Heart]] = {}
        self._stopping = False
        self._short_lives = 0

    def run(self, line: str) -> int:
        """Serve until told to stop.

        Args:
            line: printed once all workers are ready.

        Returns:
            Exit code.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        if not (sys.stdin and sys.stdin.isatty()):
            signal.signal(signal.SIGHUP, self._reload)
        for _ in range(self._number):
            self._start()
        code = 0
        while self._alive and not self._stopping:
            if line and self._ready.value >= self._number:
                print(line, flush=True)
                line = ""
            time.sleep(LOOK_EVERY)
            self._kill_hanging()
            code = self._replace_dead()
        return self._end(code)

    def _start(self) -> None:
        heart = Heart()
        process = self._fork.Process(target=self._work, args=(heart,))
        process.start()
        self._alive[process] = (time.monotonic(), heart)

    def _work(self, heart: Heart) -> None:
        """What a worker does, in its own process."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

        async def say_ready(*_: Any) -> None:
            with self._ready.get_lock():
                self._ready.value += 1

        self._app.register_listener(say_ready, "after_server_start")
        heart.listen_to(self._app)
        run(self._app, self._socket)

    def _kill_hanging(self) -> None:
        """End workers whose event loop has stopped; they are replaced like the dead."""
        for process, (_, heart) in self._alive.items():
            if heart.hangs() and process.is_alive():
                logger.error("a worker hangs and is killed")
                process.kill()
                process.join(1.0)

    def _replace_dead(self) -> int:
        for process, (since, _) in list(self._alive.items()):
            if process.is_alive():
                continue
            del self._alive[process]
            forget_counters(process.pid)
            if self._stopping:
                continue
            if process.exitcode == HOPELESS:
                self._stopping = True
                return HOPELESS
            logger.error("a worker ended with %s and is replaced", process.exitcode)
            short = time.monotonic() - since < SHORT_LIFE
            self._short_lives = self._short_lives + 1 if short else 0
            if self._short_lives >= MOST_SHORT_LIVES:
                logger.error("workers keep ending at once; giving up")
                self._stopping = True
                return 1
            self._start()
        return 0

    def _reload(self, *_: Any) -> None:
        """Let one worker check the edited data; the others follow (``server/reloading.py``)."""
        for process in self._alive:
            if process.is_alive() and process.pid:
                os.kill(process.pid, signal.SIGHUP)
                return

    def _stop(self, *_: Any) -> None:
        self._stopping = True

    def _end(self, code: int) -> int:
        """Let workers finish what they are at, but not for ever."""
        for process in self._alive:
            process.terminate()
        deadline = time.monotonic() + STOPPING_LASTS
        for process in self._alive:
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                process.kill()
        self._socket.close()
        return code


def bound(host: str, port: int) -> socket.socket:
    """A socket that is bound; nobody is let in before the application runs on it.

    Raises:
        SettingError: if the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
    except OSError as error:
        opened.close()
        why = "已经被占用" if error.errno == errno.EADDRINUSE else f"用不了（{error.strerror}）"
        raise SettingError(f"{host}:{port} {why}；请用 PORT= 或 HOST= 换一个。") from error
    return opened


def run(app: Any, opened: socket.socket) -> None:
    """Run an application on a bound socket until it is told to stop."""
    from server.ending import end_gently
    from server.protocol import StrictProtocol

    end_gently(app, opened)
    app.run(
        sock=opened,
        protocol=StrictProtocol,
        backlog=BACKLOG,
        register_sys_signals=False,
        access_log=False,
        motd=False,
    )


def forget_counters(pid: int | None) -> None:
    """Drop the gauges of a dead worker; its counters still count."""
    if pid is not None and os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        with contextlib.suppress(OSError):
            multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]
