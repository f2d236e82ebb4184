"""The routes of the web channel, all under ``/chat``; ``docs/web.md`` describes them."""

import logging
import os
import re
from collections.abc import Awaitable, Callable
from functools import cache, wraps
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, empty, json

from channels import history
from channels.conversations import Conversations
from channels.errors import RequestError, json_object
from channels.gate import Gate, gate_settings
from channels.limits import redis_client
from channels.outgoing import Handler, is_ready
from channels.secret import key_for
from channels.settingsfile import folder
from channels.web import feedback, security
from channels.web.assets import Assets, is_hashed, send
from channels.web.replies import MemoryReplies, RedisReplies
from channels.web.settings import WebSettings, web_settings
from channels.web.tokens import Session, Tokens
from channels.web.turns import NotNow, Turns

logger = logging.getLogger(__name__)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_NOT_BUILT = "网页还没有打包：请先运行 make widget。"


class WebChannel(InputChannel):
    """The chat page, its loader, and the API that both use."""

    @classmethod
    def name(cls) -> str:
        """The channel's name and the prefix of its conversations."""
        return "web"

    def url_prefix(self) -> str:
        """At the root; Rasa would put a channel under ``/webhooks``."""
        return "/chat"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Make the channel; its settings are in ``settings/web.yml``."""
        return cls()

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The routes."""
        routes = Blueprint("web_chat")
        client = redis_client(os.environ.get("REDIS_URL"))
        replies = RedisReplies(client) if client is not None else MemoryReplies()
        site = Site(Turns(on_new_message, replies))
        for path, handler in (
            ("/", site.index),
            ("/widget.js", site.loader),
            ("/assets/<name:str>", site.asset),
            ("/logo", site.logo),
            ("/config", site.config),
            ("/questions", site.questions),
        ):
            routes.add_route(_function(handler), path, methods=["GET"], name=handler.__name__)
        for path, method, call in (
            ("/session", "POST", site.session),
            ("/session", "DELETE", site.delete),
            ("/message", "POST", site.message),
            ("/history", "GET", site.history),
            ("/feedback", "POST", site.feedback),
        ):
            routes.add_route(site.guarded(call), path, methods=[method], name=call.__name__)
        routes.listener("before_server_start")(site.before_start)
        return routes


