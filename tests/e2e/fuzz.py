"""Random bytes and broken requests against a server of one's own; loopback only.

``python -m tests.e2e.fuzz URL SECONDS [SEED]`` does it for as long as one likes.
"""

import contextlib
import json
import random
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

import requests

# Most of the time goes by in waiting for answers that never come.
HANDS = 8
PATHS = (
    *("/", "/chat", "/chat/session", "/chat/message", "/chat/history", "/chat/feedback"),
    *("/chat/config", "/chat/assets/x", "/webhooks/rest/webhook", "/webhooks/wechat/webhook"),
    *("/desk", "/desk/login", "/desk/log", "/desk/conversation?id=\xff", "/desk/style.css"),
    *("/model/parse", "/model/", "/health", "/ready", "/metrics", "/conversations/x/tracker"),
    *(
        "*",
        "//",
        "/%00",
        "/%ff",
        "/../etc/passwd",
        "http://other/",
        "http://other",
        "/chat?before=%",
        "/[",
        "?",
    ),
)
METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "get", "")
FIELDS = (
    *("Content-Length: 5", "Content-Length: -1", "Content-Length: +5", "Content-Length: 0x5"),
    *("Content-Length: 99999999999999999999", "Content-Length: 0", "Transfer-Encoding: chunked"),
    *("Transfer-Encoding: identity", "Connection: keep-alive", "Connection: close", "Expect: x"),
    *("Expect: 100-continue", "Upgrade: websocket", "Upgrade: h2c", "Host: a", "Host:"),
    *("X-Forwarded-For: 1.2.3.4, ::1", "X-Forwarded-Host: [", "Forwarded: for=[", "Via: 1"),
    *("Authorization: Bearer x", "Authorization: Bearer", "Origin: null", "Origin: http://["),
    *("Content-Type: text/plain", "Content-Type: application/json; charset=x", "Cookie: a=\xff"),
    *("Cookie: yibao_desk=\xff", "Content-Type: multipart/form-data; boundary=b", "Cookie: =;;"),
    *("X-Request-ID: abcdefgh", "Accept-Encoding: gzip;q=x", "If-None-Match: *", ": x", "X\x00: y"),
)
BODIES = (
    *("", "hello", "{}", "[]", "null", '{"sender":"a","message":"b"}', '{"id":1,"text":[]}'),
    *(
        "5\r\nhello\r\n0\r\n\r\n",
        "-5\r\nhello\r\n",
        "0x5\r\nhello",
        "ffffffffff\r\n",
        "0\r\nX: y\r\n\r\n",
    ),
    *("<xml>", "<!DOCTYPE a [<!ENTITY b 'c'>]><xml>&b;</xml>", "[" * 3000, '{"a":' * 500),
)

# What a text is made of when the request itself is in order.
SIGNS = (
    *(
        "医",
        "保",
        "余额",
        "北京",
        "75岁",
        "一三八",
        "1",
        "38",
        "0",
        "\u3164",
        "\u00ad",
        "\u202e",
        "\ud83d",
    ),
    *(
        "😀",
        "\x00",
        "\n",
        "/",
        "／",
        "{",
        "}",
        '"',
        "'",
        "\\",
        "%",
        "&#49;",
        "<",
        "]]>",
        "$",
        "é",
        "ﷺ",
        "𠮷",
    ),
    *(
        "身份证",
        "密码",
        "退休",
        "和",
        "，",
        "。",
        " ",
        "x" * 50,
        "9" * 30,
        "\ufeff",
        "ß",
        "İ",
        "①",
        "〇",
    ),
)
TARGETS = (
    *(("POST", "/webhooks/rest/webhook"), ("POST", "/model/parse"), ("POST", "/chat/message")),
    *(("POST", "/chat/session"), ("POST", "/chat/feedback"), ("POST", "/webhooks/wechat/webhook")),
    *(("GET", "/chat/history"), ("DELETE", "/chat/session"), ("POST", "/desk/login")),
)


