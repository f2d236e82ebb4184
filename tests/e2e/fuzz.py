"""Random bytes and broken requests against a server of one's own; loopback only.

``python -m tests.e2e.fuzz URL SECONDS`` does it for as long as one likes.
"""

import contextlib
import random
import socket
import sys
import time
from urllib.parse import urlsplit

import requests

PATHS = (
    *("/", "/chat", "/chat/session", "/chat/message", "/chat/history", "/chat/feedback"),
    *("/chat/config", "/chat/assets/x", "/webhooks/rest/webhook", "/webhooks/wechat/webhook"),
    *("/model/parse", "/model/", "/health", "/ready", "/metrics", "/conversations/x/tracker"),
    *("*", "//", "/%00", "/%ff", "/../etc/passwd", "http://other/", "/chat?before=%", "/[", "?"),
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


def request(dice: random.Random) -> bytes:
    """One broken request, or several on one connection."""
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
    """Send broken requests.

    Args:
        url: of a server on this machine.
        seed: of the dice.
        seconds: for how long at most.
        most: how many at most.

    Returns:
        How many were sent, and what should not have come back.
    """
    address = (urlsplit(url).hostname, urlsplit(url).port)
    assert address[0] == "127.0.0.1"
    dice = random.Random(seed)
    wrong: list[str] = []
    sent, until = 0, time.monotonic() + seconds
    while sent < most and time.monotonic() < until:
        data = request(dice)
        sent += 1
        with contextlib.suppress(OSError), socket.create_connection(address, 5) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(3)
            answer = connection.recv(65_536)
            if b"HTTP/1.1 500" in answer or b"Traceback" in answer:
                wrong.append(f"{data[:300]!r} -> {answer[:200]!r}")
        if sent % 50 == 0 and requests.get(f"{url}/health", timeout=10).status_code != 200:
            wrong.append("no health")
    return sent, wrong


if __name__ == "__main__":
    number, found = fuzz(sys.argv[1], int(time.time()), float(sys.argv[2]))
    print(number, "requests;", len(found), "wrong", *found[:10], sep="\n")
