"""Answers as cards, and what can be done with them."""

import re

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.widget.chat import (
    ASKED,
    BALANCE,
    BANDS,
    COMPARE,
    COMPARE_UNLIKE,
    EMERGENCY,
    FIGURE,
    STEPS,
    TWO,
    Chat,
)

MESSAGE = "**/chat/message"
FEEDBACK = "**/chat/feedback"
EVIL = '<img src=x onerror="window.hit=1"><script>window.hit=2</script><b>粗</b>'


def test_the_figure_is_large_with_its_period_person_and_date(chat: Chat):
    figure = chat.ask(FIGURE).locator(".figure")
    expect(figure.locator(".figure-amount")).to_have_text(re.compile(r"^每年 1890 元$"))
    expect(figure).to_contain_text("上海退休人员")
    expect(figure).to_contain_text("2023年7月1日起执行")
    size = figure.locator(".number").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 40


def test_the_figure_is_said_once(chat: Chat):
    reply = chat.ask(FIGURE)
    seen = reply.inner_text()
    assert seen.count("2023年7月1日起执行") == 1
    assert "：每年 1890 元。" not in seen


def test_the_own_band_is_marked_in_words(chat: Chat):
    reply = chat.ask(FIGURE)
    table = reply.get_by_role("table", name="各种情形的金额")
    mine = table.get_by_role("row").filter(has_text="您在这一档")
    expect(mine).to_have_count(1)
    expect(mine).to_contain_text("1890")
    expect(table.get_by_role("rowheader")).to_have_count(2)


def test_bands_that_the_first_sentence_names_are_not_listed_again(chat: Chat):
    reply = chat.ask(BANDS)
    expect(reply.locator(".lead")).to_contain_text("1680")
    expect(reply.get_by_role("table")).to_have_count(0)
    expect(reply.get_by_text("在这一档")).to_have_count(0)


def test_bars_compare_like_with_like(chat: Chat):
    picture = chat.ask(COMPARE).get_by_role("list", name="放在一起比")
    widths = picture.locator(".bar-fill").evaluate_all(
        "bars => bars.map(bar => bar.getBoundingClientRect().width)"
    )
    amounts = [float(text) for text in picture.locator(".number").all_inner_texts()]
    assert len(widths) == len(amounts) > 1
    unit = widths[0] / amounts[0]
    assert widths == pytest.approx([amount * unit for amount in amounts], rel=0.02)


def test_a_comparison_says_for_whom_each_amount_is(chat: Chat):
    rows = chat.ask(COMPARE).locator(".compare-row")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("单位退休人员")
    expect(rows.nth(1)).to_contain_text("灵活就业退休人员")
    expect(rows.nth(2)).to_contain_text("70 岁及以上")
    expect(rows.nth(2)).to_contain_text("到账约 107 元")


def test_a_year_beside_a_month_has_no_bars_and_says_so(chat: Chat):
    reply = chat.ask(COMPARE_UNLIKE)
    picture = reply.get_by_role("list", name="放在一起比")
    expect(picture.get_by_role("listitem")).to_have_count(2)
    expect(picture.locator(".bar")).to_have_count(0)
    expect(picture.get_by_role("listitem").nth(0)).to_contain_text("每年")
    expect(picture.get_by_role("listitem").nth(1)).to_contain_text("每月")
    expect(reply.get_by_text("不能直接比大小")).to_be_visible()


def test_a_place_whose_sentence_has_no_amount_keeps_its_sentence(chat: Chat):
    def without(route: Route) -> None:
        body = route.fetch().json()
        blocks = body["replies"][0]["custom"]["answers"][0]["blocks"]
        band = next(block for block in blocks if block["kind"] == "band")
        band["text"] = f"{band['place']}：只查到怎么算。"
        route.fulfill(json=body)

    chat.page.route(MESSAGE, without)
    picture = chat.ask(COMPARE).get_by_role("list", name="放在一起比")
    expect(picture.get_by_role("listitem").first).to_contain_text("只查到怎么算。")
    expect(picture.locator(".bar")).to_have_count(0)


def test_steps_are_numbered(chat: Chat):
    steps = chat.ask(STEPS).get_by_role("list", name="怎么办").get_by_role("listitem")
    assert steps.count() >= 3


