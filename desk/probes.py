"""Questions that an edit is about, so that a preview shows it even if nobody has asked lately."""

from pathlib import Path

from dialogue.wording import Wording
from policy.facts import NATIONAL, Fact, FactBook
from policy.regions import Regions

MOST = 60
MOST_ASPECTS = 3


def probes(before: Path, after: Path) -> list[str]:
    """Questions whose answers rest on what differs between two folders of data.

    Args:
        before: the data in service.
        after: the data of the draft, free of mistakes.
    """
    old, new = FactBook.load(before), FactBook.load(after)
    wording, former = Wording.load(after), Wording.load(before)
    regions = Regions.load()
    found = [
        question
        for name in sorted(set(old.facts) | set(new.facts))
        if old.facts.get(name) != new.facts.get(name)
        for question in _about(new.facts.get(name) or old.facts[name], wording, regions)
    ]
    found += [
        spec.ask
        for key, spec in wording.answers.items()
        if spec.ask and spec != former.answers.get(key)
    ]
    return list(dict.fromkeys(found))[:MOST]


def _about(fact: Fact, wording: Wording, regions: Regions) -> list[str]:
    """Questions that a fact answers, for its place, population and age."""
    place = "" if fact.region == NATIONAL else regions.display(fact.region)
    low, high = fact.age or (None, None)
    age = low if low is not None else high
    who = "" if fact.population == "any" else wording.templates.populations.get(fact.population, "")
    case = f"{place}{fact.pool or ''}{who}{f'{age}岁' if age is not None else ''}"
    asks = [wording.answers[name].ask for name in fact.aspects if name in wording.answers]
    return [f"{case}{ask}" for ask in asks[:MOST_ASPECTS] if ask]
