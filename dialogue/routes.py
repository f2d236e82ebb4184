"""Where a case turns one question into another: ``data/conversation/routes.yml``."""

from functools import lru_cache
from pathlib import Path

import msgspec

from dialogue.meaning import INFORM
from policy.conditions import Condition, holds, wanted
from policy.topics import DATA, topics
from policy.yamlfile import Document

ROUTES = Path("conversation") / "routes.yml"
# Entries that are asked for; there are some hundreds.
_MOST_KEYS = 2048


class Route(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One turning.

    Attributes:
        when: facets that must hold.
        told: whether one of them must have been said in this very message.
        topics, keys: what was asked; empty means anything; ``inform`` among the keys, what only
            tells something before anything was asked.
        during: topics of the running thread, for what is ours only while they are talked about.
        named: things to pay for, for what is ours only beside one of them.
        to: the entry that answers instead; aspect: or the same thing's aspect.
        note: the sentence (``templates.yml``) that says what it does not answer.
        adds: instead of turning, the sentence that the case adds to the answer.
        unless: the entries that say so themselves.
    """

    when: dict[str, Condition] = {}
    told: bool = False
    topics: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    during: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    to: str | None = None
    aspect: str | None = None
    note: str | None = None
    adds: str | None = None
    unless: tuple[str, ...] = ()

    @property
    def is_of_strays(self) -> bool:
        """Whether it brings home what by its words alone is not ours."""
        return bool(self.during or self.named)

    def is_of(self, key: str) -> bool:
        """Whether it may turn the question for an entry."""
        if self.is_of_strays or key in self.unless:
            return False
        anything = not (self.topics or self.keys)
        return anything or topics().of(key) in self.topics or key in self.keys

    def fits(self, facets: dict[str, str], fresh: frozenset[str]) -> bool:
        """Whether the case is one that it is for.

        Args:
            facets: of the case.
            fresh: names of the facets that this message has told; ``situation=bound`` of one that
                has several values.
        """
        return self._is_told(fresh) and holds(facets, self.when)

    def _is_told(self, fresh: frozenset[str]) -> bool:
        if not self.told:
            return True
        values = {f"{name}={value}" for name, want in self.when.items() for value in wanted(want)}
        return bool(fresh & (self.when.keys() | values))


class Routes:
    """All turnings, in their order."""

    def __init__(self, routes: list[Route]) -> None:
        """Take the turnings."""
        self.routes = routes
        self._of = lru_cache(maxsize=_MOST_KEYS)(self._looked_up)

    def _looked_up(self, key: str) -> list[Route]:
        return [each for each in self.routes if each.is_of(key)]

    @classmethod
    def load(cls, folder: Path = DATA) -> "Routes":
        """Read them.

        Raises:
            DataError: for the first mistake, naming file, line and field.
        """
        document = Document(folder / ROUTES)
        return cls(document.convert(document.data or [], list[Route]))

    def ours(self, key: str, topic: str, item: str = "") -> Route | None:
        """What brings a stray intent home, if anything.

        Args:
            key: the intent.
            topic: of what is talked about.
            item: the thing to pay for that is named beside it.
        """
        for each in self.routes:
            fits = topic in each.during if each.during else item in each.named
            if each.is_of_strays and key in each.keys and fits:
                return each
        return None

    def opening(self, facets: dict[str, str]) -> str | None:
        """The entry for what is most likely asked by whoever begins by telling this, if any."""
        fitting = (each for each in self._of(INFORM) if INFORM in each.keys)
        return next((each.to for each in fitting if holds(facets, each.when)), None)

    def turn(self, key: str, facets: dict[str, str], fresh: frozenset[str]) -> Route | None:
        """The first turning that applies, if any."""
        turnings = (each for each in self._of(key) if not each.adds)
        return next((each for each in turnings if each.fits(facets, fresh)), None)

    def additions(self, key: str, facets: dict[str, str], fresh: frozenset[str]) -> list[str]:
        """The names of the sentences that a case adds to an answer."""
        return [each.adds for each in self._of(key) if each.adds and each.fits(facets, fresh)]
