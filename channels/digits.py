"""Digits in a text, however they are written, gathered into chains that may be one number.

１, 1️⃣, ①, 一, 壹 and 幺 are digits; 「138后面是1234再后面5678」 is a chain of three groups.
"""

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache

import msgspec

from channels import shapes
from nlu.surface import printed

_READINGS = (
    *("零〇○洞", "一壹壱幺", "二贰貳两兩", "三叁參", "四肆"),
    *("五伍", "六陆陸", "七柒拐", "八捌", "九玖勾"),
)
_CHINESE = {char: str(value) for value, chars in enumerate(_READINGS) for char in chars}
_LAST_SIGN = re.compile(r"[xX×✕✖╳Ⅹⅹ叉Хх](?![A-Za-z])")
_SIGNS = frozenset("×✕✖╳○")
_ONE = "[0-9" + "".join(_CHINESE) + "]"
# 前三位, 后4位, 第二段, 三个八: these digits tell how to read the number, or repeat one.
_ORDER = re.compile(
    rf"(?:前面?|后面?|头|尾|中间|最后|末|第|剩下?的?|那|这|(?<![0-9])){_ONE}"
    r"(?:位|段|组|部分|截|节|行|个(?:号码|数字|数|字母|号))(?:数字?|号码?)?"
)
_REPEATED = re.compile(
    rf"([两二三四五六七八九2-9])个([0-9](?![0-9])|(?![0-9]){_ONE})(?![十百千万亿个位月人家])"
)
_SPOKEN_PREFIX = re.compile(
    rf"一百([三四五六七八九])十([一二三四五六七八九])?(?=[\s,、-]*{_ONE}{{3}})"
)
# O and l typed for 0 and 1; of the other letters that look like digits, see ``_reads_like_one``.
_LOOKALIKE = re.compile(r"(?<![A-Za-z0-9])(?=(?:[A-Za-z]*[0-9]){6})[0-9IlOo]{11,19}(?![A-Za-z0-9])")
_DISGUISED = re.compile(
    r"(?<![A-Za-z0-9|])(?=(?:[A-Za-z|]*[0-9]){5})[0-9IlOoSsBbZzgq|]{11,19}[Xx]?(?![A-Za-z0-9|])"
)
# Letters of other alphabets that look like ours.
_FOREIGN = str.maketrans("ОоОІіЅѕВЗзбΟοΙΒΖАЕКМНРСТХаерсху", "OoOIiSsB336OoIBZAEKMHPCTXaepcxy")
# 一 in 等一下, 一共 counts nothing.
_NO_DIGIT = re.compile("一(?=[下起直般些样定共会])")
# Traditional characters of the words around numbers.
_SIMPLER = str.maketrans(
    "後間開頭結號碼機電話證醫銀帳護驗著來邊點橫槓會險聯繫",
    "后间开头结号码机电话证医银账护验着来边点横杠会险联系",
)
_SIMILAR = str.maketrans("IlOoSsBbZzgq|", "1100558622991")
_SOFT = re.compile(r"[\s\-‐-―−_.·•・/\\|*]{1,6}")
# Whatever is neither letter nor digit; ¶ is a mark of our own.
_PUNCTUATION = r"(?:[^\w¶]|_)"
_LIST = re.compile(rf"{_PUNCTUATION}{{1,6}}")
_STRONG = (
    "后面|后边|后头|之后|后|前面|前边|前头|中间|中段|当中|最后|开头|开始|起头|打头|头|结尾|末尾|末位"
    "|尾号|尾数|尾巴|尾|接着|接下来|接上|然后|再来|再|跟着|跟|连着|往后|往下|下面|接|又|完了|完事"
    "|横杠|短横|横线|减号|杠|空格|空一格|空一下|空|下划线|逗号|还有|隔开|换行|折行|下一行"
    "|剩下|其余|余下"
    "|字母|大写|小写|英文|¶"
)
_ENGLISH = "and|then|dash|space|next|again|after|last|first|followed by|the|is|plus|minus|hyphen"
_WEAK = (
    "就是|分别是|是|为|的|和|与|叫|呢|啊|呃|额|嗯|哦|哈|那|这|它|了|对|号码|号|数字|还|我|说|写|填|点"
    "|加上?|生日|出生日期|出生"
)
_WORDS = re.compile(rf"(?:{_PUNCTUATION}|{_STRONG}|{_WEAK}|(?i:{_ENGLISH})(?![A-Za-z]))+")
_HAS_STRONG = re.compile(rf"{_STRONG}|(?i:{_ENGLISH})")
# Letters strewn into a number; not those of measures.
_LETTERS = re.compile(
    r"\s?(?!(?:mg|ml|kg|g|cm|mm|km|iu|ug|rmb|cny|h|min|l|k|w)\b)[A-Za-z]{1,4}[\s\-_.,:;]{0,2}", re.I
)
_LONGEST_GAP = 24
_LONGEST_TALK = 14


class Gap(IntEnum):
    """What stands between two groups, from nothing to words and to any talk."""

    NONE = 0
    SOFT = 1
    LIST = 2
    WORDS = 3
    TALK = 4


class Group(msgspec.Struct, frozen=True):
    """Digits in one script without anything between.

    Attributes:
        digits: ASCII digits, or ``X``, the last sign of an identity number.
        start: first character in the text.
        end: one after the last character.
        gap: what stands before it; NONE also for the first of a chain.
        is_decimal: whether it can be the decimals of the group before it.
    """

    digits: str
    start: int
    end: int
    gap: Gap = Gap.NONE
    is_decimal: bool = False


