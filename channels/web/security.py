"""Headers of the web channel, and which foreign pages may call it."""

from urllib.parse import urlsplit

from sanic.request import Request
from sanic.response import HTTPResponse

from channels.addresses import networks, parsed, within
from channels.errors import RequestError
from channels.web.settings import WebSettings

# Everything comes from this server; nothing inline, nothing evaluated.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; require-trusted-types-for 'script'; frame-ancestors {ancestors}"
)
_NOTHING = "default-src 'none'; frame-ancestors 'none'; sandbox"
_METHODS = "GET, POST, DELETE"
_ALLOWED = "authorization, content-type"


def page_headers(settings: WebSettings) -> dict[str, str]:
    """Headers of the page itself."""
    microphone = "(self)" if settings.voice else "()"
    ancestors = " ".join(settings.frame_ancestors) or "'none'"
    return {
        "Content-Security-Policy": _POLICY.format(ancestors=ancestors),
        "Permissions-Policy": f"camera=(), microphone={microphone}, geolocation=(), payment=()",
        "Referrer-Policy": "no-referrer",
    }


def other_headers() -> dict[str, str]:
    """Headers of everything that is no page."""
    return {"Content-Security-Policy": _NOTHING, "Referrer-Policy": "no-referrer"}


def check_origin(request: Request, settings: WebSettings, trusted: tuple[str, ...]) -> None:
    """Refuse calls from pages of foreign sites.

    A request without ``Origin`` comes from no foreign page; one with it must name this server
    or a site that the settings allow.

    Raises:
        RequestError: if a foreign page calls.
    """
    origin = request.headers.get("origin")
    if not origin or origin in settings.allowed_origins:
        return
    if not is_own(request, origin, trusted):
        raise RequestError("foreign_origin", 403)


def is_own(request: Request, origin: str, trusted: tuple[str, ...]) -> bool:
    """Whether an origin is this server, by a name under which the request reached it."""
    return _host_of(origin) in _own_hosts(request, trusted)


def _host_of(origin: str) -> str:
    """Host and port of an origin, without the port that its scheme has anyway; "" if malformed."""
    try:
        parts = urlsplit(origin)
        return _plain_host(parts.netloc, parts.scheme)
    except ValueError:
        return ""


def _plain_host(host: str, scheme: str) -> str:
    usual = {"https": ":443", "http": ":80"}.get(scheme, "")
    host = host.strip().lower()
    return host.removesuffix(usual) if usual else host


def _own_hosts(request: Request, trusted: tuple[str, ...]) -> set[str]:
    """Names under which this request reached the server."""
    hosts = [request.headers.get("host", "")]
    if within(parsed(request.ip or ""), networks(trusted)):
        # Of several proxies the one that people see has written the first.
        first = request.headers.get("x-forwarded-host", "").partition(",")[0]
        port = request.headers.get("x-forwarded-port", "").partition(",")[0].strip()
        hosts += [first, f"{first.strip()}:{port}" if first and port.isdigit() else ""]
    scheme = request.headers.get("origin", "").partition("://")[0]
    return {_plain_host(host, scheme) for host in hosts} - {""}


def share(request: Request, response: HTTPResponse, settings: WebSettings) -> None:
    """Let the scripts of allowed foreign sites read a response (CORS)."""
    origin = request.headers.get("origin")
    if origin and origin in settings.allowed_origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Methods"] = _METHODS
        response.headers["Access-Control-Allow-Headers"] = _ALLOWED
        response.headers["Access-Control-Max-Age"] = "600"
        response.headers["Vary"] = "Origin"
