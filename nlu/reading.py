"""All reading steps in one call: what the pipeline's components do one after the other."""

import re
from collections.abc import Callable
from datetime import date

from nlu.ages import AgeFinder, today_in_beijing
from nlu.attribution import attribute
from nlu.entities import Entity
from nlu.lexicon import Lexicons
from nlu.money import MoneyFinder
from nlu.normalizer import Normalizer
from nlu.regions import RegionReader
from nlu.spans import Span, arbitrate
from nlu.stickers import Stickers
from nlu.surface import visible, without_slash

_NOT = re.compile(r"(?<!是)不(?:是|在)(?:在)?$")
# Beside these a number is rather an age.
TELLING = ("relation", "region", "population", "work")
# Whoever says 岁, 元 or 基数 has said more than the number alone.
NUMBER = 8.0


class Reader:
    """Normalises a text and finds its entities, outside of Rasa: for training and for tools."""

    def __init__(
        self,
        normalizer: Normalizer,
        regions: RegionReader,
        ages: AgeFinder,
        lexicons: Lexicons,
        money: MoneyFinder,
        stickers: Stickers,
    ) -> None:
        """Take the steps."""
        self._normalizer = normalizer
        self._regions = regions
        self._ages = ages
        self._lexicons = lexicons
        self._money = money
        self._stickers = stickers

    @classmethod
    def load(cls, today: Callable[[], date] = today_in_beijing) -> "Reader":
        """With the project's own data; ``today`` is the day that ages are reckoned for."""
        return cls(
            Normalizer.load(),
            RegionReader.load(),
            AgeFinder(today),
            Lexicons.load(),
            MoneyFinder(),
            Stickers.load(),
        )

    def read(self, text: str) -> tuple[str, list[Entity]]:
        """The normalised text without stickers and leading slashes, and the entities in it."""
        text, stickers = self._stickers.find(visible(text))
        text = self._normalizer(without_slash(text))
        while text != (plain := without_slash(text)):
            text = self._normalizer(plain)
        mentions = self._regions.mentions(text)
        proposed = [
            *self._lexicons.propose(text),
            *(Span(each.start, each.end, "region", "") for each in mentions),
        ]
        told = [each for each in proposed if each.entity in TELLING and each.value is not None]
        numbers = [*self._ages.find(text, told), *self._money.find(text)]
        chosen = arbitrate([*proposed, *(_as_span(each) for each in numbers)])
        places = {(each.start, each.end) for each in chosen if each.entity == "region"}
        found = self._regions.entities(
            text, [each for each in mentions if (each.start, each.end) in places]
        )
        found += [span.more["as"] for span in chosen if "as" in span.more]
        found += self._lexicons.entities(text, chosen)
        kept = [entity for entity in found if not taken_back(text, entity, found)]
        attribute(text, kept)
        return text, kept + stickers


def _as_span(found: Entity) -> Span:
    extra = NUMBER if found["entity"] != "amount" else 0.0
    return Span(found["start"], found["end"], found["entity"], found["value"], extra, {"as": found})


def taken_back(text: str, entity: Entity, found: list[Entity]) -> bool:
    """Whether an entity is the wrong one of 「不是上海，是北京」."""
    if not _NOT.search(text, 0, entity["start"]):
        return False
    return any(
        other["entity"] == entity["entity"] and other["start"] >= entity["end"] for other in found
    )
