"""A draft that went wrong: single edits taken back, and a file mended at the line of its error."""

import re
from html import unescape
from urllib.parse import quote

import yaml

from policy.facts import FactBook
from tests.desk.desk import Desk

FILE, FACT, OTHER = "credit/facts/anhui.yml", "F-AH-01", "G-BB-01"
AMOUNT = "  - {{amount: {}, unit: 元, period: 月, kind: gross}}"


def draft_facts(desk: Desk) -> FactBook:
    return FactBook.load(desk.folder / "desk" / "draft" / "data")


def undo_key(page: str, label: str) -> str:
    """The key in the form whose button takes a change back."""
    forms = re.findall(r'<form method="post" action="/desk/undo">.*?</form>', page, re.DOTALL)
    (form,) = [form for form in forms if f"{label} 行的改动" in form]
    return re.search(r'name="edit" value="(\w+)"', form).group(1)  # type: ignore[union-attr]


def line_of(desk: Desk, text: str) -> int:
    file = desk.folder / "desk" / "draft" / "data" / FILE
    return file.read_text("utf-8").splitlines().index(text) + 1


async def test_one_edit_is_taken_back_and_the_others_stay(desk: Desk) -> None:
    await desk.log_in("editor")
    await desk.edit(FILE, FACT, "amount: 70", "amount: 71")
    await desk.edit(FILE, OTHER, "amount: 70", "amount: 72")
    await desk.send("/desk/example", text="每月那笔钱打多少呀您说", intent="credit_amount")
    await desk.send("/desk/example", text="每月那笔钱打几个钱呀", intent="credit_amount")
    page = unescape(await desk.see("/desk/draft"))
    mine, others = (line_of(desk, AMOUNT.format(amount)) for amount in (71, 72))
    assert f"第 {others} 行，{OTHER}" in page
    key = undo_key(page, f"第 {mine}")
    assert (await desk.send("/desk/undo", file=FILE, edit=key)).status == 303
    amounts = {name: draft_facts(desk).facts[name].values[0].spoken() for name in (FACT, OTHER)}
    assert amounts == {FACT: "70", OTHER: "72"}
    # Twice is once too often: by now something else stands there.
    assert (await desk.send("/desk/undo", file=FILE, edit=key)).status == 409
    page = await desk.see("/desk/draft")
    examples = [line for line in page.splitlines() if "每月那笔钱" in line and "<span" in line]
    assert len(examples) == 2
    label = re.search(r"撤销这一处：(credit/nlu\S* 第 \d+) 行", page)
    assert label
    name = label.group(1).split()[0]
    await desk.send("/desk/undo", file=name, edit=undo_key(page, label.group(1)))
    page = await desk.see("/desk/draft")
    # One example is left, and what it was said to mean; the other is nowhere.
    assert page.count("<q>") == 1
    assert page.count("每月那笔钱") == 2
    assert "撤销了草稿里的改动" in await desk.see("/desk/log")


async def test_a_file_is_taken_back_and_nothing_is_left_of_the_draft(desk: Desk) -> None:
    await desk.log_in("editor")
    await desk.edit(FILE, FACT, "amount: 70", "amount: 71")
    await desk.edit(FILE, OTHER, "firmness: state", "firmness: perhaps")
    assert (await desk.send("/desk/undo", file="../settings/desk.yml")).status == 409
    await desk.send("/desk/undo", file=FILE)
    assert "没有草稿" in await desk.see("/desk/draft")
    assert not (desk.folder / "desk" / "draft").exists()


async def test_a_reader_takes_nothing_back(desk: Desk) -> None:
    await desk.log_in("editor")
    await desk.edit(FILE, FACT, "amount: 70", "amount: 71")
    await desk.log_in("reader")
    assert "/desk/undo" not in await desk.see("/desk/draft")
    assert (await desk.send("/desk/undo", file=FILE)).status == 403
    assert draft_facts(desk).facts[FACT].values[0].spoken() == "71"


