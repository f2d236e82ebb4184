"""Asking, following buttons, coming back; and no message lost or sent twice."""

import json
import re

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.widget.chat import ASKED, BALANCE, FIGURE, HELLO, REPLIES, STEPS, Chat

MESSAGE = "**/chat/message"
ANY = re.compile(r"/chat/(config|session|message|history|feedback)")


def test_six_topics_greet_and_a_tap_on_one_asks_it(chat: Chat):
    topics = chat.page.get_by_role("navigation").get_by_role("button")
    expect(topics).to_have_count(6)
    topics.nth(1).click()
    expect(chat.replies).to_have_count(1)
    expect(chat.said).to_have_count(1)


def test_typing_is_shown_while_the_answer_is_on_its_way(chat: Chat):
    held: list[Route] = []
    chat.page.route(MESSAGE, lambda route: held.append(route))
    chat.type(HELLO)
    expect(chat.page.locator(".Typing")).to_be_visible()
    expect(chat.page.locator("[data-announcer]")).to_have_text("正在查")
    held[0].continue_()
    expect(chat.replies).to_have_count(1)
    expect(chat.page.locator(".Typing")).to_have_count(0)


def test_a_button_is_followed_by_its_words(chat: Chat):
    chat.ask(ASKED)
    choice = chat.page.get_by_role("group", name="可以接着问").get_by_role("button").nth(1)
    words = choice.inner_text()
    choice.click()
    expect(chat.replies).to_have_count(2)
    assert chat.texts() == [ASKED, words]


def test_enter_sends_and_shift_enter_does_not(chat: Chat):
    chat.input.fill("第一行")
    chat.input.press("Shift+Enter")
    chat.input.press_sequentially("第二行")
    assert chat.said.count() == 0
    chat.input.press("Enter")
    expect(chat.said).to_have_count(1)
    assert chat.texts() == ["第一行\n第二行"]


def test_enter_inside_pinyin_does_not_send(chat: Chat):
    chat.input.fill("yu e")
    chat.input.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "keyCode": 229})
    assert chat.said.count() == 0


def test_a_reload_keeps_the_conversation(chat: Chat):
    chat.ask(FIGURE)
    chat.ask(STEPS)
    shown = [reply.inner_text() for reply in chat.replies.all()]
    chat.reload()
    expect(chat.replies).to_have_count(2)
    assert chat.texts() == [FIGURE, STEPS]
    assert [reply.inner_text() for reply in chat.replies.all()] == shown


def test_coming_back_in_a_new_tab_keeps_the_conversation(
    chat: Chat, context: BrowserContext, page_url: str
):
    chat.ask(FIGURE)
    chat.page.close()
    page = context.new_page()
    page.goto(f"{page_url}/chat")
    expect(page.locator(REPLIES)).to_have_count(1)


def test_two_browsers_do_not_see_each_other(new_context, open_chat):
    mine, theirs = open_chat(new_context()), open_chat(new_context())
    mine.ask(FIGURE)
    theirs.ask(BALANCE)
    theirs.reload()
    expect(theirs.replies).to_have_count(1)
    assert theirs.texts() == [BALANCE]


def test_an_altered_token_opens_an_empty_conversation(chat: Chat):
    chat.ask(FIGURE)
    chat.page.evaluate(
        """() => {
            const token = JSON.parse(localStorage.getItem("yibao.token"));
            const last = token.endsWith("A") ? "B" : "A";
            localStorage.setItem("yibao.token", JSON.stringify(token.slice(0, -1) + last));
        }"""
    )
    chat.reload()
    expect(chat.page.locator(".connection")).to_contain_text("过了保存期")
    expect(chat.replies).to_have_count(0)


def test_what_was_said_while_the_server_was_away_arrives_once_when_it_is_back(chat: Chat):
    chat.page.route(ANY, lambda route: route.abort())
    chat.type(BALANCE)
    chat.type(STEPS)
    expect(chat.page.get_by_text("还没送到，连上后自动再发")).to_have_count(2)
    expect(chat.page.get_by_text("您说的话不会丢")).to_have_count(2)
    chat.page.unroute(ANY)
    chat.page.get_by_role("button", name="马上再试").click()
    expect(chat.replies).to_have_count(2)
    assert chat.texts() == [BALANCE, STEPS]
    expect(chat.page.get_by_role("button", name="马上再试")).to_have_count(0)
    assert [chat.times_received(text) for text in (BALANCE, STEPS)] == [1, 1]


