"""Intents and rules follow from the examples, one folder a topic, and from nothing else."""

import shutil
from collections import Counter
from pathlib import Path

import pytest
from rasa.shared.core.constants import DEFAULT_INTENTS
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.importers.importer import TrainingDataImporter

from policy.topics import DATA, Topics
from server.importer import FALLBACK, TopicImporter
from server.settings import ROOT

NEW = {
    "topic.yml": "name: 生育津贴\norder: 9\nask: maternity_amount\n"
    "things:\n  maternity: {called: 生育津贴, before: 生育津贴}\n",
    "nlu.yml": "version: '3.1'\nnlu:\n- intent: maternity_amount\n  examples: |\n"
    "    - 生育津贴有多少\n    - 生孩子能领多少钱\n",
    "nlu_talk.yml": "version: '3.1'\nnlu:\n- intent: maternity_how\n  examples:\n"
    "  - text: 怎么领\n    metadata: {after: maternity}\n",
    "answers.yml": "maternity_amount:\n  lead: 看单位平均工资。\n",
}


def importer(data: Path = DATA) -> TopicImporter:
    return TopicImporter(
        config_file=str(ROOT / "config.yml"),
        domain_path=str(ROOT / "domain.yml"),
        training_data_paths=[str(data)],
    )


@pytest.fixture(scope="module")
def real() -> TopicImporter:
    return importer()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The data with one more topic."""
    data = Path(shutil.copytree(DATA, tmp_path / "data"))
    (data / "maternity").mkdir()
    for name, text in NEW.items():
        (data / "maternity" / name).write_text(text, encoding="utf-8")
    return data


def ruled(source: TopicImporter) -> list[tuple[str, str]]:
    """Intent and action of every rule."""
    found = []
    for step in source.get_stories().story_steps:
        (intent,) = [each.intent["name"] for each in step.events if isinstance(each, UserUttered)]
        actions = [each.action_name for each in step.events if isinstance(each, ActionExecuted)]
        found += [(intent, action) for action in actions if action and action.startswith("action_")]
    return found


def test_rasa_uses_it() -> None:
    """``config.yml`` names it, so Rasa's own commands see the same intents and rules."""
    loaded = TrainingDataImporter.load_from_config(
        config_path=str(ROOT / "config.yml"),
        domain_path=str(ROOT / "domain.yml"),
        training_data_paths=[str(DATA)],
    )
    assert set(importer().get_domain().intents) <= set(loaded.get_domain().intents)
    assert len(loaded.get_stories().story_steps) == len(importer().get_stories().story_steps)


def test_the_intents_are_those_with_examples_and_the_fallback(real: TopicImporter) -> None:
    taught = {message.get("intent") for message in real.get_nlu_data().intent_examples}
    assert FALLBACK in DEFAULT_INTENTS
    assert set(real.get_domain().intents) == taught | set(DEFAULT_INTENTS)
    assert len(taught) > 100
    assert "intents" not in (ROOT / "domain.yml").read_text(encoding="utf-8")


def test_each_intent_has_one_rule_to_the_one_action(real: TopicImporter) -> None:
    rules = ruled(real)
    taught = {message.get("intent") for message in real.get_nlu_data().intent_examples}
    assert Counter(intent for intent, _ in rules) == Counter(taught | {FALLBACK})
    (action,) = real.get_domain().user_actions
    assert {name for _, name in rules} == {action}


def test_facts_answers_and_topics_are_not_read_as_examples(
    real: TopicImporter, tmp_path: Path
) -> None:
    others = {file for file in DATA.rglob("*.yml") if not file.name.startswith("nlu")}
    assert {"answers.yml", "topic.yml", "templates.yml"} <= {file.name for file in others}
    assert any(file.parent.name == "facts" for file in others)
    data = Path(shutil.copytree(DATA, tmp_path / "data"))
    for file in data.rglob("*.yml"):
        if not file.name.startswith("nlu"):
            file.write_text("nlu:\n- intent: stowaway\n  examples: |\n    - 偷偷进来\n", "utf-8")
    changed = importer(data)
    assert set(changed.get_domain().intents) == set(real.get_domain().intents)
    texts = {message.get("text") for message in changed.get_nlu_data().intent_examples}
    assert "偷偷进来" not in texts
    assert texts == {message.get("text") for message in real.get_nlu_data().intent_examples}


def test_a_new_folder_is_a_new_topic(copy: Path, real: TopicImporter) -> None:
    more = importer(copy)
    added = set(more.get_domain().intents) - set(real.get_domain().intents)
    assert added == {"maternity_amount", "maternity_how"}
    assert {name for name, _ in ruled(more)} - {name for name, _ in ruled(real)} == added
    assert Topics.load(copy).keys == (*Topics.load(DATA).keys, "maternity")
    context = {
        message.get("text"): message.get("metadata")["example"]
        for message in more.get_nlu_data().intent_examples
        if message.get("intent") == "maternity_how"
    }
    assert context == {"怎么领": {"after": "maternity"}}


def test_an_intent_whose_examples_go_is_gone(copy: Path) -> None:
    (copy / "maternity" / "nlu_talk.yml").unlink()
    assert "maternity_how" not in importer(copy).get_domain().intents
    assert "maternity_how" not in dict(ruled(importer(copy)))
