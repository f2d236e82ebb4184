"""Ages in a text: 75岁, 七十五, 七十多, 80岁以上, 50后, 1945年出生, 快七十了, 年过八旬."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from nlu import spans
from nlu.age_words import (
    AFTER_SUI,
    BAND_BEHIND,
    BELOW,
    NEARLY,
    NEXT,
    NO_UNIT,
    PAST,
    PERSON,
    RETIREMENT_AGE_BEFORE,
    SOFT,
    SUI,
    TENS,
    N,
    is_age_of_retiring,
)  # fmt: skip
from nlu.births import births
from nlu.entities import Entity, entity
from nlu.numerals import CHINESE_TENS, DIGITS, to_int, written_plainly
from nlu.other_years import aged_elsewhen

OLDEST = 120
# 「那107呢」 is rather an amount that somebody heard.
YOUNGEST_BARE, OLDEST_BARE = 16, 104
_MONEY_BEFORE = re.compile(
    r"(?:返|发|打(?!听|错|扰)|到账|划|领|拿|给|每月|每个月|一月|块|元)(?!.*(?:多少|几|吗|啥|什么|呢|问|查))"
)
_SOFT_MONEY_WINDOW = 12

_ANY_NUMBER = re.compile(r"[\d零〇一二两三四五六七八九十百廿卅]|古稀|花甲|耄耋")
_BETWEEN = re.compile(
    rf"(?P<a>{N}){SUI}?(?:到|至|-|~|—|–)(?P<b>{N}){SUI}(?:之间)?"
    rf"|^(?P<c>{DIGITS})[-~到至](?P<d>{DIGITS})$"
)
_TWO_TENS = re.compile(
    rf"(?P<a>[一二三四五六七八九])、?(?P<b>[二三四五六七八九])十多?(?:{SUI}|了|的人|的老)"
)
_TWO_ONES = re.compile(
    rf"(?P<t>[二三四五六七八九]十)(?P<a>[一二三四五六七八])、?(?P<b>[二三四五六七八九])(?:{SUI}|"
    rf"了|的人|的老)"
    rf"|(?P<t2>[2-9])(?P<a2>[1-8])、(?P<b2>[2-9])(?:{SUI})"
)
_DECADE = re.compile(
    rf"(?P<person>{PERSON}{SOFT})?(?:快)?(?P<n>(?<![\d.])\d?\d0|[二三四五六七八九]?十|一?百)"
    rf"(?P<kind>好几|多|几|来|出头|冒头|挂零|有零|开外|左右|上下)(?P<sui>{SUI})?"
    rf"(?P<after>了|的人|的老|老人|左右|$)?{NO_UNIT}"
)
_WITH_SUI = re.compile(
    rf"(?P<before>不满|未满|不到|没到|没满|大于等于|不小于|不低于|低于|小于|超过|大于|高于|年满|满|达到|{NEXT}|{PAST}|"
    rf"{NEARLY})?"
    rf"(?P<n>{N}){SUI}(?:{AFTER_SUI})?"
)
_WITH_LIMIT = re.compile(
    rf"(?P<before>不满|未满|年满|满)?(?P<n>(?<![\d.])(?:[4-9]\d|1[01]\d)(?![\d.])|"
    rf"{CHINESE_TENS}){NO_UNIT}"
    r"(?:(?P<above>(?:及|或)?以上|往上)|(?P<below>以下))(?=的|老|退|每|返|能|有|$|[,，。?？、\s])"
)
_OF_PERSON = re.compile(
    rf"{PERSON}(?:{SOFT})(?P<before>{BELOW}|{NEXT}|{PAST}|刚满|年满|满|{NEARLY})?[就才]?(?P<n>{TENS}){NO_UNIT}"
)
_THIS_YEAR = re.compile(
    rf"(?:今年|现年|年届|年龄|年纪|岁数|虚岁|周岁|实岁|高龄|高寿|享年)(?:是|为|有|都|已经|也|刚好|正好|整|[:：]|"
    rf"\s)*(?P<before>刚满|满|{NEARLY})?"
    rf"(?P<n>{TENS}){NO_UNIT}"
    rf"|(?:都|已经|刚满|年满|满|(?P<near>{NEARLY}))就?(?P<n2>{TENS})(?=了|的人|岁|$){NO_UNIT}"
    rf"|整(?P<n5>{CHINESE_TENS})(?=[,，。])"
    rf"|刚刚?满(?P<n4>{TENS})(?=[,，。;；、!！?？\s])"
    rf"|(?:^|[,，。;；!！?？\s]|现在|如今|目前)(?P<n3>{TENS})(?=了)"
)
_OLD_PERSON = re.compile(
    rf"(?P<n>{TENS})(?:的)?(?=老人|老太|老头|老母|老父|老爷|老奶|老妈|老爸|老爹|老娘|老妇|高龄|"
    rf"退休|的人了)"
)
_PAIR = re.compile(rf"一[个位](?P<a>{TENS})岁?[,，、\s]?另?一[个位](?P<b>{TENS})")
_LISTED = re.compile(
    rf"(?:退休|职工|男|女|老人|岁)[\s,，、/]+(?P<n>{DIGITS})(?=$|[\s,，、/])"
    rf"|(?:^|[\s,，、/])(?P<n2>{DIGITS})[\s,，、/]+(?=退休|男|女|老人|职工)"
)
# Behind a person (张姐72, 老同学八十了), and behind what else tells of somebody (退休75, 上海，71,
# 在天津80了).
_BEHIND_PERSON = re.compile(
    rf"{SOFT}(?P<before>刚满|年满|满|{NEARLY})?(?:就|才)?(?P<n>{DIGITS}|{CHINESE_TENS}(?![一二三四五六七八九十百])){NO_UNIT}"
)
_END = r"(?=了|的|岁|咯|啦|喽|嘞|~|每月|每年|返|$|[,，。?？、\s])"
_BEHIND_TOLD = re.compile(
    rf"(?P<gap>[,，、\s—:：~-]*|[的嘞哩咯])(?P<n>[5-9]\d|{CHINESE_TENS}){_END}{NO_UNIT}"
)
_JUST = re.compile(r"刚满(?P<n>[5-9]\d)(?=了|的|每月|每年|返|$|[,，。?？、\s])")
# 成都退休的，72，每月返多少: a clause of its own.
_OWN_CLAUSE = re.compile(r"(?<=[,，、])\s*(?P<n>[5-9]\d)(?=\s*[,，、。])")
_MONEY = re.compile(r"[元块钱]|余额|工资|基数|养老金|返|划|以前|原来|从")
_INSTEAD = re.compile(
    rf"不是(?P<a>{DIGITS})岁?[,，、\s]*(?:而?是|应该是)(?P<n>{DIGITS})(?![\d元块%年月])"
)
# 不对，是73: what is put right is an age where nothing says what else it counts.
_CORRECTED = re.compile(
    rf"(?:^|[,，。\s])(?:不对|错了|说错了|打错了|记错了|不是)[,，、\s]*(?:应该)?是(?P<n>[2-9]\d)"
    rf"(?=岁?(?:$|[,，。!！\s])){NO_UNIT}"
)
_XUN = re.compile(
    r"(?P<near>年近|将近|接近|近|快|不到|未到)?(?:年逾|年过|逾|过)?(?P<n>[五六七八九]|[5-9]0?)旬"
)
_NAMES = re.compile(r"(?P<near>年近|将近|近)?(?P<name>耄耋|古稀|花甲)")
_NAMED_AGES = {"花甲": (60, 69), "古稀": (70, 79), "耄耋": (80, 99)}
_BARE = re.compile(
    rf"^\s*(?:那?要是|那?如果|那么?|假如|换成)?\s*(?P<n>{N})\s*(?:的|了)?(?:吧|呢|哦|啊|呀)?[。.!！,，?？]?\s*$"
)
_YEARS_TO_GO = {
    "明年": 1, "下": 1, "年底": 1, "马上": 1, "眼看": 1, "眼瞅": 1, "即将": 1,
    "后年": 2, "去年": -1,
    "差两": 2, "还差两": 2, "差2": 2, "还差2": 2, "差三": 3, "还差三": 3, "差3": 3, "还差3": 3,
    "差": 1, "还差": 1,
}  # fmt: skip
Span = tuple[int, int, str]
BEIJING = ZoneInfo("Asia/Shanghai")


def today_in_beijing() -> date:
    """The date in China, whatever the zone of the host."""
    return datetime.now(BEIJING).date()


class AgeFinder:
    """Finds ages; an age is "75", an open or closed band "80-", "-69", "70-79"."""

    def __init__(self, today: Callable[[], date] = today_in_beijing) -> None:
        """Take the clock, which years of birth are counted by."""
        self._today = today

    def find(self, text: str, told: Sequence[spans.Span] = ()) -> list[Entity]:
        """Ages in a normalised text, in its order.

        Args:
            text: normalised.
            told: what else tells of somebody there: a relation, a region, how they are insured;
                a number beside it is rather their age.
        """
        text = written_plainly(text)
        if not _ANY_NUMBER.search(text):
            return []
        taken: list[Span] = []
        for finder in (
            _instead, self._born, self._elsewhen, _between, _limits, _decades, _idioms, _with_sui,
            _of_persons, _bare, _loose,
        ):  # fmt: skip
            for start, end, value in finder(text):
                _take(taken, (start, end, value))
        for found in _beside(text, told):
            _take(taken, found)
        taken.sort()
        # 51年12月的，75那档够上了没: beside an age, the name of a band is none.
        taken = [each for each in taken if not BAND_BEHIND.match(text, each[1])] or taken
        return [
            entity("age", value, start, end, "AgeExtractor") for start, end, value in taken if value
        ]

    def _born(self, text: str) -> Iterator[Span]:
        for start, end, low, high in births(text, self._today()):
            yield start, end, str(low) if low == high else f"{low}-{high}"

    def _elsewhen(self, text: str) -> Iterator[Span]:
        return aged_elsewhen(text, self._today())


def _take(taken: list[Span], found: Span) -> None:
    if not any(found[0] < other[1] and other[0] < found[1] for other in taken):
        taken.append(found)


def _band(low: int | None, high: int | None) -> str:
    return f"{'' if low is None else low}-{'' if high is None else high}"


def _number(match: re.Match[str], *names: str) -> int:
    """The number of the first group that is there; more than anybody's age if it is none."""
    written = next((match.group(name) for name in names if match.group(name)), "")
    value = to_int(written) if written else None
    return OLDEST + 1 if value is None else value


