"""DIET, Rasa's own classifier, in the comparison: trained and asked in a process of its own.

Our server runs without TensorFlow; ``python -m benchmarks.diet FOLDER`` runs with it. FOLDER
holds ``task.json`` (config, examples, sentences) and gets ``answer.json``.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from benchmarks.choosing import chosen_threshold, cross_validated, on_training
from benchmarks.contestants import (
    Contestant,
    Judged,
    Read,
    judged,
    ours,
    timed,
    words_and_characters,
)
from benchmarks.folds import SEED, folds
from benchmarks.questions import ROOT, Expected
from nlu.reading import Reader

EPOCHS = 30
# Of each intent this share: the whole would take days on two cores.
SHARE = 0.06
TIMED = 200
Step = dict[str, Any]
JIEBA: list[Step] = [
    {"name": "JiebaTokenizer"},
    {"name": "RegexFeaturizer", "use_word_boundaries": False},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
]
CHARACTERS: list[Step] = [
    {"name": "JiebaTokenizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
]
DIET: Step = {
    "name": "DIETClassifier",
    "epochs": EPOCHS,
    "entity_recognition": False,
    "ranking_length": 0,
    "constrain_similarities": True,
    "random_seed": SEED,
}
CONFIGS: dict[str, tuple[str, list[Step]]] = {
    "diet_stock": ("原装中文：jieba + CountVectors + DIET", [*JIEBA, DIET]),
    "diet_characters": ("字 n-gram + DIET", [*CHARACTERS, DIET]),
}


def compare_diet(examples: Sequence[tuple[str, str]], file: Path) -> None:
    """DIET on a sample of the examples, and others on the same sample beside it.

    Args:
        examples: training sentences and intents.
        file: where the figures go after each contestant, as those of ``benchmarks.experiments``.
    """
    from benchmarks.experiments import test_sets

    reader = Reader.load()
    kept = sample([intent for _, intent in examples])
    sentences = [reader.read(examples[i][0]) for i in kept]
    intents = [examples[i][1] for i in kept]
    fold = folds([text for text, _ in sentences], intents)
    tests = test_sets()
    read = {name: [reader.read(row.text) for row in rows] for name, rows in tests.items()}
    entered = [
        ours("ours", "网络 + 逻辑回归"),
        words_and_characters(),
        words_and_characters(domain=True),
        *(diet(key, title, pipeline) for key, (title, pipeline) in CONFIGS.items()),
    ]
    share = f"（{100 * SHARE:.0f}% 的例句）"
    results: dict[str, Any] = {}
    for each in entered:
        row = entry(each, sentences, intents, fold, tests, read)
        results[f"{each.key}_on_sample"] = row | {"title": each.title + share}
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8")


def entry(
    contestant: Contestant,
    sentences: Sequence[Read],
    intents: Sequence[str],
    fold: np.ndarray[Any, Any],
    tests: dict[str, list[Expected]],
    read: dict[str, list[Read]],
) -> dict[str, Any]:
    """A contestant's figures."""
    from benchmarks.experiments import one_by_one, shares, tested

    validated = cross_validated(contestant, sentences, intents, fold)
    threshold = chosen_threshold(validated, intents)
    final, seconds = timed(lambda: contestant.fit(sentences, intents))
    if isinstance(final, Diet):
        final.judge([sentence for name in tests for sentence in read[name]])
        seconds, each_seconds = final.train_seconds, final.sentence_seconds
    else:
        each_seconds = one_by_one(final, sentences[:TIMED])
    result: dict[str, Any] = {
        "threshold": threshold,
        "cross_validated": shares(on_training(validated, threshold, intents)),
        "curve": [],
        "train_seconds": seconds,
        "megabytes": final.size() / 1e6,
        "milliseconds": 1000 * each_seconds,
    }
    for name, rows in tests.items():
        if rows:
            result[name] = shares(tested(final.judge(read[name]), threshold, rows))
    print(json.dumps(result, ensure_ascii=False), flush=True)
    return result


