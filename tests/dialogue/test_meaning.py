"""What the pipeline found, as questions."""

from decimal import Decimal
from typing import Any

import pytest

from dialogue.meaning import FALLBACK, Relative, Told, age_of, questions
from tests.dialogue.turns import read


def entity(name: str, value: str, start: int, end: int, **more: Any) -> dict[str, Any]:
    return {"entity": name, "value": value, "start": start, "end": end, **more}


def test_a_base_in_a_second_part_is_told_and_not_taken_for_hearsay() -> None:
    text = "余额怎么查?我基数8000元每月划多少"
    start = text.index("基数8000元")
    base = entity("base", "8000", start, start + len("基数8000元"))
    parts = [
        {"text": "余额怎么查", "intent": {"name": "balance_query"}, "entities": []},
        {"text": text[6:], "intent": {"name": "credit_amount"}, "entities": [base]},
    ]
    first, second = questions({"text": text, "parts": parts})
    assert (first.intent, first.topic, first.tells) == ("balance_query", "balance", False)
    assert second.value("base") == "8000"
    assert second.heard is None


def test_an_amount_beside_a_base_is_hearsay() -> None:
    text = "缴费基数8000元，听说每月返800"
    found = [
        entity("base", "8000", 0, len("缴费基数8000元")),
        entity("amount", "800", text.index("800", 9), len(text), period="月"),
    ]
    (question,) = questions({"text": text, "intent": {"name": "credit_amount"}, "entities": found})
    assert question.heard == Decimal(800)
    assert question.amounts == (("800", "月"),)
    assert question.told == (Told("base", "8000"),)


def test_a_range_of_amounts_is_nothing_heard() -> None:
    found = [entity("amount", "100-200", 0, 3)]
    (question,) = questions({"text": "100到200", "entities": found})
    assert question.heard is None


def test_places_keep_their_words_roles_and_pools() -> None:
    text = "在上海看病，兰州省直"
    found = [
        entity("region", "310000", 1, 3, role="treated"),
        entity("region", "620100|620000", 6, 8, pool="省直", of="mother", carried=True),
        entity("pool", "省直", 8, 10),
    ]
    (question,) = questions({"text": text, "intent": {"name": "filing_need"}, "entities": found})
    treated, insured, pool = question.places
    assert (treated.candidates, treated.text, treated.role) == (("310000",), "上海", "treated")
    assert (insured.candidates, insured.pool) == (("620100", "620000"), "省直")
    assert (insured.of, insured.carried) == ("mother", True)
    assert (pool.candidates, pool.pool) == ((), "省直")
    assert question.tells


def test_relatives_keep_apart_and_say_whose_account_it_is() -> None:
    text = "姥姥用我妈的卡"
    found = [
        entity("relation", "grandparent", 0, 2, who="maternal_grandmother"),
        entity("relation", "parent", 3, 5, who="mother", owns=True),
    ]
    (question,) = questions({"text": text, "intent": {"name": "sharing_may"}, "entities": found})
    assert question.relatives == (
        Relative("grandparent", "maternal_grandmother", False, "姥姥"),
        Relative("parent", "mother", True, "我妈"),
    )


def test_the_first_of_several_entities_of_a_kind_counts() -> None:
    found = [entity("channel", "wechat", 0, 2), entity("channel", "hall", 2, 4)]
    (question,) = questions({"text": "微信大厅", "entities": found})
    assert question.found == {"channel": "wechat"}


def test_nothing_read_is_the_fallback() -> None:
    (question,) = questions({"text": "嗯"})
    assert (question.intent, question.in_scope, question.tells) == (FALLBACK, False, False)


@pytest.mark.parametrize(
    ("value", "ages"), [("70", (70, 70)), ("69-70", (69, 70)), ("70-", (70, 120)), ("-69", (0, 69))]
)
def test_an_age_is_its_lowest_and_highest_year(value: str, ages: tuple[int, int]) -> None:
    assert age_of(value) == ages


@pytest.mark.parametrize(
    ("first", "second", "fell", "heard"),
    [("270", "80-89", True, None), ("100", "125", False, "100"), ("300", None, False, "300")],
)
def test_what_an_amount_fell_from_is_no_hearsay(
    first: str, second: str | None, fell: bool, heard: str | None
) -> None:
    found = [entity("amount", value, 0, 1) for value in (first, second) if value]
    (question,) = questions(
        {"text": "以前多现在少", "intent": {"name": "credit_amount"}, "entities": found}
    )
    assert question.fell is fell
    assert question.heard == (Decimal(heard) if heard else None)


@pytest.mark.parametrize(("value", "fell"), [("doubt", True), ("heard", False)])
def test_who_doubts_an_amount_of_their_own_still_has_less(value: str, fell: bool) -> None:
    """「以前一百八现在七十多，是不是没交钱」."""
    amounts = (("180", None), ("70-79", None))
    question = read("credit_amount", amounts=amounts, told=(Told("situation", value),))
    assert question.fell is fell
