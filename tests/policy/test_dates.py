"""Dates of every precision."""

from datetime import date

import pytest

from policy.dates import first_day, last_day, spoken


@pytest.mark.parametrize(
    ("text", "start", "end", "words"),
    [
        ("2023", date(2023, 1, 1), date(2023, 12, 31), "2023年"),
        ("2023-07", date(2023, 7, 1), date(2023, 7, 31), "2023年7月"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "2024年2月"),
        ("2023-02", date(2023, 2, 1), date(2023, 2, 28), "2023年2月"),
        ("2006-04", date(2006, 4, 1), date(2006, 4, 30), "2006年4月"),
        ("2023-07-01", date(2023, 7, 1), date(2023, 7, 1), "2023年7月1日"),
        ("2022-12-31", date(2022, 12, 31), date(2022, 12, 31), "2022年12月31日"),
    ],
)
def test_a_date_keeps_its_precision(text: str, start: date, end: date, words: str) -> None:
    assert first_day(text) == start
    assert last_day(text) == end
    assert spoken(text) == words


@pytest.mark.parametrize(
    "text",
    ["", "soon", "23", "1899", "2201", "2023-13", "2023-00", "2023-02-30", "2023-02-29", "2023/07",
     "2023-07-01-01", "2023-", "2023-07-", "2023年"],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    for function in (first_day, last_day, spoken):
        with pytest.raises(ValueError):  # noqa: PT011
            function(text)
