"""What a whole message is read as, by tables that are written out in tests/nlu/reading."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.readings import Case, cases, read_as
from nlu.reading import Reader

FOLDER = Path(__file__).parent / "reading"
READER = Reader.load(lambda: date(2026, 11, 28))
CASES = cases(FOLDER)
# What is known to be read wrong, until somebody mends it.
LEAST = 40


def test_each_kind_has_enough_cases_and_none_twice() -> None:
    kinds: dict[str, list[str]] = {}
    for case in CASES:
        kinds.setdefault(case.kind, []).append(case.text)
    assert len(kinds) >= 8
    for kind, texts in kinds.items():
        assert len(texts) >= LEAST, kind
        assert len(set(texts)) == len(texts), kind


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}-{case.text}")
def test_a_sentence_is_read_as_written_out(case: Case) -> None:
    assert read_as(READER, case) == list(case.expected)


def _data(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    return data


def test_the_tables_have_the_day_that_the_reader_reckons_by() -> None:
    assert _data("ages")["today"] == date(2026, 11, 28)
