"""Under which names a page may call its own server, with what proxies write."""

from types import SimpleNamespace

import pytest

from channels.errors import RequestError
from channels.web.security import check_origin
from channels.web.settings import WebSettings

PROXY = ("127.0.0.1",)


def call(origin: str, peer: str = "127.0.0.1", **headers: str) -> None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = SimpleNamespace(ip=peer, headers={"origin": origin, **named})
    check_origin(request, WebSettings(), PROXY)


@pytest.mark.parametrize(
    ("origin", "headers"),
    [
        ("https://bot.example", {"host": "bot.example"}),
        ("https://bot.example", {"host": "bot.example:443"}),
        ("https://bot.example:443", {"host": "bot.example"}),
        ("http://bot.example", {"host": "bot.example:80"}),
        ("https://bot.example:8443", {"host": "bot.example:8443"}),
        ("https://bot.example", {"host": "inner", "x_forwarded_host": "bot.example, middle"}),
        (
            "https://bot.example:8443",
            {"host": "inner", "x_forwarded_host": "bot.example", "x_forwarded_port": "8443"},
        ),
    ],
)
def test_its_own_page_may_call(origin: str, headers: dict[str, str]) -> None:
    call(origin, **headers)


@pytest.mark.parametrize(
    ("origin", "headers"),
    [
        ("https://evil.example", {"host": "bot.example"}),
        ("https://bot.example:8443", {"host": "bot.example"}),
        ("https://bot.example", {"host": "bot.example:8443"}),
        ("null", {"host": "bot.example"}),
        ("https://[", {"host": "bot.example"}),
        ("https://middle", {"host": "inner", "x_forwarded_host": "bot.example, middle"}),
        ("https://evil", {"host": "bot", "x_forwarded_host": "evil", "peer": "203.0.113.9"}),
    ],
)
def test_a_foreign_page_may_not(origin: str, headers: dict[str, str]) -> None:
    with pytest.raises(RequestError):
        call(origin, **headers)
