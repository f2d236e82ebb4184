"""``docs/coverage.md`` from a small folder of data: what is counted where, and when it is due."""

from pathlib import Path

import pytest

from dialogue.wording import Wording
from policy.coverage import coverage_of, kind_of
from policy.facts import FactBook
from policy.regions import Regions
from policy.topics import topics
from server.coverage import page, write

SOURCES = """\
sources:
  bureau: {publisher: 某市医保局, kind: official}
  site: {publisher: 甲网, kind: site}
  story: {publisher: 丙网, kind: article}
"""
COMMON = "checked_on: '2026-11-21', review_after: '2027-02-19', source: bureau"
FACTS = f"""\
facts:
- {{id: A, topic: credit, aspects: [credit_amount], region: '110000', firmness: state, {COMMON},
   values: [{{amount: 100, unit: 元, period: 月, kind: gross}}]}}
- {{id: B, topic: credit, aspects: [credit_amount], region: '130100', firmness: state, {COMMON},
   values: [{{amount: 2, unit: '%', period: 月, kind: ratio, base: 基数}}], text: '{{0}}%'}}
- {{id: C, topic: sharing, aspects: [sharing_bind], region: '130000', firmness: state, {COMMON},
   text: 能绑。, steps: [先点, 再点]}}
- {{id: D, topic: balance, aspects: [balance_zero], region: '000000', firmness: state, {COMMON},
   text: 没有账户。, remedy: 打电话问。}}
- {{id: E, topic: balance, aspects: [balance_fee], region: '000000', firmness: with_caveat,
   caveat: 没见到原文。, text: 不收钱。, checked_on: '2026-11-21', review_after: '2027-05-20',
   source: site}}
- {{id: F, topic: credit, aspects: [credit_amount], region: '620000', firmness: claim, text: 听说。,
   checked_on: '2026-11-21', review_after: '2027-05-20', source: story}}
"""


@pytest.fixture(scope="module")
def regions() -> Regions:
    return Regions.load()


@pytest.fixture
def book(tmp_path: Path) -> FactBook:
    folder = tmp_path / "credit" / "facts"
    folder.mkdir(parents=True)
    (folder / "some.yml").write_text(SOURCES + FACTS, encoding="utf-8")
    return FactBook.load(tmp_path)


@pytest.fixture
def text(book: FactBook, regions: Regions, wording: Wording) -> str:
    return page(book, regions, topics(), wording)


def row(text: str, begins: str) -> list[str]:
    """The cells of the one row of the page that begins so."""
    (found,) = [line for line in text.splitlines() if line.startswith(f"| {begins} |")]
    return [cell.strip() for cell in found.strip("|").split("|")][1:]


def test_each_fact_is_of_one_kind(book: FactBook) -> None:
    kinds = {name: kind_of(fact) for name, fact in book.facts.items()}
    assert [kinds[name] for name in "ABCDE"] == [
        "figure", "figure", "procedure", "diagnosis", "rule"
    ]  # fmt: skip


def test_a_region_is_one_line_with_what_is_known_of_its_places(text: str) -> None:
    names = [topic.name for topic in topics().by_key.values()]
    keys = topics().keys
    assert row(text, "地区") == ["其中市县", *names]
    beijing, hebei, country = row(text, "北京"), row(text, "河北"), row(text, "全国")
    assert beijing[1 + keys.index("credit")] == "数1"
    assert hebei[0] == "1"
    assert hebei[1 + keys.index("credit")] == "数1"
    assert hebei[1 + keys.index("sharing")] == "办1"
    assert country[1 + keys.index("balance")] == "规1 因1"
    assert "甘肃" not in text, "an article's claim is not known"


def test_kinds_of_sources_have_their_share_and_what_is_said_plainly(
    text: str, wording: Wording
) -> None:
    kinds = wording.templates.kinds
    assert row(text, kinds["official"]) == ["4", "67 %", "4"]
    assert row(text, kinds["site"]) == ["1", "17 %", "0"]
    assert row(text, kinds["article"]) == ["1", "17 %", "0"]


def test_what_falls_due_is_counted_by_month(text: str, book: FactBook, regions: Regions) -> None:
    keys = topics().keys
    february, may = row(text, "2027-02"), row(text, "2027-05")
    assert february[0] == "4"
    assert february[1 + keys.index("credit")] == "2"
    assert may[1 + keys.index("balance")] == "1"
    assert text.index("2027-02") < text.index("2027-05")
    assert sum(sum(due.topics.values()) for due in coverage_of(book, regions).due) == 6


def test_tables_are_whole(text: str) -> None:
    """A blank line in a table would end it."""
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line.startswith("|")]
        assert not lines or lines[1].startswith("|---"), block
        assert len({line.count("|") for line in lines}) <= 1, block


def test_it_is_written_when_it_changed_and_a_closed_folder_is_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "coverage.md"
    assert write("一\n", file)
    before = file.stat().st_mtime_ns
    assert write("一\n", file)
    assert file.stat().st_mtime_ns == before
    assert write("二\n", file)
    assert file.read_text(encoding="utf-8") == "二\n"
    assert not write("三\n", tmp_path / "no-such-folder" / "coverage.md")
