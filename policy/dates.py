"""Dates that are only as precise as their source: ``2023``, ``2023-07`` or ``2023-07-01``."""

import calendar
from datetime import date


def first_day(text: str) -> date:
    """The first day that a date of any precision can mean.

    Raises:
        ValueError: if it is none of year, month or day.
    """
    year, month, day = _parts(text)
    return date(year, month or 1, day or 1)


def last_day(text: str) -> date:
    """The last day that a date of any precision can mean.

    Raises:
        ValueError: if it is none of year, month or day.
    """
    year, month, day = _parts(text)
    month = month or 12
    return date(year, month, day or calendar.monthrange(year, month)[1])


def spoken(text: str) -> str:
    """A date as people say it: ``2023年7月1日``, ``2023年7月``, ``2023年``."""
    year, month, day = _parts(text)
    return f"{year}年" + (f"{month}月" if month else "") + (f"{day}日" if day else "")


def month(text: str) -> str:
    """The month of a date, or its year if that is all it says: ``2023-07``."""
    return "-".join(text.split("-")[:2])


def _parts(text: str) -> tuple[int, int | None, int | None]:
    parts = [int(part) for part in text.split("-")]
    if not 1 <= len(parts) <= 3 or not 1900 <= parts[0] <= 2200:
        raise ValueError(f"不是日期：{text}（应为 2023、2023-07 或 2023-07-01）")
    year = parts[0]
    month = parts[1] if len(parts) > 1 else None
    day = parts[2] if len(parts) > 2 else None
    date(year, 1 if month is None else month, 1 if day is None else day)
    return year, month, day
