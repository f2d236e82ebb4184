"""The tables would notice: figures, periods, bands and words are changed, and they must complain.

Each case changes the files of a copy, builds an assistant on the copy, and compares its replies
with the unchanged YAML, exactly as the table test does.
"""

import re
import shutil
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest

from dialogue.assistant import Assistant
from dialogue.routes import Routes
from dialogue.wording import Wording
from policy.facts import FactBook
from policy.lookup import Policy
from policy.regions import Regions
from tests.policy.spoken import Asked, problems, reply
from tests.policy.table import DATA, FACTS, Data, Row, places

DAY = date(2026, 12, 1)
NAMES = places()
MANY = 30
AMOUNT_LINE = re.compile(r"(\{amount: )([\d.]+)(, unit: 元, period: [月年], kind: gross)")
RATIO_LINE = re.compile(r"(\{amount: )([\d.]+)(, unit: '%'[^}]*kind: ratio)")


@pytest.fixture(scope="module")
def data() -> Data:
    return Data()


@pytest.fixture(scope="module")
def regions() -> Regions:
    return Regions.load()


TEMPLATES = "service/templates.yml"


def changed(folder: Path, change: Callable[[str], str], files: str = FACTS) -> Path:
    """A copy of the data with every file of facts (or some other files) changed."""
    copy = folder / DATA.name
    shutil.copytree(DATA, copy)
    touched = 0
    for file in copy.glob(files):
        old = file.read_text(encoding="utf-8")
        new = change(old)
        touched += new != old
        file.write_text(new, encoding="utf-8")
    assert touched, "the change changed nothing"
    return copy


def on_copy(folder: Path, regions: Regions, wording: Wording) -> Assistant:
    return Assistant(Policy(FactBook.load(folder), regions, lambda: DAY), wording, Routes.load())


def complaints(assistant: Assistant, data: Data, row: Row) -> list[str]:
    """What the table says about the replies to those for whom a fact is."""
    found = []
    population = "retired" if row.population == "any" else row.population
    ages = [None, *((age, age) for age in (row.low, row.high) if age is not None)]
    for age in ages:
        asked = Asked(row.region, age, population, row.pool)
        want = asked.expected(data, DAY)
        text, payload = reply(assistant, asked)
        name = NAMES.get(want.level, "")
        found += problems(text, payload, want, asked, data, name)
    return found


def unnoticed(assistant: Assistant, data: Data, rows: list[Row]) -> list[str]:
    return [row.id for row in rows if not complaints(assistant, data, row)]


def spoken_rows(data: Data) -> list[Row]:
    return [row for row in data.with_figures() if row.on(DAY)]


def ratio_rows(data: Data) -> list[Row]:
    """Facts that answer with a ratio alone."""
    found = []
    for row in data.rows:
        asked = Asked(row.region, row.low and (row.low, row.low), row.population, row.pool)
        if row.figure("ratio") and not row.figure("gross") and row.region != "000000":
            found += [row] if row in asked.expected(data, DAY).mine else []
    return found


def test_nothing_is_said_about_the_unchanged_data(data: Data, wording: Wording) -> None:
    assistant = Assistant(Policy.load(today=lambda: DAY), wording, Routes.load())
    rows = spoken_rows(data) + ratio_rows(data)
    assert {row.id: complaints(assistant, data, row) for row in rows} == {
        row.id: [] for row in rows
    }


def test_every_changed_amount_is_noticed(tmp_path, data, regions, wording) -> None:
    rows = spoken_rows(data)
    assert len(rows) >= MANY
    copy = changed(
        tmp_path,
        lambda text: AMOUNT_LINE.sub(lambda m: f"{m[1]}{float(m[2]) + 1:g}{m[3]}", text),
    )
    assert unnoticed(on_copy(copy, regions, wording), data, rows) == []


def test_one_changed_figure_alone_is_noticed(tmp_path, data, regions, wording) -> None:
    """A sample, one at a time: nothing else is wrong that could have been noticed instead."""
    copy = changed(tmp_path, lambda text: text + "# a copy\n")
    sample = [row for row in data.rows if row.id in {r.id for r in spoken_rows(data)}][::2]
    assert len(sample) >= MANY
    for row in sample:
        file = next(copy.rglob(f"credit/facts/{row.file}"))
        old = file.read_text(encoding="utf-8")
        start = old.index(f"- id: {row.id}\n")
        head, tail = old[:start], old[start:]
        new = head + re.sub(r"\{amount: ([\d.]+)", r"{amount: 1\1", tail, count=1)
        file.write_text(new, encoding="utf-8")
        found = complaints(on_copy(copy, regions, wording), data, row)
        file.write_text(old, encoding="utf-8")
        assert found, f"{row.id}: nobody noticed"


