"""The comparison of ``make bench`` compares with what it says, and reports what it measured."""

import json
from collections import Counter
from pathlib import Path

import pytest
import yaml
from rasa.engine.recipes import config_files
from rasa.shared.core.events import UserUttered
from rasa.shared.importers.rasa import RasaFileImporter

from benchmarks.speed_bots import DOMAIN, STOCK, sample
from benchmarks.speed_report import Machine, Measured, Results, write
from policy.topics import DATA
from server.importer import FALLBACK, example_files, intents, written

WANTED = 1500


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A folder with a sample of the examples, and how many it has; all of them are read for it."""
    folder = tmp_path_factory.mktemp("sample") / "data"
    return folder, sample(folder, WANTED)


def test_the_stock_bot_is_rasas_own_but_for_the_tokenizer() -> None:
    (folder,) = config_files.__path__
    default = yaml.safe_load((Path(folder) / "default_config.yml").read_text())
    stock = yaml.safe_load((STOCK / "config.yml").read_text(encoding="utf-8"))
    assert default["pipeline"][0] == {"name": "WhitespaceTokenizer"}
    default["pipeline"][0] = {"name": "JiebaTokenizer"}
    assert stock == default | {"language": "zh", "assistant_id": "stock"}


def test_both_are_trained_on_an_even_sample_of_every_intent(sampled: tuple[Path, int]) -> None:
    data, count = sampled
    # Two of each intent at least, so somewhat more than wanted.
    assert 0.8 * WANTED <= count <= 1.3 * WANTED
    kept: Counter[str] = Counter()
    for file in example_files([str(data)]):
        for entry in written(file)["nlu"]:
            kept[entry["intent"]] += len(entry["examples"])
    assert count == sum(kept.values())
    assert set(kept) == set(intents(example_files([str(DATA)])))
    assert min(kept.values()) >= 2


def test_the_stock_bot_gets_the_intents_and_rules_that_ours_derives(
    sampled: tuple[Path, int],
) -> None:
    data, _ = sampled
    importer = RasaFileImporter(domain_path=str(data / DOMAIN), training_data_paths=[str(data)])
    known = {*intents(example_files([str(DATA)])), FALLBACK}
    assert known <= set(importer.get_domain().intents)
    answered = {
        event.intent["name"]
        for step in importer.get_stories().story_steps
        for event in step.events
        if isinstance(event, UserUttered)
    }
    assert answered == known


def test_the_report_says_how_much_better(tmp_path: Path) -> None:
    def measured(factor: float) -> Measured:
        return Measured(
            stored="SQLite",
            training=[10 * factor],
            model=2.0 * factor,
            start=[2 * factor, 3 * factor],
            throughput_1=[200 / factor, 210 / factor],
            throughput_16=[250 / factor, 260 / factor],
            p50=[5 * factor, 5 * factor],
            p95=[8 * factor, 8 * factor],
            p99=[9 * factor, 9 * factor],
            parse=[1 * factor, 1 * factor],
            processor=[4 * factor, 4 * factor],
            early=[5.0],
            late=[5.0],
            memory_warm=200 * factor,
            memory=210 * factor,
        )

    results = Results(
        machine=Machine.here(),
        examples=600,
        rounds=2,
        jsonschema="4.17.3",
        pinned_p50=30.0,
        ours=measured(1),
        stock=measured(9),
    )
    write(results, tmp_path)
    found = json.loads((tmp_path / "results.json").read_text())
    for name in ("throughput_1", "throughput_16", "p50", "start", "training", "memory"):
        assert found[f"{name}_ratio"] == 9.0
        assert found["spread"][f"{name}_ratio"] == [9.0, 9.0]
    report = (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    assert "9.0（9.0–9.0）" in report
    assert "+5.0 %" in report
    assert (tmp_path / "speed.svg").read_text().startswith("<svg")