class Site:
    """What the routes do."""

    def __init__(self, turns: Turns) -> None:
        """Read settings and secret; a mistake in them stops the start.

        Args:
            turns: answers messages.
        """
        self._turns = turns
        gate_settings()
        self._settings = web_settings()
        self._tokens = Tokens(key_for("web-session"))
        self._assets = Assets()

    @property
    def settings(self) -> WebSettings:
        """The settings as they are now."""
        return self._settings.current()

    async def before_start(self, app: Sanic, _: Any) -> None:
        """Add the headers that foreign sites need, also to answers that are not ours.

        The application answers ``OPTIONS`` by itself, before any route is asked.
        """

        async def share(request: Request, response: HTTPResponse) -> None:
            if request.path.startswith("/chat/"):
                security.share(request, response, self.settings)

        app.register_middleware(share, "response")

    # The front end.

    async def index(self, request: Request) -> HTTPResponse:
        """The page; it names its files from where it is, so it is in one place only."""
        if request.path.endswith("/"):
            query = f"?{request.query_string}" if request.query_string else ""
            return empty(308, {**security.other_headers(), "Location": f"../chat{query}"})
        asset = self._assets.find("index.html")
        headers = security.page_headers(self.settings)
        if asset is None:
            return HTTPResponse(_NOT_BUILT, 503, headers, "text/plain; charset=utf-8")
        return send(request, asset, headers)

    async def loader(self, request: Request) -> HTTPResponse:
        """The script that puts a button on other sites."""
        headers = {**security.other_headers(), "Cross-Origin-Resource-Policy": "cross-origin"}
        asset = self._assets.find("widget.js")
        return send(request, asset, headers) if asset else problem(RequestError("not_found", 404))

    async def asset(self, request: Request, name: str) -> HTTPResponse:
        """A file of the bundle."""
        asset = self._assets.find("assets", name)
        if asset is None:
            return problem(RequestError("not_found", 404))
        return send(request, asset, security.other_headers(), forever=is_hashed(name))

    async def logo(self, request: Request) -> HTTPResponse:
        """The picture that the settings name."""
        name = self.settings.logo
        asset = self._assets.load(folder() / name) if name else None
        if asset is None:
            return problem(RequestError("not_found", 404))
        return send(request, asset, security.other_headers())

    async def config(self, request: Request) -> HTTPResponse:
        """What the page shows; public, so that a loader on any site may read it."""
        longest = Gate.of(request.app).settings.longest_message
        headers = {**_private_headers(), "Access-Control-Allow-Origin": "*"}
        return json(self.settings.public(longest), headers=headers, ensure_ascii=False)

    async def questions(self, request: Request) -> HTTPResponse:
        """What can be asked, in plain words; the page suggests from it while one types."""
        headers = {**security.other_headers(), "Cache-Control": "public, max-age=3600"}
        return json({"questions": known_questions()}, headers=headers, ensure_ascii=False)

    # The API.

    def guarded(self, handler: Callable[[Request], Awaitable[HTTPResponse]]) -> Any:
        """A handler behind the checks that every call passes; errors become JSON."""

        @wraps(handler)
        async def guard(request: Request) -> HTTPResponse:
            try:
                gate = Gate.of(request.app)
                trusted = gate.settings.trusted_proxies
                security.check_origin(request, self.settings, trusted)
                return await handler(request)
            except RequestError as error:
                return problem(error)
            except NotNow as refused:
                return not_now(refused)
            except Exception as error:
                logger.exception("%s failed: %s", request.path, type(error).__name__)
                sentence = Gate.of(request.app).words("error")
                return not_now(NotNow("failed", 500, sentence))

        return guard

    async def session(self, request: Request) -> HTTPResponse:
        """Go on with a conversation, or begin one."""
        await self._count(request)
        lifetime = self.settings.session_seconds
        token = json_object(request.body).get("token") if request.body else None
        found = self._tokens.read(token, lifetime) if isinstance(token, str) else None
        if found is None:
            await self._count(request, fresh=True)
            token = self._tokens.issue()
        elif self._tokens.is_ageing(found, lifetime):
            token = self._tokens.issue(found.identity)
        current = self._tokens.read(str(token), lifetime)
        assert current is not None
        expires = current.issued + int(lifetime)
        return answer({"token": token, "fresh": found is None, "expires": expires})

    async def delete(self, request: Request) -> HTTPResponse:
        """Delete the conversation."""
        await self._count(request)
        conversation = self._session(request).conversation
        agent = _agent(request)
        await self._turns.settle(conversation)
        async with agent.lock_store.lock(conversation):
            await Conversations(agent.tracker_store).delete(conversation)
        await self._turns.forget(conversation)
        return empty(headers=_private_headers())

    async def message(self, request: Request) -> HTTPResponse:
        """Answer a message."""
        session = self._session(request)
        data = json_object(request.body)
        message_id, text = data.get("id"), data.get("text")
        if not isinstance(message_id, str) or not _UUID.fullmatch(message_id):
            raise RequestError("no_id")
        if not isinstance(text, str):
            raise RequestError("no_text")
        reply = await self._turns.answer(
            request.app,
            session.conversation,
            message_id.lower(),
            text,
            Gate.of(request.app).address(request),
            self.settings.home_region or Gate.of(request.app).settings.home_region,
        )
        return answer({**reply, "id": message_id})

    async def history(self, request: Request) -> HTTPResponse:
        """The turns so far, the newest first to come."""
        await self._count(request)
        conversation = self._session(request).conversation
        before = request.args.get("before")
        store = _agent(request).tracker_store
        message = history.message_of(before) if before else None
        turns = await history.stored(store, conversation, message)
        return answer(history.page(turns, before))

    async def feedback(self, request: Request) -> HTTPResponse:
        """Keep a thumb."""
        await self._count(request)
        conversation = self._session(request).conversation
        reply, value, reason = feedback.checked(json_object(request.body))
        await feedback.store(_agent(request), conversation, reply, value, reason)
        return empty(headers=_private_headers())

    def _session(self, request: Request) -> Session:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        lifetime = self.settings.session_seconds
        found = self._tokens.read(token.strip(), lifetime) if scheme.lower() == "bearer" else None
        if found is None:
            raise RequestError("no_token", 401)
        return found

    async def _count(self, request: Request, fresh: bool = False) -> None:
        gate = Gate.of(request.app)
        allow = gate.allow_session if fresh else gate.allow
        wait = await allow(gate.address(request))
        if wait:
            raise NotNow("rate_limited", 429, gate.words("rate_limited"), wait)


@cache
def known_questions() -> list[str]:
    """The questions that have an answer of their own, in plain words."""
    from dialogue.assistant import assistant

    entries = assistant().wording.answers.values()
    return list(dict.fromkeys(entry.ask for entry in entries if entry.ask))


def _function(method: Callable[..., Awaitable[HTTPResponse]]) -> Any:
    """A method as a function, since Sanic writes its mark on handlers."""

    @wraps(method)
    async def handler(request: Request, **parts: str) -> HTTPResponse:
        return await method(request, **parts)

    return handler


def _agent(request: Request) -> Any:
    """Rasa's agent, once it is there."""
    if not is_ready(request.app):
        raise NotNow("not_ready", 503, Gate.of(request.app).words("error"))
    return request.app.ctx.agent


def _private_headers() -> dict[str, str]:
    return {
        **security.other_headers(),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }


def answer(body: dict[str, Any]) -> HTTPResponse:
    """A reply of the API."""
    return json(body, headers=_private_headers(), ensure_ascii=False)


def problem(error: RequestError) -> HTTPResponse:
    """A mistake of the client, as JSON."""
    body = {"error": error.code, "message": error.message}
    return json(body, error.status, _private_headers(), ensure_ascii=False)


def not_now(refused: NotNow) -> HTTPResponse:
    """A refusal that may pass, as JSON."""
    body: dict[str, Any] = {"error": refused.code, "message": refused.message}
    headers = _private_headers()
    if refused.retry_after is not None:
        body["retry_after"] = refused.retry_after
        headers["Retry-After"] = str(refused.retry_after)
    return json(body, refused.status, headers, ensure_ascii=False)