def test_every_changed_ratio_is_noticed(tmp_path, data, regions, wording) -> None:
    rows = ratio_rows(data)
    assert len(rows) >= MANY
    copy = changed(
        tmp_path,
        lambda text: RATIO_LINE.sub(lambda m: f"{m[1]}{float(m[2]) + 0.5:g}{m[3]}", text),
    )
    assert unnoticed(on_copy(copy, regions, wording), data, rows) == []


def test_every_changed_period_is_noticed(tmp_path, data, regions, wording) -> None:
    swap = {"月": "年", "年": "月"}
    copy = changed(
        tmp_path,
        lambda text: re.sub(
            r"(period: )([月年])(, kind: gross)", lambda m: m[1] + swap[m[2]] + m[3], text
        ),
    )
    assert unnoticed(on_copy(copy, regions, wording), data, spoken_rows(data)) == []


def test_moved_age_edges_are_noticed(tmp_path, data, regions, wording) -> None:
    banded = [row for row in spoken_rows(data) if row.low or row.high]
    assert len(banded) >= 10
    copy = changed(
        tmp_path,
        lambda text: re.sub(
            r"age: \[(null|\d+), (null|\d+)\]",
            lambda m: "age: [{}, {}]".format(
                *(edge if edge == "null" else int(edge) + 1 for edge in m.groups())
            ),
            text,
        ),
    )
    assert unnoticed(on_copy(copy, regions, wording), data, banded) == []


def test_figures_that_swap_places_are_noticed(tmp_path, data, regions, wording) -> None:
    """兰州 gets the figure of 天水, 沈阳 that of 盘锦, and so on."""
    pairs = {"620100": "620500", "210100": "211100", "410100": "410700", "610100": "610500"}
    pairs |= {"420200": "420600", "220100": "220200", "120000": "500000", "340000": "430000"}
    pairs |= {new: old for old, new in pairs.items()}
    copy = changed(
        tmp_path,
        lambda text: re.sub(
            r"(region: ')(\d{6})(')", lambda m: m[1] + pairs.get(m[2], m[2]) + m[3], text
        ),
    )
    rows = [row for row in spoken_rows(data) if row.region in pairs]
    assert len(rows) >= 16
    assert unnoticed(on_copy(copy, regions, wording), data, rows) == []


def test_a_lost_caveat_is_noticed(tmp_path, data, regions, wording) -> None:
    rows = [row for row in spoken_rows(data) if row.firmness == "with_caveat"]
    rows = [row for row in rows if len(spoken_kinds(data, row)) == 1]
    assert len(rows) >= MANY
    copy = changed(tmp_path, lambda text: re.sub(r"(?m)^  caveat: .*$", "  caveat: 。", text))
    assert unnoticed(on_copy(copy, regions, wording), data, rows) == []


def spoken_kinds(data: Data, row: Row) -> set[str]:
    age = row.low or row.high
    asked = Asked(row.region, age and (age, age), row.population, row.pool)
    return {each.id for each in asked.expected(data, DAY).mine}


@pytest.mark.parametrize("days", [("'2030-01-01'", "2030"), ("2099", "2099")])
def test_a_figure_not_yet_in_force_is_noticed(tmp_path, data, regions, wording, days) -> None:
    rows = [row for row in spoken_rows(data) if row.fields.get("effective_from")]
    copy = changed(
        tmp_path,
        lambda text: re.sub(r"effective_from: .*", f"effective_from: {days[0]}", text),
    )
    assert unnoticed(on_copy(copy, regions, wording), data, rows) == []


def test_a_claim_made_a_fact_is_noticed(tmp_path, data, regions, wording) -> None:
    copy = changed(
        tmp_path,
        lambda text: text.replace("firmness: claim", "firmness: state"),
        "credit/facts/articles.yml",
    )
    assistant = on_copy(copy, regions, wording)
    claims = [row for row in data.rows if row.claim and "credit_amount" in row.aspects]
    assert len(claims) == 6
    assert unnoticed(assistant, data, claims) == []


