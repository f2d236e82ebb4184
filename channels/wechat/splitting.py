"""Cutting a long answer into messages, never inside a character, a URL, a figure or a step."""

from collections.abc import Iterator

import regex

# Bytes of UTF-8 that WeChat takes in one text; it cuts off the rest.
LIMIT = 2048
_UNITS = (
    "万元|亿元|元|角|块钱|块|周岁|岁|年|个月|月|日|号|天|个工作日|小时|分钟|倍|次|折|人|档|%|％"
)
# Bounds keep a hostile text from costing more than its length.
_DIGITS = r"[0-9０-９][0-9０-９,，.．:：/~～–—-]{0,30}+"
_NUMERALS = "[零〇一二三四五六七八九十百千万亿两]{1,20}+"
_WHOLE = regex.compile(
    # URLs
    r"(?:https?://|www\.)[^\s，。；、！？）】」》<>\"'\p{Han}]+"
    r"|[A-Za-z0-9-]{1,40}(?:\.[A-Za-z0-9-]{1,40}){0,4}\.(?:cn|com|net|org)(?![A-Za-z0-9])"
    r"(?:/[^\s，。；、！？）】」》\p{Han}]*)?"
    # figures with what they are counted in: 每月 110 元, 2026年1月1日, 70–74 岁, 百分之三
    rf"|(?:(?:每月|每年|约|满)\s?)?{_DIGITS}(?:\s?(?:{_UNITS})(?:\s?{_DIGITS})?){{0,6}}"
    rf"|百分之{_NUMERALS}|(?:(?:每月|每年)\s?)?{_NUMERALS}(?:{_UNITS})"
    # characters as people see them
    r"|\X"
)
_LINE = regex.compile(r"\n+")
_SENTENCE = regex.compile(r"[。！？!?；;…]+[”’」』）)】》\"']*")
_CLAUSE = regex.compile(r"[，,、：:]+|\s+")


def pieces(text: str, limit: int = LIMIT) -> list[str]:
    """Cut a text into pieces that join to it again.

    Args:
        text: the text; without lone surrogates.
        limit: most bytes of a piece, at least 4.
    """
    found = []
    while text:
        end = cut(text, limit)
        found.append(text[:end])
        text = text[end:]
    return found


def cut(text: str, limit: int = LIMIT) -> int:
    """Where the first piece of a text ends: the index behind its last character.

    Lines are kept whole where they fit into a piece at all (a step is a line), else sentences,
    clauses, figures and URLs, characters, in this order.
    """
    fitting = len(text.encode()[:limit].decode(errors="ignore"))
    if fitting == len(text):
        return fitting
    inside = set(_inside_whole(text, fitting))
    for pattern in (_LINE, _SENTENCE, _CLAUSE):
        ends = [match.end() for match in pattern.finditer(text, 0, fitting + 1)]
        good = [end for end in ends if end <= fitting and end not in inside and text[:end].strip()]
        if good:
            return good[-1]
    return _last_whole(text, fitting) or fitting


def _inside_whole(text: str, fitting: int) -> Iterator[int]:
    """Indexes within the part that fits at which something whole would be cut."""
    for match in _WHOLE.finditer(text):
        if match.start() >= fitting:
            return
        yield from range(match.start() + 1, min(match.end(), fitting + 1))


def _last_whole(text: str, fitting: int) -> int:
    """The last index up to which nothing whole is cut; 0 if the first one is longer."""
    last = character = 0
    for match in _WHOLE.finditer(text):
        if match.end() > fitting:
            break
        last = match.end()
    if last:
        return last
    for match in regex.compile(r"\X").finditer(text):
        if match.end() > fitting:
            break
        character = match.end()
    return character
