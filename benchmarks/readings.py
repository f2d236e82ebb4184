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
from benchmarks.scoring import rate
from nlu.reading import Reader

TABLES = questions.ROOT / "tests" / "nlu" / "reading"
TARGET = 0.97
TODAY = date(2026, 11, 28)
TITLES = {
    "ages": "年龄：虚岁、别的年份、出生日期", "people": "说的是谁", "work": "退没退休、还交不交",
    "life": "去世的说法", "situation": "情形、转述、怀疑", "amounts": "钱",
    "places": "地方和它的角色", "sticker": "表情",
}  # fmt: skip
ROLES = {"insured": "i", "treated": "t", "relative": "r", "origin": "o", "former": "f"}


class Case(msgspec.Struct, frozen=True):
    """A sentence and what is to be read in it.

    Attributes:
        kind: the table's name.
        text: the sentence.
        entities: the entities that count here.
        expected: what they are to be, in the order of the text.
    """

    kind: str
    text: str
    entities: tuple[str, ...]
    expected: tuple[str, ...]


def cases(folder: Path = TABLES) -> list[Case]:
    """All cases of all tables."""
    found: list[Case] = []
    for file in sorted(folder.glob("*.yml")):
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        names = data["entity"] if isinstance(data["entity"], list) else [data["entity"]]
        found += [
            Case(file.stem, str(text), tuple(names), tuple(map(str, expected)))
            for text, *expected in data["cases"]
        ]
    return found


def read_as(reader: Reader, case: Case) -> list[str]:
    """What a reader makes of a sentence, in the words of its table."""
    text, entities = reader.read(case.text)
    named = [each for each in entities if each["entity"] in case.entities]
    named.sort(key=lambda each: each["start"])
    return [_in_words(text, case.kind, each) for each in named]


def readings() -> Section:
    """The share of each table's cases that are read as written out."""
    reader = Reader.load(lambda: TODAY)
    outcomes: dict[str, list[bool]] = defaultdict(list)
    mistakes: list[Mistake] = []
    for case in cases():
        got = read_as(reader, case)
        right = got == list(case.expected)
        outcomes[case.kind].append(right)
        if not right:
            wanted = " ".join(case.expected) or "—"
            title = TITLES.get(case.kind, case.kind)
            mistakes.append(Mistake(title, case.text, wanted, " ".join(got) or "—", 1.0))
    figures = [
        of_rate(f"reading_{kind}", TITLES.get(kind, kind), rate(each), TARGET)
        for kind, each in sorted(outcomes.items())
    ]
    return Section("读一句话", figures, mistakes)


def _in_words(text: str, kind: str, entity: dict[str, Any]) -> str:
    value = str(entity["value"])
    if kind == "people":
        return f"{value}/{entity['who']}"
    if kind == "places":
        return f"{text[entity['start'] : entity['end']]}/{ROLES.get(entity.get('role', ''), '-')}"
    if kind == "amounts":
        period = entity.get("period")
        return f"{entity['entity']}/{value}" + (f"/{period}" if period else "")
    return value
