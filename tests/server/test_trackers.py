"""Our tracker store reads little, forgets nothing and weaves no two turns together."""

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core import events as rasa_events
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from channels.conversations import Conversations as deleter
from server import conversation_sql as sql
from server.settings import SettingError
from server.trackers import WINDOW, ConversationChanged, Conversations
from tests.services import Postgres

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [ask]
slots:
  people: {type: any, influence_conversation: false, mappings: [{type: custom}]}
  last: {type: any, influence_conversation: false, mappings: [{type: custom}]}
  never: {type: any, influence_conversation: false, mappings: [{type: custom}]}
actions: [action_answer]
"""
)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "sqlite":
        made = Conversations(DOMAIN, host=f"sqlite:///{tmp_path}/c.db")
    else:
        postgres: Postgres = request.getfixturevalue("postgres")
        made = Conversations(DOMAIN, host=postgres.url)
    yield made
    made.close()


def turn(text: str, slots: dict[str, Any]) -> list[Event]:
    return [
        UserUttered(text, {"name": "ask", "confidence": 1.0}, parse_data={"text": text}),
        DefinePrevUserUtteredFeaturization(False),
        ActionExecuted("action_answer"),
        BotUttered(f"Re: {text}", {"custom": {"中文": [1, 2]}}),
        *(SlotSet(name, value) for name, value in slots.items()),
        ActionExecuted("action_listen"),
    ]


def session(*slots: Event) -> list[Event]:
    return [
        ActionExecuted("action_session_start"),
        rasa_events.SessionStarted(),
        *slots,
        ActionExecuted("action_listen"),
    ]


async def add(store: Conversations, sender: str, events: list[Event]) -> None:
    tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    tracker.update_with_events(events, DOMAIN)
    await store.save(tracker)


def state(tracker: DialogueStateTracker | None) -> dict[str, Any]:
    """What the next turn depends on."""
    assert tracker is not None
    said = tracker.latest_message
    return {
        "slots": tracker.current_slot_values(),
        "action": tracker.latest_action,
        "message": said and said.text,
        "bot": tracker.latest_bot_utterance and tracker.latest_bot_utterance.text,
        "paused": tracker.is_paused(),
        "followup": tracker.followup_action,
        "loop": tracker.active_loop_name,
    }


async def test_a_turn_late_in_a_long_talk_reads_as_little_as_an_early_one(store: Any) -> None:
    sender = f"long-{random.random()}"
    await add(store, sender, session())
    await add(store, sender, turn("first", {"people": ["mother"]}))
    for number in range(120):
        await add(store, sender, turn(f"m{number}", {"last": number}))
        if number < 6:
            assert len((await store.retrieve(sender)).events) <= 9
    recent = await store.retrieve(sender)
    everything = await store.retrieve_full_tracker(sender)
    assert len(recent.events) <= 12
    assert len(everything.events) == 3 + 6 + 120 * 6
    assert state(recent) == state(everything)
    assert recent.get_slot("people") == ["mother"]
    assert await store.exists(sender)
    assert sender in await store.keys()


async def test_what_we_store_rasa_reads(tmp_path: Path) -> None:
    ours = Conversations(DOMAIN, host=f"sqlite:///{tmp_path}/c.db")
    await add(ours, "x", [*session(), *turn("你好", {"people": {"关系": "母亲"}})])
    theirs = SQLTrackerStore(DOMAIN, dialect="sqlite", db=str(tmp_path / "c.db"))
    read = await theirs.retrieve("x")
    assert state(read) == state(await ours.retrieve("x"))
    await add(theirs, "x", turn("again", {}))
    assert state(await ours.retrieve("x"))["message"] == "again"


kinds = st.sampled_from(
    ["turn"] * 12
    + ["session", "session with slots", "restart", "reset", "undo", "rewind", "pause", "loop"]
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    plan=st.lists(
        st.tuples(kinds, st.integers(0, 3), st.sampled_from(["", "", "", "look", "restarted"])),
        min_size=6,
        max_size=16,
    )
)
def test_the_short_read_is_as_good_as_the_long_one(
    plan: list[tuple[str, int, str]], tmp_path: Path
) -> None:
    store = Conversations(DOMAIN, host=f"sqlite:///{tmp_path}/{random.random()}.db")
    theirs = SQLTrackerStore(DOMAIN, dialect="sqlite", db=str(store.engine.url.database))

    async def compare() -> None:
        await add(store, "x", session())
        for number, (kind, slots, then) in enumerate(plan):
            values = dict.fromkeys(("people", "last", "never")[:slots], number)
            happened = {
                "turn": turn(f"m{number}", values),
                "session": session(),
                "session with slots": session(SlotSet("people", "kept")),
                "restart": [rasa_events.Restarted(), ActionExecuted("action_listen")],
                "reset": [rasa_events.AllSlotsReset()],
                "undo": [rasa_events.ActionReverted()],
                "rewind": [rasa_events.UserUtteranceReverted()],
                "pause": [rasa_events.ConversationPaused()],
                "loop": [rasa_events.ActiveLoop("form")],
            }[kind]
            await add(store, "x", happened)
            if then == "restarted":
                store.forget("x")
            if then or number == len(plan) - 1:
                assert state(await store.retrieve("x")) == state(await theirs.retrieve("x"))

    asyncio.run(compare())


async def test_the_next_turn_is_in_memory(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = f"kept-{random.random()}"
    await add(store, sender, session())
    for number in range(30):
        await add(store, sender, turn(f"m{number}", {"last": number}))
    read: list[str] = []
    real = store._database.read

    def noted(statement: str, **values: Any) -> Any:
        read.append(statement)
        return real(statement, **values)

    monkeypatch.setattr(store._database, "read", noted)
    tracker = await store.retrieve(sender)
    assert read == [sql.NEWEST]
    assert len(tracker.events) <= 9
    assert state(tracker) == state(await store.retrieve_full_tracker(sender))


async def test_what_another_process_adds_is_seen(store: Any) -> None:
    url = store.engine.url.render_as_string(hide_password=False)
    other = Conversations(DOMAIN, host=url)
    sender = f"both-{random.random()}"
    await add(store, sender, session())
    await add(store, sender, turn("m-1", {}))
    for number, one in enumerate([store, other, store, store, other, other, store]):
        tracker = await one.retrieve(sender)
        assert state(tracker)["message"] == f"m{number - 1}"
        tracker.update_with_events(turn(f"m{number}", {"last": number}), DOMAIN)
        await one.save(tracker)
        assert sender in one._kept
    await deleter(other).delete(sender)
    assert await store.retrieve(sender) is None
    other.close()


async def test_a_deleted_conversation_is_not_in_memory_either(store: Any) -> None:
    sender = f"gone-{random.random()}"
    await add(store, sender, session())
    await add(store, sender, turn("one", {"last": 1}))
    await deleter(store).delete(sender)
    assert sender not in store._kept
    assert await store.retrieve(sender) is None


async def test_a_turn_that_fails_leaves_nothing_behind(store: Any) -> None:
    sender = f"failed-{random.random()}"
    await add(store, sender, session())
    await add(store, sender, turn("one", {"last": 1}))
    tracker = await store.retrieve(sender)
    tracker.update_with_events(turn("two", {"last": 2}), DOMAIN)
    again = await store.retrieve(sender)
    assert state(again)["message"] == "one"
    assert again.get_slot("last") == 1


async def test_few_conversations_are_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.trackers.MOST_KEPT", 3)
    store = Conversations(DOMAIN, host=f"sqlite:///{tmp_path}/c.db")
    for number in range(8):
        await add(store, f"x{number}", [*session(), *turn("one", {})])
    assert list(store._kept) == ["x5", "x6", "x7"]


async def test_no_two_turns_are_woven_together(store: Any) -> None:
    sender = f"two-{random.random()}"
    await add(store, sender, session())
    one, two = await store.retrieve(sender), await store.retrieve(sender)
    one.update_with_events(turn("one", {}), DOMAIN)
    two.update_with_events(turn("two", {}), DOMAIN)
    await store.save(one)
    with pytest.raises(ConversationChanged):
        await store.save(two)
    new = [await store.get_or_create_tracker(f"{sender}-new") for _ in range(2)]
    for tracker in new:
        tracker.update_with_events(turn("x", {}), DOMAIN)
    await store.save(new[0])
    with pytest.raises(ConversationChanged):
        await store.save(new[1])
    kept = await store.retrieve_full_tracker(sender)
    assert [event.text for event in kept.events if isinstance(event, UserUttered)] == ["one"]


async def test_saving_twice_stores_once(store: Any) -> None:
    sender = f"twice-{random.random()}"
    tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    tracker.update_with_events(turn("one", {}), DOMAIN)
    await store.save(tracker)
    await store.save(tracker)
    tracker.update_with_events(turn("two", {}), DOMAIN)
    await store.save(tracker)
    full = await store.retrieve_full_tracker(sender)
    assert len(full.events) == 10


async def test_a_turn_longer_than_the_window_is_read_whole(store: Any) -> None:
    sender = f"big-{random.random()}"
    await add(store, sender, session())
    await add(store, sender, turn("one", {"people": 1}))
    await add(store, sender, [UserUttered("two"), *[BotUttered("…")] * (WINDOW + 5)])
    recent = await store.retrieve(sender)
    assert state(recent) == state(await store.retrieve_full_tracker(sender))


async def test_a_turn_given_up_while_it_is_stored_ends_before_the_next_begins(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    store = Conversations(DOMAIN, host=postgres.url)
    finished = []
    monkeypatch.setattr(store, "_newest", lambda _: (time.sleep(0.3), finished.append(1)))
    task = asyncio.create_task(store.exists("x"))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert finished
    store.close()


async def test_a_schema_of_its_own(postgres: Postgres) -> None:
    import sqlalchemy as sa

    engine = sa.create_engine(postgres.url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE SCHEMA IF NOT EXISTS other"))
    joined = "&" if "?" in postgres.url else "?"
    store = Conversations(DOMAIN, host=f"{postgres.url}{joined}options=-csearch_path%3Dother")
    await add(store, "x", session())
    store.close()
    with engine.begin() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM other.events")).scalar() == 3


@pytest.mark.parametrize("url", ["mysql://x/y", "no address", "oracle://x"])
def test_another_database_is_refused_in_plain_words(url: str) -> None:
    with pytest.raises(SettingError, match="DB_URL"):
        Conversations(DOMAIN, host=url)
