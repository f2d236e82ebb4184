"""What the server takes for HTTP, byte for byte."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from unittest.mock import patch

import pytest
import sanic
from sanic.response import text

from server import protocol
from server.protocol import StrictProtocol
from tests.channels.online import touched_up_once

POST = "POST /say HTTP/1.1\r\nHost: a\r\n"
REFUSED = {
    "negative length": POST + "Content-Length: -1\r\n\r\n",
    "signed length": POST + "Content-Length: +5\r\n\r\nhello",
    "length in words": POST + "Content-Length: five\r\n\r\nhello",
    "no length": POST + "Content-Length:\r\n\r\n",
    "length with underscores": POST + "Content-Length: 0_5\r\n\r\nhello",
    "length in other digits": POST + "Content-Length: ５\r\n\r\nhello",
    "two lengths": POST + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "the same length twice": POST + "Content-Length: 5\r\ncontent-length: 5\r\n\r\nhello",
    "a list of lengths": POST + "Content-Length: 5, 5\r\n\r\nhello",
    "length and chunks": POST
    + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "chunks twice": POST
    + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "another coding": POST + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunks in capitals": POST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a chunk in 0x": POST + "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
    "a negative chunk": POST + "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
    "a chunk with underscores": POST
    + "Transfer-Encoding: chunked\r\n\r\n0_5\r\nhello\r\n0\r\n\r\n",
    "a huge chunk": POST + "Transfer-Encoding: chunked\r\n\r\nfffffffff\r\nhello\r\n0\r\n\r\n",
    "trailers": POST + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n",
    "NUL in a header": POST + "X-A: a\x00b\r\n\r\n",
    "a bare line feed": POST + "X-A: a\nX-B: b\r\n\r\n",
    "a bare carriage return": POST + "X-A: a\rX-B: b\r\n\r\n",
    "a folded header": POST + "X-A: a\r\n b\r\n\r\n",
    "a space before the colon": POST + "Content-Length : 5\r\n\r\nhello",
    "no colon": POST + "X-A\r\n\r\n",
    "two hosts": POST + "Host: b\r\n\r\n",
    "no host": "GET /say HTTP/1.1\r\n\r\n",
    "another version": "GET /say HTTP/2.0\r\nHost: a\r\n\r\n",
    "a blank in the address": "GET /sa y HTTP/1.1\r\nHost: a\r\n\r\n",
    "NUL in the address": "GET /sa\x00y HTTP/1.1\r\nHost: a\r\n\r\n",
    "another expectation": POST + "Expect: x\r\nContent-Length: 5\r\n\r\nhello",
    "an expectation that is no text": POST + "Expect: \u00e9\r\n\r\n",
    "no request": "hello\r\n\r\n",
    "no address": "GET http://[ HTTP/1.1\r\nHost: a\r\n\r\n",
    "an address without a path": "GET http://other HTTP/1.1\r\nHost: a\r\n\r\n",
    "a question to no path": "GET http://other?a HTTP/1.1\r\nHost: a\r\n\r\n",
}
TAKEN = {
    "a length": POST + "Content-Length: 5\r\n\r\nhello",
    "leading noughts": POST + "Content-Length: 005\r\n\r\nhello",
    "chunks": POST + "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\n\r\n",
    "HTTP/1.0": "POST /say HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello",
    "asks for another protocol": POST + "Upgrade: websocket\r\nContent-Length: 5\r\n\r\nhello",
    "100-continue": POST + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
}


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[int]:
    """The port of a server that says back what it is told."""
    with patch.object(sanic.Sanic, "test_mode", True):
        app = sanic.Sanic("strict")
    app.config.ACCESS_LOG = False

    @app.post("/say")
    async def say(request):
        return text(request.body.decode())

    @app.get("/say")
    async def greet(request):
        return text("hello")

    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    server = await app.create_server(sock=sock, return_asyncio_server=True, protocol=StrictProtocol)
    with patch("sanic.app.TouchUp.run", touched_up_once):
        await server.startup()
    await server.before_start()
    await server.after_start()
    try:
        yield sock.getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


async def sent(port: int, request: str, patience: float = 5.0) -> str:
    """All that comes back on a connection until the server closes it or falls silent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.encode())
    found = b""
    with contextlib.suppress(asyncio.TimeoutError):
        while chunk := await asyncio.wait_for(reader.read(65536), patience):
            found += chunk
            if b"hello" in found:
                break
    writer.close()
    return found.decode()


async def test_what_servers_could_read_differently_gets_400():
    async with serving() as port:
        for name, request in REFUSED.items():
            answer = await sent(port, request)
            assert answer.startswith("HTTP/1.1 400"), (name, answer[:80])
            assert answer.count("HTTP/1.1 ") == 1, name
            assert "connection: close" in answer.lower(), name
        assert "hello" in await sent(port, TAKEN["a length"])


async def test_ordinary_requests_are_taken():
    async with serving() as port:
        for name, request in TAKEN.items():
            answer = await sent(port, request)
            assert "200 OK" in answer, name
            assert answer.endswith("hello"), name


@pytest.mark.parametrize("pause", [0.0, 0.01, 0.3])
async def test_a_body_that_comes_after_its_header(pause: float):
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for piece in TAKEN["chunks"].encode().splitlines(keepends=True):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
        assert b"200 OK" in await asyncio.wait_for(reader.read(15), 5)
        writer.close()


async def test_several_requests_on_one_connection():
    async with serving() as port:
        answer = await sent(port, POST + "Content-Length: 2\r\n\r\nhi" + TAKEN["chunks"])
        assert answer.count("200 OK") == 2


async def test_head_is_get_without_the_body():
    async with serving() as port:
        answer = await sent(port, "HEAD /say HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert "200 OK" in answer
        assert "content-length: 5" in answer.lower()
        assert "hello" not in answer


@pytest.mark.parametrize(
    "begun",
    [
        POST + "Content-Length: 100\r\n\r\n",
        POST + "Upgrade: websocket\r\nContent-Length: 100\r\n\r\n",
        POST + "Transfer-Encoding: chunked\r\n\r\n64\r\n",
        POST + "X-A: ",
    ],
)
async def test_a_dribbling_client_is_given_up(begun: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(protocol, "HEADER_LASTS", 0.4)
    monkeypatch.setattr(protocol, "BODY_LASTS", 0.4)
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begun.encode())
        answer = asyncio.ensure_future(reader.read())
        dribbled = 0
        while not answer.done() and dribbled < 60:
            await asyncio.sleep(0.05)
            with contextlib.suppress(ConnectionError, RuntimeError):
                writer.write(b"a")
                await writer.drain()
            dribbled += 1
        assert dribbled < 60, "the connection was kept for as long as a byte came now and then"
        with contextlib.suppress(ConnectionError, RuntimeError):
            assert b"408" in await answer or not await answer
        writer.close()


async def test_who_says_nothing_is_given_up_and_who_has_spoken_is_not(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(protocol, "HEADER_LASTS", 0.4)
    async with serving() as port:
        silent, _ = await asyncio.open_connection("127.0.0.1", port)
        kept, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /say HTTP/1.1\r\nHost: a\r\n\r\n")
        assert await asyncio.wait_for(silent.read(), 2) == b""
        assert await asyncio.wait_for(kept.readuntil(b"hello"), 1)
        writer.write(b"GET /say HTTP/1.1\r\nHost: a\r\n\r\n")
        assert await asyncio.wait_for(kept.readuntil(b"hello"), 1)
        writer.close()
