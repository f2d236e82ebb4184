"""What ``make bench`` measured: ratios with their spread, a table and a small picture."""

import os
import platform
import statistics
import sys
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

import msgspec
import psutil

WIDTH, ROW, LEFT = 640, 34, 190
COLOURS = {"ours": "#1677ff", "stock": "#c8c8c8"}


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Where it was measured."""

    processor: str
    cores: int
    memory: float
    load: float
    python: str
    rasa: str
    day: str

    @classmethod
    def here(cls) -> "Machine":
        """This machine, now."""
        names = [
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ]
        return cls(
            processor=names[0] if names else platform.processor(),
            cores=len(os.sched_getaffinity(0)),
            memory=round(psutil.virtual_memory().total / 1e9, 1),
            load=round(os.getloadavg()[0], 1),
            python=sys.version.split()[0],
            rasa=version("rasa"),
            day=date.today().isoformat(),
        )


class Measured(msgspec.Struct, kw_only=True):
    """One bot: lists have one value a round; times in seconds (training, start) or ms, sizes in MB.

    Attributes:
        stored: where it keeps conversations.
        processor: milliseconds of processor time a turn, all its processes together.
        early: of a long conversation's turns around the tenth; ``late``, of its last ones.
        memory_warm: after the first thousand turns; ``memory``, after all.
    """

    stored: str
    training: list[float] = []
    model: float = 0.0
    start: list[float] = []
    throughput_1: list[float] = []
    throughput_16: list[float] = []
    p50: list[float] = []
    p95: list[float] = []
    p99: list[float] = []
    parse: list[float] = []
    processor: list[float] = []
    early: list[float] = []
    late: list[float] = []
    memory_warm: float = 0.0
    memory: float = 0.0


class Results(msgspec.Struct, kw_only=True):
    """Both bots.

    Attributes:
        examples: that both were trained on.
        jsonschema: version that the stock bot checks results of actions with.
        pinned_p50: its turn in ms with the version that this project pins.
    """

    machine: Machine
    examples: int
    rounds: int
    jsonschema: str
    pinned_p50: float
    ours: Measured
    stock: Measured

    def ratios(self) -> dict[str, list[float]]:
        """Stock against ours, higher is better, one a round."""
        ours, stock = self.ours, self.stock
        return {
            "throughput_1_ratio": divided(ours.throughput_1, stock.throughput_1),
            "throughput_16_ratio": divided(ours.throughput_16, stock.throughput_16),
            "p50_ratio": divided(stock.p50, ours.p50),
            "p95_ratio": divided(stock.p95, ours.p95),
            "p99_ratio": divided(stock.p99, ours.p99),
            "parse_ratio": divided(stock.parse, ours.parse),
            "start_ratio": divided(stock.start, ours.start),
            "training_ratio": divided(stock.training, ours.training),
            "model_ratio": [stock.model / ours.model],
            "memory_ratio": [stock.memory / ours.memory],
        }


ROWS = (
    ("throughput_1_ratio", "吞吐，1 人", "throughput_1", "条/秒", 8.0),
    ("throughput_16_ratio", "吞吐，16 人", "throughput_16", "条/秒", 8.0),
    ("p50_ratio", "一轮 p50", "p50", "毫秒", 6.0),
    ("p95_ratio", "一轮 p95", "p95", "毫秒", None),
    ("p99_ratio", "一轮 p99", "p99", "毫秒", None),
    ("parse_ratio", "只理解一句", "parse", "毫秒", None),
    ("start_ratio", "启动到能答", "start", "秒", 4.0),
    ("training_ratio", "训练", "training", "秒", 8.0),
    ("model_ratio", "模型大小", "model", "MB", None),
    ("memory_ratio", "一万轮后的内存", "memory", "MB", 2.0),
)


def divided(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Ratios within each pair of runs."""
    return [one / other for one, other in zip(above, below, strict=True)]


def write(results: Results, folder: Path) -> None:
    """Write ``results.json``, ``RESULTS.md`` and ``speed.svg``."""
    folder.mkdir(parents=True, exist_ok=True)
    ratios = results.ratios()
    entry: dict[str, object] = {
        name: round(statistics.median(values), 2) for name, values in ratios.items()
    }
    entry["spread"] = {
        name: [round(min(values), 2), round(max(values), 2)] for name, values in ratios.items()
    }
    entry["measured"] = msgspec.to_builtins(results)
    text = msgspec.json.format(msgspec.json.encode(entry), indent=1).decode()
    (folder / "results.json").write_text(text + "\n", encoding="utf-8")
    (folder / "speed.svg").write_text(picture(ratios), encoding="utf-8")
    (folder / "RESULTS.md").write_text(report(results, ratios), encoding="utf-8")
    print(report(results, ratios))


