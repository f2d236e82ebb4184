"""Ages told for another time or another way of counting, as they are today in full years.

虚岁七十, 前年68, 2020年时68, 再过5年70, 后年满70, 七十差一岁, 属虎的七十多.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from nlu.age_words import PERSON
from nlu.births import full_year
from nlu.numerals import CHINESE, CHINESE_TENS, DIGITS, to_int

OLDEST = 120
Aged = tuple[int, int, str]

_N = rf"(?P<n>{DIGITS}|{CHINESE_TENS})"
_COUNT = (
    r"(?P<count>\d{1,2}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两俩三仨四五六七八九])"
)
_COUNT_TOO = _COUNT.replace("<count>", "<count2>")
_NOT_MORE = (
    r"(?![\d.%％一二三四五六七八九]|\s*(?:亩|元|块|年(?!级)|月|号|日|天|个|次|家|份|万|千|百|亿|多(?!岁)|几|"
    r"后(?!年)|分|点|代))"
)
_SUI = r"(?:周?岁)?"
_SOMEBODY = (
    rf"(?:{PERSON}|老?[妈爸爹娘]{{1,2}}|[爷奶姥公婆]{{1,2}}|老丈人|退休|办|的时候|时|的|过|刚|"
    r"就|满|已经|周岁|生日|大寿|,){0,5}?"
)
_BEING = r"(?:的时候|时|那会儿?|那年|当时|才|就|已经|已|都|也|刚|刚好|正好|满|是|才满|刚满|整)*"
_NOMINAL = (
    re.compile(
        rf"虚(?:岁|龄)?(?:是|为|有|都|已经|也|今年|按|算|来算|的话|我|俺|他|她|[:：,，\s])*{_N}{_SUI}{_NOT_MORE}"
    ),
    re.compile(rf"(?P<n>{DIGITS}|{CHINESE})(?:岁)?[(（,，]?(?:虚岁|虚的|\(虚\)|是虚|的?虚龄)"),
)
_FULL_YEARS = re.compile(
    rf"周岁(?:是|为|才|刚|我|俺|他|她|算)*{_N}|{_N}周岁".replace("?P<n>", "?:")
)
# 差一岁七十, 七十差一岁, 还差俩月70
_SHORT_BY = (
    r"(?:还|就|只)?(?:差|欠)(?:着|个)?"
    r"(?P<by>[一1两二2俩三3](?:年|岁)|[一二两俩三几半\d]+个?月|半年|几天|[一二两三几\d]+天|一点|点)"
    r"(?:就|才|到|不到|满|便)*"
)
_SHORT = (
    re.compile(rf"{_SHORT_BY}{_N}{_SUI}{_NOT_MORE}"),
    re.compile(rf"{_N}{_SUI}[,，]?{_SHORT_BY}(?=$|[,，。?？!！\s的]|呢)"),
)
# 再有俩月就70了, 过了生日七十五
_SOON = re.compile(
    r"(?:(?:再有|还有|再过|再等|过|还得)(?:[一二两俩三仨四五六七八九十半几\d]+个?(?:多)?月|半年|几天|[一二两三几十\d]+天)"
    r"|过(?:了|完)(?:生日|生儿))(?:我|俺|他|她|,)?(?:就|才|便|到|满|是|该)*"
    rf"{_N}{_SUI}{_NOT_MORE}"
)
# 八月满的七十
_REACHED = re.compile(
    rf"(?<=[\d一二三四五六七八九十])月份?(?:刚|才)?(?:满|过|到)的?{_N}{_SUI}{_NOT_MORE}"
)
# 七十不到
_NOT_YET = (
    re.compile(rf"{_N}{_SUI}(?:还|都)?不到(?=$|[,，。?？的呢])"),
    re.compile(rf"(?:^|[,，。])(?:还|都)?(?:没到|没满|未满){_N}{_SUI}(?=$|[,，。?？的呢])"),
)
_AGO = re.compile(
    rf"(?:(?P<word>去年|前年|大前年)|(?P<year>(?:19|20)\d\d|[一二][九零〇][零〇一二三四五六七八九]{{2}})年|{_COUNT}年(?:以?前))(?:的?{_SOMEBODY}){_BEING}{_N}"
    rf"(?P<sui>周?岁)?{_NOT_MORE}"
)
_AHEAD = re.compile(
    rf"(?:(?P<word>明年|后年|大后年|过完年|过了年|翻过年|开年)|(?P<year>20\d\d|二[零〇][零〇一二三四五六七八九]{{2}})年|(?:再过|再等|再有|还有|再|过){_COUNT}年"
    rf"|{_COUNT_TOO}年(?:以?后|之后))"
    rf"(?:[正元冬腊一二三四五六七八九十\d]+月(?:份|里|底|初)?)?(?:{_SOMEBODY})(?:才|就|便|到|就到|满|才满|就满|要|该|是|整|就要)*{_N}(?P<sui>周?岁)?{_NOT_MORE}"
)
# 今年12月15号就满60了
_BIRTHDAY = re.compile(
    r"今年(?P<month>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?:份)?(?P<end>底)?"
    r"(?:(?P<day>[12]\d|3[01]|[1-9]|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号])?"
    rf"(?:才|就|便|要|该|正好|刚好)+(?:满|到|是)?{_N}{_SUI}{_NOT_MORE}"
)
_WORD_YEARS = {
    "去年": 1,
    "前年": 2,
    "大前年": 3,
    "明年": 1,
    "过完年": 1,
    "过了年": 1,
    "翻过年": 1,
    "开年": 1,
    "后年": 2,
    "大后年": 3,
}
_ANIMALS = "鼠牛虎兔龙蛇马羊猴鸡狗猪"
_ZODIAC = re.compile(
    rf"属(?P<animal>[{_ANIMALS}])(?:的)?[,，]?(?:今年|现在|都|也|已经)*(?P<tens>[二三四五六七八九]十|[2-9]0)(?:多|几|来)(?:岁)?"
    rf"|(?P<tens2>[二三四五六七八九]十|[2-9]0)(?:多|几|来)(?:岁)?(?:的)?[,，]?(?:了)?[,，]?属(?P<animal2>[{_ANIMALS}])(?:的)?"
    rf"|(?P<decade>[二三四五六七八九]十|[2-9]0)年代(?:的)?(?:出生)?(?:的)?[,，]?属(?P<animal3>[{_ANIMALS}])"
    rf"|属(?P<animal6>[{_ANIMALS}])(?:的)?[,，]?(?P<decade2>[二三四五六七八九]十|[2-9]0)年代"
    rf"|属(?P<animal4>[{_ANIMALS}])(?:的)?[,，]?(?P<some>[二三四五六七八九2-9])(?:几|十几|0几)年(?:代)?"
    rf"|(?P<some2>[二三四五六七八九2-9])(?:几|十几|0几)年(?:代)?(?:出?生)?(?:的)?[,，]?属(?P<animal5>[{_ANIMALS}])"
)
_TOWARDS = re.compile(r"奔(?:着)?(?P<tens>[五六七八九])(?:张)?(?:了|的人|去)(?!十)")
_FEAST = re.compile(rf"(?:刚|才)?过(?:完|了)?{_N}(?:周岁)?(?:大寿|寿辰|寿|生日)")
_SIBLINGS = re.compile(
    rf"(?P<n>{DIGITS})(?:岁)?、(?P<n2>{DIGITS})周?岁|年龄(?:在|是)?(?P<n3>{DIGITS})[-~到至](?P<n4>{DIGITS})"
)
# How much older or younger somebody is, and until when they worked, is no age of today.
_NO_AGE = re.compile(
    r"(?:[大小差长](?:我|他|她|你|了)?|比[^,，。?？]{1,4}[大小](?:了)?|[干做工班]作?到(?:了)?)(?:\d{1,2}|[一二两三四五六七八九十几]{1,3})岁"
)
_NOW = re.compile(
    r"(?:现在|如今|目前)(?:是|有|都|已经)*(?P<n>[5-9]\d|[五六七八九]十[一二三四五六七八九]?)(?=$|[,，。?？\s])"
)
_MONEY = re.compile(r"改革|以前|从前|原来|之前|[返打划拨钱元块涨降]|每月|每个月|一个月|余额|账")
_MASKED = re.compile(r"(?<![\da-z])(?P<tens>[2-9])[x*]岁?(?![\da-z])")


def aged_elsewhen(text: str, today: date) -> Iterator[Aged]:
    """Ages of other times in a normalised text.

    Args:
        text: normalised.
        today: the day for which they are reckoned.

    Yields:
        start, end and the age or band of today.
    """
    yield from _zodiacs(text, today)
    # Whoever tells full years too has told what counts; the nominal ones are taken, not told.
    told = bool(_FULL_YEARS.search(text))
    for pattern in _NOMINAL:
        for match in pattern.finditer(text):
            age = _int(match["n"])
            if 2 < age <= OLDEST:
                yield match.start(), match.end(), "" if told else f"{age - 2}-{age - 1}"
    for pattern in _SHORT:
        for match in pattern.finditer(text):
            age = _int(match["n"]) - _missing(match["by"])
            if 10 < age <= OLDEST:
                yield match.start(), match.end(), str(age)
    for match in _SOON.finditer(text):
        if 16 <= _int(match["n"]) <= OLDEST:
            yield match.start(), match.end(), str(_int(match["n"]) - 1)
    yield from _at_other_times(text, today)
    for match in _REACHED.finditer(text):
        if 16 <= _int(match["n"]) <= OLDEST:
            yield match.start("n"), match.end(), str(_int(match["n"]))
    for pattern in _NOT_YET:
        for match in pattern.finditer(text):
            if 16 <= _int(match["n"]) < 100 and not _MONEY.search(text, 0, match.start()):
                yield match.start(), match.end(), f"-{_int(match['n']) - 1}"
    yield from _worded(text)
    for match in _MASKED.finditer(text):
        yield match.start(), match.end(), f"{match['tens']}0-{match['tens']}9"


def _at_other_times(text: str, today: date) -> Iterator[Aged]:
    for match in _BIRTHDAY.finditer(text):
        age, month, day = (
            _int(match["n"]),
            _int(match["month"]),
            _int(match["day"] or ("31" if match["end"] else "1")),
        )
        if 16 <= age <= OLDEST and (month, day) > (today.month, today.day):
            yield match.start("n"), match.end(), str(age - 1)
    for pattern, sign in ((_AHEAD, -1), (_AGO, 1)):
        for match in pattern.finditer(text):
            yield from _moved(text, match, sign, today)


def _worded(text: str) -> Iterator[Aged]:
    for match in _NO_AGE.finditer(text):
        yield match.start(), match.end(), ""
    for match in _TOWARDS.finditer(text):
        age = _int(match["tens"]) * 10
        yield match.start(), match.end(), f"{age - 2}-{age - 1}"
    for match in _NOW.finditer(text):
        if not _MONEY.search(text, 0, match.start()):
            yield match.start("n"), match.end("n"), str(_int(match["n"]))
    for match in _FEAST.finditer(text):
        if 30 <= _int(match["n"]) <= OLDEST:
            yield match.start(), match.end(), str(_int(match["n"]))
    for match in _SIBLINGS.finditer(text):
        low, high = _int(match["n"] or match["n3"]), _int(match["n2"] or match["n4"])
        if low < high <= min(OLDEST, low + (10 if match["n3"] else 2)):
            yield match.start(), match.end(), f"{low}-{high}"


def _moved(text: str, match: re.Match[str], sign: int, today: date) -> Iterator[Aged]:
    if match["word"]:
        years = _WORD_YEARS[match["word"]]
    elif match["year"]:
        years = (today.year - full_year(match["year"], today)) * sign
    else:
        years = _int(next(each for each in _counts(match) if each))
    age = _int(match["n"]) + sign * years
    if years <= 0 or not 0 <= age <= OLDEST or _int(match["n"]) > OLDEST:
        return
    if not match["sui"] and _int(match["n"]) < 16:
        return
    yield match.start("n"), match.end(), str(age)


def _counts(match: re.Match[str]) -> Iterator[str | None]:
    for name in ("count", "count2"):
        if name in match.groupdict():
            yield match[name]


def _zodiacs(text: str, today: date) -> Iterator[Aged]:
    for match in _ZODIAC.finditer(text):
        written = [text for name, text in match.groupdict().items() if text and "animal" in name]
        animal = _ANIMALS.index(written[0])
        some = match["some"] or match["some2"]
        decade = match["decade"] or match["decade2"]
        if decade or some:
            first = 1900 + (_int(some) * 10 if some else _int(decade))
            years = list(range(first, first + 10))
        else:
            low = _int(match["tens"] or match["tens2"])
            years = [today.year - age for age in range(low, low + 11)]
        fitting = [year for year in years if (year - 4) % 12 == animal]
        if len(fitting) == 1:
            age = today.year - fitting[0]
            yield match.start(), match.end(), f"{age - 1}-{age}"


def _missing(by: str) -> int:
    """How many full years are missing: months and days make one."""
    if by[-1] in "年岁" and by != "半年":
        return {"一": 1, "1": 1}.get(by[0], 3 if by[0] in "三3" else 2)
    return 1


def _int(written: str | None) -> int:
    value = to_int((written or "").replace("俩", "二").replace("仨", "三").replace("两", "二"))
    return OLDEST + 1 if value is None else value
