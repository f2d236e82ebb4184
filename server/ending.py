"""Ending without cutting anybody off.

Sanic closes its connections as soon as it is told to stop, also those whose next request is on its
way. Here a server that is told to stop still takes what comes for a moment, says with each answer
that the connection ends, waits for what is under way, and only then stops.
"""

import asyncio
import signal
import socket
from typing import Any

# Seconds: for clients to notice that connections end, for those at the door, and for the slowest
# turn under way.
NOTICE = 1.0
LAST_CALL = 0.5
PATIENCE = 25.0


def end_gently(app: Any, listening: socket.socket | None) -> None:
    """Take over the signals that end a server.

    Args:
        app: not yet running.
        listening: the socket it listens on, unless others go on listening on it.
    """

    async def listen(app: Any, loop: asyncio.AbstractEventLoop) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, begin, app)

    app.ctx.ending = False
    app.ctx.listening = listening
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = PATIENCE
    app.register_listener(listen, "after_server_start")


def begin(app: Any) -> None:
    """Begin to end; the second signal ends at once."""
    if app.ctx.ending:
        app.stop()
        return
    app.ctx.ending = True
    app.ctx.end = asyncio.ensure_future(_end(app))


async def _end(app: Any) -> None:
    await asyncio.sleep(NOTICE)
    if app.ctx.listening is not None:
        # Nobody new is let in, and whoever waits to be is; to close at once would cut them off.
        app.ctx.listening.listen(0)
        await asyncio.sleep(LAST_CALL)
    # Sanic stops listening, closes what is idle and waits for the rest.
    app.stop()
