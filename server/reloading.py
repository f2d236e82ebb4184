"""Data edited on the disk: ``kill -HUP`` checks it, trains if need be, and puts it into service.

``RELOAD_ON_CHANGE=1`` does so by itself. What fails is refused with its reason in the log, and the
version in service goes on.
"""

import asyncio
import logging
import os
import shutil
import signal
import sys
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from channels import metrics
from channels.settingsfile import SHARED
from desk.jobs import Busy, Jobs
from dialogue.assistant import Assistant, assistant, replace_assistant
from server.releases import Release, Releases, digest
from server.swap import Swapper
from server.workshop import Workshop

logger = logging.getLogger(__name__)
# Seconds between two looks at the data folder, and that it must have been left alone.
LOOK_EVERY = 5.0
COUNT_EVERY = 3600.0
# Seconds between two looks whether other work has ended.
WAIT = 1.0


def attach(app: Any, releases: Releases, current: Release) -> None:
    """Let a worker follow the versions."""
    app.ctx.workshop = Workshop(releases)
    app.ctx.swapper = Swapper(releases, app.ctx.agent, current.name)
    replace_assistant(Assistant.load(releases.data(current)))


async def start(app: Any, loop: asyncio.AbstractEventLoop) -> None:
    """Listener of ``after_server_start``."""
    if not hasattr(app.ctx, "swapper"):
        return
    app.ctx.swapper.start()
    app.ctx.overdue = asyncio.ensure_future(_count_overdue())
    if os.environ.get("RELOAD_ON_CHANGE") in ("1", "true"):
        app.ctx.reloading = asyncio.ensure_future(_watch(app))
    # A closed terminal ends what was started in it, as ever.
    if sys.stdin and sys.stdin.isatty():
        return
    with suppress(NotImplementedError, RuntimeError, ValueError):
        asyncio.get_running_loop().add_signal_handler(
            signal.SIGHUP, lambda: asyncio.ensure_future(reload(app))
        )


async def stop(app: Any, _: Any = None) -> None:
    """Listener of ``before_server_stop``."""
    for name in ("reloading", "overdue"):
        task = getattr(app.ctx, name, None)
        if task:
            task.cancel()
    swapper = getattr(app.ctx, "swapper", None)
    if swapper:
        swapper.stop()


async def reload(app: Any) -> None:
    """Put the data folder into service, if it is free of mistakes; one worker does it for all.

    What is checked is a copy: whatever is edited meanwhile waits for the next time.
    """
    workshop: Workshop = app.ctx.workshop
    releases = workshop.releases
    jobs = Jobs(SHARED / "desk")

    async def work(say: Any) -> dict[str, Any]:
        with tempfile.TemporaryDirectory(prefix=".reload-", dir=releases.folder) as folder:
            copy = Path(folder) / "data"
            await asyncio.to_thread(shutil.copytree, releases.source, copy)
            await workshop.check(copy)
            model = await workshop.model(copy)
            release = await workshop.take_over(copy, model)
        return {"release": release.name}

    is_waiting = False
    while True:
        if not await asyncio.to_thread(releases.is_edited):
            logger.info("reload: nothing has changed")
            return
        try:
            running = jobs.begin("reload", "", work)
            break
        except Busy:
            if not is_waiting:
                logger.warning("reload: waits for the work under way")
            is_waiting = True
            await asyncio.sleep(WAIT)
    logger.warning("reload: checking the edited data")
    await running
    state = jobs.state()
    if state["state"] == "done":
        logger.warning("reload: version %s answers now", state["release"])
        metrics.reload("done")
    else:
        for line in state["lines"]:
            logger.error("reload refused, the version in service goes on: %s", line)
        metrics.reload("refused")


async def _count_overdue() -> None:
    """Keep the number of overdue facts where Prometheus finds it."""
    while True:
        today = date.today()
        metrics.overdue(sum(fact.overdue(today) for fact in assistant().policy.book))
        await asyncio.sleep(COUNT_EVERY)


async def _watch(app: Any) -> None:
    """Reload when the data folder has changed and then been left alone for one look."""
    source = app.ctx.workshop.releases.source
    seen = tried = await asyncio.to_thread(digest, source)
    while True:
        await asyncio.sleep(LOOK_EVERY)
        now = await asyncio.to_thread(digest, source)
        if now == seen and now != tried:
            tried = now
            await reload(app)
        seen = now
