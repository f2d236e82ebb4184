import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from server import heartbeat
from server.heartbeat import Heart

ROOT = Path(__file__).parents[2]
HANGS = """
import asyncio, sys, time
from server import heartbeat
heartbeat.LONGEST_SILENCE = 0.5
heartbeat.BEAT_EVERY = 0.1
heart = heartbeat.Heart()
heartbeat.watch(heart, ["-c", "print('anew')"])
async def main():
    asyncio.ensure_future(heart.beat())
    await asyncio.sleep(1.5)
    print("alive", flush=True)
    while True: pass
asyncio.run(main())
"""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch):
    """The watcher's clock, moved by hand."""
    now = [1000.0]
    monkeypatch.setattr(heartbeat.time, "monotonic", lambda: now[0])
    return now


async def beaten(heart: Heart) -> None:
    """One beat."""
    task = asyncio.ensure_future(heart.beat())
    await asyncio.sleep(0)
    task.cancel()


def looked(heart: Heart, clock: list[float], times: int) -> bool:
    """What a look a second says in the end."""
    hangs = False
    for _ in range(times):
        clock[0] += 1
        hangs = heart.hangs()
    return hangs


async def test_a_loop_that_stops_beating_hangs(clock: list[float]):
    heart = Heart()
    assert not looked(heart, clock, 100), "a start may take as long as it takes"
    await beaten(heart)
    assert not looked(heart, clock, 15)
    assert looked(heart, clock, 5)
    await beaten(heart)
    assert not looked(heart, clock, 15)
    heart.rest()
    assert not looked(heart, clock, 100)


async def test_a_machine_that_was_frozen_is_not_taken_for_a_hanging_loop(clock: list[float]):
    heart = Heart()
    await beaten(heart)
    looked(heart, clock, 2)
    clock[0] += 3600
    assert not heart.hangs()


def test_a_process_whose_loop_hangs_starts_anew_in_its_place():
    found = subprocess.run(
        [sys.executable, "-c", HANGS], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert found.stdout.split() == ["alive", "anew"], found.stderr
    assert found.returncode == 0
