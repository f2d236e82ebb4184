"""Deleting conversations whose time is over: daily inside the server, or by hand.

``python -m channels.retention [--days N]`` does it once, for cron or before a copy is handed on.
"""

import argparse
import asyncio
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from channels.conversations import Conversations
from channels.gate import Gate, gate_settings
from channels.settingsfile import VAR

logger = logging.getLogger(__name__)
DAY = 86_400.0
# The first people are served before the server looks after itself.
_FIRST_PAUSE = 60.0
CLOCK_FILE = VAR / "retention-clock"
# The time between two looks, and a day in which the server was not running.
LONGEST_STEP = 2.5 * DAY
LOOK_AGAIN = DAY / 4


async def purge(store: Any, days: int, now: float) -> int:
    """Delete what is older than a number of days.

    Args:
        store: Rasa's tracker store.
        days: 0 keeps everything.
        now: seconds since 1970.

    Returns:
        How many conversations were deleted.
    """
    if days <= 0:
        return 0
    deleted = await Conversations(store).expire(now - days * DAY)
    if deleted:
        logger.info("retention: %d conversations older than %d days deleted", deleted, days)
    return deleted


class Clock:
    """The clock of this machine, and whether it can be believed: what a purge deletes is gone.

    It is written down at every look. One that has jumped, forwards or back, is believed only after
    it has gone on evenly until the next look.
    """

    def __init__(self, file: Path, now: Callable[[], float] = time.time) -> None:
        """Take the file that remembers the last look."""
        self._file = file
        self._now = now

    def look(self) -> float | None:
        """Seconds since 1970; None if the clock has jumped since the last look, or is new."""
        now = self._now()
        try:
            before = float(self._file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            before = float("nan")
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(f"{now:.0f}\n", encoding="ascii")
        return now if 0 <= now - before <= LONGEST_STEP else None


async def start(app: Any, _: Any = None) -> None:
    """Listener of ``after_server_start``: purge once a day for as long as the server runs."""
    app.ctx.retention = asyncio.ensure_future(_daily(app))


async def stop(app: Any, _: Any = None) -> None:
    """Listener of ``before_server_stop``."""
    task = getattr(app.ctx, "retention", None)
    if task:
        task.cancel()


async def _daily(app: Any) -> None:
    await asyncio.sleep(_FIRST_PAUSE)
    clock = Clock(CLOCK_FILE)
    while True:
        now = None
        try:
            days = Gate.of(app).settings.retention_days
            now = clock.look()
            if now is None:
                logger.warning("retention: the clock is new or has jumped; looking again later")
            else:
                await purge(app.ctx.agent.tracker_store, days, now)
        except Exception as error:
            logger.error("retention failed, again tomorrow: %s", type(error).__name__)
        await asyncio.sleep(DAY if now is not None else LOOK_AGAIN)


def main() -> None:
    """Purge once and say how many."""
    parser = argparse.ArgumentParser(description="删除过了保留期的会话")
    parser.add_argument("--days", type=int, help="保留几天（不写就用 settings/gate.yml 的）")
    parser.add_argument("--sure", action="store_true", help="时钟是对的，跳过核对")
    given = parser.parse_args()
    days = given.days
    if Clock(CLOCK_FILE).look() is None and not given.sure:
        sys.exit("时钟和上次看时对不上（或第一次看）。删掉就找不回来：确认时间没错，再加 --sure。")
    if days is None:
        days = gate_settings().current().retention_days
    from server.launch import endpoints
    from server.settings import Settings

    found = endpoints(Settings.from_environment())
    from rasa.core.tracker_store import TrackerStore

    store = TrackerStore.create(found.tracker_store)
    deleted = asyncio.run(purge(store, days, time.time()))
    print(f"删除了 {deleted} 个会话（保留 {days} 天）" if days > 0 else "retention_days 是 0：不删")


if __name__ == "__main__":
    main()
