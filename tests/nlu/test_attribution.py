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


@pytest.mark.parametrize(
    ("text", "receives"),
    [
        ("能给我用吗", True),
        ("我能不能用", True),
        ("我妈卡里的钱能给我花不", True),
        ("我妈能用吗", False),
    ],
)
def test_who_asks_may_be_who_would_use_the_money(text: str, receives: bool) -> None:
    entities = READER.read(text)[1]
    own = [e for e in entities if e["entity"] == "relation" and e["value"] == "self"]
    assert any(e.get("receives") for e in own) is receives
