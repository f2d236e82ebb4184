"""Words with one character mistaken for another that looks or sounds like it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml

from nlu.matching import Phrase
from nlu.sounds import sound

LOOKALIKES = Path(__file__).parent / "lexicon" / "lookalikes.yml"
# Words from this length: any character of the same sound; from the other one: two mistakes.
LONG, LONGER = 3, 4


def phrases(file: Path = LOOKALIKES) -> list[Phrase]:
    """What is written wrong, and what was meant, from nlu/lexicon/lookalikes.yml."""
    data: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    words = dict.fromkeys(data["words"].split())
    alike = {right: each.split() for right, each in data["lookalikes"].items()}
    sounding = _by_sound()
    found = {wrong: word for word in words for wrong in _mistaken(word, alike, sounding)}
    right = {*words, *data["never"].split()}
    return [
        *(Phrase(wrong, word) for wrong, word in found.items() if wrong not in right),
        *(Phrase(text, None) for text in data["never"].split()),
    ]


def _mistaken(
    word: str, alike: dict[str, list[str]], sounding: dict[str, list[str]]
) -> Iterator[str]:
    for place, right in enumerate(word):
        others = list(alike.get(right, ()))
        if len(word) >= LONG:
            others += sounding.get(sound(right), ())
        for other in others:
            yield word[:place] + other + word[place + 1 :]
    if len(word) >= LONGER:
        for one, two in combinations(range(len(word)), 2):
            for first in alike.get(word[one], ()):
                for second in alike.get(word[two], ()):
                    yield word[:one] + first + word[one + 1 : two] + second + word[two + 1 :]


def _by_sound() -> dict[str, list[str]]:
    """Common characters by toneless syllable."""
    found: dict[str, list[str]] = {}
    for code in range(0xB0A1, 0xD7FA):
        try:
            character = code.to_bytes(2, "big").decode("gb2312")
        except UnicodeDecodeError:
            continue
        found.setdefault(sound(character), []).append(character)
    return found
