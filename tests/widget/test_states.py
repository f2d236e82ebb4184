"""axe-core finds nothing in any state that the page can be in."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.widget.chat import (
    ASKED,
    BALANCE,
    CAUSE,
    COMPARE,
    DECISION,
    EMERGENCY,
    FIGURE,
    HELLO,
    MOTHER,
    STEPS,
    TWO,
    Chat,
)
from tests.widget.test_voice import RECOGNISER

MESSAGE = "**/chat/message"
PHONE = {"width": 360, "height": 740}
SIZES = (PHONE, {"width": 320, "height": 640}, {"width": 1280, "height": 800})
LARGEST = {"elder": True, "size": 30, "autoSpeak": False}


def faults(page: Page, axe: str, *rules: str) -> list[tuple[str, str]]:
    """What axe-core finds, however small: the rule and the first element.

    Args:
        page: to look at.
        axe: the source of axe-core.
        rules: to look for; all if none is named.
    """
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(axe)
    found = page.evaluate(
        "runOnly => axe.run(document, { resultTypes: ['violations'], ...runOnly })",
        {"runOnly": list(rules)} if rules else {},
    )
    return [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]]


def empty(chat: Chat) -> None:
    """Nothing was said yet."""


def linked(chat: Chat) -> None:
    """A link has filled the box."""
    chat.page.goto(f"{chat.page.url}?q=余额怎么查")
    expect(chat.page.get_by_text("问题填好了")).to_be_visible()


def suggested(chat: Chat) -> None:
    """Questions are suggested while typing."""
    chat.input.press_sequentially("余额怎")
    expect(chat.page.get_by_role("group", name="可以这样问")).to_be_visible()


def too_long(chat: Chat) -> None:
    """More was typed than can be sent."""
    chat.input.fill("医" * 501)
    expect(chat.page.get_by_text("最多 500 个字")).to_be_visible()


def listening(chat: Chat) -> None:
    """The microphone is on."""
    chat.page.evaluate(f"() => {{ {RECOGNISER} }}")
    chat.page.get_by_role("button", name="说话").click()
    expect(chat.page.get_by_role("button", name="说完了")).to_be_visible()


def answering(chat: Chat) -> None:
    """An answer is on its way."""
    chat.page.route(MESSAGE, lambda route: None)
    chat.type(FIGURE)
    expect(chat.page.locator(".Typing-dot").first).to_be_visible()


def answered(chat: Chat) -> None:
    """Every kind of answer, folded as it comes."""
    for question in (FIGURE, COMPARE, STEPS, DECISION, CAUSE, TWO, BALANCE):
        chat.ask(question)


def asked_back(chat: Chat) -> None:
    """It asks back, greets, does not understand, will not answer, sends to the doctor."""
    for question in (HELLO, "唏哩呼噜", "今天天气怎么样", EMERGENCY, ASKED):
        chat.ask(question)


def unfolded(chat: Chat) -> None:
    """Every fold is open, and every code."""
    answered(chat)
    for fold in chat.page.locator("summary").all():
        fold.click()
    chat.replies.nth(2).locator(".sources").get_by_role("button", name="二维码").first.click()
    chat.last.locator(".tools").get_by_role("button", name="二维码").click()
    expect(chat.last.locator(".qr[data-url]")).to_be_visible()


def menu(chat: Chat) -> None:
    """The menu, and its question before everything is deleted."""
    chat.ask(BALANCE)
    chat.more.click()
    chat.page.get_by_role("button", name="删除我的对话").click()
    expect(chat.page.get_by_role("button", name="删掉")).to_be_visible()


def feedback(chat: Chat) -> None:
    """One answer was useful; of another it is asked what was wrong."""
    chat.ask(FIGURE).get_by_role("button", name="有用").click()
    chat.ask(BALANCE).get_by_role("button", name="没用").click()
    expect(chat.page.locator(".reason")).to_be_visible()
    chat.page.get_by_role("button", name="数字不对").click()


def person(chat: Chat) -> None:
    """For whom the answer is can be changed."""
    chat.ask(MOTHER)
    chat.ask("北京呢").get_by_role("button", name="按您母亲").click()
    expect(chat.last.get_by_role("group", name="身份", exact=True)).to_be_visible()


def copied_by_hand(chat: Chat) -> None:
    """Nothing could be copied; the text is there to be marked."""
    chat.page.evaluate("document.execCommand = () => false; delete Clipboard.prototype.writeText")
    chat.ask(BALANCE).get_by_role("button", name="复制", exact=True).click()
    expect(chat.page.get_by_text("没复制成")).to_be_visible()


def offline(chat: Chat) -> None:
    """The connection is lost after an answer."""
    chat.ask(BALANCE)
    chat.page.route(MESSAGE, lambda route: route.abort())
    chat.type(FIGURE)
    expect(chat.page.get_by_role("button", name="马上再试")).to_be_visible()


def failed(chat: Chat) -> None:
    """A message was refused."""
    refusal = {"error": "too_large", "message": "这段太长了。"}
    chat.page.route(MESSAGE, lambda route: route.fulfill(status=413, json=refusal))
    chat.type(FIGURE)
    expect(chat.page.get_by_role("button", name="再发一次")).to_be_visible()


def erased(chat: Chat) -> None:
    """The conversation was deleted."""
    menu(chat)
    chat.page.get_by_role("button", name="删掉").click()
    expect(chat.page.get_by_text("对话已经删除。").first).to_be_visible()


def scrolled_up(chat: Chat) -> None:
    """What was said before is read, and the newest is out of sight."""
    for question in (STEPS, COMPARE, BALANCE):
        chat.ask(question)
    chat.page.locator(".MessageList").evaluate("log => log.scrollTo(0, 0)")
    expect(chat.page.get_by_role("button", name="回到最新")).to_be_visible()


def text_twice_as_large(chat: Chat) -> None:
    """The browser's own text is at 200 %."""
    chat.page.evaluate("document.documentElement.style.fontSize = '200%'")
    for question in (FIGURE, COMPARE, STEPS):
        chat.ask(question)


