"""HTTP as the server takes it: strict, in bounded time, before Sanic reads a byte of a request.

Sanic 21.12 does ``int(headers["content-length"])``: ``-1`` keeps a process busy for good, and what
two servers read differently (two lengths, a length beside chunks, ``0x10``) lets one request hide
in another. No middleware sees those, so they are refused here, where the bytes come in. A client
that sends a byte a second renews Sanic's time-out with each; here a request has so long and no
longer.
"""

import asyncio
import re
import time
from typing import Any, NoReturn

from httptools import HttpParserInvalidURLError, parse_url
from sanic.exceptions import InvalidUsage, PayloadTooLarge, RequestTimeout
from sanic.http import Http, Stage
from sanic.server.protocols.http_protocol import HttpProtocol

# Seconds to the first byte, from there to the end of the header, and then to that of the body.
HEADER_LASTS = 10.0
BODY_LASTS = 20.0
_END = b"\r\n\r\n"
_REQUEST_LINE = re.compile(rb"[A-Z]{1,20} ([\x21-\x7e]+) HTTP/1\.([01])")
# A name, and a value without controls; nothing folded over two lines.
_FIELD = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
_LENGTH = re.compile(rb"[0-9]{1,15}[ \t]*")
_CHUNK = re.compile(rb"\r\n[0-9A-Fa-f]{1,8}[ \t]*(?:;[\x20-\x7e\t]*)?")
_CONTINUE = b"100-continue"
_ONCE = (b"content-length", b"transfer-encoding", b"host", b"expect")
# Named apart, since mypy cannot see the slots of Sanic's own class.
_SLOTS: tuple[str, ...] = ("_deadline", "has_begun")


class Malformed(InvalidUsage):
    """A request that no two servers would read alike."""


def check_head(head: bytes) -> None:
    """Check request line and header fields, without the empty line after them.

    Raises:
        Malformed: if they are not plain HTTP/1.x (RFC 9112).
    """
    line, *rest = head.split(b"\r\n")
    asked = _REQUEST_LINE.fullmatch(line)
    if asked is None:
        raise Malformed("request line")
    try:
        path = parse_url(asked[1]).path
    except HttpParserInvalidURLError:
        path = None
    if path is None:
        # Sanic itself finds no words for these.
        raise Malformed("address")
    found: dict[bytes, bytes] = {}
    for each in rest:
        field = _FIELD.fullmatch(each)
        if field is None:
            raise Malformed("header field")
        name = field[1].lower()
        if name in _ONCE and name in found:
            raise Malformed("header field twice")
        found[name] = field[2]
    _check_body(found, is_latest=asked[2] == b"1")


def _check_body(fields: dict[bytes, bytes], is_latest: bool) -> None:
    """Check what tells how long the body is, and for whom the request is."""
    length, coding = fields.get(b"content-length"), fields.get(b"transfer-encoding")
    if length is not None and not _LENGTH.fullmatch(length):
        raise Malformed("content-length")
    if coding is not None and (coding != b"chunked" or length is not None or not is_latest):
        raise Malformed("transfer-encoding")
    if is_latest and b"host" not in fields:
        raise Malformed("host")
    # Sanic would quote what else is expected, and fail over signs that are no text.
    if fields.get(b"expect", _CONTINUE).strip().lower() != _CONTINUE:
        raise Malformed("expect")


class StrictHttp(Http):
    """Sanic's reader of a connection, with the checks before it."""

    __slots__ = _SLOTS

    def __init__(self, protocol: Any) -> None:
        """Read from a connection."""
        super().__init__(protocol)
        self._deadline = 0.0
        self.has_begun = False
        self._receive_more = self._receive_in_time

    async def _receive_in_time(self) -> None:
        """Wait for more bytes, but not beyond the deadline of the request."""
        if self.stage is Stage.IDLE:
            await self.protocol.receive_more()
            return
        left = self._deadline - time.monotonic()
        # Not asyncio.wait_for: by the time its task runs, the bytes may have come unnoticed.
        alarm = asyncio.get_running_loop().call_later(left, self.protocol.wake)
        try:
            await self.protocol.receive_more()
        finally:
            alarm.cancel()
        if time.monotonic() >= self._deadline:
            self._refuse(RequestTimeout("Request Timeout"))

    async def http1_request_header(self) -> None:
        """Wait for the whole header, check it, and let Sanic read it (see parent class)."""
        self.has_begun = True
        self._deadline = time.monotonic() + HEADER_LASTS
        seen = 0
        while (end := self.recv_buffer.find(_END, max(0, seen - 3))) < 0:
            seen = len(self.recv_buffer)
            if seen >= self.HEADER_MAX_SIZE:
                break
            await self._receive_more()
        if end >= 0:
            check_head(bytes(self.recv_buffer[:end]))
        await super().http1_request_header()
        if getattr(self.protocol.app.ctx, "ending", False):
            self.keep_alive = False
        # No route speaks anything else, and Sanic lifts its time-outs for who asks for it.
        self.upgrade_websocket = False
        if self.head_only:
            # HEAD is GET without the body, which Sanic leaves out.
            self.request.method = "GET"
        self._deadline = time.monotonic() + BODY_LASTS

    async def read(self) -> bytes | None:
        """Some of the body (see parent class); the length of a chunk is checked before."""
        if self.request_body == "chunked" and not self.request_bytes_left:
            await self._check_chunk()
        data: bytes | None = await super().read()
        return data

    async def _check_chunk(self) -> None:
        buffer = self.recv_buffer
        while (end := buffer.find(b"\r\n", 2)) < 0 and len(buffer) < 200:
            await self._receive_more()
        line = bytes(buffer[: max(0, end)])
        if not _CHUNK.fullmatch(line):
            self._refuse(Malformed("chunk"))
        if int(line[2:].split(b";")[0], 16) == 0:
            # After the last chunk there is an empty line; trailers are not read by anybody.
            while len(buffer) < end + 4:
                await self._receive_more()
            if buffer[end : end + 4] != _END:
                self._refuse(Malformed("chunk"))

    def _refuse(self, error: Exception) -> NoReturn:
        """Read no more of this request and none after it."""
        self.request_body = None
        self.keep_alive = False
        if self.stage in (Stage.REQUEST, Stage.HANDLER):
            raise error
        # It is answered already; this is the one error that Sanic then expects.
        raise PayloadTooLarge("the rest of a body")


class StrictProtocol(HttpProtocol):
    """A connection that is read by ``StrictHttp``."""

    def _setup_connection(self) -> None:
        self._http = StrictHttp(self)
        self._time = time.monotonic()
        self.check_timeouts()
        # Rasa lets idle connections live for two minutes, which a proxy needs and nobody else.
        self.loop.call_later(HEADER_LASTS, self._close_if_silent)

    def _close_if_silent(self) -> None:
        """Close a connection on which nothing has come yet."""
        silent = self._http is not None and not self._http.has_begun and not self.recv_buffer
        if silent and self._task is not None:
            self._task.cancel()

    def close_if_idle(self) -> bool:
        """Close the connection if it is idle, but not before its first request is in."""
        if self._http is not None and not self._http.has_begun:
            return False
        return bool(super().close_if_idle())

    def wake(self) -> None:
        """Let who waits for bytes look at the clock."""
        self._data_received.set()