def folded(text: str) -> str:
    """The text in half-width characters and ASCII digits, character by character.

    The result has the length of the text, so that places in one are places in the other.
    """
    plain = "".join(_fold(char) for char in text)
    plain = plain.translate(_SIMPLER).translate(_FOREIGN)
    plain = _LOOKALIKE.sub(lambda match: match.group().translate(_SIMILAR), plain)
    return _DISGUISED.sub(_reads_like_one, plain)


def _reads_like_one(match: re.Match[str]) -> str:
    """Letters as the digits they look like, if that makes a personal number."""
    last = match.group()[-1]
    signs = match.group().translate(_SIMILAR)
    signs = signs[:-1] + last.upper() if last in "Xx" else signs
    personal = shapes.is_identity(signs) or shapes.is_mobile(signs) or shapes.is_union_card(signs)
    return signs if personal else match.group()


@lru_cache(maxsize=4096)
def _fold(char: str) -> str:
    if char in _CHINESE:
        return char
    # Digits of all scripts, also in circles and brackets, and those of the traders of Suzhou.
    digit = unicodedata.numeric(char, -1.0)
    if digit in range(10) and unicodedata.category(char) != "Lo":
        return str(int(digit))
    plain = unicodedata.normalize("NFKC", char)
    if plain in _SIGNS or (len(plain) == 1 and plain.isascii()):
        return plain
    if unicodedata.category(char) in ("So", "Sk", "Sm"):
        # A picture between two groups parts them like a space.
        return " "
    if not printed(plain):
        return "\u200b"
    return plain if len(plain) == 1 else char


def count(text: str) -> int:
    """How many digits of any script a folded text has."""
    return sum(1 for char in text if _value(char))


def chains(text: str) -> list[list[Group]]:
    """The chains of a folded text, in order; a chain may be a single group."""
    found: list[list[Group]] = []
    masked, repeats = _marked(text)
    for group in _groups(masked, repeats):
        if found:
            last = found[-1][-1]
            between = masked[last.end : group.start]
            gap = _gap(between)
            if gap is not None and last.digits != "X" and not _stray(group, gap, found[-1]):
                is_decimal = between == "." and len(group.digits) < 3
                found[-1].append(Group(group.digits, group.start, group.end, gap, is_decimal))
                continue
        if group.digits != "X":
            found.append([group])
    return found


def _stray(group: Group, gap: Gap, chain: list[Group]) -> bool:
    """Whether an X is no last sign of a number: a multiplication, a list, too few digits."""
    few = sum(len(each.digits) for each in chain) < 17
    return group.digits == "X" and (gap in (Gap.LIST, Gap.TALK) or few)


def _marked(text: str) -> tuple[str, dict[int, tuple[str, int]]]:
    """The text with reading aids as ¶; and digits said in words (三个八, 一百三十八) by place."""
    repeats: dict[int, tuple[str, int]] = {}
    for match in _REPEATED.finditer(text):
        times = int(_value(match.group(1)) or 1)
        repeats[match.start()] = (str(_value(match.group(2))) * times, match.end())
    for match in _SPOKEN_PREFIX.finditer(text):
        ten, one = match.groups()
        repeats[match.start()] = (f"1{_value(ten)}{_value(one) if one else 0}", match.end())
    text = _NO_DIGIT.sub("啊", text)
    hidden = _ORDER.sub(
        lambda match: match.group() if match.start() in repeats else "¶" * len(match.group()), text
    )
    return hidden, repeats


def _value(char: str) -> str | None:
    return char if char.isascii() and char.isdigit() else _CHINESE.get(char)


def _groups(text: str, repeats: dict[int, tuple[str, int]]) -> list[Group]:
    groups: list[Group] = []
    script = ""
    place = 0
    while place < len(text):
        if place in repeats:
            digits, end = repeats[place]
            now = "chinese"
        else:
            digits, end = _value(text[place]) or "", place + 1
            now = "ascii" if text[place].isascii() else "chinese"
        if digits:
            if groups and script == now and _joined(text[groups[-1].end : place]):
                last = groups.pop()
                groups.append(Group(last.digits + digits, last.start, end))
            else:
                groups.append(Group(digits, place, end))
            script = now
        elif _LAST_SIGN.match(text, place) and groups:
            groups.append(Group("X", place, end))
            script = ""
        place = end
    return groups


def _joined(between: str) -> bool:
    """Whether nothing visible stands between two digits (variation selectors, key caps)."""
    return all(unicodedata.category(char) in ("Cf", "Mn", "Me") for char in between)


def _gap(between: str) -> Gap | None:
    if _joined(between):
        return Gap.NONE
    if len(between) > _LONGEST_GAP:
        return None
    if _SOFT.fullmatch(between):
        return Gap.SOFT
    if _LIST.fullmatch(between):
        return Gap.LIST
    if _LETTERS.fullmatch(between) and between.strip().lower() not in ("x", "o"):
        return Gap.LIST
    if _WORDS.fullmatch(between):
        return Gap.WORDS if _HAS_STRONG.search(between) else Gap.LIST
    return Gap.TALK if len(between) <= _LONGEST_TALK else None
