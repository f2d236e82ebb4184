"""Identity numbers whose middle is written as a date: 410105，62年3月14，2529.

Texts are folded before (see ``channels/digits.py``).
"""

import re
from collections.abc import Iterator

from channels import shapes

_VALUES = {
    **{char: str(value) for value, char in enumerate("零一二三四五六七八九")},
    **{char: str(value) for value, char in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    "○": "0",
    "两": "2",
    "幺": "1",
    # Letters that look like digits; see ``_MOST_LETTERS``.
    **dict(zip("OoIl", "0011", strict=True)),
}
_ONE = f"[0-9{''.join(_VALUES)}]"
_MARK = r"(?:[^\w]|_)"
# What people say between the parts of such a number.
_NEAR = (
    rf"(?:{_MARK}|出生|日期|生日|[前后末尾]{_ONE}位|最后|[前后][面边]|开头|打头|中间|然后|接着|再"
    r"|尾号|尾数|[的是为和于在生我他她它那这就了年]){0,10}?"
)
# Any talk: it takes more to believe in the number then.
_FAR = rf"(?:(?!{_ONE}|[。！？!?;；元块]).|一[下起]){{0,16}}?"
_NUMERAL = r"(?:[0-9oO]\s?[0-9oO]?|[零〇○一二三四五六七八九壹贰叁肆伍陆柒捌玖拾十廿卅初]{1,3})"
# Less has no place for a place, a day and the last signs.
_FEWEST_SIGNS = 11
# A place with more letters is a word.
_MOST_LETTERS = 2
_LOOK_BACK = 24
_OWN = re.compile(
    r"身份|证件?号|证号|证上|的号|号码|sfz|(?<![A-Za-z])id(?![A-Za-z])", re.IGNORECASE
)


def _pattern(between: str, last_first: bool = False) -> re.Pattern[str]:
    """A place, a day and the last signs, with something between; or the last signs first."""
    place = rf"(?P<place>{_ONE}(?:{_MARK}{{0,3}}{_ONE}){{5}})"
    rest = rf"(?P<rest>{_ONE}(?:{_MARK}{{0,3}}{_ONE}){{2}}(?:{_MARK}{{0,3}}(?:{_ONE}|[Xx×叉]))?)"
    year = rf"(?P<year>(?:{_ONE}\s?){{4}}|(?:{_ONE}\s?){{2}})"
    year_end = rf"(?:\s?(?P<said>年){between}|{_MARK}{{1,3}})"
    month_end = rf"(?:\s?月份?{between}|{_MARK}{{1,3}})"
    day = (
        rf"(?:(?P<fused>(?:{_ONE}\s?){{4}})"
        rf"|(?P<month>{_NUMERAL}){month_end}(?P<day>{_NUMERAL})(?:\s?[日号])?)"
    )
    parts = [place, year + year_end + day]
    written = between.join([rest, *parts] if last_first else [*parts, rest])
    # An amount is no end of a number.
    return re.compile(rf"(?<![0-9]){written}(?!{_ONE}|\s?(?:多|元|块|万|人|次|%))")


_DATED, _DATED_FAR = _pattern(_NEAR), _pattern(_FAR)
_DATED_LAST = _pattern(_NEAR, last_first=True)


def with_birthday(text: str) -> Iterator[tuple[int, int, str]]:
    """Places and kind of the identity numbers with a date in words, points or strokes."""
    if sum(char.isdigit() or char in _VALUES for char in text) < _FEWEST_SIGNS:
        return
    for match in _DATED.finditer(text):
        if _is_identity(match):
            yield (*match.span(), "identity")
    if "年" not in text:
        return
    for pattern in (_DATED_FAR, _DATED_LAST):
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
            if match["said"] and _is_identity(match) and (_OWN.search(before) or _checked(match)):
                yield (*match.span(), "identity")


def _is_identity(match: re.Match[str]) -> bool:
    """Whether the parts are those of an identity number of 18 or 15 signs."""
    place, year, rest = _plain(match["place"]), _plain(match["year"]), _signs(match["rest"])
    if (
        place[:2] not in shapes.PROVINCES
        or place.endswith("00")
        or len(rest) < (4 if len(year) == 4 else 3)
    ):
        return False
    if len(re.findall("[OoIl]", match["place"])) > _MOST_LETTERS:
        return False
    # A row of amounts has no month, and 「1500、2024年」 no place before its year.
    is_bare = not re.search("[年月]", match.group())
    is_run_in = len(year) == 2 and match.end("place") == match.start("year")
    if (is_bare or is_run_in) and not match["place"].isalnum():
        return False
    return shapes.is_day(f"{_full(year)}{_day(match)}")


def _checked(match: re.Match[str]) -> bool:
    """Whether the last sign fits the others."""
    year, rest = _plain(match["year"]), _signs(match["rest"])
    if len(rest) != 4:
        return False
    return shapes.is_checked(f"{_plain(match['place'])}{_full(year)}{_day(match)}{rest}")


def _full(year: str) -> str:
    """A year with its century; those of whom two signs are enough were born in the last."""
    return year if len(year) == 4 else f"19{year}"


def _day(match: re.Match[str]) -> str:
    """Month and day in four digits."""
    if match["fused"]:
        return _plain(match["fused"])
    return f"{_number(match['month']):02d}{_number(match['day']):02d}"


def _plain(text: str) -> str:
    """The digits of a text one by one."""
    return "".join(_VALUES.get(char, char) for char in text if char.isdigit() or char in _VALUES)


def _signs(text: str) -> str:
    """The same, and the X at the end."""
    return _plain(text) + ("X" if text[-1] in "Xx×叉" else "")


def _number(text: str) -> int:
    """A number up to 31 as it is said: 十二, 廿一, 12, 初五."""
    text = text.replace("拾", "十")
    if "十" in text:
        tens, _, ones = text.lstrip("初零").partition("十")
        return int(_plain(tens) or 1) * 10 + int(_plain(ones) or 0)
    for sign, value in (("廿", 20), ("卅", 30)):
        if sign in text:
            return value + int(_plain(text) or 0)
    return int(_plain(text) or 0)
