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
from channels.announced import Before, is_card, is_line, is_mobile
from channels.digits import Gap, Group, chains, count, folded
from channels.handles import found, restated
from channels.readings import Reading, counted, joined, shown

MASK = "***"
# A shorter run is no personal number, and most messages have fewer digits.
_FEWEST_DIGITS = 4
# Without a Latin letter there is no address, no id and no plate.
_LATIN = re.compile("[A-Za-z]")
_MOST_SIGNS = 30
# Nobody talks more often than that in the middle of a number.
_MOST_TALK = 3
_LOOK_BACK, _LOOK_AHEAD = 24, 16
_ASKED = re.compile(r"\s*(?:位|这|吗|么|嘛)")
_MONEY = re.compile(r"\s*(?:多)?(?:元(?!旦)|块|圆|万|亿|人民币|rmb|人次|分钱)", re.IGNORECASE)
_UNIT = re.compile(
    r"\s*(?:多)?(?:元(?!旦)|块|圆|万|亿|人|岁|年|月|日|天|次|个|%|号(?!码)|位|点|时|分|米|公里|级|档|号文)"
)
# 社保卡, passports, travel permits, Hong Kong's identity card.
_LETTERED = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-UW-Za-uw-z]\d{8}[0-9Xx]?|[Ee][A-Za-z]\d{7}"
    r"|[A-Za-z]{1,2}\d{6}\([0-9Aa]\))(?![A-Za-z0-9])"
)
Test = Callable[[list[Group], Before, str], bool]
Span = tuple[int, int, str]


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
    spans = [
        (*reading.original(start, end), kind)
        for reading in _readable(text)
        for start, end, kind in _personal(reading)
    ]
    pieces, done = [], 0
    for start, end in _merged(spans):
        pieces += [text[done:start], MASK]
        done = end
    return Masked("".join([*pieces, text[done:]]), tuple(sorted({kind for *_, kind in spans})))


def _readable(text: str) -> Iterator[Reading]:
    """The text as it stands, and as it is shown where something is written for machines."""
    typed = Reading.of(text)
    yield counted(typed.folded(folded))
    seen = shown(typed)
    if seen is not typed:
        yield counted(seen.folded(folded))


def _personal(reading: Reading) -> list[Span]:
    """Places and kinds in a folded text."""
    plain = reading.text
    digits = count(plain)
    if digits < _FEWEST_DIGITS and not _LATIN.search(plain):
        return []
    spans = list(found(plain))
    spans += _numbers(plain) if digits >= _FEWEST_DIGITS else []
    other = joined(reading)
    if other is not reading:
        # Back to the places of the first reading, which has no fewer characters.
        first = {start: at for at, start in reversed(list(enumerate(reading.starts)))}
        last = {end: at for at, end in enumerate(reading.ends)}
        for start, end, kind in found(other.text):
            begin, stop = other.original(start, end)
            spans.append((first[begin], last[stop] + 1, kind))
    return [*spans, *restated(plain, spans)]


def _numbers(plain: str) -> list[Span]:
    """Places and kinds of the personal numbers in a folded text."""
    spans: list[Span] = []
    for chain in chains(plain):
        for window, kind in _windows(chain, plain):
            spans.append((window[0].start, window[-1].end, kind))
    for match in _LETTERED.finditer(plain):
        digits = re.sub(r"\D", "", match.group())
        is_day = len(digits) == 8 and shapes.is_day(digits)
        if not (is_day or Before(plain[: match.start()]).no_card):
            spans.append((*match.span(), "card"))
    return [_widened(plain, span) for span in spans]


