"""Long work on the draft: checking, previewing, publishing. One at a time, seen by all workers."""

import asyncio
import json
import logging
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)
# Seconds between signs of life, and without one until the work counts as dead.
SIGN_EVERY = 3.0
DEAD_AFTER = 30.0
# Seconds until a page with work under way looks again by itself.
LOOK_AGAIN = "3"

Say = Callable[[str], None]
Work = Callable[[Say], Awaitable[dict[str, Any]]]


class Busy(Exception):
    """Something is under way already."""


class Jobs:
    """The work under way and the last one done, kept in a folder."""

    def __init__(self, folder: Path) -> None:
        """Take the folder."""
        self._file = folder / "job.json"
        self._lock = folder / "job.lock"
        self._tasks: set[asyncio.Task[None]] = set()

    def state(self) -> dict[str, Any]:
        """The newest work.

        Returns:
            ``kind``, ``by``, ``time``, ``state`` (running, done, refused, failed), ``lines`` and
            whatever it found; empty if there was none.
        """
        try:
            found: dict[str, Any] = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if found.get("state") == "running" and not self.is_running:
            found["state"] = "failed"
        return found

    @property
    def is_running(self) -> bool:
        """Whether somebody is at work."""
        try:
            return time.time() - self._lock.stat().st_mtime < DEAD_AFTER
        except OSError:
            return False

    def clear(self) -> None:
        """Forget the last work, if none is under way."""
        if not self.is_running:
            self._file.unlink(missing_ok=True)

    def begin(
        self, kind: str, by: str, work: Work, given: dict[str, Any] | None = None
    ) -> "asyncio.Task[None]":
        """Start work in the background of this worker.

        Args:
            kind: of work.
            by: who wants it.
            work: gets a function to say how far it is; what it returns joins the state. A raised
                exception with ``lines`` is a refusal.
            given: joins the state from the beginning.

        Raises:
            Busy: if something is under way.
        """
        self._take()
        task = asyncio.ensure_future(self._run({**(given or {}), "kind": kind, "by": by}, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _take(self) -> None:
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        if not self.is_running:
            self._lock.unlink(missing_ok=True)
        try:
            os.close(os.open(self._lock, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            raise Busy from None

    async def _run(self, given: dict[str, Any], work: Work) -> None:
        state: dict[str, Any] = {**given, "time": time.time(), "lines": []}

        def say(line: str) -> None:
            state["lines"].append(line)
            self._write({**state, "state": "running"})

        signs = asyncio.ensure_future(self._live())
        try:
            self._write({**state, "state": "running"})
            state |= {**await work(say), "state": "done"}
        except Exception as error:
            reasons = getattr(error, "lines", None)
            if reasons is None:
                logger.exception("%s failed: %s", given["kind"], type(error).__name__)
            state |= {"state": "refused" if reasons else "failed"}
            state["lines"] += reasons or [type(error).__name__]
        finally:
            signs.cancel()
            state["ended"] = time.time()
            self._write({"state": "failed", **state})
            self._lock.unlink(missing_ok=True)

    async def _live(self) -> None:
        while True:
            await asyncio.sleep(SIGN_EVERY)
            with suppress(OSError):
                os.utime(self._lock)

    def _write(self, state: dict[str, Any]) -> None:
        draft = self._file.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
        os.replace(draft, self._file)
