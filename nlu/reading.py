"""All reading steps in one call: what the pipeline's components do one after the other."""

import re

from nlu.ages import AgeFinder
from nlu.attribution import attribute
from nlu.entities import Entity
from nlu.lexicon import Lexicon
from nlu.money import MoneyFinder
from nlu.normalizer import Normalizer
from nlu.regions import RegionReader

_NOT = re.compile(r"(?<!是)不(?:是|在)(?:在)?$")


class Reader:
    """Normalises a text and finds its entities, outside of Rasa: for training and for tools."""

    def __init__(
        self,
        normalizer: Normalizer,
        regions: RegionReader,
        ages: AgeFinder,
        lexicons: list[Lexicon],
        money: MoneyFinder,
    ) -> None:
        """Take the steps."""
        self._normalizer = normalizer
        self._finders = [regions.find, ages.find, *(each.find for each in lexicons), money.find]

    @classmethod
    def load(cls) -> "Reader":
        """With the project's own data."""
        return cls(
            Normalizer.load(), RegionReader.load(), AgeFinder(), Lexicon.load_all(), MoneyFinder()
        )

    def read(self, text: str) -> tuple[str, list[Entity]]:
        """The normalised text, and the entities in it."""
        text = self._normalizer(text)
        found = [entity for find in self._finders for entity in find(text)]
        kept = [entity for entity in found if not taken_back(text, entity, found)]
        attribute(text, kept)
        return text, kept


def taken_back(text: str, entity: Entity, found: list[Entity]) -> bool:
    """Whether an entity is the wrong one of 「不是上海，是北京」."""
    if not _NOT.search(text, 0, entity["start"]):
        return False
    return any(
        other["entity"] == entity["entity"] and other["start"] >= entity["end"] for other in found
    )
