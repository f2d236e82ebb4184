"""Hundreds of ways to write a personal number, made by rule; all numbers are invented."""

import random
from collections.abc import Callable, Iterator

_CHINESE, _FORMAL, _CIRCLED = "零一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖", "⓪①②③④⑤⑥⑦⑧⑨"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
BETWEEN = (
    *("\u3164", "\u00ad", "\u200b", "\ufe0f", "\u115f", "\u2800", "\n", "\t", "😀", "❤️", "★", "→"),
    *(
        "，",
        "、",
        "。",
        " ，",
        "；",
        "：",
        "~",
        "／",
        "—",
        "·",
        "|",
        "&",
        "#",
        "%",
        "a",
        "ab",
        "x-",
    ),
    *("和", "然后", "and", "then", " dash "),
)
SIZES = {"身份证": (6, 8, 4), "手机": (3, 4, 4), "银行卡": (4, 4, 4, 4, 3)}


def _identity(dice: random.Random) -> str:
    place = dice.choice(["320102", "110101", "440106", "510108", "330102"])
    day = f"{dice.randint(1935, 1999)}{dice.randint(1, 12):02d}{dice.randint(1, 28):02d}"
    body = f"{place}{day}{dice.randint(0, 999):03d}"
    total = sum(int(sign) * weight for sign, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def _mobile(dice: random.Random) -> str:
    return f"{dice.choice([138, 139, 150, 177, 186, 199])}{dice.randint(0, 99_999_999):08d}"


def _bank(dice: random.Random) -> str:
    body = f"62{dice.randint(0, 10**16 - 1):016d}"
    doubled = [int(sign) * (2 - at % 2) for at, sign in enumerate(reversed(body))]
    return body + str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


MADE = {"身份证": _identity, "手机": _mobile, "银行卡": _bank}


def _in(signs: str) -> Callable[[str], str]:
    return lambda text: "".join(signs[int(sign)] if sign.isdigit() else sign for sign in text)


chinese = _in(_CHINESE)
WRITTEN: tuple[Callable[[str], str], ...] = (
    chinese,
    _in(_FORMAL),
    _in(_CIRCLED),
    lambda text: "".join(chr(ord(sign) + 0xFEE0) for sign in text),
    lambda text: "".join(f"%{ord(sign):x}" for sign in text),
    lambda text: "".join(f"&#{ord(sign)};" for sign in text),
    lambda text: "".join(f"&#x{ord(sign):x};" for sign in text),
    lambda text: "".join(f"\\u{ord(sign):04x}" for sign in text),
)


def _groups(number: str, sizes: tuple[int, ...]) -> list[str]:
    rest = iter(number)
    return ["".join(next(rest) for _ in range(size)) for size in sizes]


def _said(number: int) -> str:
    tens, ones = divmod(number, 10)
    before = "" if not tens else "十" if tens == 1 else f"{_CHINESE[tens]}十"
    return before + (_CHINESE[ones] if ones or not tens else "")


def spellings() -> Iterator[str]:
    """Messages with one number each, the same ones every time."""
    dice = random.Random(13)
    for name, make in MADE.items():
        for between in BETWEEN:
            for write in (str, chinese):
                parts = [write(part) for part in _groups(make(dice), SIZES[name])]
                yield f"我的{name}号{between.join(parts)}能查吗"
        for write in WRITTEN:
            for _ in range(4):
                yield f"我的{name}号是{write(make(dice))}，查余额"
        for _ in range(8):
            number, at = make(dice), dice.randint(3, 8)
            yield f"{name}{number[:at]}abc{number[at:]}谢谢"
            yield f"my {name} number is {make(dice)}, please check"
    for _ in range(20):
        number = _identity(dice)
        year, month, day = number[6:10], int(number[10:12]), int(number[12:14])
        place, rest = chinese(number[:6]), chinese(number[14:])
        date = f"{chinese(year)}年{_said(month)}月{_said(day)}"
        yield f"身份证{place}、{date}日、{rest}"
        yield f"身份证前面是{place}，{date}号生的，后面{rest}"
        yield f"身份证{number[:6]}，{year}年{month}月{day}日，{number[14:]}"
