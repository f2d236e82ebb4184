"""Entities that are lists of words: who, from where, for what, at which visit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from nlu.entities import Entity, entity
from nlu.matching import Match, Phrase, PhraseMatcher

FOLDER = Path(__file__).parent / "lexicon"
# In place of a value: the phrase only hides others.
HIDDEN = ""
OTHER_FILES = ("typos.yml", "english.yml", "lookalikes.yml")


class Lexicon:
    """The words of one entity."""

    def __init__(self, data: dict[str, Any]) -> None:
        """Take the words.

        Args:
            data: a file of nlu/lexicon: ``entity``, ``values`` (value to its phrases), ``ignore``
                (phrases that hide others), ``guards`` (phrase to ``not_after``, ``not_before``,
                ``only_after``), ``patterns`` (value to regular expressions, which go first),
                ``ignore_patterns`` (expressions that hide phrases) and ``joined`` (what two
                mentions are together: 「弟弟的孩子」), with ``between``, the
                expression of what may stand between them.
        """
        self.name: str = data["entity"]
        guards = data.get("guards") or {}
        phrases = [
            _phrase(text, value, guards.get(text) or {})
            for value, texts in data["values"].items()
            for text in str(texts).split()
        ]
        self._phrases = {phrase.text: phrase.value for phrase in phrases}
        phrases += [Phrase(text, None) for text in (data.get("ignore") or "").split()]
        self._matcher = PhraseMatcher(phrases)
        self._patterns = [
            (value, re.compile(pattern))
            for value, patterns in (data.get("patterns") or {}).items()
            for pattern in patterns
        ]
        self._patterns += [(HIDDEN, re.compile(each)) for each in data.get("ignore_patterns") or []]
        self._joined: dict[str, dict[str, str]] = data.get("joined") or {}
        self._between = re.compile(data.get("between") or "")

    @classmethod
    def load_all(cls, folder: Path = FOLDER) -> list[Lexicon]:
        """All files of the folder, in the order of their names."""
        return [
            cls(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
            for file in sorted(folder.glob("*.yml"))
            if file.name not in OTHER_FILES
        ]

    def phrases(self) -> dict[str, str | None]:
        """Every phrase and its value."""
        return dict(self._phrases)

    def find(self, text: str) -> list[Entity]:
        """The entity's mentions in a normalised text, in its order."""
        found = self._matcher.find(text)
        if self._patterns:
            found = self._with_patterns(text, found)
        if self._joined and len(found) > 1:
            found = self._together(text, found)
        return [
            entity(self.name, each.value, each.start, each.end, "LexiconExtractor")
            for each in found
        ]

    def _together(self, text: str, found: list[Match]) -> list[Match]:
        """Two mentions that name one person as one: 「弟弟的孩子」 is neither brother nor child."""
        together = found[:1]
        for each in found[1:]:
            before = together[-1]
            value = self._joined.get(before.value, {}).get(each.value)
            if value and self._between.fullmatch(text, before.end, each.start):
                together[-1] = Match(before.start, each.end, value)
            else:
                together.append(each)
        return together

    def _with_patterns(self, text: str, phrases: list[Match]) -> list[Match]:
        longer: list[Match] = []
        for value, pattern in self._patterns:
            for match in pattern.finditer(text):
                if not any(match.start() < other.end and other.start < match.end()
                           for other in longer):  # fmt: skip
                    longer.append(Match(match.start(), match.end(), value))
        if not longer:
            return phrases
        rest = [
            each
            for each in phrases
            if not any(each.start < other.end and other.start < each.end for other in longer)
        ]
        longer = [each for each in longer if each.value != HIDDEN]
        return sorted(longer + rest, key=lambda each: each.start)


def _phrase(text: str, value: str, guards: dict[str, str]) -> Phrase:
    def words(name: str) -> tuple[str, ...]:
        return tuple(str(guards.get(name) or "").split())

    return Phrase(text, value, words("not_after"), words("not_before"), words("only_after"))
