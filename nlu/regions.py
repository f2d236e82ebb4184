"""Regions in a message as entities, with their roles."""

from __future__ import annotations

from nlu.entities import Entity, entity
from nlu.roles import Place, assign_roles
from policy.regions import RegionMention, Regions

EXTRACTOR = "RegionExtractor"


class RegionReader:
    """Finds regions and says which is where somebody is insured or treated."""

    def __init__(self, regions: Regions) -> None:
        """Take the gazetteer."""
        self._regions = regions

    @classmethod
    def load(cls) -> RegionReader:
        """With the gazetteer of the policy module."""
        return cls(Regions.load())

    def mentions(self, text: str) -> list[RegionMention]:
        """What may be a region or a pool in a normalised text, in its order."""
        return self._regions.find(text)

    def find(self, text: str) -> list[Entity]:
        """The regions of a normalised text where no other finder competes."""
        return self.entities(text, self.mentions(text))

    def entities(self, text: str, mentions: list[RegionMention]) -> list[Entity]:
        """Entities ``region`` in a normalised text, in its order.

        Args:
            text: normalised.
            mentions: those of its places that are to be believed.

        The value is an adcode, or several joined by ``|`` if the name is ambiguous. A region in
        which another one of the text lies is taken for that one: 江苏 in 「江苏的，扬州退休」.
        A pool that is named without a region is an entity ``pool``.
        """
        if not mentions:
            return []
        placed = [mention for mention in mentions if mention.candidates]
        places = [Place(each.start, each.end, each.candidates) for each in placed]
        starts = [each.start for each in placed]
        roles = dict(zip(starts, assign_roles(text, places), strict=True))
        found = [self._entity(mention, roles.get(mention.start)) for mention in mentions]
        if len(placed) > 1:
            self._settle([each for each in found if each["entity"] == "region"])
        return found

    @staticmethod
    def _entity(mention: RegionMention, role: str | None) -> Entity:
        if not mention.candidates:
            pool = mention.pool or ""
            return entity("pool", pool, mention.start, mention.end, EXTRACTOR, text=mention.text)
        return entity(
            "region",
            "|".join(mention.candidates),
            mention.start,
            mention.end,
            EXTRACTOR,
            text=mention.text,
            role=role,
            pool=mention.pool,
        )

    def _settle(self, found: list[Entity]) -> None:
        """Let regions that are one and the same place, or one in the other, agree."""
        for one in found:
            for other in found:
                same = one["value"] == other["value"]
                if one is other or not (same or self._contains(one["value"], other["value"])):
                    continue
                if one.get("role") in (None, other.get("role")):
                    if not same:
                        one["value"] = other["value"]
                    if other.get("role"):
                        one["role"] = other["role"]

    def _contains(self, outer: str, inner: str) -> bool:
        """Whether a region lies in another one, both being sure."""
        if "|" in outer or "|" in inner or outer == inner:
            return False
        return self._regions.lies_in(inner, outer)
