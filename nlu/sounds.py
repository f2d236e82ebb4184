"""How a character sounds."""

from functools import lru_cache

from pypinyin import pinyin_dict
from pypinyin.contrib.tone_convert import to_normal


@lru_cache(maxsize=32768)
def sound(character: str) -> str:
    """The toneless syllable of a character; itself if it has none.

    A homophone typed by mistake then still shares its sound with the right word.
    """
    reading = pinyin_dict.pinyin_dict.get(ord(character))
    if not reading:
        return character
    return str(to_normal(reading.split(",")[0]))