def test_the_page_reconnects_by_itself(chat: Chat):
    chat.page.route(ANY, lambda route: route.abort())
    chat.type(BALANCE)
    expect(chat.page.get_by_role("button", name="马上再试")).to_be_visible()
    chat.page.unroute(ANY)
    expect(chat.replies).to_have_count(1, timeout=20_000)


def test_a_message_whose_answer_was_lost_is_not_answered_twice(chat: Chat):
    lost: list[str] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().text())
        route.abort()

    chat.page.route(MESSAGE, lose)
    chat.type(BALANCE)
    expect(chat.replies).to_have_count(1, timeout=20_000)
    assert lost
    assert chat.times_received(BALANCE) == 1
    chat.reload()
    expect(chat.replies).to_have_count(1)
    expect(chat.said).to_have_count(1)


def test_a_message_survives_a_reload_while_the_server_is_away(chat: Chat):
    chat.ask(HELLO)
    chat.page.route(ANY, lambda route: route.abort())
    chat.type(BALANCE)
    expect(chat.page.get_by_text("还没送到")).to_be_visible()
    chat.page.reload()
    expect(chat.said).to_have_count(1)
    assert chat.texts() == [BALANCE]
    chat.page.unroute(ANY)
    chat.page.get_by_role("button", name="马上再试").click()
    expect(chat.replies).to_have_count(2)
    assert chat.texts() == [HELLO, BALANCE]
    assert chat.times_received(BALANCE) == 1


def test_a_reload_after_the_server_got_a_message_but_before_the_answer(chat: Chat):
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    chat.page.route(MESSAGE, lose)
    chat.type(BALANCE)
    expect(chat.page.get_by_text("还没送到")).to_be_visible()
    chat.page.unroute(MESSAGE)
    chat.reload()
    expect(chat.replies).to_have_count(1)
    expect(chat.said).to_have_count(1)
    assert chat.times_received(BALANCE) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_failing_server_is_spoken_of_calmly_and_asked_again(chat: Chat, status: int):
    failures: list[Route] = []

    def fail(route: Route) -> None:
        if failures:
            route.continue_()
            return
        failures.append(route)
        route.fulfill(
            status=status, json={"error": "unavailable", "message": "正在维护，过一会儿再来。"}
        )

    chat.page.route(MESSAGE, fail)
    chat.type(BALANCE)
    expect(chat.page.get_by_text("正在维护，过一会儿再来。").first).to_be_visible()
    expect(chat.replies).to_have_count(1, timeout=20_000)
    assert chat.times_received(BALANCE) == 1


def test_a_message_that_the_server_stumbles_over_does_not_hold_up_the_next(chat: Chat):
    def stumble(route: Route) -> None:
        if "坏" in json.loads(route.request.post_data or "{}")["text"]:
            route.fulfill(status=500, json={"error": "internal", "message": "我这边出了点毛病。"})
        else:
            route.continue_()

    chat.page.route(MESSAGE, stumble)
    chat.type("坏消息")
    chat.type(BALANCE)
    retry = chat.page.get_by_role("button", name="马上再试")
    again = chat.page.get_by_role("button", name="再发一次")
    for _ in range(6):
        retry.or_(again).first.wait_for()
        if again.count():
            break
        retry.click()
        chat.page.wait_for_timeout(300)
    expect(again).to_be_visible()
    expect(chat.replies).to_have_count(1)


def test_too_many_messages_wait_and_are_sent_by_themselves(chat: Chat):
    refused: list[Route] = []

    def slow_down(route: Route) -> None:
        if refused:
            route.continue_()
            return
        refused.append(route)
        body = {"error": "rate_limited", "message": "您说得有点快。", "retry_after": 2}
        route.fulfill(status=429, json=body)

    chat.page.route(MESSAGE, slow_down)
    chat.type(BALANCE)
    expect(chat.page.get_by_text("您说得有点快。 过 2 秒自动再发")).to_be_visible()
    expect(chat.page.get_by_role("button", name="马上再试")).to_have_count(0)
    expect(chat.replies).to_have_count(1)


def test_a_refused_message_can_be_changed_and_sent_again(chat: Chat):
    refusal = {"error": "too_long", "message": "这段太长了。"}
    chat.page.route(MESSAGE, lambda route: route.fulfill(status=400, json=refusal))
    chat.type("很长很长")
    expect(chat.page.get_by_text("这段太长了。").first).to_be_visible()
    chat.page.unroute(MESSAGE)
    chat.page.get_by_role("button", name="改一改再发").click()
    expect(chat.input).to_be_focused()
    expect(chat.input).to_have_value("很长很长")
    expect(chat.said).to_have_count(0)
    chat.ask(BALANCE)
    assert chat.texts() == [BALANCE]


