"""The button on pages that other people made: their rules, their history, their scripts."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page, Route, expect

BUTTON = "#yibao-chat-button"
FRAME = "#yibao-chat-frame"
PANEL = "#yibao-chat-panel"
TALL = '<p style="height:3000px">很长的一页</p>'
HOSTILE = """<style>
    * { display: none !important; position: static !important; width: 9px !important;
        font-size: 3px !important; transform: scale(.1) !important; }
    html, body, h1 { display: block !important; transform: none !important; }
</style>"""


@pytest.fixture(scope="module")
def host(page_url: str) -> Iterator[str]:
    """Pages of another host, each with the script in its own way."""
    script = f'<script src="{page_url}/chat/widget.js" defer></script>'
    named = script.replace(" defer", ' data-words="问医保" data-side="left" defer')
    proxied = script.replace("/chat/widget.js", "/behind/a/proxy/chat/widget.js")
    pages = {
        "/": TALL + script,
        "/other": f"<p>另一页</p>{script}",
        "/twice": script + script,
        "/words": named,
        "/hostile": HOSTILE + script,
        "/proxied": proxied,
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = pages.get(urlsplit(self.path).path, "")
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            head = '<meta name="viewport" content="width=device-width, initial-scale=1">'
            title = "<title>社区服务站</title><h1>社区服务站</h1>"
            self.wfile.write(f'<!doctype html><html lang="zh">{head}{title}{content}'.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()


def opened(context: BrowserContext, address: str) -> tuple[Page, FrameLocator]:
    page = context.new_page()
    page.goto(address)
    page.locator(BUTTON).click()
    frame = page.frame_locator(FRAME)
    expect(frame.get_by_role("textbox", name="您想问什么")).to_be_visible()
    return page, frame


def test_back_closes_it_on_a_phone_and_leaves_the_page(phone: BrowserContext, host: str):
    page = phone.new_page()
    page.goto(f"{host}/other")
    page.goto(f"{host}/")
    page.locator(BUTTON).click()
    expect(page.locator(PANEL)).to_be_visible()
    page.go_back()
    expect(page.locator(PANEL)).to_be_hidden()
    assert page.url == f"{host}/"
    page.go_back()
    expect(page.get_by_text("另一页")).to_be_visible()


def test_closing_it_otherwise_leaves_no_step_in_the_history(phone: BrowserContext, host: str):
    page = phone.new_page()
    page.goto(f"{host}/other")
    page.goto(f"{host}/")
    page.locator(BUTTON).click()
    page.frame_locator(FRAME).get_by_role("button", name="关闭").click()
    expect(page.locator(PANEL)).to_be_hidden()
    page.wait_for_timeout(300)
    page.go_back()
    expect(page.get_by_text("另一页")).to_be_visible()


def test_the_host_does_not_scroll_behind_it(phone: BrowserContext, host: str):
    page, frame = opened(phone, f"{host}/")
    style = "getComputedStyle(document.documentElement).overflowY"
    assert page.evaluate(style) == "hidden"
    frame.get_by_role("button", name="关闭").click()
    expect(page.locator(PANEL)).to_be_hidden()
    assert page.evaluate(style) == "visible"
    page.evaluate("scrollTo(0, 500)")
    assert page.evaluate("scrollY") == 500


def test_on_a_desktop_the_host_scrolls_on(context: BrowserContext, host: str):
    page, _ = opened(context, f"{host}/")
    page.evaluate("scrollTo(0, 500)")
    assert page.evaluate("scrollY") == 500


def test_escape_works_with_the_focus_on_the_host(context: BrowserContext, host: str):
    page, _ = opened(context, f"{host}/")
    page.locator("h1").click()
    page.keyboard.press("Escape")
    expect(page.locator(PANEL)).to_be_hidden()


def test_the_script_twice_is_one_button(context: BrowserContext, host: str):
    page = context.new_page()
    page.goto(f"{host}/twice")
    expect(page.locator(BUTTON)).to_have_count(1)
    page.wait_for_timeout(200)
    expect(page.locator(BUTTON)).to_have_count(1)


def test_a_site_that_replaces_its_body_keeps_it(context: BrowserContext, host: str):
    page, frame = opened(context, f"{host}/")
    frame.get_by_role("textbox").fill("写了一半")
    page.evaluate("document.body.replaceWith(document.createElement('body'))")
    expect(page.locator(BUTTON)).to_be_visible()
    expect(frame.get_by_role("textbox")).to_have_value("写了一半")
    page.evaluate("document.documentElement.replaceChildren(document.createElement('body'))")
    expect(page.locator(BUTTON)).to_be_visible()


def test_the_rules_of_the_site_do_not_reach_it(context: BrowserContext, host: str):
    page, frame = opened(context, f"{host}/hostile")
    box = page.locator(FRAME).bounding_box()
    assert (box["width"], box["height"]) == (420, 680)
    expect(frame.get_by_role("button", name="关闭")).to_be_visible()
    button = page.locator(BUTTON).bounding_box()
    assert button["width"] == button["height"] == 64


def test_words_beside_the_button_if_wanted(context: BrowserContext, host: str):
    page = context.new_page()
    page.goto(f"{host}/words")
    button = page.locator(BUTTON)
    expect(button).to_contain_text("问医保")
    box = button.bounding_box()
    assert box["width"] > 100
    assert box["x"] == 20


def test_it_stays_open_from_page_to_page(context: BrowserContext, host: str):
    page, _ = opened(context, f"{host}/")
    page.goto(f"{host}/other")
    expect(page.frame_locator(FRAME).get_by_role("textbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(PANEL)).to_be_hidden()
    page.goto(f"{host}/")
    expect(page.locator(BUTTON)).to_be_visible()
    expect(page.locator(PANEL)).to_be_hidden()


def test_on_a_phone_the_next_page_is_not_covered(phone: BrowserContext, host: str):
    page, _ = opened(phone, f"{host}/")
    page.goto(f"{host}/other")
    expect(page.locator(BUTTON)).to_be_visible()
    expect(page.locator(PANEL)).to_be_hidden()


def test_behind_a_path_of_a_proxy_it_works(context: BrowserContext, host: str):
    page, frame = opened(context, f"{host}/proxied")
    frame.get_by_role("textbox").fill("余额怎么查")
    frame.get_by_role("textbox").press("Enter")
    expect(frame.locator("article.left")).to_have_count(1)
    frames = [each.url for each in page.frames if "embedded" in each.url]
    assert "/behind/a/proxy/chat" in frames[0]


@pytest.mark.parametrize("what", ["lost", "502", "script"])
def test_what_never_comes_up_can_be_closed_and_says_whom_to_call(
    phone: BrowserContext, host: str, what: str
):
    page = phone.new_page()
    page.clock.install()
    page.goto(f"{host}/")
    is_broken = True

    def meddle(route: Route) -> None:
        if not is_broken:
            route.continue_()
        elif what == "script":
            route.abort()
        elif what == "502":
            route.fulfill(status=502, body="Bad")

    page.route("**/chat/assets/*.js" if what == "script" else "**/chat?embedded=1", meddle)
    page.locator(BUTTON).click()
    waiting = page.locator("#yibao-chat-waiting")
    call = waiting.get_by_role("link", name="打 12393")
    expect(call).to_be_hidden()
    page.clock.fast_forward(8000)
    expect(call).to_be_visible()
    assert call.get_attribute("href") == "tel:12393"
    is_broken = False
    waiting.get_by_role("button", name="重新打开").click()
    frame = page.frame_locator(FRAME)
    expect(frame.get_by_role("textbox", name="您想问什么")).to_be_visible()
    expect(waiting).to_be_hidden()
    frame.get_by_role("button", name="关闭").click()
    expect(page.locator(PANEL)).to_be_hidden()


def test_before_it_is_there_it_can_be_closed(phone: BrowserContext, host: str):
    page = phone.new_page()
    page.goto(f"{host}/")
    page.route("**/chat?embedded=1", lambda route: None)
    page.locator(BUTTON).click()
    page.locator("#yibao-chat-waiting").get_by_role("button", name="关闭").click()
    expect(page.locator(PANEL)).to_be_hidden()
    expect(page.locator(BUTTON)).to_be_focused()
