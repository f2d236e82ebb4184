"""A text as somebody can make sense of it, with the way back to what was typed.

What is written for machines (``%31``, ``&#49;``, ``U+0031``, Base64, tags) is read as what it
shows, digits said in words as digits, and what is strewn with blanks as one piece. Nothing of this
is kept: it only tells which parts of the original are personal.
"""

import base64
import binascii
import html
import re
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

import msgspec

Change = Callable[[re.Match[str]], str | None]

# One sign in percent notation (of UTF-8, also encoded twice), as an entity, as an escape.
_H, _P = "[0-9A-Fa-f]", "%(?:25)*"
_NEXT = f"{_P}[89ABab]{_H}"
_SIGN = re.compile(
    rf"{_P}[2-7]{_H}|{_P}[CDcd]{_H}{_NEXT}|{_P}[Ee]{_H}(?:{_NEXT}){{2}}"
    rf"|{_P}[Ff][0-4](?:{_NEXT}){{3}}"
    rf"|&#[0-9]{{1,9}};?|&#[xX]{_H}{{1,8}};?|&[A-Za-z]{{2,8}};"
    rf"|\\{{1,2}}x{_H}{{2}}|(?:\\{{1,2}}u|(?<![A-Za-z0-9])u(?=00)|[Uu]\+){_H}{{4}}",
)
# Without any of these there is nothing to read otherwise.
_FOR_MACHINES = re.compile(r"[%&\\<\[]|[uU]\+?00|[A-Za-z0-9+/]{14}")
_DEEPEST = 3
# Tags, and pictures as chat programs write them.
_PICTURE = re.compile(r"</?[A-Za-z][^<>]{0,40}>|\[[\u4e00-\u9fff]{1,4}\]")
_BASE64 = re.compile(
    r"(?<![A-Za-z0-9+/])(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*[A-Z])[A-Za-z0-9+/]{14,}={0,2}"
)
_FEWEST_DIGITS = 11