def _merged(spans: list[Span]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end, _ in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _widened(text: str, span: Span) -> Span:
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
    for kind, lengths, test in _TESTS:
        rest: list[Group] = []
        at = 0
        while at < len(free):
            window = _longest(free, at, text, lengths, test)
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


def _longest(
    groups: list[Group], at: int, text: str, lengths: tuple[int, int], test: Test
) -> list[Group]:
    before = Before(text[max(0, groups[at].start - _LOOK_BACK) : groups[at].start])
    signs, talks, ends = 0, 0, []
    for end, group in enumerate(groups[at : at + _MOST_SIGNS], at + 1):
        signs += len(group.digits)
        talks += end > at + 1 and group.gap is Gap.TALK
        if (signs > lengths[1] and end > at + 1) or talks > _MOST_TALK:
            break
        if signs >= lengths[0]:
            ends.append(end)
    for end in reversed(ends):
        window = groups[at:end]
        after = text[window[-1].end : window[-1].end + _LOOK_AHEAD]
        if test(window, before, after):
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


def _identity(window: list[Group], before: Before, after: str) -> bool:
    """An identity number; fifteen signs prove little, so their groups have to look like one."""
    readings = [signs for signs in _readings(window) if shapes.is_identity(signs)]
    if not readings:
        return False
    worst = _worst(window)
    if len(readings[0]) == 18:
        if worst is Gap.TALK or _has_decimals(window):
            # Its place, its day and its check sign say so, whatever is said between.
            return shapes.is_day(readings[0][6:14]) and shapes.is_checked(readings[0])
        return worst is not Gap.LIST or shapes.is_day(readings[0][6:14])
    if worst is Gap.TALK or _has_decimals(window):
        return False
    sizes = [len(group.digits) for group in window]
    usual = sizes in ([6, 6, 3], [6, 9], [12, 3]) or worst in (Gap.NONE, Gap.WORDS)
    return usual or _singles(window) or is_card(before, after)


def _bank(window: list[Group], before: Before, after: str) -> bool:
    """A bank card, or so many digits in a row that no ordinary number has them."""
    signs, worst = _signs(window), _worst(window)
    if len(signs) < 15 or before.no_card:
        return False
    if worst is Gap.TALK:
        return shapes.is_union_card(signs) and shapes.is_card(signs) and len(window) < 6
    if _are_amounts(window) or all(shapes.is_hotline(group.digits) for group in window):
        return False
    if worst is Gap.NONE or (worst is Gap.SOFT and _singles(window)):
        return not shapes.is_days(signs) and signs.count("0") < len(signs) - 3
    if worst is Gap.SOFT and [len(group.digits) for group in window][:3] == [6, 8, 4]:
        return True
    is_spaced = worst is Gap.WORDS or _singles(window) or _fours(window)
    if is_spaced and any(map(_is_card, _readings(window))):
        return True
    return worst is not Gap.LIST and is_card(before, after)


def _is_card(signs: str) -> bool:
    return shapes.is_card(signs) or shapes.is_union_card(signs)


def _mobile(window: list[Group], before: Before, after: str) -> bool:
    """A mobile number; the looser its groups, the more they have to look like one."""
    readings = [signs for signs in _readings(window) if shapes.is_mobile(signs)]
    if not readings:
        return False
    signs, worst = shapes.without_prefix(readings[0]), _worst(window)
    sizes = [len(group.digits) for group in window if group.digits not in ("86", "0086", "0")]
    if worst is Gap.TALK:
        spoken_of = is_mobile(before, after)
        return spoken_of and len(window) < 4 and min(sizes) > 2 and not _starts_with_date(window)
    if worst is Gap.NONE:
        return not (_MONEY.match(after) and signs.endswith("000"))
    if before.mobile:
        return not all(shapes.is_hotline(group.digits) for group in window)
    if _singles(window):
        return True
    if _MONEY.match(after) or _are_amounts(window) or _starts_with_date(window):
        return False
    if worst is Gap.WORDS:
        return True
    if sizes in ([3, 4, 4], [3, 8], [11]):
        return True
    return worst is Gap.SOFT and min(sizes) >= 2


def _card(window: list[Group], before: Before, after: str) -> bool:
    """A number that is announced as that of a card, an account or a paper."""
    signs, worst = _signs(window), _worst(window)
    if worst in (Gap.LIST, Gap.TALK) or not 6 <= len(signs) <= 28:
        return False
    near = is_card(before, after)
    loosely = not near and worst <= Gap.SOFT and before.card_loosely
    if not (near or loosely) or _UNIT.match(after) or shapes.is_hotline(signs):
        return False
    if all(shapes.is_hotline(group.digits) or shapes.is_year(group.digits) for group in window):
        return False
    if near and before.says_number:
        return True
    if _are_amounts(window) or _starts_with_date(window) or shapes.is_landline(signs):
        return False
    return len(signs) >= 7 and not shapes.is_days(signs)


def _line(window: list[Group], before: Before, after: str) -> bool:
    """A fixed line that is somebody's own, or a number abroad."""
    signs, worst = _signs(window), _worst(window)
    if worst > Gap.LIST or shapes.is_hotline(signs) or _UNIT.match(after):
        return False
    if before.abroad and not _are_amounts(window):
        return 8 <= len(signs) <= 15
    if worst < Gap.LIST and before.home and 7 <= len(signs) <= 12:
        return True
    return shapes.is_landline(signs) and is_line(before, after)


def _secret(window: list[Group], before: Before, after: str) -> bool:
    """A password or a code somebody was sent; not the question what the first password is."""
    signs = _signs(window)
    if _worst(window) > Gap.SOFT or not 4 <= len(signs) <= 8:
        return False
    if shapes.is_hotline(signs) or all(shapes.is_hotline(group.digits) for group in window):
        return False
    return before.secret and not (_ASKED.match(after) or _UNIT.match(after))


def _account(window: list[Group], before: Before, after: str) -> bool:
    """A number of QQ."""
    if _worst(window) > Gap.LIST or not 5 <= len(_signs(window)) <= 12 or _UNIT.match(after):
        return False
    return before.account and not _are_amounts(window)


def _singles(window: list[Group]) -> bool:
    return len(window) > 8 and all(len(group.digits) == 1 for group in window)


def _fours(window: list[Group]) -> bool:
    return (
        all(len(group.digits) in (1, 4, 6, 8) for group in window[:-1])
        and window[-1].gap < Gap.WORDS
    )


def _are_amounts(window: list[Group]) -> bool:
    """Whether groups are a row of amounts or years rather than parts of one number."""
    if len(window) < 2:
        return False
    if _has_decimals(window):
        return True
    several = [group.digits for group in window]
    if sum(map(shapes.is_year, several)) > 1 and len(several[0]) != 3:
        return True
    return all(each.endswith("0") for each in several) and sum(map(shapes.is_round, several)) > 1


def _has_decimals(window: list[Group]) -> bool:
    """Whether groups are amounts with decimals; whoever parts a number by dots has only dots."""
    decimals = sum(group.is_decimal for group in window)
    return 0 < decimals < len(window) - (not window[0].is_decimal)


def _starts_with_date(window: list[Group]) -> bool:
    if len(window) < 2:
        return False
    year, month = window[0].digits, window[1].digits
    return shapes.is_year(year) and re.fullmatch("0?[1-9]|1[0-2]", month) is not None


# Fewest and most signs; one group may have more than any number.
_TESTS: tuple[tuple[str, tuple[int, int], Test], ...] = (
    ("identity", (15, 18), _identity),
    ("bank", (15, _MOST_SIGNS), _bank),
    ("mobile", (11, 16), _mobile),
    ("card", (6, 28), _card),
    ("secret", (4, 8), _secret),
    ("account", (5, 12), _account),
    ("mobile", (7, 16), _line),
)
