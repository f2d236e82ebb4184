"""Rasa's training data from one folder a topic: intents and rules follow from the examples.

``config.yml`` names this importer, so ``rasa train``, ``rasa shell`` and ``rasa data validate`` use
it as well. ``domain.yml`` holds what cannot be derived: entities, slots and the action.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter

EXAMPLES = "nlu*.yml"
FALLBACK = "nlu_fallback"
FORMAT = "3.1"


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

    def _intents(self) -> list[str]:
        return [*intents(self._nlu_files), FALLBACK]


def example_files(paths: Iterable[str]) -> list[Path]:
    """The files with training examples at or below some paths."""
    found: list[Path] = []
    for path in map(Path, paths):
        found += sorted(path.rglob(EXAMPLES)) if path.is_dir() else [path]
    return found


def intents(files: Iterable[str | Path]) -> list[str]:
    """The intents that some files have examples for, in their order."""
    names: dict[str, None] = {}
    for file in files:
        content = yaml.load(Path(file).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}
        names |= dict.fromkeys(entry["intent"] for entry in content.get("nlu") or [])
    return list(names)
