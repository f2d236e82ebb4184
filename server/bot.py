"""The agent of a running server: Rasa's, with our processor, store and locks."""

import sqlite3
import tarfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.brokers.broker import EventBroker
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.lock_store import LockStore
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.domain import Domain
from rasa.shared.exceptions import ConnectionException
from sqlalchemy.exc import SQLAlchemyError

from dialogue.assistant import answering_with
from server.actions import InProcessActions
from server.processor import TurnProcessor
from server.settings import SettingError
from server.turns import Held, observe

# What SQLite says of a file that waiting does not mend.
DAMAGED = ("not a database", "malformed", "file is encrypted")


class ModelDamaged(Exception):
    """A model file that cannot be read."""


class Unreachable(Exception):
    """Something that a server needs and that does not answer.

    Attributes:
        name: for the log.
    """

    def __init__(self, name: str, words: str) -> None:
        """Take its name for the log and for people."""
        super().__init__(words)
        self.name = name


class Bot(Agent):
    """Rasa's agent whose failures fail the turn instead of being papered over."""

    @staticmethod
    def _create_tracker_store(store: TrackerStore | None, domain: Domain) -> TrackerStore:
        """The store itself.

        Rasa wraps it in ``FailSafeTrackerStore``: after a failed read that answers on an empty
        conversation, after a failed save it keeps the turn in process memory for good.
        """
        if store is None:
            return InMemoryTrackerStore(domain)
        store.domain = domain
        return store

    # Of ``server/swap.py``: looks whether another version has been put into service.
    before_turn: Callable[[], None] | None = None
    assistant: Any = None

    def make_processor(self, model_path: str | Path) -> TurnProcessor:
        """Load a model file without answering with it yet.

        Raises:
            ModelDamaged: if it cannot be read.
        """
        if isinstance(self.action_endpoint, InProcessActions):
            self.action_endpoint.history = self._stored
        try:
            return TurnProcessor(
                model_path=model_path,
                tracker_store=self.tracker_store,
                lock_store=self.lock_store,
                action_endpoint=self.action_endpoint,
                generator=self.nlg,
            )
        except (tarfile.TarError, zlib.error, EOFError, OSError, KeyError, ValueError) as error:
            raise ModelDamaged(f"{model_path}: {type(error).__name__}") from error

    def take(self, processor: TurnProcessor, assistant: Any) -> None:
        """Make the turns that begin from now on with a model and the answers that go with it."""
        self.assistant = assistant
        self._answer_with(processor)

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """Load a model file and answer with it.

        Raises:
            ModelDamaged: if it cannot be read.
        """
        self._answer_with(self.make_processor(model_path))
        self._set_fingerprint(fingerprint)

    def _answer_with(self, processor: TurnProcessor) -> None:
        self.processor = processor
        self.domain = processor.domain
        self.tracker_store.domain = self.domain
        if isinstance(self.nlg, TemplatedNaturalLanguageGenerator):
            self.nlg.responses = self.domain.responses

    async def handle_message(self, message: UserMessage) -> list[dict[str, Any]] | None:
        """Make one turn.

        Nothing is said before it is stored. Rasa sends the reply and then saves; when saving fails
        the person has an answer that the next turn knows nothing of. Here the turn fails, and the
        channel says the sentence for that.
        """
        began = time.perf_counter()
        channel = message.output_channel
        held = message.output_channel = Held(channel)
        try:
            async with self.lock_store.lock(message.sender_id):
                if self.before_turn:
                    self.before_turn()
                # A turn ends with what it began with, whatever is published meanwhile.
                with answering_with(self.assistant):
                    await self.processor.handle_message(message)
                said = [dict(each) for _, each in held.held]
                await held.release()
        finally:
            message.output_channel = channel
        observe(message.input_channel or channel.name(), time.perf_counter() - began, said)
        return channel.messages if isinstance(channel, CollectingOutputChannel) else None

    async def _stored(self, conversation: str) -> list[dict[str, Any]]:
        """The events of a conversation, oldest first."""
        tracker = await self.tracker_store.retrieve_full_tracker(conversation)
        return [event.as_dict() for event in tracker.events] if tracker else []

    async def close(self) -> None:
        """Disconnect from database and Redis."""
        for part in (self.tracker_store, self.lock_store):
            close = getattr(part, "close", None)
            if close:
                result = close()
                if result is not None:
                    await result


async def load_bot(model: Path, endpoints: AvailableEndpoints, loop: Any = None) -> Bot:
    """The agent for a model, connected to whatever the endpoints name.

    Raises:
        ModelDamaged: if the model cannot be read.
        SettingError: if store or locks cannot be made.
        Unreachable: if database or Redis do not answer.
    """
    broker = await EventBroker.create(endpoints.event_broker, loop=loop)
    try:
        store = TrackerStore.create(endpoints.tracker_store, event_broker=broker)
    except (ConnectionException, SQLAlchemyError, sqlite3.Error) as error:
        if any(sign in str(error) for sign in DAMAGED):
            raise SettingError(
                "对话库（SQLite）的文件坏了，或者不是 SQLite：请移开它，或从备份恢复。"
            ) from None
        raise Unreachable("database", "数据库（DB_URL）") from error
    wanted = endpoints.tracker_store.type if endpoints.tracker_store else None
    if wanted and isinstance(store, InMemoryTrackerStore) and "memory" not in wanted.lower():
        raise SettingError(f"endpoints.yml 的 tracker_store 类型 {wanted} 找不到，对话会丢。")
    bot = Bot(
        generator=endpoints.nlg,
        tracker_store=store,
        lock_store=LockStore.create(endpoints.lock_store),
        action_endpoint=endpoints.action,
    )
    ping = getattr(bot.lock_store, "ping", None)
    try:
        if ping:
            await ping()
    except SettingError:
        raise
    except Exception as error:
        raise Unreachable("redis", "Redis（REDIS_URL）") from error
    bot.load_model(model)
    return bot