def _between(text: str) -> Iterator[Span]:
    for match in _BETWEEN.finditer(text):
        low, high = _number(match, "a", "c"), _number(match, "b", "d")
        if low < high <= OLDEST:
            yield match.start(), match.end(), _band(low, high)
    for match in _TWO_TENS.finditer(text):
        low, high = _number(match, "a"), _number(match, "b")
        if high == low + 1:
            yield match.start(), match.end(), _band(low * 10, high * 10 + 9)
    for match in _TWO_ONES.finditer(text):
        tens = _number(match, "t") if match.group("t") else _number(match, "t2") * 10
        low, high = _number(match, "a", "a2"), _number(match, "b", "b2")
        if high == low + 1:
            yield match.start(), match.end(), _band(tens + low, tens + high)


def _limits(text: str) -> Iterator[Span]:
    for match in _WITH_LIMIT.finditer(text):
        age = _number(match, "n")
        if 16 <= age <= OLDEST and not _speaks_of_money(text, match.start()):
            below = match.group("below")
            yield match.start(), match.end(), _band(None, age - 1) if below else _band(age, None)


def _decades(text: str) -> Iterator[Span]:
    """七十多: only with 岁, a person, or an end that no other unit can follow."""
    for match in _DECADE.finditer(text):
        age = _number(match, "n")
        # A hundred and more are money rather than years.
        if age >= 100 and not match.group("sui"):
            continue
        if age > 100 or not (
            match.group("sui") or match.group("person") or match.group("after") is not None
        ):
            continue
        if not match.group("sui") and _speaks_of_money(text, match.start()):
            continue
        kind = match.group("kind")
        end = match.end("sui") if match.group("sui") else match.end("kind")
        if kind in ("来", "左右", "上下"):
            value = _band(age - 2, age + 2)
        elif kind in ("出头", "冒头", "挂零", "有零"):
            value = _band(age + 1, age + 3)
        else:
            value = _band(age + 1 if age == 10 else age, age + 9)
        yield match.start("n"), end, value


