"""What tells who somebody is without being a mere number: addresses, ids, plates, passwords.

And numbers with letters in them, or with a date in words. Texts are folded and joined before
(see ``channels/digits.py`` and ``channels/readings.py``).
"""

import re
from collections.abc import Iterator

from channels import shapes
from channels.announced import Before
from channels.birthdays import with_birthday

Span = tuple[int, int, str]

_EMAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}\s?@\s?[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,2}"
    r"\.[A-Za-z]{2,24}"
    # Whatever stands for the @ before the name of a great host.
    r"|[A-Za-z0-9][A-Za-z0-9._-]{2,63}\s?[^\w\s./:]{1,2}\s?"
    r"(?:(?:vip\.)?(?:163|126|139|189|qq|sina|sohu|gmail|foxmail|hotmail|outlook|aliyun|yeah))"
    r"\.(?:com|net|cn)",
    re.IGNORECASE,
)
_WECHAT = re.compile(
    r"(?:(?P<mine>加我|我的)?[微薇威徽V卫]\s?[信星芯]|微\s?[:：❤心]|绿泡泡|(?<![A-Za-z])(?:v\s?x|w\s?x|wechat|weixin)(?!_)"
    r"|(?:[加+]|(?<![^\s]))\s?v(?=[\s:：]))"
    r"\s?(?P<told>号|账号|帐号|id)?[^A-Za-z0-9。！？!?;；]{0,8}(?P<id>[A-Za-z][A-Za-z0-9_.-]{5,19})"
    r"(?![A-Za-z0-9_-])",
    re.IGNORECASE,
)
_PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
_PLATE = re.compile(
    rf"{_PROVINCE}\s?[A-HJ-Za-hj-z][\s·.•-]?(?:[A-HJ-NP-Za-hj-np-z]\s)?"
    r"(?=[A-Za-z0-9]{0,6}[0-9][A-Za-z0-9]{0,6}[0-9])[A-HJ-NP-Za-hj-np-z0-9]{4,6}[挂学警港澳]?(?![A-Za-z0-9])"
)
_PLATE_SAID = re.compile(
    rf"(?:车牌|车号|牌照)[^\dA-Za-z]{{0,6}}([A-Za-z]{{0,2}}[A-Za-z0-9]{{4,6}})(?![A-Za-z0-9])"
    rf"|{_PROVINCE}牌[是号:：\s]{{0,3}}([A-Za-z][A-Za-z0-9]{{4,6}})(?![A-Za-z0-9])"
)
# One sign of a code, and what may part two of them.
_CODED = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9](?:[-·]?[A-Za-z0-9]){5,30}(?![A-Za-z0-9])")
_SECRET = re.compile(r"(?<![!-~])[!-~]{4,32}(?![!-~])")
_OFFICER = re.compile(r"[\u4e00-\u9fff]\s?字\s?第?\s?([0-9](?:\s?[0-9]){5,10})\s?号?(?=[^0-9元]|$)")
_OFFICER_WORD = re.compile(r"军|兵|警|文职|退伍|退役|干部")
_PERMIT = re.compile(r"(?<![A-Za-z0-9])[HMhm][\s-]?[0-9]{8}(?:[\s-]?[0-9]{2})?(?![A-Za-z0-9])")
# What repeats a hidden number: （就是 …）, ，是 ….
_AGAIN = re.compile(
    r"[\s,，、。(（]{0,2}(?:也?就是|即|是|对|=)[\s:：]?([A-Za-z0-9]{4,20})(?![A-Za-z0-9])"
)
_LOOK_BACK = 24
# Digits of one token with letters strewn in; a credit code and a drug's code are no person's.
_CUT = re.compile(r"(?<![0-9/])[0-9][A-Za-z0-9]{11,46}[0-9](?![0-9])(?!\.[A-Za-z])")
_HEXADECIMAL = re.compile(r"[0-9a-f]{24,}")
_CODE = re.compile(r"[159A-Y][1239][0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}|[XZC][A-Z]?[0-9]{2}[A-Z].*")
_CUT_DIGITS = 11


def found(text: str) -> Iterator[Span]:
    """Places and kinds in a folded text (see ``channels/digits.py``)."""
    for pattern, kind in ((_EMAIL, "email"), (_PLATE, "plate"), (_PERMIT, "card")):
        for match in pattern.finditer(text):
            if not Before(text[max(0, match.start() - _LOOK_BACK) : match.start()]).no_card:
                yield (*match.span(), kind)
    for match in _PLATE_SAID.finditer(text):
        which = 1 if match[1] else 2
        if sum(map(str.isdigit, match[which])) > 2:
            yield (*match.span(which), "plate")
    for match in _WECHAT.finditer(text):
        if match["told"] or match["mine"] or re.search("[0-9_-]", match["id"]):
            yield (*match.span("id"), "account")
    for match in _OFFICER.finditer(text):
        if _OFFICER_WORD.search(text[max(0, match.start() - 14) : match.start(1)]):
            yield (*match.span(1), "card")
    yield from _codes(text)
    for match in _CUT.finditer(text):
        digits = re.sub("[^0-9]", "", match.group())
        before = re.search("[A-Za-z]*$", text[: match.start()])
        token = (before.group() if before else "") + match.group()
        if not match.group().isdigit() and _is_personal(token, digits):
            yield (*match.span(), "bank")
    yield from with_birthday(text)


def _codes(text: str) -> Iterator[Span]:
    """Letters with digits that are announced as a card's number, or as a password."""
    for match in _CODED.finditer(text):
        digits = sum(map(str.isdigit, match.group()))
        before = Before(text[max(0, match.start() - _LOOK_BACK) : match.start()])
        letters = sum(map(str.isalpha, match.group()))
        if letters and 4 < digits >= letters and (before.card or before.card_loosely):
            yield (*match.span(), "card")
    for match in _SECRET.finditer(text):
        word = match.group()
        before = Before(text[max(0, match.start() - _LOOK_BACK) : match.start()])
        is_mixed = any(map(str.isdigit, word)) and any(map(str.isalpha, word))
        if is_mixed and before.secret:
            yield (*match.span(), "secret")


def restated(text: str, spans: list[Span]) -> Iterator[Span]:
    """What says a hidden number again: it has four digits or more."""
    for _, end, kind in spans:
        again = _AGAIN.match(text, end)
        if again and sum(map(str.isdigit, again[1])) > 3:
            yield (*again.span(1), kind)


def _is_personal(token: str, digits: str) -> bool:
    """Whether the digits of a token are a personal number with letters strewn in."""
    if _CODE.fullmatch(token.upper()) or _HEXADECIMAL.fullmatch(token.lower()):
        return False
    return len(digits) >= 15 or (len(digits) == _CUT_DIGITS and shapes.is_mobile(digits))
