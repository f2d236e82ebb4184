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
# A whole run of what numbers are written with; what cannot be read to its end is no amount.
AMOUNT = (
    r"(?<![\d.,a-z*])(?:[一二两三四五六七八九]、(?=[二三四五六七八九][十百千万]))?"
    r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|[零〇一二两三四五六七八九十廿卅壹贰叁肆伍陆柒捌玖拾])"
    r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|(?!一个?[月年])[零〇一二两三四五六七八九十百千万亿廿卅壹贰叁肆伍陆柒捌玖拾佰仟kw])*"
)
_WRITTEN_OUT = re.compile(r"[壹贰叁肆伍陆柒捌玖]拾[壹贰叁肆伍陆柒捌玖]?")
_CAPITALS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟〇两kw", "一二三四五六七八九十百千零二千万")
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_PIECE = re.compile(r"\d+(?:\.\d+)?|[零一二三四五六七八九]|[十百千万亿]")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_TWO_DIGITS = re.compile(
    r"(?P<a>[一二三四五六七八])、?(?P<b>[二三四五六七八九])(?P<unit>[十百千万].?)"
)

_DIGITS = "零一二三四五六七八九"
_NEXT_DIGIT = dict(zip(_DIGITS, _DIGITS[1:] + "零", strict=True))
# 三五千 is said of what is rather more than three.
_LOOSE = "三五"
# 一万五六
_TWO_BEHIND = re.compile(
    r"(?P<base>.*[十百千万])(?P<a>[一二三四五六七八])(?P<b>[二三四五六七八九])"
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
    """An amount in yuan: 6500, 六千五, 1.2万, 8k, 6千5, 1万零500; None if it is not one."""
    if "," in written:
        if not _GROUPED.fullmatch(written):
            return None
        written = written.replace(",", "")
    plain = written.translate(_CAPITALS).replace("廿", "二十").replace("卅", "三十")
    pieces = _PIECE.findall(plain)
    if "".join(pieces) != plain:
        return None
    if len(pieces) > 1 and all(each in "零一二三四五六七八九" for each in pieces):
        return None  # 二零: a year, a number of a house
    return _added(pieces)


def _added(pieces: list[str]) -> Decimal | None:
    """The value of digits and units from left to right, the units falling within 万."""
    total = section = Decimal(0)
    digit: Decimal | None = None
    unit, zero = 0, False
    for piece in pieces:
        if piece == "零":
            if digit is not None and unit == 0:
                return None
            zero = True
        elif piece not in _UNITS:
            if digit is not None:
                return None
            digit = (
                Decimal(piece)
                if piece[0].isdigit()
                else Decimal("零一二三四五六七八九".index(piece))
            )
        elif _UNITS[piece] >= 10_000:
            total = (total + section + (digit or 0)) * _UNITS[piece]
            section, digit, unit, zero = Decimal(0), None, _UNITS[piece], False
        else:
            if unit and _UNITS[piece] >= unit:
                return None
            section += (Decimal(1) if digit is None else digit) * _UNITS[piece]
            digit, unit, zero = None, _UNITS[piece], False
    if digit is not None:
        if unit and not zero and digit < 10:
            digit *= unit // 10  # 一万2, 六千五
        elif unit and digit >= unit:
            return None
    value = total + section + (digit or 0)
    return value.normalize() + 0 if value else value


@lru_cache(maxsize=1024)
def to_range(written: str) -> tuple[Decimal, Decimal] | None:
    """Two digits before one unit: 三四百 is 300 to 499, 六七千 6000 to 7999."""
    plain = written.translate(_CAPITALS)
    more = _TWO_BEHIND.fullmatch(plain)
    if more:
        base, tenth = to_decimal(more["base"]), Decimal(_UNITS[more["base"][-1]] // 10)
        one, next_ = (_DIGITS.index(more[name]) for name in "ab")
        if base is None or next_ != one + 1:
            return None
        return base + one * tenth, base + (next_ + 1) * tenth - 1
    match = _TWO_DIGITS.fullmatch(plain)
    if not match:
        return None
    low, high = to_decimal(match["a"] + match["unit"]), to_decimal(match["b"] + match["unit"])
    if (
        low is None
        or high is None
        or (match["a"] + match["b"] != _LOOSE and match["b"] not in _NEXT_DIGIT[match["a"]])
    ):
        return None
    unit = to_decimal("一" + match["unit"]) or Decimal(1)
    return low, high + unit - 1


def step(written: str) -> Decimal:
    """What 多 may add at most to a number: 99 to 三百 or 300, 9 to 170, 999 to 6千."""
    plain = written.translate(_CAPITALS)
    value = to_decimal(written) or Decimal(0)
    units = [_UNITS[sign] for sign in plain if sign in _UNITS]
    if units and plain[-1] in _UNITS:
        return Decimal(units[-1])
    size = Decimal(1)
    while value and value % (size * 10) == 0:
        size *= 10
    return size


def written_plainly(text: str) -> str:
    """A text with 柒拾伍 as 七十五, character for character; 陆 alone is somebody's name."""
    return _WRITTEN_OUT.sub(lambda match: match.group().translate(_CAPITALS), text)
