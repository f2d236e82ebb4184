"""``make bench``: this bot against a stock Chinese Rasa bot, side by side on the same machine.

Both are trained on the same even sample of the examples (DIET on all of them would take hours on
two cores), answer the same questions of the same client by the same actions, each on one core with
all its processes, the client on another. What takes turns is measured in turns: ours, stock, ours,
stock; a ratio is taken within a pair, so that a busy machine is busy for both.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import msgspec

from benchmarks.speed_bots import (
    STOCK_JSONSCHEMA,
    Contestant,
    Ours,
    Stock,
    sample,
    stock_packages,
)
from benchmarks.speed_load import Client
from benchmarks.speed_report import Machine, Measured, Results, write

FOLDER = Path(__file__).parent
EXAMPLES = 600
USERS = 16


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How much is measured.

    Attributes:
        examples: training examples for both.
        rounds: pairs of runs of everything that is repeated.
        seconds: of a run with one user, and of one with many.
        parses: messages that are only understood.
        turns: after which memory is compared; ``warm`` after how many it is first looked at.
        long: turns of the long conversation.
        epochs: of the stock bot's training; None is the stock number.
    """

    examples: int = EXAMPLES
    rounds: int = 5
    seconds: float = 15.0
    parses: int = 300
    turns: int = 10_000
    warm: int = 1_000
    long: int = 500
    epochs: int | None = None


TRIAL = Plan(examples=150, rounds=1, seconds=3, parses=30, turns=120, warm=60, long=30, epochs=2)


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description="和原装的中文 Rasa 比快慢")
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="两边训练用多少例句")
    parser.add_argument("--rounds", type=int, default=Plan().rounds, help="来回量几遍")
    parser.add_argument("--trial", action="store_true", help="只试试这个程序；数字没有意义")
    parser.add_argument("--into", type=Path, default=FOLDER, help="结果写到哪个文件夹")
    options = parser.parse_args()
    plan = TRIAL if options.trial else Plan(examples=options.examples, rounds=options.rounds)
    # Only what the folder holds at the end may be said; nothing of an earlier run.
    with tempfile.TemporaryDirectory(prefix="yibao-bench-") as folder:
        results = measure(plan, Path(folder))
    write(results, options.into)


def measure(plan: Plan, folder: Path) -> Results:
    """Train, start and measure both bots.

    Args:
        plan: how much.
        folder: to work in.
    """
    cores = sorted(os.sched_getaffinity(0))
    machine = Machine.here()
    count = sample(folder / "data", plan.examples)
    ours = Ours(folder / "ours", folder / "data", cores[0])
    packages = stock_packages(folder / "packages")
    stock = Stock(folder / "stock", folder / "data", cores[0], packages, plan.epochs)
    bots = (ours, stock)
    found = {bot.name: Measured(stored=bot.stored) for bot in bots}
    for bot in bots:
        say(f"训练 {bot.name}（{count} 条例句）……")
        found[bot.name].training = [bot.train()]
        found[bot.name].model = bot.model.stat().st_size / 1e6
    os.sched_setaffinity(0, set(cores[1:]) or set(cores))
    for number in range(max(2, plan.rounds) + 1):
        for bot in bots:
            took = bot.start()
            bot.stop()
            # The first start compiles what was never imported before.
            if number:
                found[bot.name].start.append(took)
            say(f"启动 {bot.name}：{took:.1f} 秒")
    for bot in bots:
        bot.start()
    try:
        asyncio.run(_loads(plan, bots, found))
    finally:
        for bot in bots:
            bot.stop()
    return Results(
        machine=machine,
        examples=count,
        rounds=plan.rounds,
        jsonschema=STOCK_JSONSCHEMA if packages else version("jsonschema"),
        pinned_p50=_with_our_pin(stock, plan) if packages else found["stock"].p50[-1],
        **found,
    )


def _with_our_pin(stock: Stock, plan: Plan) -> float:
    """Median milliseconds of the stock bot's turn with this project's jsonschema."""
    stock.packages = None
    stock.start()
    try:
        _, times = asyncio.run(Client(stock.url, "pinned").run(1, seconds=plan.seconds))
    finally:
        stock.stop()
    return quantile(times, 0.5) * 1000


async def _loads(plan: Plan, bots: tuple[Contestant, ...], found: dict[str, Measured]) -> None:
    """Everything that is measured of running bots."""
    clients = {bot.name: Client(bot.url, f"bench{time.time_ns()}") for bot in bots}
    for bot in bots:
        await clients[bot.name].run(1, turns=max(20, plan.warm // 50))
    for number in range(plan.rounds):
        for bot in bots:
            mine, client = found[bot.name], clients[bot.name]
            busy = bot.busy()
            rate, times = await client.run(1, seconds=plan.seconds)
            mine.processor.append((bot.busy() - busy) / len(times) * 1000)
            mine.throughput_1.append(rate)
            for name, at in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
                getattr(mine, name).append(quantile(times, at) * 1000)
            rate, _ = await client.run(USERS, seconds=plan.seconds)
            mine.throughput_16.append(rate)
            mine.parse.append(statistics.median(await client.parse(plan.parses)) * 1000)
            say(
                f"第 {number + 1} 遍 {bot.name}：{mine.throughput_1[-1]:.0f} 和 "
                f"{mine.throughput_16[-1]:.0f} 条/秒，p50 {mine.p50[-1]:.1f} 毫秒"
            )
    for bot in bots:
        mine, client = found[bot.name], clients[bot.name]
        times = await client.talk(plan.long)
        mine.early = [time * 1000 for time in times[5:15]]
        mine.late = [time * 1000 for time in times[-10:]]
        await client.run(4, turns=plan.warm)
        mine.memory_warm = bot.memory()
        await client.run(4, turns=plan.turns - plan.warm)
        mine.memory = bot.memory()
        say(f"内存 {bot.name}：{mine.memory_warm:.0f} → {mine.memory:.0f} MB")


def quantile(values: list[float], at: float) -> float:
    """A quantile of measured values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * at))]


def say(line: str) -> None:
    """Show how far it is."""
    print(line, flush=True)


if __name__ == "__main__":
    main()
