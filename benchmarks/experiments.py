"""``python -m benchmarks.experiments``: which classifier, and with which threshold.

Five-fold cross-validation on the training data with near-duplicates kept together, then the
held-out and the real questions, for every contestant; the threshold of each comes from
cross-validation alone. On one core the linear ones take about fifty minutes, DIET an hour and a
half; ``--only`` runs a half, and the table in docs/nlu.md is written anew from what has been
measured.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import typer

from benchmarks import plots, questions
from benchmarks.choosing import (
    GRID,
    Outcome,
    chosen_threshold,
    cross_validated,
    on_training,
    outcome,
)
from benchmarks.contestants import (
    Contestant,
    Fitted,
    Judged,
    Read,
    linear,
    nearest,
    ours,
    reader_as_typed,
    timed,
    together,
    words_and_characters,
)
from benchmarks.folds import folds
from benchmarks.questions import ROOT, Expected
from nlu.model import Training
from nlu.reading import Reader

RESULTS = ROOT / "benchmarks" / "report" / "experiments.json"
RESULTS_DIET = RESULTS.with_name("experiments-diet.json")
DOCUMENT = ROOT / "docs" / "nlu.md"
IMAGES = ROOT / "docs" / "images"
BEGIN, END = "<!-- 表：由 benchmarks.experiments 写 -->", "<!-- 表完 -->"
TIMED = 200


def contestants() -> list[Contestant]:
    """What is compared, the chosen one first."""
    return [
        ours("ours", "网络 + 逻辑回归（字、音、概念）"),
        ours("ours_network", "只用网络", use="network"),
        linear(),
        ours("ours_logistic", "只用逻辑回归", use="logistic"),
        ours("ours_no_sounds", "去掉拼音特征", leave_out="p"),
        ours("ours_no_concepts", "去掉概念特征", leave_out="k"),
        ours("ours_characters", "只留字特征", leave_out="pken"),
        ours("ours_unfolded", "地名、年龄、金额不折叠", fold=False),
        ours("ours_as_typed", "不规范化（繁体、全角、错字照旧）", as_typed=True),
        nearest(),
        together("ours_nearest", "网络加四分之一最像的例句", ours("", ""), nearest(), 0.25),
        words_and_characters(),
    ]


def compare(
    entered: Sequence[Contestant], examples: Sequence[tuple[str, str]], file: Path = RESULTS
) -> dict[str, Any]:
    """Run every contestant and keep its figures.

    Args:
        entered: the contestants.
        examples: training sentences and intents.
        file: where the figures go, after each contestant.

    Returns:
        The figures by contestant.
    """
    intents = [intent for _, intent in examples]
    tests = test_sets()
    ways = {False: Reading.of(Reader.load(), examples, tests)}
    fold = folds([text for text, _ in ways[False].sentences], intents)
    results: dict[str, Any] = {}
    for contestant in entered:
        if contestant.as_typed not in ways:
            ways[True] = Reading.of(reader_as_typed(), examples, tests)
        way = ways[contestant.as_typed]
        sentences = way.sentences
        found = cross_validated(contestant, sentences, intents, fold)
        threshold = chosen_threshold(found, intents)
        fitted, seconds = timed(lambda: contestant.fit(sentences, intents))  # noqa: B023
        row = {
            "title": contestant.title,
            "threshold": threshold,
            "cross_validated": shares(on_training(found, threshold, intents)),
            "curve": [shares(on_training(found, float(each), intents)) for each in GRID],
            "train_seconds": seconds,
            "megabytes": fitted.size() / 1e6,
            "milliseconds": 1000 * (way.seconds + one_by_one(fitted, sentences[:TIMED])),
        }
        for name, rows in tests.items():
            if rows:
                said = fitted.judge(way.tests[name])
                row[name] = shares(tested(said, threshold, rows))
        results[contestant.key] = row
        print(line(row), flush=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8")
    return results


class Reading(msgspec.Struct, frozen=True):
    """All sentences as a reader reads them.

    Attributes:
        sentences: the training examples.
        tests: the sentences of each test set.
        seconds: of processor time that one sentence took.
    """

    sentences: list[Read]
    tests: dict[str, list[Read]]
    seconds: float

    @classmethod
    def of(
        cls, reader: Reader, examples: Sequence[tuple[str, str]], tests: dict[str, list[Expected]]
    ) -> Reading:
        """Read them."""
        sentences, seconds = timed(lambda: [reader.read(text) for text, _ in examples])
        read = {name: [reader.read(row.text) for row in rows] for name, rows in tests.items()}
        return cls(sentences, read, seconds / len(sentences))


def test_sets() -> dict[str, list[Expected]]:
    """What every contestant is tested on: our held-out questions, real ones, odd spellings."""
    return {
        "held_out": [*questions.held_out(), *questions.near_misses()],
        "real": questions.real_questions(),
        "variants": [
            Expected(each.variant, questions.IN_SCOPE, (each.topic,))
            for each in questions.variants()
        ],
    }


def one_by_one(fitted: Fitted, sentences: Sequence[Read]) -> float:
    """Seconds of processor time that one sentence takes, judged alone as in a conversation."""
    fitted.judge(sentences[:5])
    _, seconds = timed(lambda: [fitted.judge([sentence]) for sentence in sentences])
    return seconds / len(sentences)


def tested(found: Judged, threshold: float, rows: Sequence[Expected]) -> Outcome:
    """How a threshold does on questions with known topics."""
    return outcome(found, threshold, [row.kind for row in rows], [row.topics for row in rows])


def shares(found: Outcome) -> dict[str, float]:
    """In percent, for the table."""
    return {
        "in": round(100 * found.inside.share, 1),
        "near": round(100 * found.near.share, 1),
        "far": round(100 * found.far.share, 1),
        "balanced": round(100 * found.balanced, 2),
    }


def line(row: dict[str, Any]) -> str:
    """A row of the table in docs/nlu.md."""

    def three(name: str) -> str:
        found = row.get(name)
        return f"{found['in']} / {found['far']} / {found['near']}" if found else "—"

    odd = row["variants"]["in"] if "variants" in row else "—"
    return (
        f"| {row['title']} | {three('cross_validated')} | {three('held_out')} | {three('real')} "
        f"| {odd} | {row['threshold']:.2f} | {row['milliseconds']:.2f} | {row['megabytes']:.1f} "
        f"| {row['train_seconds']:.0f} |"
    )


HEAD = (
    "| 方法 | 交叉验证 | 留出集 | 真实提问 | 各种写法 | 门槛 | 每句毫秒 | MB | 训练秒 |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def draw(results: dict[str, Any]) -> None:
    """The plots of docs/nlu.md."""
    figure, drawing = plots.axes(6.4, 3.6)
    for key, style in (("ours", "-"), ("jieba_lr", "--"), ("nearest", ":")):
        if key in results:
            curve = results[key]["curve"]
            drawing.plot(
                [100 - (each["near"] + each["far"]) / 2 for each in curve],
                [each["in"] for each in curve],
                style, color=plots.ACCENT if key == "ours" else plots.INK,
                label=results[key]["title"],
            )  # fmt: skip
    drawing.set(xlabel="错答的主题外句子 %", ylabel="主题内答对 %", xlim=(0, 20), ylim=(50, 98))
    drawing.legend(frameon=False, fontsize=8, loc="lower right")
    figure.tight_layout()
    plots.save(figure, IMAGES / "nlu-tradeoff.png")
    figure, drawing = plots.axes(6.4, 3.6)
    curve = results["ours"]["curve"]
    for name, title in (("in", "主题内答对"), ("far", "无关的不答"), ("near", "相近的不答")):
        drawing.plot(GRID, [each[name] for each in curve], label=title)
    drawing.axvline(results["ours"]["threshold"], color="#999999", linestyle="--", linewidth=1)
    drawing.set(xlabel="门槛 ours", ylabel="%", ylim=(75, 100))
    drawing.legend(frameon=False, fontsize=8)
    figure.tight_layout()
    plots.save(figure, IMAGES / "nlu-threshold.png")


def tuning() -> list[Contestant]:
    """Costs and temperature of the model: ``--tune``."""
    plain = Training()
    grid = [
        *(Training(topic_cost=each) for each in (10.0, 100.0) if each != plain.topic_cost),
        *(Training(temperature=each) for each in (0.7, 1.3) if each != plain.temperature),
    ]
    return [
        ours(
            f"tune_{how.topic_cost}_{how.temperature}",
            f"C {how.topic_cost}，温度 {how.temperature}",
            how=how,
        )
        for how in grid
    ]


def write_table(results: dict[str, Any], file: Path = DOCUMENT) -> None:
    """Write the table between its marks in the document."""
    text = file.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    rows = "\n".join([HEAD, *map(line, results.values())])
    file.write_text(f"{before}{BEGIN}\n{rows}\n{END}{after}", encoding="utf-8")


class Part(str, Enum):
    """What is run."""

    everything = "everything"
    linear = "linear"
    diet = "diet"
    nothing = "nothing"


def main(
    only: Part = typer.Option(Part.everything, help="只跑一半；nothing 只重写表和图"),
    tune: bool = typer.Option(False, help="也试别的 C 和温度"),
) -> None:
    """Compare, write the table, draw the plots."""
    np.seterr(under="ignore")
    examples = questions.training_examples()
    if only in (Part.everything, Part.linear):
        print(HEAD, flush=True)
        compare([*contestants(), *(tuning() if tune else [])], examples)
    if only in (Part.everything, Part.diet):
        from benchmarks.diet import compare_diet

        compare_diet(examples, RESULTS_DIET)
    missing = [file.name for file in (RESULTS, RESULTS_DIET) if not file.exists()]
    if missing:
        print(f"还缺 {'、'.join(missing)}，表和图先不改：跑完另一半，或者用 --only nothing 再写")
        return
    results: dict[str, Any] = {}
    for file in (RESULTS, RESULTS_DIET):
        results |= json.loads(file.read_text(encoding="utf-8"))
    draw(results)
    write_table(results)
    print(f"表：{DOCUMENT.relative_to(ROOT)}，图：{IMAGES.relative_to(ROOT)}")


if __name__ == "__main__":
    typer.run(main)
