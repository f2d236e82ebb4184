"""``make check``: each mistake in a fact file is named by file, line and field."""

from datetime import date
from pathlib import Path

import pytest

from dialogue.assistant import Assistant
from dialogue.routes import Routes
from policy.checks import coverage, errors, warnings
from policy.facts import FactBook
from policy.lookup import Policy
from policy.regions import Regions
from policy.topics import topic_keys
from policy.yamlfile import DataError
from tests.policy.spoken import Asked, blocks, reply

# Its column in the coverage table.
CREDIT = topic_keys().index("credit")
# A correct file; each case replaces one line and says which line and field must be named.
GOOD = """\
defaults:
  topic: credit
  checked_on: '2026-11-21'
  review_after: '2027-02-19'
sources:
  some-page:
    publisher: 某市医保局
    kind: official
    date: '2023-07'
    url: https://ybj.example.gov.cn/1.html
facts:
- id: F-A-01
  aspects: [credit_amount]
  region: '110000'
  population: retired
  age: [null, 69]
  values:
  - {amount: 100, unit: 元, period: 月, kind: gross}
  - {amount: 3, unit: 元, period: 月, kind: deduction, label: 互助}
  text: 每月 {0} 元，先扣 {1} 元。
  effective_from: 2023-07
  firmness: with_caveat
  caveat: 没见到原文。
  source: some-page
- id: F-A-02
  aspects: [credit_amount]
  region: '110000'
  population: retired
  age: [70, null]
  values:
  - {amount: 110, unit: 元, period: 月, kind: gross}
  effective_from: 2023-07
  firmness: state
  source: some-page
- id: F-A-03
  aspects: [credit_rule]
  region: '110000'
  population: employed
  values:
  - {amount: 2, unit: '%', period: 月, kind: ratio, base: 本人缴费基数}
  text: 按 {0}% 划。
  steps:
  - 先看 {0}
  - 再问
  firmness: state
  source: some-page
"""
INTENTS = {"credit_amount", "credit_rule"}


@pytest.fixture(scope="module")
def regions() -> Regions:
    return Regions.load()


def at(text: str) -> int:
    """The line of GOOD that a piece of text stands in, the first time."""
    return GOOD[: GOOD.index(text)].count("\n") + 1


def found(tmp_path: Path, text: str, regions: Regions) -> list[DataError]:
    """All mistakes of a file, those that stop the reading and those found afterwards."""
    file = tmp_path / "credit" / "facts" / "some.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    try:
        return list(errors(FactBook.load(tmp_path), regions, INTENTS))
    except DataError as error:
        return [error]


def test_a_correct_file_has_no_mistakes(tmp_path: Path, regions: Regions) -> None:
    assert found(tmp_path, GOOD, regions) == []


def test_the_real_files_have_no_mistakes(policy: Policy) -> None:
    assert [str(error) for error in errors(policy.book, policy.regions)] == []


