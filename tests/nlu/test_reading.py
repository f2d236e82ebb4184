"""What a whole message is read as, by tables that are written out in tests/nlu/reading."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.readings import ALARM, TITLES, Case, cases, read_as
from nlu.reading import Reader

FOLDER = Path(__file__).parent / "reading"
READER = Reader.load(lambda: date(2026, 11, 28))
TABLES = cases(FOLDER)
# What the model says of a message, and no finder, is measured in tests/understanding.
CASES = [each for each in TABLES if each.group != "unseen" and ALARM not in each.entities]
LEAST = 40


def test_each_kind_has_enough_unseen_cases_and_none_twice() -> None:
    unseen = Counter(each.kind for each in TABLES if each.group != "cases")
    assert set(unseen) == set(TITLES)
    assert min(unseen.values()) >= LEAST, unseen
    twice = Counter((each.kind, each.text) for each in TABLES)
    assert max(twice.values()) == 1, twice.most_common(3)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}-{case.text}")
def test_a_sentence_is_read_as_written_out(case: Case) -> None:
    assert read_as(READER, case) == list(case.expected)


def _data(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    return data


def test_the_tables_have_the_day_that_the_reader_reckons_by() -> None:
    assert _data("ages")["today"] == date(2026, 11, 28)