def test_a_message_over_the_limit_is_counted_and_not_cut(chat: Chat):
    chat.input.fill("医" * 501)
    expect(chat.page.get_by_text("最多 500 个字")).to_be_visible()
    chat.input.press("Enter")
    assert chat.said.count() == 0
    assert len(chat.input.input_value()) == 501


def test_a_session_that_ends_meanwhile_is_renewed_and_the_message_sent(chat: Chat):
    ended: list[Route] = []

    def end(route: Route) -> None:
        if ended:
            route.continue_()
            return
        ended.append(route)
        route.fulfill(status=401, json={"error": "token", "message": "会话已过期。"})

    chat.page.route(MESSAGE, end)
    chat.type(BALANCE)
    expect(chat.replies).to_have_count(1)
    assert chat.texts() == [BALANCE]


def test_a_draft_survives_a_reload(chat: Chat):
    chat.input.fill("我想问问")
    chat.reload()
    expect(chat.input).to_have_value("我想问问")


def test_deleting_takes_two_taps_and_leaves_nothing(chat: Chat):
    chat.ask(FIGURE)
    chat.more.click()
    chat.page.get_by_role("button", name="删除我的对话").click()
    expect(chat.page.get_by_role("button", name="留着")).to_be_focused()
    expect(chat.replies).to_have_count(1)
    chat.page.get_by_role("button", name="删掉").click()
    expect(chat.replies).to_have_count(0)
    expect(chat.page.get_by_text("对话已经删除。").first).to_be_visible()
    chat.reload()
    expect(chat.page.get_by_role("navigation")).to_be_visible()
    expect(chat.replies).to_have_count(0)
    chat.ask(BALANCE)
    assert chat.texts() == [BALANCE]


def test_a_masked_number_is_masked_on_the_page_too(chat: Chat):
    chat.ask("我身份证11010519491231002X，余额怎么查")
    expect(chat.said.first).not_to_contain_text("11010519491231002X")
    expect(chat.page.locator(".note")).to_be_visible()


def test_the_first_paint_does_not_wait_for_the_bot(context: BrowserContext, page_url: str):
    page = context.new_page()
    page.route(ANY, lambda route: None)
    page.goto(f"{page_url}/chat", wait_until="commit")
    expect(page.get_by_text("您好！").first).to_be_visible()
    expect(page.get_by_role("textbox", name="您想问什么")).to_be_visible()


def test_the_beginning_of_a_long_answer_is_in_view(phone: BrowserContext, open_chat):
    chat = open_chat(phone)
    chat.ask(STEPS)
    chat.ask("北京退休72岁每月返多少，余额怎么查")
    chat.settle()
    expect(chat.said.last).to_be_in_viewport()
    expect(chat.last.locator(".figure-amount")).to_be_in_viewport()


def test_older_turns_come_above_without_moving_what_is_read(chat: Chat):
    def turns(first: int, last: int) -> list[dict]:
        return [
            {"id": f"{i}.1", "from": "bot", "text": f"回答{i}", "time": 1700000000 + i}
            if i % 2
            else {"id": f"{i}", "from": "user", "text": f"问题{i}", "time": 1700000000 + i}
            for i in range(first, last)
        ]

    def history(route: Route) -> None:
        older = "before=50" in route.request.url
        body = {"turns": turns(0, 50) if older else turns(50, 100), "more": not older}
        route.fulfill(json=body)

    chat.page.route("**/chat/history*", history)
    chat.page.reload()
    expect(chat.said).to_have_count(25)
    expect(chat.said.last).to_be_in_viewport()
    button = chat.page.get_by_role("button", name="看更早的对话")
    button.scroll_into_view_if_needed()
    seen = chat.said.first
    before = seen.bounding_box()["y"]
    button.click()
    expect(chat.said).to_have_count(50)
    after = chat.page.locator('[data-turn="50"]').bounding_box()["y"]
    assert abs(after - before) < 80
    expect(button).to_have_count(0)
    expect(chat.page.get_by_role("navigation")).to_have_count(1)


def test_what_can_be_tapped_next_is_in_view_after_a_short_answer(phone: BrowserContext, open_chat):
    chat = open_chat(phone)
    chat.ask(STEPS)
    chat.ask(HELLO)
    chat.settle()
    for button in chat.page.get_by_role("group", name="可以接着问").get_by_role("button").all():
        expect(button).to_be_in_viewport(ratio=1)
