"""Questions that are spoken."""

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.widget.chat import Chat

# A recogniser that hears what the test lets it hear.
RECOGNISER = """
    window.SpeechRecognition = window.webkitSpeechRecognition = class extends EventTarget {
        start() { window.heard = this; }
        stop() { this.onend(); }
        abort() { this.onend?.(); }
    };
    window.hear = (text) => window.heard.onresult({ results: [[{ transcript: text }]] });
    window.fail = (error) => { window.heard.onerror({ error }); window.heard.onend(); };
"""
DEAF = "delete window.webkitSpeechRecognition; delete window.SpeechRecognition;"


@pytest.fixture
def talking(context: BrowserContext, open_chat) -> Chat:
    """A page in a browser that can write down what it hears."""
    context.add_init_script(RECOGNISER)
    return open_chat(context)


def test_what_is_said_goes_into_the_box_and_is_not_sent(talking: Chat):
    talking.page.get_by_role("button", name="说话").click()
    stop = talking.page.get_by_role("button", name="说完了")
    expect(stop).to_have_attribute("aria-pressed", "true")
    assert talking.page.evaluate("window.heard.lang") == "zh-CN"
    talking.page.evaluate("window.hear('余额')")
    talking.page.evaluate("window.hear('余额怎么查')")
    expect(talking.input).to_have_value("余额怎么查")
    stop.click()
    expect(talking.page.get_by_role("button", name="说话")).to_be_visible()
    expect(talking.said).to_have_count(0)
    talking.input.press("Enter")
    expect(talking.replies).to_have_count(1)


def test_it_goes_behind_what_was_typed(talking: Chat):
    talking.input.fill("上海")
    talking.page.get_by_role("button", name="说话").click()
    talking.page.evaluate("window.hear('每月返多少')")
    expect(talking.input).to_have_value("上海每月返多少")


@pytest.mark.parametrize(("error", "words"), [("not-allowed", "允许用话筒"), ("network", "没听清")])
def test_what_went_wrong_is_said(talking: Chat, error: str, words: str):
    talking.page.get_by_role("button", name="说话").click()
    talking.page.evaluate(f"window.fail('{error}')")
    expect(talking.page.get_by_text(words)).to_be_visible()
    expect(talking.page.get_by_role("button", name="说话")).to_be_visible()


def test_a_browser_that_cannot_hear_promises_nothing(context: BrowserContext, open_chat):
    context.add_init_script(DEAF)
    chat = open_chat(context)
    expect(chat.page.get_by_role("button", name="说话")).to_have_count(0)
    assert "说" not in chat.input.get_attribute("placeholder")
    assert "语音" not in chat.input.get_attribute("placeholder")


def test_the_operator_can_forbid_it(context: BrowserContext, open_chat):
    context.add_init_script(RECOGNISER)

    def forbid(route):
        route.fulfill(json=route.fetch().json() | {"voice": False})

    context.route("**/chat/config", forbid)
    chat = open_chat(context)
    expect(chat.page.get_by_role("button", name="说话")).to_have_count(0)
    assert "说" not in chat.input.get_attribute("placeholder")
