"""Numbers as people write them: 75, 七十五, 廿五, 六千五, 1.2万, 8k."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

import cn2an

# A number below 130 in figures of either kind, for patterns.
DIGITS = r"(?<![\d.])\d{1,3}(?![\d.])"
CHINESE = r"(?:[二三四五六七八九]十有[一二三四五六七八九]|[零〇一二两三四五六七八九十百廿卅]{1,5})"
# Tens alone are a number; 一 or 三 alone may be a part of any word.
CHINESE_TENS = (
    r"(?:(?<!七老)[二三四五六七八九]?十有?[一二三四五六七八九]|[二三四五六七八九]?(?<!老八)十|[廿卅][一二三四五六七八九]?"
    r"|一百(?:零[一二三四五六七八九]|一?十[一二三四五六七八九]?)?)"
)
AMOUNT = (
    r"(?:(?<![\d.])\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\d.])\d+(?:\.\d+)?[万千wk]?\d?(?!\d|\.\d|[%年号])"
    r"|[一二两三四五六七八九十]+[万千百][零〇一二两三四五六七八九十百千]*)"
)


@lru_cache(maxsize=1024)
def to_int(written: str) -> int | None:
    """A whole number; None if it is not written as one."""
    if written.isdigit():
        return int(written)
    plain = (
        written.replace("〇", "零").replace("廿", "二十").replace("卅", "三十").replace("有", "")
    )
    if plain.startswith("百"):
        plain = "一" + plain
    try:
        value = cn2an.cn2an(plain, "smart")
    except ValueError:
        return None
    return int(value) if value == int(value) else None


@lru_cache(maxsize=1024)
def to_decimal(written: str) -> Decimal | None:
    """An amount in yuan: 6500, 六千五, 1.2万, 8k, 6千5; None if it is not written as one."""
    plain = written.replace(",", "").replace("k", "千").replace("w", "万").replace("〇", "零")
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([万千]?)(\d?)", plain)
    if match:
        unit = {"万": 10000, "千": 1000, "": 1}[match.group(2)]
        value = Decimal(match.group(1)) * unit
        if match.group(3):
            value += Decimal(match.group(3)) * unit / 10 if match.group(2) else 0
        return value.normalize() + 0 if value else value
    try:
        return Decimal(str(cn2an.cn2an(plain, "smart")))
    except ValueError:
        return None
