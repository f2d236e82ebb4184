"""Rasa's training data from one folder a topic: intents and rules follow from the examples.

``config.yml`` names this importer, so ``rasa train``, ``rasa shell`` and ``rasa data validate`` use
it as well. ``domain.yml`` holds what cannot be derived: entities, slots and the action.

Rasa reads a file of examples four times with a reader in Python, and all files again each time it
asks for them. Here each is read once, by libyaml; what its lines mean is left to Rasa's own reader.
"""

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.validation import validate_training_data_format_version

from policy.yamlfile import Document, Mistakes

EXAMPLES = "nlu*.yml"
FALLBACK = "nlu_fallback"
FORMAT = "3.1"


class _Example(msgspec.Struct, forbid_unknown_fields=True):
    text: str
    metadata: dict[str, str] | None = None


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    intent: str
    examples: str | list[_Example]
    metadata: dict[str, str] | None = None


class _Examples(msgspec.Struct, forbid_unknown_fields=True):
    version: str = FORMAT
    nlu: list[_Entry] | None = None


class TopicImporter(RasaFileImporter):
    """Reads ``<folder>/nlu*.yml``; every intent in them is in the domain and has its rule."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
    ) -> None:
        """Find the files; facts and answers in the same folders are none of Rasa's."""
        TrainingDataImporter.__init__(self)
        paths = training_data_paths or []
        paths = [paths] if isinstance(paths, str) else paths
        self.config_file = config_file
        self._domain_path = domain_path
        self._nlu_files = [str(file) for file in example_files(paths)]
        self._story_files: list[str] = []
        self._conversation_test_files: list[str] = []

    def get_domain(self) -> Domain:
        """The domain of ``domain.yml`` with the intents of the examples."""
        if not self._domain_path:
            return Domain.empty()
        content = yaml.safe_load(Path(self._domain_path).read_text(encoding="utf-8"))
        content["intents"] = [{name: {"use_entities": []}} for name in self._intents()]
        return Domain.from_dict(content)

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """One rule an intent: the one action of the domain answers it."""
        domain = self.get_domain()
        (action,) = domain.user_actions
        rules: list[dict[str, Any]] = [
            {
                "rule": f"{name} is answered",
                "steps": [{"intent": name}, {"action": action}],
            }
            for name in self._intents()
        ]
        reader = YAMLStoryReader(domain)
        return StoryGraph(reader.read_from_parsed_yaml({"version": FORMAT, "rules": rules}))

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """All examples, each time in objects of their own; the files are read the first time."""
        # A merge copies.
        return TrainingData().merge(*self._parsed)

    @cached_property
    def _written(self) -> dict[str, Any]:
        return {file: written(file) for file in self._nlu_files}

    @cached_property
    def _parsed(self) -> list[TrainingData]:
        return [_Reader().read(file, content=data) for file, data in self._written.items()]

    def _intents(self) -> list[str]:
        return [*_intents(self._written.values()), FALLBACK]


class _Reader(RasaYAMLReader):
    """Rasa's reader, given what stands in a file."""

    def read(self, filename: str | Path, content: Any, **_: Any) -> TrainingData:
        self.filename = str(filename)
        if validate_training_data_format_version(content, self.filename):
            self._parse_nlu(content.get("nlu"))
        return TrainingData(self.training_examples, self.entity_synonyms)


def example_files(paths: Iterable[str]) -> list[Path]:
    """The files with training examples at or below some paths."""
    found: list[Path] = []
    for path in map(Path, paths):
        found += sorted(path.rglob(EXAMPLES)) if path.is_dir() else [path]
    return found


def written(file: str | Path) -> Any:
    """What stands in a file of examples, as ``version`` and ``nlu``.

    Raises:
        DataError: naming the line and field that does not fit.
    """
    document = Document(Path(file))
    document.convert(document.data, _Examples)
    return document.data


def intents(files: Iterable[str | Path]) -> list[str]:
    """The intents that some files have examples for, in their order.

    Raises:
        DataError: for the first mistake, with those of the other files.
    """
    mistakes, read = Mistakes(), []
    for file in files:
        with mistakes.apart():
            read.append(written(file))
    mistakes.check()
    return _intents(read)


def _intents(contents: Iterable[Any]) -> list[str]:
    return list(
        dict.fromkeys(entry["intent"] for each in contents for entry in each.get("nlu") or [])
    )
