"""Keyboard, screen reader, small windows, dark scheme, reduced motion."""

import pytest
from playwright.sync_api import Page, expect

from tests.widget.chat import ASKED, COMPARE, FIGURE, STEPS, Chat


def focused(page: Page) -> str:
    """What has the focus, by its words."""
    return page.evaluate(
        """() => {
            const e = document.activeElement;
            if (e === document.body) return "";
            const label = e.labels?.[0]?.textContent;
            return (e.getAttribute("aria-label") || label || e.textContent || e.tagName).trim();
        }"""
    )


def tab_to(page: Page, words: str, most: int = 40) -> None:
    """Press Tab until something that has these words is focused."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if words in focused(page):
            return
    raise AssertionError(f"{words} cannot be reached with Tab")


def test_everything_works_with_the_keyboard_alone(chat: Chat):
    page, keys = chat.page, chat.page.keyboard
    tab_to(page, "大字")
    keys.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-view", "elder")
    tab_to(page, "您想问什么")
    keys.insert_text(ASKED)
    tab_to(page, "发送")
    keys.press("Enter")
    expect(chat.replies).to_have_count(1)
    keys.press("Shift+Tab")
    tab_to(page, "上海")
    keys.press("Enter")
    expect(chat.replies).to_have_count(2)
    # The button is gone; from the message that it became Tab leads into its answer.
    assert ASKED not in focused(page)
    tab_to(page, "打 12393", most=4)
    tab_to(page, "没用")
    keys.press("Space")
    tab_to(page, "数字不对")
    keys.press("Space")
    tab_to(page, "送出")
    keys.press("Enter")
    expect(chat.last.get_by_text("谢谢，我们会改。")).to_be_visible()


def test_focus_goes_from_the_header_through_the_conversation_to_the_input(chat: Chat):
    order = []
    for _ in range(12):
        chat.page.keyboard.press("Tab")
        order.append(focused(chat.page))
    places = [
        next(i for i, name in enumerate(order) if word in name)
        for word in ("大字", "更多", "对话", "余额", "您想问什么", "发送")
    ]
    assert places == sorted(places)


def test_focus_is_seen(chat: Chat):
    chat.page.keyboard.press("Tab")
    width = chat.page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
    assert width >= 3


def test_escape_closes_the_menu_and_returns_the_focus(chat: Chat):
    chat.more.click()
    expect(chat.more).to_have_attribute("aria-expanded", "true")
    chat.page.keyboard.press("Escape")
    expect(chat.more).to_have_attribute("aria-expanded", "false")
    expect(chat.more).to_be_focused()


def test_a_screen_reader_is_told_the_answer_once(chat: Chat):
    announcer = chat.page.locator("[data-announcer]")
    assert announcer.get_attribute("aria-live") == "polite"
    expect(announcer).to_have_text("")
    chat.ask(FIGURE)
    expect(announcer).to_contain_text("1890")
    assert chat.page.get_by_role("log").get_attribute("aria-live") == "off"


def test_history_is_not_read_out_on_coming_back(chat: Chat):
    chat.ask(FIGURE)
    chat.reload()
    expect(chat.replies).to_have_count(1)
    expect(chat.page.locator("[data-announcer]")).to_have_text("")


def test_headings_lead_from_message_to_message(chat: Chat):
    chat.ask(FIGURE)
    headings = chat.page.get_by_role("heading", level=2).all_inner_texts()
    assert headings == ["您问", "回答"]
    assert chat.page.get_by_role("heading", level=1).count() == 1


SMALL = [(320, 568), (320, 480), (360, 640), (390, 844)]


@pytest.mark.parametrize("view", ["standard", "elder", "largest"])
def test_nothing_is_wider_than_a_small_window(new_context, open_chat, view: str):
    chat: Chat = open_chat(new_context(viewport={"width": 320, "height": 568}))
    show(chat, view)
    for question in (FIGURE, COMPARE, STEPS, ASKED):
        chat.ask(question)
    for fold in chat.page.locator("summary").all():
        fold.click()
    for width, height in SMALL:
        chat.page.set_viewport_size({"width": width, "height": height})
        chat.last.scroll_into_view_if_needed()
        assert chat.overflow() <= 0, (width, height)
        chat.more.click()
        assert chat.overflow() <= 0, (width, height)
        box = chat.input.bounding_box()
        assert box["y"] + box["height"] <= height
        chat.more.click()


@pytest.mark.parametrize("view", ["standard", "elder", "largest"])
@pytest.mark.parametrize("trust", [True, False])
def test_several_numbers_to_call_are_all_in_the_window(new_context, open_chat, view: str, trust):
    def with_numbers(route):
        body = route.fetch().json()
        blocks = body["replies"][0]["custom"]["answers"][0]["blocks"]
        blocks[0]["text"] = "卡丢了请打 12333，被人刷了打 110，别的打 12393。"
        blocks[:] = [each for each in blocks if trust or each["kind"] != "trust"]
        route.fulfill(json=body)

    chat: Chat = open_chat(new_context(viewport={"width": 320, "height": 640}))
    show(chat, view)
    chat.page.route("**/chat/message", with_numbers)
    links = chat.ask(STEPS).locator(".calls a")
    expect(links).to_have_count(3)
    for width in (320, 360):
        chat.page.set_viewport_size({"width": width, "height": 640})
        card = chat.last.locator(".answer").bounding_box()
        for link in links.all():
            box = link.bounding_box()
            assert box["x"] >= card["x"]
            assert box["x"] + box["width"] <= card["x"] + card["width"]


def show(chat: Chat, view: str) -> None:
    """Switch to a view; ``largest`` is the elder view with its largest text."""
    if view == "standard":
        return
    chat.elder.click()
    if view == "largest":
        chat.more.click()
        for _ in range(3):
            chat.page.get_by_role("button", name="大一点").click()
        chat.more.click()


@pytest.mark.parametrize("view", ["standard", "elder"])
def test_twice_the_size_leaves_room_to_read(new_context, open_chat, view: str):
    # A browser's 200 % on 1280 x 800 is a window of half its size.
    chat: Chat = open_chat(new_context(viewport={"width": 640, "height": 400}))
    show(chat, view)
    chat.ask(FIGURE)
    chat.settle()
    assert chat.overflow() <= 0
    room = chat.page.get_by_role("log").bounding_box()
    assert room["height"] >= 200
    expect(chat.last.locator(".figure-whose")).to_be_in_viewport()


def test_text_alone_at_twice_its_size_is_not_cut_off(chat: Chat):
    chat.page.evaluate("document.documentElement.style.fontSize = '200%'")
    chat.ask(FIGURE)
    assert chat.overflow() <= 0


def test_the_dark_scheme_is_dark(new_context, open_chat):
    chat: Chat = open_chat(new_context(color_scheme="dark"))
    chat.ask(FIGURE)
    grounds = [
        chat.page.evaluate(f"getComputedStyle(document.querySelector('{place}')).backgroundColor")
        for place in ("body", ".answer", ".composer")
    ]
    for ground in grounds:
        assert max(int(part) for part in ground[4:-1].split(",")) < 80


def test_reduced_motion_stops_all_motion(new_context, open_chat):
    chat: Chat = open_chat(new_context(reduced_motion="reduce"))
    chat.page.route("**/chat/message", lambda route: None)
    chat.type(FIGURE)
    expect(chat.page.locator(".Typing-dot").first).to_be_visible()
    moving = chat.page.evaluate("document.getAnimations().length")
    assert moving == 0
