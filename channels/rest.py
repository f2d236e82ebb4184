"""The REST channel: Rasa's own contract, with errors said instead of swallowed."""

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.gate import Gate
from channels.outgoing import ReplyCollector

logger = logging.getLogger(__name__)
LONGEST_SENDER = 128
Handler = Callable[[UserMessage], Awaitable[Any]]


class BadRequest(Exception):
    """What is wrong with a request, in words for its sender."""


class RestChannel(RestInput):
    """``POST /webhooks/rest/webhook`` with ``{"sender": …, "message": …}``."""

    @classmethod
    def name(cls) -> str:
        """The part of the address."""
        return "rest"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Make the channel; it has no settings of its own."""
        return cls()

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The routes of the channel."""
        routes = Blueprint("rest_webhook")

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            try:
                sender, text = parse(request.body)
            except BadRequest as error:
                return response.json({"error": str(error)}, status=400)
            gate = Gate.of(request.app)
            passed = await gate.admit(f"rest:{sender}", text, request.remote_addr or request.ip)
            if passed.refusal is not None:
                said = {"recipient_id": sender, "text": passed.refusal}
                return response.json([said], status=passed.status)
            collector = ReplyCollector()
            message = UserMessage(
                passed.text, collector, f"rest:{sender}", input_channel=self.name()
            )
            try:
                await on_new_message(message)
            except Exception as error:
                logger.exception("a turn failed: %s", type(error).__name__)
            replies = collector.messages or [{"text": gate.words("error")}]
            if passed.note:
                replies[0]["text"] = f"{passed.note}\n{replies[0].get('text', '')}"
            return response.json([{**reply, "recipient_id": sender} for reply in replies])

        return routes


def parse(body: bytes) -> tuple[str, str]:
    """Sender and message of a request.

    Raises:
        BadRequest: if the body is not an object with a usable sender and a text.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("请求内容不是 JSON") from None
    if not isinstance(data, dict):
        raise BadRequest('请求应为 JSON 对象：{"sender": "…", "message": "…"}')
    sender, text = data.get("sender"), data.get("message")
    if not isinstance(sender, str) or not sender.strip() or len(sender) > LONGEST_SENDER:
        raise BadRequest(f"缺少 sender（不超过 {LONGEST_SENDER} 个字符的字符串）")
    if not isinstance(text, str):
        raise BadRequest("缺少 message（字符串）")
    return sender.strip(), text
