"""Deleting conversations whose time is over: daily inside the server, or by hand.

``python -m channels.retention [--days N]`` does it once, for cron or before a copy is handed on.
"""

import argparse
import asyncio
import logging
import time
from typing import Any

from channels.conversations import Conversations
from channels.gate import Gate, gate_settings

logger = logging.getLogger(__name__)
DAY = 86_400.0
# The first people are served before the server looks after itself.
_FIRST_PAUSE = 60.0


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
    while True:
        try:
            days = Gate.of(app).settings.retention_days
            await purge(app.ctx.agent.tracker_store, days, time.time())
        except Exception as error:
            logger.error("retention failed, again tomorrow: %s", type(error).__name__)
        await asyncio.sleep(DAY)


def main() -> None:
    """Purge once and say how many."""
    parser = argparse.ArgumentParser(description="删除过了保留期的会话")
    parser.add_argument("--days", type=int, help="保留几天（不写就用 settings/gate.yml 的）")
    days = parser.parse_args().days
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
