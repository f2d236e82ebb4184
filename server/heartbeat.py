"""A server that hangs is noticed from outside its event loop, and replaced.

The loop notes the time once a second. Who watches is the supervisor of several workers, or a thread
of a single process, which then starts the program anew in its place.
"""

import asyncio
import contextlib
import logging
import multiprocessing
import os
import sys
import threading
import time
from multiprocessing.sharedctypes import Synchronized
from typing import Any

logger = logging.getLogger(__name__)
# Seconds.
BEAT_EVERY = 1.0
LONGEST_SILENCE = 15.0


class Heart:
    """The time of the last beat of an event loop, readable from other processes and threads."""

    def __init__(self) -> None:
        """Not beating yet: a start may take as long as it takes."""
        self._last: Synchronized[float] = multiprocessing.get_context("fork").Value("d", 0.0)
        # Of whoever watches: the beat seen last, when it was looked for last, and how long the
        # silence has been.
        self._seen, self._looked, self._silence = 0.0, 0.0, 0.0

    def hangs(self) -> bool:
        """Whether a loop that has begun to beat has stopped; to be asked every second or so.

        While the watcher itself stood still (a stopped process, a frozen machine), nobody knows.
        """
        now, last = time.monotonic(), self._last.value
        step = min(now - self._looked, 2 * BEAT_EVERY)
        self._silence = self._silence + step if last == self._seen else 0.0
        self._seen, self._looked = last, now
        return last > 0 and self._silence > LONGEST_SILENCE

    async def beat(self) -> None:
        """Beat for as long as the loop runs."""
        while True:
            self._last.value = time.monotonic()
            await asyncio.sleep(BEAT_EVERY)

    def rest(self) -> None:
        """A server that is ending is left to it."""
        self._last.value = 0.0

    def listen_to(self, app: Any) -> None:
        """Beat while an application runs."""

        async def start(app: Any, _: Any) -> None:
            app.ctx.heartbeat = asyncio.ensure_future(self.beat())

        async def stop(app: Any, _: Any) -> None:
            app.ctx.heartbeat.cancel()
            self.rest()

        app.register_listener(start, "after_server_start")
        app.register_listener(stop, "before_server_stop")


def watch(heart: Heart, arguments: list[str]) -> None:
    """Start the program anew when its event loop hangs; for a process that nobody supervises.

    Args:
        heart: of this process's loop.
        arguments: of Python, such as ``["-m", "server", "run"]``.
    """

    def look() -> None:
        while not heart.hangs():
            time.sleep(BEAT_EVERY)
        logger.error("the event loop hangs; starting anew")
        with contextlib.suppress(OSError):
            # Descriptors that Python opened close by themselves.
            os.execv(sys.executable, [sys.executable, *arguments])

    threading.Thread(target=look, name="watchdog", daemon=True).start()
