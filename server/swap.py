"""Exchanging what the bot tells and the model it reads with while it goes on answering.

A turn keeps what it began with. All workers load a version first; then one file changes, and each
worker's next turn is made with the new one. If one of them can't load it, nothing changes.
"""

import asyncio
import logging
import os
import socket
from contextlib import suppress
from typing import Any

import msgspec

from dialogue.assistant import Assistant, replace_assistant
from policy.topics import topics
from server.releases import Release, Releases

logger = logging.getLogger(__name__)
# Seconds between two looks at what is wanted, and that all workers get to load it.
LOOK_EVERY = 0.5
LOADING_LASTS = 120.0


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """A version in memory, ready to answer."""

    name: str
    assistant: Assistant
    processor: Any


class SwapFailed(Exception):
    """A version that a worker could not load; the one in service goes on."""

    def __init__(self, reason: str) -> None:
        """Take the reason, for people."""
        super().__init__(reason)
        self.lines = [f"有进程装不上这一版，没有换：{reason}"]


class Swapper:
    """Watches the versions for one worker."""

    def __init__(self, releases: Releases, bot: Any, loaded: str) -> None:
        """Take the bot and what it was started with.

        Args:
            releases: the versions.
            bot: ``server.bot.Bot``.
            loaded: the version that it answers with.
        """
        self._releases = releases
        self._bot = bot
        self._serving = loaded
        self._ready: Loaded | None = None
        self._failed = self._problem = ""
        self._mark = releases.mark()
        self._task: asyncio.Future[None] | None = None
        self.worker = f"{socket.gethostname()}-{os.getpid()}"
        bot.before_turn = self.follow

    @property
    def serving(self) -> str:
        """The name of the version that answers."""
        return self._serving

    def start(self) -> None:
        """Begin to watch."""
        self._releases.report(self.worker, self._serving)
        self._task = asyncio.ensure_future(self._watch())

    def stop(self) -> None:
        """End."""
        if self._task:
            self._task.cancel()
        self._releases.forget(self.worker)

    def follow(self) -> None:
        """Put into service what all were told to; before each turn, so it costs one stat."""
        mark = self._releases.mark()
        if mark == self._mark:
            return
        current = self._releases.current()
        if current is None or current.name == self._serving:
            self._mark = mark
        elif self._ready is not None and self._ready.name == current.name:
            self._mark = mark
            self._take(self._ready)

    async def _watch(self) -> None:
        while True:
            with suppress(OSError):
                await self._look()
            await asyncio.sleep(LOOK_EVERY)

    async def _look(self) -> None:
        self.follow()
        wanted = self._releases.wanted()
        current = self._releases.current()
        if wanted is None and current is not None and current.name != self._serving:
            # Put into service while this worker was starting.
            wanted = current
        known = (self._serving, self._ready.name if self._ready else "", self._failed)
        if wanted is not None and wanted.name not in known:
            await self._prepare(wanted)
        ready = self._ready.name if self._ready else self._serving
        is_broken = wanted is not None and wanted.name == self._failed
        self._releases.report(self.worker, ready, self._problem if is_broken else "")
        self.follow()

    async def _prepare(self, release: Release) -> None:
        """Load a version beside the one in service, or note what is wrong with it."""
        loop = asyncio.get_running_loop()
        try:
            self._ready = await loop.run_in_executor(None, self._load, release)
        except Exception as error:
            self._failed, self._problem = release.name, f"{type(error).__name__}: {error}"
            logger.error("version %s not loaded: %s", release.name, type(error).__name__)

    def _load(self, release: Release) -> Loaded:
        return Loaded(
            name=release.name,
            assistant=Assistant.load(self._releases.data(release)),
            processor=self._bot.make_processor(self._releases.model(release)),
        )

    def _take(self, loaded: Loaded) -> None:
        topics.cache_clear()
        replace_assistant(loaded.assistant)
        self._bot.take(loaded.processor, loaded.assistant)
        self._serving, self._ready = loaded.name, None
        logger.info("version %s answers now", loaded.name)


async def swap(releases: Releases, release: Release) -> None:
    """Have all workers load a version, then put it into service for all of them at once.

    Raises:
        SwapFailed: if one of them can't; nothing has changed then.
    """
    releases.want(release)
    try:
        for _ in range(int(LOADING_LASTS / LOOK_EVERY)):
            states = releases.workers()
            broken = [state["problem"] for state in states.values() if state["problem"]]
            if broken:
                raise SwapFailed(broken[0])
            if states and all(state["loaded"] == release.name for state in states.values()):
                releases.put_into_service(release)
                return
            await asyncio.sleep(LOOK_EVERY)
        raise SwapFailed(f"等了 {LOADING_LASTS:.0f} 秒")
    finally:
        releases.want(None)
