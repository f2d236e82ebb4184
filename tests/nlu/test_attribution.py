"""Whom what is told is about."""

import pytest

from nlu.reading import Reader

READER = Reader.load()


@pytest.mark.parametrize(
    ("text", "named"),
    [("我到底每月多少", ["self"]), ("我妈每月多少", ["mother"]), ("我想问每月返多少", [])],
)
def test_whoever_says_i_means_themselves_where_nobody_else_is_named(
    text: str, named: list[str]
) -> None:
    entities = READER.read(text)[1]
    assert [e["value"] for e in entities if e["entity"] == "relation"] == named
