"""The 公众号's callback: ``GET`` and ``POST /webhooks/wechat/webhook``."""

import hashlib
import logging
import os
import time
from contextlib import suppress
from functools import partial
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels import history
from channels.gate import Gate
from channels.outgoing import Handler
from channels.wechat import logs
from channels.wechat.api import Api
from channels.wechat.desk import Desk, Ticket, Turned
from channels.wechat.envelope import LARGEST_BODY, Envelope, Query, Refused
from channels.wechat.inbox import SHORT_LIFE, Inbox
from channels.wechat.messages import Ask, Incoming, Say, incoming
from channels.wechat.push import Allowance, push
from channels.wechat.replies import reply_xml
from channels.wechat.settings import WeChatSettings
from channels.wechat.store import MemoryStore, RedisStore, StoreDown
from channels.wechat.talk import Given, Talk
from channels.wechat.words import Words, asked_in

logger = logging.getLogger(__name__)


class WeChatChannel(InputChannel):
    """A 公众号 or a WeCom application; off while no token is set."""

    def __init__(self, settings: WeChatSettings | None) -> None:
        """Take the account's settings; None turns the channel off."""
        self.settings = settings

    @classmethod
    def name(cls) -> str:
        """The part of the address."""
        return "wechat"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Make the channel from ``credentials.yml`` and the environment.

        Raises:
            SettingError: if a setting cannot work.
        """
        settings = WeChatSettings.read(credentials, os.environ)
        if settings:
            logger.info("WeChat is on, %s", settings.kind)
        else:
            # Nothing that who starts the bot on their own machine need read.
            logger.debug("WeChat is off: no WECHAT_TOKEN")
        return cls(settings)

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The routes; none while the channel is off."""
        routes = Blueprint("wechat_webhook")
        if self.settings is None:
            return routes
        logs.install()
        settings = self.settings
        envelope = Envelope(settings, time.time)
        service: Service | None = None

        async def served(app: Sanic) -> Service:
            nonlocal service
            if service is None:
                service = Service(settings, on_new_message, Gate.of(app), partial(given, app))
            return service

        @routes.after_server_start
        async def start(app: Sanic, *_: Any) -> None:
            await served(app)

        @routes.before_server_stop
        async def stop(*_: Any) -> None:
            if service is not None:
                await service.close()

        @routes.get("/webhook")
        async def verify(request: Request) -> HTTPResponse:
            try:
                return response.text(envelope.verify(query_of(request)))
            except Refused as error:
                return refusal(error)

        @routes.post("/webhook", stream=True)
        async def receive(request: Request) -> HTTPResponse:
            try:
                query = query_of(request)
                envelope.check(query)
                opened = envelope.open(query, await body_of(request))
                message = incoming(opened, region_of)
            except Refused as error:
                return refusal(error)
            content = None
            shown = query.signature or query.msg_signature
            if not await (await served(request.app)).is_first(shown, message):
                return refusal(Refused(403, "signature of another message"))
            if message.meaning is not None:
                content = await (await served(request.app)).answer(message, message.meaning)
            if not content:
                return response.text("" if settings.kind == "wecom" else "success")
            xml = reply_xml(message.person, message.account, content)
            sealed = envelope.seal(xml, opened.sealed)
            return response.text(sealed, content_type="application/xml; charset=utf-8")

        return routes


class Service:
    """Everything behind the protocol, made when the first message comes."""

    def __init__(
        self, settings: WeChatSettings, handler: Handler, gate: Gate, given: Given
    ) -> None:
        """Open the records and load the words."""
        self._settings = settings
        words = Words.load()
        self._talk = Talk(handler, gate, words, given, settings)
        self._sorry = gate.words("error")
        self._api = Api(settings) if settings.app_secret else None
        wait = words.line("wechat_working_push" if self._api else "wechat_working")
        life = max(SHORT_LIFE, 2 * settings.max_age + 60)
        make_desk = partial(Desk, patience=settings.patience, wait=wait, sorry=self._sorry)
        # Answers while Redis is away.
        self._spare = make_desk(Inbox(MemoryStore(), life=life))
        self._desk = self._spare
        if settings.redis_url:
            store = RedisStore(settings.redis_url, f"yibao:wechat:{settings.app_id}:")
            self._desk = make_desk(Inbox(store, life=life))

    async def answer(self, message: Incoming, meaning: Ask | Say) -> str | None:
        """The passive reply to one delivery; None for nothing."""
        conversation = conversation_of(self._settings.app_id, message.person)
        desks = [self._desk, self._spare]
        if await self._spare.knows(f"{conversation}:{message.key}"):
            desks = [self._spare]
        for desk in desks:
            try:
                return await self._answered(desk, conversation, message, meaning)
            except StoreDown as error:
                logger.error("WeChat answers without Redis: %s", error)
            except Exception as error:
                logger.exception("a WeChat message failed: %s", type(error).__name__)
                break
        return self._sorry

    async def is_first(self, shown: str, message: Incoming) -> bool:
        """Whether a signature has been shown for no other message.

        In plain mode it says nothing of the body: who overheard one could send what they like.
        WeChat repeats a message with the same one, which is let through.
        """
        for desk in (self._desk, self._spare):
            with suppress(StoreDown):
                return await desk.inbox.belongs(shown, f"{message.person}:{message.key}")
        return True

    async def close(self) -> None:
        """Finish what is running and let go of everything."""
        for desk in {self._desk, self._spare}:
            await desk.close()
        if self._api:
            await self._api.close()

    async def _answered(
        self, desk: Desk, conversation: str, message: Incoming, meaning: Ask | Say
    ) -> str | None:
        key = f"{conversation}:{message.key}"
        allowance = Allowance(desk.inbox) if self._settings.kind == "official" else None
        sender = None
        if self._api:
            sender = partial(
                push, self._api, allowance, conversation, message.person, message.agent
            )

        async def turn() -> Turned:
            if self._api and allowance:
                with suppress(StoreDown):
                    await allowance.refill(conversation, message.is_event)
            return await self._talk.turn(desk, key, conversation, meaning)

        asked = asked_in(meaning.text) if isinstance(meaning, Ask) else ""
        return await desk.answer(Ticket(key, conversation, turn, asked, sender))


async def given(app: Sanic, conversation: str, message_id: str) -> list[dict[str, Any]]:
    """The stored replies to a message."""
    turns = await history.stored(app.ctx.agent.tracker_store, conversation, message_id)
    return history.answered(turns, message_id)[0]


def conversation_of(app_id: str, person: str) -> str:
    """The conversation's id: tells people apart, but not who they are."""
    digest = hashlib.sha256(f"{app_id}\0{person}".encode()).hexdigest()
    return f"{WeChatChannel.name()}:{digest[:32]}"


def region_of(address: str) -> str:
    """The region at the beginning of an address; empty if it names none."""
    from dialogue.assistant import assistant

    found = [each for each in assistant().policy.regions.find(address[:100]) if each.candidates]
    return found[0].text if found else ""


def query_of(request: Request) -> Query:
    """The query string of a request."""
    return Query(**{name: request.args.get(name, "") for name in Query.__struct_fields__})


async def body_of(request: Request) -> bytes:
    """The body, read no further than it may be long.

    Raises:
        Refused: if it is longer.
    """
    body = b""
    while (chunk := await request.stream.read()) is not None:
        body += chunk
        if len(body) > LARGEST_BODY:
            raise Refused(413, "body is too large")
    return body


def refusal(error: Refused) -> HTTPResponse:
    """The answer to a refused request, and its one log line."""
    logger.warning("WeChat request refused with %d: %s", error.status, error)
    return response.text("", status=error.status)
