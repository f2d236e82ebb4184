"""Asked whether a figure still holds: since when it does, and when it was checked."""

from datetime import date, timedelta

import pytest

from dialogue.assistant import Assistant
from dialogue.routes import Routes
from policy.lookup import Policy
from tests.policy.spoken import Asked, asking, message
from tests.policy.table import Data, Row, first

SHANGHAI, XIAMEN = "310000", "350200"
DAY = date(2026, 12, 1)
OVERDUE = "可能有变动"


def retired(region: str) -> Asked:
    return Asked(region, (73, 73), "retired")


def fact(region: str) -> Row:
    """The fact that the amount rests on."""
    (row,) = retired(region).expected(Data(), DAY).mine
    return row


def asked(wording, day: date, region: str, intent: str = "ask_freshness") -> str:
    """What is said to the question after an amount."""
    assistant = Assistant(Policy.load(today=lambda: day), wording, Routes.load())
    _, slots = assistant.turn(asking("credit_amount", retired(region)), {})
    return assistant.turn(message(intent), slots)[0].text


def spoken(text: str) -> str:
    day = first(text)
    return f"{day.year}年{day.month}月{day.day}日"


def test_since_when_and_when_it_was_checked(wording) -> None:
    row = fact(SHANGHAI)
    lines = asked(wording, DAY, SHANGHAI).split("\n")
    assert f"从{spoken(row.fields['effective_from'])}起执行" in lines[0]
    assert f"最近一次核对是{spoken(row.fields['checked_on'])}" in lines[1]


def test_the_source_is_named_with_its_kind(wording) -> None:
    source = Data().sources[fact(SHANGHAI).fields["source"]]
    assert source["publisher"] in asked(wording, DAY, SHANGHAI, "ask_source")


@pytest.mark.parametrize("intent", ["ask_freshness", "ask_source"])
def test_an_article_that_was_quoted_beside_it_is_no_source_of_it(wording, intent: str) -> None:
    claims = Data().claims("credit_amount", SHANGHAI)
    assert claims, "no article speaks of the place any more: take another place"
    assert "未证实文章" not in asked(wording, DAY, SHANGHAI, intent)


def test_a_fact_without_a_start_says_so(wording) -> None:
    assert not fact(XIAMEN).fields.get("effective_from")
    assert "没写从哪天起执行" in asked(wording, DAY, XIAMEN)


@pytest.mark.parametrize("late", [False, True])
def test_an_overdue_review_is_said(wording, late: bool) -> None:
    review = first(fact(SHANGHAI).fields["review_after"])
    said = asked(wording, review + timedelta(days=late), SHANGHAI)
    assert (OVERDUE in said) is late, said
