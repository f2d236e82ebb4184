"""What tells who somebody is without being a mere number: addresses, ids, plates, passwords.

And numbers whose digits are written for machines (``%31``, ``&#49;``), or with a date in words.
"""

import re
from collections.abc import Iterator

from channels import shapes

Span = tuple[int, int, str]

_ENCODED = re.compile(r"%3[0-9]|&#(?:[xX]3[0-9]|4[89]|5[0-7]);?|\\(?:u00|x)3[0-9]", re.ASCII)
# Three in a row are no percentages.
_RUN = re.compile(rf"(?:(?:{_ENCODED.pattern})[\s,;-]?){{3,}}", re.ASCII)
_SAYS = r"(?:[\s是为:：,，\"“”「」'=就叫的我()（）]|号码?|is|number|no\.?|id){0,6}"
_EMAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}\s?@\s?[A-Za-z0-9-]{1,63}(?:\.[A-Za-z]{2,24}){1,3}"
)
_QQ = re.compile(
    rf"(?:(?<![A-Za-z])qq|扣扣|企鹅号)(?:群|邮箱)?{_SAYS}([1-9][0-9]{{4,11}})(?![0-9元块])", re.I
)
_WECHAT = re.compile(
    rf"(?:微信号?|薇信|威信|(?<![A-Za-z])(?:vx|wx|wechat|weixin)){_SAYS}([A-Za-z][A-Za-z0-9_-]{{5,19}})(?![A-Za-z0-9_-])",
    re.I,
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-Za-hj-z][\s·.•-]?"
    r"(?=[A-Za-z0-9]{0,6}[0-9][A-Za-z0-9]{0,6}[0-9])[A-HJ-NP-Za-hj-np-z0-9]{4,6}[挂学警港澳]?(?![A-Za-z0-9])"
)
_PASSWORD = re.compile(
    r"(?<!初始)(?<!默认)(?<!原始)(?:密码|口令|验证码|pass(?:word|code)|pwd)[改设换填]?[成为]?"
    rf"{_SAYS}((?=[\x21-\x7e]{{0,31}}[0-9])(?=[\x21-\x7e]{{0,31}}[A-Za-z])[\x21-\x7e]{{5,32}})",
    re.I,
)
_OFFICER = re.compile(
    r"[军南北海空沈兰济广成参政后装武东西中联火战][字政后装]?字?第?[\s]?([0-9]{6,8})号?(?=[^0-9元]|$)"
)
_OFFICER_WORD = re.compile(r"(?:军官|士兵|警官|文职|军人|退伍|义务兵)[^0-9]{0,10}$|字第?$")
_PERMIT = re.compile(r"(?<![A-Za-z0-9])[HMhm][\s-]?[0-9]{8}(?:[\s-]?[0-9]{2})?(?![A-Za-z0-9])")
# Digits of one token with letters strewn in; a credit code and a drug's code are no person's.
_CUT = re.compile(r"(?<![0-9/])[0-9][A-Za-z0-9]{11,46}[0-9](?![0-9])(?!\.[A-Za-z])")
_HEXADECIMAL = re.compile(r"[0-9a-f]{24,}")
_CODE = re.compile(r"[159A-Y][1239][0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}|[XZC][A-Z]?[0-9]{2}[A-Z].*")
_CUT_DIGITS = 11

