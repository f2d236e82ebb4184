"""What the pipeline found, as questions."""

from decimal import Decimal

from dialogue.understood import questions


def test_a_base_in_a_second_part_is_not_taken_for_hearsay() -> None:
    text = "余额怎么查?我基数8000元每月划多少"
    start = text.index("基数8000元")
    base = {"entity": "base", "value": "8000", "start": start, "end": start + len("基数8000元")}
    parts = [
        {"text": "余额怎么查", "intent": {"name": "balance_query"}, "entities": []},
        {"text": text[6:], "intent": {"name": "credit_amount"}, "entities": [base]},
    ]
    found = questions({"text": text, "parts": parts})[1]
    assert found.base == Decimal(8000)
    assert found.heard is None


def test_an_amount_that_is_a_part_of_the_base_is_still_hearsay() -> None:
    text = "缴费基数8000元，听说每月返800"
    base = {"entity": "base", "value": "8000", "start": 0, "end": len("缴费基数8000元")}
    (found,) = questions({"text": text, "intent": {"name": "credit_amount"}, "entities": [base]})
    assert found.heard == Decimal(800)