async def test_a_file_that_cannot_be_read_is_mended_at_its_line(desk: Desk) -> None:
    await desk.log_in("editor")
    answer = await desk.edit(FILE, FACT, "  firmness: state", '  firmness: "state')
    place = answer.headers["Location"]
    assert place.startswith("/desk/entry?")
    page = unescape(await desk.see(place))
    assert "不是合法的 YAML" in page
    assert 'role="alert"' in page
    marked = int(re.search(r"▶ 是第 (\d+) 行", page).group(1))  # type: ignore[union-attr]
    # The lines around the mistake can be edited, though nobody can tell where a fact begins.
    assert marked == line_of(desk, '  firmness: "state')
    assert f"{marked} ▶" in page
    seen = re.search(r'name="seen" hidden>\n(.*?)</textarea>', page, re.DOTALL).group(1)  # type: ignore[union-attr]
    key = re.search(r'name="key" value="(@\d+-\d+)"', page).group(1)  # type: ignore[union-attr]
    text = seen.replace('"state', "state")
    answer = await desk.send("/desk/entry", file=FILE, key=key, seen=seen, text=text)
    assert answer.headers["Location"] == "/desk/draft"
    assert draft_facts(desk).facts[FACT].firmness == "state"


async def test_every_mistake_of_a_draft_leads_to_its_line(desk: Desk) -> None:
    await desk.log_in("editor")
    await desk.edit(FILE, FACT, "firmness: state", "firmness: perhaps")
    await desk.edit(FILE, OTHER, "firmness: state", "firmness: maybe")
    await desk.send("/desk/draft", action="check")
    page = await desk.done()
    links = re.findall(r'href="(/desk/entry\?file=[^"]+line=\d+)">改第', page)
    assert len(links) == 2
    for link, name in zip(links, (FACT, OTHER), strict=True):
        page = unescape(await desk.see(unescape(link)))
        assert f'name="key" value="{name}"' in page
        assert re.search(r'role="alert"><ul><li>data/[^<]+firmness', page)
    # The facts that can be read are listed all the same.
    page = await desk.see(f"/desk/facts?q={quote('G-BB-02')}")
    assert "<h2>G-BB-02 " in page
    assert page.count("改第") == 2
    # What was found before somebody mended it is not said of it any more.
    assert "请再检查一次" not in await desk.see("/desk/draft")
    await desk.edit(FILE, FACT, "firmness: perhaps", "firmness: state")
    assert "请再检查一次" in await desk.see("/desk/draft")
    assert "alert" not in await desk.see(f"/desk/entry?file={FILE}&key={FACT}")


async def test_a_file_of_examples_can_be_opened(desk: Desk) -> None:
    await desk.log_in("editor")
    assert "intent: credit_amount" in await desk.see("/desk/entry?file=credit/nlu.yml")
    assert "▶" in await desk.see("/desk/entry?file=credit/nlu.yml&line=40")


async def test_what_the_bot_says_is_found_by_its_words_and_leads_to_its_line(desk: Desk) -> None:
    await desk.log_in("reader")
    for words, file in (
        ("多数要备案 急诊", "filing/answers.yml"),
        ("是定额", FILE),
    ):
        page = unescape(await desk.see(f"/desk/sentences?q={quote(words)}"))
        found = re.search(rf"data/{file}:(\d+) .*?href=\"(/desk/entry[^\"]+)\"", page)
        assert found, words
        text = (desk.folder / "data" / file).read_text("utf-8").splitlines()[int(found[1]) - 1]
        assert words.split()[0] in text
        assert "▶" in await desk.see(found[2])
    templates = yaml.safe_load((desk.folder / "data/service/templates.yml").read_text("utf-8"))
    sentence = max(templates["sentences"].values(), key=len)
    page = await desk.see(f"/desk/sentences?q={quote(sentence)}")
    assert "data/service/templates.yml:" in page
    # With a figure that is filled in, the likest is shown.
    page = unescape(await desk.see(f"/desk/sentences?q={quote('跨省去看病多数人都要备案')}"))
    assert "没有一模一样的" in page
    assert "跨省看病多数要备案" in page
    # What people say to the bot is not what it says.
    assert "nlu" not in await desk.see(f"/desk/sentences?q={quote('多少')}")