def well_formed(dice: random.Random) -> bytes:
    """A request that is in order, with a body of odd values and texts."""
    method, path = dice.choice(TARGETS)

    def value(depth: int = 0) -> object:
        kind = dice.randrange(8 if depth < 3 else 6)
        if kind == 6:
            return [value(depth + 1) for _ in range(dice.randint(0, 3))]
        if kind == 7:
            return {odd(): value(depth + 1) for _ in range(dice.randint(0, 3))}
        return dice.choice([odd(), odd(), odd(), dice.choice([0, -1, 1e308, 10**30]), None, True])

    def odd() -> str:
        return "".join(dice.choice(SIGNS) for _ in range(dice.choice([0, 1, 3, 8, 40])))

    names = ("sender", "message", "text", "id", "token", "reply", "value", "reason", "metadata")
    body = {name: value() for name in names if dice.random() < 0.7}
    if dice.random() < 0.5:
        body |= {"sender": f"fuzz-{dice.randrange(20)}", "message": odd(), "text": odd()}
    if dice.random() < 0.3:
        body |= {"id": f"{dice.getrandbits(32):08x}-0000-4000-8000-{dice.getrandbits(48):012x}"}
    form = path.startswith("/desk")
    if form:
        data = urlencode({"name": odd(), "password": odd()}, errors="surrogatepass").encode()
    else:
        data = json.dumps(body, ensure_ascii=dice.random() < 0.5).encode(errors="surrogatepass")
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    head = f"{method} {path} HTTP/1.1\r\nHost: a\r\nContent-Type: {kind}\r\n"
    return f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data


def request(dice: random.Random) -> bytes:
    """One broken request, or several on one connection."""
    if dice.random() < 0.25:
        return well_formed(dice)
    pieces = []
    for _ in range(dice.choice([1, 1, 1, 2, 5])):
        fields = dice.sample(FIELDS, dice.randint(0, 6)) + ["Host: a"] * dice.choice([0, 1, 1, 1])
        version = dice.choice(["HTTP/1.1"] * 6 + ["HTTP/1.0", "HTTP/2.0", "HTTP/", ""])
        head = [f"{dice.choice(METHODS)} {dice.choice(PATHS)} {version}", *fields]
        text = "\r\n".join(head) + "\r\n\r\n" + dice.choice(BODIES)
        pieces.append(text.encode("latin-1", "replace"))
    data = bytearray(b"".join(pieces))
    for _ in range(dice.choice([0, 0, 0, 1, 3, 20])):
        data[dice.randrange(len(data))] = dice.randrange(256)
    return bytes(data[: dice.randint(1, len(data))] if dice.random() < 0.2 else data)


def fuzz(url: str, seed: int, seconds: float, most: int = sys.maxsize) -> tuple[int, list[str]]:
    """Send broken requests, over several connections at once.

    Args:
        url: of a server on this machine.
        seed: of the dice.
        seconds: for how long at most.
        most: how many at most.

    Returns:
        How many were sent, and what should not have come back.
    """
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(HANDS) as hands:
        # Of each hand the same requests whatever the others do.
        each = [
            hands.submit(_send, url, random.Random(f"{seed}/{hand}"), until, (most + hand) // HANDS)
            for hand in range(HANDS)
        ]
    done = [hand.result() for hand in each]
    return sum(sent for sent, _ in done), [line for _, wrong in done for line in wrong]


def _send(url: str, dice: random.Random, until: float, most: int) -> tuple[int, list[str]]:
    address = (urlsplit(url).hostname, urlsplit(url).port)
    assert address[0] == "127.0.0.1"
    wrong: list[str] = []
    sent = 0
    while sent < most and time.monotonic() < until:
        data = request(dice)
        sent += 1
        with contextlib.suppress(OSError), socket.create_connection(address, 5) as connection:
            sizes = dice.choice([(len(data),), (len(data),), (1, 7, 40), (100, 1000)])
            at = 0
            while at < len(data):
                # In pieces, as a network may cut them; often whole.
                size = dice.choice(sizes)
                connection.sendall(data[at : at + size])
                at += size
            if dice.random() < 0.9:
                connection.shutdown(socket.SHUT_WR)
            connection.settimeout(3)
            answer = connection.recv(65_536) if dice.random() < 0.95 else b""
            if b"HTTP/1.1 500" in answer or b"Traceback" in answer:
                wrong.append(f"{data[:300]!r} -> {answer[:200]!r}")
        if sent % 50 == 0 and requests.get(f"{url}/health", timeout=10).status_code != 200:
            wrong.append("no health")
    return sent, wrong


if __name__ == "__main__":
    begun = int(time.time()) if len(sys.argv) < 4 else int(sys.argv[3])
    number, found = fuzz(sys.argv[1], begun, float(sys.argv[2]))
    print(f"seed {begun}: {number} requests, {len(found)} wrong", *found[:10], sep="\n")
    sys.exit(bool(found))
