"""What the YAML says, read a second time: no module of the project is used here.

The rules are written down again from the design, not copied from the code: a place is climbed by
the digits of its adcode; the nearest level that says anything about this kind of person answers;
one's own band comes first; a ratio is never turned into yuan; what only an article says is a claim.
"""

import calendar
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT / "data"
FACTS = "*/facts/*.yml"
ANSWERS = "*/answers*.yml"
GAZETTEER = ROOT / "policy" / "gazetteer"
COUNTRY = "000000"
AMOUNT = "credit_amount"
OLDEST = 120
OUTSIDE = ("71", "81", "82")

# Whose facts may answer whom. An unknown retiree gets every kind of retiree; somebody who retired
# from an office or an enterprise is a unit retiree, and the other way round; a fact for those on
# tier one (深圳) says so itself, so it may be said to every retiree.
ALL = {"retired", "retired_tier1"}
ANSWERED_BY = {
    "retired": {
        *ALL,
        "retired_unit",
        "retired_flexible",
        "retired_public",
        "retired_enterprise",
        "retired_founding",
    },
    "retired_unit": {*ALL, "retired_unit", "retired_public", "retired_enterprise"},
    "retired_public": {*ALL, "retired_unit", "retired_public"},
    "retired_enterprise": {*ALL, "retired_unit", "retired_enterprise"},
    "retired_flexible": {*ALL, "retired_flexible"},
    "retired_founding": {*ALL, "retired_founding"},
    "retired_tier1": ALL,
    "veteran": {"veteran"},
    "employed": {"employed"},
    "flexible": {"flexible"},
    "resident": {"resident"},
}
POPULATIONS = tuple(ANSWERED_BY)
Age = tuple[int, int] | None


@dataclass(frozen=True)
class Figure:
    """One value of a fact, as strings and Decimals."""

    amounts: tuple[Decimal, ...]
    unit: str
    period: str | None
    kind: str
    label: str


@dataclass(frozen=True)
class Row:
    """One fact as the file has it, with the file's defaults."""

    id: str
    file: str
    region: str
    pool: str | None
    population: str
    low: int | None
    high: int | None
    aspects: tuple[str, ...]
    figures: tuple[Figure, ...]
    firmness: str
    fields: dict[str, Any] = field(hash=False, compare=False)

    def text(self, name: str) -> str:
        """A sentence of the fact with its figures in it."""
        return self.filled(self.fields.get(name) or "")

    @property
    def steps(self) -> tuple[str, ...]:
        return tuple(self.filled(step) for step in self.fields.get("steps") or [])

    def filled(self, text: str) -> str:
        for index, figure in enumerate(self.figures):
            text = text.replace(f"{{{index}}}", "-".join(map(plain, figure.amounts)))
        return text

    def figure(self, kind: str) -> Figure | None:
        return next((figure for figure in self.figures if figure.kind == kind), None)

    def for_age(self, age: Age) -> bool:
        low, high = age or (0, OLDEST)
        return high >= (self.low or 0) and low <= (self.high if self.high is not None else OLDEST)

    def on(self, day: date) -> bool:
        since, until = self.fields.get("effective_from"), self.fields.get("effective_to")
        return (not since or first(since) <= day) and (not until or last(until) >= day)

    @property
    def claim(self) -> bool:
        return self.firmness == "claim"


@dataclass(frozen=True)
class Expected:
    """What the reply on an amount must come to.

    ``kind``: figure, bands, rule, text, elsewhere, none, or outside (台湾, 香港, 澳门).
    ``level``: the adcode that answers.
    """

    kind: str
    level: str
    mine: tuple[Row, ...] = ()
    others: tuple[Row, ...] = ()
    claims: tuple[Row, ...] = ()
    below: tuple[str, ...] = ()


def plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def first(text: str) -> date:
    year, month, day = ([int(part) for part in text.split("-")] + [1, 1])[:3]
    return date(year, month, day)


def last(text: str) -> date:
    parts = [int(part) for part in text.split("-")]
    month = parts[1] if len(parts) > 1 else 12
    day = parts[2] if len(parts) > 2 else calendar.monthrange(parts[0], month)[1]
    return date(parts[0], month, day)


