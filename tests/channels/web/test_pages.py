"""The page, its files and settings: headers, caching, origins."""

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urljoin

import pytest

from channels.web import WebChannel, channel
from channels.web.assets import Assets
from channels.web.settings import WebSettings, web_settings
from policy.yamlfile import DataError
from tests.channels.online import Answer, Bot, Client, gate_with, online, sql_store

SCRIPT = b"console.log('chat');" * 50


@pytest.fixture
def static(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>医保问答</title>")
    (folder / "widget.js").write_bytes(SCRIPT)
    (folder / "assets" / "index-Ab12_-9Z.js").write_bytes(SCRIPT)
    (folder / "assets" / "plain.css").write_text("body{}")
    (tmp_path / "secret").write_text("secret")
    monkeypatch.setattr(channel, "Assets", lambda: Assets(folder))
    return folder


@pytest.fixture
async def client(static: Path, tmp_path: Path) -> AsyncIterator[Client]:
    bot = Bot(sql_store(tmp_path))
    async with online(bot, gate_with(tmp_path), WebChannel()) as client:
        yield client


@pytest.fixture
async def bot_page(tmp_path: Path) -> AsyncIterator[Client]:
    """A client of the page as it is shipped."""
    async with online(Bot(sql_store(tmp_path)), gate_with(tmp_path), WebChannel()) as client:
        yield client


@pytest.mark.parametrize("path", ["/chat", "/chat/", "/chat?embedded=1"])
async def test_the_page(client: Client, path: str) -> None:
    answer = await client.call("GET", path)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert policy.endswith("frame-ancestors *")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("below", ["/", "/yibao/", "/a/b/"])
async def test_the_page_works_below_any_path_of_a_proxy(bot_page: Client, below: str) -> None:
    """The proxy takes its path away before it asks; the page and its files find each other."""

    async def fetched(address: str) -> Answer:
        path = address.removeprefix("https://proxy.example")
        assert path.startswith(below)
        return await bot_page.call("GET", "/" + path.removeprefix(below))

    page = f"https://proxy.example{below}chat"
    html = (await fetched(page)).body.decode()
    files = re.findall(r'(?:src|href)="(?!tel:)([^"]+)"', html)
    assert len(files) >= 3
    for file in files:
        assert (await fetched(urljoin(page, file))).status == 200
    moved = await bot_page.call("GET", "/chat/?embedded=1", allow_redirects=False)
    assert urljoin(f"{page}/?embedded=1", moved.headers["Location"]) == f"{page}?embedded=1"


async def test_an_unbuilt_page_says_what_to_do(client: Client, static: Path) -> None:
    (static / "index.html").unlink()
    answer = await client.call("GET", "/chat")
    assert answer.status == 503
    assert "make widget" in answer.body.decode()


async def test_a_changed_page_is_served_at_once(client: Client, static: Path) -> None:
    first = await client.call("GET", "/chat")
    (static / "index.html").write_text("<!doctype html><title>新的一页</title>")
    second = await client.call("GET", "/chat", headers={"If-None-Match": first.headers["ETag"]})
    assert "新的一页" in second.body.decode()


async def test_hashed_files_are_kept_for_ever(client: Client) -> None:
    answer = await client.call("GET", "/chat/assets/index-Ab12_-9Z.js")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.body == SCRIPT
    other = await client.call("GET", "/chat/assets/plain.css")
    assert other.headers["Cache-Control"] == "no-cache"


async def test_files_are_compressed_for_those_who_can(client: Client) -> None:
    path = "/chat/assets/index-Ab12_-9Z.js"
    headers = {"Accept-Encoding": "identity"}
    assert "Content-Encoding" not in (await client.call("GET", path, headers=headers)).headers
    async with client.http.get(client.url + path, auto_decompress=False) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(await response.read()) == SCRIPT


async def test_what_a_browser_has_is_not_sent_again(client: Client) -> None:
    first = await client.call("GET", "/chat/widget.js")
    again = await client.call(
        "GET", "/chat/widget.js", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status, again.body) == (304, b"")


async def test_the_loader_may_be_used_by_other_sites(client: Client) -> None:
    answer = await client.call("GET", "/chat/widget.js")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize(
    "path",
    [
        "/chat/assets/none.js",
        "/chat/assets/..%2findex.html",
        "/chat/assets/..%2f..%2fsecret",
        "/chat/assets/%2e%2e",
        "/chat/assets/.hidden",
        "/chat/assets/",
        "/chat/logo",
    ],
)
async def test_nothing_else_is_served(client: Client, path: str) -> None:
    answer = await client.call("GET", path)
    assert answer.status == 404
    assert b"secret" not in answer.body


async def test_the_config_is_what_the_page_needs(client: Client) -> None:
    answer = await client.call("GET", "/chat/config")
    config = answer.data
    assert set(config) == {
        *("title", "colour", "logo", "greeting", "topics", "disclaimer", "voice"),
        *("home_region", "limits"),
    }
    assert len(config["topics"]) == 6
    assert all(topic["title"] and topic["ask"] for topic in config["topics"])
    assert config["limits"] == {"message": 500}
    assert (config["logo"], config["home_region"]) == (None, None)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


async def test_what_can_be_asked_is_said_in_plain_words(client: Client) -> None:
    questions = (await client.call("GET", "/chat/questions")).data["questions"]
    assert "医保余额怎么查" in questions
    assert len(questions) == len(set(questions)) > 50


@pytest.mark.parametrize("voice", ["true", "false"])
async def test_the_microphone_is_the_operators_to_allow(
    static: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, voice: str
) -> None:
    monkeypatch.setenv("SETTINGS_DIR", str(tmp_path))
    (tmp_path / "web.yml").write_text(f"voice: {voice}\n")
    async with online(Bot(sql_store(tmp_path)), gate_with(tmp_path), WebChannel()) as client:
        assert (await client.call("GET", "/chat/config")).data["voice"] == (voice == "true")
        policy = (await client.call("GET", "/chat")).headers["Permissions-Policy"]
    assert ("microphone=(self)" if voice == "true" else "microphone=()") in policy


async def test_settings_change_without_restart(
    tmp_path: Path, static: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SETTINGS_DIR", str(tmp_path))
    file = tmp_path / "web.yml"
    file.write_text("title: 一\n")
    bot = Bot(sql_store(tmp_path))
    async with online(bot, gate_with(tmp_path), WebChannel()) as client:
        assert (await client.call("GET", "/chat/config")).data["title"] == "一"
        (tmp_path / "logo.svg").write_text("<svg/>")
        file.write_text(
            "title: 二二\nlogo: logo.svg\nframe_ancestors: [\"'self'\", 'https://a.example']\n"
        )
        config = (await client.call("GET", "/chat/config")).data
        assert (config["title"], config["logo"]) == ("二二", "/chat/logo")
        logo = await client.call("GET", "/chat/logo")
        assert logo.headers["Content-Type"] == "image/svg+xml"
        assert "sandbox" in logo.headers["Content-Security-Policy"]
        policy = (await client.call("GET", "/chat")).headers["Content-Security-Policy"]
        assert policy.endswith("frame-ancestors 'self' https://a.example")


@pytest.mark.parametrize(
    "written",
    [
        "colour: red",
        "logo: ../secret.svg",
        "logo: logo.html",
        "frame_ancestors: ['https://a.example; script-src *']",
        'frame_ancestors: ["a\\r\\nX-Header: b"]',
        "allowed_origins: ['*']",
        "allowed_origins: ['https://a.example/path']",
        "topics: [{title: 一}]",
        "session_days: 0",
        "titel: 一",
    ],
)
def test_a_wrong_setting_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("SETTINGS_DIR", str(tmp_path))
    (tmp_path / "web.yml").write_text(written)
    with pytest.raises(DataError, match=r"web\.yml:1"):
        web_settings()


def test_the_shipped_topics_are_questions_of_the_bot() -> None:
    from dialogue.wording import Wording

    asks = {entry.ask for entry in Wording.load().answers.values()}
    settings: WebSettings = web_settings().current()
    assert len(settings.topics) == 6
    assert {topic.ask for topic in settings.topics} <= asks


OWN = "http://127.0.0.1:{port}"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "x"])
async def test_foreign_pages_may_not_call(client: Client, origin: str) -> None:
    answer = await client.call("POST", "/chat/session", headers={"Origin": origin})
    assert (answer.status, answer.data["error"]) == (403, "foreign_origin")
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_the_page_itself_may_call(client: Client) -> None:
    answer = await client.call("POST", "/chat/session", headers={"Origin": client.url})
    assert answer.status == 200


