"""Personal numbers in a message are replaced before anything else sees it.

Identity numbers (18 and 15 signs), mobile numbers, bank cards, numbers of 社保卡 and 医保卡, and
what is announced as a card number, an account, a password or a code; and what
``channels/handles.py`` finds. Amounts, years, dates, hotlines and document numbers stay.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

import msgspec

from channels import shapes
from channels.digits import Gap, Group, chains, count, folded
from channels.handles import decoded, found

MASK = "***"
_FILLER = (
    r"(?:[\s是为:：,，、(（)）\"“”「」'=\-叫做就我的它个了吧呢啊]|[后前下]面"
    r"|(?:is|number|no)(?![A-Za-z])\.?){0,8}"
)
_CARD_WORDS = (
    r"社(?:会)?保(?:障)?(?:卡|号|编号|账号|帐号)|医(?:疗)?保(?:险)?(?:卡|号|编号|账号|帐号|证|本)|医疗[卡证]"
    r"|市民卡|保障号码?|电脑号|个人编号|人员编号|个人代码|参保号|保险号|卡号|账号|帐号|户头|账户号|银行卡"
    r"|储蓄卡|存折|信用卡|工资卡|养老卡|退休证|医保码|电子凭证|病历号|住院号|门诊号|就诊号|登记号|就诊卡|诊疗卡"
    r"|身份证|证件|护照|通行证|居住证|居留证|户口(?:本|簿)|驾(?:驶|照)证?|台胞证|回乡证|(?:军官|士兵|警官|文职|残疾)证"
    r"|病案号?|病历本?号|检查号|影像号|卡[上面背正反后]{0,2}[印写刻标](?:着|的|了)?"
    r"|(?:id|bank|social|insurance|debit|credit)?\s?card|account|passport|permit|identity"
)
_CARD = re.compile(
    rf"(?:{_CARD_WORDS})(?:[上里后]面?)?的?(?:号码|卡号|编号|号|尾号|数字)?{_FILLER}$",
    re.IGNORECASE,
)
_CARD_NUMBER = re.compile(rf"(?:号码?|编号|代码|码){_FILLER}$")
_MOBILE = re.compile(
    r"(?:手机|电话|联系方式|联系|号码|打给?我|找我|微信|支付宝|tel|phone|mobile|绑定的?)"
    rf"(?:号码?|号)?{_FILLER}$",
    re.IGNORECASE,
)
_HOME = re.compile(
    r"(?:我|我们|我家|家里|家|本人|老伴|老公|老婆|爱人|儿子|女儿|孩子|爸|妈|爷爷|奶奶)的?"
    rf"(?:座机|固话|固定电话|电话|号码)(?:号码?)?{_FILLER}$"
)
_SECRET = re.compile(
    r"(?<!初始)(?<!默认)(?<!原始)(?<!始的)(?<!认的)"
    rf"(?:密码|验证码|校验码|动态码|口令)[改设换填]?[成为]?{_FILLER}$"
)
# Numbers of offices and papers, and what stands after a decimal point.
_NO_CARD = re.compile(rf"(?:(?:信用代码|组织机构代码|税号|文号|文件编号){_FILLER}|[0-9]\.)$")
_ASKED = re.compile(r"\s*(?:吗|么|嘛|对吗|对不对|是不是|位|这)")
_MONEY = re.compile(r"\s*(?:多)?(?:元(?!旦)|块|圆|万|亿|人民币|rmb|人次|分钱)", re.IGNORECASE)
_UNIT = re.compile(
    r"\s*(?:多)?(?:元(?!旦)|块|圆|万|亿|人|岁|年|月|日|天|次|个|%|号(?!码)|位|点|时|分|米|公里|级|档|号文)"
)
# 社保卡, passports, travel permits, Hong Kong's identity card.
_LETTERED = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-UW-Za-uw-z]\d{8}[0-9Xx]?|[Ee][A-Za-z]\d{7}"
    r"|[A-Za-z]{1,2}\d{6}\([0-9Aa]\))(?![A-Za-z0-9])"
)
# A shorter run is no personal number, and most messages have fewer digits.
_FEWEST_DIGITS = 4
_MOST_SIGNS = 30

Test = Callable[[list[Group], str, str], bool]


class Masked(msgspec.Struct, frozen=True):
    """A text without personal numbers.

    Attributes:
        text: with ``***`` in their places.
        kinds: what was found: identity, mobile, bank, card, secret, email, account, plate.
    """

    text: str
    kinds: tuple[str, ...] = ()

    @property
    def nothing_else(self) -> bool:
        """Whether nothing was said besides the numbers."""
        rest = self.text.replace(MASK, "")
        return bool(self.kinds) and not any(char.isalnum() for char in rest)


def mask(text: str) -> Masked:
    """Replace the personal numbers in a text."""
    readable, places = decoded(text)
    plain = folded(readable)
    spans = list(found(plain))
    spans += _numbers(plain) if count(plain) >= _FEWEST_DIGITS else []
    pieces, done = [], 0
    for start, end in _merged(spans):
        pieces += [text[done : places[start]], MASK]
        done = places[end]
    return Masked("".join([*pieces, text[done:]]), tuple(sorted({kind for *_, kind in spans})))


def _numbers(plain: str) -> list[tuple[int, int, str]]:
    """Places and kinds of the personal numbers in a folded text."""
    spans: list[tuple[int, int, str]] = []
    for chain in chains(plain):
        for window, kind in _windows(chain, plain):
            spans.append((window[0].start, window[-1].end, kind))
    for match in _LETTERED.finditer(plain):
        digits = re.sub(r"\D", "", match.group())
        if not (len(digits) == 8 and shapes.is_day(digits)):
            spans.append((*match.span(), "card"))
    return [_widened(plain, span) for span in spans]


def _merged(spans: list[tuple[int, int, str]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end, _ in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _widened(text: str, span: tuple[int, int, str]) -> tuple[int, int, str]:
    """The span with the letters of a card number and the plus of a country code."""
    start, end, kind = span
    while end < len(text) and unicodedata.category(text[end]) in ("Cf", "Mn", "Me"):
        end += 1
    if start and text[start - 1] == "+":
        start -= 1
    if kind == "card":
        before = re.search(r"(?<![A-Za-z])(?!is|no|id)[A-Za-z]{1,3}[\s-]?$", text[:start])
        start = before.start() if before else start
        after = re.match(r"[A-Za-z](?![A-Za-z])", text[end:])
        end += after.end() if after else 0
    if kind == "identity" and text[end : end + 1] in ("x", "X"):
        end += 1
    return start, end, kind


def _windows(chain: list[Group], text: str) -> Iterator[tuple[list[Group], str]]:
    """The parts of a chain that are personal numbers, the surest kinds first."""
    free = chain
    for kind, test in _TESTS:
        rest: list[Group] = []
        at = 0
        while at < len(free):
            window = _longest(free, at, text, test)
            if window:
                at += len(window)
                while _singles(window) and at < len(free) and len(free[at].digits) == 1:
                    window.append(free[at])
                    at += 1
                while _singles(window) and rest and len(rest[-1].digits) == 1:
                    window.insert(0, rest.pop())
                yield window, kind
            else:
                rest.append(free[at])
                at += 1
        free = rest


def _longest(groups: list[Group], at: int, text: str, test: Test) -> list[Group]:
    before = text[max(0, groups[at].start - 24) : groups[at].start]
    signs, last = 0, at
    while last < len(groups) and signs + len(groups[last].digits) <= _MOST_SIGNS:
        signs += len(groups[last].digits)
        last += 1
    # One group may be longer than any number.
    for end in range(max(last, at + 1), at, -1):
        window = groups[at:end]
        if test(window, before, text[window[-1].end :]):
            return window
    return []


def _signs(window: list[Group]) -> str:
    return "".join(group.digits for group in window)


def _worst(window: list[Group]) -> Gap:
    return max((group.gap for group in window[1:]), default=Gap.NONE)


def _readings(window: list[Group]) -> list[str]:
    """The signs in order, and, where words say how to put them together, back to front."""
    signs = [_signs(window)]
    if _worst(window) is Gap.WORDS:
        signs.append("".join(group.digits for group in reversed(window)))
    return signs


def _identity(window: list[Group], before: str, after: str) -> bool:
    """An identity number; fifteen signs prove little, so their groups have to look like one."""
    readings = [signs for signs in _readings(window) if shapes.is_identity(signs)]
    if not readings:
        return False
    if len(readings[0]) == 18:
        return _worst(window) is not Gap.LIST or shapes.is_day(readings[0][6:14])
    sizes = [len(group.digits) for group in window]
    usual = sizes in ([6, 6, 3], [6, 9], [12, 3]) or _worst(window) in (Gap.NONE, Gap.WORDS)
    return usual or _singles(window) or bool(_CARD.search(before))


def _bank(window: list[Group], before: str, after: str) -> bool:
    """A bank card, or so many digits in a row that no ordinary number has them."""
    signs, worst = _signs(window), _worst(window)
    if len(signs) < 15 or _NO_CARD.search(before):
        return False
    if _are_amounts(window) or all(shapes.is_hotline(group.digits) for group in window):
        return False
    if worst is Gap.NONE or (worst is Gap.SOFT and _singles(window)):
        return not shapes.is_days(signs) and signs.count("0") < len(signs) - 3
    if worst is Gap.SOFT and [len(group.digits) for group in window][:3] == [6, 8, 4]:
        return True
    is_spaced = worst is Gap.WORDS or _singles(window) or _fours(window)
    if is_spaced and any(map(_is_card, _readings(window))):
        return True
    return worst is not Gap.LIST and bool(_CARD.search(before))


def _is_card(signs: str) -> bool:
    return shapes.is_card(signs) or shapes.is_union_card(signs)


def _mobile(window: list[Group], before: str, after: str) -> bool:
    """A mobile number; the looser its groups, the more they have to look like one."""
    readings = [signs for signs in _readings(window) if shapes.is_mobile(signs)]
    if not readings:
        return False
    signs, worst = shapes.without_prefix(readings[0]), _worst(window)
    if worst is Gap.NONE:
        return not (_MONEY.match(after) and signs.endswith("000"))
    if _MOBILE.search(before):
        return not all(shapes.is_hotline(group.digits) for group in window)
    sizes = [len(group.digits) for group in window if group.digits not in ("86", "0086", "0")]
    if _singles(window):
        return True
    if _MONEY.match(after) or _are_amounts(window) or _starts_with_date(window):
        return False
    if worst is Gap.WORDS:
        return True
    if sizes in ([3, 4, 4], [3, 8], [11]):
        return True
    return worst is Gap.SOFT and min(sizes) >= 2


def _card(window: list[Group], before: str, after: str) -> bool:
    """A number that is announced as that of a card, an account or a paper."""
    signs, worst = _signs(window), _worst(window)
    if worst is Gap.LIST or not 6 <= len(signs) <= 28:
        return False
    bare = re.sub(r"[A-Za-z]{1,3}[\s-]?$", "", before)
    if not _CARD.search(bare) or _UNIT.match(after) or shapes.is_hotline(signs):
        return False
    if all(shapes.is_hotline(group.digits) or shapes.is_year(group.digits) for group in window):
        return False
    if _CARD_NUMBER.search(bare):
        return True
    if _are_amounts(window) or _starts_with_date(window) or shapes.is_landline(signs):
        return False
    return len(signs) >= 7 and not shapes.is_days(signs)


def _home(window: list[Group], before: str, after: str) -> bool:
    """A private land line: only where it is said to be one's own."""
    signs = _signs(window)
    if _worst(window) > Gap.SOFT or not 7 <= len(signs) <= 12 or shapes.is_hotline(signs):
        return False
    return bool(_HOME.search(before)) and not _UNIT.match(after)