class Diet:
    """DIET in a process of its own; trained when it is first asked, then remembers answers."""

    def __init__(
        self, pipeline: list[Step], sentences: Sequence[Read], intents: Sequence[str]
    ) -> None:
        """Take the pipeline and what to train on."""
        self._task = {
            "pipeline": pipeline,
            "examples": [(text, name) for (text, _), name in zip(sentences, intents, strict=True)],
        }
        self._known: dict[str, list[float]] = {}
        self._names: list[str] = []
        self._megabytes = 0.0
        self.train_seconds = 0.0
        self.sentence_seconds = 0.0

    def judge(self, sentences: Sequence[Read]) -> Judged:
        """Judge sentences; all of one comparison at once, since each call trains anew."""
        texts = [text for text, _ in sentences]
        if not all(text in self._known for text in texts):
            answer = asked(self._task | {"sentences": texts})
            self._known.update(zip(texts, answer["probabilities"], strict=True))
            self._names = answer["names"]
            self._megabytes = answer["megabytes"]
            self.train_seconds = answer["train_seconds"]
            self.sentence_seconds = answer["sentence_seconds"]
        return judged(np.array([self._known[text] for text in texts]), self._names)

    def size(self) -> int:
        """Bytes of the model file."""
        return int(self._megabytes * 1e6)


def diet(key: str, title: str, pipeline: list[Step]) -> Contestant:
    """DIET behind some featurizers."""
    return Contestant(
        key, f"{title}，{EPOCHS} 轮", lambda sentences, intents: Diet(pipeline, sentences, intents)
    )


def sample(intents: Sequence[str]) -> list[int]:
    """The same share of each intent, drawn once."""
    random = np.random.default_rng(SEED)
    kept: list[int] = []
    for name in sorted(set(intents)):
        members = [index for index, intent in enumerate(intents) if intent == name]
        number = max(5, round(SHARE * len(members)))
        kept += [int(each) for each in random.choice(members, number, replace=False)]
    return sorted(kept)


def asked(task: dict[str, Any]) -> dict[str, Any]:
    """Train in a process of its own and judge sentences there."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "task.json").write_text(json.dumps(task, ensure_ascii=False), encoding="utf-8")
        command = [sys.executable, "-m", "benchmarks.diet", str(folder)]
        quiet = subprocess.DEVNULL
        subprocess.run(command, cwd=ROOT, check=True, stdout=quiet, stderr=quiet)
        answer: dict[str, Any] = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    return answer


def work(folder: Path) -> None:
    """Train and judge: what runs with TensorFlow."""
    task = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    config = {"recipe": "default.v1", "language": "zh", "assistant_id": "diet"}
    (folder / "config.yml").write_text(
        yaml.safe_dump({**config, "pipeline": task["pipeline"]}), encoding="utf-8"
    )
    blocks: dict[str, list[str]] = {}
    for text, intent in task["examples"]:
        blocks.setdefault(intent, []).append(f"- {text}")
    data = {
        "version": "3.1",
        "nlu": [
            {"intent": name, "examples": "\n".join(lines) + "\n"} for name, lines in blocks.items()
        ],
    }
    (folder / "nlu.yml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    started = time.process_time()
    model = train_nlu(
        str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder), fixed_model_name="diet"
    )
    train_seconds = time.process_time() - started
    agent = Agent.load(model)
    asyncio.run(agent.parse_message(task["sentences"][0]))
    started = time.process_time()
    first = asyncio.run(_parsed(agent, task["sentences"][:TIMED]))
    sentence_seconds = (time.process_time() - started) / len(first)
    found = first + asyncio.run(_parsed(agent, task["sentences"][TIMED:]))
    names = sorted(blocks)
    answer = {
        "names": names,
        "probabilities": [[each.get(name, 0.0) for name in names] for each in found],
        "train_seconds": train_seconds,
        "megabytes": Path(str(model)).stat().st_size / 1e6,
        "sentence_seconds": sentence_seconds,
    }
    (folder / "answer.json").write_text(json.dumps(answer), encoding="utf-8")


async def _parsed(agent: Any, sentences: Sequence[str]) -> list[dict[str, float]]:
    found = []
    for sentence in sentences:
        message = await agent.parse_message(sentence)
        found.append({each["name"]: each["confidence"] for each in message["intent_ranking"]})
    return found


if __name__ == "__main__":
    work(Path(sys.argv[1]))
