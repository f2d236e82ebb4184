"""Conversations end: on request, and after their time; what is deleted is gone from the file."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore, SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted, UserUttered

from channels.conversations import Conversations
from channels.retention import DAY, Clock, purge
from tests.channels.online import sql_store
from tests.services import ROOT

NOW = time.time()


@pytest.fixture(params=["server", "rasa"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> SQLTrackerStore:
    """The server's store, and Rasa's own, which an operator may choose."""
    if request.param == "server":
        return sql_store(tmp_path)
    return SQLTrackerStore(Domain.empty(), db=str(tmp_path / "conversations.db"))


async def talk(store: object, name: str, *times: float) -> None:
    """Sessions of one message each, begun so many days ago."""
    for days in times:
        started = NOW - days * DAY
        tracker = await store.retrieve(name) or store.init_tracker(name)
        tracker.update(SessionStarted(timestamp=started))
        tracker.update(UserUttered(f"{name}说{days}天前", timestamp=started + 1))
        await store.save(tracker)


async def texts(store: object, name: str) -> list[str]:
    tracker = await store.retrieve_full_tracker(name)
    events = tracker.events if tracker else ()
    return [event.text for event in events if event.type_name == "user"]


def is_in_files(text: str, folder: Path) -> bool:
    """Whether a text stands in a file, as it is or as JSON writes it."""
    everything = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    return text.encode() in everything or json.dumps(text)[1:-1].encode() in everything


async def test_old_conversations_go_and_young_ones_stay(store: SQLTrackerStore) -> None:
    await talk(store, "web:old", 40)
    await talk(store, "rest:young", 5)
    assert await purge(store, 30, NOW) == 1
    assert await texts(store, "web:old") == []
    assert await texts(store, "rest:young") == ["rest:young说5天前"]


async def test_earlier_sessions_of_a_living_conversation_go(store: SQLTrackerStore) -> None:
    await talk(store, "web:a", 60, 2)
    assert await texts(store, "web:a") == ["web:a说60天前", "web:a说2天前"]
    assert await purge(store, 30, NOW) == 0
    assert await texts(store, "web:a") == ["web:a说2天前"]
    await talk(store, "web:a", 1)
    assert await texts(store, "web:a") == ["web:a说2天前", "web:a说1天前"]


async def test_zero_days_keep_everything(store: SQLTrackerStore) -> None:
    await talk(store, "web:old", 4000)
    assert await purge(store, 0, NOW) == 0
    assert await texts(store, "web:old")


async def test_many_go_at_once(store: SQLTrackerStore) -> None:
    for number in range(450):
        await talk(store, f"web:{number}", 40)
    assert await purge(store, 30, NOW) == 450
    assert list(await store.keys()) == []


async def test_nothing_of_it_stays_in_a_file(store: SQLTrackerStore, tmp_path: Path) -> None:
    await talk(store, "web:old", 40)
    assert is_in_files("说40天前", tmp_path)
    await purge(store, 30, NOW)
    assert not is_in_files("说40天前", tmp_path)


async def test_one_conversation_is_deleted_and_no_other(store: SQLTrackerStore) -> None:
    for name in ("web:a", "web:b"):
        await talk(store, name, 1)
    await Conversations(FailSafeTrackerStore(store)).delete("web:a")
    assert await texts(store, "web:a") == []
    assert await texts(store, "web:b")


async def test_the_store_in_memory_forgets_too() -> None:
    store = InMemoryTrackerStore(Domain.empty())
    await talk(store, "web:old", 40)
    await talk(store, "web:a", 1)
    assert await purge(store, 30, NOW) == 1
    await Conversations(store).delete("web:a")
    assert not store.store


async def test_a_store_that_cannot_delete_says_so() -> None:
    unknown = SimpleNamespace()
    assert not Conversations(unknown).can_delete
    assert await Conversations(unknown).expire(NOW) == 0
    with pytest.raises(NotImplementedError):
        await Conversations(unknown).delete("web:a")


async def test_a_store_with_trackers_at_hand_is_told(store: SQLTrackerStore) -> None:
    await talk(store, "web:old", 40)
    forgotten: list[str] = []
    store.forget = forgotten.append
    await purge(store, 30, NOW)
    await Conversations(store).delete("web:a")
    assert forgotten == ["web:old", "web:a"]


def by_hand(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "channels.retention", *arguments],
        cwd=ROOT,
        env=os.environ | {"VAR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


async def test_by_hand_it_asks_whether_the_clock_is_right(tmp_path: Path) -> None:
    await talk(sql_store(tmp_path), "web:old", 40)
    doubtful = by_hand(tmp_path, "--days", "7")
    assert doubtful.returncode == 1
    assert "--sure" in doubtful.stderr
    sure = by_hand(tmp_path, "--days", "7", "--sure")
    assert "删除了 1 个会话" in sure.stdout
    assert "删除了 0 个会话" in by_hand(tmp_path, "--days", "7").stdout


def test_a_clock_that_has_jumped_is_not_believed_at_once(tmp_path: Path) -> None:
    now = [1_800_000_000.0]
    clock = Clock(tmp_path / "var" / "clock", lambda: now[0])
    assert clock.look() is None, "nothing is known of it yet"
    now[0] += 86_400
    assert clock.look() == now[0]
    now[0] += 400 * 86_400
    assert clock.look() is None, "a jump would delete everything"
    now[0] += 21_600
    assert clock.look() == now[0]
    now[0] -= 3_600
    assert clock.look() is None
    assert Clock(tmp_path / "var" / "clock", lambda: now[0] + 10).look() == now[0] + 10
