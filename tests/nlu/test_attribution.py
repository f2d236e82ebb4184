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


@pytest.mark.parametrize(
    ("text", "owners", "receives"),
    [
        ("闺女给我绑了共济", ["daughter"], True),
        ("我儿子把我们绑到他那里了", ["son"], True),
        ("孩子有职工医保 我能花他的钱吗", ["child", "third"], True),
        ("我姐的钱我在三亚能不能用", ["elder_sister"], True),
        ("买药能不能刷老公的钱", ["spouse"], True),
        ("先扣他的还是先扣我的", [], False),
        ("我老伴能花我闺女的钱不", ["daughter"], False),
        ("我能给我妈绑吗", [], False),
        ("我给儿子绑了", [], False),
    ],
)
def test_whose_money_it_is(text: str, owners: list[str], receives: bool) -> None:
    relations = [e for e in READER.read(text)[1] if e["entity"] == "relation"]
    own = [e for e in relations if e["value"] == "self"]
    assert [e.get("who") or e["value"] for e in relations if e.get("owns")] == owners
    assert any(e.get("receives") for e in own) is receives