def _secret(window: list[Group], before: str, after: str) -> bool:
    """A password or a code somebody was sent; not the question what the first password is."""
    signs = _signs(window)
    if _worst(window) > Gap.SOFT or not 4 <= len(signs) <= 8 or shapes.is_hotline(signs):
        return False
    return bool(_SECRET.search(before)) and not (_ASKED.match(after) or _UNIT.match(after))


def _singles(window: list[Group]) -> bool:
    return len(window) > 8 and all(len(group.digits) == 1 for group in window)


def _fours(window: list[Group]) -> bool:
    return (
        all(len(group.digits) in (4, 6, 8) for group in window[:-1]) and window[-1].gap < Gap.WORDS
    )


def _are_amounts(window: list[Group]) -> bool:
    """Whether groups are a row of amounts or years rather than parts of one number."""
    if len(window) < 2:
        return False
    several = [group.digits for group in window]
    if sum(map(shapes.is_year, several)) > 1 and len(several[0]) != 3:
        return True
    return all(each.endswith("0") for each in several) and sum(map(shapes.is_round, several)) > 1


def _starts_with_date(window: list[Group]) -> bool:
    if len(window) < 2:
        return False
    year, month = window[0].digits, window[1].digits
    return shapes.is_year(year) and re.fullmatch("0?[1-9]|1[0-2]", month) is not None


_TESTS: tuple[tuple[str, Test], ...] = (
    ("identity", _identity),
    ("bank", _bank),
    ("mobile", _mobile),
    ("card", _card),
    ("secret", _secret),
    ("mobile", _home),
)
