"""A reply that picks one of the buttons just shown: 1, １, 一, 第一个, or the button's words."""

import re
import unicodedata

from dialogue.answer import Choice

_ORDINAL = re.compile(
    r"^(?:选|第|要)?\s*([0-9]{1,2}|[一二两三四五六七八九])\s*(?:个|条|项|号)?[.、。!]?$"
)
_CHINESE = {digit: number for number, digit in enumerate("一二三四五六七八九", 1)} | {"两": 2}


def picked(text: str, offered: tuple[Choice, ...]) -> Choice | None:
    """The choice that a message picks, or None.

    Args:
        text: what the person sent.
        offered: the choices of the bot's last message, in the order shown.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    for choice in offered:
        if text == unicodedata.normalize("NFKC", choice.title):
            return choice
    number = ordinal(text)
    return offered[number - 1] if number and number <= len(offered) else None


def ordinal(text: str) -> int | None:
    """The number of a message that is nothing but a number or an ordinal."""
    match = _ORDINAL.match(unicodedata.normalize("NFKC", text).strip())
    if not match:
        return None
    return _CHINESE.get(match.group(1)) or int(match.group(1))