def test_sources_name_publisher_date_and_page(chat: Chat):
    source = chat.ask(STEPS).locator(".sources li").first
    expect(source).to_be_visible()
    expect(source).to_contain_text(re.compile(r"\d{4}年|未注明日期"))
    link = source.get_by_role("link")
    assert "gov.cn/" in link.get_attribute("href")
    assert "noopener" in link.get_attribute("rel")


def test_of_many_sources_the_rest_is_one_tap_away(chat: Chat):
    reply = chat.ask(COMPARE)
    sources = reply.locator(".sources li")
    expect(sources).to_have_count(3)
    expect(sources.nth(1)).to_be_visible()
    expect(sources.nth(2)).to_be_hidden()
    reply.locator("summary", has_text="其他来源").click()
    expect(sources.nth(2)).to_be_visible()


def test_the_hotline_is_a_link_that_a_phone_dials(chat: Chat):
    link = chat.ask(BALANCE).get_by_role("link", name="打 12393")
    assert link.get_attribute("href") == "tel:12393"


def test_an_emergency_gets_its_number_first(chat: Chat):
    link = chat.ask(EMERGENCY).get_by_role("link").first
    assert link.get_attribute("href") == "tel:120"


def test_two_questions_get_two_cards_under_their_questions(chat: Chat):
    reply = chat.ask(TWO)
    cards = reply.locator(".answer")
    expect(cards).to_have_count(2)
    expect(cards.nth(0).locator(".figure")).to_be_visible()
    expect(cards.nth(1).locator(".lead")).to_be_visible()
    expect(cards.nth(1).get_by_role("heading").first).to_contain_text("余额")


def test_caveats_and_unofficial_claims_are_told_apart(chat: Chat):
    reply = chat.ask(FIGURE)
    expect(reply.locator(".claim")).to_contain_text("未经证实")
    expect(reply.locator(".caveat")).to_be_visible()
    expect(reply.locator(".caveat")).not_to_contain_text("未经证实")


def test_copied_text_has_the_question_the_answer_and_the_source(
    context: BrowserContext, chat: Chat, page_url: str
):
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=page_url)
    reply = chat.ask(FIGURE)
    reply.get_by_role("button", name="复制").click()
    expect(reply.get_by_text("已复制")).to_be_visible()
    text = chat.page.evaluate("navigator.clipboard.readText()")
    for part in (FIGURE, "1890", "来源"):
        assert part in text


def test_copying_works_without_the_clipboard_interface(
    context: BrowserContext, chat: Chat, page_url: str
):
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=page_url)
    reply = chat.ask(FIGURE)
    chat.page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }"
    )
    reply.get_by_role("button", name="复制").click()
    expect(reply.get_by_text("已复制")).to_be_visible()
    assert "1890" in chat.page.evaluate("navigator.clipboard.readText()")


def test_sharing_hands_over_the_same_text(context: BrowserContext, open_chat):
    context.add_init_script(
        "navigator.share = (what) => { window.shared = what; return Promise.resolve(); }"
    )
    chat = open_chat(context)
    chat.ask(FIGURE).get_by_role("button", name="发给家人").click()
    shared = chat.page.evaluate("window.shared")
    assert "1890" in shared["text"]
    assert "来源" in shared["text"]


def test_what_cannot_be_copied_is_there_for_copying_by_hand(chat: Chat):
    reply = chat.ask(FIGURE)
    chat.page.evaluate(
        """() => {
            navigator.clipboard.writeText = () => Promise.reject(new Error());
            document.execCommand = () => false;
        }"""
    )
    expect(reply.locator(".plain-text")).to_have_count(0)
    reply.get_by_role("button", name="复制").click()
    expect(reply.locator(".plain-text")).to_contain_text("1890")
    expect(reply.get_by_text("请长按")).to_be_visible()


def test_thumbs_up_is_sent_and_remembered(chat: Chat):
    reply = chat.ask(FIGURE)
    with chat.page.expect_response(FEEDBACK) as sent:
        reply.get_by_role("button", name="有用").click()
    assert sent.value.status == 204
    assert sent.value.request.post_data_json["value"] == "up"
    expect(reply.get_by_text("谢谢您！")).to_be_visible()
    expect(reply.get_by_role("button", name="有用")).to_have_attribute("aria-pressed", "true")
    chat.reload()
    thumb = chat.last.get_by_role("button", name="有用")
    expect(thumb).to_have_attribute("aria-pressed", "true")


