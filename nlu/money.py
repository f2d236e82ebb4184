"""Amounts of money: contribution base, wage and pension a month, and amounts stated otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from nlu.entities import Entity, entity
from nlu.numerals import AMOUNT, step, to_decimal, to_range

# Less is no month's pay, more is no month's base.
LOWEST, HIGHEST = 300, 200_000
BIGGEST = 100_000_000
MONTHS = 12
# Numbers that are called, not paid.
CALLED = frozenset(("12333", "12393", "12345", "12366", "96110"))
# … unless something says that they are: 涨到110, 每月打120.
CALLED_OR_PAID = frozenset(("110", "119", "120", "122"))
_CALLING = re.compile(r"(?:打|拨打?|叫|喊|报)(?:个|了)?$")
_YEARS = range(1930, 2041)

_DASH = r"\s*(?:-|~|—|–|到|至)\s*"
_NUMBER = re.compile(
    rf"(?P<sign>(?:[¥$]|rmb|人民币)\s*)?(?P<a>{AMOUNT})(?P<some_a>多|几)?(?:{_DASH}(?P<b>{AMOUNT}))?"
    r"\s*(?P<some>多点|多|来|几|出头)?(?P<unit>\s*(?:元钱?|块大洋|块钱|块|圆|rmb|人民币|大洋|毛钱?|角钱?))?(?P<odd>\d|[一二三四五六七八九伍](?![十百千万点年月个]))?"
    r"(?P<dime>(?<=[\d一二三四五六七八九伍])\s*[毛角])?(?P<cent>(?<=[毛角])[\d一二三四五六七八九](?![十百千万点年月个])分?)?"
    r"(?P<some_c>多)?"
)
# What makes a number something else.
_COUNTED = re.compile(
    r"\s*(?:[%％‰年月号日天岁倍折级档期条种项层楼路室床页版代名位度届届℃:：/\-.*×xX]|周岁|个(?!月?(?:工资|基数))|次|家|份|张|人|"
    r"分钟?|点|小时|公里|里(?!面|头)|步|米|斤|平|后|周|星期|折|成(?!了)|[a-z]|\d)"
)
_PERCENT_BEFORE = re.compile(r"(?:百分之|千分之|第|初|周|星期|满|差|[a-z#*@.]|\d[:：/.\-])$")
_PER_MONTH = re.compile(
    r"每个?月|一个?月|单月|按月|月(?=$|[返打划给发进领交拿均入])|个月|/月|月薪|月收入"
)
_PER_YEAR = re.compile(
    r"每年|一年|全年|整年|按年|年薪|年收入|年(?=$|[返打划给发进领交拿均入基缴工])|/年|去年一共"
)
_BEHIND_MONTH = re.compile(r"整?\s*(?:返款?)?(?:/|每|一?个?)(?:个)?月(?!\d)")
_BEHIND_YEAR = re.compile(r"\s*(?:/|每|一)年(?!\d)")

_SAID_PER = re.compile(r"(?:元|块)?(?:/|每|一个?)(?:月|年)(?!级|\d)")

_PENSION = r"(?:(?<!平均)(?<!平均基本)(?:基本)?养老金|退休金|退休工资|养老工资|退休费|劳保)"
_BASE = r"(?:(?:社保|医保|缴费|缴存|申报|参保|医疗保险|年|月)*基数)"
_WAGE = (
    r"(?:(?<!退休)(?<!养老)工资|月薪|年薪|薪水|底薪|(?:月|年)收入|税前(?:收入|工资)?|税后|薪资|工钱|"
    r"到手(?:工资)?)"
)
_IS = (
    r"(?:的时候|的|我|他|她|大概|大约|差不多|左右|现在|目前|今年|去年|每月|每个月|一个月|每年|一年|全年|月|是|为|有|按|按照|"
    r"拿|到手|涨到|降到|改成|改为|变成|调到|调成|才|只有|也就|就|到|发|领|税前|税后|标准|报的?|能|还|不到|快|将近|是按|¥|[:：,，\s]){0,5}"
)
_KIND_BEFORE = tuple(
    (name, re.compile(rf"{words}{_IS}$"))
    for name, words in (("pension", _PENSION), ("base", _BASE), ("wage", _WAGE))
)
_KIND_BEHIND = tuple(
    (name, re.compile(rf"(?:左右|上下)?(?:/月|一个月|每月|一年|每年|月)?的?{words}(?!的?\d)"))
    for name, words in (("pension", _PENSION), ("base", _BASE), ("wage", _WAGE))
)
_PAID_BY = re.compile(r"按(?:照|着)?$")
_PAID_BEHIND = re.compile(r"(?:的?(?:档|标准|基数))?(?:来)?(?:交|缴|报)")
# Behind these a number is money even without 元.
_MONEY_BEFORE = re.compile(
    r"(?:返款?|返还|返现|返了|返给|打款?|到账|到帐|入账|进账|划入?|划拨|划了|拨付?|发放?|补贴?|领取?|拿到?|得到?|收到?|进|给|"
    r"涨到?|降到?|减到?|加到?|增加到?|提高到?|变成|变为|变|改成|改为|改|(?P<weak>从|由|原来|以前|从前|过去|之前|现在|去年|前年|人家|别人|听说|说|用|差)|少|多|扣|余额|结余|"
    r"还剩|剩下?|剩余|卡里|里面?|账户里?|账上|交|缴|花|垫付?|付|报销?|收费?|存|欠|取|提|用|刷|转|每月|每个月|一个月|"
    r"月|每年|一年|全年|以[上下]|定额|标准|费用?|押金|待遇|限额|上限|起付线|封顶线?)"
    r"(?:我|俺|他|她|妈|爸|了|过|着|的|是|有|为|都|也|才|就|只|大概|大约|差不多|将近|不到|快|至少|最多|最高|统一|一共|总共|共|"
    r"到|出|入|进|里|能|会|要|得|还|[:：,，\s]){0,4}$"
)
_WHOLE = re.compile(r"^\s*(?:那|那么|是|就是|要是|如果|不是)?\s*$")
_REST = re.compile(r"^\s*(?:的|了|呢|吗|吧|啊|呀|左右)?\s*[。.!！?？]?\s*$")
_APPROXIMATE = re.compile(r"\s*(?:左右|上下|来块|出头|大概)")
_BARE_LOWEST = 105
# Thousands that are said with their unit are money even where nothing says so.
_BIG = 1000
_LIKE_AN_AGE = 100
_WINDOW = 18
# 两三百, 三五千
_TWO_OF = re.compile(r"[一二两三四五六七八]、?[二三四五六七八九][百千万]")
_BESIDE = 6


@dataclass(frozen=True, slots=True)
class _Sum:
    """A number as it stands: from where to where, lowest and highest, and how sure it is money."""

    start: int
    end: int
    low: Decimal
    high: Decimal
    stated: bool
    behind: int


class MoneyFinder:
    """Finds ``base``, ``wage`` and ``pension`` (yuan a month) and ``amount`` (yuan)."""

    def find(self, text: str) -> list[Entity]:
        """Amounts in a normalised text, in its order.

        The value is a decimal, or two with a hyphen between: 「三百多」 is ``300-399``. A base,
        wage or pension said for a year is divided by twelve; an ``amount`` carries ``period``,
        月 or 年, where one is said, and ``about`` where it is rough.
        """
        return list(_found(text))


def _found(text: str) -> Iterator[Entity]:
    position = 0
    earlier = -_WINDOW
    for match in _NUMBER.finditer(text):
        if match.start() < position:
            continue
        each = _sum(text, match)
        if each is None:
            continue
        position = each.end
        before = _clause_before(text, each.start)
        # 原来每月二百四现在九十八: beside a sum even little is money.
        kind = _kind(text, each, before, beside=0 <= each.start - earlier <= _BESIDE)
        if kind:
            earlier = each.behind
            yield _entity(text, kind, each, before)


def _sum(text: str, match: re.Match[str]) -> _Sum | None:
    written, other = match["a"], match["b"]
    start, end = match.start("a"), match.end()
    if _PERCENT_BEFORE.search(text, max(0, start - 4), start):
        return None
    low = to_decimal(written)
    pair = to_range(written)
    if pair:
        low, high = pair
    elif low is None:
        return None
    elif other:
        second = to_decimal(other)
        if second is None:
            return None
        low, high = _same_unit(written, low, other, second)
        if not low < high:
            return None
    else:
        high = low
    rough = match["some"] or match["some_a"] or match["some_c"]
    if rough and not other and not pair and rough != "来":
        high = low + step(written) - 1
    unit = (match["unit"] or "").strip()
    dimes = unit[:1] in ("毛", "角") and unit != ""
    if dimes:
        low, high = low / 10, high / 10
    if match["odd"]:
        if not unit:
            return None
        low += _digit(match["odd"]) / (100 if dimes else 10)
        high = max(low, high)
    if match["cent"]:
        low += _digit(match["cent"][0]) / 100
        high = max(low, high)
    stated = bool(match["sign"] or unit or _SAID_PER.match(text, end))
    if not stated and (_COUNTED.match(text, end) or _is_number_of_something(written, low)):
        return None
    if high >= BIGGEST or (low == 0 and not stated):
        return None
    last = match.end("b") if other else match.end("a")
    return _Sum(start, max(last, start + 1), low, high, stated, end)


def _digit(written: str) -> Decimal:
    return to_decimal(written) or Decimal(0)


def _same_unit(a: str, low: Decimal, b: str, high: Decimal) -> tuple[Decimal, Decimal]:
    """6到7千 is 6000 to 7000."""
    if low < 10 and high >= 100 and a[-1] not in "百千万kw" and b[-1] in "百千万kw":
        return low * (to_decimal("1" + b[-1]) or 1), high
    return low, high


def _is_number_of_something(written: str, value: Decimal) -> bool:
    """Hotlines, long numbers, small Chinese numerals (一下, 十分)."""
    if written in CALLED or (written.isdigit() and (len(written) > 8 or written.startswith("0"))):
        return True
    return not written[0].isdigit() and value < 20


def _clause_before(text: str, start: int) -> str:
    piece = text[max(0, start - _WINDOW) : start]
    for mark in "。?？!！;；":
        piece = piece[piece.rfind(mark) + 1 :]
    return piece


def _kind(text: str, each: _Sum, before: str, *, beside: bool) -> str | None:
    for name, pattern in _KIND_BEFORE:
        if pattern.search(before):
            return _plausible(text, name, each)
    for name, pattern in _KIND_BEHIND:
        if pattern.match(text, each.behind):
            return _plausible(text, name, each)
    if _PAID_BY.search(before) and _PAID_BEHIND.match(text, each.behind):
        return _plausible(text, "base", each)
    if each.stated:
        return "amount"
    if text[each.start : each.end] in CALLED_OR_PAID and (
        _period(text, each, before) is None
        and (_CALLING.search(before) or not _MONEY_BEFORE.search(before))
    ):
        return None
    if (
        each.low < each.high
        and each.low >= _BARE_LOWEST
        and _TWO_OF.fullmatch(text, each.start, each.end)
    ):
        return "amount"
    if each.low >= _BIG and text[each.start : each.end][-1] not in "年号" and _has_unit(text, each):
        return "amount"
    told = _MONEY_BEFORE.search(before)
    # 现在70 is rather an age.
    if told and told["weak"] and each.low < _LIKE_AN_AGE and not beside:
        return None
    if _is_year(text, each) or not told:
        bare = _WHOLE.match(text[: each.start]) and _REST.match(text[each.behind :])
        return "amount" if bare and each.low >= _BARE_LOWEST else None
    return "amount"


def _has_unit(text: str, each: _Sum) -> bool:
    """Whether thousands are said as such, as sums are: 「一万2」, 「五千二」, 「8k」."""
    return any(sign in "千万仟kw" for sign in text[each.start : each.end])


def _plausible(text: str, name: str, each: _Sum) -> str | None:
    """The kind itself, unless it is too little, too much or too rough to reckon with."""
    if LOWEST <= each.low <= HIGHEST * MONTHS and not _APPROXIMATE.match(text, each.behind):
        return name
    return "amount" if each.stated or each.low >= LOWEST else None


def _is_year(text: str, each: _Sum) -> bool:
    written = text[each.start : each.end]
    return (
        written.isdigit()
        and int(written) in _YEARS
        and each.low == each.high
        and not re.search(
            r"(?:返|打|划|给|领|余额|交|花|垫|付|到账)[^,，]{0,4}$", text[: each.start]
        )
    )


def _entity(text: str, kind: str, each: _Sum, before: str) -> Entity:
    period = _period(text, each, before)
    low, high = each.low, each.high
    if kind != "amount" and period == "年":
        low, high = _monthly(low), _monthly(high)
    value = _written(low) if low == high else f"{_written(low)}-{_written(high)}"
    more: dict[str, Any] = {}
    if kind == "amount":
        more = {
            "period": period,
            "about": True if _APPROXIMATE.match(text, each.behind) else None,
        }
    return entity(kind, value, each.start, each.end, "MoneyExtractor", **more)


def _period(text: str, each: _Sum, before: str) -> str | None:
    if _BEHIND_MONTH.match(text, each.behind):
        return "月"
    if _BEHIND_YEAR.match(text, each.behind):
        return "年"
    months = [found.start() for found in _PER_MONTH.finditer(before)]
    years = [found.start() for found in _PER_YEAR.finditer(before)]
    if not months and not years:
        return None
    return "月" if max(months, default=-1) > max(years, default=-1) else "年"


def _monthly(yearly: Decimal) -> Decimal:
    return (yearly / MONTHS).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _written(value: Decimal) -> str:
    return format(value.normalize() + 0 if value else value, "f")