_WORDS = {
    **{"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"},
    **{"seven": "7", "eight": "8", "nine": "9", "oh": "0", "ling": "0", "yao": "1", "yi": "1"},
    **{"er": "2", "liang": "2", "san": "3", "si": "4", "wu": "5", "liu": "6", "qi": "7"},
    **{"ba": "8", "jiu": "9"},
}
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_TIMES = {"double": 2, "triple": 3}
_SAID = re.compile(rf"(?:(double|triple)[\s-]?)?(?:({_WORD})|([0-9]))", re.IGNORECASE)
_ONE_SAID = rf"(?:(?:double|triple)[\s-]?)?(?:{_WORD}|[0-9])"
# Three in a row are no chance; figures may stand between them.
_RUN = re.compile(
    rf"(?<![A-Za-z])(?=(?:[\s,.-]{{0,2}}[0-9]){{0,12}}[\s,.-]{{0,2}}(?:double|triple|(?:{_WORD})"
    rf"[\s,.-]{{0,2}}(?:{_WORD})[\s,.-]{{0,2}}(?:{_WORD})))"
    rf"{_ONE_SAID}(?:[\s,.-]{{0,2}}{_ONE_SAID}){{2,}}(?![A-WYZa-wyz])",
    re.IGNORECASE,
)
_LETTERS = re.compile("[A-Za-z]{2}")
# Signs that are said because they cannot be typed, or are not to be found by machines.
_SPOKEN = (
    ("@", r"圈a|艾特|爱特|小老鼠|\[at\]|\(at\)|(?<=\s)at(?=\s)"),
    (".", r"点|。|\[dot\]|\(dot\)|(?<=\s)dot(?=\s)"),
    ("_", r"下划线|底线"),
    ("-", r"中划线|短?横(?:杠|线)|杠|减号"),
)
_SIGNS = re.compile(
    r"(?<=[A-Za-z0-9])\s?(?:" + "|".join(f"({words})" for _, words in _SPOKEN) + r")\s?"
    r"(?=[A-Za-z0-9])",
    re.IGNORECASE,
)
_NUMERALS = {
    char: str(at % 10) for at, char in enumerate("零一二三四五六七八九〇壹贰叁肆伍陆柒捌玖")
} | {"两": "2", "幺": "1"}
_CHINESE = re.compile(f"[{''.join(_NUMERALS)}]{{4,}}")
# Single signs with the same blank or mark between all of them.
_STREWN = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z0-9](?:([\s.\-_·/*~])\1?[A-Za-z0-9@._-])(?:\1{1,2}[A-Za-z0-9@._-]){3,}"
    r"(?![A-Za-z0-9])"
)


class Reading(msgspec.Struct, frozen=True):
    """A text, and where each of its characters begins and ends in the original."""

    text: str
    starts: list[int]
    ends: list[int]

    @classmethod
    def of(cls, text: str) -> "Reading":
        """The text as it was typed."""
        return cls(text, list(range(len(text))), list(range(1, len(text) + 1)))

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The part of the original that a part of this reading stands for."""
        return self.starts[start], self.ends[end - 1]

    def folded(self, fold: Callable[[str], str]) -> "Reading":
        """The same places with other characters."""
        return Reading(fold(self.text), self.starts, self.ends)

    def rewritten(self, pattern: re.Pattern[str], change: Change) -> "Reading":
        """Each match as something else; None leaves it."""
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for match in pattern.finditer(self.text):
            new = change(match)
            if new is None:
                continue
            pieces += [self.text[done : match.start()], new]
            starts += self.starts[done : match.start()]
            ends += self.ends[done : match.start()]
            where = self.original(*match.span())
            starts += [where[0]] * len(new)
            ends += [where[1]] * len(new)
            done = match.end()
        if not pieces:
            return self
        pieces.append(self.text[done:])
        return Reading("".join(pieces), starts + self.starts[done:], ends + self.ends[done:])


def shown(reading: Reading) -> Reading:
    """A text with what is written for machines as people would see it."""
    if not _FOR_MACHINES.search(reading.text):
        return reading
    for _ in range(_DEEPEST):
        before = reading
        reading = reading.rewritten(_SIGN, _sign).rewritten(_BASE64, _unpacked)
        if reading is before:
            break
    return reading.rewritten(_PICTURE, lambda _: " ")


def counted(reading: Reading) -> Reading:
    """Digits that are said in English or in pinyin as digits."""
    if not _LETTERS.search(reading.text):
        return reading
    return reading.rewritten(_RUN, _figures)


def joined(reading: Reading) -> Reading:
    """For what has letters: signs said in words as signs, digits of one kind, nothing strewn."""
    reading = reading.rewritten(_SIGNS, _symbol)
    reading = reading.rewritten(_CHINESE, lambda run: "".join(map(_NUMERALS.__getitem__, run[0])))
    return reading.rewritten(_STREWN, lambda run: "".join(run[0].split(run[1])))


def _sign(match: re.Match[str]) -> str | None:
    """The character that a notation stands for, if it is one that people see."""
    written = match.group()
    if written[0] == "%":
        plain = unquote_to_bytes(re.sub("%(?:25)+(?=[0-9A-Fa-f]{2})", "%", written))
        found = plain.decode(errors="ignore")
    elif written[0] == "&":
        found = html.unescape(written)
    else:
        found = chr(int(written[-2:] if "x" in written else written[-4:], 16))
    seen = len(found) == 1 and (found.isprintable() or found.isspace())
    return found if seen else None


def _unpacked(match: re.Match[str]) -> str | None:
    """What Base64 hides, if it is mostly digits."""
    packed = match.group().rstrip("=")
    try:
        text = base64.b64decode(packed + "=" * (-len(packed) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return None
    digits = sum(sign.isdigit() for sign in text)
    return text if digits >= _FEWEST_DIGITS and digits > len(text) / 2 else None


def _figures(run: re.Match[str]) -> str:
    """A run of digits in words; what stands between them stays."""

    def figure(said: re.Match[str]) -> str:
        digit = said[3] or _WORDS[said[2].lower()]
        return digit * _TIMES.get((said[1] or "").lower(), 1)

    return re.sub(r"(?<=[0-9])[\s,.-]{1,2}(?=[0-9])", "", _SAID.sub(figure, run.group()))


def _symbol(match: re.Match[str]) -> str:
    place = next(at for at, group in enumerate(match.groups()) if group)
    return _SPOKEN[place][0]
