"""Every route of the running server: who may use it. A new one has to be entered here."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from sanic import Sanic

from channels.operations import FORWARDED
from server.launch import application
from server.settings import Settings
from tests.channels.wechat.keys import SERVER_ENVIRONMENT
from tests.desk.desk import write_users
from tests.services import ROOT, BotServer, running

TOKEN = "a-token-that-nobody-guesses"
# For everybody.
OPEN = {
    ("GET", "/"),
    ("GET", "/health"),
    ("GET", "/ready"),
    ("GET", "/metrics"),
    ("GET", "/webhooks/rest"),
    ("POST", "/webhooks/rest/webhook"),
    ("GET", "/chat"),
    ("GET", "/chat/widget.js"),
    ("GET", "/chat/assets/<name:str>"),
    ("GET", "/chat/logo"),
    ("GET", "/chat/config"),
    ("GET", "/chat/questions"),
    ("POST", "/chat/session"),
}
# For whoever holds a token of a web session.
SESSION = {
    ("POST", "/chat/message"),
    ("GET", "/chat/history"),
    ("POST", "/chat/feedback"),
    ("DELETE", "/chat/session"),
}
# Only there with WECHAT_TOKEN, for who signs with it.
WECHAT = {("GET", "/webhooks/wechat/webhook"), ("POST", "/webhooks/wechat/webhook")}
LOOPBACK = {("POST", "/model/parse")}
# Of Rasa's HTTP API, which is there only with AUTH_TOKEN, what needs no token even then.
RASA_OPEN = {("GET", "/version")}
RASA_CLOSED = {("PUT", "/model"), ("DELETE", "/model"), ("POST", "/model/train")}


def routes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **settings: Any) -> set[Any]:
    """Method and path of all routes."""
    monkeypatch.setattr(Sanic, "test_mode", True)
    app = application(Settings(**settings), tmp_path / "none.tar.gz")
    return {(method, f"/{route.path}") for route in app.router.routes for method in route.methods}


@pytest.fixture(scope="module")
def plain(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotServer]:
    with running(model, tmp_path_factory.mktemp("plain")) as server:
        yield server


@pytest.fixture(scope="module")
def with_token(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotServer]:
    folder = tmp_path_factory.mktemp("token")
    with running(model, folder, AUTH_TOKEN=TOKEN) as server:
        yield server


def call(server: BotServer, method: str, path: str, **named: Any) -> requests.Response:
    """Ask a route as a stranger would."""
    filled = re.sub(r"<[^>]*>", "x", path)
    return requests.request(
        method, server.url + filled, json=named.pop("json", {}), timeout=30, **named
    )


def test_without_a_token_there_are_only_our_routes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = routes(monkeypatch, tmp_path)
    assert found - WECHAT == OPEN | SESSION | LOOPBACK


def test_the_document_names_every_route(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_users(tmp_path / "settings")
    monkeypatch.setenv("SETTINGS_DIR", str(tmp_path / "settings"))
    for name, value in SERVER_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    table = (ROOT / "docs" / "security.md").read_text(encoding="utf-8").split("\n## ")[1]
    named = tuple(
        path
        for cell in re.findall(r"^\| ([^|]+) \|", table, re.M)
        for path in re.findall(r"`(/[^`…]+)", cell)
    )
    found = {path for _, path in routes(monkeypatch, tmp_path)}
    assert {"/desk/login", "/webhooks/wechat/webhook"} <= found
    # The first page only leads to another.
    assert [path for path in sorted(found - {"/"}) if not path.startswith(named)] == []


def test_strangers_get_what_is_open_and_nothing_else(plain: BotServer) -> None:
    for method, path in sorted(OPEN):
        answer = call(plain, method, path, allow_redirects=False)
        assert answer.status_code not in (401, 403, 500), path
        assert "rasa" not in answer.text.lower() or path == "/metrics", path
    for method, path in sorted(SESSION):
        assert call(plain, method, path).status_code == 401, path


def test_rasas_own_routes_are_not_there(
    plain: BotServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    theirs = routes(monkeypatch, tmp_path, auth_token=TOKEN)
    for method, path in sorted(theirs - OPEN - SESSION - WECHAT - LOOPBACK - RASA_CLOSED):
        assert call(plain, method, path).status_code in (404, 405), path


def test_parsing_is_for_this_machine_only(plain: BotServer) -> None:
    question = {"text": "医保卡余额怎么查"}
    answer = call(plain, "POST", "/model/parse", json=question)
    assert answer.status_code == 200
    assert answer.json()["intent"]["name"]
    for header in FORWARDED:
        forwarded = call(plain, "POST", "/model/parse", json=question, headers={header: "1.2.3.4"})
        assert forwarded.status_code == 403, header
    for wrong in ([], {}, {"text": 1}, {"text": "长" * 10_001}):
        assert call(plain, "POST", "/model/parse", json=wrong).status_code == 400


def test_parsing_is_refused_to_another_address(model: Path, tmp_path: Path) -> None:
    import socket

    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))
            address = probe.getsockname()[0]
    except OSError:
        pytest.skip("this machine has only a loopback address")
    with running(model, tmp_path, HOST="0.0.0.0") as server:
        url = f"http://{address}:{server.port}/model/parse"
        assert requests.post(url, json={"text": "x"}, timeout=10).status_code == 403


def test_the_token_opens_rasas_routes_and_its_lack_does_not(
    with_token: BotServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = routes(monkeypatch, tmp_path, auth_token=TOKEN)
    assert found >= OPEN | SESSION | LOOPBACK | RASA_OPEN
    theirs = found - OPEN - SESSION - WECHAT - RASA_OPEN - RASA_CLOSED
    assert len(theirs) >= 14
    for method, path in sorted(theirs):
        assert call(with_token, method, path).status_code == 401, path
        wrong = call(with_token, method, path, params={"token": TOKEN + "x"})
        assert wrong.status_code == 401, path
    tracker = call(with_token, "GET", "/conversations/<x>/tracker", params={"token": TOKEN})
    assert tracker.status_code == 200
    parsed = call(
        with_token, "POST", "/model/parse", json={"text": "你好"}, params={"token": TOKEN}
    )
    assert parsed.status_code == 200


def test_nobody_exchanges_the_model_of_a_running_server(with_token: BotServer) -> None:
    for method, path in sorted(RASA_CLOSED):
        for written in (path, f"{path}/"):
            assert call(with_token, method, written, params={"token": TOKEN}).status_code == 403
    assert with_token.ask("x", "医保卡余额怎么查")[0]["custom"]["status"] == "answered"


def test_every_answer_has_a_request_id(plain: BotServer) -> None:
    mine = requests.get(f"{plain.url}/health", headers={"X-Request-ID": "abcd-1234"}, timeout=5)
    assert mine.headers["X-Request-ID"] == "abcd-1234"
    odd = requests.get(f"{plain.url}/health", headers={"X-Request-ID": "a b"}, timeout=5)
    assert re.fullmatch("[0-9a-f]{32}", odd.headers["X-Request-ID"])
