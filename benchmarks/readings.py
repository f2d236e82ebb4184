"""Whole messages and what they are read as, by the tables of tests/nlu/reading."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import yaml

from benchmarks import questions
from benchmarks.figures import Mistake, Section, of_rate
from benchmarks.parsing import Understanding
from benchmarks.scoring import rate
from nlu.reading import Reader
from nlu.understanding import EMERGENCIES

TABLES = questions.ROOT / "tests" / "nlu" / "reading"
GROUPS = ("cases", "unseen", "harmful")
TARGET = 0.97
TODAY = date(2026, 11, 28)
TITLES = {
    "ages": "年龄：虚岁、别的年份", "dates": "日子和出生日期", "people": "说的是谁",
    "whose": "是谁的岁数、地方、身份", "work": "退没退休、还交不交", "life": "去世的说法",
    "situation": "情形、转述、怀疑", "amounts": "钱", "places": "地方和它的角色",
    "accidents": "名字里的地名", "surface": "写法：同音字、繁体、方言", "sticker": "表情",
    "alarm": "该不该打 120",
}  # fmt: skip
ROLES = {"insured": "i", "treated": "t", "relative": "r", "origin": "o", "former": "f"}
HARMFUL = "（错了有害）"
# What is read of the whole message and not of a span in it.
ALARM = "alarm"


class Case(msgspec.Struct, frozen=True):
    """A sentence and what is to be read in it.

    Attributes:
        kind: the table's name.
        text: the sentence.
        entities: the entities that count here.
        expected: what they are to be, in the order of the text.
        group: ``cases`` were written while mending and are all to be right; ``unseen`` and
            ``harmful`` by somebody who had not seen the code, and a harmful one read wrong would
            be another person's figure, a wrong place or a false alarm.
    """

    kind: str
    text: str
    entities: tuple[str, ...]
    expected: tuple[str, ...]
    group: str


def cases(folder: Path = TABLES) -> list[Case]:
    """All cases of all tables."""
    found: list[Case] = []
    for file in sorted(folder.glob("*.yml")):
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        names = data["entity"] if isinstance(data["entity"], list) else [data["entity"]]
        found += [
            Case(file.stem, str(text), tuple(names), tuple(map(str, expected)), group)
            for group in GROUPS
            for text, *expected in data.get(group, ())
        ]
    return found


def read_as(reader: Reader, case: Case) -> list[str]:
    """What a reader makes of a sentence, in the words of its table."""
    text, entities = reader.read(case.text)
    named = [each for each in entities if each["entity"] in case.entities]
    named.sort(key=lambda each: each["start"])
    return [_in_words(text, case.kind, each) for each in named]


def readings(understanding: Understanding) -> Section:
    """The share of each table's unseen cases that are read as written out."""
    reader = Reader.load(lambda: TODAY)
    outcomes: dict[str, list[bool]] = defaultdict(list)
    harmful: dict[str, list[bool]] = defaultdict(list)
    mistakes: list[Mistake] = []
    for case in cases():
        if case.group == "cases":
            continue
        got = _alarm(understanding, case) if ALARM in case.entities else read_as(reader, case)
        right = got == list(case.expected)
        outcomes[case.kind].append(right)
        title = TITLES[case.kind]
        if case.group == "harmful":
            harmful[case.kind].append(right)
            title += HARMFUL
        if not right:
            wanted = " ".join(case.expected) or "—"
            mistakes.append(Mistake(title, case.text, wanted, " ".join(got) or "—", 1.0))
    figures = []
    for kind, title in TITLES.items():
        figures.append(of_rate(f"reading_{kind}", title, rate(outcomes[kind]), TARGET))
        if harmful[kind]:
            figures.append(of_rate(f"harmful_{kind}", title + HARMFUL, rate(harmful[kind]), 1.0))
    return Section("读一句话", figures, mistakes)


def _alarm(understanding: Understanding, case: Case) -> list[str]:
    (found,) = understanding.parse([case.text])
    return [ALARM] * bool({*found.answered} & {*EMERGENCIES})


def _in_words(text: str, kind: str, entity: dict[str, Any]) -> str:
    value = str(entity["value"])
    if kind == "whose":
        shown = text[entity["start"] : entity["end"]] if entity["entity"] == "region" else value
        return f"{shown}/{entity.get('of', '-')}"
    if kind == "surface":
        shown = text[entity["start"] : entity["end"]] if entity["entity"] == "region" else value
        return f"{entity['entity']}/{shown}"
    if kind == "people":
        return f"{value}/{entity.get('who', '-')}"
    if kind == "places":
        return f"{text[entity['start'] : entity['end']]}/{ROLES.get(entity.get('role', ''), '-')}"
    if kind == "amounts":
        period = entity.get("period")
        return f"{entity['entity']}/{value}" + (f"/{period}" if period else "")
    return value