def report(results: Results, ratios: dict[str, list[float]]) -> str:
    """The report as Markdown."""
    machine, ours, stock = results.machine, results.ours, results.stock
    lines = [
        "# 和原装 Rasa 比快慢",
        "",
        f"`make bench` 写成，{machine.day}。机器：{machine.processor}，{machine.cores} 核，"
        f"内存 {machine.memory} GB，开始时负载 {machine.load}；"
        f"Python {machine.python}，Rasa {machine.rasa}。",
        "",
        f"两边用同样的 {results.examples} 条例句训练（按意图均匀抽取），同样的 domain 和动作，"
        "同一个客户端、同样的问题、同样的日志级别，各占同一个核（各自的全部进程），轮流量 "
        f"{results.rounds} 遍。",
        "",
        "原装：`rasa init` 的 config.yml 只换成 JiebaTokenizer（`benchmarks/stock/`），"
        f"动作由 `python -m rasa_sdk` 提供，对话存在{_place(stock.stored)}；"
        f"jsonschema 是 pip 会装上的 {results.jsonschema}"
        f"（换成我们锁定的 3.2.0，它的 p50 是 {_middle(results.pinned_p50)} 毫秒）。"
        f"我们：`make run` 的样子，对话存在 {ours.stored}。",
        "",
        "![倍数](speed.svg)",
        "",
        "| | 我们 | 原装 | 好多少倍（最小–最大） | 目标 |",
        "|---|---|---|---|---|",
    ]
    for name, label, field, unit, target in ROWS:
        values = ratios[name]
        mine, theirs = (_middle(getattr(bot, field)) for bot in (ours, stock))
        spread = f"{statistics.median(values):.1f}"
        if len(values) > 1:
            spread += f"（{min(values):.1f}–{max(values):.1f}）"
        goal = f"≥ {target:g}" if target else ""
        lines.append(f"| {label}（{unit}） | {mine} | {theirs} | {spread} | {goal} |")
    growth = [(bot.memory / bot.memory_warm - 1) * 100 for bot in (ours, stock)]
    lines += [
        "",
        f"- 一轮用的处理器时间：我们 {_middle(ours.processor)} 毫秒，"
        f"原装 {_middle(stock.processor)} 毫秒（含动作服务）。",
        f"- 同一个对话里，第 10 轮前后 p50：我们 {_middle(ours.early)} 毫秒，"
        f"原装 {_middle(stock.early)} 毫秒；最后几轮：我们 {_middle(ours.late)} 毫秒，"
        f"原装 {_middle(stock.late)} 毫秒。",
        f"- 内存从热身后到最后：我们 {growth[0]:+.1f} %，原装 {growth[1]:+.1f} %。"
        "原装的内存含动作服务。",
    ]
    return "\n".join(lines) + "\n"


def _place(stored: str) -> str:
    return "内存（Rasa 的默认）" if "memory" in stored else stored


def _middle(values: float | Sequence[float]) -> str:
    value = statistics.median(values) if isinstance(values, Sequence) else values
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def picture(ratios: dict[str, list[float]]) -> str:
    """A bar for each ratio, with its spread and its target."""
    shown = [row for row in ROWS if row[4]]
    most = max(max(ratios[row[0]]) for row in shown) * 1.15
    scale = (WIDTH - LEFT - 70) / most
    height = ROW * len(shown) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        'font-family="sans-serif" font-size="14">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="{LEFT}" y="18" fill="#666">比原装 Rasa 好多少倍（竖线是目标）</text>',
    ]
    for place, (name, label, _, _, target) in enumerate(shown):
        values = ratios[name]
        middle, top = statistics.median(values), 30 + place * ROW
        end = LEFT + middle * scale
        low, high = (LEFT + value * scale for value in (min(values), max(values)))
        goal = LEFT + (target or 0) * scale
        centre = top + 11
        parts += [
            f'<text x="{LEFT - 10}" y="{top + 16}" text-anchor="end">{label}</text>',
            f'<rect x="{LEFT}" y="{top}" width="{end - LEFT:.0f}" height="22" '
            f'fill="{COLOURS["ours"]}"/>',
            f'<path d="M{low:.0f} {centre}H{high:.0f}" stroke="#003a8c" stroke-width="2"/>',
            f'<path d="M{goal:.0f} {top - 3}v28" stroke="#d4380d" stroke-width="2"/>',
            f'<text x="{max(end, high) + 8:.0f}" y="{top + 16}">{middle:.1f} ×</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"
