"""Intents and rules follow from the examples, one folder a topic, and from nothing else."""

import shutil
from collections import Counter
from pathlib import Path

import pytest
from rasa.shared.core.constants import DEFAULT_INTENTS
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.utils import training_data_from_paths
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.training_data import TrainingData

from policy.topics import DATA, Topics
from policy.yamlfile import DataError
from server import importer as reading
from server.importer import FALLBACK, TopicImporter, example_files
from server.settings import ROOT

FEW = ("usage", "service")
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


@pytest.fixture(scope="module")
def taught(real: TopicImporter) -> set[str]:
    """The intents that have examples."""
    return {message.get("intent") for message in real.get_nlu_data().intent_examples}


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """Two folders of the data, a topic and none: enough for what depends on folders alone."""
    for name in FEW:
        shutil.copytree(DATA / name, tmp_path / "data" / name)
    return tmp_path / "data"


def add_topic(data: Path) -> None:
    (data / "maternity").mkdir()
    for name, text in NEW.items():
        (data / "maternity" / name).write_text(text, encoding="utf-8")


def ruled(source: TrainingDataImporter) -> list[tuple[str, str]]:
    """Intent and action of every rule."""
    found = []
    for step in source.get_stories().story_steps:
        (intent,) = [each.intent["name"] for each in step.events if isinstance(each, UserUttered)]
        actions = [each.action_name for each in step.events if isinstance(each, ActionExecuted)]
        found += [(intent, action) for action in actions if action and action.startswith("action_")]
    return found


def test_rasa_uses_it(few: Path) -> None:
    """``config.yml`` names it, so Rasa's own commands see the same intents and rules."""
    loaded = TrainingDataImporter.load_from_config(
        config_path=str(ROOT / "config.yml"),
        domain_path=str(ROOT / "domain.yml"),
        training_data_paths=[str(few)],
    )
    assert "usage_scope" in loaded.get_domain().intents
    assert set(importer(few).get_domain().intents) <= set(loaded.get_domain().intents)
    assert ruled(loaded) == ruled(importer(few))


def test_the_intents_are_those_with_examples_and_the_fallback(
    real: TopicImporter, taught: set[str]
) -> None:
    assert FALLBACK in DEFAULT_INTENTS
    assert set(real.get_domain().intents) == taught | set(DEFAULT_INTENTS)
    assert len(taught) > 100
    assert "intents" not in (ROOT / "domain.yml").read_text(encoding="utf-8")


def test_each_intent_has_one_rule_to_the_one_action(real: TopicImporter, taught: set[str]) -> None:
    rules = ruled(real)
    assert Counter(intent for intent, _ in rules) == Counter(taught | {FALLBACK})
    (action,) = real.get_domain().user_actions
    assert {name for _, name in rules} == {action}


def texts(source: TopicImporter) -> set[str]:
    return {message.get("text") for message in source.get_nlu_data().intent_examples}


def test_facts_answers_and_topics_are_not_read_as_examples(few: Path) -> None:
    others = {file for file in few.rglob("*.yml") if not file.name.startswith("nlu")}
    assert {"answers.yml", "topic.yml", "templates.yml"} <= {file.name for file in others}
    assert any(file.parent.name == "facts" for file in others)
    intents, before = set(importer(few).get_domain().intents), texts(importer(few))
    assert len(before) > 100
    for file in others:
        file.write_text("nlu:\n- intent: stowaway\n  examples: |\n    - 偷偷进来\n", "utf-8")
    assert set(importer(few).get_domain().intents) == intents
    assert texts(importer(few)) == before


def test_a_new_folder_is_a_new_topic(few: Path) -> None:
    intents, rules = set(importer(few).get_domain().intents), dict(ruled(importer(few)))
    keys = Topics.load(few).keys
    add_topic(few)
    more = importer(few)
    added = set(more.get_domain().intents) - intents
    assert added == {"maternity_amount", "maternity_how"}
    assert set(dict(ruled(more))) - set(rules) == added
    assert Topics.load(few).keys == (*keys, "maternity")
    context = {
        message.get("text"): message.get("metadata")["example"]
        for message in more.get_nlu_data().intent_examples
        if message.get("intent") == "maternity_how"
    }
    assert context == {"怎么领": {"after": "maternity"}}


