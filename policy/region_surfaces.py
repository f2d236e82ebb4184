"""The ways in which a text can name a region, each with what it can mean and when to believe it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from policy.region_names import forms, spoken_name

if TYPE_CHECKING:
    from policy.regions import Regions

Tier = Literal["open", "cued", "chain", "word"]


@dataclass(slots=True)
class Surface:
    """Something that can stand in a text.

    Attributes:
        codes: what it means, the likeliest first.
        minor: what else it means beside the name of something that it lies in.
        tier: open: believed anywhere; cued: if the words around speak of a place; chain: only
            behind the name of something that it lies in; word: no region at all.
        bare: without a word for what it is: 扬州, not 扬州市.
        left: characters before it, right: characters behind it that make it no name.
    """

    codes: tuple[str, ...]
    minor: tuple[str, ...] = ()
    tier: Tier = "open"
    bare: bool = False
    left: str = ""
    right: str = ""


def surfaces(
    regions: Regions, overrides: dict[str, Any], folded: dict[str, str], joins: dict[str, str]
) -> dict[str, Surface]:
    """All of them.

    Args:
        regions: the regions themselves, without their finder.
        overrides: gazetteer/overrides.yml.
        folded: adcode to names that fold onto it.
        joins: name to "characters on its left|characters on its right" that forbid it.
    """
    official: dict[str, list[str]] = defaultdict(list)
    bare: dict[str, list[str]] = defaultdict(list)
    other: dict[str, list[str]] = defaultdict(list)
    for region in regions:
        for form, is_bare in forms(region.full_name, region.level):
            if form in (region.full_name, spoken_name(region.full_name)):
                official[form].append(region.adcode)
            else:
                (bare if is_bare else other)[form].append(region.adcode)
    all_meanings = set(overrides["all_meanings"].split())
    result: dict[str, Surface] = {}
    for form, codes in bare.items():
        result[form] = _bare(form in all_meanings, codes, regions)
    doubtful = {*overrides["chain"].split(), *overrides["cued"].split()}
    for form, codes in other.items():
        if form[:-1] not in doubtful:  # 大城市 is no 大城 that was a city once
            result[form] = Surface(_sorted(codes, regions))
    for form, codes in official.items():
        result[form] = Surface(_sorted(codes, regions))
    _fold(result, folded)
    _add_by_hand(result, overrides, regions)
    for form, sides in joins.items():
        if form in result:
            result[form].left, _, result[form].right = sides.partition("|")
    return result


def _bare(all_meanings: bool, codes: list[str], regions: Regions) -> Surface:
    """A name without 市, 区 …: the biggest thing of that name, the others only beside their own."""
    levels: dict[str, list[str]] = {level: [] for level in ("province", "city", "county")}
    for code in codes:
        region = regions.get(code)
        assert region
        levels[region.level].append(code)
    biggest = next(found for found in levels.values() if found)
    main, minor = biggest, [code for code in codes if code not in biggest]
    if all_meanings:
        main = [code for code in codes if not _inside(code, biggest, regions)]
        minor = []
    elif levels["province"]:
        minor = [code for code in levels["city"] if code not in main]
    else:
        minor = [code for code in minor if not _inside(code, main, regions)]
    return Surface(_sorted(main, regions), _sorted(minor, regions), bare=True)


def _inside(code: str, others: list[str], regions: Regions) -> bool:
    """Whether a county is one of a city of the same name: 邯郸县 of 邯郸."""
    region = regions.get(code)
    return bool(region and region.level == "county" and code not in others
                and region.parent in others)  # fmt: skip


def _sorted(codes: list[str], regions: Regions) -> tuple[str, ...]:
    if len(codes) == 1:
        return (codes[0],)
    return tuple(sorted(dict.fromkeys(codes), key=regions.rank))


def _fold(result: dict[str, Surface], folded: dict[str, str]) -> None:
    for code, names in folded.items():
        for name in names.split(" "):
            for form in {name, name[:-1]} if len(name) > 2 else {name}:
                known = result.get(form)
                if known is None:
                    is_bare = form != name or name[-1] not in "市县区"
                    tier: Tier = "chain" if len(form) < 3 and code != "710000" else "open"
                    result[form] = Surface((code,), tier=tier, bare=is_bare)
                elif code not in known.codes:
                    known.minor += (code,)


def _add_by_hand(result: dict[str, Surface], overrides: dict[str, Any], regions: Regions) -> None:
    for kind, tier in (
        ("aliases", "open"),
        ("cued_aliases", "cued"),
        ("chain_aliases", "chain"),
        ("hospitals", "open"),
    ):
        for form, codes in overrides[kind].items():
            known = result.get(form)
            wanted = (codes,) if isinstance(codes, str) else tuple(codes)
            unknown = [code for code in wanted if code not in regions]
            if unknown:
                raise ValueError(f"overrides.yml，{kind}.{form}：没有这个区划码 {unknown}")
            minor = tuple(c for c in known.codes if c not in wanted) if known else ()
            result[form] = Surface(wanted, minor, tier, bare=kind != "hospitals")  # type: ignore[arg-type]
    for tier in ("chain", "cued"):
        for form in overrides[tier].split():
            if form in result:
                result[form].tier = tier  # type: ignore[assignment]
    for form in overrides["words"].split():
        result[form] = Surface((), tier="word")