def read(file: Path) -> Any:
    """A YAML file with every scalar as the string that stands there."""
    return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader) or {}


def answers(*folders: str) -> dict[str, dict[str, Any]]:
    """What ``answers*.yml`` of some folders of the data says, or of all, by intent."""
    files = sorted(DATA.glob(ANSWERS))
    return {
        intent: spec
        for file in files
        if not folders or file.parent.name in folders
        for intent, spec in read(file).items()
    }


def intents() -> set[str]:
    """Every intent that the examples of some folder teach, and the one for what is not understood.

    They are found by their lines: how Rasa reads the files is the importer's business.
    """
    found = {"nlu_fallback"}
    for file in DATA.glob("*/nlu*.yml"):
        found |= set(re.findall(r"(?m)^ *- intent: *(\w+)", file.read_text(encoding="utf-8")))
    return found


def nothing(value: Any) -> bool:
    return value in (None, "", "null", "~")


class Data:
    """All facts and sources of the topics in a folder."""

    def __init__(self, folder: Path = DATA) -> None:
        self.rows: list[Row] = []
        self.sources: dict[str, dict[str, str]] = {}
        for file in sorted(folder.glob(FACTS)):
            content = read(file)
            self.sources |= content.get("sources") or {}
            for entry in content.get("facts") or []:
                self.rows.append(_row({**(content.get("defaults") or {}), **entry}, file.name))
        self.by_id = {row.id: row for row in self.rows}
        self._at: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows:
            for aspect in row.aspects:
                self._at.setdefault((aspect, row.region), []).append(row)

    def on_aspect(self, aspect: str, region: str, pool: str | None, day: date) -> list[Row]:
        """What is said on an aspect at one level: no claims, no other pool, nothing expired."""
        return [
            row
            for row in self._at.get((aspect, region), [])
            if not row.claim
            and row.pool in (None, pool)
            and row.on(day)
            and row.fields.get("visitors") != "true"
        ]

    def claims(self, aspect: str, region: str | None) -> list[Row]:
        levels = chain(region)[::-1] if region else []
        return [r for at in levels for r in self._at.get((aspect, at), []) if r.claim]

    def with_figures(self) -> list[Row]:
        """Every fact that puts yuan into somebody's account today or some day."""
        return [r for r in self.rows if AMOUNT in r.aspects and r.figure("gross") and not r.claim]

    def edges(self, region: str) -> list[int]:
        """Both sides of each age edge of whatever may be said in a region."""
        found = set()
        for row in self._banded():
            if row.region in chain(region):
                found |= {row.low - 1, row.low} if row.low else set()
                found |= {row.high, row.high + 1} if row.high else set()
        return sorted(found)

    def _banded(self) -> list[Row]:
        return [row for row in self.rows if row.low is not None or row.high is not None]

    def pools(self) -> Iterator[tuple[str, str]]:
        """Region and pool, where one adcode has several pooling areas."""
        yield from dict.fromkeys((row.region, row.pool) for row in self.rows if row.pool)

    def regions(self) -> set[str]:
        return {row.region for row in self.rows} - {COUNTRY}

    def amount(
        self, region: str | None, pool: str | None, age: Age, population: str, day: date
    ) -> Expected:
        """Who answers a question about an amount, and with which figures."""
        wanted = ANSWERED_BY[population]
        if region and region.startswith(OUTSIDE):
            return Expected("outside", region)
        claims = [row for row in self.claims(AMOUNT, region) if row.for_age(age)]
        levels = chain(region) if region else []
        if pool:
            return self._of_pool(levels, pool, age, population, tuple(claims), day)
        for level in [*levels, COUNTRY]:
            rows = [r for r in self.on_aspect(AMOUNT, level, None, day) if r.population in wanted]
            if not rows:
                below = self._below(level, wanted, day) if level == region else ()
                if below:
                    return Expected("elsewhere", level, (), (), tuple(claims), below)
                continue
            if level == COUNTRY:
                return Expected("none", level, tuple(rows), (), tuple(claims))
            found = _sorted(rows, age, population, level, tuple(claims))
            below = self._below(level, wanted, day) if level == region else ()
            if found.kind == "text" and below:
                return Expected("elsewhere", level, found.mine, (), tuple(claims), below)
            return found
        return Expected("none", COUNTRY, (), (), tuple(claims))

    def _of_pool(
        self,
        levels: list[str],
        pool: str,
        age: Age,
        population: str,
        claims: tuple[Row, ...],
        day: date,
    ) -> Expected:
        """Whoever is in a pool of its own (省直, 深圳二档): its facts, never those of the city.

        Without one a retiree's amount is unknown; what holds for those who still pay in and for
        residents is the rule of the place or the country.
        """
        wanted = ANSWERED_BY[population]
        for level in levels:
            rows = [r for r in self.on_aspect(AMOUNT, level, pool, day) if r.population in wanted]
            if own := [row for row in rows if row.pool]:
                return _sorted(own, age, population, level, claims)
        if population.startswith("retired") or population == "veteran":
            return Expected("none", COUNTRY, (), (), claims)
        return self.amount(levels[0], None, age, population, day)

    def _below(self, level: str, wanted: set[str], day: date) -> tuple[str, ...]:
        if not level.endswith("00"):
            return ()
        found = dict.fromkeys(
            row.region
            for row in self.with_figures()
            if row.population in wanted
            and row.on(day)
            and row.region != level
            and level in chain(row.region)
        )
        return tuple(found)


