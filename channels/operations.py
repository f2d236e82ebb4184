"""Routes for those who run the server: alive, ready, metrics, and parsing from the same machine."""

import asyncio
import ipaddress
import logging
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels import metrics
from channels.errors import RequestError, json_object
from channels.outgoing import Handler, is_ready

logger = logging.getLogger(__name__)
# Seconds that database and Redis may take to answer "are you there?".
PATIENCE = 2.0
FORWARDED = (
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "forwarded",
    "via",
)
LONGEST_PARSED = 10_000


class OperationsChannel(InputChannel):
    """``/health``, ``/ready``, ``/metrics`` and, to loopback only, ``POST /model/parse``.

    Attributes:
        parses: whether ``/model/parse`` is ours; with Rasa's own HTTP API it is Rasa's, by token.
    """

    parses = True

    @classmethod
    def name(cls) -> str:
        """The channel's name."""
        return "operations"

    def url_prefix(self) -> str:
        """At the root; Rasa would put a channel under ``/webhooks``."""
        return "/"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Make the channel; it has no settings of its own."""
        return cls()

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The routes."""
        routes = Blueprint("operations")

        @routes.get("/health")
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.get("/ready")
        async def ready(request: Request) -> HTTPResponse:
            found = await parts(request.app)
            return response.json(found, status=200 if all(found.values()) else 503)

        @routes.get("/metrics")
        async def counters(request: Request) -> HTTPResponse:
            return response.raw(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)

        if self.parses:
            routes.add_route(parse, "/model/parse", methods=["POST"], name="parse")
        return routes


async def parse(request: Request) -> HTTPResponse:
    """What a text is understood as, for whoever works on this machine."""
    if not from_this_machine(request):
        return response.json({"error": "只对本机开放"}, status=403)
    if not is_ready(request.app):
        return response.json({"error": "模型还没有装好"}, status=503)
    try:
        text = json_object(request.body).get("text")
    except RequestError as error:
        return response.json({"error": error.message}, status=error.status)
    if not isinstance(text, str) or len(text) > LONGEST_PARSED:
        return response.json({"error": "缺少 text（字符串）"}, status=400)
    return response.json(await request.app.ctx.agent.parse_message(text))


async def parts(app: Sanic) -> dict[str, bool]:
    """What a turn needs, and whether it is there: model, database, locks."""
    if not is_ready(app):
        return {"model": False}
    agent = app.ctx.agent
    database, locks = await asyncio.gather(
        _answers(agent.tracker_store), _answers(agent.lock_store)
    )
    return {"model": True, "database": database, "locks": locks}


async def _answers(part: Any) -> bool:
    """Whether a store can be reached; one that cannot be asked counts as there."""
    ping = getattr(part, "ping", None)
    if ping is None:
        return True
    try:
        await asyncio.wait_for(ping(), PATIENCE)
    except Exception as error:
        logger.warning("%s does not answer: %s", type(part).__name__, type(error).__name__)
        return False
    return True


def from_this_machine(request: Request) -> bool:
    """Whether a request comes from loopback itself and not through a proxy on this machine."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.ip).is_loopback
    except ValueError:
        return False
