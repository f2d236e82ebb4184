"""``make eval``: how much the bot understands, against its targets, with a report to read."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor
from pathlib import Path

import typer
import yaml
from rich.console import Console
from rich.table import Table

from benchmarks import chains, entities, plots, questions, readings, sections
from benchmarks.figures import Section
from benchmarks.parsing import Understanding
from benchmarks.questions import ROOT
from benchmarks.report import Matrix, write
from benchmarks.scoring import Bin
from nlu.model import topic_of
from policy.topics import topic_keys

REPORT = ROOT / "benchmarks" / "report"
LEVELS = questions.HELD_OUT / "levels.yml"
RELIABILITY = ROOT / "docs" / "images" / "nlu-reliability.png"
# Of what would harm nothing is let go.
EXACT = "harmful_"
# A level lies this many points below what was measured, and one sentence more.
BELOW = 1.0
HEAD = """\
# 达到过的水平（百分数），tests/understanding/test_levels.py 看着，不许往下掉。
# 由 `python -m benchmarks.evaluation --levels` 写成：比量到的低 1 个百分点，再让一句；有害的不让。
"""


def measure(understanding: Understanding) -> tuple[list[Section], list[Matrix], list[Bin]]:
    """Everything that is measured of understanding.

    Args:
        understanding: the trained bot.

    Returns:
        The sections, the confusion matrices, and the bins of the reliability plot.
    """
    rows = sections.judge(
        understanding,
        [*questions.held_out(), *questions.near_misses(), *questions.real_questions()],
    )
    alone = sections.judge(understanding, questions.several_questions()[1])
    dressed = sections.judge(
        understanding,
        [
            questions.Expected(each.variant, questions.IN_SCOPE, (each.topic,), (), "robustness")
            for each in questions.variants()
        ],
    )
    calibration, found_bins = sections.calibration(rows)
    found = [
        sections.held_out(understanding),
        sections.near_misses(understanding),
        sections.real(understanding),
        sections.robustness(understanding),
        sections.as_typed(understanding),
        *(sections.several(understanding, n + 1) for n in range(len(questions.SEVERAL))),
        chains.chains(understanding),
        sections.fallback([*rows, *alone, *dressed]),
        calibration,
        entities.regions(understanding),
        entities.people(understanding),
        readings.readings(understanding),
    ]
    return [section for section in found if section], _matrices(rows), found_bins


def _matrices(rows: Sequence[sections.Judged]) -> list[Matrix]:
    matrices = [Matrix("主题", *sections.confusion(rows, topic_of))]
    for topic in topic_keys():
        inside = [
            (row, found) for row, found in rows if row.intents and topic_of(row.intents[0]) == topic
        ]
        labels, counts = sections.confusion(inside, lambda intent: intent)
        matrices.append(Matrix(f"{topic} 里的意图", labels, counts))
    return matrices


def show(found: Sequence[Section], console: Console) -> None:
    """Print the figures against their targets."""
    table = Table(title="听懂了多少（方括号是 95% 区间）", title_justify="left")
    table.add_column("")
    for column in ("数字", "区间", "目标", ""):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("", overflow="fold")
    for section in found:
        table.add_row(f"[bold]{section.title}[/bold]")
        for figure in section.figures:
            interval = figure.interval
            table.add_row(
                f"  {figure.title}",
                f"{100 * figure.value:.1f}",
                f"\\[{100 * interval[0]:.1f}, {100 * interval[1]:.1f}]" if interval else "",
                "" if figure.target is None else f"{100 * figure.target:.1f}",
                {None: "", True: "[green]达到[/green]", False: "[red]没到[/red]"}[figure.reached],
                figure.count,
            )
    console.print(table)


def write_levels(found: Sequence[Section], file: Path = LEVELS) -> None:
    """Write what is to be guarded: a little below what was measured."""
    figures = [figure for section in found for figure in section.figures]
    guarded: dict[str, dict[str, float]] = {"at_least": {}, "at_most": {}, "real": {}}
    for figure in figures:
        value = 100 * figure.value
        if figure.key == "calibration_error":
            guarded["at_most"][figure.key] = round(value + 2 * BELOW, 1)
            continue
        if figure.key.startswith(EXACT):
            guarded["at_least"][figure.key] = floor(10 * value) / 10
            continue
        number = _number(figure.count)
        level = floor(10 * max(0.0, value - BELOW - 100 / max(number, 1))) / 10
        guarded["real" if figure.key.startswith("real_") else "at_least"][figure.key] = level
    data = yaml.safe_dump(guarded, sort_keys=False, allow_unicode=True)
    file.write_text(HEAD + data, encoding="utf-8")


def _number(count: str) -> int:
    """Of how many a figure speaks: 33/34 or 3304 对."""
    first = count.split("，")[0]
    digits = "".join(filter(str.isdigit, first.rpartition("/")[2]))
    return int(digits or 0)


def main(
    levels: bool = typer.Option(False, help="把量到的写成要守住的水平（levels.yml），图放进 docs/"),
) -> None:
    """Train if need be, measure, print, and write the report."""
    from server.slim import prepare

    prepare()
    from server.training import ensure_model

    model = ensure_model()
    found, matrices, found_bins = measure(Understanding.load(model))
    console = Console(width=max(100, Console().width))
    show(found, console)
    error = next(
        figure.value
        for section in found
        for figure in section.figures
        if figure.key == "calibration_error"
    )
    plot = plots.reliability(found_bins, error)
    write(REPORT, found, matrices, plots.as_data_uri(plot), f"模型 {model.name}")
    if levels:
        write_levels(found)
        plots.save(plots.reliability(found_bins, error), RELIABILITY)
    for mistake in (each for section in found for each in section.mistakes):
        if mistake.section.endswith(readings.HARMFUL):
            wrong = f"{mistake.text}（应是 {mistake.expected}，读成 {mistake.got}）"
            console.print(f"有害且读错：{mistake.section} {wrong}", markup=False)
    if not questions.REAL.exists():
        console.print("没有真实提问的数据，那一段没有量。")
    missed = [
        figure.title for section in found for figure in section.figures if figure.reached is False
    ]
    console.print(f"{len(missed)} 项没到目标" + ("：" + "、".join(missed) if missed else "。"))
    console.print(f"报告：{(REPORT / 'index.html').relative_to(ROOT)}")


if __name__ == "__main__":
    typer.run(main)
