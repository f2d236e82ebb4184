"""The elder view: large text, large targets, read aloud; remembered."""

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.widget.chat import COMPARE, FIGURE, STEPS, TWO, Chat

# The smallest text size and the smallest line height of every visible text.
TEXTS = """() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || element.closest(".hidden")) continue;
        if (!element.checkVisibility()) continue;
        const style = getComputedStyle(element);
        const size = parseFloat(style.fontSize);
        found.push([size, parseFloat(style.lineHeight) / size, walker.currentNode.data.trim()]);
    }
    return found;
}"""
TARGETS = """() => [...document.querySelectorAll(
        "button, a, summary, textarea, input, label.check")]
    .filter((e) => e.checkVisibility() && e.type !== "checkbox")
    .map((e) => [e.getBoundingClientRect(), e.textContent || e.id])
    .map(([box, name]) => [Math.round(box.width * 10) / 10, Math.round(box.height * 10) / 10, name])
"""
# Records what is said instead of saying it.
SPEECH = """
    window.spoken = [];
    window.cancelled = 0;
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
    Object.defineProperty(window, "speechSynthesis", { value: {
        speak: (utterance) => window.spoken.push([utterance.text, utterance.lang]),
        cancel: () => { window.cancelled += 1; },
        getVoices: () => [],
    }});
"""


def everything_shown(chat: Chat) -> None:
    """Bring all kinds of elements onto the page."""
    for question in (FIGURE, COMPARE, STEPS, TWO):
        chat.ask(question)
    for fold in chat.page.locator("summary").all():
        fold.click()
    chat.last.get_by_role("button", name="没用").click()
    chat.more.click()
    chat.page.get_by_role("button", name="删除我的对话").click()


def test_one_tap_turns_it_on_and_it_is_remembered(chat: Chat):
    expect(chat.elder).to_have_attribute("aria-pressed", "false")
    chat.elder.click()
    expect(chat.elder).to_have_attribute("aria-pressed", "true")
    chat.reload()
    expect(chat.elder).to_have_attribute("aria-pressed", "true")
    chat.elder.click()
    expect(chat.page.locator("html")).to_have_attribute("data-view", "standard")


@pytest.mark.parametrize("device", ["context", "phone"])
def test_all_text_is_large_and_all_targets_are(device: str, request, open_chat):
    chat = open_chat(request.getfixturevalue(device))
    chat.elder.click()
    everything_shown(chat)
    texts = chat.page.evaluate(TEXTS)
    assert [text for text in texts if text[0] < 21] == []
    assert [text for text in texts if text[1] < 1.5 - 0.01] == []
    targets = chat.page.evaluate(TARGETS)
    assert len(targets) > 20
    assert [target for target in targets if min(target[:2]) < 60] == []


def test_targets_of_the_usual_view_are_large_enough_for_a_thumb(phone: BrowserContext, open_chat):
    chat = open_chat(phone)
    everything_shown(chat)
    assert [target for target in chat.page.evaluate(TARGETS) if min(target[:2]) < 44] == []


def test_text_grows_to_thirty(chat: Chat):
    chat.elder.click()
    chat.ask(STEPS)
    chat.more.click()
    larger = chat.page.get_by_role("button", name="大一点")
    for size in (24, 27, 30):
        larger.click()
        expect(chat.page.get_by_text(f"现在 {size} 号")).to_be_visible()
    expect(larger).to_be_disabled()
    chat.reload()
    size = chat.last.locator(".steps li").first.evaluate(
        "e => parseFloat(getComputedStyle(e).fontSize)"
    )
    assert size == 30


def test_an_answer_is_read_aloud_and_stops(context: BrowserContext, open_chat):
    context.add_init_script(SPEECH)
    chat = open_chat(context)
    reply = chat.ask(STEPS)
    reply.get_by_role("button", name="念给我听").click()
    spoken = chat.page.evaluate("window.spoken")
    text = "".join(part for part, _ in spoken)
    assert "第1步，" in text
    assert "http" not in text
    assert {language for _, language in spoken} == {"zh-CN"}
    assert max(len(part) for part, _ in spoken) <= 160
    reply.get_by_role("button", name="别念了").click()
    expect(reply.get_by_role("button", name="念给我听")).to_be_visible()
    assert chat.page.evaluate("window.cancelled") >= 1


def test_hotlines_are_read_digit_by_digit_and_amounts_are_not(context: BrowserContext, open_chat):
    context.add_init_script(SPEECH)
    chat = open_chat(context)
    said = "请打 12393 或 12333。每月 120 元，马上打 120！余额 12345 元。"
    body = {"id": "x", "replies": [{"id": "1", "text": said}]}
    chat.page.route("**/chat/message", lambda route: route.fulfill(json=body))
    chat.ask(STEPS).get_by_role("button", name="念给我听").click()
    text = "".join(part for part, _ in chat.page.evaluate("window.spoken"))
    assert "1 2 3 9 3 或 1 2 3 3 3" in text
    assert "每月 120 元，马上打 1 2 0！余额 12345 元" in text


def test_answers_are_read_aloud_by_themselves_if_wanted(context: BrowserContext, open_chat):
    context.add_init_script(SPEECH)
    chat = open_chat(context)
    chat.more.click()
    chat.page.get_by_label("有了回答自动念出来").check()
    chat.more.click()
    chat.ask(STEPS)
    assert chat.page.evaluate("window.spoken.length") > 0


def test_without_a_voice_nothing_offers_to_read(context: BrowserContext, open_chat):
    context.add_init_script(
        "delete window.speechSynthesis; delete Window.prototype.speechSynthesis"
    )
    chat = open_chat(context)
    reply = chat.ask(STEPS)
    expect(reply.get_by_role("button", name="念给我听")).to_have_count(0)
