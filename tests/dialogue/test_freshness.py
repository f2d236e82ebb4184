"""Asked whether a figure still holds: since when, how old its source is, when it was checked."""

from datetime import date

import pytest

from dialogue.assistant import Assistant
from dialogue.routes import Routes
from policy.lookup import Policy
from tests.policy.spoken import entity, message

SHANGHAI, XIAMEN = "310000", "350200"


def asked(wording, day: date, region: str, intent: str = "ask_freshness") -> str:
    """What is said to the question after an amount."""
    assistant = Assistant(Policy.load(today=lambda: day), wording, Routes.load())
    retired = (entity("region", region), entity("age", "73"), entity("population", "retired"))
    _, slots = assistant.turn(message("credit_amount", *retired), {})
    return assistant.turn(message(intent), slots)[0].text


def test_since_when_and_when_it_was_checked(wording) -> None:
    lines = asked(wording, date(2026, 12, 1), SHANGHAI).split("\n")
    assert "从2023年7月1日起执行" in lines[0]
    assert "资料未注明日期" in lines[1]
    assert "最近一次核对是2026年11月21日" in lines[2]


def test_an_article_that_was_quoted_beside_it_is_no_source_of_it(wording) -> None:
    assert "未证实文章" in asked(wording, date(2026, 12, 1), SHANGHAI, "ask_source")
    assert "未证实文章" not in asked(wording, date(2026, 12, 1), SHANGHAI)


def test_a_source_without_a_start_says_so(wording) -> None:
    assert "没写这条从哪天起执行" in asked(wording, date(2026, 12, 1), XIAMEN)


@pytest.mark.parametrize(("day", "late"), [(date(2027, 2, 19), False), (date(2027, 2, 20), True)])
def test_an_overdue_review_is_said(wording, day: date, late: bool) -> None:
    assert ("可能有变动" in asked(wording, day, SHANGHAI)) is late