# old, new, line of the mistake (None: the line of the old text), field, words of the message
CASES: dict[str, tuple[str, str, int | None, str, str]] = {
    "unknown field of a fact": (
        "  population: retired\n  age: [null",
        "  populaton: retired\n  age: [null",
        None, "facts.0.populaton", "没有",
    ),
    "unknown field of a value": (
        "  - {amount: 110, unit: 元, period: 月,",
        "  - {amount: 110, unit: 元, peroid: 月,",
        None, "facts.1.values.0.peroid", "没有",
    ),
    "unknown field of a source": (
        "    publisher: 某市医保局",
        "    publisher: 某市医保局\n    author: 某人",
        at("    publisher") + 1, "sources.some-page.author", "没有",
    ),
    "unknown section": ("defaults:\n", "defauts: {}\ndefaults:\n", 1, "defauts", "没有"),
    "no source": (
        "  effective_from: 2023-07\n  firmness: state\n  source: some-page",
        "  effective_from: 2023-07\n  firmness: state",
        at("- id: F-A-02"), "facts.1", "source",
    ),
    "a source that is not there": (
        "  firmness: state\n  source: some-page\n- id: F-A-03",
        "  firmness: state\n  source: same-page\n- id: F-A-03",
        at("  firmness: state\n  source") + 1, "facts.1.source", "same-page",
    ),
    "a second source that is not there": (
        "  caveat: 没见到原文。",
        "  caveat: 没见到原文。\n  also: [some-page, nowhere]",
        at("  caveat: 没见到原文。") + 1, "facts.0.also", "nowhere",
    ),
    "an id used twice": ("- id: F-A-02", "- id: F-A-01", None, "facts.1.id", "F-A-01"),
    "a field written twice": (
        "  caveat: 没见到原文。",
        "  caveat: 没见到原文。\n  caveat: 又一句。",
        at("  caveat: 没见到原文。") + 1, "caveat", "两次",
    ),
    "overlapping ages": ("  age: [70, null]", "  age: [69, null]", None, "facts.1.age", "重叠"),
    "the same ages twice": (
        "  age: [70, null]", "  age: [null, 69]", None, "facts.1.age", "重叠",
    ),
    "no age beside a band": ("  age: [70, null]\n", "", at("- id: F-A-02"), "facts.1.age", "重叠"),
    "a gap between ages": ("  age: [70, null]", "  age: [75, null]", None, "facts.1.age", "70–74"),
    "nobody older": (
        "  population: retired\n  age: [70, null]",
        "  population: resident\n  age: [70, null]",
        at("  age: [null, 69]"), "facts.0.age", "70",
    ),
    "ages the wrong way round": (
        "  age: [null, 69]", "  age: [69, 60]", None, "facts.0.age", "起点大于终点",
    ),
    "an age that is no number": (
        "  age: [null, 69]", "  age: [null, 六十九]", None, "facts.0.age.1", "应为整数",
    ),
    "an age without an end": ("  age: [null, 69]", "  age: [69]", None, "facts.0.age", "应有 2 项"),
    "periods that overlap": (
        "  age: [70, null]\n", "  age: [null, 69]\n  effective_to: '2022-12-31'\n",
        at("  age: [70, null]") + 1, "facts.1.effective_to", "结束在开始之前",
    ),
    "an unknown adcode": (
        "  region: '110000'\n  population: employed",
        "  region: '119900'\n  population: employed",
        None, "facts.2.region", "119900",
    ),
    "an adcode that is too short": (
        "  region: '110000'\n  population: employed",
        "  region: 11\n  population: employed",
        None, "facts.2.region", "没有 11",
    ),
    "a month that does not exist": (
        "  effective_from: 2023-07\n  firmness: with_caveat",
        "  effective_from: 2023-13\n  firmness: with_caveat",
        None, "facts.0.effective_from", "",
    ),
    "a month zero": (
        "  effective_from: 2023-07\n  firmness: with_caveat",
        "  effective_from: 2023-00\n  firmness: with_caveat",
        None, "facts.0.effective_from", "",
    ),
    "a day that does not exist": (
        "  review_after: '2027-02-19'", "  review_after: '2027-02-30'",
        at("- id: F-A-01"), "facts.0.review_after", "",
    ),
    "a date in words": (
        "  checked_on: '2026-11-21'", "  checked_on: 昨天",
        at("- id: F-A-01"), "facts.0.checked_on", "",
    ),
    "a source's date that does not exist": (
        "    date: '2023-07'", "    date: '2023-13'", None, "sources.some-page.date", "",
    ),
    "an end before the start": (
        "  effective_from: 2023-07\n  firmness: state",
        "  effective_from: 2023-07\n  effective_to: '2022'\n  firmness: state",
        at("  effective_from: 2023-07\n  firmness: state") + 1,
        "facts.1.effective_to", "结束在开始之前",
    ),
    "no caveat": (
        "  caveat: 没见到原文。\n", "", at("- id: F-A-01"), "facts.0.caveat", "必须写出提醒",
    ),
    "a placeholder without a value": (
        "先扣 {1} 元", "先扣 {2} 元", None, "facts.0.text", "{2}",
    ),
    "a placeholder without a value in a caveat": (
        "  caveat: 没见到原文。", "  caveat: 没见到 {7} 的原文。", None, "facts.0.caveat", "{7}",
    ),
    "a placeholder without a value in a step": (
        "  - 先看 {0}", "  - 先看 {1}", None, "facts.2.steps.0", "{1}",
    ),
    "nothing to say": (
        "  text: 按 {0}% 划。\n  steps:\n  - 先看 {0}\n  - 再问\n", "",
        at("- id: F-A-03"), "facts.2.text", "没有句子",
    ),
    "yuan without a period": (
        "{amount: 110, unit: 元, period: 月, kind: gross}", "{amount: 110, unit: 元, kind: gross}",
        None, "facts.1.values.0", "周期",
    ),
    "a deduction without a name": (
        "kind: deduction, label: 互助}", "kind: deduction}", None, "facts.0.values.1", "label",
    ),
    "a ratio of nothing": (
        "kind: ratio, base: 本人缴费基数}", "kind: ratio}", None, "facts.2.values.0", "base",
    ),
    "a value without a figure": (
        "  - {amount: 110, unit", "  - {unit", None, "facts.1.values.0", "没有数",
    ),
    "a figure that is no number": (
        "  - {amount: 110, unit", "  - {amount: 一百一, unit", None,
        "facts.1.values.0.amount", "不是一个数",
    ),
    "a population that does not exist": (
        "  population: employed", "  population: working", None, "facts.2.population", "working",
    ),
    "a firmness that does not exist": (
        "  firmness: with_caveat", "  firmness: maybe", None, "facts.0.firmness", "maybe",
    ),
    "a topic that does not exist": (
        "  topic: credit", "  topic: credits", at("- id: F-A-01"), "facts.0.topic", "credits",
    ),
    "a kind of source that does not exist": (
        "    kind: official", "    kind: hearsay", None, "sources.some-page.kind", "hearsay",
    ),
    "an intent that does not exist": (
        "  aspects: [credit_rule]", "  aspects: [credit_rules]", None, "facts.2.aspects",
        "credit_rules",
    ),
    "an address that is not official": (
        "    url: https://ybj.example.gov.cn/1.html", "    url: https://gov.cn.example.com/1",
        None, "source", "gov.cn",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_named(case: str, tmp_path: Path, regions: Regions) -> None:
    old, new, line, field, says = CASES[case]
    assert GOOD.count(old) == 1, "the case must change exactly one place"
    mistakes = found(tmp_path, GOOD.replace(old, new), regions)
    assert mistakes, "not found"
    expected = line or at(old) + _first_difference(old, new)
    text = "\n".join(map(str, mistakes))
    if case == "an address that is not official":
        # Every fact that cites the page is named, not the page's own line.
        assert "source" in mistakes[0].field
        assert "gov.cn" in text
        return
    named = [(error.line, error.field) for error in mistakes]
    assert (expected, field) in named, text
    assert f"some.yml:{expected}" in text
    assert says in text


def _first_difference(old: str, new: str) -> int:
    """How many lines of a change are the same before it."""
    pairs = zip(old.split("\n"), new.split("\n"), strict=False)
    return next((i for i, (one, other) in enumerate(pairs) if one != other), 0)


def in_periods(end: str, start: str) -> str:
    """GOOD with its two bands made into two periods."""
    text = GOOD.replace("  age: [null, 69]\n", f"  effective_to: '{end}'\n")
    text = text.replace("  age: [70, null]\n", "")
    return text.replace("2023-07\n  firmness: state", f"'{start}'\n  firmness: state")


def test_a_gap_between_periods_is_named(tmp_path: Path, regions: Regions) -> None:
    mistakes = found(tmp_path, in_periods("2023-12-31", "2024-07"), regions)
    assert any("F-A-02" in str(error) and "effective_from" in error.field for error in mistakes)


def test_one_period_after_another_is_no_mistake(tmp_path: Path, regions: Regions) -> None:
    assert found(tmp_path, in_periods("2023-12-31", "2024-01"), regions) == []
    assert found(tmp_path, in_periods("2023-12", "2024-01-01"), regions) == []


def test_periods_that_overlap_are_named(tmp_path: Path, regions: Regions) -> None:
    mistakes = found(tmp_path, in_periods("2023-12-31", "2023-12"), regions)
    assert any("重叠" in str(error) for error in mistakes)


def test_a_misspelt_list_of_facts_is_not_passed_over(tmp_path: Path, regions: Regions) -> None:
    """A file whose only section is misspelt would vanish without a word."""
    mistakes = found(tmp_path, "fact:\n- id: F-A-01\n  region: '110000'\n", regions)
    assert [(error.line, error.field) for error in mistakes] == [(1, "fact")]


def test_a_source_defined_twice_is_named(tmp_path: Path, regions: Regions) -> None:
    (tmp_path / "credit" / "facts").mkdir(parents=True)
    (tmp_path / "credit" / "facts" / "a.yml").write_text(
        "sources:\n  some-page: {publisher: 甲, kind: media}\n", encoding="utf-8"
    )
    (mistake,) = found(tmp_path, GOOD, regions)
    assert mistake.file.name == "some.yml"
    assert (mistake.line, mistake.field) == (at("  some-page:"), "sources.some-page")


def test_a_claim_beside_a_fact_is_no_overlap(tmp_path: Path, regions: Regions) -> None:
    claim = (
        "- id: S1-99\n  aspects: [credit_amount]\n  region: '110000'\n  population: retired\n"
        "  values:\n  - {amount: 120, unit: 元, period: 月, kind: gross}\n"
        "  text: 返 {0} 元\n  firmness: claim\n  source: some-page\n"
    )
    assert found(tmp_path, GOOD + claim, regions) == []


# —— reviews ——


def test_an_overdue_review_is_a_warning_with_the_file(policy: Policy) -> None:
    assert list(warnings(policy.book, date(2026, 12, 1))) == []
    said = list(warnings(policy.book, date(2027, 2, 20)))
    assert len(said) > 100
    beijing = next(text for text in said if "F-BJ-02" in text)
    assert "beijing.yml" in beijing
    assert "2027-02-19" in beijing


def test_an_overdue_figure_is_said_with_its_date_of_checking(policy: Policy, wording) -> None:
    before = Assistant(
        Policy(policy.book, policy.regions, lambda: date(2027, 2, 26)), wording, Routes.load()
    )
    after = Assistant(
        Policy(policy.book, policy.regions, lambda: date(2027, 2, 27)), wording, Routes.load()
    )
    asked = Asked("310000", (76, 76), "retired")
    assert "再核实" not in reply(before, asked)[0]
    text, payload = reply(after, asked)
    assert "每年 1890 元" in text.split("\n")[0]
    assert "2026年11月28日核对" in text
    assert "再核实" in text
    assert any("再核实" in b["text"] for b in blocks(payload) if b["kind"] == "caveat")


def test_an_overdue_rule_is_said_with_a_caveat_too(policy: Policy, wording) -> None:
    after = Assistant(
        Policy(policy.book, policy.regions, lambda: date(2028, 1, 1)), wording, Routes.load()
    )
    for intent in ("credit_rule", "filing_how", "sharing_bind", "balance_query"):
        assert "再核实" in reply(after, Asked(None), intent)[0], intent


# —— the coverage table ——


def test_the_coverage_table_has_every_province(policy: Policy) -> None:
    rows = dict(coverage(policy.book, policy.regions))
    assert len(rows) >= 31
    assert rows["北京"][CREDIT] == "●"
    assert rows["重庆"][CREDIT] == "●"
    assert rows["福建"][CREDIT] == "◐"
    assert rows["西藏"][CREDIT] == "·"
    assert rows["新疆"][CREDIT] == "○"
    assert set("".join("".join(cells) for cells in rows.values())) <= set("●◐○·")


def test_places_only_inside_a_province_are_marked_so(policy: Policy) -> None:
    rows = dict(coverage(policy.book, policy.regions))
    assert rows["陕西"][CREDIT] == "○"
    assert rows["湖北"][CREDIT] == "○"


def test_make_check_finds_nothing_and_writes_the_page(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from server.checking import check_all

    file = tmp_path / "coverage.md"
    assert check_all(rasa=False, page=file) == 0
    said = capsys.readouterr()
    assert "0 处错误" in said.out
    assert "coverage.md" in said.out
    assert "| 全国 |" in file.read_text(encoding="utf-8")
