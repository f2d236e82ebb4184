"""The facts: found by region, kind and source; what falls due; which rest on weak sources."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

import msgspec
from sanic.response import HTTPResponse

from desk.channel import Entry, Visit
from desk.draft import data_files
from desk.pages import data_of
from policy.dates import last_day
from policy.facts import Fact, FactBook, Source
from policy.regions import Regions
from policy.topics import topic_keys
from policy.yamlfile import DataError
from policy.yamlfile import shown as path_shown

# Days ahead that count as falling due.
SOON = 30
WEAK = frozenset({"site", "article"})
MOST = 200


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A fact with what an editor wants to see beside it.

    Attributes:
        fact, sources: the fact, its source first and then those that agree.
        file: as in a patch; line: where it begins.
        state: overdue, soon or "".
        weak: whether no source of it is more than a content site.
    """

    fact: Fact
    sources: tuple[Source, ...]
    file: str
    line: int
    state: str
    weak: bool

    @property
    def sentence(self) -> str:
        """What it says, with its figures."""
        fact = self.fact
        figures = "、".join(
            f"{v.spoken()} {v.unit}{'/' + v.period if v.period else ''}" for v in fact.values
        )
        return fact.fill(fact.text or "；".join(fact.steps) or figures)


def known(folder: Path, today: date) -> list[Known]:
    """Every fact of a folder.

    Raises:
        DataError: for the first mistake in it.
    """
    book = FactBook.load(folder)
    found = []
    for placed in book.placed:
        fact = placed.fact
        sources = tuple(book.sources[name] for name in (fact.source, *fact.also))
        state = ""
        if fact.overdue(today):
            state = "overdue"
        elif last_day(fact.review_after) < today + timedelta(days=SOON):
            state = "soon"
        found.append(
            Known(
                fact=fact,
                sources=sources,
                file=str(placed.document.file.relative_to(folder)),
                line=placed.document.lines["facts", placed.index],
                state=state,
                weak=all(source.kind in WEAK for source in sources),
            )
        )
    return found


async def facts(visit: Visit) -> HTTPResponse:
    """The list."""
    wanted = {name: visit.get(name).strip() for name in ("q", "region", "topic", "source", "only")}
    folder = data_of(visit)
    try:
        every = await asyncio.to_thread(known, folder, date.today())
        problem = ""
    except DataError as error:
        every, problem = [], str(error).replace(f"{path_shown(folder)}/", "data/")
    regions = await asyncio.to_thread(Regions.load)
    shown = [each for each in every if _fits(each, wanted, regions)]
    return visit.page(
        "facts.html",
        facts=shown[:MOST],
        number=len(shown),
        total=len(every),
        overdue=sum(each.state == "overdue" for each in every),
        soon=sum(each.state == "soon" for each in every),
        weak=sum(each.weak for each in every),
        wanted=wanted,
        topics=topic_keys(),
        files=data_files(folder),
        problem=problem,
    )


def _fits(each: Known, wanted: dict[str, str], regions: Regions) -> bool:
    fact, text = each.fact, wanted["q"]
    if text and not any(text in part for part in (fact.id, each.sentence, fact.caveat or "")):
        return False
    if wanted["topic"] not in ("", fact.topic):
        return False
    if wanted["source"] and not any(
        wanted["source"] in part
        for source in each.sources
        for part in (source.publisher, source.title or "", source.kind, source.document or "")
    ):
        return False
    place = wanted["region"]
    if place and not any(
        place in regions.display(step.adcode) for step in regions.climb(fact.region)
    ):
        return False
    only = wanted["only"]
    return not only or only == each.state or (only == "weak" and each.weak)


VIEWS: tuple[Entry, ...] = (("/facts", "GET", facts, "reader"),)
