"""The facts: found by region, kind and source; what falls due; which rest on weak sources."""

import asyncio
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import msgspec
from sanic.response import HTTPResponse

from desk.channel import Entry, Visit
from desk.draft import data_files
from desk.filters import holds_for, lies_in, region_name
from desk.meanings import Stamp, stamp
from desk.pages import data_of
from desk.paging import paged
from dialogue.wording import Wording
from policy.dates import last_day
from policy.facts import Fact, FactBook, Source
from policy.topics import topic_keys
from policy.yamlfile import DataError
from policy.yamlfile import shown as path_shown

# Days ahead that count as falling due.
SOON = 30
WEAK = frozenset({"site", "article"})


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
            f"{v.label or ''}{v.spoken()} {v.unit}{'/' + v.period if v.period else ''}"
            for v in fact.values
        )
        said = fact.fill(fact.text or "；".join(fact.steps))
        # A text that does not speak the figures itself stands beside them.
        beside = figures if not fact.text or "{0}" not in fact.text else ""
        return "。".join(part for part in (beside, said) if part)


def known(folder: Path, today: date) -> tuple[list[Known], list[DataError]]:
    """Every fact of a folder that can be read, and what is wrong with the others."""
    return _known(folder, today, stamp(folder))


@lru_cache(maxsize=4)
def _known(folder: Path, today: date, _: Stamp) -> tuple[list[Known], list[DataError]]:
    book, mistakes = FactBook.read(folder)
    found = []
    for placed in book.placed:
        fact = placed.fact
        sources = tuple(
            book.sources[name] for name in (fact.source, *fact.also) if name in book.sources
        )
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
    return found, mistakes.found


async def facts(visit: Visit) -> HTTPResponse:
    """The list."""
    wanted = {name: visit.get(name).strip() for name in ("q", "region", "topic", "source", "only")}
    folder = data_of(visit)
    every, mistakes = await asyncio.to_thread(known, folder, date.today())
    shown = await asyncio.to_thread(lambda: [each for each in every if _fits(each, wanted)])
    return visit.page(
        "facts.html",
        page=paged(shown, visit.get("page"), visit.request.query_string),
        populations=await asyncio.to_thread(populations, folder),
        total=len(every),
        overdue=sum(each.state == "overdue" for each in every),
        soon=sum(each.state == "soon" for each in every),
        weak=sum(each.weak for each in every),
        wanted=wanted,
        topics=topic_keys(),
        files=data_files(folder),
        problems=[said_of(folder, each) for each in mistakes],
    )


def said_of(folder: Path, mistake: DataError) -> str:
    """A mistake with its file as in the repository."""
    return str(mistake).replace(f"{path_shown(folder)}/", "data/")


def _fits(each: Known, wanted: dict[str, str]) -> bool:
    fact, text = each.fact, wanted["q"]
    said = (fact.id, region_name(fact.region), each.sentence, fact.caveat or "")
    if text and not any(text in part for part in said):
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
    if place and not (lies_in(fact.region, place) or holds_for(fact.region, place)):
        return False
    only = wanted["only"]
    return not only or only == each.state or (only == "weak" and each.weak)


def populations(folder: Path) -> dict[str, str]:
    """What the groups of people are called; nothing where the sentences have a mistake."""
    return _populations(folder, stamp(folder))


@lru_cache(maxsize=4)
def _populations(folder: Path, _: Stamp) -> dict[str, str]:
    try:
        return Wording.load(folder).templates.populations
    except DataError:
        return {}


def fact_of(folder: Path, key: str) -> Known | None:
    """A fact with its evidence; None if there is none of that name that can be read."""
    every, _ = known(folder, date.today())
    return next((each for each in every if each.fact.id == key), None)


VIEWS: tuple[Entry, ...] = (("/facts", "GET", facts, "reader"),)