def test_an_intent_whose_examples_go_is_gone(few: Path) -> None:
    add_topic(few)
    assert "maternity_how" in importer(few).get_domain().intents
    (few / "maternity" / "nlu_talk.yml").unlink()
    assert "maternity_how" not in importer(few).get_domain().intents
    assert "maternity_how" not in dict(ruled(importer(few)))


def assert_same(ours: TrainingData, rasas: TrainingData) -> None:
    """Down to the order: it decides what a training with a fixed seed makes of them."""
    assert [each.data for each in ours.training_examples] == [
        each.data for each in rasas.training_examples
    ]
    assert ours.entity_synonyms == rasas.entity_synonyms
    assert ours.fingerprint() == rasas.fingerprint()


class Unchecked(RasaYAMLReader):
    """Rasa's reader without its check of the form: most of its time, and it changes nothing."""

    def validate(self, string: str) -> None:
        pass


def test_the_examples_are_read_as_rasa_reads_them(real: TopicImporter) -> None:
    each = [Unchecked().read(file) for file in example_files([str(DATA)])]
    assert_same(real.get_nlu_data(), TrainingData().merge(*each))


def test_every_way_to_write_an_example_is_read_as_rasa_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "nlu.yml"
    file.write_text(
        "version: '3.1'\n"
        "nlu:\n"
        "- intent: place\n"
        "  metadata: {kind: where}\n"
        "  examples: |\n"
        "    - 我在[京城](place:北京)看病\n"
        '    - 我在[泰州]{"entity": "place", "role": "to"}\n'
        "    - 一样的话\n"
        "    - 一样的话\n"
        "- intent: time\n"
        "  examples:\n"
        "  - text: 12:30\n"
        "  - text: 'on'\n"
        "  - text: off\n"
        "  - text: ' 前后有空 '\n"
        "    metadata: {after: filing}\n"
        "  - text: >-\n"
        "      一句话\n"
        "      两行\n",
        encoding="utf-8",
    )
    read = importer(tmp_path).get_nlu_data()
    assert len(read.training_examples) == 8
    assert read.entity_synonyms == {"京城": "北京"}
    assert_same(read, training_data_from_paths([str(file)], "en"))


def test_files_are_read_once_and_nobody_spoils_them_for_the_next(
    few: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: Counter[str] = Counter()

    def counted(file: str) -> object:
        read[file] += 1
        return written(file)

    written = reading.written
    monkeypatch.setattr(reading, "written", counted)
    source = importer(few)
    before = source.get_nlu_data()
    print_of_all = before.fingerprint()
    for message in before.training_examples:
        message.set("intent", "spoilt")
        (message.get("metadata") or {}).clear()
    before.entity_synonyms["京城"] = "spoilt"
    before.training_examples.clear()
    assert source.get_nlu_data("zh").fingerprint() == print_of_all
    assert "spoilt" not in source.get_domain().intents
    ruled(source)
    assert read == Counter(dict.fromkeys(map(str, example_files([str(few)])), 1))


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        (6, "- intent: doubled\n  examples: a\n  examples: b\n"),
        (6, "- intent: bare\n  examples:\n  - 没有 text\n"),
        (4, "- intend: typo\n  examples: |\n    - 一\n"),
        (4, "- intent: nothing\n"),
    ],
)
def test_a_mistake_in_a_file_of_examples_is_named_by_its_line(
    tmp_path: Path, line: int, wrong: str
) -> None:
    file = tmp_path / "nlu.yml"
    file.write_text(f"version: '3.1'\n\nnlu:\n{wrong}", encoding="utf-8")
    with pytest.raises(DataError) as found:
        importer(tmp_path).get_nlu_data()
    assert (found.value.file, found.value.line) == (file, line)