# What each change does to the wording, and whose replies must suffer.
WORDS: dict[str, tuple[str, str, Callable[[Row], bool]]] = {
    "a month is called a year": ("  monthly: 每月", "  monthly: 每年", lambda r: _per(r) == "月"),
    "a year is called a month": ("  yearly: 每年", "  yearly: 每月", lambda r: _per(r) == "年"),
    "the amount is dropped": ('"{every} {amount} 元"', '"{every}有钱"', lambda _: True),
    "the period is dropped": ('"{every} {amount} 元"', '"{amount} 元"', lambda _: True),
    "the region is dropped": (
        'figure_line: "{region}',
        'figure_line: "',
        lambda _: True,
    ),
    "the band is dropped": (
        "{population}{band}：{money}",
        "{population}：{money}",
        lambda r: bool(r.low or r.high) and r.population == "retired",
    ),
    "from and to are swapped": (
        'age_from: "{low} 岁及以上"\n  age_to: "{high} 岁及以下"',
        'age_from: "{low} 岁及以下"\n  age_to: "{high} 岁及以上"',
        lambda r: bool(r.low or r.high),
    ),
    "yuan are called per cent": ('"{every} {amount} 元"', '"{every} {amount}%"', lambda _: True),
    "unit and flexible retirees are swapped": (
        "retired_unit: 单位退休人员\n  retired_flexible: 灵活就业退休人员",
        "retired_unit: 灵活就业退休人员\n  retired_flexible: 单位退休人员",
        lambda r: r.population in ("retired_unit", "retired_flexible"),
    ),
    "caveats are not said": (
        'caveat_line: "提醒：{text}"',
        "caveat_line: 。",
        lambda r: r.firmness == "with_caveat",
    ),
    "sources lose their date": (
        "{publisher}（{kind}，{date}）",
        "{publisher}（{kind}）",
        lambda _: True,
    ),
    "sites are not called unchecked": (
        "site: 网站，官方未证实",
        "site: 网站转载",
        lambda r: _from_a_site(r),
    ),
    "sources lose their kind": (
        "{publisher}（{kind}，{date}）",
        "{publisher}（{date}）",
        lambda _: True,
    ),
    "a figure is written into a sentence": (
        "  yearly_note: 这是",
        "  yearly_note: 每月约 157 元。这是",
        lambda r: _per(r) == "年",
    ),
    "no hotline": ("拿不准打 {text}", "拿不准打电话", lambda _: True),
}


# Rows of a table have a template of their own, and several sources behind them.
OF_ONE_FIGURE = (
    "the amount is dropped",
    "the period is dropped",
    "the region is dropped",
    "yuan are called per cent",
    "sources lose their date",
    "sources lose their kind",
    "sites are not called unchecked",
)


@lru_cache
def _sources() -> dict[str, dict[str, str]]:
    return Data().sources


def _from_a_site(row: Row) -> bool:
    return _sources()[row.fields["source"]]["kind"] == "site"


def _per(row: Row) -> str | None:
    gross = row.figure("gross")
    return gross.period if gross else None


@pytest.mark.parametrize("case", WORDS)
def test_changed_words_are_noticed(case: str, tmp_path, data, regions) -> None:
    old, new, suffers = WORDS[case]
    folder = changed(tmp_path, lambda text: text.replace(old, new), TEMPLATES)
    assistant = on_copy(DATA, regions, Wording.load(folder))
    rows = [row for row in spoken_rows(data) if suffers(row)]
    assert rows
    missed = unnoticed(assistant, data, rows)
    if case in OF_ONE_FIGURE:
        missed = [name for name in missed if _alone(data, data.by_id[name])]
    assert missed == []


def _alone(data: Data, row: Row) -> bool:
    """Whether the reply to this fact's people gives one figure."""
    return spoken_kinds(data, row) == {row.id}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("网上有篇未经证实的文章", "网上有篇文章"),
        ("没有核实，不能当作您的情况。", ""),
        ("{text}。没有核实", "没有核实"),
    ],
)
def test_a_claim_without_its_label_is_noticed(old: str, new: str, tmp_path, data, regions) -> None:
    folder = changed(tmp_path, lambda text: text.replace(old, new), TEMPLATES)
    assistant = on_copy(DATA, regions, Wording.load(folder))
    for region in ("440300", "620000", "370000", "310000"):
        asked = Asked(region, (80, 80), "retired")
        want = asked.expected(data, DAY)
        text, payload = reply(assistant, asked)
        name = NAMES[want.level]
        assert problems(text, payload, want, asked, data, name), text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('no_figure: "{region}没有查到可核实的数字。"', 'no_figure: "{region}每月 100 元。"'),
        ('national: "全国的规则：{text}"', 'national: "一般是 2000 元 × 3%：{text}"'),
    ],
)
def test_a_figure_where_there_is_none_is_noticed(old, new, tmp_path, data, regions) -> None:
    folder = changed(tmp_path, lambda text: text.replace(old, new), TEMPLATES)
    assistant = on_copy(DATA, regions, Wording.load(folder))
    for region in ("540100", "650100", "653100", "540200"):
        asked = Asked(region, None, "retired")
        want = asked.expected(data, DAY)
        text, payload = reply(assistant, asked)
        assert problems(text, payload, want, asked, data, ""), text