def _idioms(text: str) -> Iterator[Span]:
    for match in _XUN.finditer(text):
        tens = _number(match, "n")
        tens = tens if tens > 10 else tens * 10
        near = match.group("near")
        yield match.start(), match.end(), _nearly(tens) if near else _band(tens, tens + 9)
    for match in _NAMES.finditer(text):
        low, high = _NAMED_AGES[match.group("name")]
        near = match.group("near")
        yield match.start(), match.end(), _nearly(low) if near else _band(low, high)


def _nearly(age: int) -> str:
    return _band(age - 2, age - 1)


def _with_sui(text: str) -> Iterator[Span]:
    for match in _WITH_SUI.finditer(text):
        age = _number(match, "n")
        if age > OLDEST or (age == 0):
            continue
        if RETIREMENT_AGE_BEFORE.search(text, max(0, match.start() - 7), match.start()) or (
            is_age_of_retiring(text, match.start(), match.end(), age)
        ):
            yield match.start(), match.end(), ""
        else:
            yield match.start(), match.end(), _sui_value(text, match, age)


def _sui_value(text: str, match: re.Match[str], age: int) -> str:
    before = match.group("before") or ""
    if match.group("above") or before in (
        "超过",
        "大于",
        "高于",
        "达到",
        "大于等于",
        "不小于",
        "不低于",
    ):
        return _band(age, None)
    if match.group("upto"):
        return _band(None, age)
    if match.group("below") or before in ("不满", "未满", "不到", "没到", "没满", "低于", "小于"):
        return _band(None, age - 1)
    if match.group("some"):
        return _band(age - 2, age + 2)
    if match.group("bit"):
        return _band(age + 1, age + 3)
    if before in ("年满", "满") and not _is_said_of_somebody(text, match):
        return _band(age, None)
    return _with_before(before, age)


