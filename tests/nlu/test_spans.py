"""Which of the spans that were proposed are chosen."""

from nlu.spans import ANYTHING, COMMON, CONTAINING, Span, arbitrate


def _chosen(*spans: Span) -> list[tuple[str, str | None]]:
    return [(span.entity, span.value) for span in arbitrate(spans)]


def test_two_words_beside_each_other_beat_one_across_them() -> None:
    place = Span(0, 2, "region", "310000")
    common = Span(2, 4, ANYTHING, None, COMMON)
    across = Span(1, 3, "item", "supplement")
    assert _chosen(place, common, across) == [("region", "310000")]
    assert _chosen(across) == [("item", "supplement")]


def test_a_containing_word_hides_its_own_entity_only() -> None:
    medicine = Span(1, 2, "item", "medicine")
    other = Span(0, 2, "visit", "pharmacy")
    assert _chosen(Span(0, 2, "item", None, CONTAINING), medicine, other) == [("visit", "pharmacy")]


def test_what_may_lie_in_another_entity_stays() -> None:
    bill = Span(0, 3, "item", "hospital_bill")
    assert _chosen(bill, Span(0, 2, "visit", "inpatient")) == [
        ("visit", "inpatient"),
        ("item", "hospital_bill"),
    ]
    assert _chosen(bill, Span(0, 2, "age", "70")) == [("item", "hospital_bill")]


def test_who_is_not_retired_is_no_pensioner() -> None:
    retired = Span(2, 4, "population", "retired")
    assert _chosen(Span(0, 4, "work", "not_retired"), retired) == [("work", "not_retired")]
    assert ("population", "retired") in _chosen(Span(0, 4, "work", "retired"), retired)
