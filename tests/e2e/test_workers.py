"""Two processes behind one port, PostgreSQL and Redis: every turn once, in order, and answered."""

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.e2e.traffic import Traffic, compare, while_running
from tests.services import BotServer, Postgres, Redis, running

CONVERSATIONS = 200


@pytest.fixture(scope="module")
def wide(
    model: Path,
    postgres: Postgres,
    redis_server: Redis,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[BotServer]:
    environment = {
        "WORKERS": "2",
        "DB_URL": postgres.url,
        "REDIS_URL": redis_server.url,
        "LOG_FORMAT": "json",
    }
    with running(model, tmp_path_factory.mktemp("wide"), **environment) as server:
        yield server


async def test_200_conversations_at_once_lose_and_mix_up_nothing(
    wide: BotServer, postgres: Postgres
) -> None:
    traffic = Traffic(wide.url, [f"wide-{number}" for number in range(CONVERSATIONS)])
    await traffic.run()
    failed = [sent for sent in traffic.log if not sent.answered]
    assert not failed, f"{len(failed)} of {len(traffic.log)} were not answered"
    assert len(traffic.log) == CONVERSATIONS * 10
    await compare(traffic, postgres.url)


def test_both_workers_count_together(wide: BotServer) -> None:
    """Whichever worker answers, the counters are those of all."""
    seen = {requests.get(f"{wide.url}/metrics", timeout=10).text for _ in range(8)}
    for text in seen:
        counted = {
            name: float(value)
            for name, value in re.findall(r'^(yibao_\w+)\{channel="rest"\} ([\d.]+)$', text, re.M)
        }
        assert counted["yibao_messages_total"] >= CONVERSATIONS * 10
        assert counted["yibao_turn_seconds_count"] >= CONVERSATIONS * 10
    processes = re.findall(r'"message":"turn","process":(\d+)', wide.said())
    assert len(set(processes)) == 2, "all was answered by one worker"


def test_the_log_has_a_line_a_turn_and_no_words_of_anybody(wide: BotServer) -> None:
    said = wide.said()
    assert said.count('"message":"turn"') >= CONVERSATIONS * 10
    assert "余额怎么查" not in said
    assert "wide-1" not in said


async def test_a_worker_killed_in_the_middle_is_replaced_and_nothing_answered_is_lost(
    wide: BotServer, postgres: Postgres
) -> None:
    names = [f"kill-{time.time()}-{number}" for number in range(30)]
    traffic = Traffic(wide.url, names, in_flight=2)
    before = wide.workers()

    def kill() -> None:
        time.sleep(0.7)
        os.kill(wide.workers()[0], signal.SIGKILL)

    await while_running(traffic.run(pause=0.1, again=30), kill)
    # What was in the killed worker's hands was sent again, and answered.
    texts = {(sent.conversation, sent.text) for sent in traffic.log if sent.answered}
    assert len(texts) == 30 * 10
    await compare(traffic, postgres.url)
    assert len(wide.workers()) == 2
    assert set(wide.workers()) != set(before)


def test_a_worker_that_hangs_is_replaced(wide: BotServer) -> None:
    before = wide.workers()
    os.kill(before[0], signal.SIGSTOP)
    deadline = time.monotonic() + 90
    while before[0] in wide.workers() or len(wide.workers()) < 2:
        assert time.monotonic() < deadline, "nobody noticed that a worker stands still"
        time.sleep(0.5)
    assert "a worker hangs and is killed" in wide.said()
    assert before[1] in wide.workers(), "the other one was killed too"
    assert wide.ask("after-the-hang", "医保卡余额怎么查")[0]["text"]
