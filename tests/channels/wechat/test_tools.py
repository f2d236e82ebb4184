"""The operator's tools: the menu, and trying it on one's own machine."""

import asyncio
import json
import shutil
import threading

import pytest
from typer.testing import CliRunner

from channels.wechat import menu, trial
from dialogue.wording import Wording
from policy.topics import DATA, Topics, topics
from policy.yamlfile import DataError
from tests.channels.wechat.keys import SERVER_ENVIRONMENT
from tests.channels.wechat.serving import Bot, online, settings

runner = CliRunner()


@pytest.fixture
def account(monkeypatch):
    for name, value in SERVER_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("REDIS_URL", raising=False)


def test_the_menu_is_shown_and_not_sent(account):
    shown = runner.invoke(menu.app, [])
    assert shown.exit_code == 0
    assert "没有发布" in shown.output
    found = json.loads(shown.output[: shown.output.rindex("}") + 1])
    assert 1 <= len(found["button"]) <= 3
    for button in found["button"]:
        assert len(button["name"]) <= 4
        assert len(button["sub_button"]) <= 5
        for below in button["sub_button"]:
            assert below["type"] == "click"
            assert len(below["name"]) <= 8
            assert len(below["key"].encode()) <= 128


def lines_of(found):
    return [below for button in found["button"] for below in button["sub_button"]]


def test_the_menu_is_the_topics_and_what_helps():
    keys = {below["name"]: below.get("key") for below in lines_of(menu.read())}
    wording = Wording.load()
    for topic in topics().by_key.values():
        assert keys[topic.name] == wording.answers[topic.ask].ask
    assert {"重新开始", "换个人", "医保局电话是多少"} <= set(keys.values())


def test_a_new_topic_is_in_the_menu_without_being_listed(tmp_path, monkeypatch):
    data = shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("nlu*"))
    (data / "maternity").mkdir()
    (data / "maternity/topic.yml").write_text(
        "name: 生育津贴\norder: 2\nask: maternity_amount\n"
        "things:\n  maternity: {called: 生育津贴, before: 生育津贴}\n",
        encoding="utf-8",
    )
    (data / "maternity/answers.yml").write_text(
        "maternity_amount:\n  ask: 生育津贴有多少\n  lead: 看工资。\n  means: [maternity]\n",
        encoding="utf-8",
    )
    known = Topics.load(data)
    monkeypatch.setattr(menu, "topics", lambda: known)
    monkeypatch.setattr("dialogue.wording.topics", lambda: known)
    found = menu.read(wording=Wording.load(data))
    names = [below["name"] for below in lines_of(found)]
    assert names.index("生育津贴") == list(known.keys).index("maternity")
    shares = [len(button["sub_button"]) for button in found["button"][:2]]
    assert abs(shares[0] - shares[1]) <= 1


def test_the_page_is_in_the_menu_where_there_is_one(account, monkeypatch):
    assert all(below["type"] == "click" for below in lines_of(menu.read()))
    monkeypatch.setenv("WECHAT_PAGE_URL", "https://yibao.example.cn/chat")
    shown = runner.invoke(menu.app, []).output
    found = json.loads(shown[: shown.rindex("}") + 1])
    views = [below for below in lines_of(found) if below["type"] == "view"]
    assert [view["url"] for view in views] == ["https://yibao.example.cn/chat"]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("menu: []", "menu"),
        ("menu: [{name: 名字太长的一级菜单, ask: 好}]", "menu.0.name"),
        ("menu: [{name: 好}]", "menu.0"),
        ("menu: [{name: 好, ask: 好, url: 'https://x.cn'}]", "menu.0"),
        ("menu: [{name: 好, ask: 好, topics: true}]", "menu.0"),
        ("menu: [{name: 好, topics: true, entries: [{name: 好, ask: 好}]}]", "menu.0"),
        ("menu: [{name: 好, entries: [{name: 好, page: true}]}]", "menu.0"),
        ("menu: [{name: 好, ask: " + "长" * 43 + "}]", "menu.0.ask"),
        ("menu: [{name: 好, asks: 好}]", "asks"),
        ("menu: [{name: 好, entries: [{name: 好, entries: [{name: 好, ask: 好}]}]}]", "entries"),
    ],
)
def test_a_mistake_in_the_menu_is_named(tmp_path, text, field):
    file = tmp_path / "menu.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=field):
        menu.read(file)
    assert runner.invoke(menu.app, ["--file", str(file)]).exit_code == 1


def test_publishing_needs_the_secret(account):
    failed = runner.invoke(menu.app, ["--send"])
    assert failed.exit_code == 1
    assert "WECHAT_APP_SECRET" in failed.output


@pytest.mark.parametrize("refused", [0, 48001, 40164])
def test_the_menu_is_published(account, monkeypatch, refused):
    from http.server import BaseHTTPRequestHandler, HTTPServer

    calls = []

    class Api(BaseHTTPRequestHandler):
        def do_POST(self):
            size = int(self.headers["Content-Length"])
            calls.append((self.path, self.rfile.read(size).decode()))
            found = {"access_token": "T", "expires_in": 7200}
            if "menu" in self.path:
                found = {"errcode": refused, "errmsg": "no rid: 1"}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("WECHAT_APP_SECRET", "s3cret")
    monkeypatch.setenv("WECHAT_API_URL", f"http://127.0.0.1:{server.server_port}")
    done = runner.invoke(menu.app, ["--send"])
    server.shutdown()
    assert [path for path, _ in calls] == [
        "/cgi-bin/stable_token",
        "/cgi-bin/menu/create?access_token=T",
    ]
    assert "每月返多少钱" in calls[1][1]
    assert "\\u" not in calls[1][1]
    assert done.exit_code == (1 if refused else 0)
    assert ("没有发布" in done.output) == bool(refused)
    assert "s3cret" not in done.output


@pytest.mark.parametrize("arguments", [[], ["--plain"], ["余额怎么查", "--plain"], ["余额怎么查"]])
async def test_a_conversation_can_be_tried(account, arguments):
    bot = Bot()
    async with online(bot, settings()) as url:
        done = await asyncio.to_thread(runner.invoke, trial.app, [*arguments, "--url", url])
    assert done.exit_code == 0, done.output
    assert bot.texts
    for text in bot.texts:
        assert f"我：{text}" in done.output
        assert f"回：{text}" in done.output
    assert ("明文" in done.output) == ("--plain" in arguments)


async def test_a_trial_goes_to_the_port_that_is_set(account, monkeypatch):
    bot = Bot()
    async with online(bot, settings()) as url:
        monkeypatch.setenv("PORT", url.split(":")[2].partition("/")[0])
        done = await asyncio.to_thread(runner.invoke, trial.app, ["余额怎么查"])
    assert done.exit_code == 0, done.output
    assert bot.texts == ["余额怎么查"]


async def test_a_trial_says_what_is_wrong(account, monkeypatch):
    async with online(Bot(), settings(token="another")) as url:
        done = await asyncio.to_thread(runner.invoke, trial.app, ["你好", "--url", url])
        assert (done.exit_code, "403" in done.output) == (1, True)
        off = url.replace("webhook", "elsewhere")
        done = await asyncio.to_thread(runner.invoke, trial.app, ["你好", "--url", off])
        assert "WECHAT_TOKEN" in done.output
    done = await asyncio.to_thread(
        runner.invoke, trial.app, ["你好", "--url", "http://127.0.0.1:9/"]
    )
    assert "make run" in done.output
    monkeypatch.delenv("WECHAT_TOKEN")
    assert runner.invoke(trial.app, ["你好"]).exit_code == 1
