"""The levels of understanding that were reached once are kept."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from benchmarks import entities, evaluation, questions
from benchmarks.figures import Figure
from benchmarks.parsing import Understanding

LEVELS = yaml.safe_load((Path(__file__).parent / "levels.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def figures(agent) -> dict[str, Figure]:
    sections, _, _ = evaluation.measure(Understanding(agent))
    return {figure.key: figure for section in sections for figure in section.figures}


@pytest.mark.parametrize("key", [*LEVELS["at_least"], *LEVELS["at_most"]])
def test_level_is_kept(key: str, figures: dict[str, Figure]) -> None:
    figure = figures[key]
    got = f"{figure.title}: {100 * figure.value:.1f} % ({figure.count})"
    if key in LEVELS["at_least"]:
        assert 100 * figure.value >= LEVELS["at_least"][key], got
    else:
        assert 100 * figure.value <= LEVELS["at_most"][key], got


@pytest.mark.skipif(not questions.REAL.exists(), reason="the real questions are not here")
@pytest.mark.parametrize("key", LEVELS["real"])
def test_level_on_real_questions_is_kept(key: str, figures: dict[str, Figure]) -> None:
    assert 100 * figures[key].value >= LEVELS["real"][key], figures[key].count


def test_every_phenomenon_has_enough_variants() -> None:
    counts = Counter(variant.phenomenon for variant in questions.variants())
    guarded = {key.removeprefix("robust_") for key in LEVELS["at_least"] if "robust_" in key}
    assert set(counts) == guarded - {"all"}
    assert len(counts) >= 14
    assert min(counts.values()) >= 30


def test_every_way_of_typing_is_guarded() -> None:
    ways = questions.as_typed()
    assert {f"typed_{way}" for way in ways} == {key for key in LEVELS["at_least"] if "typed" in key}
    assert min(map(len, ways.values())) >= 25


def test_there_are_enough_messages_with_several_questions() -> None:
    several, singles = questions.several_questions()
    assert len(several) >= 60
    assert len(singles) >= 60


def test_every_table_of_entities_is_there() -> None:
    assert (entities.TABLES / "ages.yml").exists()
    assert (entities.TABLES / "roles.yml").exists()
