"""The REST channel: Rasa's own contract, with errors said instead of swallowed.

Open to this machine; from anywhere else only with a key (see ``channels/clients.py``).
"""

from functools import lru_cache
from typing import Any

from rasa.core.channels.channel import InputChannel
from rasa.core.channels.rest import RestInput
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.clients import NEARBY, client_of, known_keys
from channels.errors import RequestError, json_object
from channels.gate import Gate
from channels.masking import mask
from channels.outgoing import Handler, TurnFailed, is_ready, run_turn
from channels.secret import pseudonym

__all__ = ["Handler", "RestChannel"]

LONGEST_SENDER = 128
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")


class RestChannel(RestInput):
    """``POST /webhooks/rest/webhook`` with ``{"sender": …, "message": …}``.

    Whatever else a client sends (``metadata``, ``input_channel``, ``stream``) is ignored.
    """

    @classmethod
    def name(cls) -> str:
        """The part of the address."""
        return "rest"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Make the channel; a mistake in ``REST_KEYS`` ends the start."""
        known_keys()
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
                client = client_of(request)
                check_type(request.headers.get("content-type"))
                sender, text = parse(request.body)
            except RequestError as error:
                return response.json({"error": error.message}, status=error.status)
            return await answer(request, on_new_message, client, sender, text)

        return routes


async def answer(
    request: Request, handler: Handler, client: str, sender: str, text: str
) -> HTTPResponse:
    """Say something to a message, whatever happens."""
    gate = Gate.of(request.app)
    conversation = conversation_of(client, sender)
    # Behind a client's one address are all its people.
    address = gate.address(request) if client == NEARBY else ""
    passed = await gate.admit(conversation, text, address)
    if passed.refusal is not None:
        return said(sender, passed.refusal, passed.status, passed.retry_after)
    if not is_ready(request.app):
        return said(sender, gate.words("error"), 503)
    try:
        replies = await run_turn(handler, conversation, passed.text, metadata=gate.home() or None)
    except TurnFailed:
        return said(sender, gate.words("error"))
    messages = [{"recipient_id": sender, **reply} for reply in replies]
    if passed.note:
        messages[0]["note"] = passed.note
        messages[0]["text"] = f"{passed.note}\n{messages[0].get('text', '')}".rstrip()
    return response.json(messages)


def said(
    sender: str, sentence: str, status: int = 200, retry_after: int | None = None
) -> HTTPResponse:
    """One sentence in the shape of a reply, so that every client can show it."""
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    body = [{"recipient_id": sender, "text": sentence}]
    return response.json(body, status=status, headers=headers)


# Looking for personal numbers costs as much as for a message; most senders write again.
@lru_cache(maxsize=256)
def conversation_of(client: str, sender: str) -> str:
    """The conversation of a client's sender; a personal number as a name never gets into it.

    Another client's sender of the same name is somebody else; only theirs begin with ``@``.
    """
    hidden = mask(sender).kinds or sender.startswith("@")
    name = pseudonym(sender) if hidden else sender
    return f"rest:@{client}:{name}" if client != NEARBY else f"rest:{name}"


def check_type(content_type: str | None) -> None:
    """Refuse forms: a page of any site can make a browser send one.

    Raises:
        RequestError: 415 if the body is of a kind that a form can send.
    """
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind in FORMS:
        raise RequestError("not_json_type", 415)


def parse(body: bytes) -> tuple[str, str]:
    """Sender and message of a request.

    Raises:
        RequestError: if the body is not an object with a usable sender and a text.
    """
    data = json_object(body)
    sender, text = data.get("sender"), data.get("message")
    if not isinstance(sender, str) or not isinstance(text, str):
        raise RequestError("no_message" if isinstance(sender, str) else "no_sender")
    sender = sender.strip()
    if not sender or len(sender) > LONGEST_SENDER or not sender.isprintable():
        raise RequestError("no_sender")
    return sender, text
