"""Where a message may fall into several questions, judged by its words alone."""

import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

FILE = Path(__file__).parent / "clauses.yml"
# 「咋绑」 is too little to go by; 「返多少」 leans on what was said before.
SHORTEST = 3
# Where neither mark nor word shows that a question begins, it takes so much to be one.
SHORTEST_UNMARKED = 6
# Between two questions so many places to cut at are tried.
MOST_CUTS = 6
SAME_OF_ANOTHER = "呢"
_ENDS = re.compile(r"[?？!！;；\n。,，\s]+|(?<![0-9])[:：]|[:：](?![0-9])")

Span = tuple[int, int]
# In so many words; nothing but what is told of a case; some other fact; no more than a name.
Form = Literal["asks", "tells", "states", "names"]


class Cut(msgspec.Struct, frozen=True):
    """Two questions, each made of one or two pieces of the text.

    Attributes:
        left, right: the pieces.
        marked: whether a word between them, or one that ends a question, shows the place.
    """

    left: tuple[Span, ...]
    right: tuple[Span, ...]
    marked: bool = False


class Clauses:
    """Knows the words that ask, join and lean."""

    def __init__(self, words: dict[str, Any]) -> None:
        """Take the words of ``nlu/clauses.yml``."""
        self._asking = [re.compile(each) for each in words["asking"]]
        self._seeming = re.compile(words["seeming"])
        self._tag = re.compile(words["tags"])
        self._particle = re.compile(words["particles"])
        self._beginning = re.compile(words["beginning"])
        self._unfinished = re.compile(words["unfinished"])
        self._governing = re.compile(words["governing"])
        self._continuing = re.compile(words["continuing"])
        self._joint = re.compile(words["joints"])
        self._pairing = re.compile(words["pairing"])
        self._predicate = re.compile(words["predicate"])
        self._opening = re.compile(words["opening"])
        self._closing = re.compile(words["closing"])
        self._comparing = re.compile(words["comparing"])
        self._headline = re.compile(words["headline"])
        self._oneself = re.compile(words["oneself"])
        self._past = re.compile(words["past"])
        self._light = re.compile(words["light"])
        self._stating = re.compile(words["stating"])

    @staticmethod
    @lru_cache
    def load(file: Path = FILE) -> "Clauses":
        """Read the words, once."""
        return Clauses(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))

    def of_oneself(self, clause: str) -> bool:
        """Whether a clause that names nobody tells of whoever writes it: 「我在南昌退休」."""
        return bool(self._oneself.match(clause))

    def of_the_past(self, clause: str) -> bool:
        """Whether a clause tells of former times: 「前年中风了」."""
        return bool(self._past.search(clause))

    def form(self, clauses: list[str], bare: list[str], marked: bool) -> Form:
        """What a message does by its form.

        Args:
            clauses: its clauses.
            bare: the same without what is told of a case (places, ages, people …).
            marked: whether it has a question mark.
        """
        if any(map(self.asks_in_words, clauses)):
            return "asks"
        if bare != clauses and all(map(self._light.fullmatch, bare)):
            return "tells"
        states = not marked and any(map(self._stating.search, clauses))
        return "states" if states else "names"

    @staticmethod
    def spans(text: str) -> list[Span]:
        """The spans between punctuation and blanks."""
        spans, position = [], 0
        for match in _ENDS.finditer(text):
            if match.start() > position:
                spans.append((position, match.start()))
            position = match.end()
        if position < len(text):
            spans.append((position, len(text)))
        return spans

    def trimmed(self, text: str, span: Span) -> Span:
        """A span without the courtesies around a question."""
        start, end = span
        opening = self._opening.match(text, start, end)
        closing = self._closing.search(text[start:end])
        inner = (opening.end() if opening else start, start + closing.start() if closing else end)
        return inner if inner[1] - inner[0] >= SHORTEST else span

    def asks(self, clause: str) -> bool:
        """Whether a clause asks for something rather than tells it."""
        return len(clause) >= SHORTEST and any(
            each.search(self._seeming.sub("", clause)) for each in self._asking
        )

    def asks_in_words(self, clause: str) -> bool:
        """Whether a clause asks, and not only for the same of another: 「上海呢」."""
        return self.asks(clause) and not clause.endswith(SAME_OF_ANOTHER)

    def is_tag(self, clause: str) -> bool:
        """Whether a clause asks only together with what stands before it: 「怎么回事」."""
        return self._tag.fullmatch(clause) is not None

    def asked(self, clause: str) -> list[Span]:
        """The words that ask, those that touch taken as one, but for the end of a question."""
        clause = self._seeming.sub(lambda match: "-" * len(match.group()), clause)
        found = sorted(match.span() for each in self._asking for match in each.finditer(clause))
        merged: list[Span] = []
        for start, end in found:
            # 「能取吗怎么取」: what closes a question does not belong to the next one.
            last = merged[-1][1] if merged else -1
            if start < last or (start == last and not self._particle.match(clause, start - 1)):
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        return merged

    def cuts(self, clause: str) -> list[Cut]:
        """Ways to read a clause without punctuation as two questions."""
        # 「呢」 closes a question that has asked already.
        asked = [each for each in self.asked(clause) if clause[slice(*each)] != "呢"]
        found: list[Cut] = []
        for (_, first), (second, _) in pairwise(asked):
            for end, start, marked in self._places(clause, first, second):
                if end < SHORTEST or len(clause) - start < SHORTEST:
                    continue
                found.append(Cut(((0, end),), ((start, len(clause)),), marked))
        return found + self._coordinated(clause, asked)

    def _places(self, clause: str, first: int, second: int) -> list[tuple[int, int, bool]]:
        """Where one question may end and the next begin, between the words that ask."""
        for match in self._joint.finditer(clause, first):
            if match.start() <= second:
                together = match.group() == "和" and self._comparing.search(clause, match.end())
                return [(*match.span(), not together)]
        particle = self._particle.match(clause, first - 1)
        if particle:
            return [(particle.end(), particle.end(), True)]
        if self._governing.match(clause):
            # Of 「怎么查备案通过没有」 the end is what is looked up.
            return [(second, second, False)] if self._beginning.match(clause, second) else []
        last = max(first, min(second, len(clause) - SHORTEST_UNMARKED))
        places = {*_spread(first, last), second}
        return [
            (each, each, False)
            for each in sorted(places)
            if not self._continuing.match(clause, each)
            and not self._unfinished.search(clause[:each])
        ]

    def _coordinated(self, clause: str, asked: list[Span]) -> list[Cut]:
        """Two things that share what is asked of them: 「余额和返款怎么看」."""
        last = asked[0][0] if asked else len(clause)
        found: list[Cut] = []
        for match in self._pairing.finditer(clause, 1, last):
            rest = self._predicate.search(clause, match.end())
            tail = rest.start() if rest else len(clause)
            if self._comparing.search(clause, tail) or tail - match.end() < 2 or match.start() < 2:
                continue
            if not asked and not self._headline.search(clause):
                continue
            shared = ((tail, len(clause)),) if tail < len(clause) else ()
            found.append(Cut(((0, match.start()), *shared), ((match.end(), len(clause)),), True))
        return found


def _spread(low: int, high: int) -> list[int]:
    """A few places from ``low`` to ``high``, both included."""
    if high - low < MOST_CUTS:
        return list(range(low, high + 1))
    step = (high - low) / (MOST_CUTS - 1)
    return sorted({round(low + index * step) for index in range(MOST_CUTS)})
