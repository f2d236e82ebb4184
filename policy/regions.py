"""Regions of China by adcode: what lies in what, how they are called, where a text names them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from policy.region_names import Level, base_name, is_zone, spoken_name
from policy.region_search import RegionFinder
from policy.region_surfaces import surfaces

FOLDER = Path(__file__).parent / "gazetteer"
COUNTRY = "000000"
MUNICIPALITIES = ("110000", "120000", "310000", "500000")


@dataclass(frozen=True, slots=True)
class Region:
    """A division.

    Attributes:
        adcode: six digits.
        name: how it is said, 扬州.
        full_name: how it is officially written, 扬州市.
        level: its level. 省直辖 counties are counties whose parent is the province.
        parent: adcode of what it lies in; None for the country.
    """

    adcode: str
    name: str
    full_name: str
    level: Level
    parent: str | None


@dataclass(frozen=True, slots=True)
class RegionMention:
    """A place in a text that names a region.

    Attributes:
        start: index of its first character; end: index behind its last one.
        text: what stands there.
        candidates: adcodes it can mean, the likeliest first; empty if only a pool is named.
        pool: 省直 and the like, as the policy data call it in that province; None if not named.
    """

    start: int
    end: int
    text: str
    candidates: tuple[str, ...]
    pool: str | None = None


class Regions:
    """The gazetteer."""

    def __init__(
        self,
        rows: dict[str, str],
        overrides: dict[str, Any],
        folded: dict[str, str],
        joins: dict[str, str],
        area_codes: dict[str, str] | None = None,
    ) -> None:
        """Put the gazetteer together.

        Args:
            rows: adcode to official name.
            overrides: what gazetteer/overrides.yml says.
            folded: adcode to names below it that have no code of their own.
            joins: names and the neighbours beside which they are no names.
            area_codes: adcode to the telephone area code, of a city or of a province as a whole.
        """
        self._area_codes = area_codes or {}
        self._regions = {COUNTRY: Region(COUNTRY, "全国", "全国", "country", None)}
        for code, name in rows.items():
            self._regions[code] = self._row(code, name, rows)
        self._by_name: dict[str, list[str]] = {}
        self._by_base: dict[str, list[str]] = {}
        for region in self._regions.values():
            self._by_name.setdefault(region.full_name, []).append(region.adcode)
            if region.level != "county":
                self._by_base.setdefault(region.name, []).append(region.adcode)
        for codes in self._by_base.values():
            codes.sort(key=self.rank)
        self._own_pools = frozenset(overrides["own_pools"].split())
        self._pool_names: dict[str, str] = overrides["pools"]["names"]
        self._pool_default: str = overrides["pools"]["default"]
        found = surfaces(self, overrides, folded, joins)
        self._finder = RegionFinder(found, overrides, self)

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Regions:
        """Read the gazetteer's files; costs about a tenth of a second, so keep the result."""
        data = json.loads((folder / "divisions.json").read_text(encoding="utf-8"))
        joins = folder / "joins.json"
        overrides = yaml.load(
            (folder / "overrides.yml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
        )
        rows: dict[str, str] = {}
        for line in data["rows"].values():
            parts = line.split(" ")
            rows.update(zip(parts[::2], parts[1::2], strict=True))
        rows.update(overrides["rows"])
        guards = json.loads(joins.read_text(encoding="utf-8")) if joins.exists() else {}
        area_codes = json.loads((folder / "area_codes.json").read_text(encoding="utf-8"))
        return cls(rows, overrides, data["folded"], guards, area_codes)

    def __iter__(self) -> Iterator[Region]:
        """All regions, without the country."""
        return (region for region in self._regions.values() if region.adcode != COUNTRY)

    def __len__(self) -> int:
        """How many regions there are, without the country."""
        return len(self._regions) - 1

    def __contains__(self, adcode: object) -> bool:
        """Whether there is such an adcode, 000000 being the country."""
        return adcode in self._regions

    def get(self, adcode: str) -> Region | None:
        """The region of an adcode."""
        return self._regions.get(adcode)

    def climb(self, adcode: str) -> list[Region]:
        """The region itself, then what it lies in, up to the country.

        Args:
            adcode: an adcode; an unknown one gives an empty list.
        """
        steps: list[Region] = []
        code: str | None = adcode
        while code is not None and code in self._regions:
            steps.append(self._regions[code])
            code = steps[-1].parent
        return steps

    def pooled(self, adcode: str) -> list[Region]:
        """The region itself, then the pools it belongs to, up to the country.

        A county with a pool of its own (杨凌) does not belong to its city's.

        Args:
            adcode: an adcode; an unknown one gives an empty list.
        """
        steps = self.climb(adcode)
        own = [index for index, step in enumerate(steps) if step.adcode in self._own_pools]
        if not own:
            return steps
        return [
            step
            for index, step in enumerate(steps)
            if index <= own[0] or step.level in ("province", "country")
        ]

    def lies_in(self, adcode: str, other: str) -> bool:
        """Whether a region is another one or a part of it."""
        return any(step.adcode == other for step in self.climb(adcode))

    def province(self, adcode: str) -> str | None:
        """Adcode of the province a region lies in."""
        return adcode[:2] + "0000" if adcode in self._regions and adcode != COUNTRY else None

    def city(self, adcode: str) -> str | None:
        """Adcode of the city whose pool a region is in; None of a province.

        A municipality counts as one, and so does a county with a pool of its own.
        """
        province = self.province(adcode)
        if province in MUNICIPALITIES:
            return province
        for step in self.climb(adcode):
            if step.adcode in self._own_pools:
                return step.adcode
            if step.level == "city" or (step.level == "county" and step.parent == province):
                return step.adcode
        return None

    def area_code(self, adcode: str) -> str | None:
        """The telephone area code of a region, 0938; None of a province with several."""
        codes = (self._area_codes.get(step.adcode) for step in self.climb(adcode))
        return next((code for code in codes if code), None)

    def same_city(self, one: str, other: str) -> bool:
        """Whether two regions lie in the same city."""
        city = self.city(one)
        return city is not None and city == self.city(other)

    def same_province(self, one: str, other: str) -> bool:
        """Whether two regions lie in the same province."""
        province = self.province(one)
        return province is not None and province == self.province(other)

    def display(self, adcode: str) -> str:
        """A short name to say: 上海, 扬州, 昆山, 北京朝阳区, 江苏南京鼓楼区.

        What else has the same name decides how much of what it lies in is said.
        """
        region = self._regions.get(adcode)
        if region is None:
            return adcode
        if region.level != "county":
            return self._display_big(region)
        if is_zone(region.full_name):
            return region.full_name
        name = spoken_name(region.full_name)
        if len(self._by_name[region.full_name]) > 1:
            return "".join(step.name for step in reversed(self.climb(adcode)[1:-1])) + name
        if name.endswith(("市", "旗", "林区", "特区", "群岛")):
            alone = name.endswith("市") and region.name not in self._by_base
            return region.name if alone else name
        return self.display(region.parent or COUNTRY) + name

    def _display_big(self, region: Region) -> str:
        """Of a province or a city: with 省 or 市 only where its name is shared."""
        namesakes = self._by_base[region.name]
        if len(namesakes) == 1:
            shared = region.level == "city" and len(self._finder.meanings(region.name)) > 1
            return self._above(region) + region.name if shared else region.name
        if region.level == "province":
            twin = any(self.province(code) == region.adcode for code in namesakes[1:])
            return region.full_name if twin else region.name
        if self.province(namesakes[0]) == region.parent:
            return region.full_name
        return self._above(region) + spoken_name(region.full_name)

    def pool_name(self, adcode: str) -> str:
        """What the pool of a province's own institutions is called there: 省直, 自治区本级."""
        return self._pool_names.get(self.province(adcode) or "", self._pool_default)

    def find(self, text: str) -> list[RegionMention]:
        """The regions that a text names, in its order; chains such as 江苏省扬州市 are one."""
        return [RegionMention(*found) for found in self._finder.find(text)]

    def rank(self, adcode: str) -> tuple[int, str]:
        """Sorts adcodes by how likely somebody means them who says a shared name."""
        region = self._regions[adcode]
        if region.level in ("country", "province"):
            return 0, adcode
        if region.parent in MUNICIPALITIES:
            return 1, adcode
        if region.level == "city":
            return 2, adcode
        capital = (region.parent or "")[2:] == "0100" or region.parent in (
            "210200", "330200", "350200", "370200", "440300",
        )  # fmt: skip
        return 3 if capital else 4, adcode

    def _above(self, region: Region) -> str:
        return self._regions[region.parent].name if region.parent else ""

    @staticmethod
    def _row(code: str, name: str, rows: dict[str, str]) -> Region:
        if code.endswith("0000"):
            return Region(code, base_name(name), name, "province", COUNTRY)
        province = code[:2] + "0000"
        if code.endswith("00"):
            short = "雄安新区" if name == "雄安新区" else base_name(name)
            return Region(code, short, name, "city", province)
        city = code[:4] + "00"
        return Region(code, base_name(name), name, "county", city if city in rows else province)
