"""Finding phrases of a list in a text, the leftmost first, then the longest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import ahocorasick


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase and what it stands for.

    Attributes:
        text: the phrase.
        value: what it stands for; None: nothing, it only hides the phrases inside it.
        not_after: words that must not stand right before it.
        not_before: words that must not stand right behind it.
        only_after: words of which one must stand right before it.
    """

    text: str
    value: str | None
    not_after: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found: where it starts, where it ends, what it stands for."""

    start: int
    end: int
    value: str


class PhraseMatcher:
    """Many phrases at once."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        """Prepare the search for some phrases; of two with the same text the last one counts."""
        self._automaton = ahocorasick.Automaton()
        for phrase in phrases:
            self._automaton.add_word(phrase.text, phrase)
        self._empty = len(self._automaton) == 0
        self._automaton.make_automaton()

    def find(self, text: str) -> list[Match]:
        """The phrases in a text, in its order, without overlaps."""
        if self._empty:
            return []
        hits = [
            (last + 1 - len(phrase.text), -len(phrase.text), phrase)
            for last, phrase in self._automaton.iter(text)
        ]
        hits.sort(key=lambda hit: hit[:2])
        found: list[Match] = []
        position = 0
        for start, negative, phrase in hits:
            end = start - negative
            if (
                start < position
                or (phrase.not_after and text.endswith(phrase.not_after, 0, start))
                or (phrase.not_before and text.startswith(phrase.not_before, end))
                or (phrase.only_after and not text.endswith(phrase.only_after, 0, start))
            ):
                continue
            position = end
            if phrase.value is not None:
                found.append(Match(start, end, phrase.value))
        return found
