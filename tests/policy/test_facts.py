"""Facts: reading them, what holds on a day, and what the real files are like."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from policy.facts import Fact, FactBook, Value
from policy.regions import Regions
from policy.topics import DATA
from tests.policy.table import Data, answers

ADDRESS = re.compile(r"[a-z0-9]\.(?:com|cn|org|net)")
MONEY = re.compile(r"\d[\d.]*\s*(?:元|块|%|％|个?百分点)")


def fact(**changes: object) -> Fact:
    plain: dict[str, object] = {
        "id": "F-1",
        "topic": "credit",
        "aspects": ["credit_amount"],
        "region": "110000",
        "firmness": "state",
        "source": "s",
        "checked_on": "2026-11-21",
        "review_after": "2027-02-19",
    }
    return msgspec.convert({**plain, **changes}, Fact, strict=False)


@pytest.fixture(scope="module")
def book() -> FactBook:
    return FactBook.load()


@pytest.mark.parametrize(
    ("amount", "spoken"),
    [("100", "100"), ("100.0", "100"), ("94.75", "94.75"), ("72.60", "72.6"), ("0.3", "0.3"),
     ("1890", "1890"), ("1200.00", "1200"), ("0", "0")],
)  # fmt: skip
def test_a_figure_is_said_as_people_write_it(amount: str, spoken: str) -> None:
    assert Value(amount=Decimal(amount), unit="元", kind="gross").spoken() == spoken


def test_a_range_is_said_with_both_ends() -> None:
    value = Value(amount_min=Decimal(2), amount_max=Decimal("3.0"), unit="%", kind="ratio")
    assert value.spoken() == "2-3"
    assert Value(unit="%", kind="ratio").spoken() == ""


def test_sentences_are_filled_with_the_facts_own_figures() -> None:
    values = [
        {"amount": "110", "unit": "元", "period": "月", "kind": "gross"},
        {"amount": "3", "unit": "元", "kind": "deduction", "label": "互助"},
    ]
    one = fact(values=values)
    assert one.fill("{0} 元里扣 {1} 元") == "110 元里扣 3 元"
    assert one.value("deduction").spoken() == "3"
    assert one.value("net") is None


@pytest.mark.parametrize(
    ("start", "end", "day", "holds"),
    [
        (None, None, date(1990, 1, 1), True),
        ("2023", None, date(2022, 12, 31), False),
        ("2023", None, date(2023, 1, 1), True),
        ("2023-07", None, date(2023, 6, 30), False),
        ("2023-07-01", None, date(2023, 7, 1), True),
        (None, "2023", date(2023, 12, 31), True),
        (None, "2023", date(2024, 1, 1), False),
        (None, "2023-06", date(2023, 6, 30), True),
        (None, "2023-06", date(2023, 7, 1), False),
    ],
)
def test_what_is_in_force(start: str | None, end: str | None, day: date, holds: bool) -> None:
    assert fact(effective_from=start, effective_to=end).in_force(day) is holds


def test_the_day_after_its_review_a_fact_is_overdue() -> None:
    one = fact(review_after="2027-02-19")
    assert not one.overdue(date(2027, 2, 19))
    assert one.overdue(date(2027, 2, 20))


@pytest.mark.parametrize(
    ("band", "low", "high", "covers"),
    [
        (None, 5, 5, True),
        ([None, 69], 69, 69, True),
        ([None, 69], 70, 70, False),
        ([70, None], 69, 69, False),
        ([70, None], 70, 70, True),
        ([70, None], 120, 120, True),
        ([60, 69], 59, 59, False),
        ([60, 69], 60, 60, True),
        ([60, 69], 65, 75, True),
        ([60, 69], 70, 79, False),
    ],
)
def test_bands_are_closed(band: list[int | None], low: int, high: int, covers: bool) -> None:
    assert fact(age=band).covers_age(low, high) is covers


# —— the real files ——


def test_the_book_has_what_a_plain_reading_has(book: FactBook) -> None:
    data = Data()
    assert list(book.facts) == [row.id for row in data.rows]
    for row in data.rows:
        one = book.facts[row.id]
        assert (one.region, one.pool, one.population) == (row.region, row.pool, row.population)
        assert one.age == (None if row.low is row.high is None else (row.low, row.high))
        amounts = [
            (v.amount,) if v.amount is not None else (v.amount_min, v.amount_max)
            for v in one.values
        ]
        assert amounts == [figure.amounts for figure in row.figures]


def test_figures_stand_in_one_place_only(book: FactBook) -> None:
    """A figure typed into a sentence would not change with the value: it must be a placeholder."""
    typed = [
        f"{one.id}: {text}"
        for one in book
        for text in (one.text, one.condition, one.caveat, one.warning, *one.steps)
        if text and MONEY.search(text)
    ]
    assert typed == []


def test_every_placeholder_is_filled(book: FactBook) -> None:
    for one in book:
        for text in (one.text, one.condition, one.caveat, one.warning, *one.steps):
            assert not re.search(r"\{\d", one.fill(text or "")), one.id


def test_aspects_are_questions_that_something_answers(book: FactBook) -> None:
    assert {aspect for one in book for aspect in one.aspects} - answers().keys() == set()


def test_pools_are_called_as_the_gazetteer_calls_them(book: FactBook) -> None:
    """Else nobody who names the pool would ever get its fact."""
    regions = Regions.load()
    called = {one.id: (one.pool, regions.pool_name(one.region)) for one in book if one.pool}
    assert {name: pair for name, pair in called.items() if pair[0] != pair[1]} == {}


def test_claims_are_the_articles_own(book: FactBook) -> None:
    for one in book:
        if one.firmness == "claim":
            assert one.source in ("article-1", "article-2"), one.id
        if book.sources[one.source].kind != "article":
            assert one.firmness != "claim", one.id


def test_a_figure_that_only_an_article_has_is_a_claim(book: FactBook) -> None:
    for one in book:
        others = {one.source, *one.also} - {"article-1", "article-2"}
        if one.value("gross") and not others:
            assert one.firmness == "claim", one.id


def test_yuan_have_a_period_and_come_from_a_source(book: FactBook) -> None:
    for one in book:
        for value in one.values:
            if value.kind == "gross":
                assert value.period in ("月", "年"), one.id
                assert value.unit == "元", one.id
        assert one.source in book.sources


def test_only_official_addresses_are_kept(book: FactBook) -> None:
    for name, source in book.sources.items():
        if source.url:
            host = source.url.split("/")[2]
            assert host.endswith(".gov.cn") or host == "gov.cn", name


def test_nothing_is_computed_for_the_flexible_unless_their_region_says_so(book: FactBook) -> None:
    for one in book:
        if one.population == "flexible" and "credit_amount" in one.aspects:
            assert one.no_computation is not bool(one.value("ratio")), one.id


# —— mistakes ——


def folder(tmp_path: Path, text: str) -> Path:
    (tmp_path / "credit" / "facts").mkdir(parents=True)
    (tmp_path / "credit" / "facts" / "x.yml").write_text(text, encoding="utf-8")
    return tmp_path


def test_files_that_hold_no_facts_are_passed_over(tmp_path: Path) -> None:
    parent = folder(tmp_path, "facts: []\n") / "credit"
    for name in ("relatives.yml", "answers.yml", "facts.yml"):
        (parent / name).write_text("relatives:\n  spouse: {counts: true}\n", encoding="utf-8")
    assert FactBook.load(tmp_path).facts == {}


def test_a_place_of_its_own_for_each_fact(book: FactBook) -> None:
    placed = next(each for each in book.placed if each.fact.id == "F-BJ-02")
    line = placed.document.lines[("facts", placed.index)]
    text = (DATA / "credit/facts/beijing.yml").read_text(encoding="utf-8").split("\n")
    assert text[line - 1] == "- id: F-BJ-02"


def test_a_source_named_by_its_address_is_an_unchecked_site() -> None:
    """Nobody knows these names; the reply says plainly that nobody checked what they repeat."""
    sources = FactBook.load().sources.values()
    named = [one for one in sources if ADDRESS.search(one.publisher)]
    assert named
    assert [one.publisher for one in named if one.kind != "site"] == []
    assert [one.publisher for one in named if "网站" not in one.publisher] == []
