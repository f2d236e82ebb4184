"""A turn: said only when stored, unchecked only when local, and never with a stack trace."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

from channels.outgoing import ReplyCollector
from server import bot as bot_module
from server.actions import InProcessActions, apology
from server.bot import Bot, ModelDamaged, Unreachable, load_bot
from server.processor import LocalAction, finds_slots
from server.settings import SettingError

QUESTION = "医保卡余额怎么查"


@pytest.fixture(scope="module")
def bot(model: Path) -> Bot:
    made = Bot(action_endpoint=InProcessActions())
    made.load_model(model)
    return made


def message(sender: str = "test:x", text: str = QUESTION) -> UserMessage:
    return UserMessage(text, ReplyCollector(), sender, input_channel="test")


async def test_a_turn_is_answered_and_stored(bot: Bot) -> None:
    asked = message("test:stored")
    await bot.handle_message(asked)
    assert asked.output_channel.messages[0]["custom"]["status"] == "answered"
    stored = await bot.tracker_store.retrieve("test:stored")
    assert stored.latest_message.text == QUESTION


async def test_rasas_own_collecting_channel_gets_its_messages(bot: Bot) -> None:
    said = await bot.handle_message(UserMessage(QUESTION, CollectingOutputChannel(), "test:y"))
    assert said
    assert said[0]["text"]


async def test_nothing_is_said_that_was_not_stored(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(bot.tracker_store, "save", full)
    asked = message("test:lost")
    with pytest.raises(OSError, match="disk full"):
        await bot.handle_message(asked)
    assert asked.output_channel.messages == []


async def test_a_failed_read_fails_the_turn(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(_: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(bot.tracker_store, "retrieve", away)
    with pytest.raises(ConnectionError):
        await bot.handle_message(message())


def test_the_store_is_not_wrapped_as_rasa_does_it(bot: Bot) -> None:
    from rasa.core.agent import Agent

    assert isinstance(bot.tracker_store, InMemoryTrackerStore)
    wrapped = Agent._create_tracker_store(None, Domain.empty())
    assert isinstance(wrapped, FailSafeTrackerStore), "Rasa wraps no more; Bot need not unwrap"


def test_only_local_results_go_unchecked(bot: Bot) -> None:
    processor = bot.processor
    assert isinstance(processor._get_action("action_reply"), LocalAction)
    processor.action_endpoint, local = EndpointConfig("http://elsewhere"), processor.action_endpoint
    try:
        assert type(processor._get_action("action_reply")) is RemoteAction
    finally:
        processor.action_endpoint = local


def test_rasa_still_checks_results_with_a_schema() -> None:
    """Otherwise LocalAction can go."""
    import inspect

    assert "jsonschema" in inspect.getsource(RemoteAction._validate_action_result)


async def test_what_an_action_returns_in_process_would_pass_the_check(bot: Bot) -> None:
    results = []
    endpoint = bot.action_endpoint
    real = endpoint.request

    async def kept(*arguments: Any, **named: Any) -> Any:
        results.append(await real(*arguments, **named))
        return results[-1]

    endpoint.request = kept
    try:
        await bot.handle_message(message("test:schema", "我妈75岁在上海退休，医保每年打多少钱"))
    finally:
        endpoint.request = real
    checked = RemoteAction("action_reply", None)
    assert checked._validate_action_result(results[0])


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        ("{type: custom}", False),
        ("{type: custom, action: action_fill}", True),
        ("{type: from_entity, entity: place}", True),
        ("{type: from_text}", True),
    ],
)
def test_slots_are_looked_for_where_there_are_any(mapping: str, expected: bool) -> None:
    domain = f"""
version: "3.1"
entities: [place]
slots:
  one: {{type: any, influence_conversation: false, mappings: [{mapping}]}}
actions: [action_fill]
"""
    assert finds_slots(Domain.from_yaml(domain)) is expected
    validated = domain.replace("action_fill]\n", "action_fill, action_validate_slot_mappings]\n")
    assert finds_slots(Domain.from_yaml(validated)) is True


async def test_unknown_intents_and_entities_are_still_told(bot: Bot) -> None:
    known = {"intent": {"name": "balance_query"}, "entities": [{"entity": "region"}]}
    with pytest.warns(UserWarning, match="no_such_intent"):
        bot.processor._check_for_unseen_features({**known, "intent": {"name": "no_such_intent"}})
    entities = [{"entity": "no_such_entity"}]
    with pytest.warns(UserWarning, match="no_such_entity"):
        bot.processor._check_for_unseen_features({**known, "entities": entities})


class Hanging:
    """An executor whose action hangs, or breaks."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error

    async def run(self, _: Any) -> None:
        if self.error:
            raise self.error
        await asyncio.sleep(60)


@pytest.mark.parametrize("error", [None, ValueError("broken"), KeyError("x"), RecursionError()])
async def test_a_hanging_or_breaking_action_apologises(bot: Bot, error: Exception | None) -> None:
    endpoint = InProcessActions(timeout=0.1)
    endpoint.executor = Hanging(error)
    bot.processor.action_endpoint, local = endpoint, bot.processor.action_endpoint
    asked = message("test:broken")
    try:
        await bot.handle_message(asked)
    finally:
        bot.processor.action_endpoint = local
    assert [said["text"] for said in asked.output_channel.messages] == [apology()["text"]]
    asked = message("test:broken")
    await bot.handle_message(asked)
    assert asked.output_channel.messages[0]["custom"]["status"] == "answered"


@pytest.mark.parametrize("damage", ["empty", "cut", "no archive", "other archive"])
def test_a_damaged_model_is_told_apart(model: Path, tmp_path: Path, damage: str) -> None:
    file = tmp_path / "m.tar.gz"
    whole = model.read_bytes()
    other = tmp_path / "other.tar.gz"
    import tarfile

    with tarfile.open(other, "w:gz") as archive:
        archive.add(__file__, "x")
    file.write_bytes(
        {
            "empty": b"",
            "cut": whole[: len(whole) // 2],
            "no archive": b"not a model" * 100,
            "other archive": other.read_bytes(),
        }[damage]
    )
    with pytest.raises(ModelDamaged):
        Bot().load_model(file)


async def test_what_is_needed_and_away_is_named(model: Path) -> None:
    ours = {"type": "server.trackers.Conversations", "url": "postgresql://127.0.0.1:1/x"}
    found = AvailableEndpoints(tracker_store=EndpointConfig(**ours))
    with pytest.raises(Unreachable, match="DB_URL"):
        await load_bot(model, found)
    locks = EndpointConfig(type="server.redis_locks.RedisLocks", url="redis://127.0.0.1:1")
    with pytest.raises(Unreachable, match="REDIS_URL"):
        await load_bot(model, AvailableEndpoints(lock_store=locks))


async def test_a_store_that_cannot_be_found_is_no_reason_to_forget_everything(model: Path) -> None:
    found = AvailableEndpoints(tracker_store=EndpointConfig(type="no.such.Store"))
    with pytest.raises(SettingError, match=r"no\.such\.Store"):
        await load_bot(model, found)
    assert bot_module
