"""What can be tapped: for whom it is, another person, none of these, a number, a page."""

import pytest
from playwright.sync_api import expect

from tests.widget.chat import ASKED, MOTHER, STEPS, WHICH, Chat


def sent(chat: Chat, tap) -> str:
    """What a tap says."""
    with chat.page.expect_request("**/chat/message") as request:
        tap()
    return str(request.value.post_data_json["text"])


@pytest.fixture
def assumed(chat: Chat) -> Chat:
    """A page whose last answer rests on what was said before."""
    chat.ask(MOTHER)
    chat.ask("北京呢")
    return chat


def test_the_chip_says_for_whom_the_answer_is(assumed: Chat):
    chip = assumed.last.get_by_role("button", name="按您母亲·75岁")
    expect(chip).to_have_attribute("aria-expanded", "false")
    chip.click()
    expect(chip).to_have_attribute("aria-expanded", "true")
    panel = assumed.last.get_by_role("group", name="换城市、年龄、身份或人")
    for name in ("城市", "年龄", "身份", "给谁问"):
        expect(panel.get_by_role("group", name=name)).to_be_visible()
    chip.click()
    expect(panel).to_have_count(0)


@pytest.mark.parametrize(
    ("row", "button", "said"),
    [
        ("城市", "上海", "上海呢"),
        ("身份", "灵活就业", "灵活就业"),
        ("给谁问", "我爸", "我爸呢"),
        ("给谁问", "换个人", "换个人"),
    ],
)
def test_a_choice_is_said_in_ordinary_words(assumed: Chat, row: str, button: str, said: str):
    assumed.last.get_by_role("button", name="按您母亲").click()
    group = assumed.last.get_by_role("group", name=row, exact=True)
    assert sent(assumed, group.get_by_role("button", name=button).click) == said


@pytest.mark.parametrize("typed", ["7x2", "72x"])
def test_an_age_is_a_number_at_every_key(assumed: Chat, typed: str):
    assumed.last.get_by_role("button", name="按您母亲").click()
    field = assumed.last.get_by_label("几岁")
    field.press_sequentially(typed)
    expect(field).to_have_value("72")


@pytest.mark.parametrize(
    ("label", "typed", "said"), [("几岁", "7x2", "72岁"), ("别的城市", "扬州", "扬州呢")]
)
def test_what_no_button_says_is_typed(assumed: Chat, label: str, typed: str, said: str):
    assumed.last.get_by_role("button", name="按您母亲").click()
    field = assumed.last.get_by_label(label)
    field.fill(typed)
    assert sent(assumed, lambda: field.press("Enter")) == said


def test_only_the_newest_answer_is_changed(assumed: Chat):
    assumed.ask(STEPS)
    past = assumed.replies.nth(1)
    expect(past.get_by_text("按您母亲·75岁")).to_be_visible()
    expect(past.get_by_role("button", name="按您母亲")).to_have_count(0)


def test_the_own_band_names_the_person(chat: Chat):
    expect(chat.ask(MOTHER).locator("[data-mine]")).to_contain_text("您母亲在这一档")


@pytest.mark.parametrize("question", ["今天天气怎么样", "唏哩呼噜", WHICH])
def test_every_fallback_has_a_way_out(chat: Chat, question: str):
    reply = chat.ask(question)
    link = reply.get_by_role("link", name="打 12393")
    assert link.get_attribute("href") == "tel:12393"
    none = reply.get_by_role("button", name="都不是")
    expect(none).to_have_count(1)
    assert sent(chat, none.click) == "都不是"


def test_what_is_asked_back_about_an_answer_is_no_fallback(chat: Chat):
    reply = chat.ask(ASKED)
    expect(reply.get_by_role("button", name="上海")).to_be_visible()
    expect(reply.get_by_role("button", name="都不是")).to_have_count(0)


@pytest.mark.parametrize("command", ["重新开始", "换个人"])
def test_beginning_anew_is_in_the_menu(chat: Chat, command: str):
    chat.ask(MOTHER)
    chat.more.click()
    assert sent(chat, chat.page.get_by_role("button", name=command).click) == command
    expect(chat.more).to_have_attribute("aria-expanded", "false")


def test_what_the_folds_hold_is_not_offered_as_a_question(chat: Chat):
    reply = chat.ask(MOTHER)
    choices = reply.get_by_role("group", name="可以接着问").get_by_role("button")
    assert "详细" not in choices.all_inner_texts()
    expect(choices.first).to_be_visible()


def test_an_official_page_is_a_link_and_a_code(chat: Chat):
    reply = chat.ask(STEPS)
    link = reply.locator(".sources").get_by_role("link", name="打开原文")
    address = link.get_attribute("href")
    assert "gov.cn/" in address
    reply.locator(".sources").get_by_role("button", name="二维码").click()
    expect(reply.locator(".sources .qr[data-url]")).to_have_attribute("data-url", address)


def test_official_addresses_and_numbers_in_a_sentence_can_be_tapped(chat: Chat):
    def with_places(route):
        body = route.fetch().json()
        said = "电脑上登录 fuwu.nhsa.gov.cn，或打 021-12345678；别信 gov.cn.evil.example。"
        body["replies"][0]["custom"]["answers"][0]["blocks"][1]["text"] = said
        route.fulfill(json=body)

    chat.page.route("**/chat/message", with_places)
    links = chat.ask(STEPS).locator(".answer .in-text")
    assert [link.get_attribute("href") for link in links.all()] == [
        "https://fuwu.nhsa.gov.cn",
        "tel:021-12345678",
    ]


def test_it_says_who_it_is_before_it_is_used(chat: Chat):
    greeting = chat.page.locator(".welcome .Bubble")
    for words in ("机器人", "不是医保局", "看不到您的账户"):
        expect(greeting).to_contain_text(words)
    cards = chat.page.get_by_role("navigation").get_by_role("button")
    expect(cards).to_have_count(6)
    assert "报销" not in "".join(cards.all_inner_texts())
