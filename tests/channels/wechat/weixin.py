"""WeChat's side of the protocol, written from its documentation.

Shares no code with the channel: AES and padding are done here with ``cryptography`` alone, replies
are read with ``xml.etree``. ``Platform`` does what WeChat's servers do with a message: it waits
five seconds, delivers three times, shows one reply.
"""

import asyncio
import base64
import hashlib
import itertools
import os
import random
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

import aiohttp
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.channels.wechat import keys

OWN_NAME = "gh_test"
BLOCK = 32
_numbers = itertools.count(24_000_000_000_000_000 + time.time_ns() % 10**12)


def sign(*parts: str) -> str:
    joined = "".join(sorted(parts))
    return hashlib.sha1(joined.encode("utf-8")).hexdigest()


@dataclass
class Account:
    token: str = keys.TOKEN
    receive_id: str = keys.APP_ID
    aes_key: str = keys.AES_KEY

    def _cipher(self) -> Cipher:
        key = base64.b64decode(self.aes_key + "=")
        return Cipher(algorithms.AES(key), modes.CBC(key[:16]))

    def encrypt(self, text: str, random: bytes | None = None) -> str:
        data = text.encode("utf-8")
        plain = (random or os.urandom(16)) + len(data).to_bytes(4, "big") + data
        plain += self.receive_id.encode()
        missing = BLOCK - len(plain) % BLOCK
        plain += bytes([missing]) * missing
        machine = self._cipher().encryptor()
        return base64.b64encode(machine.update(plain) + machine.finalize()).decode()

    def decrypt(self, text: str) -> str:
        machine = self._cipher().decryptor()
        plain = machine.update(base64.b64decode(text, validate=True)) + machine.finalize()
        padding = plain[-1]
        assert 1 <= padding <= BLOCK
        assert plain[-padding:] == bytes([padding]) * padding
        plain = plain[:-padding]
        length = int.from_bytes(plain[16:20], "big")
        assert plain[20 + length :].decode() == self.receive_id
        return plain[20 : 20 + length].decode("utf-8")


@dataclass
class Request:
    query: dict[str, str]
    body: bytes


def request(
    xml: str,
    mode: str = "safe",
    account: Account | None = None,
    timestamp: int | None = None,
    nonce: str | None = None,
) -> Request:
    """What WeChat sends for a message: ``plain``, ``compatible``, ``safe`` or ``wecom``."""
    account = account or Account()
    stamp = str(int(time.time()) if timestamp is None else timestamp)
    nonce = str(random.randrange(10**9)) if nonce is None else nonce
    query = {"timestamp": stamp, "nonce": nonce}
    if mode != "wecom":
        query |= {"signature": sign(account.token, stamp, nonce), "openid": "oSecretOpenId"}
    if mode == "plain":
        return Request(query, xml.encode("utf-8"))
    sealed = account.encrypt(xml)
    query["msg_signature"] = sign(account.token, stamp, nonce, sealed)
    inside = f"<Encrypt><![CDATA[{sealed}]]></Encrypt>"
    if mode == "wecom":
        inside = f"<ToUserName><![CDATA[{account.receive_id}]]></ToUserName>{inside}"
        inside += "<AgentID><![CDATA[1000002]]></AgentID>"
    else:
        query["encrypt_type"] = "aes"
    if mode == "compatible":
        body = xml.replace("</xml>", f"{inside}</xml>")
    else:
        body = f"<xml>{inside}</xml>"
    return Request(query, body.encode("utf-8"))


def opened(body: bytes, account: Account | None = None) -> dict[str, str]:
    """A reply's elements; an encrypted one is checked and decrypted first."""
    account = account or Account()
    found = {child.tag: child.text or "" for child in ElementTree.fromstring(body)}
    if "Encrypt" not in found:
        return found
    assert set(found) == {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}
    parts = (account.token, found["TimeStamp"], found["Nonce"], found["Encrypt"])
    assert found["MsgSignature"] == sign(*parts)
    return opened(account.decrypt(found["Encrypt"]).encode("utf-8"), account)


def new_id() -> int:
    return next(_numbers)


def text_xml(text: str, person: str = "oPerson", number: int | None = None) -> str:
    return (
        f"<xml><ToUserName><![CDATA[{OWN_NAME}]]></ToUserName>"
        f"<FromUserName><![CDATA[{person}]]></FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{text}]]></Content><MsgId>{number or new_id()}</MsgId></xml>"
    )


@dataclass
class Shown:
    """What the person sees, and how it came about."""

    content: str | None
    deliveries: int
    seconds: float
    statuses: list[int] = field(default_factory=list)


class Platform:
    """Delivers messages as WeChat does, perhaps with a faster clock."""

    def __init__(
        self, url: str, mode: str = "safe", account: Account | None = None, patience: float = 5.0
    ) -> None:
        self.url = url
        self.mode = mode
        self.account = account or Account()
        self.patience = patience
        self.session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Platform":
        self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self.session
        await self.session.close()

    async def deliver(self, xml: str, timeout: float = 30.0) -> tuple[int, bytes]:
        """One delivery, whatever comes of it."""
        assert self.session
        sent = request(xml, self.mode, self.account)
        limit = aiohttp.ClientTimeout(total=timeout)
        async with self.session.post(
            self.url, params=sent.query, data=sent.body, timeout=limit
        ) as response:
            return response.status, await response.read()

    async def show(self, xml: str) -> Shown:
        """Deliver a message up to three times; the first reply in time is shown."""
        started = time.monotonic()
        statuses = []
        for number in (1, 2, 3):
            try:
                status, body = await self.deliver(xml, self.patience)
            except asyncio.TimeoutError:
                statuses.append(0)
                continue
            statuses.append(status)
            seconds = time.monotonic() - started
            if status == 200 and body not in (b"", b"success"):
                reply = opened(body, self.account)
                return Shown(reply["Content"], number, seconds, statuses)
            return Shown(None, number, seconds, statuses)
        return Shown(None, 3, time.monotonic() - started, statuses)

    async def say(self, text: str, person: str = "oPerson") -> Shown:
        """A person types a text."""
        return await self.show(text_xml(text, person))
