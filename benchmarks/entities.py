"""What is measured of entities: regions over the whole gazetteer, ages, people, roles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from benchmarks import questions
from benchmarks.figures import Figure, Mistake, Section, of_rate
from benchmarks.parsing import Parsed, Understanding
from benchmarks.scoring import F1, rate
from policy.regions import Regions

TABLES = questions.ROOT / "tests" / "nlu"
REGION_TARGET, AGE_TARGET, ROLE_TARGET = 0.99, 0.99, 0.95
# Each region stands once in one of them, in turn.
FRAMES = (
    "{}医保每月返多少钱",
    "我是{}的，医保余额怎么查",
    "我妈在{}退休，医保卡里的钱能取吗",
    "想去{}看病，要不要备案",
    "请问{}的家庭共济怎么绑定",
    "医保卡的钱年底会清零吗（{}）",
    "参保地是{}，人在外面住院能报吗",
    "怎么给老人查医保余额，{}",
)
# The sets name a parent without saying which.
SAME = {"father": "parent", "mother": "parent"}
ROLE_SIGNS = {
    "i": "insured", "t": "treated", "r": "relative", "o": "origin", "f": "former", "-": None,
}  # fmt: skip


def regions(understanding: Understanding) -> Section:
    """Every province, city and county once in a sentence, alone and behind what it lies in."""
    gazetteer = Regions.load()
    alone: dict[str, set[str]] = defaultdict(set)
    behind: dict[str, set[str]] = defaultdict(set)
    for region in gazetteer:
        alone[region.full_name].add(region.adcode)
        outer = [step for step in gazetteer.climb(region.adcode)[1:] if step.level != "country"]
        if outer:
            behind[outer[0].full_name + region.full_name].add(region.adcode)
    mistakes: list[Mistake] = []
    figures = [
        _gazetteer("region_f1", "全国每个省市县各说一次（F1）", alone, understanding, mistakes),
        _gazetteer("region_chain_f1", "前面带上一级，如“扬州市宝应县”（F1）", behind, understanding,
                   mistakes),
    ]  # fmt: skip
    return Section("地区", [*figures, *_roles(understanding, mistakes)], mistakes)


def _gazetteer(
    key: str,
    title: str,
    codes: dict[str, set[str]],
    understanding: Understanding,
    mistakes: list[Mistake],
) -> Figure:
    names = sorted(codes)
    texts = [FRAMES[index % len(FRAMES)].format(name) for index, name in enumerate(names)]
    hits = missed = wrong = 0
    for name, text, found in zip(names, texts, understanding.parse(texts), strict=True):
        values = [set(each["value"].split("|")) for each in _named(found, "region")]
        right = codes[name] in values
        hits += right
        missed += not right
        wrong += len(values) - right
        if not right or len(values) > 1:
            got = ", ".join("|".join(sorted(value)) for value in values) or "—"
            mistakes.append(Mistake("地区", text, "|".join(sorted(codes[name])), got, 1.0))
    f1 = F1(hits, missed, wrong)
    count = f"{hits} 对，{missed} 漏，{wrong} 多"
    return Figure(key, title, f1.value, f1.as_rate.interval, REGION_TARGET, count=count)


def _roles(understanding: Understanding, mistakes: list[Mistake]) -> Iterator[Figure]:
    """Who is insured where and treated where: tests/nlu/roles.yml."""
    rows = _table(TABLES / "roles.yml", "roles")
    outcomes = []
    for text, *named in rows:
        expected = [tuple(str(each).rsplit("/", 1)) for each in named]
        (found,) = understanding.parse([str(text)])
        got = [(each.get("text"), each.get("role")) for each in _named(found, "region")]
        wanted = [(name.lower(), ROLE_SIGNS[sign]) for name, sign in expected]
        if len(wanted) < 2:
            continue
        outcomes.append(got == wanted)
        if got != wanted:
            mistakes.append(Mistake("两地的角色", str(text), str(wanted), str(got), 1.0))
    if outcomes:
        yield of_rate("roles", "一句两地，哪里参保哪里看病", rate(outcomes), ROLE_TARGET)


def people(understanding: Understanding) -> Section:
    """Who, by which channel, what thing, how old."""
    outcomes: dict[str, list[bool]] = defaultdict(list)
    mistakes: list[Mistake] = []
    for text, expected in questions.described_people():
        (found,) = understanding.parse([text])
        for name, wanted in expected.items():
            values = [_plain(name, str(each["value"])) for each in _named(found, name)]
            right = wanted in values
            outcomes[name].append(right)
            if not right:
                got = " | ".join(values) or "—"
                mistakes.append(Mistake("人物与物品", text, f"{name}={wanted}", got, 1.0))
    figures = [
        of_rate(f"entity_{name}", f"实体 {name}", rate(each), AGE_TARGET if name == "age" else None)
        for name, each in sorted(outcomes.items())
    ]
    every = [outcome for each in outcomes.values() for outcome in each]
    figures.append(of_rate("entity_all", "人物、渠道、物品、年龄", rate(every)))
    return Section("人物与物品", [*figures, *_ages(understanding, mistakes)], mistakes)


def _ages(understanding: Understanding, mistakes: list[Mistake]) -> Iterator[Figure]:
    """The written-out table tests/nlu/ages.yml; years of birth are counted from today there."""
    outcomes = []
    for text, *ages in _table(TABLES / "ages.yml", "ages"):
        if any(word in str(text) for word in ("后", "生")) and any(map(str.isdigit, str(text))):
            continue
        wanted = [str(age) for age in ages if age is not None]
        (found,) = understanding.parse([str(text)])
        got = [str(each["value"]) for each in _named(found, "age")]
        outcomes.append(got == wanted)
        if got != wanted:
            mistakes.append(Mistake("年龄表", str(text), str(wanted), str(got), 1.0))
    if outcomes:
        yield of_rate("age_table", "年龄表（出生年份除外）", rate(outcomes), AGE_TARGET)


def _table(file: Path, name: str) -> list[list[Any]]:
    if not file.exists():
        return []
    data = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return list(data.get(name) or [])


def _named(found: Parsed, name: str) -> list[dict[str, Any]]:
    return [each for each in found.entities if each["entity"] == name]


def _plain(name: str, value: str) -> str:
    if name == "relation":
        return SAME.get(value, value)
    if name == "population" and value.startswith("retired"):
        return "retired"
    return value
