"""Entities that are lists of words: who, from where, for what, at which visit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from nlu.entities import Entity, entity
from nlu.matching import Match, Phrase, PhraseMatcher

KINSHIP = "relation"
PRONOUN = "third"
# A time that something happened at, for patterns of the files: {time}.
TIME = (
    r"(?:去年|前年|大前年|今年|昨天|前天|今天|上周|上个?月|上半年|年初|年前|刚刚?|前些年|前几年|前段时间|早些年|"
    r"(?:[一二两三四五六七八九十几\d]+个?(?:年|月|天|周)(?:多)?(?:前|以前|之前)?)|\d{2,4}年|[一二三四五六七八九十\d]+月份?)+"
)
FOLDER = Path(__file__).parent / "lexicon"
# In place of a value: the phrase only hides others.
HIDDEN = ""
OTHER_FILES = ("typos.yml", "english.yml", "lookalikes.yml")


class Lexicon:
    """The words of one entity."""

    def __init__(self, data: dict[str, Any], macros: dict[str, str] | None = None) -> None:
        """Take the words.

        Args:
            data: a file of nlu/lexicon: ``entity``, ``values`` (value to its phrases), ``ignore``
                (phrases that hide others), ``guards`` (phrase to ``not_after``, ``not_before``,
                ``only_after``), ``patterns`` (value to regular expressions, which go first),
                ``ignore_patterns`` (expressions that hide phrases) and ``joined`` (what two
                mentions are together: 「弟弟的孩子」), with ``between``, the
                expression of what may stand between them; ``who`` (a finer id to its phrases)
                and ``joined_who`` (what two of those are together).
            macros: expressions that patterns name in braces: ``{person}``.
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
            (value, re.compile(_filled(pattern, macros or {})))
            for value, patterns in (data.get("patterns") or {}).items()
            for pattern in patterns
        ]
        self._patterns += [(HIDDEN, re.compile(each)) for each in data.get("ignore_patterns") or []]
        self._joined: dict[str, dict[str, str]] = data.get("joined") or {}
        self._between = re.compile(data.get("between") or "")
        self._who = {
            text: who for who, texts in (data.get("who") or {}).items() for text in texts.split()
        }
        self._joined_who: dict[str, str] = data.get("joined_who") or {}

    @classmethod
    def load_all(cls, folder: Path = FOLDER) -> list[Lexicon]:
        """All files of the folder, in the order of their names."""
        files = [file for file in sorted(folder.glob("*.yml")) if file.name not in OTHER_FILES]
        data = [yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
                for file in files]  # fmt: skip
        macros = {"person": persons(folder), "time": TIME}
        return [cls(each, macros) for each in data]

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
        return [self._entity(text, each) for each in found]

    def _entity(self, text: str, match: Match) -> Entity:
        more: dict[str, Any] = {}
        if self._who:
            more["who"] = match.who or self._who_of(text, match)
            more["pronoun"] = True if match.value == PRONOUN else None
        return entity(self.name, match.value, match.start, match.end, "LexiconExtractor", **more)

    def _who_of(self, text: str, match: Match) -> str:
        return self._who.get(text[match.start : match.end], match.value)

    def _together(self, text: str, found: list[Match]) -> list[Match]:
        """Two mentions that name one person as one: 「弟弟的孩子」 is neither brother nor child.

        A pronoun between them (我爸他大哥) or before one (他妈) is no person of its own.
        """
        together: list[Match] = []
        for index, each in enumerate(found):
            behind = found[index + 1] if index + 1 < len(found) else None
            if each.value == PRONOUN and behind and behind.start == each.end:
                continue
            before = together[-1] if together else None
            value = before and self._joined.get(before.value, {}).get(each.value)
            if before and value and self._between.fullmatch(text, before.end, each.start):
                one, other = before.who or self._who_of(text, before), self._who_of(text, each)
                who = self._joined_who.get(f"{one} {other}", f"{one}.{other}")
                together[-1] = Match(before.start, each.end, value, who)
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


def persons(folder: Path = FOLDER) -> str:
    """An expression for everybody that relation.yml names, the longest first."""
    data = yaml.load((folder / f"{KINSHIP}.yml").read_text(encoding="utf-8"),
                     Loader=yaml.CSafeLoader)  # fmt: skip
    words = {
        word
        for value, texts in data["values"].items()
        if value not in ("self", PRONOUN)
        for word in texts.split()
    }
    return f"(?:{'|'.join(sorted(words, key=lambda word: (-len(word), word)))})"


def _filled(pattern: str, macros: dict[str, str]) -> str:
    for name, expression in macros.items():
        pattern = pattern.replace(f"{{{name}}}", expression)
    return pattern
