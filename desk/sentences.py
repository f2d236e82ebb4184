"""Everything that the bot may say, searched word by word: answers, templates, turnings, facts."""

import asyncio
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from rapidfuzz import fuzz, process
from sanic.response import HTTPResponse

from desk.channel import Entry, Visit
from desk.draft import data_files
from desk.meanings import Stamp, stamp
from desk.pages import data_of
from desk.paging import paged
from policy.yamlfile import DataError, Document, Path_

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Files of what people say to the bot, not the other way round.
_HEARD = "nlu"
# Where nothing has all the words: how many of the likest are shown, and how like they must be.
MOST_LIKE = 10
LIKE = 60.0


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """A text of a file; ``field`` is its place in it."""

    file: str
    line: int
    field: str
    text: str


def sentences(folder: Path) -> tuple[Sentence, ...]:
    """Every text of a folder that could be said; a file that can't be read is left out."""
    return _sentences(folder, stamp(folder))


@lru_cache(maxsize=2)
def _sentences(folder: Path, _: Stamp) -> tuple[Sentence, ...]:
    found = []
    for name in data_files(folder):
        if Path(name).name.startswith(_HEARD):
            continue
        try:
            document = Document(folder / name)
        except DataError:
            continue
        for path, text in _texts(document.data, ()):
            field = ".".join(map(str, path))
            line = document.lines[path]
            found.append(Sentence(file=name, line=line, field=field, text=text))
    return tuple(found)


def _texts(data: Any, path: Path_) -> Iterator[tuple[Path_, str]]:
    if isinstance(data, str) and _CHINESE.search(data):
        yield path, data
    elif isinstance(data, dict):
        for name, part in data.items():
            yield from _texts(part, (*path, name))
    elif isinstance(data, list):
        for place, part in enumerate(data):
            yield from _texts(part, (*path, place))


def found_in(every: tuple[Sentence, ...], query: str) -> tuple[list[Sentence], bool]:
    """The sentences with all words of a query, else those most like it, and whether they are so.

    Args:
        every: where to look.
        query: words with spaces between them.
    """
    words = query.split()
    exact = [each for each in every if all(word in each.text for word in words)]
    if exact or not words:
        return exact, False
    texts = [each.text for each in every]
    best = process.extract(
        "".join(words), texts, scorer=fuzz.partial_ratio, score_cutoff=LIKE, limit=MOST_LIKE
    )
    return [every[place] for _, _, place in best], True


async def search(visit: Visit) -> HTTPResponse:
    """The page."""
    query = visit.get("q").strip()[:200]
    folder = data_of(visit)
    every = await asyncio.to_thread(sentences, folder)
    found, is_like = await asyncio.to_thread(found_in, every, query)
    return visit.page(
        "sentences.html",
        page=paged(found if query else [], visit.get("page"), visit.request.query_string),
        query=query,
        is_like=is_like,
        total=len(every),
        can=visit.user.may("editor"),
    )


VIEWS: tuple[Entry, ...] = (("/sentences", "GET", search, "reader"),)