def _with_before(before: str, age: int) -> str:
    """What 快, 明年 … before an age make of it."""
    if not before or before in ("年满", "满", "刚满"):
        return str(age)
    if re.fullmatch(BELOW, before):
        return _band(None, age - 1)
    if before.startswith(("过", "上了", "超过")):
        return _band(age, None)
    for beginning, years in _YEARS_TO_GO.items():
        if before.startswith(beginning):
            return str(age - years)
    return _nearly(age)


def _is_said_of_somebody(text: str, match: re.Match[str]) -> bool:
    """我妈满70岁了, and not 满70岁的每月多少."""
    around = text[max(0, match.start() - 6) : match.start()]
    return text.startswith("了", match.end()) or bool(
        re.search(rf"{PERSON}|刚$|今年|已经?$|才$", around)
    )


def _speaks_of_money(text: str, start: int) -> bool:
    return bool(_MONEY_BEFORE.search(text[max(0, start - _SOFT_MONEY_WINDOW) : start]))


def _of_persons(text: str) -> Iterator[Span]:
    for match in _PAIR.finditer(text):
        for name in ("a", "b"):
            if 16 <= _number(match, name) <= OLDEST:
                yield match.start(name), match.end(name), str(_number(match, name))
    for pattern in (_OF_PERSON, _THIS_YEAR, _OLD_PERSON, _LISTED):
        for match in pattern.finditer(text):
            groups = match.groupdict()
            name = next(key for key in ("n", "n2", "n3", "n4", "n5") if groups.get(key))
            age = _number(match, name)
            lowest = 10 if pattern is _OF_PERSON else 16
            # 返一百多，我七十三: whoever begins a clause is not who is paid in the one before.
            paid = _speaks_of_money(text, match.start()) and not (
                pattern is _OF_PERSON and text[: match.start()].endswith((",", "，", ";", "。"))
            )
            if not lowest <= age <= OLDEST or paid:
                continue
            if is_age_of_retiring(text, match.start(name), match.end(name), age):
                continue
            before = groups.get("before") or groups.get("near") or ""
            start = match.start("before") if groups.get("before") else match.start(name)
            yield start, match.end(name), _with_before(before, age)


def _bare(text: str) -> Iterator[Span]:
    match = _BARE.match(text)
    # 「1」 picks something; nobody that young is credited anything.
    if match and YOUNGEST_BARE <= _number(match, "n") <= OLDEST_BARE:
        yield match.start("n"), match.end("n"), str(_number(match, "n"))


def _beside(text: str, told: Sequence[spans.Span]) -> Iterator[Span]:
    """张姐72, 北京退休75每月, 我在上海，71, and a number between commas behind any of it."""
    for span in told:
        match = _BEHIND_PERSON.match(text, span.end) if span.entity == "relation" else None
        if match and _is_age_of_today(text, match):
            before = match.group("before") or ""
            start = match.start("before" if before else "n")
            yield start, match.end("n"), _with_before(before, _number(match, "n"))
        match = _BEHIND_TOLD.match(text, span.end)
        if (
            match
            and (span.entity != "region" or _tells_of_somebody(text, span, match))
            and not _speaks_of_money(text, match.start("n"))
        ):
            yield match.start("n"), match.end("n"), str(_number(match, "n"))
    first = min((span.end for span in told), default=len(text))
    for match in _OWN_CLAUSE.finditer(text, first):
        if not _MONEY.search(text, 0, match.start()):
            yield match.start("n"), match.end("n"), match.group("n")


def _is_age_of_today(text: str, match: re.Match[str]) -> bool:
    age, (start, end) = _number(match, "n"), match.span("n")
    return (
        16 <= age < 100
        and not is_age_of_retiring(text, start, end, age)
        and not _speaks_of_money(text, start)
    )


def _tells_of_somebody(text: str, place: spans.Span, match: re.Match[str]) -> bool:
    """上海，71 and 在天津80了, and not 「北京80上海120」."""
    told = match["gap"] or text.endswith("在", 0, place.start)
    return bool(told) or text.startswith(("了", "岁"), match.end())


def _loose(text: str) -> Iterator[Span]:
    """刚满75, and 不对，是73."""
    for match in _JUST.finditer(text):
        if not _speaks_of_money(text, match.start("n")):
            yield match.start("n"), match.end("n"), match.group("n")
    for match in _CORRECTED.finditer(text):
        yield match.start("n"), match.end("n"), match.group("n")


def _instead(text: str) -> Iterator[Span]:
    """不是65，是75: the first is taken back, the second holds."""
    for match in _INSTEAD.finditer(text):
        if max(_number(match, "a"), _number(match, "n")) <= OLDEST:
            yield match.start("a"), match.end("a"), ""
            yield match.start("n"), match.end("n"), match.group("n")
