"""Takes the pictures of docs/images: ``python -m tests.widget.screenshots [address]``.

Without an address it starts the mock.
"""

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.widget.chat import (
    ASKED,
    BALANCE,
    CAUSE,
    COMPARE,
    DECISION,
    FIGURE,
    MOTHER,
    STEPS,
    TWO,
    Chat,
)
from tests.widget.conftest import ARGUMENTS, CHROMIUM, DESKTOP, PHONE, ROOT, WIDGET

IMAGES = ROOT / "docs" / "images"
# The hosts' page for the picture of the widget.
HOST_PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>社区服务站</title>
<body style="margin:0;font:18px/1.8 sans-serif;color:#333;background:#fff">
<h1 style="margin:0;padding:24px 48px;background:#e8eef4;font-size:28px">幸福里社区服务站</h1>
<p style="padding:8px 48px;max-width:560px">本周六上午九点，社区活动室有免费量血压。
请带好身份证，七十岁以上的老人不用排队。</p>
<script src="/chat/widget.js" defer></script></body></html>"""


def take(browser: Browser, url: str) -> None:
    """Take all pictures.

    Args:
        browser: Chromium.
        url: of a server with the chat page.
    """
    for name, question in (("figure", MOTHER), ("two", TWO), ("compare", COMPARE)):
        shoot(opened(browser, url, phone=True).page, f"phone-{name}", question)
    for name, question in (("decision", DECISION), ("cause", CAUSE)):
        shoot(opened(browser, url, phone=True).page, f"phone-{name}", question)
    for name, question in (("figure", MOTHER), ("steps", STEPS), ("compare", COMPARE)):
        shoot(opened(browser, url, phone=True, elder=True).page, f"phone-elder-{name}", question)
    shoot(opened(browser, url, phone=True).page, "phone-welcome")
    shoot(opened(browser, url, phone=True, elder=True).page, "phone-elder-welcome")
    shoot(opened(browser, url, phone=True, dark=True).page, "phone-dark", FIGURE)
    shoot(opened(browser, url, phone=True).page, "phone-asked", ASKED)
    shoot(opened(browser, url).page, "desktop-steps", STEPS)
    shoot(opened(browser, url, elder=True).page, "desktop-elder-compare", COMPARE)
    person = opened(browser, url, phone=True)
    person.ask(MOTHER)
    person.ask("北京呢").get_by_role("button", name="按您母亲").click()
    shoot(person.page, "phone-person")
    link = opened(browser, url, phone=True)
    link.ask(STEPS).locator(".tools").get_by_role("button", name="二维码").click()
    shoot(link.page, "phone-link")
    away = opened(browser, url, phone=True)
    away.page.route("**/chat/message", lambda route: route.abort())
    away.type(BALANCE)
    expect(away.page.locator(".connection")).to_be_visible()
    shoot(away.page, "phone-away")
    host = browser.new_context(viewport=DESKTOP, locale="zh-CN").new_page()
    host.route(f"{url}/host", lambda r: r.fulfill(body=HOST_PAGE, content_type="text/html"))
    host.goto(f"{url}/host")
    host.get_by_role("button").click()
    field = host.frame_locator("iframe").get_by_role("textbox")
    field.fill(FIGURE)
    field.press("Enter")
    shoot(host, "desktop-widget")


def opened(
    browser: Browser, url: str, phone: bool = False, elder: bool = False, dark: bool = False
) -> Chat:
    """A fresh page."""
    context = browser.new_context(
        viewport=PHONE if phone else DESKTOP,
        device_scale_factor=1.5 if phone else 1,
        has_touch=phone,
        is_mobile=phone,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        locale="zh-CN",
    )
    chat = Chat(context.new_page())
    chat.page.goto(f"{url}/chat")
    expect(chat.page.get_by_role("navigation").get_by_role("button").first).to_be_visible()
    if elder:
        chat.elder.click()
    return chat


def shoot(page: Page, name: str, question: str = "") -> None:
    """Save a picture, after the answer to a question if one is given."""
    if question:
        Chat(page).ask(question)
    # Whatever is focused would have a ring, which nobody sees who taps.
    page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(1200)
    page.screenshot(path=IMAGES / f"{name}.png")


def main() -> None:
    """Take the pictures with a server that is given, or with the mock."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    command = ["node", str(Path(WIDGET) / "mock" / "server.mjs")]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as mock,
        sync_playwright() as playwright,
    ):
        assert mock.stdout is not None
        address = mock.stdout.readline().strip()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        take(browser, sys.argv[1] if len(sys.argv) > 1 else address)
        browser.close()
        mock.terminate()


if __name__ == "__main__":
    main()
