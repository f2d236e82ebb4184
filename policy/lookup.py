"""Finding the facts for a question: the nearest region that has any, and only facts in force."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from policy.conditions import holds
from policy.facts import NATIONAL, Fact, FactBook, Source
from policy.regions import Regions
from policy.topics import DATA


class Policy:
    """The facts, the gazetteer and the clock, put together."""

    def __init__(
        self, book: FactBook, regions: Regions, today: Callable[[], date] = date.today
    ) -> None:
        """Take the parts; ``today`` decides what is in force and what is overdue."""
        self.book = book
        self.regions = regions
        self.today = today

    @classmethod
    def load(cls, folder: Path = DATA, today: Callable[[], date] = date.today) -> "Policy":
        """Read facts and gazetteer.

        Raises:
            DataError: naming file, line and field of the first mistake.
        """
        return cls(FactBook.load(folder), Regions.load(), today)

    def fact(self, name: str) -> Fact | None:
        """A fact by its id, if it is in force."""
        fact = self.book.facts.get(name)
        return fact if fact and fact.in_force(self.today()) else None

    def source(self, fact: Fact) -> Source:
        """The main source of a fact."""
        return self.book.sources[fact.source]

    def firm(self, fact: Fact) -> bool:
        """Whether a fact may be said without its caveat; one whose review is overdue may not."""
        return fact.firmness == "state" and not fact.overdue(self.today())

    def levels(self, region: str | None) -> list[str]:
        """The adcodes of the pools from a region's up to its province's, without the country."""
        if region is None or region == NATIONAL:
            return []
        return [step.adcode for step in self.regions.pooled(region) if step.adcode != NATIONAL]

    def at(self, aspect: str, region: str, pool: str | None = None) -> list[Fact]:
        """The facts of exactly one region (and pool) on an aspect, claims left out."""
        return [
            fact
            for fact in self.book.by_aspect.get(aspect, [])
            if fact.region == region
            and not fact.visitors
            and fact.firmness != "claim"
            and fact.pool in (None, pool)
            and fact.in_force(self.today())
        ]

    def local(
        self,
        aspect: str,
        region: str | None,
        pool: str | None = None,
        facets: Mapping[str, str] | None = None,
    ) -> list[Fact]:
        """The facts on an aspect of the nearest level that has any: county, city, province.

        Args:
            aspect: what is asked.
            region: the insured place.
            pool: its pooling area, where several share it.
            facets: the case; facts that say they are for another one do not count.
        """
        for adcode in self.levels(region):
            found = self.at(aspect, adcode, pool)
            found = [fact for fact in found if holds(facets or {}, fact.when, unknown=True)]
            if found:
                return found
        return []

    def received(self, aspect: str, treated: str | None) -> list[Fact]:
        """What a place of care says to people insured in another province."""
        levels = self.levels(treated)
        return [
            fact
            for fact in self.book.by_aspect.get(aspect, [])
            if fact.visitors and fact.region in levels and fact.in_force(self.today())
        ]

    def national(self, aspect: str) -> list[Fact]:
        """The facts on an aspect that hold for the whole country."""
        return self.at(aspect, NATIONAL)

    def claims(self, aspect: str, region: str | None) -> list[Fact]:
        """What the unofficial articles say on an aspect about this region or one above it."""
        places = self.levels(region)
        return [
            fact
            for fact in self.book.by_aspect.get(aspect, [])
            if fact.firmness == "claim" and fact.region in places
        ]
