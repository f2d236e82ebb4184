"""The round button on somebody else's page."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page, Playwright, expect

from tests.widget.chat import FIGURE, REPLIES
from tests.widget.conftest import ARGUMENTS, CHROMIUM

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def host_page(page_url: str) -> Iterator[str]:
    """A page of another host with one script tag on it, and a strict policy of its own."""
    content = (
        '<!doctype html><html lang="zh"><meta name="viewport" '
        'content="width=device-width, initial-scale=1"><title>社区服务站</title><h1>社区服务站</h1>'
        f'<p>欢迎</p><script src="{page_url}/chat/widget.js" defer></script></html>'
    ).encode()
    policy = f"default-src 'none'; script-src {page_url}; frame-src {page_url}"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    # Another name for this machine is another origin.
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()


def open_widget(context: BrowserContext, host_page: str) -> tuple[Page, FrameLocator]:
    page = context.new_page()
    page.goto(host_page)
    expect(page.locator("iframe")).to_have_count(0)
    page.get_by_role("button", name="医保问答").click()
    return page, page.frame_locator("#yibao-chat-frame")


def ask(frame: FrameLocator, text: str) -> None:
    field = frame.get_by_role("textbox", name="您想问什么")
    field.fill(text)
    field.press("Enter")
    expect(frame.locator(REPLIES)).to_have_count(1)


@pytest.mark.parametrize("device", ["context", "phone"])
def test_the_button_opens_the_chat_and_closes_it(device: str, request, host_page: str):
    page, frame = open_widget(request.getfixturevalue(device), host_page)
    ask(frame, FIGURE)
    expect(frame.locator(".figure-amount")).to_contain_text("1890")
    frame.get_by_role("button", name="关闭").click()
    expect(page.locator("#yibao-chat-frame")).to_be_hidden()
    button = page.get_by_role("button", name="医保问答")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    expect(frame.locator(REPLIES)).to_have_count(1)


def test_the_conversation_survives_a_reload_of_the_host(
    playwright: Playwright, tmp_path: Path, host_page: str
):
    # Browsers give a frame storage of its own on every host, but Playwright switches that off.
    # Without any, as in the other tests, the conversation lasts as long as the host's page does.
    preferences = tmp_path / "Default" / "Preferences"
    preferences.parent.mkdir()
    preferences.write_text(json.dumps({"profile": {"cookie_controls_mode": 0}}))
    context = playwright.chromium.launch_persistent_context(
        tmp_path, executable_path=CHROMIUM, args=ARGUMENTS
    )
    page, frame = open_widget(context, host_page)
    ask(frame, FIGURE)
    page.reload()
    page.get_by_role("button", name="医保问答").click()
    expect(frame.locator(REPLIES)).to_have_count(1)
    context.close()


def test_on_a_phone_it_fills_the_window(phone: BrowserContext, host_page: str):
    page, frame = open_widget(phone, host_page)
    expect(frame.get_by_role("button", name="关闭")).to_be_visible()
    box = page.locator("#yibao-chat-frame").bounding_box()
    assert (box["width"], box["height"]) == (PHONE["width"], PHONE["height"])


def test_on_a_desktop_it_grows_for_the_elder_view_and_stays_in_the_window(
    context: BrowserContext, host_page: str
):
    page, frame = open_widget(context, host_page)
    usual = page.locator("#yibao-chat-frame").bounding_box()
    frame.get_by_role("button", name="大字").click()
    expect(page.locator("#yibao-chat-frame")).to_have_css("width", "560px")
    large = page.locator("#yibao-chat-frame").bounding_box()
    assert large["height"] >= usual["height"]
    assert large["y"] >= 0
    page.set_viewport_size({"width": 800, "height": 600})
    assert page.locator("#yibao-chat-frame").bounding_box()["y"] >= 0


def test_escape_closes_it(context: BrowserContext, host_page: str):
    page, frame = open_widget(context, host_page)
    frame.get_by_role("textbox", name="您想问什么").press("Escape")
    expect(page.locator("#yibao-chat-frame")).to_be_hidden()


def test_nobody_else_can_close_it(context: BrowserContext, host_page: str):
    page, frame = open_widget(context, host_page)
    expect(frame.get_by_role("button", name="关闭")).to_be_visible()
    page.evaluate("window.postMessage({ type: 'yibao:close' }, '*')")
    page.wait_for_timeout(300)
    expect(page.locator("#yibao-chat-frame")).to_be_visible()


def test_the_page_of_its_own_has_no_close_button(chat):
    expect(chat.page.get_by_role("button", name="关闭")).to_have_count(0)
