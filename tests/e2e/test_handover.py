"""转人工 on the running server: a receiver of our own on loopback, through REST and WeChat."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.channels.wechat import keys
from tests.channels.wechat.weixin import Platform
from tests.services import BotServer, running

SECRET = "a-secret-of-at-least-32-characters"
PHONE = "13812345678"
LOCAL = "0551-12393"
SENTENCES = {
    "open": "转给人了，也可打 {phone}",
    "arrived": "转给人了，也可打 {phone}",
    "closed": "转给人了，也可打 {phone}",
    "failed": "转不过去，请打 {phone}",
}
ARRIVED, FAILED = (SENTENCES[name].format(phone=LOCAL) for name in ("open", "failed"))


class Receiver(ThreadingHTTPServer):
    """The operator's system."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []
        self.works = True
        super().__init__(("127.0.0.1", 0), Taking)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/in"


class Taking(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.works:
            self.server.got.append((self.headers["X-Yibao-Signature"], body))
        self.send_response(204 if self.server.works else 503)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    yield receiver
    receiver.shutdown()
    receiver.server_close()


@pytest.fixture(scope="module")
def server(
    receiver: Receiver, model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BotServer]:
    folder = tmp_path_factory.mktemp("handover")
    settings = {"url": receiver.url, **SENTENCES, "regions": {"合肥": {"phone": LOCAL}}}
    (folder / "settings").mkdir()
    (folder / "settings" / "handover.yml").write_text(
        yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8"
    )
    environment = {
        **keys.SERVER_ENVIRONMENT,
        "HANDOVER_SECRET": SECRET,
        "SETTINGS_DIR": str(folder / "settings"),
    }
    with running(model, folder, **environment) as server:
        yield server


def checked(receiver: Receiver, number: int) -> dict[str, Any]:
    """What was posted, once its signature has been verified as a receiver is told to."""
    (header, body) = receiver.got[number]
    moment, _, digest = header.removeprefix("t=").partition(",v1=")
    expected = hmac.new(SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(digest, expected)
    assert abs(time.time() - int(moment)) < 300
    content: dict[str, Any] = json.loads(body)
    return content


def said(server: BotServer, sender: str, text: str) -> str:
    return "\n".join(str(each["text"]) for each in server.ask(sender, text))


async def test_the_masked_conversation_arrives_and_the_person_is_told(
    receiver: Receiver, server: BotServer
) -> None:
    said(server, "r1", f"我电话{PHONE}")
    answer = said(server, "r1", "合肥退休每月返多少")
    assert said(server, "r1", "转人工").startswith(ARRIVED)
    async with Platform(f"{server.url}/webhooks/wechat/webhook") as weixin:
        await weixin.say("合肥退休每月返多少", "oHanded")
        assert ARRIVED in (await weixin.say("转人工", "oHanded")).content
    assert len(receiver.got) == 2
    rest, wechat = checked(receiver, 0), checked(receiver, 1)
    assert (rest["channel"], wechat["channel"]) == ("rest", "wechat")
    assert {rest["region"], wechat["region"]} == {"合肥"}
    assert PHONE not in receiver.got[0][1].decode()
    assert [turn["text"] for turn in rest["turns"] if turn["from"] == "user"] == [
        "我电话***",
        "合肥退休每月返多少",
        "转人工",
    ]
    assert answer.split("\n")[0] in rest["turns"][3]["text"]


async def test_a_receiver_that_fails_is_not_passed_off_as_help(
    receiver: Receiver, server: BotServer
) -> None:
    receiver.works = False
    before = len(receiver.got)
    said(server, "r2", "合肥退休每月返多少")
    assert said(server, "r2", "转人工").startswith(FAILED)
    async with Platform(f"{server.url}/webhooks/wechat/webhook") as weixin:
        await weixin.say("合肥退休每月返多少", "oAlone")
        assert FAILED in (await weixin.say("转人工", "oAlone")).content
    assert len(receiver.got) == before
    receiver.works = True
    assert said(server, "r2", "转人工").startswith(ARRIVED)
