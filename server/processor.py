"""One turn: Rasa's processor, without what a turn does not need.

What differs from ``MessageProcessor``:

- The result of an action in the same process is not checked against a JSON schema (4 ms a turn);
  one from another server is.
- Slots are only looked for in a message if the domain has any to be found there.
- The graph runs directly (``server/runner.py``).
- Actions that keep nothing between turns are made once, and listening, which does nothing, is only
  noted: the parent makes all of Rasa's own actions anew to find one. Ours run on the conversation
  itself, which they cannot change, not on a copy of it.
- Whether a session is over is seen at the last message; the parent replays the conversation twice.
- What the rules say is looked up by what has happened (``server/predictions.py``).
"""

import logging
import time
from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action, ActionListen, RemoteAction
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.engine import loader
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.exceptions import ActionLimitReached
from rasa.shared.core.constants import (
    ACTION_EXTRACT_SLOTS,
    ACTION_VALIDATE_SLOT_MAPPINGS,
    DEFAULT_SLOT_NAMES,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, UserUttered, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name

from dialogue.state import SLOT, State
from nlu.classifier import CONTEXT
from server.actions import InProcessActions
from server.predictions import Predictions
from server.rules import PLAIN
from server.runner import DirectRunner

# Where the parent class writes.
logger = logging.getLogger("rasa.core.processor")


class LocalAction(RemoteAction):
    """A custom action in this process: its result comes from rasa-sdk itself."""

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        """The events of the action (see parent class)."""
        call = self._action_call_format(tracker, domain)
        result = await self.action_endpoint.request(json=call)
        said = await self._utter_responses(result["responses"], output_channel, nlg, tracker)
        return [*said, *deserialise_events(result["events"])]


class TurnProcessor(MessageProcessor):
    """Rasa's processor as described above."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Load the model (see parent class)."""
        super().__init__(*args, **kwargs)
        self._finds_slots = finds_slots(self.domain)
        self._intents = frozenset(self.domain.intents)
        self._entities = frozenset(self.domain.entities)
        self._actions: dict[str, Action] = {}
        self._predictions = Predictions(self.graph_runner, self.domain)

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, DirectRunner]:
        """Unpack a model; whatever is wrong with the file is raised."""
        path = Path(model_path)
        with TempDirectoryPath(get_temp_dir_name()) as folder:
            metadata, runner = loader.load_predict_graph_runner(
                Path(folder), path, LocalModelStorage, DirectRunner
            )
        return path.name, metadata, runner

    async def parse_message(
        self,
        message: UserMessage,
        tracker: DialogueStateTracker | None = None,
        only_output_properties: bool = True,
    ) -> dict[str, Any]:
        """Read a message in its conversation: what that is about goes into the metadata."""
        if tracker is not None:
            context = State.from_slot(tracker.get_slot(SLOT)).context()
            message.metadata = {**(message.metadata or {}), CONTEXT: context}
        found: dict[str, Any] = await super().parse_message(
            message, tracker, only_output_properties
        )
        return found

    async def _update_tracker_session(
        self,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Begin a session if none is going on (see parent class)."""
        if not self._goes_on(tracker):
            await super()._update_tracker_session(tracker, output_channel, metadata)

    def _goes_on(self, tracker: DialogueStateTracker) -> bool:
        """Whether the last message is surely of a session that goes on."""
        if self.domain.form_names:
            return False
        for event in reversed(tracker.events):
            if type(event) is UserUttered:
                sessions = self.domain.session_config
                minutes = (time.time() - event.timestamp) / 60
                return not sessions.are_sessions_enabled() or (
                    minutes <= sessions.session_expiration_time
                )
            if type(event) is not ActionExecuted and type(event) not in PLAIN:
                return False
        return False

    async def run_action_extract_slots(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        """Fill slots from the message, if the domain has any that are filled so."""
        if not self._finds_slots:
            return tracker
        return await super().run_action_extract_slots(output_channel, tracker)

    @staticmethod
    def _log_slots(tracker: DialogueStateTracker) -> None:
        """Write the slots into the debug log (see parent class), if there is one."""
        if logger.isEnabledFor(logging.DEBUG):
            MessageProcessor._log_slots(tracker)

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """Warn of an intent or entity that the domain lacks (see parent class).

        The parent builds an empty domain at each message to compare with; here only when
        something is unknown.
        """
        intent = parse_data["intent"]["name"]
        entities = {entity["entity"] for entity in parse_data["entities"]}
        if (intent and intent not in self._intents) or entities - self._entities:
            super()._check_for_unseen_features(parse_data)

    def predict_next_with_tracker_if_should(
        self, tracker: DialogueStateTracker
    ) -> tuple[Action, PolicyPrediction]:
        """The next action (see parent class)."""
        more = self.should_predict_another_action(tracker.latest_action_name)
        if self.is_action_limit_reached(tracker, more):
            raise ActionLimitReached("The limit of actions to predict has been reached.")
        prediction = self._predict_next_with_tracker(tracker)
        name = self.domain.action_names_or_texts[prediction.max_confidence_index]
        return self._action(name), prediction

    def _predict_next_with_tracker(self, tracker: DialogueStateTracker) -> PolicyPrediction:
        """What the policies say (see parent class)."""
        return self._predictions.next(tracker, super()._predict_next_with_tracker)

    def _action(self, name: str) -> Action:
        """An action by its name; one without a state of its own is made once."""
        action = self._actions.get(name)
        if getattr(action, "action_endpoint", self.action_endpoint) is not self.action_endpoint:
            action = None
        if action is None:
            action = self._get_action(name)
            if type(action) in (LocalAction, ActionListen):
                self._actions[name] = action
        return action

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        if type(action) is ActionListen:
            self._log_action_on_tracker(tracker, action, [], prediction)
            return False
        if type(action) is not LocalAction or self._finds_slots:
            return bool(await super()._run_action(action, tracker, output_channel, nlg, prediction))
        try:
            events = await action.run(output_channel, nlg, tracker, self.domain)
        except Exception as error:
            logger.exception("action %s failed: %s", action.name(), type(error).__name__)
            events = []
        self._log_action_on_tracker(tracker, action, events, prediction)
        self._log_slots(tracker)
        await self.execute_side_effects(events, tracker, output_channel)
        return self.should_predict_another_action(action.name())

    def _get_action(self, action_name: str) -> Action | None:
        return self._nearby(super()._get_action(action_name))

    def _nearby(self, action: Any) -> Any:
        if type(action) is RemoteAction and isinstance(self.action_endpoint, InProcessActions):
            return LocalAction(action.name(), self.action_endpoint)
        return action


def finds_slots(domain: Domain) -> bool:
    """Whether Rasa's slot extraction can do anything in a domain.

    It cannot if every slot is left to actions (``custom`` without an action of its own) and there
    is no validation action.
    """
    if {ACTION_VALIDATE_SLOT_MAPPINGS, ACTION_EXTRACT_SLOTS} & set(domain.user_actions):
        return True
    own = [slot for slot in domain.slots if slot.name not in DEFAULT_SLOT_NAMES]
    return any(
        mapping.get("type") != "custom" or mapping.get("action")
        for slot in own
        for mapping in slot.mappings
    )