def largest(chat: Chat) -> None:
    """The elder view at its largest."""
    chat.page.evaluate("view => localStorage.setItem('yibao.view', JSON.stringify(view))", LARGEST)
    chat.reload()
    assert chat.page.locator("html").get_attribute("data-size") == "30"
    unfolded(chat)


def printed(chat: Chat) -> None:
    """On paper."""
    answered(chat)
    chat.page.emulate_media(media="print")
    chat.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(chat.page.locator("details:not([open])")).to_have_count(0)


STATES = (
    empty,
    linked,
    suggested,
    too_long,
    listening,
    answering,
    answered,
    asked_back,
    unfolded,
    menu,
    feedback,
    person,
    copied_by_hand,
    offline,
    failed,
    erased,
    scrolled_up,
    text_twice_as_large,
    largest,
    printed,
)
# States whose layout hangs on the width are looked at in every size.
WIDE = (empty, unfolded, menu, feedback)


@pytest.mark.parametrize("elder", [False, True], ids=["usual", "elder"])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_axe_finds_no_fault(
    new_context, open_chat, axe: str, state: Callable[[Chat], None], elder: bool
):
    # Reduced motion, so that nothing is measured half faded in.
    chat: Chat = open_chat(new_context(viewport=PHONE, reduced_motion="reduce"))
    if elder:
        chat.elder.click()
    state(chat)
    for size in SIZES if state in WIDE else (PHONE,):
        chat.page.set_viewport_size(size)
        chat.page.emulate_media(color_scheme="light")
        assert faults(chat.page, axe) == [], size
        chat.page.emulate_media(color_scheme="dark")
        # Only colours differ.
        assert faults(chat.page, axe, "color-contrast") == [], size


@pytest.mark.parametrize("colour", ["#ffee00", "#f6a", "#001100", "red", "nonsense"])
def test_any_colour_of_the_operator_stays_readable(context, open_chat, axe: str, colour: str):
    def paint(route):
        config = route.fetch().json()
        route.fulfill(json=config | {"colour": colour})

    context.route("**/chat/config", paint)
    chat = open_chat(context)
    chat.ask(FIGURE)
    assert faults(chat.page, axe) == []


def test_axe_finds_what_is_wrong(chat: Chat, axe: str):
    chat.page.evaluate("document.querySelector('.header-tools button').textContent = ''")
    assert [rule for rule, _ in faults(chat.page, axe)] == ["button-name"]
