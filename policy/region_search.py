"""Finding the names of regions in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ahocorasick

if TYPE_CHECKING:
    from policy.region_surfaces import Surface
    from policy.regions import Regions

# What may stand between the links of 江苏省，扬州市 or 江苏的扬州.
GAPS = frozenset(
    ("", " ", "的", "省", "市", "省的", "市的", "-", "·", "/", ",", "，", "下面的", "下属的")
)
TIGHT_GAPS = frozenset(("", " ", "的", "省", "市", "-", "·"))
POOL_GAPS = frozenset(("", " ", "的", "市", "省", "自治区"))
PUNCTUATION = tuple(" ,.;:!?，。；：！？、~～…()（）[]【】「」『』“”\"'《》<>-—/\\|\n\t#@")

# 长春, as a given name of somebody.
NAME_LENGTH = 2
# 北京同仁医院济南分院 is in 济南.
_BRANCH = re.compile(r"(?:的|市)?[^,，。?？]{0,4}?(?:分院|院区|医院|分部)")

_CALLED = re.compile(r"姓[\u4e00-\u9fff][,，]?名(?:字?叫)?$")
# 东莞庄路, 北京西一街: a street is called after a village or a side.
_STREET = re.compile(
    r"[庄桥门寺塔坊屯]?[东西南北中]?[一二三四五六]?(?:路(?!上|过|费|程|途|远)|街(?!道|上))"
)

# 安顺地过日子
_ADVERB = re.compile(r"地(?=[\u4e00-\u9fff])(?![区方税铁质图道震处界级市面里上下段点名的])")
# What somebody may have made a name of: 益康保 is not 康保.
_HAN = re.compile(r"[\u4e00-\u9fff]")

Match = tuple[int, int, "Surface"]
Found = tuple[int, int, str, tuple[str, ...], "str | None"]


@dataclass(slots=True)
class _Hit:
    """A name that was believed; ``pool`` is filled in later."""

    start: int
    end: int
    codes: tuple[str, ...]
    pool: str | None = None


def _touches(taken: list[tuple[int, int]], start: int) -> bool:
    return bool(taken) and taken[-1][1] == start


def _hides_longer(matches: list[Match], index: int, end: int) -> bool:
    """Whether a full name begins inside a short one and goes on behind it: 那曲周县 is no 那曲."""
    for start, negative, surface in matches[index + 1 :]:
        if start >= end:
            return False
        if start - negative > end and not surface.bare and surface.tier in ("open", "cued"):
            return start > matches[index][0]
    return False


def _without_parent_hospitals(text: str, hits: list[_Hit]) -> list[_Hit]:
    """The places without that of a hospital whose branch in another place is meant."""
    return [
        hit
        for hit, behind in zip(hits, [*hits[1:], None], strict=True)
        if not (
            behind
            and behind.start == hit.end
            and text.endswith(("医院", "协和", "华西", "湘雅"), hit.start, hit.end)
            and _BRANCH.match(text, behind.end)
        )
    ]


class RegionFinder:
    """Finds names in one pass over the text, then decides which to believe."""

    def __init__(
        self, surfaces: dict[str, Surface], overrides: dict[str, Any], regions: Regions
    ) -> None:
        """Prepare the search.

        Args:
            surfaces: what to look for.
            overrides: gazetteer/overrides.yml, for the words around a name.
            regions: the regions, for what lies in what.
        """
        self._regions = regions
        self._surfaces = surfaces
        self._automaton = ahocorasick.Automaton()
        for form, surface in surfaces.items():
            self._automaton.add_word(form, (len(form), surface))
        self._automaton.make_automaton()
        self._before = (*overrides["before"].split(), *PUNCTUATION)
        self._before_county = (*self._before, *overrides["before_county"].split())
        self._after = (*overrides["after"].split(), *PUNCTUATION)
        schools = [
            each + kind for each in overrides["schools"].split() for kind in ("大学", "学院")
        ]
        self._not_before = (*overrides["not_before"].split(), *schools)
        self._but_before = tuple(overrides["but_before"].split())
        self._surnames = frozenset(overrides["surnames"].split())
        self._before_name = (*overrides["before_name"].split(), *PUNCTUATION)
        self._abbreviations = {
            name: (codes,) if isinstance(codes, str) else tuple(codes)
            for name, codes in overrides["abbreviations"].items()
        }
        self._abbreviation = self._abbreviation_pattern(overrides)
        pools = overrides["pools"]
        self._pool_kinds = {
            name: kind for kind in ("province", "city", "corps") for name in pools[kind].split()
        }
        names = "|".join(sorted(self._pool_kinds, key=len, reverse=True))
        self._pool = re.compile(f"(?:{names})(?![{pools['not_before']}])")

    def meanings(self, form: str) -> tuple[str, ...]:
        """What a name means where nothing beside it decides."""
        surface = self._surfaces.get(form)
        return surface.codes if surface else ()

    def find(self, text: str) -> list[Found]:
        """Start, end, text, adcodes and pool of each name, in the order of the text."""
        hits, taken = self._names(text)
        if self._abbreviation.search(text):
            self._add_abbreviations(text, hits, taken)
        if len(hits) > 1:
            hits = _without_parent_hospitals(text, hits)
            self._narrow(hits)
        lone = self._add_pools(text, hits)
        found: list[Found] = [
            (hit.start, hit.end, text[hit.start : hit.end], hit.codes, hit.pool) for hit in hits
        ]
        return found + lone

    def _names(self, text: str) -> tuple[list[_Hit], list[tuple[int, int]]]:
        """Leftmost, then longest; one that is not believed leaves room for those inside it."""
        matches = [
            (last + 1 - length, -length, surface)
            for last, (length, surface) in self._automaton.iter(text)
        ]
        matches.sort(key=lambda match: match[:2])
        beginning: dict[int, list[Surface]] = {}
        for start, _, surface in matches:
            beginning.setdefault(start, []).append(surface)
        hits: list[_Hit] = []
        taken: list[tuple[int, int]] = []
        position = 0
        for index, (start, negative, surface) in enumerate(matches):
            if start < position:
                continue
            end = start - negative
            if surface.tier == "word":
                position = end
                taken.append((start, end))
                continue
            followed = self._has_part_behind(surface, beginning.get(end, ()))
            if (
                surface.bare
                and not followed
                and (
                    self._is_other_name(text, end)
                    or self._is_given_name(text, start, end)
                    or (negative == -2 and _hides_longer(matches, index, end))
                )
            ):
                continue
            linked = self._linked(text, hits[-1], start, surface) if hits else ()
            if linked:
                hits[-1] = _Hit(hits[-1].start, end, linked)
            elif followed or self._believed(text, start, end, surface, _touches(taken, start)):
                hits.append(_Hit(start, end, surface.codes))
            else:
                continue
            position = end
            taken.append((start, end))
        return hits, taken

    def _has_part_behind(self, surface: Surface, others: Iterable[Surface]) -> bool:
        """Whether the name of something that lies in it follows at once: 台州路桥区."""
        if surface.tier == "chain":
            return False
        return any(
            any(step.adcode in surface.codes for step in self._regions.climb(code)[1:-1])
            for other in others
            for code in other.codes + other.minor
        )

    def _is_other_name(self, text: str, end: int) -> bool:
        """Whether it is the name of a street, a bank or a dish."""
        if text.startswith(self._but_before, end):
            return False
        return text.startswith(self._not_before, end) or any(
            pattern.match(text, end) for pattern in (_STREET, _ADVERB)
        )

    def _is_given_name(self, text: str, start: int, end: int) -> bool:
        """Whether it is what somebody is called: 刘长春."""
        if end - start != NAME_LENGTH:
            return False
        if _CALLED.search(text, 0, start):
            return True  # 姓陈名广州
        if text[start - 1 : start] not in self._surnames:
            return False
        return start == 1 or text.endswith(self._before_name, 0, start - 1)

    def _linked(self, text: str, before: _Hit, start: int, surface: Surface) -> tuple[str, ...]:
        """What a name means as the next link of a chain; empty if it is none."""
        gap = text[before.end : start]
        if gap not in (TIGHT_GAPS if surface.tier == "chain" else GAPS):
            return ()
        inside: list[str] = []
        same: list[str] = []
        for code in surface.codes + surface.minor:
            steps = [step.adcode for step in self._regions.climb(code)]
            if code in before.codes:
                same.append(code)
            elif any(step in before.codes for step in steps[1:-1]):
                inside.append(code)
        if not inside and gap not in TIGHT_GAPS:
            return ()
        return tuple(inside or same)

    def _believed(
        self, text: str, start: int, end: int, surface: Surface, behind_other: bool
    ) -> bool:
        if surface.tier == "chain":
            return False
        left, right = text[start - 1 : start], text[end : end + 1]
        if (
            surface.bare
            and _HAN.match(left)
            and self._is_only_a_county(surface)
            and not (behind_other or text.endswith(self._before_county, 0, start))
        ):
            return False
        doubtful = bool(
            surface.tier == "cued"
            or (left and left in surface.left)
            or (right and right in surface.right)
        )
        return not doubtful or (
            (behind_other or self._place_before(text, start)) and self._place_after(text, end)
        )

    def _is_only_a_county(self, surface: Surface) -> bool:
        levels = (self._regions.get(code) for code in surface.codes)
        return all(region is not None and region.level == "county" for region in levels)

    def _place_before(self, text: str, start: int) -> bool:
        return start == 0 or text.endswith(self._before, 0, start)

    def _place_after(self, text: str, end: int) -> bool:
        if text.startswith("的", end):
            end += 1  # 开封的退休职工, but not 开封的药
        return end == len(text) or text.startswith(self._after, end)

    def _abbreviation_pattern(self, overrides: dict[str, Any]) -> re.Pattern[str]:
        names = "".join(self._abbreviations)
        before = "".join(overrides["abbreviation_before"].split())
        after = "|".join(overrides["abbreviation_after"].split())
        only = "|".join(overrides["abbreviation_only"].split())
        return re.compile(
            f"(?<=[{before}])([{names}])(?={after}|$|[,。?!，？！])"
            f"|(?:^|(?<=[我俺咱是的,。，、?!？！ 妈爸]))([{names}])(?={only})"
        )

    def _add_abbreviations(self, text: str, hits: list[_Hit], taken: list[tuple[int, int]]) -> None:
        for match in self._abbreviation.finditer(text):
            start, end = match.span()
            if not any(start < stop and begin < end for begin, stop in taken):
                hits.append(_Hit(start, end, self._abbreviations[match.group()]))
        hits.sort(key=lambda hit: hit.start)

    def _narrow(self, hits: list[_Hit]) -> None:
        """Let a region in the same text decide what a shared name means."""
        known = {hit.codes[0] for hit in hits if len(hit.codes) == 1}
        for hit in hits:
            if len(hit.codes) > 1:
                inside = tuple(
                    code
                    for code in hit.codes
                    if any(step.adcode in known for step in self._regions.climb(code)[1:])
                )
                hit.codes = inside or hit.codes

    def _add_pools(self, text: str, hits: list[_Hit]) -> list[Found]:
        """Put 省直 and the like to the regions they belong to; return one that belongs to none."""
        for match in self._pool.finditer(text):
            start, end = match.span()
            kind = self._pool_kinds[match.group()]
            beside = [
                hit
                for hit in hits
                if start < hit.end <= end
                or (text[hit.end : start] in POOL_GAPS and hit.end <= start)
            ]
            owner = beside[-1] if beside else hits[0] if len(hits) == 1 else None
            if kind == "corps":
                self._corps(owner, end)
            elif kind == "city":
                if owner and beside:
                    owner.pool, owner.end = "市直", max(owner.end, end)
            elif owner:
                self._provincial(owner)
                if beside:
                    owner.end = max(owner.end, end)
            elif not hits:
                name = self._regions.pool_name("")
                return [(start, end, text[start:end], (), name)]
        return []

    def _provincial(self, hit: _Hit) -> None:
        provinces = (self._regions.province(code) or code for code in hit.codes)
        hit.codes = tuple(dict.fromkeys(provinces))
        hit.pool = self._regions.pool_name(hit.codes[0])

    def _corps(self, hit: _Hit | None, end: int) -> None:
        if hit and self._regions.province(hit.codes[0]) == "650000" and hit.end <= end:
            hit.pool, hit.end = "兵团", end
