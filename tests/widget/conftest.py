"""A browser, and the address of a page to look at: the mock's, or WIDGET_TEST_URL's."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.widget.chat import Chat

ROOT = Path(__file__).parent.parent.parent
WIDGET = ROOT / "widget"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# A shared machine may be slow; nothing here measures speed.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def page_url() -> Iterator[str]:
    """The address of a server with the chat page, without ``/chat``."""
    given = os.environ.get("WIDGET_TEST_URL")
    if given:
        yield given.rstrip("/")
        return
    node = shutil.which("node")
    if not node:
        pytest.skip("node is not installed")
    command = [node, str(WIDGET / "mock" / "server.mjs")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as mock:
        assert mock.stdout is not None
        yield mock.stdout.readline().strip()
        mock.terminate()


# One browser for this folder: Playwright's event loop must not outlive it, or the asynchronous
# tests of other folders would run inside it.
@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """The driver."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes a browser of its own, with nothing remembered; errors on its pages are failures."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def make(**options: Any) -> BrowserContext:
        options.setdefault("viewport", DESKTOP)
        context = browser.new_context(locale="zh-CN", **options)
        context.set_default_timeout(15_000)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on("console", lambda message: errors.extend(policy_violation(message.text)))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert not errors


def policy_violation(text: str) -> list[str]:
    """What the browser says when a page breaks its own security policy."""
    return [text] if "Content Security Policy" in text or "Trusted" in text else []


@pytest.fixture
def context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    """A desktop browser."""
    return new_context()


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    """A phone."""
    return new_context(viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)


@pytest.fixture
def open_chat(page_url: str) -> Callable[[BrowserContext], Chat]:
    """Opens the page in a browser."""

    def open_page(context: BrowserContext) -> Chat:
        page: Page = context.new_page()
        page.goto(f"{page_url}/chat")
        chat = Chat(page)
        expect(page.get_by_role("navigation").get_by_role("button").first).to_be_visible()
        return chat

    return open_page


@pytest.fixture
def chat(context: BrowserContext, open_chat: Callable[[BrowserContext], Chat]) -> Chat:
    """The page in a desktop browser."""
    return open_chat(context)


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, from the page's own development packages."""
    source = WIDGET / "node_modules" / "axe-core" / "axe.min.js"
    if not source.exists():
        pytest.skip("run npm ci in widget/ first")
    return source.read_text(encoding="utf-8")
