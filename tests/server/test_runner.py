"""The direct runner does what dask does with the same graph."""

from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.engine import loader
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from server.runner import DirectRunner


@pytest.fixture(scope="module")
def runners(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = []
    for kind in (DaskGraphRunner, DirectRunner):
        folder = tmp_path_factory.mktemp(kind.__name__)
        made.append(loader.load_predict_graph_runner(folder, model, LocalModelStorage, kind))
    return made


@pytest.mark.parametrize(
    "text", ["医保卡余额怎么查", "我妈75岁在上海退休，每月打多少钱？", "", "……"]
)
def test_a_message_is_parsed_alike(runners: Any, text: str) -> None:
    found = []
    for metadata, runner in runners:
        inputs = {
            PLACEHOLDER_MESSAGE: [UserMessage(text)],
            PLACEHOLDER_TRACKER: DialogueStateTracker.from_events("x", []),
        }
        result = runner.run(inputs=inputs, targets=[metadata.nlu_target])
        found.append(result[metadata.nlu_target][0].as_dict(only_output_properties=True))
    assert found[0] == found[1]


def test_the_next_action_is_predicted_alike(runners: Any) -> None:
    events = [ActionExecuted("action_listen"), UserUttered("x", {"name": "balance_query"})]
    found = []
    for metadata, runner in runners:
        tracker = DialogueStateTracker.from_events("x", events, metadata.domain.slots)
        result = runner.run(inputs={PLACEHOLDER_TRACKER: tracker}, targets=[metadata.core_target])
        found.append(result[metadata.core_target].probabilities)
    assert found[0] == found[1]


def test_a_missing_input_and_a_clash_are_told(runners: Any) -> None:
    metadata, runner = runners[1]
    with pytest.raises(GraphRunError):
        runner.run(inputs={}, targets=[metadata.nlu_target])
    with pytest.raises(GraphRunError):
        runner.run(inputs={metadata.nlu_target: 1}, targets=[metadata.nlu_target])
