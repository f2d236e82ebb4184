"""Years of birth in a text: 1945年出生, 45年生的, 五零后, 50年代生人, 生于1956年3月."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from nlu.numerals import to_int

_ZH = "零〇一二三四五六七八九"
_DIGIT_OF = {zh: str(i) for i, zh in enumerate("零一二三四五六七八九")} | {"〇": "0"}
_YEAR = (
    rf"(?P<year>(?<!\d)(?:19|20)\d\d|(?:一九|二零|二〇|二〇)[{_ZH}]{{2}}|(?<!\d)\d\d|[{_ZH}]{{2}})"
)
_MONTH = (
    r"(?:[.\-/年]?(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]|[正元冬腊](?=月)|国庆|元旦|"
    r"五一|八一|中秋)(?:月份?(?:[底初里]|[上中下]旬)?|[.\-/]|节?[那当]天|节|(?=出生|生)))"
)
_DAY = (
    r"(?:(?P<day>[12]\d|3[01]|0?[1-9]|(?:初|[二三]?)十[一二三四五六七八九]?|初?[一二三四五六七八九](?=[日号])|"
    r"初[一二三四五六七八九])[日号]?)"
)
_BORN = (
    r"(?:份|间)?(?:的时候|的)?(?:出生|生人|生日|生的|出世|降生|生(?=$|[,，。.!！?？、;；\s)）]|在|于|今年|现在|"
    r"属|身)|的?属?[鼠牛虎兔龙蛇马羊猴鸡狗猪](?=$|[,，。的了]))"
)
# By the sun: the months of the moon begin about a month later, and feasts have their own.
_MONTHS = {
    "正": 2,
    "元": 1,
    "冬": 12,
    "腊": 12,
    "国庆": 10,
    "元旦": 1,
    "五一": 5,
    "八一": 8,
    "中秋": 9,
}
_PATTERNS = (
    re.compile(rf"{_YEAR}年?(?:[春夏秋冬]天?|{_MONTH}{_DAY}?)?{_BORN}"),
    re.compile(
        rf"(?:身份证上(?:写|登记)?(?:的|着)?|出生(?:于|在|日期|年月日?|年份|时间)?|生于|生日|生年)(?:是|为|:|：|在|\s)*"
        rf"{_YEAR}(?P<compact>(?:0[1-9]|1[0-2])(?=\d\d\b|\D|$))?(?:年?{_MONTH}{_DAY}?|年)?"
    ),
    # 我妈是52年的 (but not 52年的工龄)
    re.compile(
        r"(?<=[妈爸爹娘我俺伴婆公爷奶姥伯叔姑姨舅人他她哥姐弟妹女儿孙娃亲鼠牛虎兔龙蛇马羊猴鸡狗猪])(?:今年)?(?:都|"
        r"也)?是?"
        rf"{_YEAR}(?:年|(?=[.\-/]\d)){_MONTH}?{_DAY}?的(?=$|[,，。.!！?？、;；\s了呢吗]|人|现|今|能|该|一|每|在|"
        rf"返|属|老人)"
    ),
    re.compile(
        rf"(?<!\d)(?P<year>19[2-6]\d|一九[二三四五六][{_ZH}])年{_MONTH}?的"
        r"(?=$|[,，。.!！?？;；\s]|人|老人|能|现在|今年|每|[我俺他她])"
    ),
    re.compile(rf"{_YEAR}年的(?=老?人(?!民|均|员))"),
    re.compile(
        rf"(?<![\d{_ZH}])(?P<year>[三四五六][{_ZH}]|[3-6]\d)年{_MONTH}{_DAY}?的(?=$|[,，。])"
    ),
    # 妈是四七年的，爸比她大，四四年的
    re.compile(rf"年的[^。?？]{{0,12}}[,，](?P<year>[三四五六][{_ZH}])年的(?=$|[,，。])"),
    # 是19570630
    re.compile(
        r"(?<=是|的|生|日)(?P<year>19[2-9]\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])"
        r"(?![\d.*x]|[^,，。]{0,3}(?:退|参|上班|工作|入|开始|办|交|缴))"
    ),
    # 爸47年妈50年生
    re.compile(
        rf"(?<=[妈爸爹娘我俺伴婆公爷奶他她亲]){_YEAR}年(?=[妈爸爹娘我俺老他她母父][^,，。\d]{{0,3}}"
        rf"(?:(?:19|20)?\d\d|[{_ZH}]{{2,4}})年的?(?:出?生|$|[,，。]))"
    ),
)
_DECADE_OF_BIRTH = re.compile(
    rf"(?<![\d{_ZH}])(?P<decade>\d[05]|[{_ZH}][零〇五])后(?![续面台期再天来边悔])"
    rf"|(?P<tens>[二三四五六七八九]十|[2-9]0)年代(?P<part>初|末|中期)?(?:出生|生人|生日|生的|的人|的老人|人)"
)

# 民国三十六年生
_REPUBLIC = re.compile(r"民国(?P<year>\d{1,2}|[一二三]?十[一二三四五六七八九]?)年(?:出?生|的)")
_REPUBLIC_BEFORE_1 = 1911
# Of ten years: 初, 中期, 末.
_PARTS = {"初": (0, 3), "中期": (3, 6), "末": (6, 9)}


def births(text: str, today: date) -> Iterator[tuple[int, int, int, int]]:
    """Ages told by a year of birth.

    Args:
        text: normalised.
        today: decides how old they are.

    Yields:
        start and end in the text, lowest and highest age in full years.
    """
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            year = full_year(match.group("year"), today)
            groups = match.groupdict()
            month = _number(groups.get("month") or groups.get("compact"))
            day = _number(groups.get("day"))
            low, high = _ages(year, month, day, today)
            if low >= 0 and high <= 120:
                yield match.start(), match.end(), low, high
    for match in _REPUBLIC.finditer(text):
        year = _REPUBLIC_BEFORE_1 + (to_int(match["year"]) or 0)
        low, high = _ages(year, None, None, today)
        if low >= 0 and high <= 120:
            yield match.start(), match.end(), low, high
    for match in _DECADE_OF_BIRTH.finditer(text):
        first, last = _decade(match, today)
        low, high = max(0, today.year - last - 1), today.year - first
        if 0 <= high <= 120:
            yield match.start(), match.end(), low, high


def _decade(match: re.Match[str], today: date) -> tuple[int, int]:
    if match.group("tens"):
        first = 1900 + (to_int(match.group("tens")) or 0)
        begin, end = _PARTS.get(match.group("part"), (0, 9))
        return first + begin, first + end
    short = _plain(match.group("decade"))
    first = full_year(short, today)
    return first, first + (4 if short.endswith("5") else 9)


def _plain(written: str) -> str:
    return "".join(_DIGIT_OF.get(char, char) for char in written)


def full_year(written: str, today: date) -> int:
    """The year of two or four digits; two are the last such year that has begun."""
    digits = _plain(written)
    if len(digits) == 4:
        return int(digits)
    year = 2000 + int(digits)
    return year if year <= today.year else year - 100


def _number(written: str | None) -> int | None:
    return None if not written else _MONTHS.get(written) or to_int(written.lstrip("0"))


def _ages(year: int, month: int | None, day: int | None, today: date) -> tuple[int, int]:
    """Lowest and highest age: without a month nobody knows whether the birthday is over."""
    age = today.year - year
    if month is None:
        return age - 1, age
    if month != today.month:
        age -= month > today.month
        return age, age
    if day is None:
        return age - 1, age
    age -= day > today.day
    return age, age
