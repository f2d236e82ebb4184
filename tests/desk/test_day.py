"""An operator's day in a real browser: two workers, PostgreSQL, Redis, real training."""

import asyncio
import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from policy.topics import DATA
from tests.desk.desk import NAMES, PASSWORD, write_users
from tests.e2e.traffic import Traffic
from tests.server.conftest import redis_server
from tests.services import BotServer, Postgres, Redis, running
from tests.widget.conftest import ARGUMENTS, CHROMIUM

__all__ = ["redis_server"]
# Seconds; training on a shared machine.
PATIENCE = 900.0
CONVERSATIONS = 200
# Nobody has written this before, and no reader would guess what it means.
STRANGE = ("圆滚滚的荷包啥光景", "圆滚滚的荷包啥光景了")
MEANING = "balance_query"
FILE, FACT = "credit/facts/anhui.yml", "F-AH-01"
QUESTION = "安徽退休每月返多少"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("day")
    shutil.copytree(DATA, folder / "data")
    write_users(folder / "settings")
    return folder


@pytest.fixture(scope="module")
def server(
    folder: Path, model: Path, postgres: Postgres, redis_server: Redis
) -> Iterator[BotServer]:
    environment = {
        "WORKERS": "2",
        "DB_URL": postgres.url,
        "REDIS_URL": redis_server.url,
        "DATA_DIR": str(folder / "data"),
        "SETTINGS_DIR": str(folder / "settings"),
    }
    with running(model, folder, **environment) as server:
        yield server


# Of this module alone: the asynchronous tests of others must not run inside Playwright's loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, server: BotServer) -> Iterator[Page]:
    context = browser.new_context(base_url=server.url)
    page = context.new_page()
    log_in(page, "publisher")
    yield page
    context.close()


def log_in(page: Page, role: str) -> None:
    page.goto("/desk")
    page.get_by_label("名字").fill(NAMES[role])
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="没答好的")).to_be_visible()


def wait_done(page: Page, action: str) -> str:
    """Wait until this work has ended, on a page that looks again by itself; its heading.

    Loading the page here as well would now and then cut off the page's own loading.
    """
    heading = page.locator("main section[aria-live] h2").first
    ended = re.compile(f"^{action}：(?!正在做)")
    expect(heading).to_have_text(ended, timeout=PATIENCE * 1000)
    return heading.inner_text()


def edit(page: Page, change: Callable[[str], str]) -> None:
    page.goto(f"/desk/entry?file={FILE}&key={FACT}")
    field = page.get_by_label("内容")
    before = field.input_value()
    assert change(before) != before
    field.fill(change(before))
    page.get_by_role("button", name="存进草稿").click()


def publish(page: Page, note: str) -> str:
    page.goto("/desk/draft")
    page.get_by_label("这一版改了什么").fill(note)
    page.get_by_role("button", name="发布").click()
    return wait_done(page, "发布")


def answers(server: BotServer, text: str, times: int = 8) -> set[str]:
    """What several new people are told; they meet both workers."""
    senders = [f"{text}-{time.monotonic_ns()}-{number}" for number in range(times)]
    return {str(server.ask(sender, text)[0]["text"]) for sender in senders}


def status(server: BotServer, text: str) -> str:
    reply = server.ask(f"s-{time.monotonic_ns()}", text)[0]
    return str(reply["custom"]["status"])


def intent(server: BotServer, text: str) -> str:
    reply = server.ask(f"s-{time.monotonic_ns()}", text)[0]
    return str(reply["custom"]["answers"][0]["intent"])


