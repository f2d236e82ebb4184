"""Characters that an expression cannot do without, to skip it where the text has none of them."""

from __future__ import annotations

import re
import sre_parse
from collections.abc import Callable, Sequence
from typing import Any

# A bigger set hardly ever spares a search.
MOST = 60


class Quick:
    """A compiled expression that is tried only on texts that can match."""

    def __init__(self, expression: str) -> None:
        """Compile it."""
        self.pattern = re.compile(expression)
        sets = _sets(sre_parse.parse(expression))
        found = sorted((each for each in sets if len(each) <= MOST), key=len)
        # Two of them, since a common character alone spares little.
        self.needed = tuple(found[:2])

    def can_match(self, characters: frozenset[str]) -> bool:
        """Whether a text of these characters may match."""
        return not any(map(characters.isdisjoint, self.needed))


def tried(several: Sequence[Quick]) -> Callable[[frozenset[str]], list[int]]:
    """What finds the places of those expressions that may match a text of some characters."""
    always = [place for place, each in enumerate(several) if not each.needed]
    by_character: dict[str, list[int]] = {}
    for place, each in enumerate(several):
        for character in each.needed[0] if each.needed else ():
            by_character.setdefault(character, []).append(place)

    def find(characters: frozenset[str]) -> list[int]:
        found = set(always)
        for character in characters & by_character.keys():
            found.update(by_character[character])
        return sorted(place for place in found if several[place].can_match(characters))

    return find


def _sets(parsed: Any) -> list[frozenset[str]]:
    """One set for each place of a sequence of which some character must stand in the text."""
    found: list[frozenset[str]] = []
    for operation, argument in parsed:
        name = str(operation)
        if name == "LITERAL":
            found.append(frozenset((chr(argument),)))
        elif name == "IN":
            characters = _characters(argument)
            if characters:
                found.append(characters)
        elif name == "SUBPATTERN":
            found += _sets(argument[-1])
        elif name in ("MAX_REPEAT", "MIN_REPEAT") and argument[0] > 0:
            found += _sets(argument[2])
        elif name == "BRANCH":
            branches = [_sets(branch) for branch in argument[1]]
            if all(branches):
                found.append(frozenset().union(*(min(each, key=len) for each in branches)))
    return found


def _characters(items: Any) -> frozenset[str]:
    """The characters of a class; none if it has ranges or is negated."""
    if all(str(kind) == "LITERAL" for kind, _ in items):
        return frozenset(chr(value) for _, value in items)
    return frozenset()
