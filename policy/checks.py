"""Checking the fact files beyond their fields: places, dates, age bands, figures and reviews."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise

from policy.dates import first_day, last_day
from policy.evidence import allow_plainly, sources_of, unlikely
from policy.facts import NATIONAL, Fact, FactBook, Placed
from policy.regions import Regions
from policy.topics import topic_keys
from policy.yamlfile import DataError, shown

OFFICIAL = re.compile(r"^https?://([\w-]+\.)*(gov\.cn|nhsa\.gov\.cn)(:\d+)?(/|$)")
PLACE_TO_FILL = re.compile(r"\{(\d+)\}")


def errors(
    book: FactBook, regions: Regions, aspects: set[str] | None = None
) -> Iterator[DataError]:
    """Every mistake in the facts.

    Args:
        book: the facts.
        regions: the gazetteer.
        aspects: the intents that exist; None leaves them unchecked.
    """
    found = list(errors_of_each(book, regions, aspects))
    yield from found
    if not found:
        yield from _bands(book.placed)
    for placed in book.placed:
        fact = placed.fact
        if fact.firmness == "state" and not allow_plainly(sources_of(fact, book)):
            problem = (
                "只有内容网站或文章的说法，不能直说（state）：换更好的来源，或改成 with_caveat"
            )
            yield _error(placed, "firmness", problem)
        for name in (fact.source, *fact.also):
            url = book.sources[name].url
            if url and not OFFICIAL.match(url):
                yield _error(placed, "source", f"来源 {name} 的网址不是 gov.cn：只留官方网址")
                break


def errors_of_each(
    book: FactBook, regions: Regions, aspects: set[str] | None = None
) -> Iterator[DataError]:
    """The mistakes in facts that show in each alone, whatever else there is.

    Args:
        book: the facts, as far as they can be read.
        regions: the gazetteer.
        aspects: the intents that exist; None leaves them unchecked.
    """
    for placed in book.placed:
        yield from _in_one(placed, regions, aspects)


def warnings(book: FactBook, today: date) -> Iterator[str]:
    """Facts whose review is overdue; they are said with a caveat until somebody looks again."""
    for placed in book.placed:
        if placed.fact.overdue(today):
            yield (
                f"{shown(placed.document.file)}：{placed.fact.id} 应在 "
                f"{placed.fact.review_after} 前复核，现在会带提醒地说"
            )


def coverage(book: FactBook, regions: Regions) -> list[tuple[str, list[str]]]:
    """For each province, what there is on each topic.

    Returns:
        Rows of province and cells: ``●`` a fact said plainly for the whole province, ``◐`` one
        with a caveat, ``○`` only for places in it, ``·`` the national rule alone.
    """
    rows = []
    for province in [region.adcode for region in regions if region.level == "province"]:
        cells = []
        for topic in topic_keys():
            whole: list[Fact] = []
            parts: list[Fact] = []
            for fact in book:
                if fact.topic != topic or fact.firmness == "claim" or fact.visitors:
                    continue
                if fact.region == NATIONAL:
                    continue
                if fact.region == province and not fact.pool:
                    whole.append(fact)
                elif province in [step.adcode for step in regions.climb(fact.region)]:
                    parts.append(fact)
            if any(fact.firmness == "state" for fact in whole):
                cells.append("●")
            else:
                cells.append("◐" if whole else "○" if parts else "·")
        rows.append((regions.display(province), cells))
    return rows


def _in_one(placed: Placed, regions: Regions, aspects: set[str] | None) -> Iterator[DataError]:
    fact = placed.fact
    if regions.get(fact.region) is None:
        yield _error(placed, "region", f"没有 {fact.region} 这个行政区划代码")
    for field in ("effective_from", "effective_to", "checked_on", "review_after"):
        try:
            if text := getattr(fact, field):
                first_day(text)
        except ValueError as error:
            yield _error(placed, field, str(error))
            return
    start, end = fact.effective_from, fact.effective_to
    if start and end and first_day(start) > last_day(end):
        yield _error(placed, "effective_to", "结束在开始之前")
    if fact.firmness == "with_caveat" and not fact.caveat:
        yield _error(placed, "caveat", "带提醒的事实必须写出提醒")
    low, high = fact.age or (None, None)
    if low is not None and high is not None and low > high:
        yield _error(placed, "age", "年龄段的起点大于终点")
    if not (fact.text or fact.steps or fact.value("gross")):
        yield _error(placed, "text", "既没有句子、步骤，也没有金额")
    for field in ("text", "condition", "caveat", "warning"):
        yield from _places_to_fill(placed, field, getattr(fact, field) or "")
    for index, step in enumerate(fact.steps):
        yield from _places_to_fill(placed, f"steps.{index}", step)
    for index, value in enumerate(fact.values):
        at = f"values.{index}"
        if value.spoken() == "":
            yield _error(placed, at, "没有数")
        if odd := unlikely(value):
            yield _error(placed, at, odd)
        if value.kind == "gross" and value.period not in ("月", "年"):
            yield _error(placed, at, "金额要写明周期：月 或 年")
        if value.kind == "deduction" and not value.label:
            yield _error(placed, at, "代扣要写明扣的是什么（label）")
        if value.kind == "ratio" and not value.base:
            yield _error(placed, at, "比例要写明按什么算（base）")
    for aspect in fact.aspects:
        if aspects is not None and aspect not in aspects:
            yield _error(placed, "aspects", f"没有 {aspect} 这个意图")


def _places_to_fill(placed: Placed, field: str, text: str) -> Iterator[DataError]:
    for match in PLACE_TO_FILL.finditer(text):
        if int(match.group(1)) >= len(placed.fact.values):
            yield _error(placed, field, f"{match.group()} 没有对应的数（values 从 0 数起）")


def _bands(placed: Iterable[Placed]) -> Iterator[DataError]:
    """Age bands of one place and population that overlap or leave a gap, in the same period."""
    groups: dict[tuple[object, ...], list[Placed]] = defaultdict(list)
    for each in placed:
        fact = each.fact
        value = fact.value("gross")
        if value and fact.firmness != "claim":
            key = (fact.region, fact.pool, fact.population, value.label, fact.aspects)
            groups[key].append(each)
    for group in groups.values():
        for index, one in enumerate(group):
            for other in group[index + 1 :]:
                if _same_time(one.fact, other.fact) and _overlap(one.fact, other.fact):
                    yield _error(other, "age", f"与 {one.fact.id} 的年龄段或时段重叠")
        yield from _gaps(group)


def _gaps(group: list[Placed]) -> Iterator[DataError]:
    """Ages or periods that no fact of a group covers, between two that do."""
    banded = sorted(group, key=lambda each: (each.fact.age or (None, None))[0] or 0)
    ages = [each.fact.age or (None, None) for each in banded]
    for (one, (_, end)), (other, (start, _)) in pairwise(zip(banded, ages, strict=True)):
        if end is not None and start is not None and start > end + 1:
            yield _error(other, "age", f"与 {one.fact.id} 之间缺 {end + 1}–{start - 1} 岁")
    oldest = max((end if end is not None else 200) for _, end in ages)
    if oldest < 200:
        yield _error(banded[-1], "age", f"{oldest + 1} 岁以上没有数")
    timed = [each for each in group if each.fact.effective_from or each.fact.effective_to]
    timed.sort(key=lambda each: first_day(each.fact.effective_from or "1900"))
    for one, other in pairwise(timed):
        end_day, start_day = one.fact.effective_to, other.fact.effective_from
        if end_day and start_day and first_day(start_day) > last_day(end_day) + timedelta(days=1):
            yield _error(other, "effective_from", f"与 {one.fact.id} 之间有一段时间没有数")


def _overlap(one: Fact, other: Fact) -> bool:
    low, high = other.age or (None, None)
    return one.covers_age(low if low is not None else 0, high if high is not None else 200)


def _same_time(one: Fact, other: Fact) -> bool:
    for earlier, later in ((one, other), (other, one)):
        end, start = earlier.effective_to, later.effective_from
        if end and start and last_day(end) < first_day(start):
            return False
    return True


def _error(placed: Placed, field: str, problem: str) -> DataError:
    parts = tuple(int(part) if part.isdigit() else part for part in field.split("."))
    return placed.document.error(("facts", placed.index, *parts), f"{placed.fact.id}：{problem}")
