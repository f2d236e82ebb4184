"""Picking one of the buttons just shown, by number or by its words."""

import pytest

from dialogue.acts.picking import ordinal, picked
from dialogue.blocks import Choice

OFFERED = (
    Choice(title="北京市朝阳区", key="credit_amount", region="110105"),
    Choice(title="辽宁朝阳市", key="credit_amount", region="211300"),
    Choice(title="医保余额怎么查", key="balance_query"),
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        ("１", 1),
        (" 2 ", 2),
        ("3。", 3),
        ("1.", 1),
        ("1、", 1),
        ("二", 2),
        ("两", 2),
        ("第一个", 1),
        ("第3个", 3),
        ("第二条", 2),
        ("选2", 2),
        ("选 2", 2),
        ("要第", None),
        ("3号", 3),
        ("10", 10),
    ],
)
def test_numbers_that_stand_alone(text: str, number: int | None) -> None:
    assert ordinal(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "75岁",
        "我75",
        "1岁",
        "2024年",
        "一共",
        "第一个问题",
        "北京1",
        "1和2",
        "12393",
        "一百",
        "-1",
        "1/2",
        "①个什么",
        "😀",
        "1" * 5000,
    ],
)
def test_other_messages_are_no_numbers(text: str) -> None:
    assert ordinal(text) is None


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("1", "110105"),
        ("第二个", "211300"),
        ("二", "211300"),
        ("北京市朝阳区", "110105"),
        (" 辽宁朝阳市 ", "211300"),
    ],
)
def test_a_pick_is_the_choice(text: str, region: str) -> None:
    assert picked(text, OFFERED) == next(each for each in OFFERED if each.region == region)


@pytest.mark.parametrize("text", ["4", "0", "75", "朝阳", "", "医保余额怎么查啊"])
def test_what_picks_nothing(text: str) -> None:
    assert picked(text, OFFERED) is None


def test_the_words_of_a_button_win_over_a_number() -> None:
    offered = (Choice(title="2", key="a_one"), Choice(title="别的", key="a_two"))
    assert picked("2", offered) == offered[0]


def test_nothing_offered_nothing_picked() -> None:
    assert picked("1", ()) is None


def test_full_width_words_are_the_same_words() -> None:
    offered = (Choice(title="用“国家医保服务平台”App", key="balance_query"),)
    assert picked("用“国家医保服务平台”Ａｐｐ", offered) == offered[0]
