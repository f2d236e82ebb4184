"""Nothing that is measured with is trained on, but for what everybody would write."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from benchmarks import chains, questions
from benchmarks.questions import plain

FOLDER = Path(__file__).parent
EVERYBODY_WRITES = FOLDER / "everybody_writes.yml"
# One minus edit distance by the longer sentence's length.
TOO_ALIKE = 0.6
LONGEST_LISTED = 14
# An evaluation sentence of so many characters is nobody's common property.
LONG = 12

TRAINING = [text for text, _ in questions.training_examples()]
LISTED = {
    plain(str(text))
    for text in yaml.safe_load(EVERYBODY_WRITES.read_text(encoding="utf-8"))["sentences"]
}
REAL = sorted({plain(row.text) for row in questions.real_questions()})
needs_real = pytest.mark.skipif(not REAL, reason="the real questions are not on this machine")


def held_out_sentences() -> set[str]:
    several, singles = questions.several_questions()
    texts = [row.text for row in [*questions.held_out(everything=True), *questions.near_misses()]]
    texts += [each for row in questions.variants() for each in (row.clean, row.variant)]
    texts += [row.text for row in [*several, *singles]]
    texts += [row.text for rows in questions.as_typed().values() for row in rows]
    texts += [text for text, _ in questions.described_people()]
    texts += [said.say for conversation in chains.conversations() for said in conversation]
    return {plain(text) for text in texts}


@needs_real
def test_no_training_example_nearly_equals_an_evaluation_sentence() -> None:
    examples = [text for text in TRAINING if plain(text) not in LISTED]
    alike = process.cdist(
        [plain(text) for text in examples],
        REAL,
        scorer=Levenshtein.normalized_similarity,
        score_cutoff=TOO_ALIKE,
        dtype=np.float32,
    ).max(axis=1)
    pairs = zip(examples, alike, strict=True)
    found = [f"{share:.2f} {text}" for text, share in pairs if share > TOO_ALIKE]
    assert not found, "say these differently in data/*/nlu.yml:\n" + "\n".join(sorted(found))


def test_no_training_example_is_a_held_out_sentence() -> None:
    held_out = held_out_sentences()
    found = [text for text in TRAINING if plain(text) in held_out and plain(text) not in LISTED]
    assert not found, "say these differently in data/*/nlu.yml:\n" + "\n".join(sorted(found))


def test_only_short_training_sentences_are_listed() -> None:
    training = {plain(text) for text in TRAINING}
    assert {text for text in LISTED if len(text) > LONGEST_LISTED} == set()
    assert LISTED - training == set(), "these are no training sentences any more"


@needs_real
def test_no_long_evaluation_sentence_is_listed() -> None:
    assert {text for text in LISTED if len(text) >= LONG and text in set(REAL)} == set()
