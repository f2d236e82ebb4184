"""Amounts that say what somebody earns: contribution base or salary, and pension, a month."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlu.entities import Entity, entity
from nlu.numerals import AMOUNT, to_decimal

# Less is no month's pay, more is no month's base.
LOWEST, HIGHEST = 300, 200_000
_PENSION = r"(?:(?<!平均)(?<!平均基本)(?:基本)?养老金|退休金|退休工资|养老工资|退休费)"
_BASE = (
    r"(?:(?:社保|医保|缴费|缴存|申报|参保|医疗保险)*基数|(?<!退休)(?<!养老)工资|月薪|月工资|薪水|"
    r"底薪|月收入|税前(?:收入|工资)?)"
)
_IS = (
    r"(?:的|我|他|她|大概|大约|差不多|左右|现在|目前|今年|每月|每个月|一个月|月|是|为|有|按|按照|"
    r"拿|到手|涨到|才|只有|也就|就|"
    r"到|发|领|税前|税后|标准|[:：,，\s]){0,5}"
)
_YUAN = r"(?:元|块钱?|圆)?"
# An estimate is no base to reckon with.
_NOT_A_MONTH = r"(?!\s*(?:多|几|来块|出头|左右|上下|年|个月|[%％号日]|天|次|人|家|岁))"
_YEARLY = re.compile(r"(?:一年|每年|年薪|全年|年)\s*(?:大概|是|有)?$")
_PATTERNS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("pension", rf"{_PENSION}{_IS}(?P<n>{AMOUNT}){_YUAN}{_NOT_A_MONTH}"),
        ("pension", rf"(?P<n>{AMOUNT}){_YUAN}(?:一个月|每月)?的?{_PENSION}"),
        ("base", rf"{_BASE}{_IS}(?P<n>{AMOUNT}){_YUAN}{_NOT_A_MONTH}"),
        ("base", rf"(?P<n>{AMOUNT}){_YUAN}(?:一个月|每月)?的?(?:{_BASE})(?!的?\d)"),
        ("base", rf"按(?P<n>{AMOUNT}){_YUAN}(?:的?基数)?(?:交|缴|缴费|报)(?:的|医保|社保|保险)?"),
    )
)


class MoneyFinder:
    """Finds ``base`` (contribution base or salary) and ``pension``, yuan a month."""

    def find(self, text: str) -> list[Entity]:
        """Amounts in a normalised text, in its order; the value is a decimal string."""
        if not any(word in text for word in ("基数", "工资", "薪", "收入", "税前", "按", "养老金",
                                             "退休金", "退休费")):  # fmt: skip
            return []
        taken: list[tuple[int, int, str, str]] = []
        for name, start, end, value in _found(text):
            if not any(start < other[1] and other[0] < end for other in taken):
                taken.append((start, end, name, value))
        taken.sort()
        return [
            entity(name, value, start, end, "MoneyExtractor") for start, end, name, value in taken
        ]


def _found(text: str) -> Iterator[tuple[str, int, int, str]]:
    for name, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span("n")
            amount = to_decimal(match.group("n"))
            if amount is None or not LOWEST <= amount <= HIGHEST:
                continue
            if _YEARLY.search(text, max(0, start - 6), start):
                continue
            yield name, start, end, format(amount, "f")
