"""Stickers in a message: [微笑], /微笑, the codes that WeChat sends for them, and emoji."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from nlu.entities import Entity, entity

STICKERS = Path(__file__).parent / "lexicon" / "stickers.yml"
OTHER = "other"
_EMOJI = (
    "[\u2600-\u2604\u260e\u2618-\u261d\u2639\u263a\u2648-\u2653\u26a0\u26bd\u26be\u26c4\u26c5"
    "\u2705\u270a-\u270d\u2728\u274c\u274e\u2753-\u2757\u2763\u2764\u2795-\u2797\u2b50\u2b55"
    "\U0001f000-\U0001f3fa\U0001f400-\U0001faff]"
)


class Stickers:
    """Knows stickers by their names, codes and pictures."""

    def __init__(self, data: dict[str, dict[str, str]]) -> None:
        """Take what nlu/lexicon/stickers.yml says."""
        names = _by_word(data["names"])
        codes = _by_word(data["codes"])
        self._values = {**names, **codes}
        for value, pictures in data["emoji"].items():
            self._values.update(dict.fromkeys(pictures, value))
        # Of one character a name behind a slash is rather the other half of 医院/药.
        slashed = [name for name in names if len(name) > 1]
        self._pattern = re.compile(
            rf"[\[［](?P<name>{_any(names)})[\]］]"
            rf"|(?P<code>{_any(codes)})|/:{{1,2}}[a-z0-9'@,()<>~|$*?!#+&%^=_-]{{1,6}}"
            rf"|(?<![\u4e00-\u9fff])[/／](?P<slashed>{_any(slashed)})(?=$|[\s,，。.!！?？/\[])"
            rf"|(?P<picture>{_EMOJI})"
        )

    @classmethod
    @lru_cache(maxsize=1)
    def load(cls, file: Path = STICKERS) -> Stickers:
        """Read nlu/lexicon/stickers.yml."""
        return cls(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))

    def find(self, text: str) -> tuple[str, list[Entity]]:
        """The text without its stickers, and one entity ``sticker`` for each kind of them.

        A sticker stands nowhere in the text that is left, so that it starts and ends at 0.

        Args:
            text: as it was typed.
        """
        if not self._pattern.search(text):
            return text, []
        values = [self._value(match) for match in self._pattern.finditer(text)]
        found = [
            entity("sticker", value, 0, 0, "StickerExtractor") for value in dict.fromkeys(values)
        ]
        return self._pattern.sub(" ", text), found

    def _value(self, match: re.Match[str]) -> str:
        written = match["name"] or match["code"] or match["slashed"] or match["picture"]
        return self._values.get(written or "", OTHER)


def _by_word(data: dict[str, str]) -> dict[str, str]:
    return {word: value for value, words in data.items() for word in words.split()}


def _any(words: dict[str, str] | list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
