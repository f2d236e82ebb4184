"""``docs/coverage.md``, written by ``make check``."""

from collections import Counter
from pathlib import Path

import jinja2

from dialogue.wording import Wording
from policy.coverage import KINDS, Kind, coverage_of
from policy.facts import FactBook
from policy.regions import Regions
from policy.topics import Topics
from server.settings import ROOT

PAGE = ROOT / "docs" / "coverage.md"
TEMPLATE = Path(__file__).parent / "templates" / "coverage.md"
LETTERS = dict(zip(KINDS, "数规办因", strict=True))
COMMON = "common"


def page(book: FactBook, regions: Regions, topics: Topics, wording: Wording) -> str:
    """The page: one line a region, then the kinds of sources and what falls due.

    It says nothing of today, so that it changes only with the data.
    """
    columns = list(topics.by_key.values())
    found = coverage_of(book, regions)
    template = jinja2.Template(
        TEMPLATE.read_text(encoding="utf-8"), undefined=jinja2.StrictUndefined
    )
    return template.render(
        found=found,
        regions=regions,
        topics=columns,
        every=[*columns, {"key": COMMON, "name": "公用"}],
        sources=wording.templates.kinds,
        cell=cell,
    )


def cell(kinds: "Counter[Kind] | None") -> str:
    """What a region has on a topic: 数3 办1."""
    return " ".join(f"{LETTERS[kind]}{kinds[kind]}" for kind in KINDS if kinds and kinds[kind])


def write(text: str, file: Path = PAGE) -> bool:
    """Write the page if it has changed.

    Returns:
        Whether it is up to date now; False where nothing can be written.
    """
    try:
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
    except OSError:
        return False
    return True