async def test_behind_a_trusted_proxy_its_public_name_counts(client: Client) -> None:
    headers = {"Origin": "https://bot.example", "X-Forwarded-Host": "bot.example"}
    assert (await client.call("POST", "/chat/session", headers=headers)).status == 200
    headers = {"Origin": "https://bot.example", "Host": "bot.example"}
    assert (await client.call("POST", "/chat/session", headers=headers)).status == 200


async def test_an_allowed_site_may_call(
    tmp_path: Path, static: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = "https://www.example.gov.cn"
    monkeypatch.setenv("WEB_ALLOWED_ORIGINS", site)
    bot = Bot(sql_store(tmp_path))
    async with online(bot, gate_with(tmp_path), WebChannel()) as client:
        answer = await client.call("POST", "/chat/session", headers={"Origin": site})
        assert answer.status == 200
        assert answer.headers["Access-Control-Allow-Origin"] == site
        asked = {"Origin": site, "Access-Control-Request-Method": "POST"}
        asked["Access-Control-Request-Headers"] = "authorization, content-type"
        preflight = await client.call("OPTIONS", "/chat/message", headers=asked)
        assert preflight.status in (200, 204)
        assert preflight.headers["Access-Control-Allow-Origin"] == site
        assert "authorization" in preflight.headers["Access-Control-Allow-Headers"]
        foreign = await client.call("POST", "/chat/session", headers={"Origin": f"{site}.evil"})
        assert foreign.status == 403
