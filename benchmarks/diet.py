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

from benchmarks.choosing import chosen_threshold, on_training, outcome
from benchmarks.contestants import Judged, judged
from benchmarks.folds import SEED, folds
from benchmarks.questions import ROOT, held_out, near_misses, real_questions
from nlu.reading import Reader

EPOCHS = 40
# Of each intent this share; the whole would take a night on two cores.
SHARE = 0.4
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


def compare_diet(examples: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Cross-validate DIET on a sample, then train it on the same sample for the other sets.

    Returns:
        Figures by contestant, in the form of ``benchmarks.experiments``.
    """
    from benchmarks.experiments import shares

    reader = Reader.load()
    kept = sample([intent for _, intent in examples])
    texts = [reader.read(examples[i][0])[0] for i in kept]
    intents = [examples[i][1] for i in kept]
    fold = folds(texts, intents)
    tests = {"held_out": [*held_out(), *near_misses()], "real": real_questions()}
    results: dict[str, Any] = {}
    for key, (title, pipeline) in CONFIGS.items():
        ours = np.zeros(len(texts))
        topics = np.zeros((len(texts), 6))
        for number in np.unique(fold):
            inside, outside = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
            answer = asked(pipeline, texts, intents, outside, [texts[i] for i in inside])
            found = answer["judged"]
            ours[inside], topics[inside] = found.ours, found.topics
        validated = Judged(ours, topics, [])
        threshold = chosen_threshold(validated, intents)
        rows = [row for listed in tests.values() for row in listed]
        everything = np.arange(len(texts))
        answer = asked(
            pipeline, texts, intents, everything, [reader.read(row.text)[0] for row in rows]
        )
        result: dict[str, Any] = {
            "title": f"{title}（{100 * SHARE:.0f}% 的例句，{EPOCHS} 轮）",
            "threshold": threshold,
            "cross_validated": shares(on_training(validated, threshold, intents)),
            "curve": [],
            "train_seconds": answer["train_seconds"],
            "megabytes": answer["megabytes"],
            "milliseconds": answer["milliseconds"],
        }
        start = 0
        for name, listed in tests.items():
            part = slice(start, start + len(listed))
            start += len(listed)
            if listed:
                found = Judged(answer["judged"].ours[part], answer["judged"].topics[part], [])
                kinds, accepted = [row.kind for row in listed], [row.topics for row in listed]
                result[name] = shares(outcome(found, threshold, kinds, accepted))
        results[key] = result
        print(json.dumps(result, ensure_ascii=False), flush=True)
    return results


def sample(intents: Sequence[str]) -> list[int]:
    """The same share of each intent, drawn once."""
    random = np.random.default_rng(SEED)
    kept: list[int] = []
    for name in sorted(set(intents)):
        members = [index for index, intent in enumerate(intents) if intent == name]
        number = max(5, round(SHARE * len(members)))
        kept += [int(each) for each in random.choice(members, number, replace=False)]
    return sorted(kept)


def asked(
    pipeline: list[dict[str, Any]],
    texts: Sequence[str],
    intents: Sequence[str],
    seen: Sequence[int] | np.ndarray[Any, Any],
    sentences: Sequence[str],
) -> dict[str, Any]:
    """Train in a process of its own and judge sentences there."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        task = {
            "pipeline": pipeline,
            "examples": [(texts[i], intents[i]) for i in seen],
            "sentences": list(sentences),
        }
        (folder / "task.json").write_text(json.dumps(task, ensure_ascii=False), encoding="utf-8")
        command = [sys.executable, "-m", "benchmarks.diet", str(folder)]
        subprocess.run(command, cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
        answer: dict[str, Any] = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    answer["judged"] = judged(np.array(answer.pop("probabilities")), answer["names"])
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
    milliseconds = 1000 * (time.process_time() - started) / len(first)
    found = first + asyncio.run(_parsed(agent, task["sentences"][TIMED:]))
    names = sorted(blocks)
    answer = {
        "names": names,
        "probabilities": [[each.get(name, 0.0) for name in names] for each in found],
        "train_seconds": train_seconds,
        "megabytes": Path(str(model)).stat().st_size / 1e6,
        "milliseconds": milliseconds,
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