def test_seen_given_its_meaning_published_understood_and_rolled_back(
    page: Page, server: BotServer
) -> None:
    assert {status(server, text) for text in STRANGE} <= {"unsure", "rejected"}
    page.goto("/desk/unanswered")
    group = page.locator("article", has_text=STRANGE[0]).first
    expect(group).to_contain_text("2 次")
    group.locator("summary").click()
    group.get_by_label("它的意思").fill(MEANING)
    group.get_by_role("button", name="加进草稿").click()
    expect(page.get_by_text(f"（{MEANING}）")).to_be_visible()
    page.get_by_role("button", name="预览回答").click()
    assert "做好了" in wait_done(page, "预览草稿"), page.inner_text("main")
    expect(page.get_by_role("heading", name=re.compile(STRANGE[0])).first).to_be_visible()
    heading = publish(page, "一句没听懂的话")
    assert "做好了" in heading, page.inner_text("main")
    for text in STRANGE:
        assert intent(server, text) == MEANING
    page.goto("/desk/versions")
    page.get_by_role("button", name="换回第 1 版").click()
    assert "做好了" in wait_done(page, "退回旧版本")
    assert {status(server, text) for text in STRANGE} <= {"unsure", "rejected"}


def test_a_bad_edit_is_refused_with_its_place_while_the_old_version_answers(
    page: Page, server: BotServer
) -> None:
    before = answers(server, QUESTION)
    assert len(before) == 1
    edit(page, lambda text: text.replace("'340000'", "'349999'"))
    heading = publish(page, "写错了地区")
    assert "没有通过" in heading
    alert = page.get_by_role("alert").inner_text()
    assert f"data/{FILE}:" in alert
    assert "facts.0.region" in alert
    assert answers(server, QUESTION) == before
    # The mistake leads to its line, where it is said again.
    page.get_by_role("link", name=re.compile("^改第")).click()
    expect(page.get_by_role("alert")).to_contain_text("facts.0.region")
    expect(page.get_by_role("heading", name=FACT)).to_be_visible()
    page.goto("/desk/draft")
    # What all share is not thrown away by one click.
    assert not page.get_by_role("button", name="确定丢掉").is_visible()
    page.get_by_text("丢掉草稿", exact=True).click()
    page.get_by_role("button", name="确定丢掉").click()


def test_two_workers_swap_together_and_200_conversations_lose_nothing(
    page: Page, server: BotServer
) -> None:
    edit(page, lambda text: text.replace("amount: 70", "amount: 71"))
    rounds: list[Traffic] = []
    is_published = threading.Event()

    def talk() -> None:
        # The last round has begun before the version was exchanged, and ends after.
        while not is_published.is_set():
            names = [f"swap-{len(rounds)}-{number}" for number in range(CONVERSATIONS)]
            rounds.append(Traffic(server.url, names))
            asyncio.run(rounds[-1].run())

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        heading = publish(page, "安徽改成 71")
        (after,) = answers(server, QUESTION)
    finally:
        is_published.set()
        thread.join(PATIENCE)
    assert "做好了" in heading, page.inner_text("main")
    assert "71 元" in after
    sent = [each for traffic in rounds for each in traffic.log]
    assert len(sent) >= CONVERSATIONS
    assert [each for each in sent if not each.answered] == []


def test_edited_files_are_taken_over_by_sighup_if_they_are_right(
    server: BotServer, folder: Path
) -> None:
    file = folder / "data" / FILE
    text = file.read_text(encoding="utf-8")
    before = answers(server, QUESTION)
    file.write_text(text.replace("firmness: state", "firmness: perhaps", 1), encoding="utf-8")
    os.kill(server.process.pid, signal.SIGHUP)
    wait_for(lambda: "reload refused" in server.said())
    assert re.search(rf"data/{FILE}:\d+，字段 facts\.0\.firmness", server.said())
    assert answers(server, QUESTION) == before
    file.write_text(text.replace("amount: 71", "amount: 72", 1), encoding="utf-8")
    os.kill(server.process.pid, signal.SIGHUP)
    wait_for(lambda: "answers now" in server.said().partition("reload refused")[2])
    (after,) = answers(server, QUESTION)
    assert "72 元" in after


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.5)


def test_a_worker_that_takes_a_dead_ones_place_answers_with_what_is_published(
    server: BotServer,
) -> None:
    before = answers(server, QUESTION)
    dead = server.workers()
    for pid in dead:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: len(set(server.workers()) - set(dead)) == len(dead) and server.is_ready())
    assert answers(server, QUESTION) == before