def _sorted(
    rows: list[Row], age: Age, population: str, level: str, claims: tuple[Row, ...]
) -> Expected:
    own = [row for row in rows if row.population == population]
    if own and population != "retired":
        rows = own
    money = [row for row in rows if row.figure("gross")]
    if money:
        # Founding-generation workers are few: shown beside the bands, never taken for granted.
        rare = "retired_founding"
        mine = [r for r in money if r.for_age(age) and (r.population != rare or population == rare)]
        others = tuple(row for row in money if row not in mine)
        kind = "figure" if len(mine) == 1 else "bands"
        return Expected(kind, level, tuple(mine), others, claims)
    ratios = [row for row in rows if row.figure("ratio")]
    mine = [row for row in ratios if row.for_age(age)]
    if mine:
        others = tuple(row for row in ratios if row not in mine)
        return Expected("rule", level, tuple(mine), others, claims)
    return Expected("text", level, tuple(rows), (), claims)


def chain(adcode: str) -> list[str]:
    """County, city, province by the digits; a county with a pool of its own is in no city's."""
    found = dict.fromkeys([adcode, adcode[:4] + "00", adcode[:2] + "0000"])
    if adcode in own_pools():
        found.pop(adcode[:4] + "00")
    return list(found)


@lru_cache(maxsize=1)
def own_pools() -> frozenset[str]:
    """Counties that have a pool of their own though they lie in a city."""
    return frozenset(read(GAZETTEER / "overrides.yml")["own_pools"].split())


def places() -> dict[str, str]:
    """Adcode to official name, from the gazetteer's files."""
    rows = json.loads((GAZETTEER / "divisions.json").read_text(encoding="utf-8"))["rows"]
    names: dict[str, str] = {}
    for line in rows.values():
        parts = line.split(" ")
        names.update(zip(parts[::2], parts[1::2], strict=True))
    names.update(read(GAZETTEER / "overrides.yml")["rows"])
    return names


def _row(entry: dict[str, Any], file: str) -> Row:
    entry = {name: None if nothing(value) else value for name, value in entry.items()}
    low, high = [None if nothing(edge) else int(edge) for edge in entry.get("age") or (None, None)]
    return Row(
        id=entry["id"],
        file=file,
        region=entry["region"],
        pool=entry.get("pool"),
        population=entry.get("population") or "any",
        low=low,
        high=high,
        aspects=tuple(entry["aspects"]),
        figures=tuple(_figure(value) for value in entry.get("values") or []),
        firmness=entry["firmness"],
        fields=entry,
    )


def _figure(value: dict[str, str]) -> Figure:
    names = ("amount",) if "amount" in value else ("amount_min", "amount_max")
    return Figure(
        amounts=tuple(Decimal(value[name]) for name in names),
        unit=value["unit"],
        period=value.get("period"),
        kind=value["kind"],
        label=value.get("label", ""),
    )
