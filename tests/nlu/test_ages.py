"""Ages, by a table that is written out in ages.yml."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from nlu.ages import AgeFinder
from nlu.reading import Reader

TABLE = yaml.safe_load((Path(__file__).parent / "ages.yml").read_text(encoding="utf-8"))
ROWS = [(str(row[0]), [str(age) for age in row[1:] if age is not None]) for row in TABLE["ages"]]
READER = Reader.load(lambda: date(2026, 11, 21))
FINDER = AgeFinder(lambda: date(2026, 11, 21))


def test_the_table_is_long_enough_and_has_no_line_twice() -> None:
    assert len(ROWS) >= 150
    assert len({sentence for sentence, _ in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("sentence", "ages"), ROWS, ids=[row[0] for row in ROWS])
def test_the_ages_of_a_sentence_are_found(sentence: str, ages: list[str]) -> None:
    _, found = READER.read(sentence)
    assert [each["value"] for each in found if each["entity"] == "age"] == ages


def test_an_entity_says_where_it_stands() -> None:
    text = "我妈75岁在上海退休"
    (found,) = FINDER.find(text)
    assert text[found["start"] : found["end"]] == "75岁"
    assert found["entity"] == "age"
    assert found["confidence_entity"] == 1.0


def test_the_clock_decides_how_old_somebody_is() -> None:
    earlier = AgeFinder(lambda: date(2025, 1, 10))
    assert [each["value"] for each in earlier.find("1950年3月出生")] == ["74"]
    assert [each["value"] for each in earlier.find("50后")] == ["65-75"]
