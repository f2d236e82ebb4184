"""One screen an answer: what a person needs of it is seen without scrolling."""

import pytest
from playwright.sync_api import expect

from tests.widget.chat import (
    ASKED,
    BALANCE,
    CAUSE,
    COMPARE,
    DECISION,
    FIGURE,
    MOTHER,
    STEPS,
    WHICH,
    Chat,
)

SENTENCES = ("decision", "rule", "note", "step", "cause", "caveat")
KINDS = {
    "figure": MOTHER,
    "decision": DECISION,
    "procedure": STEPS,
    "diagnosis": CAUSE,
    "comparison": COMPARE,
}
# Those that ask something in their turn.
ASKING = {"asked back": ASKED, "fallback": WHICH}
# Pixels that are left below the last that must be seen: a bar of the browser is not far off.
SPARE = 24
# Where the parts of the newest answer end, in CSS pixels from the top, and where the input begins.
BOTTOMS = """() => {
    const answer = [...document.querySelectorAll("article.left")].pop();
    const bottom = (place) => {
        const found = [...answer.querySelectorAll(place)].map((e) => e.getBoundingClientRect());
        return found.length ? Math.max(...found.map((box) => box.bottom)) : null;
    };
    return {
        top: answer.getBoundingClientRect().top,
        header: document.querySelector(".header").getBoundingClientRect().bottom,
        lead: bottom(".figure, .lead"),
        body: bottom(".compare, .steps, .causes, .for"),
        trust: bottom(".trust"),
        phone: bottom("a[href^='tel:']"),
        next: bottom(".choices button"),
        fold: document.querySelector(".composer").getBoundingClientRect().top,
    };
}"""


