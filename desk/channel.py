"""The routes of the desk, all under ``/desk``: who may call them, and what they answer with."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, redirect

from channels.addresses import household
from channels.gate import Gate
from channels.outgoing import Handler, is_ready
from channels.settingsfile import SHARED
from channels.web.security import is_own
from desk.archive import Archive
from desk.draft import DraftError
from desk.jobs import Busy, Jobs
from desk.store import DeskSession, DeskStore, fingerprint
from desk.turns import DeskWords, desk_words
from desk.users import Role, User, desk_settings, fits

logger = logging.getLogger(__name__)
HERE = Path(__file__).parent
COOKIE = "yibao_desk"
# Bytes of a form that somebody may send who has not logged in; reading a long one holds up others.
LONGEST_LOGIN = 10_000
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Denied(Exception):
    """A request that is not served; ``code`` names its sentence in ``desk/words.yml``."""

    def __init__(self, code: str, status: int) -> None:
        """Take the name of the sentence and the HTTP status."""
        super().__init__(code)
        self.code = code
        self.status = status


class Visit:
    """One request of somebody who has logged in."""

    def __init__(self, desk: "Desk", request: Request, user: User, session: DeskSession) -> None:
        """Take who asks."""
        self.desk = desk
        self.request = request
        self.user = user
        self.session = session

    def get(self, name: str, default: str = "") -> str:
        """A parameter of the address or of the form."""
        sent = self.request.form if self.request.method == "POST" else self.request.args
        return _storable(sent.get(name, default))

    def note(self, action: str, detail: str = "") -> Awaitable[None]:
        """Write into the audit log."""
        return asyncio.to_thread(self.desk.store(self.request).note, self.user.name, action, detail)

    def page(self, template: str, **values: Any) -> HTTPResponse:
        """A page."""
        return self.desk.page(template, user=self.user, csrf=self.session.csrf, **values)


View = Callable[[Visit], Awaitable[HTTPResponse]]
# Path, method, what it does, and who may.
Entry = tuple[str, str, View, Role]


def views() -> tuple[Entry, ...]:
    """Every page and form of those who have logged in."""
    from desk import facts, mending, pages, sentences, why

    return (
        *pages.VIEWS,
        *facts.VIEWS,
        *mending.VIEWS,
        *sentences.VIEWS,
        *why.VIEWS,
        ("/logout", "POST", logout, "reader"),
    )


class DeskChannel(InputChannel):
    """The operators' page; it has no routes unless somebody may log in."""

    @classmethod
    def name(cls) -> str:
        """The channel's name."""
        return "desk"

    def url_prefix(self) -> str:
        """At the root; Rasa would put a channel under ``/webhooks``."""
        return "/desk"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Make the channel; its settings are in ``settings/desk.yml``."""
        return cls()

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The routes."""
        routes = Blueprint("desk")
        if desk_settings().current().users:
            Desk().add_routes(routes)
        return routes


