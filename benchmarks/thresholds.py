"""``python -m benchmarks.thresholds``: the thresholds that cross-validation asks for.

The rules, which ``docs/nlu.md`` explains, look at training examples only: each one is judged by
a model that has not seen it nor its near-duplicates.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from benchmarks import questions
from benchmarks.choosing import chosen_threshold
from benchmarks.contestants import Judged, Read, judged
from benchmarks.folds import folds
from benchmarks.parts import parts_needed
from nlu.features import Featurizer
from nlu.model import IntentModel, Scores, Training, topic_of, train
from nlu.reading import Reader
from nlu.understanding import Settings
from policy.topics import NONE, topic_keys

STEP = 0.04
# Asking back is better than an answer that is wrong more often than right.
HALF = 0.5


class Validated(msgspec.Struct, frozen=True):
    """What cross-validation found out about the training examples.

    Attributes:
        sentences: the examples, read.
        intents: their intents.
        fold: the fold of each.
        models: the model that has not seen each fold.
        scores: of each example by that model.
    """

    sentences: list[Read]
    intents: list[str]
    fold: npt.NDArray[np.int64]
    models: list[IntentModel]
    scores: list[Scores]

    @property
    def judged(self) -> Judged:
        """The scores in the form that contestants have."""
        names = self.models[0].intents
        intents = judged(np.array([each.intents for each in self.scores]), names).intents
        ours = np.array([each.ours for each in self.scores])
        return Judged(ours, np.array([each.topics for each in self.scores]), intents)


def validate(examples: Sequence[tuple[str, str]], how: Training | None = None) -> Validated:
    """Fit one model a fold."""
    reader, featurizer = Reader.load(), Featurizer.load()
    sentences = [reader.read(text) for text, _ in examples]
    intents = [intent for _, intent in examples]
    features = [featurizer.features(*sentence) for sentence in sentences]
    fold = folds([text for text, _ in sentences], intents)
    models: list[IntentModel] = []
    scores: dict[int, Scores] = {}
    for number in np.unique(fold):
        seen = np.flatnonzero(fold != number)
        models.append(
            train([features[i] for i in seen], [intents[i] for i in seen], how or Training())
        )
        for index in np.flatnonzero(fold == number):
            scores[int(index)] = models[-1].scores(features[index])
    return Validated(sentences, intents, fold, models, [scores[i] for i in range(len(intents))])


def unsure_from(found: Judged, intents: Sequence[str], ours: float) -> float:
    """The lowest score from which, up to ``ours``, at least half of the examples are in scope."""
    inside = np.array([topic_of(name) != NONE for name in intents])
    lowest = ours
    while lowest - STEP > 0:
        window = (found.ours >= lowest - STEP) & (found.ours < lowest)
        if not window.any() or inside[window].mean() < HALF:
            break
        lowest -= STEP
    return round(lowest, 2)


def honest_line(found: Judged, intents: Sequence[str], ours: float) -> tuple[float, float]:
    """Slope and offset between a score's log-odds and the log-odds of being right."""
    from sklearn.linear_model import LogisticRegression

    topics = np.array([topic_keys()[int(each.argmax())] for each in found.topics])
    accepted = found.ours >= ours
    score = np.where(accepted, found.topics.max(axis=1), 1 - found.ours).clip(1e-4, 1 - 1e-4)
    expected = np.array([topic_of(name) for name in intents])
    right = np.where(accepted, topics == expected, expected == NONE)
    fitted = LogisticRegression(C=1e6).fit(np.log(score / (1 - score))[:, None], right)
    return round(float(fitted.coef_[0, 0]), 2), round(float(fitted.intercept_[0]), 2)


def main() -> None:
    """Print what cross-validation asks for beside what is set."""
    validated = validate(questions.training_examples())
    found, intents = validated.judged, validated.intents
    ours = chosen_threshold(found, intents)
    parts, by_value = parts_needed(validated, Settings())
    slope, offset = honest_line(found, intents, ours)
    chosen = {
        "ours": ours,
        "unsure_to": ours,
        "unsure_from": unsure_from(found, intents, ours),
        **parts,
        "slope": slope,
        "offset": offset,
    }
    present = msgspec.structs.asdict(Settings())
    print("门槛          交叉验证   现在")
    for name, value in chosen.items():
        print(f"{name:12} {value:8.2f}   {present.get(name, '—')}")
    for name, found_by in by_value.items():
        print(
            f"{name}：" + "，".join(f"{each:.2f} → {share:.3f}" for each, share in found_by.items())
        )


if __name__ == "__main__":
    main()