def bottoms(new_context, open_chat, kind: str, elder: bool, scheme: str, size=(360, 740)):
    """The page with an answer of a kind, and where its parts end."""
    context = new_context(
        viewport={"width": size[0], "height": size[1]},
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",
        color_scheme=scheme,
    )
    chat: Chat = open_chat(context)
    if elder:
        chat.elder.click()
    chat.ask((KINDS | ASKING)[kind])
    expect(chat.last.locator(".foot")).to_be_visible()
    return chat, chat.page.evaluate(BOTTOMS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", [*KINDS, *ASKING])
def test_an_answer_and_what_comes_next_are_above_the_fold(new_context, open_chat, kind, scheme):
    _, found = bottoms(new_context, open_chat, kind, False, scheme)
    assert found["top"] >= found["header"]
    for part in ("lead", "trust", "phone", "body", "next"):
        assert found[part] is None or found[part] <= found["fold"] - SPARE, (part, found)
    assert found["phone"]
    assert found["trust"] or kind == "fallback"
    assert found["next"] or kind == "comparison"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", [*KINDS, *ASKING])
def test_in_the_elder_view_all_but_what_comes_next(new_context, open_chat, kind, scheme):
    _, found = bottoms(new_context, open_chat, kind, True, scheme)
    assert found["top"] >= found["header"]
    for part in ("lead", "trust", "phone", "body"):
        assert found[part] is None or found[part] <= found["fold"] - SPARE, (part, found)


@pytest.mark.parametrize("elder", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_on_the_smallest_phone_at_least_the_answer(new_context, open_chat, kind, elder):
    chat, found = bottoms(new_context, open_chat, kind, elder, "light", (320, 640))
    assert found["top"] >= found["header"]
    assert found["lead"] <= found["fold"]
    if kind == "decision" or (kind == "figure" and not elder):
        assert max(found["trust"], found["phone"]) <= found["fold"], found
    assert chat.overflow() <= 0


@pytest.mark.parametrize("elder", [False, True])
def test_a_long_question_leaves_the_room_to_its_answer(new_context, open_chat, elder):
    context = new_context(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    chat: Chat = open_chat(context)
    if elder:
        chat.elder.click()
    chat.ask("您好，我想替老人家打听一件事情，麻烦您了，" * 6 + MOTHER)
    found = chat.page.evaluate(BOTTOMS)
    assert found["lead"] <= found["fold"]
    assert found["phone"] <= found["fold"]


@pytest.mark.parametrize("size", [(360, 740), (1280, 800)])
def test_text_of_twice_its_size_leaves_the_figure_in_view(new_context, open_chat, size):
    context = new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    chat: Chat = open_chat(context)
    chat.page.evaluate("document.documentElement.style.fontSize = '200%'")
    chat.ask(MOTHER)
    expect(chat.last.locator(".figure-amount .number")).to_be_in_viewport(ratio=1)
    assert chat.overflow() <= 0


@pytest.mark.parametrize("elder", [False, True])
def test_bands_are_one_line_each(new_context, open_chat, elder):
    chat, _ = bottoms(new_context, open_chat, "figure", elder, "light")
    table = chat.last.get_by_role("table", name="各种情形的金额")
    expect(table).to_be_visible()
    lines = table.evaluate(
        """table => [...table.querySelectorAll("tbody tr:not([data-mine]) > *")]
            .map((cell) => {
                const range = document.createRange();
                range.selectNodeContents(cell);
                const tops = [...range.getClientRects()].map((box) => Math.round(box.bottom / 12));
                return Math.max(...tops) - Math.min(...tops);
            })"""
    )
    assert lines
    assert max(lines) <= 1


def test_many_bands_are_folded(chat: Chat):
    def many(route):
        body = route.fetch().json()
        blocks = body["replies"][0]["custom"]["answers"][0]["blocks"]
        band = next(block for block in blocks if block["kind"] == "band")
        blocks += [band | {"label": f"第{n}档", "amount": f"{n}", "mine": False} for n in range(9)]
        route.fulfill(json=body)

    chat.page.route("**/chat/message", many)
    chat.ask(MOTHER)
    expect(chat.last.get_by_role("table")).to_be_hidden()
    chat.last.locator("summary", has_text="各种情形的金额").click()
    expect(chat.last.get_by_role("table")).to_be_visible()


@pytest.mark.parametrize("question", KINDS.values())
def test_nothing_is_said_twice(chat: Chat, question: str):
    reply = chat.ask(question)
    blocks = chat.history()[-1]["custom"]["answers"][0]["blocks"]
    seen = reply.inner_text().replace("\n", "").replace("\xa0", " ")
    for block in blocks:
        if block["kind"] in SENTENCES and not block.get("folded"):
            assert seen.count(block["text"]) == 1, block["text"]
    assert seen.count("看过") == 1
    assert seen.count("12393") == 1
    assert "文字版" not in seen


def test_sources_stand_open_and_claims_of_articles_do_not(chat: Chat):
    reply = chat.ask(MOTHER)
    expect(reply.locator(".sources li").first).to_be_visible()
    expect(reply.locator(".sources li").filter(has_text="未证实文章")).to_be_hidden()
    expect(reply.locator(".claim p")).to_be_hidden()
    reply.locator("summary", has_text="未证实").click()
    expect(reply.locator(".claim p")).to_contain_text("未经证实")


def test_reasons_open_in_view(new_context, open_chat):
    chat, _ = bottoms(new_context, open_chat, "figure", False, "light")
    chat.last.get_by_role("button", name="没用").click()
    expect(chat.last.get_by_role("button", name="送出")).to_be_in_viewport(ratio=1)


def test_the_way_back_to_the_end_covers_nothing(new_context, open_chat):
    chat, _ = bottoms(new_context, open_chat, "figure", True, "light")
    for question in (MOTHER, STEPS):
        chat.ask(question)
    chat.page.locator(".MessageList").evaluate("log => log.scrollTo(0, 0)")
    latest = chat.page.get_by_role("button", name="回到最新")
    expect(latest).to_be_visible()
    log = chat.page.locator(".MessageList").bounding_box()
    assert latest.bounding_box()["y"] >= log["y"] + log["height"] - 1
    latest.click()
    expect(chat.last.locator(".lead")).to_be_in_viewport(ratio=1)
    expect(latest).to_have_count(0)


@pytest.mark.parametrize("to_elder", [True, False])
def test_what_is_read_stays_when_the_size_changes(new_context, open_chat, to_elder: bool):
    context = new_context(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    chat: Chat = open_chat(context)
    if not to_elder:
        chat.elder.click()
    for question in (STEPS, MOTHER, DECISION):
        chat.ask(question)
    read = chat.replies.nth(1).locator(".figure-whose")
    chat.page.locator(".MessageList").evaluate(
        "(log, top) => log.scrollTo(0, log.scrollTop + top)",
        read.bounding_box()["y"] - chat.page.locator(".MessageList").bounding_box()["y"] - 2,
    )
    before = read.bounding_box()["y"]
    chat.elder.click()
    chat.settle()
    assert abs(read.bounding_box()["y"] - before) < 60


# Of everything in a reply that is broken into lines: the shortest last line beside its size.
ORPHANS = """() => [...document.querySelectorAll(
        ".choices button, .answer p:not(.calls), .steps li, .causes li")]
    .map((each) => {
        const range = document.createRange();
        range.selectNodeContents(each);
        const lines = new Map();
        for (const box of range.getClientRects()) {
            const top = Math.round(box.top / 8);
            lines.set(top, (lines.get(top) || 0) + box.width);
        }
        const size = parseFloat(getComputedStyle(each).fontSize);
        return [each.textContent, lines.size, [...lines.values()].pop() / size];
    })
    .filter(([, lines]) => lines > 1)"""


@pytest.mark.parametrize("elder", [False, True])
def test_no_line_is_one_character(new_context, open_chat, elder):
    broken = []
    chat, _ = bottoms(new_context, open_chat, "figure", elder, "light")
    for question in [*KINDS.values(), FIGURE, BALANCE]:
        chat.ask(question)
        broken += chat.page.evaluate(ORPHANS)
    assert broken
    assert [text for text, _, last in broken if last < 2] == []
