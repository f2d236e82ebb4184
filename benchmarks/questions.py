"""The sentences to measure with, and those to train on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

from nlu.contexts import Context
from nlu.model import topic_of
from policy.topics import DATA, NONE
from server.importer import example_files

ROOT = Path(__file__).parent.parent
HELD_OUT = ROOT / "tests" / "understanding"
# Real questions of other people: there on some machines only, and only to measure with.
REAL = ROOT.parent / "shared" / "eval" / "questions-dev.jsonl"

# The second set is by somebody who had not seen what the first one taught.
SEVERAL = ("several_questions.yml", "several_questions_2.yml")

IN_SCOPE, NEAR, FAR, AROUND = "in", "near", "far", "around"
KINDS = (IN_SCOPE, NEAR, FAR, AROUND)
_NOT_WORDS = re.compile(r"[\W_]+")


class Expected(msgspec.Struct, frozen=True):
    """A sentence and what is right to make of it.

    Attributes:
        text: the sentence.
        kind: in scope, near miss, far, or around (greetings, questions about the bot …).
        topics: accepted topics; NONE means that rejecting is right.
        intents: accepted intents, the expected one first; empty if only the topic is known.
        source: the set it comes from.
        note: what its author said of it.
    """

    text: str
    kind: str
    topics: tuple[str, ...]
    intents: tuple[str, ...] = ()
    source: str = ""
    note: str = ""


def training_examples(folder: Path = DATA) -> list[tuple[str, str]]:
    """Sentence and intent of every training example, in the order of the files."""
    return [(text, intent) for text, intent, _ in followed_examples(folder)]


def followed_examples(folder: Path = DATA) -> list[tuple[str, str, Context | None]]:
    """Sentence, intent and what it follows, if it was written to follow something.

    Both of Rasa's ways to write examples are read: lines of a block, and a list with metadata.
    """
    found: list[tuple[str, str, Context | None]] = []
    for file in example_files([str(folder)]):
        for block in _read(file).get("nlu", []):
            examples = block.get("examples") or ""
            if isinstance(examples, str):
                lines = [line[2:] for line in examples.splitlines() if line.startswith("- ")]
                texts = [(line, None) for line in lines]
            else:
                texts = [
                    (str(example["text"]), (example.get("metadata") or {}).get("after"))
                    for example in examples
                ]
            found += [
                (text.strip(), block["intent"], Context.written(after) if after else None)
                for text, after in texts
                if text.strip()
            ]
    return found


def kind_of(intent: str) -> str:
    """The kind of sentence that an intent stands for."""
    if topic_of(intent) != NONE:
        return IN_SCOPE
    return {"neighbour": NEAR, "outside": FAR}.get(intent.partition("_")[0], AROUND)


def plain(text: str) -> str:
    """A sentence without punctuation and blanks, to compare it with others."""
    return _NOT_WORDS.sub("", text.lower()) or text


def held_out(folder: Path = HELD_OUT, everything: bool = False) -> list[Expected]:
    """Our own held-out questions of all intents.

    Args:
        folder: where they are.
        everything: with those short ones (你好) that are training examples too and prove nothing.
    """
    rows = []
    known = set() if everything else {plain(text) for text, _ in training_examples()}
    for row in _read(folder / "heldout.yml"):
        intents = (row["intent"], *row.get("also", ()))
        if plain(row["text"]) not in known:
            rows.append(_expected(row["text"], kind_of(row["intent"]), intents, "heldout"))
    return rows


def near_misses(folder: Path = HELD_OUT) -> list[Expected]:
    """Sentences to be rejected, near the topics and far from them."""
    data = _read(folder / "near_misses.yml")
    return [
        Expected(row["text"], kind, (NONE, *map(topic_of, row.get("also", ()))), (), "near_misses")
        for kind in (NEAR, FAR)
        for row in data[kind]
    ]


def real_questions(file: Path = REAL) -> list[Expected]:
    """Real questions with their accepted topics; none where the file is missing."""
    if not file.exists():
        return []
    rows = []
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        named = [row["topic"], *(row.get("also") or [])]
        topics = tuple(dict.fromkeys(topic_of(f"{name}_") for name in named))
        note = row.get("note") or ""
        if topics[0] != NONE:
            kind = IN_SCOPE
        elif row["topic"] == "out_of_scope":
            kind = NEAR if "near miss" in note else FAR
        else:
            kind = AROUND
        rows.append(Expected(row["text"], kind, topics, (), "real", note))
    return rows


class Variant(msgspec.Struct, frozen=True):
    """A plain question and the same one with one phenomenon."""

    phenomenon: str
    clean: str
    variant: str
    topic: str


def variants(folder: Path = HELD_OUT) -> list[Variant]:
    """The robustness set."""
    return [
        Variant(phenomenon, row["clean"], row["variant"], row["topic"])
        for phenomenon, rows in _read(folder / "robustness.yml").items()
        for row in rows
    ]


def as_typed(folder: Path = HELD_OUT) -> dict[str, list[Expected]]:
    """Questions by how they are typed; those ``rejected`` are about other things."""
    return {
        way: [
            Expected(
                row["text"],
                IN_SCOPE if "topic" in row else NEAR,
                (row.get("topic", NONE), *row.get("also", ())),
                (),
                "as_typed",
            )
            for row in rows
        ]
        for way, rows in _read(folder / "robustness_more.yml").items()
    }


class Several(msgspec.Struct, frozen=True):
    """A message with several questions.

    Attributes:
        text: the message.
        parts: accepted intents of each question, in order.
    """

    text: str
    parts: tuple[tuple[str, ...], ...]


def several_questions(
    files: Iterable[str] = SEVERAL, folder: Path = HELD_OUT
) -> tuple[list[Several], list[Expected]]:
    """Messages with several questions, and long ones with only one."""
    messages: list[Several] = []
    singles: list[Expected] = []
    for name in files:
        data = _read(folder / name)
        for row in data["several"]:
            others = row.get("also") or [[] for _ in row["intents"]]
            parts = tuple((name, *more) for name, more in zip(row["intents"], others, strict=True))
            messages.append(Several(row["text"], parts))
        singles += [
            _expected(row["text"], IN_SCOPE, (row["intent"], *row.get("also", ())), "single")
            for row in data["single"]
        ]
    return messages, singles


def described_people(folder: Path = HELD_OUT) -> Iterator[tuple[str, dict[str, str]]]:
    """Sentences and the entities expected of them: relation, age, population, channel, item."""
    for row in _read(folder / "entities_people.yml"):
        yield row["text"], {name: str(value) for name, value in row.items() if name != "text"}


def _expected(text: str, kind: str, intents: tuple[str, ...], source: str) -> Expected:
    topics = tuple(dict.fromkeys(topic_of(name) for name in intents))
    return Expected(text, kind, topics, intents, source)


def _read(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}