_ONE = "[0-9零〇○一二三四五六七八九两壹贰叁肆伍陆柒捌玖幺]"
_BETWEEN = (
    r"(?:[\s,、。.:;/|\-—_的是为和·]|出生日期|生日|出生|生|后面|后四位|最后四?位?"
    r"|然后|接着|中间){0,8}"
)
_NUMERAL = "[0-9零〇○一二三四五六七八九十廿卅初]{1,3}"
_DATED = re.compile(
    rf"(?P<place>(?:{_ONE}[\s,、.-]?){{6}}){_BETWEEN}(?P<year>(?:{_ONE}\s?){{4}})年{_BETWEEN}"
    rf"(?P<month>{_NUMERAL})月份?{_BETWEEN}(?P<day>{_NUMERAL})[日号]?{_BETWEEN}"
    rf"(?P<rest>(?:{_ONE}[\s,、.-]?){{3}}(?:{_ONE}|[Xx×叉]))"
)
_VALUES = {
    **{char: str(value) for value, char in enumerate("零一二三四五六七八九")},
    **{char: str(value) for value, char in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    "○": "0",
    "两": "2",
    "幺": "1",
}


def decoded(text: str) -> tuple[str, list[int]]:
    """A text with digits in percent, entity and escape notation read as digits.

    Returns:
        The text, and for each of its characters and its end the place in the original.
    """
    pieces: list[str] = []
    places: list[int] = []
    done = 0
    signs = [sign for run in _RUN.finditer(text) for sign in _ENCODED.finditer(text, *run.span())]
    for match in signs:
        places.extend(range(done, match.start() + 1))
        pieces += [text[done : match.start()], _digit(match.group())]
        done = match.end()
    places.extend(range(done, len(text) + 1))
    return "".join([*pieces, text[done:]]), places


def _digit(written: str) -> str:
    """The digit of one notation."""
    if written.startswith("&#") and written[2] not in "xX":
        return chr(int(written[2:].rstrip(";")))
    return written.rstrip(";")[-1]


def found(text: str) -> Iterator[Span]:
    """Places and kinds in a folded text (see ``channels/digits.py``)."""
    for pattern, kind in ((_EMAIL, "email"), (_PLATE, "plate"), (_PERMIT, "card")):
        for match in pattern.finditer(text):
            yield (*match.span(), kind)
    for pattern, kind in ((_QQ, "account"), (_PASSWORD, "secret")):
        for match in pattern.finditer(text):
            yield (*match.span(1), kind)
    for match in _WECHAT.finditer(text):
        if "号" in match.group() or re.search("[0-9_-]", match[1]):
            yield (*match.span(1), "account")
    for match in _OFFICER.finditer(text):
        if _OFFICER_WORD.search(text[max(0, match.start() - 14) : match.start(1)]):
            yield (*match.span(1), "card")
    for match in _CUT.finditer(text):
        digits = re.sub("[^0-9]", "", match.group())
        before = re.search("[A-Za-z]*$", text[: match.start()])
        token = (before.group() if before else "") + match.group()
        if not match.group().isdigit() and _is_personal(token, digits):
            yield (*match.span(), "bank")
    yield from _with_date(text)


def _is_personal(token: str, digits: str) -> bool:
    """Whether the digits of a token are a personal number with letters strewn in."""
    if _CODE.fullmatch(token.upper()) or _HEXADECIMAL.fullmatch(token.lower()):
        return False
    return len(digits) >= 15 or (len(digits) == _CUT_DIGITS and shapes.is_mobile(digits))


def _with_date(text: str) -> Iterator[Span]:
    """Identity numbers whose middle is said as a date."""
    for match in _DATED.finditer(text):
        place, year = _plain(match["place"]), _plain(match["year"])
        month, day = _number(match["month"]), _number(match["day"])
        if place[:2] in shapes.PROVINCES and shapes.is_day(f"{year}{month:02d}{day:02d}"):
            yield (*match.span(), "identity")


def _plain(text: str) -> str:
    """The digits of a text one by one."""
    return "".join(_VALUES.get(char, char) for char in text if char.isdigit() or char in _VALUES)


def _number(text: str) -> int:
    """A number up to 31 as it is said: 十二, 廿一, 12, 初五."""
    if "十" in text:
        tens, _, ones = text.lstrip("初零").partition("十")
        return int(_plain(tens) or 1) * 10 + int(_plain(ones) or 0)
    for sign, value in (("廿", 20), ("卅", 30)):
        if sign in text:
            return value + int(_plain(text) or 0)
    return int(_plain(text) or 0)
