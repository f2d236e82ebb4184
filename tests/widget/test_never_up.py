"""A page that does not come up, in part or at all, leaves nobody without a way on."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.widget.chat import FIGURE, Chat
from tests.widget.test_states import faults


def hurried(page: Page) -> Page:
    """A page whose animations run faster, such as the one that waits before the hotline is shown.

    Args:
        page: to hurry.
    """
    tools = page.context.new_cdp_session(page)
    tools.send("Animation.enable")
    tools.send("Animation.setPlaybackRate", {"playbackRate": 20})
    return page


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_without_its_script_the_page_soon_shows_hotline_and_reload(
    new_context, page_url: str, axe: str, motion: str
):
    context: BrowserContext = new_context(reduced_motion=motion)
    page = hurried(context.new_page())
    lost = {"on": True}

    def script(route):
        if lost["on"]:
            route.abort()
        else:
            route.continue_()

    page.route("**/assets/*.js", script)
    page.goto(f"{page_url}/chat")
    call = page.get_by_role("link", name="打医保热线 12393")
    expect(call).to_be_visible()
    assert call.get_attribute("href") == "tel:12393"
    assert faults(page, axe) == []
    lost["on"] = False
    page.get_by_role("link", name="重新打开").click()
    expect(page.get_by_role("textbox", name="您想问什么")).to_be_visible()


def test_a_page_that_comes_up_never_shows_it(page_url: str, chat: Chat):
    expect(chat.page.locator(".late")).to_have_count(0)


def test_in_a_sandboxed_frame_the_hotline_is_seen(context: BrowserContext, page_url: str):
    page: Page = context.new_page()
    body = f'<!doctype html><title>x</title><iframe sandbox src="{page_url}/chat"></iframe>'
    page.route("**/host", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(f"{page_url}/host")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("link", name="打医保热线 12393")).to_be_visible()


def test_opened_while_the_server_is_away_there_are_cards_and_the_hotline(
    context: BrowserContext, page_url: str, axe: str
):
    page = context.new_page()
    for path in ("config", "session", "message", "history"):
        page.route(f"**/chat/{path}*", lambda route: route.abort())
    page.goto(f"{page_url}/chat")
    expect(page.get_by_role("link", name="打 12393")).to_be_visible()
    cards = page.get_by_role("navigation").get_by_role("button")
    expect(cards).to_have_count(6)
    assert faults(page, axe) == []
    cards.first.click()
    expect(page.get_by_text("连上后自动再发")).to_be_visible()


def test_a_server_that_fails_leaves_the_hotline(chat: Chat):
    chat.page.route("**/chat/message", lambda route: route.fulfill(status=502, body="<html>"))
    chat.type(FIGURE)
    expect(chat.page.locator(".connection").get_by_role("link", name="打 12393")).to_be_visible()
