"""The features of a question: characters, sounds and concepts, with places and numbers folded."""

import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import ahocorasick
import yaml

from nlu.clauses import Clauses
from nlu.foreign import ENGLISH
from nlu.sounds import sound

CONCEPTS = Path(__file__).parent / "concepts.yml"
# One private-use character each, so that a folded span counts as one character.
NUMBER = "\ue003"
FOLDED = {
    "region": "\ue000", "age": "\ue001", "base": "\ue002", "wage": "\ue002", "pension": "\ue002",
    "amount": NUMBER,
}  # fmt: skip
FOREIGN = "\ue004"
_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_LATIN = re.compile(r"[a-z]{2,}")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_NOISE = re.compile(r"[\s,.。，、!！?？;；:：~…()（）\[\]【】\"'“”‘’《》<>—_·|/\\+*=#@^-]+")
# A message of this length and so many clauses tells a story before it asks.
LONG, MANY = 36, 3
# Entities whose value tells something of the intent; the person's own data do not.
TELLING = ("channel", "item", "visit", "hotline", "relation", "population")


def folded(text: str, entities: Iterable[dict[str, Any]]) -> str:
    """The text with regions, ages and amounts replaced by one placeholder each.

    Args:
        text: the normalised text that the entities' offsets refer to.
        entities: as the extractors found them.
    """
    spans = sorted(
        (entity["start"], entity["end"], FOLDED[entity["entity"]])
        for entity in entities
        if entity["entity"] in FOLDED
    )
    pieces, position = [], 0
    for start, end, sign in spans:
        if start < position:
            continue
        pieces += [text[position:start], sign]
        position = end
    pieces.append(text[position:])
    return _DIGITS.sub(NUMBER, "".join(pieces))


class Featurizer:
    """Turns a question into named features."""

    def __init__(self, concepts: dict[str, list[str]], foreign: Iterable[str] = ()) -> None:
        """Take what it knows.

        Args:
            concepts: name to words.
            foreign: Latin words that count as themselves; all others are one word to it.
        """
        self._foreign = frozenset(foreign)
        self._clauses = Clauses.load()
        by_word: dict[str, list[str]] = {}
        for name, words in concepts.items():
            for word in words:
                by_word.setdefault(word, []).append(name)
        self._automaton = ahocorasick.Automaton()
        for word, names in by_word.items():
            self._automaton.add_word(word, (len(word), tuple(names)))
        self._automaton.make_automaton()

    @classmethod
    def load(cls, file: Path = CONCEPTS) -> "Featurizer":
        """Read the concepts, and the foreign words to keep."""
        concepts = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
        foreign = yaml.load(ENGLISH.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
        return cls(concepts, foreign["kept"].split())

    def features(self, text: str, entities: Iterable[dict[str, Any]]) -> list[str]:
        """The features of one question, with repetitions.

        Args:
            text: normalised text.
            entities: what the extractors found in it.
        """
        entities = list(entities)
        short = self._without_foreign(folded(text, entities).lower())
        clean = _NOISE.sub("", short)
        names = self._of(clean)
        for clause in self._asking(short):
            names += self._of(_NOISE.sub("", clause))
        for entity in entities:
            if entity["entity"] in TELLING and not entity.get("pronoun"):
                names += [f"e{entity['entity']}", f"e{entity['entity']}={entity['value']}"]
        names.append(f"n{min(len(clean), 120) // 6 if len(clean) > 12 else len(clean)}")
        return names

    def _of(self, clean: str) -> list[str]:
        """Characters, sounds and concepts of a text without punctuation."""
        length = len(clean)
        names = [f"c1{character}" for character in clean]
        for size in (2, 3, 4):
            names += [f"c{size}{clean[at : at + size]}" for at in range(length - size + 1)]
        sounds = [sound(character) for character in clean]
        names += [f"p1{one}" for one in sounds]
        names += [f"p2{one}-{two}" for one, two in pairwise(sounds)]
        names += [
            f"p3{one}-{two}-{three}"
            for one, two, three in zip(sounds, sounds[1:], sounds[2:], strict=False)
        ]
        found = self.concepts(clean)
        names += [f"k1{name}" for name in found]
        names += [f"k2{a}+{b}" for a, b in pairwise(found) if a != b]
        kinds = sorted(set(found))
        names += [f"k3{a}&{b}" for i, a in enumerate(kinds) for b in kinds[i + 1 :]]
        # Start and end marks: short elliptical messages live by them.
        names += [f"^{clean[:2]}", f"${clean[-2:]}", f"^{clean[:3]}", f"${clean[-3:]}"]
        return names

    def _asking(self, text: str) -> list[str]:
        """The clauses of a long message that ask, else its last one; none of a short message.

        What they say counts twice, so that a story before a question weighs less than it.
        """
        if len(text) < LONG:
            return []
        clauses = [text[start:end] for start, end in self._clauses.spans(text)]
        if len(clauses) < MANY:
            return []
        return [each for each in clauses if self._clauses.asks(each)] or clauses[-1:]

    def _without_foreign(self, text: str) -> str:
        """The text with each unknown Latin word as one sign, if there is Chinese beside it."""
        if not _LATIN.search(text) or not _HAN.search(text):
            return text
        return _LATIN.sub(
            lambda match: match.group() if match.group() in self._foreign else FOREIGN, text
        )

    def concepts(self, text: str) -> list[str]:
        """The concepts of a text in the order of its words; the longest word wins."""
        spans = [
            (end - length + 1, end + 1, names)
            for end, (length, names) in self._automaton.iter(text)
        ]
        spans.sort(key=lambda span: (span[0], -span[1]))
        found: list[str] = []
        position = 0
        for start, end, names in spans:
            if start < position:
                continue
            found += names
            position = end
        return found
