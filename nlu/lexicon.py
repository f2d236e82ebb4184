"""Entities that are lists of words: who, from where, for what, at which visit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import ahocorasick
import yaml

from nlu.entities import Entity, entity
from nlu.needed import Quick, tried
from nlu.spans import ANYTHING, COMMON, CONTAINING, PATTERN, Span, arbitrate
from policy.regions import FOLDER as GAZETTEER

KINSHIP = "relation"
PRONOUN = "third"
# A time that something happened at, for patterns of the files: {time}.
TIME = (
    r"(?:去年|前年|大前年|今年|[昨前今]天|[昨今前]晚上?|[昨今]夜|今早|(?:上|前|这|本)个?(?:周|星期|礼拜|月)|上半年|年初|年前|春天|夏天|秋天|"
    r"冬天|[正元冬腊]月|刚刚?|前些年|前几年|前些天|前几天|前两天|头几天|头两天|前阵子|前不久|前段时间|早些年|"
    r"(?:[一二两三四五六七八九十几\d]+个?(?:年|月|天|周)(?:多)?(?:前|以前|之前)?)|"
    r"\d{2,4}年|[一二三四五六七八九十\d]+月份?)+"
)
FOLDER = Path(__file__).parent / "lexicon"
COMMON_WORDS = "words.yml"
OTHER_FILES = ("typos.yml", "english.yml", "lookalikes.yml", "stickers.yml", COMMON_WORDS)
_LATIN = re.compile(r"[a-z0-9]")


class Lexicon:
    """The words of one entity."""

    def __init__(self, data: dict[str, Any], macros: dict[str, str] | None = None) -> None:
        """Take the words.

        Args:
            data: a file of nlu/lexicon: ``entity``, ``values`` (value to its phrases), ``ignore``
                (containing words, which are nothing), ``patterns`` (value to regular
                expressions), ``macros`` (expressions that patterns and later macros name in
                braces), ``ignore_patterns`` (expressions that are nothing), ``asked`` (``behind``,
                what right behind a phrase asks for it instead of telling it, and ``but``, the
                values for which that is so all the same) and ``joined``
                (what two mentions are together: 「弟弟的孩子」), with ``between``, the
                expression of what may stand between them; ``who`` (a finer id to its phrases)
                and ``joined_who`` (what two of those are together).
            macros: expressions that any file may name so: ``{person}``.
        """
        self.name: str = data["entity"]
        macros = dict(macros or {})
        for name, expression in (data.get("macros") or {}).items():
            macros[name] = f"(?:{_filled(expression, macros)})"
        self._phrases = {
            text: str(value)
            for value, texts in data["values"].items()
            for text in str(texts).split()
        }
        self._containing = [
            text for text in (data.get("ignore") or "").split() if text not in self._phrases
        ]
        self._patterns: list[tuple[str | None, Quick]] = [
            (value, Quick(_filled(pattern, macros)))
            for value, patterns in (data.get("patterns") or {}).items()
            for pattern in patterns
        ]
        self._patterns += [
            (None, Quick(_filled(each, macros))) for each in data.get("ignore_patterns") or []
        ]
        asked = data.get("asked") or {}
        self.asked = re.compile(asked["behind"]) if asked else None
        self.always = frozenset((asked.get("but") or "").split())
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
        macros = {"person": persons(folder), "surname": surnames(), "time": TIME}
        return [cls(each, macros) for each in data]

    def phrases(self) -> dict[str, str]:
        """Every phrase and its value."""
        return dict(self._phrases)

    def containing(self) -> list[str]:
        """The words that contain a phrase and are none."""
        return list(self._containing)

    def patterns(self) -> list[tuple[str, str | None, Quick]]:
        """Every expression with the entity and the value that it stands for."""
        return [(self.name, value, quick) for value, quick in self._patterns]

    def entities(self, text: str, spans: list[Span]) -> list[Entity]:
        """The chosen spans of this lexicon, joined where two name one person.

        Args:
            text: normalised.
            spans: in the order of the text.
        """
        own = [span for span in spans if span.entity == self.name and span.value is not None]
        if self._joined and len(own) > 1:
            own = self._together(text, own)
        return [self._entity(text, each) for each in own]

    def _entity(self, text: str, span: Span) -> Entity:
        more: dict[str, Any] = {}
        if self._who:
            more["who"] = span.more.get("who") or self._who_of(text, span)
            more["pronoun"] = True if span.value == PRONOUN else None
        return entity(self.name, span.value or "", span.start, span.end, "LexiconExtractor", **more)

    def _who_of(self, text: str, span: Span) -> str:
        return self._who.get(text[span.start : span.end], span.value or "")

    def _together(self, text: str, found: list[Span]) -> list[Span]:
        """Two mentions that name one person as one: 「弟弟的孩子」 is neither brother nor child.

        A pronoun between them (我爸他大哥) or before one (他妈) is no person of its own.
        """
        together: list[Span] = []
        for index, each in enumerate(found):
            behind = found[index + 1] if index + 1 < len(found) else None
            if each.value == PRONOUN and behind and behind.start == each.end:
                continue
            before = together[-1] if together else None
            if (
                each.value == PRONOUN
                and before
                and text[before.end : each.start] in ("", "他", "她")
            ):
                continue  # 我妈她老人家
            value = before and self._joined.get(before.value or "", {}).get(each.value or "")
            if before and value and self._between.fullmatch(text, before.end, each.start):
                one = before.more.get("who") or self._who_of(text, before)
                other = self._who_of(text, each)
                who = self._joined_who.get(f"{one} {other}", f"{one}.{other}")
                together[-1] = Span(before.start, each.end, self.name, value, more={"who": who})
            else:
                together.append(each)
        return together


class Lexicons:
    """The words of several entities, looked for in one go."""

    def __init__(self, lexicons: list[Lexicon], common: str = "") -> None:
        """Prepare the search.

        Args:
            lexicons: one for each entity.
            common: words that are no entity but compete with those that are.
        """
        self._lexicons = lexicons
        words: dict[str, list[tuple[str, str | None, float]]] = {}
        for lexicon in lexicons:
            for phrase, value in lexicon.phrases().items():
                words.setdefault(phrase, []).append((lexicon.name, value, 0.0))
            for word in lexicon.containing():
                words.setdefault(word, []).append((lexicon.name, None, CONTAINING))
        for word in common.split():
            words.setdefault(word, []).append((ANYTHING, None, COMMON))
        self._automaton = ahocorasick.Automaton()
        for word, meanings in words.items():
            self._automaton.add_word(word, (len(word), meanings))
        self._automaton.make_automaton()
        self._asked = {each.name: each for each in lexicons if each.asked}
        self._patterns = [each for lexicon in lexicons for each in lexicon.patterns()]
        self._tried = tried([quick for *_, quick in self._patterns])

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Lexicons:
        """All files of the folder."""
        data = yaml.load((folder / COMMON_WORDS).read_text(encoding="utf-8"),
                         Loader=yaml.CSafeLoader)  # fmt: skip
        return cls(Lexicon.load_all(folder), data["words"])

    def propose(self, text: str) -> list[Span]:
        """Everything that a normalised text may name, with the words that contain it."""
        spans: list[Span] = []
        for last, (length, meanings) in self._automaton.iter(text):
            start, end = last + 1 - length, last + 1
            if _inside_latin(text, start, end):
                continue
            spans += [Span(start, end, name, value, extra) for name, value, extra in meanings]
        for place in self._tried(frozenset(text)):
            name, value, quick = self._patterns[place]
            for match in quick.pattern.finditer(text):
                if match.end() > match.start():
                    spans.append(Span(match.start(), match.end(), name, value, PATTERN))
        return [span for span in spans if not self._is_asked(text, span)]

    def _is_asked(self, text: str, span: Span) -> bool:
        own = self._asked.get(span.entity)
        if own is None or own.asked is None or span.value is None or span.value in own.always:
            return False
        return own.asked.match(text, span.end) is not None

    def find(self, text: str) -> list[Entity]:
        """The entities of a normalised text where no other finder competes."""
        return self.entities(text, arbitrate(self.propose(text)))

    def entities(self, text: str, chosen: list[Span]) -> list[Entity]:
        """The entities of the chosen spans.

        Args:
            text: normalised.
            chosen: in the order of the text; those of other finders are left aside.
        """
        return [found for lexicon in self._lexicons for found in lexicon.entities(text, chosen)]


def _inside_latin(text: str, start: int, end: int) -> bool:
    """Whether a word of letters or digits is a piece of a longer one: 12393 in 0123931."""
    for edge, beside in ((start, start - 1), (end - 1, end)):
        if 0 <= beside < len(text) and _LATIN.match(text[edge]):
            digits = text[edge].isdigit()
            if _LATIN.match(text[beside]) and text[beside].isdigit() == digits:
                return True
    return False


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


def surnames(file: Path = GAZETTEER / "overrides.yml") -> str:
    """An expression for the surnames that the gazetteer knows, which keep 刘长春 no place."""
    data = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return f"[{''.join(data['surnames'].split())}]"


def _filled(pattern: str, macros: dict[str, str]) -> str:
    for name, expression in macros.items():
        pattern = pattern.replace(f"{{{name}}}", expression)
    return pattern
