"""Handing over to people: where an operator sets an address, the conversation is posted to it.

``settings/handover.yml``; the body is signed with ``HANDOVER_SECRET`` so that the receiver knows
whose it is: ``X-Yibao-Signature: t=<seconds>,v1=<hex of HMAC-SHA256 over "<t>.<body>">``.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import os
import re
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec

from channels.masking import mask
from channels.settingsfile import SettingMistake, SettingsFile, folder

logger = logging.getLogger(__name__)
FILE = "handover.yml"
SECRET = "HANDOVER_SECRET"
SHORTEST_SECRET = 32
MOST_TURNS = 40
# Seconds before each try, and for each; the person waits, and WeChat's patience is five seconds.
PAUSES = (0.0, 0.3)
PATIENCE = 1.5
_DAYS = "一二三四五六日"
_HOURS = re.compile(r"([1-7])(?:-([1-7]))? ([0-2]\d:[0-5]\d)-([0-2]\d:[0-5]\d)")


class Service(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When people answer, and by which phone.

    Attributes:
        hours: ``1-5 09:00-17:00``: days of the week (1 is Monday) and times; empty is unknown.
        phone: local number; "" for that of everywhere.
    """

    hours: tuple[str, ...] = ()
    phone: str = ""

    def __post_init__(self) -> None:
        """Check the hours.

        Raises:
            ValueError: naming what can't be read.
        """
        wrong = [each for each in self.hours if not _HOURS.fullmatch(each)]
        if wrong:
            raise ValueError(f"hours: {wrong[0]}")

    def is_open(self, now: datetime) -> bool | None:
        """Whether somebody is there; None where nobody has said when."""
        if not self.hours:
            return None
        clock = now.strftime("%H:%M")
        for each in self.hours:
            found = _HOURS.fullmatch(each)
            assert found
            first, last, begin, end = found.groups()
            if int(first) <= now.isoweekday() <= int(last or first) and begin <= clock < end:
                return True
        return False


class HandoverSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``settings/handover.yml``.

    Attributes:
        url: where conversations are posted; "" hands nothing over.
        open, closed: what a person is told within and outside the hours once the conversation has
            arrived; ``{phone}`` and ``{hours}`` stand for the region's.
        arrived: the same where no hours are known: promises nobody, and names none.
        failed: what a person is told if it has not.
        service: where a region has nothing of its own.
        regions: by name; what holds for a city holds for its counties, unless they have their own.
    """

    url: str = ""
    open: str = ""
    closed: str = ""
    arrived: str = ""
    failed: str = ""
    service: Service = Service()
    regions: dict[str, Service] = {}

    def __post_init__(self) -> None:
        """Check address and sentences.

        Raises:
            ValueError: if conversations would travel in the clear to another machine, or a person
                would not be told what becomes of theirs.
        """
        parts = urlsplit(self.url)
        is_near = parts.hostname in ("127.0.0.1", "localhost", "::1")
        if self.url and not (parts.scheme == "https" or (parts.scheme == "http" and is_near)):
            raise ValueError("url: https://")
        is_unknown = any(not each.hours for each in (self.service, *self.regions.values()))
        for name in ("open", "closed", "arrived", "failed"):
            sentence = getattr(self, name)
            if self.url and not sentence.strip() and (name != "arrived" or is_unknown):
                why = "有的地方没写 hours，就要写这一句" if name == "arrived" else ""
                raise ValueError(f"{name}: {why or '填了 url，就要写这一句'}")
            try:
                sentence.format(phone="", hours="")
            except (KeyError, IndexError, ValueError):
                raise ValueError(f"{name}: 花括号里只能写 {{phone}} 或 {{hours}}") from None

    def of(self, places: Sequence[str]) -> Service:
        """The service of the first place that has one of its own.

        Args:
            places: names, the nearest first.
        """
        return next((self.regions[name] for name in places if name in self.regions), self.service)

    def note(self, places: Sequence[str], now: datetime, arrived: bool) -> str:
        """What a person is told."""
        service = self.of(places)
        sentences = {True: self.open, False: self.closed, None: self.arrived}
        sentence = sentences[service.is_open(now)] if arrived else self.failed
        phone = service.phone or self.service.phone
        return sentence.format(phone=phone, hours=spoken_hours(service.hours))


def spoken_hours(hours: Sequence[str]) -> str:
    """Hours as they are said: ``1-5 09:00-17:00`` is 周一至周五 09:00-17:00."""
    said = []
    for each in hours:
        days, _, times = each.partition(" ")
        names = [f"周{_DAYS[int(day) - 1]}" for day in days.split("-")]
        said.append(f"{'至'.join(names)} {times}")
    return "、".join(said)


def handover_settings() -> SettingsFile[HandoverSettings]:
    """The settings as they are now.

    Raises:
        DataError: naming what does not fit.
    """
    return SettingsFile(folder() / FILE, HandoverSettings, "HANDOVER_")


def secret(environment: Mapping[str, str] = os.environ) -> bytes:
    """The key of the signature.

    Raises:
        SettingMistake: if it is missing or too short.
    """
    given = environment.get(SECRET, "")
    if len(given) < SHORTEST_SECRET:
        raise SettingMistake(SECRET, f"转人工要签名，至少 {SHORTEST_SECRET} 个字符")
    return given.encode()


def signature(key: bytes, body: bytes, moment: int) -> str:
    """The header that vouches for a body."""
    digest = hmac.new(key, f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def package(conversation: str, region: str, events: Sequence[Mapping[str, Any]]) -> bytes:
    """A conversation as it is posted: masked, its newest turns, no more than is needed.

    Args:
        conversation: its id.
        region: the place it is about, as far as known.
        events: Rasa's, as JSON objects, oldest first.
    """
    turns = [
        {"from": event["event"], "text": mask(str(event["text"])).text, "time": event["timestamp"]}
        for event in events
        if event.get("event") in ("user", "bot") and event.get("text")
    ]
    content = {
        "version": 1,
        "id": str(events[-1].get("message_id") or "") if events else "",
        "conversation": conversation,
        "channel": conversation.partition(":")[0],
        "region": region,
        "turns": turns[-MOST_TURNS:],
    }
    return json.dumps(content, ensure_ascii=False).encode()


async def post(url: str, key: bytes, body: bytes, pauses: Sequence[float] = PAUSES) -> bool:
    """Post a conversation, again if need be.

    Returns:
        Whether it arrived.
    """
    limit = aiohttp.ClientTimeout(total=PATIENCE)
    for pause in pauses:
        await asyncio.sleep(pause)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Yibao-Signature": signature(key, body, int(time.time())),
        }
        try:
            async with (
                aiohttp.ClientSession(timeout=limit) as client,
                client.post(url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                if answer.status < 300:
                    return True
                logger.warning("handover: status %d", answer.status)
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            logger.warning("handover: %s", type(error).__name__)
    return False
