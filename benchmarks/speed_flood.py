"""What everybody else notices of one sender who floods the bot, with the limits as shipped.

``python -m benchmarks.speed_flood [--rounds 5] [--seconds 8] [--flood 16]`` starts a server of its
own on loopback, lets people chat over the web channel, now alone and now beside a sender who asks
as fast as it can on several connections, and prints p50 and p99 of the people for each round.
"""

import argparse
import asyncio
import itertools
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import requests

from benchmarks.speed_load import QUESTIONS
from server.settings import ROOT
from server.training import ensure_model

PORT = 5091
URL = f"http://127.0.0.1:{PORT}"
PEOPLE = 5
# Messages of one conversation; fewer than its limit for a minute.
TALK = 6
# Slow enough to stay below what the bot takes from everybody.
PAUSE = 0.15


@contextmanager
def server() -> Iterator[None]:
    """A server with the shipped limits; every client says through which address it comes."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"PORT": str(PORT), "VAR": folder, "MODEL": str(ensure_model())}
        command = [sys.executable, "-m", "server", "run"]
        with open(Path(folder) / "log", "wb") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | environment, stdout=log, stderr=log
            )
        while True:
            try:
                if requests.get(f"{URL}/ready", timeout=2).status_code == 200:
                    break
            except requests.RequestException:
                time.sleep(0.1)
        yield
        process.terminate()
        process.wait()


async def talk(session: aiohttp.ClientSession, address: str) -> list[float]:
    """One conversation: the seconds of each turn."""
    headers = {"X-Forwarded-For": address}
    async with session.post(f"{URL}/chat/session", headers=headers) as answer:
        headers["Authorization"] = f"Bearer {(await answer.json())['token']}"
    times = []
    for number in range(TALK):
        body = {"id": str(uuid.uuid4()), "text": QUESTIONS[number % len(QUESTIONS)]}
        began = time.perf_counter()
        async with session.post(f"{URL}/chat/message", json=body, headers=headers) as answer:
            said = await answer.json()
        times.append(time.perf_counter() - began)
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {said}")
        await asyncio.sleep(PAUSE)
    return times


async def people(seconds: float, numbers: "itertools.count[int]") -> list[float]:
    """Several people, one conversation after the other, each from an address of its own."""
    until = time.perf_counter() + seconds
    times: list[float] = []

    async def person(session: aiohttp.ClientSession) -> None:
        while time.perf_counter() < until:
            number = next(numbers)
            address = f"10.{number & 255}.{number >> 8 & 255}.7"
            times.extend(await talk(session, address))

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(person(session) for _ in range(PEOPLE)))
    return times


def flood(connections: int, counted: "multiprocessing.sharedctypes.Synchronized[int]") -> None:
    """One sender who asks for ever on several connections, whatever it is told."""

    async def ask(session: aiohttp.ClientSession, headers: dict[str, str]) -> None:
        while True:
            body = {"id": str(uuid.uuid4()), "text": "医保卡余额怎么查"}
            async with session.post(f"{URL}/chat/message", json=body, headers=headers) as answer:
                await answer.read()
            counted.value += 1

    async def run() -> None:
        headers = {"X-Forwarded-For": "203.0.113.66"}
        async with aiohttp.ClientSession() as session:
            async with session.post(f"{URL}/chat/session", headers=headers) as answer:
                headers["Authorization"] = f"Bearer {(await answer.json())['token']}"
            await asyncio.gather(*(ask(session, headers) for _ in range(connections)))

    asyncio.run(run())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="一个人猛发的时候，别人慢多少")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--flood", type=int, default=16)
    options = parser.parse_args()
    numbers = itertools.count(1)
    counted = multiprocessing.Value("i", 0)
    ratios: list[float] = []
    every: tuple[list[float], list[float]] = ([], [])
    with server():
        asyncio.run(people(2, numbers))
        for _ in range(options.rounds):
            quiet = asyncio.run(people(options.seconds, numbers))
            before = counted.value
            flooding = multiprocessing.Process(target=flood, args=(options.flood, counted))
            flooding.start()
            loud = asyncio.run(people(options.seconds, numbers))
            flooding.kill()
            flooding.join()
            every[0].extend(quiet)
            every[1].extend(loud)
            pairs = [_points(quiet), _points(loud)]
            ratios.append(pairs[1][1] / pairs[0][1])
            print(
                f"quiet p50 {pairs[0][0]:.1f} p99 {pairs[0][1]:.1f} ms ({len(quiet)}); "
                f"flood of {(counted.value - before) / options.seconds:.0f}/s: "
                f"p50 {pairs[1][0]:.1f} p99 {pairs[1][1]:.1f} ms ({len(loud)}); "
                f"p99 x {ratios[-1]:.2f}",
                flush=True,
            )
    of_all = _points(every[1])[1] / _points(every[0])[1]
    print(
        f"p99 during the flood: {statistics.median(ratios):.2f} times the quiet one (median of the "
        f"rounds), {of_all:.2f} times over all messages ({len(every[0])} and {len(every[1])})"
    )


def _points(times: list[float]) -> tuple[float, float]:
    """p50 and p99 in milliseconds."""
    cuts = statistics.quantiles(times, n=100)
    return cuts[49] * 1000, cuts[98] * 1000


if __name__ == "__main__":
    main()
