"""What people type, in one form: simplified, half-width, lower case, without noise and slips."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import opencc
import yaml

from nlu import slips
from nlu.foreign import ForeignWords
from nlu.matching import Phrase, PhraseMatcher
from nlu.surface import visible

TYPOS = Path(__file__).parent / "lexicon" / "typos.yml"
# Pictures and symbols leave a gap.
_PICTURES = re.compile(
    "[\u20d0-\u20ff\u2190-\u21ff\u2300-\u23ff\u2460-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]+"
)
_SPACES = re.compile(r"\s+")
_REPEATED_MARKS = re.compile(r"([!?。,;:~、.…\-_*=#|·])(?:\s*\1)+")
_MIXED_MARKS = re.compile(r"[!?][!?]+")
# 医 保 卡 余 额
_SPACED = re.compile(
    r"(?:(?<=^)|(?<=[\s,。?!]))[\u4e00-\u9fff](?: [\u4e00-\u9fff\d]){2,}(?=[\s,。?!]|$)"
)
_DRAWN_OUT = re.compile(r"([\u4e00-\u9fffa-z])\1{3,}")
# Characters that the converter takes for traditional ones in names: 乾县, 乾安.
_KEPT = {"乾县": "\ue010", "乾安": "\ue011", "乾陵": "\ue012", "乾州": "\ue013"}
_RESTORED = {sign: name for name, sign in _KEPT.items()}
_MORE = str.maketrans(
    {"甯": "宁", "衞": "卫", "豬": "猪", "喼": "急", "妳": "你", "祂": "他", "○": "〇"}
)
_ARROWS = str.maketrans(dict.fromkeys("→➡➔➜⇒", "到"))


@lru_cache(maxsize=1)
def _converter() -> Any:
    return opencc.OpenCC("t2s")


class Normalizer:
    """Brings a message into the form that all other components read."""

    def __init__(
        self,
        typos: dict[str, Any],
        foreign: ForeignWords | None = None,
        likely: Iterable[Phrase] = (),
    ) -> None:
        """Take the slips to correct.

        Args:
            typos: what is wrong to what is right, or to a mapping with ``to``, ``not_after`` and
                ``not_before`` (lists of words beside which it is right as it stands).
            foreign: puts English words and initials into Chinese.
            likely: more of them, which count less.
        """
        self._foreign = foreign
        phrases = list(likely)
        for wrong, right in typos.items():
            if isinstance(right, str):
                phrases.append(Phrase(wrong, right))
            else:
                phrases.append(
                    Phrase(
                        wrong,
                        right["to"],
                        tuple(right.get("not_after", "").split()),
                        tuple(right.get("not_before", "").split()),
                    )
                )
        self._typos = PhraseMatcher(phrases)

    @classmethod
    def load(cls, file: Path = TYPOS) -> Normalizer:
        """Read the slips from nlu/lexicon/typos.yml."""
        return cls(
            yaml.safe_load(file.read_text(encoding="utf-8")), ForeignWords.load(), slips.phrases()
        )

    def __call__(self, text: str) -> str:
        """The normalised text; may be empty."""
        text = visible(text.translate(_ARROWS))
        text = _PICTURES.sub(" ", text)
        text = _simplified(text.lower())
        text = _SPACES.sub(" ", text).strip()
        text = _REPEATED_MARKS.sub(r"\1", text)
        text = _MIXED_MARKS.sub("?", text)
        text = _SPACED.sub(lambda match: match.group().replace(" ", ""), text)
        text = _DRAWN_OUT.sub(r"\1\1", text)
        return self._corrected(self._foreign(text) if self._foreign else text)

    def _corrected(self, text: str) -> str:
        found = self._typos.find(text)
        if not found:
            return text
        pieces, position = [], 0
        for match in found:
            pieces += [text[position : match.start], match.value]
            position = match.end
        return "".join(pieces) + text[position:]


def _simplified(text: str) -> str:
    if "乾" not in text:
        return str(_converter().convert(text)).translate(_MORE)
    for name, sign in _KEPT.items():
        text = text.replace(name, sign)
    text = str(_converter().convert(text)).translate(_MORE)
    for sign, name in _RESTORED.items():
        text = text.replace(sign, name)
    return text
