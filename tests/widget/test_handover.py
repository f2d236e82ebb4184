"""Keeping a conversation and handing it on: paper, a file, a link, a second tab, suggestions."""

import re
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import BrowserContext, Page, expect

from tests.widget.chat import DECISION, FIGURE, MOTHER, STEPS, Chat


def pages_of(printed: bytes) -> int:
    """How many pages a PDF has."""
    return len(re.findall(rb"/Type\s*/Page\b", printed))


def test_everything_is_printed_on_as_many_pages_as_it_takes(context: BrowserContext, open_chat):
    context.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; }")
    chat = open_chat(context)
    for question in (FIGURE, STEPS, DECISION, MOTHER, STEPS, FIGURE):
        chat.ask(question)
    chat.more.click()
    chat.page.get_by_role("button", name="打印整段对话").click()
    assert chat.page.evaluate("new Promise((done) => setTimeout(() => done(window.printed), 300))")
    assert pages_of(chat.page.pdf(format="A4")) >= 2
    chat.page.emulate_media(media="print")
    expect(chat.said.first).to_be_visible()
    expect(chat.input).to_be_hidden()
    chat.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(chat.last.locator(".claim p")).to_be_visible()
    chat.page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(chat.last.locator(".claim p")).to_be_hidden()


def test_the_whole_conversation_is_kept_as_a_file(chat: Chat, tmp_path: Path):
    chat.ask(FIGURE)
    chat.ask(STEPS)
    chat.more.click()
    with chat.page.expect_download() as download:
        chat.page.get_by_role("button", name="存成文件").click()
    assert download.value.suggested_filename.endswith(".txt")
    download.value.save_as(tmp_path / "chat.txt")
    text = (tmp_path / "chat.txt").read_text(encoding="utf-8-sig")
    assert text.index(FIGURE) < text.index("1890") < text.index(STEPS)
    assert "来源" in text


def open_link(context: BrowserContext, address: str) -> Chat:
    chat = Chat(context.new_page())
    chat.page.goto(address)
    expect(chat.page.locator(".skeleton")).to_have_count(0)
    return chat


def test_a_link_puts_its_question_into_the_box_and_sends_nothing(
    context: BrowserContext, page_url: str
):
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    chat = open_link(context, f"{page_url}/chat?q={quote(FIGURE)}")
    expect(chat.input).to_have_value(FIGURE)
    expect(chat.page.get_by_text("问题填好了")).to_be_visible()
    chat.page.wait_for_timeout(300)
    assert not [url for url in asked if url.endswith("/message")]
    assert "q=" not in chat.page.url
    chat.input.press("Enter")
    expect(chat.replies).to_have_count(1)


def test_a_link_is_no_way_to_put_anything_else_on_the_page(context: BrowserContext, page_url: str):
    evil = '<img src=x onerror="window.hit=1">' + "长" * 1000
    chat = open_link(context, f"{page_url}/chat?q={quote(evil)}")
    assert len(chat.input.input_value()) <= 200
    assert chat.page.evaluate("window.hit") is None


def test_the_code_and_the_link_lead_to_the_question(
    context: BrowserContext, chat: Chat, page_url: str
):
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=page_url)
    reply = chat.ask(FIGURE)
    reply.locator(".tools").get_by_role("button", name="二维码").click()
    box = reply.get_by_role("group", name="二维码")
    code = box.locator(".qr[data-url]")
    expect(code).to_be_in_viewport(ratio=1)
    address = code.get_attribute("data-url")
    box.get_by_role("button", name="复制链接").click()
    expect(reply.get_by_text("已复制")).to_be_visible()
    assert chat.page.evaluate("navigator.clipboard.readText()") == address
    expect(open_link(context, address).input).to_have_value(FIGURE)


def second_tab(context: BrowserContext, page_url: str) -> Chat:
    page: Page = context.new_page()
    page.goto(f"{page_url}/chat")
    expect(page.locator(".skeleton")).to_have_count(0)
    return Chat(page)


def test_tabs_keep_in_step(context: BrowserContext, chat: Chat, page_url: str):
    chat.ask(FIGURE)
    other = second_tab(context, page_url)
    expect(other.replies).to_have_count(1)
    other.ask(STEPS)
    expect(chat.replies).to_have_count(2)
    chat.ask(DECISION)
    expect(other.replies).to_have_count(3)
    assert chat.texts() == other.texts() == [FIGURE, STEPS, DECISION]
    chat.more.click()
    chat.page.get_by_role("button", name="删除我的对话").click()
    chat.page.get_by_role("button", name="删掉").click()
    expect(other.replies).to_have_count(0)


def test_questions_that_can_be_answered_are_suggested_while_typing(chat: Chat):
    chat.input.press_sequentially("余额怎")
    suggestions = chat.page.get_by_role("group", name="可以这样问")
    question = suggestions.get_by_role("button", name="医保余额怎么查")
    expect(question).to_be_visible()
    assert suggestions.get_by_role("button").count() <= 3
    question.click()
    expect(chat.replies).to_have_count(1)
    assert chat.texts() == ["医保余额怎么查"]
    expect(suggestions).to_have_count(0)
    expect(chat.input).to_have_value("")


def test_what_is_like_nothing_gets_no_suggestion(chat: Chat):
    chat.input.press_sequentially("余额")
    expect(chat.page.get_by_role("group", name="可以这样问")).to_be_visible()
    chat.input.fill("今天天气真好")
    expect(chat.page.get_by_role("group", name="可以这样问")).to_have_count(0)


def test_suggestions_that_do_not_come_are_not_missed(chat: Chat):
    chat.page.route("**/chat/questions", lambda route: route.abort())
    chat.input.press_sequentially("余额怎么查")
    chat.input.press("Enter")
    expect(chat.replies).to_have_count(1)
