"""A request id on every answer and in every log line that belongs to it."""

import re
import time
import uuid
from contextvars import ContextVar
from typing import Any

HEADER = "X-Request-ID"
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
# The id of the request that is being answered; "" outside of one.
request_id: ContextVar[str] = ContextVar("request_id", default="")


def trace(app: Any) -> None:
    """Give each request of an application its id: the proxy's if it sent a sensible one."""

    @app.on_request
    async def begin(request: Any) -> None:
        given = request.headers.get(HEADER, "")
        request.ctx.began = time.perf_counter()
        request.ctx.request_id = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex
        request_id.set(request.ctx.request_id)

    @app.on_response
    async def finish(request: Any, response: Any) -> None:
        known = getattr(request.ctx, "request_id", "")
        if known and response is not None:
            response.headers[HEADER] = known
