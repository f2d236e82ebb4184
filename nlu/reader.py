"""The reading steps as one pipeline component: fewer graph nodes, less to pay a message."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.reading import Reader

ORIGINAL_TEXT = "original_text"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class MessageReader(GraphComponent, EntityExtractorMixin):
    """Normalises the text and sets the entities; their offsets refer to the normalised text.

    A leading slash is dropped, also one that only the reading brings to the front: what people
    type is text, never a command to Rasa.
    """

    def __init__(self) -> None:
        """Read the data at the first message."""
        self._reader: Reader | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "MessageReader":
        """Make the component; it has no settings."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Read messages."""
        if self._reader is None:
            self._reader = Reader.load()
        for message in messages:
            original = str(message.get(TEXT) or "")
            text, entities = self._reader.read(original)
            message.set(ORIGINAL_TEXT, original)
            message.set(TEXT, text)
            message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        return messages