def test_thumbs_down_asks_for_a_reason_that_may_be_left_out(chat: Chat):
    reply = chat.ask(FIGURE)
    with chat.page.expect_response(FEEDBACK) as sent:
        reply.get_by_role("button", name="没用").click()
    assert "reason" not in sent.value.request.post_data_json
    reply.get_by_role("button", name="数字不对").click()
    reply.get_by_label("别的").fill("字太小")
    with chat.page.expect_response(FEEDBACK) as sent:
        reply.get_by_role("button", name="送出").click()
    assert sent.value.request.post_data_json["reason"] == "数字不对；字太小"
    expect(reply.get_by_text("哪里不好")).to_have_count(0)


def test_a_lost_vote_says_so(chat: Chat):
    reply = chat.ask(FIGURE)
    chat.page.route(FEEDBACK, lambda route: route.abort())
    reply.get_by_role("button", name="有用").click()
    expect(reply.get_by_text("没送到，请再点一次")).to_be_visible()
    expect(reply.get_by_role("button", name="有用")).to_have_attribute("aria-pressed", "false")


def test_a_question_asked_back_is_not_judged(chat: Chat):
    reply = chat.ask(ASKED)
    expect(reply.get_by_role("button", name="有用")).to_have_count(0)


def test_a_script_in_ones_own_message_stays_text(chat: Chat):
    chat.ask(EVIL)
    assert chat.texts() == [EVIL]
    assert chat.page.evaluate("window.hit") is None
    chat.reload()
    expect(chat.said).to_have_count(1)
    assert chat.page.evaluate("window.hit") is None


def test_a_script_in_any_part_of_an_answer_stays_text(chat: Chat):
    band = {"label": EVIL, "amount": "1", "unit": EVIL, "period": EVIL, "note": EVIL, "mine": True}
    source = {"publisher": EVIL, "kind": EVIL, "date": EVIL, "document": EVIL}
    answer = {
        "intent": EVIL,
        "title": EVIL,
        "assumed": EVIL,
        "lead": EVIL,
        "extra": EVIL,
        "figure": {"amount": EVIL, "unit": EVIL, "period": EVIL, "label": EVIL, "since": EVIL},
        "bands": [band],
        "compare": [band, band],
        "paragraphs": [EVIL],
        "steps": [EVIL],
        "caveats": [EVIL],
        "claims": [EVIL],
        "phone": "javascript:window.hit=3",
        "sources": [source | {"url": "javascript:window.hit=4"}],
    }
    body = {
        "id": "x",
        "note": EVIL,
        "replies": [
            {"id": "1", "text": EVIL, "buttons": [{"title": EVIL}]},
            {
                "id": "2",
                "text": EVIL,
                "buttons": [{"title": EVIL}],
                "custom": {"version": 1, "status": "answered", "answers": [answer, answer]},
            },
        ],
    }

    def answer_evil(route: Route) -> None:
        route.fulfill(json=body)

    chat.page.route(MESSAGE, answer_evil)
    chat.type(BALANCE)
    expect(chat.replies).to_have_count(2)
    for link in chat.last.get_by_role("link").all():
        assert not link.get_attribute("href").startswith("javascript")
    assert chat.page.locator("#app img, #app script, #app b").count() == 0
    assert chat.page.evaluate("window.hit") is None


@pytest.mark.parametrize(
    "custom",
    [
        None,
        [],
        "x",
        {"version": 2},
        {"version": 1, "answers": 3},
        {"version": 1, "answers": [{"lead": 5}]},
    ],
)
def test_an_unknown_structure_falls_back_to_the_text(chat: Chat, custom: object):
    body = {"id": "x", "replies": [{"id": "1", "text": "只有文字", "custom": custom}]}
    chat.page.route(MESSAGE, lambda route: route.fulfill(json=body))
    expect(chat.ask(BALANCE).get_by_text("只有文字")).to_be_visible()
