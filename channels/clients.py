"""Programs that call REST from other machines: each with a key and conversations of its own."""

import hmac
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from sanic.request import Request

from channels.errors import RequestError
from channels.operations import from_this_machine
from channels.settingsfile import SettingMistake

NAME = "REST_KEYS"
_ENTRY = re.compile(r"([a-z0-9][a-z0-9-]{0,31})=([\x21-\x2b\x2d-\x7e]{32,128})", re.ASCII)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
# Client of whoever calls from this machine.
NEARBY = ""


def read_keys(environment: Mapping[str, str] = os.environ) -> dict[str, bytes]:
    """Keys by the names of their clients, from ``REST_KEYS=name=key,name=key``.

    Raises:
        SettingMistake: for an entry that is none, a short key, a name or key that is there twice.
    """
    found: dict[str, bytes] = {}
    for number, entry in enumerate(filter(None, environment.get(NAME, "").split(",")), 1):
        match = _ENTRY.fullmatch(entry.strip())
        if match is None:
            raise SettingMistake(
                NAME, f"第 {number} 项应为 名字=钥匙，名字是小写字母和数字，钥匙至少 32 个字符"
            )
        name, key = match[1], match[2].encode()
        if len(set(match[2])) < 8:
            raise SettingMistake(NAME, f"{name} 的钥匙太好猜")
        if name in found or key in found.values():
            raise SettingMistake(NAME, f"{name}：名字或钥匙重复了")
        found[name] = key
    return found


@lru_cache
def known_keys() -> dict[str, bytes]:
    """The keys of this process."""
    return read_keys()


def client_of(request: Request) -> str:
    """Who calls: the name of a client with a key, or ``NEARBY``.

    Raises:
        RequestError: 401 for a stranger, 403 for a page of another site in a browser here.
    """
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        for name, key in known_keys().items():
            if hmac.compare_digest(given.strip().encode(errors="replace"), key):
                return name
        raise RequestError("no_key", 401)
    if not from_this_machine(request):
        raise RequestError("no_key", 401)
    origin = request.headers.get("origin")
    if origin and host_of(origin) not in _LOOPBACK:
        raise RequestError("foreign_origin", 403)
    return NEARBY


def host_of(origin: str) -> str:
    """The host of an ``Origin``; "" if it has none."""
    try:
        return urlsplit(origin).hostname or ""
    except ValueError:
        return ""