class Desk:
    """What all pages share: users, sessions, templates, the draft's folder."""

    def __init__(self) -> None:
        """Read settings and templates; a mistake in them stops the start."""
        from jinja2 import Environment, FileSystemLoader

        from desk import filters

        self._settings = desk_settings()
        self.words: DeskWords = desk_words()
        self.templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.globals.update(words=self.words)
        self.templates.filters.update(filters.FILTERS)
        self.folder = SHARED / "desk"
        self.jobs = Jobs(self.folder)
        self._store: DeskStore | None = None
        self._archive: Archive | None = None
        # Guesses that come at once would all be looked at before the first is counted.
        self._one_guess = asyncio.Lock()
        # Empties the archive when nobody looks any more.
        self.idle: asyncio.TimerHandle | None = None

    def add_routes(self, routes: Blueprint) -> None:
        """Put every page on a blueprint."""
        routes.add_route(_function(self.login), "/login", methods=["GET", "POST"], name="login")
        routes.add_route(_function(self.style), "/style.css", methods=["GET"], name="style")
        for path, method, view, role in views():
            name = f"{method}_{path.strip('/').replace('.', '_') or 'start'}"
            routes.add_route(self._guarded(view, role), path, methods=[method], name=name)

    @property
    def settings(self) -> Any:
        """The settings as they are now."""
        return self._settings.current()

    def engine(self, request: Request) -> Any:
        """The database of the conversations.

        Raises:
            Denied: if there is none yet, or none at all.
        """
        if not is_ready(request.app):
            raise Denied("not_ready", 503)
        engine = getattr(request.app.ctx.agent.tracker_store, "engine", None)
        if engine is None:
            raise Denied("memory", 503)
        return engine

    def store(self, request: Request) -> DeskStore:
        """Sessions, failed logins and audit log."""
        if self._store is None:
            self._store = DeskStore(self.engine(request))
        return self._store

    def archive(self, request: Request) -> Archive:
        """The conversations."""
        if self._archive is None:
            self._archive = Archive(self.engine(request), self.words)
        return self._archive

    def page(self, template: str, status: int = 200, **values: Any) -> HTTPResponse:
        """A page that is filled in."""
        html = self.templates.get_template(template).render(**values)
        return HTTPResponse(html, status, dict(HEADERS), "text/html; charset=utf-8")

    async def style(self, request: Request) -> HTTPResponse:
        """The style sheet."""
        text = (HERE / "static" / "desk.css").read_text(encoding="utf-8")
        return HTTPResponse(text, 200, dict(HEADERS), "text/css; charset=utf-8")

    async def login(self, request: Request) -> HTTPResponse:
        """Show the form, or let somebody in."""
        try:
            if request.method == "GET":
                return self.page("login.html")
            _same_site(request)
            return await self._enter(request)
        except Denied as denied:
            return self.page("login.html", denied.status, problem=self.words.refusals[denied.code])

    async def _enter(self, request: Request) -> HTTPResponse:
        if len(request.body) > LONGEST_LOGIN:
            raise Denied("wrong", 413)
        store = await asyncio.to_thread(self.store, request)
        name = _storable(request.form.get("name"))[:100]
        password = str(request.form.get("password") or "")[:1000]
        home = household(Gate.of(request.app).address(request))
        user = self.settings.user(name)
        async with self._one_guess:
            if await asyncio.to_thread(store.is_barred, name, home):
                raise Denied("barred", 429)
            if not await asyncio.to_thread(fits, user, password):
                await asyncio.to_thread(store.failed, name, home)
                await asyncio.to_thread(store.note, name if user else "?", "refused")
                raise Denied("wrong", 403)
            await asyncio.to_thread(store.succeeded, name, home)
        token = await asyncio.to_thread(store.begin, name, user.password)
        await asyncio.to_thread(store.note, name, "login")
        answer = redirect("/desk", headers=dict(HEADERS), status=303)
        answer.cookies[COOKIE] = token
        for field, value in (("path", "/desk"), ("httponly", True), ("samesite", "Strict")):
            answer.cookies[COOKIE][field] = value
        if "https" in (request.scheme, request.headers.get("x-forwarded-proto")):
            answer.cookies[COOKIE]["secure"] = True
        return answer

    def _guarded(self, view: View, role: Role) -> Any:
        """A view for those who may; everybody else is told why not, or sent to log in."""

        @wraps(view)
        async def guard(request: Request) -> HTTPResponse:
            user: User | None = None
            try:
                visit = await self._visit(request)
                user = visit.user
                if not user.may(role):
                    raise Denied("role", 403)
                if request.method == "POST":
                    _same_site(request)
                    if visit.get("csrf") != visit.session.csrf:
                        raise Denied("csrf", 403)
                return await _seen(view, visit)
            except Denied as denied:
                if denied.code == "stranger" and request.method == "GET":
                    return redirect("/desk/login", headers=dict(HEADERS), status=303)
                code, status = denied.code, denied.status
            except DraftError as error:
                code, status = error.code, 409
            except Busy:
                code, status = "busy", 409
            problem = self.words.refusals[code]
            return self.page("problem.html", status, problem=problem, user=user)

        return guard

    async def _visit(self, request: Request) -> Visit:
        """Who asks.

        Raises:
            Denied: if it is a stranger.
        """
        token = request.cookies.get(COOKIE)
        if not token:
            raise Denied("stranger", 403)
        store = await asyncio.to_thread(self.store, request)
        lasts = self.settings.session_hours * 3600.0
        session = await asyncio.to_thread(store.session, token, lasts)
        user = self.settings.user(session.name) if session else None
        if session is None or user is None or fingerprint(user.password) != session.password:
            raise Denied("stranger", 403)
        return Visit(self, request, user, session)


def _storable(text: Any) -> str:
    """What somebody typed, without the sign that PostgreSQL cannot store."""
    return str(text or "").replace("\0", "")


def _function(method: Callable[[Request], Awaitable[HTTPResponse]]) -> Any:
    """A method as a function, since Sanic writes its mark on handlers."""

    @wraps(method)
    async def handler(request: Request) -> HTTPResponse:
        return await method(request)

    return handler


async def _seen(view: View, visit: Visit) -> HTTPResponse:
    """What a view answers; a page looks anew if the draft it was reading has just been put away."""
    try:
        return await view(visit)
    except FileNotFoundError:
        if visit.request.method != "GET":
            raise
        return await view(visit)


async def logout(visit: Visit) -> HTTPResponse:
    """End the session, also for whoever has copied the cookie."""
    token = visit.request.cookies.get(COOKIE)
    await asyncio.to_thread(visit.desk.store(visit.request).end, token)
    await visit.note("logout")
    answer = redirect("/desk/login", headers=dict(HEADERS), status=303)
    answer.cookies[COOKIE] = ""
    answer.cookies[COOKIE]["path"] = "/desk"
    answer.cookies[COOKIE]["max-age"] = 0
    return answer


def go(path: str) -> HTTPResponse:
    """To another page, after a form."""
    return redirect(path, headers=dict(HEADERS), status=303)


def _same_site(request: Request) -> None:
    """Refuse forms that another site sends.

    Raises:
        Denied: if it does.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Denied("csrf", 403)
    origin = request.headers.get("origin")
    trusted = Gate.of(request.app).settings.trusted_proxies
    if origin and origin != "null" and not is_own(request, origin, trusted):
        raise Denied("csrf", 403)
