"""Routes for those who run the server: alive, ready, metrics, and parsing from the same machine."""

import ipaddress
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.rest import Handler

FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")
LONGEST_PARSED = 10_000


class OperationsChannel(InputChannel):
    """``/health``, ``/ready``, ``/metrics`` and, to loopback only, ``POST /model/parse``."""

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
            agent = getattr(request.app.ctx, "agent", None)
            is_ready = bool(agent and agent.is_ready())
            return response.json({"model": is_ready}, status=200 if is_ready else 503)

        @routes.get("/metrics")
        async def metrics(request: Request) -> HTTPResponse:
            return response.raw(generate_latest(), content_type=CONTENT_TYPE_LATEST)

        @routes.post("/model/parse")
        async def parse(request: Request) -> HTTPResponse:
            if not from_this_machine(request):
                return response.json({"error": "只对本机开放"}, status=403)
            data = request.json if isinstance(request.json, dict) else {}
            text = data.get("text")
            if not isinstance(text, str) or len(text) > LONGEST_PARSED:
                return response.json({"error": "缺少 text（字符串）"}, status=400)
            return response.json(await request.app.ctx.agent.parse_message(text))

        return routes


def from_this_machine(request: Request) -> bool:
    """Whether a request comes from loopback itself and not through a proxy on this machine."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.ip).is_loopback
    except ValueError:
        return False
