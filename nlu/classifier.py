"""The intent classifier as a pipeline component: several questions in a message are told apart."""

from pathlib import Path
from typing import Any

import msgspec
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.contexts import Context
from nlu.features import Featurizer
from nlu.model import IntentModel, Training, train
from nlu.reading import Reader
from nlu.understanding import PARTS, Settings, Understander

# Where the processor puts what the conversation is about, in the metadata of a message.
CONTEXT = "context"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionClassifier(IntentClassifier, GraphComponent):
    """Sets intent, ranking and, if there are several questions, ``parts``."""

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None = None,
    ) -> None:
        """Take the settings and, at prediction time, the trained model."""
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model
        self._understander: Understander | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The settings, explained in ``nlu/model.py`` and ``nlu/understanding.py``."""
        return {**msgspec.structs.asdict(Training()), **msgspec.structs.asdict(Settings())}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "QuestionClassifier":
        """Make an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the model on the examples of all intents and keep it in the model's storage."""
        reader, featurizer = Reader.load(), Featurizer.load()
        examples, intents, contexts = [], [], []
        for message in training_data.intent_examples:
            text, entities = reader.read(str(message.get(TEXT)))
            examples.append(featurizer.features(text, entities))
            intents.append(str(message.get(INTENT)))
            contexts.append(followed(message))
        how = Training(**{name: self._config[name] for name in Training.__struct_fields__})
        self._model = train(examples, intents, how, contexts)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(Path(folder))
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "QuestionClassifier":
        """Read the trained model."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentModel.load(Path(folder)))

    def process(self, messages: list[Message]) -> list[Message]:
        """Classify messages whose text is normalised and whose entities are known."""
        if self._model is None:
            return messages
        if self._understander is None:
            settings = Settings(**{name: self._config[name] for name in Settings.__struct_fields__})
            self._understander = Understander(self._model, Featurizer.load(), settings)
        for message in messages:
            context = (message.get("metadata") or {}).get(CONTEXT) or {}
            found = self._understander.understand(
                str(message.get(TEXT) or ""),
                message.get("entities") or [],
                Context(str(context.get("thing") or ""), str(context.get("entry") or "")),
            )
            message.set("ours", found.ours, add_to_output=True)
            message.set("clauses", found.clauses, add_to_output=True)
            message.set("form", found.form, add_to_output=True)
            message.set("going_on", found.going_on, add_to_output=True)
            message.set(INTENT, found.intent, add_to_output=True)
            message.set("intent_ranking", found.ranking, add_to_output=True)
            if found.parts:
                message.set(PARTS, found.parts, add_to_output=True)
        return messages


def followed(message: Message) -> Context | None:
    """What a training example follows: ``metadata: {after: filing}`` beside its text."""
    own = (message.get("metadata") or {}).get("example")
    after = own.get("after") if isinstance(own, dict) else None
    return Context.written(after) if after else None
