"""A plain statement needs a source that allows it, and a figure must be a likely one."""

from pathlib import Path

import pytest

from policy.checks import errors
from policy.evidence import allow_plainly, sources_of
from policy.facts import FactBook
from policy.lookup import Policy
from policy.regions import Regions

FILE = """\
defaults:
  topic: credit
  region: '110000'
  checked_on: '2026-11-21'
  review_after: '2027-02-19'
sources:
  bureau: {{publisher: 某市医保局, kind: official}}
  paper: {{publisher: 某报, kind: media}}
  copy: {{publisher: 某报网页, kind: repost}}
  one: {{publisher: 甲网, kind: site}}
  again: {{publisher: 甲网, kind: site}}
  other: {{publisher: 乙网, kind: site}}
  here: {{publisher: 北站, kind: site, house: 某站}}
  there: {{publisher: 南站, kind: site, house: 某站}}
  story: {{publisher: 丙网, kind: article}}
facts:
- id: F-A-01
  aspects: [credit_amount]
  values:
  - {value}
  caveat: 没见到原文。
  firmness: {firmness}
  source: {source}
  also: [{also}]
"""
GOOD = "{amount: 100, unit: 元, period: 月, kind: gross}"


@pytest.fixture(scope="module")
def regions() -> Regions:
    return Regions.load()


def mistakes(folder: Path, regions: Regions, **filled: str) -> list[tuple[str, int, str]]:
    file = folder / "credit" / "facts" / "some.yml"
    file.parent.mkdir(parents=True)
    given = {"value": GOOD, "firmness": "state", "source": "bureau", "also": ""} | filled
    file.write_text(FILE.format(**given), encoding="utf-8")
    found = errors(FactBook.load(folder), regions)
    return [(error.field, error.line, error.problem) for error in found]


@pytest.mark.parametrize(
    ("source", "also"),
    [
        ("bureau", ""), ("paper", ""), ("copy", ""), ("one", "bureau"), ("story", "paper"),
        ("one", "other"), ("one", "again, other"), ("here", "one"),
    ],
)  # fmt: skip
def test_a_source_with_a_name_or_two_houses_allow_a_plain_statement(
    source: str, also: str, tmp_path: Path, regions: Regions
) -> None:
    assert mistakes(tmp_path, regions, source=source, also=also) == []


@pytest.mark.parametrize(
    ("source", "also"),
    [
        ("one", ""), ("one", "again"), ("here", "there"), ("story", ""), ("story", "one"),
    ],
)  # fmt: skip
def test_a_content_site_or_an_article_alone_does_not(
    source: str, also: str, tmp_path: Path, regions: Regions
) -> None:
    ((field, line, problem),) = mistakes(tmp_path, regions, source=source, also=also)
    assert (field, line) == ("facts.0.firmness", FILE[: FILE.index("  firmness")].count("\n") + 1)
    assert "F-A-01" in problem


def test_with_its_caveat_it_may_be_said(tmp_path: Path, regions: Regions) -> None:
    assert mistakes(tmp_path, regions, source="one", firmness="with_caveat") == []


@pytest.mark.parametrize(
    ("value", "odd"),
    [
        ("{amount: -110, unit: 元, period: 月, kind: gross}", True),
        ("{amount: 1000000000, unit: 元, period: 月, kind: gross}", True),
        ("{amount: 0, unit: 元, period: 月, kind: gross}", True),
        ("{amount: 1890, unit: 元, period: 年, kind: gross}", False),
        ("{amount: 98000, unit: 元, period: 年, kind: gross}", True),
        ("{amount: 200, unit: '%', period: 月, kind: ratio, base: 基数}", True),
        ("{amount: 2, unit: '%', period: 月, kind: ratio, base: 基数}", False),
        ("{amount: 37302, unit: 元, period: 月, kind: limit}", False),
        ("{amount: -3, unit: 个月, kind: limit}", True),
        ("{amount_min: 90, amount_max: 9000, unit: 元, period: 月, kind: gross}", True),
    ],
)
def test_an_unlikely_figure_is_named(
    value: str, odd: bool, tmp_path: Path, regions: Regions
) -> None:
    found = [f for f in mistakes(tmp_path, regions, value=value) if f[0] == "facts.0.values.0"]
    assert bool(found) == odd


def test_every_plain_statement_of_ours_has_the_evidence(policy: Policy) -> None:
    """Said again without the checker's own list of mistakes."""
    book = policy.book
    plain = [fact for fact in book if fact.firmness == "state"]
    assert len(plain) > 100
    weak = [fact.id for fact in plain if not allow_plainly(sources_of(fact, book))]
    assert weak == []
