"""The intent model: two linear classifiers over the same features, trained by scikit-learn.

One tells the intents apart (a linear support vector machine), one the topics (logistic
regression); a message is ours only as far as both think so. Prediction needs numpy alone: a few
hundred rows of one matrix are added up. ``docs/nlu.md`` shows what else was tried.
"""

import json
from collections import Counter
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from policy.topics import NONE, topic_keys, topics

Floats = npt.NDArray[np.float32]


LEFT_OPEN = "unsaid_"


class Training(msgspec.Struct, frozen=True):
    """How the model is fitted, chosen by cross-validation.

    Attributes:
        intent_cost: C of the support vector machine.
        topic_cost: C of the logistic regression.
        temperature: divides the machine's distances before they become probabilities.
        rarest: features of fewer examples are left out.
        seed: of the solvers.
    """

    intent_cost: float = 1.0
    topic_cost: float = 30.0
    temperature: float = 0.2
    rarest: int = 2
    seed: int = 1


class Scores(msgspec.Struct, frozen=True):
    """What the model thinks of a message.

    Attributes:
        intents: probability of each intent, in the order of ``IntentModel.intents``.
        topics: of each of the six topics, both classifiers together.
        ours: that it is about one of them.
    """

    intents: Floats
    topics: Floats
    ours: float


class IntentModel:
    """Weights by feature; the first columns are intents, the last ones topics and NONE."""

    def __init__(
        self,
        intents: list[str],
        vocabulary: dict[str, int],
        idf: Floats,
        weights: Floats,
        bias: Floats,
        temperature: float,
    ) -> None:
        """Take the trained parts.

        Args:
            intents: names, in the order of their columns.
            vocabulary: feature name to row.
            idf: weight of each feature by rarity, shape (features,).
            weights: shape (features, intents + topics + 1).
            bias: shape (intents + topics + 1,).
            temperature: see ``Training``.
        """
        self.intents = intents
        self.vocabulary = vocabulary
        self.idf = idf
        self.weights = weights
        self.bias = bias
        self.temperature = temperature
        self.topic_of = [topic_of(name) for name in intents]
        self._member = np.array(
            [[topic == each for topic in self.topic_of] for each in topic_keys()], dtype=np.float32
        )

    def vector(self, features: list[str]) -> tuple[npt.NDArray[np.int64], Floats]:
        """Rows and tf-idf weights of the known features, scaled to length one."""
        rows, weights = [], []
        known = self.vocabulary
        for name, count in Counter(features).items():
            row = known.get(name)
            if row is not None:
                rows.append(row)
                weights.append(count)
        index = np.array(rows, dtype=np.int64)
        values = (1.0 + np.log(np.array(weights, dtype=np.float32))) * self.idf[index]
        norm = float(np.sqrt(np.dot(values, values)))
        return index, values / norm if norm else values

    def scores(self, features: list[str]) -> Scores:
        """Judge a message by its features."""
        index, values = self.vector(features)
        raw = values @ self.weights[index] + self.bias
        distances = raw[: len(self.intents)] / self.temperature
        intents = np.exp(distances - distances.max())
        intents /= intents.sum()
        each = 1 / (1 + np.exp(-raw[len(self.intents) :]))
        each /= each.sum()
        by_intent = self._member @ intents
        topics = (by_intent + each[:-1]) / 2
        return Scores(intents, topics, float(topics.sum()))

    def save(self, folder: Path) -> None:
        """Write the model into a folder."""
        np.savez(
            folder / "intents.npz",
            idf=self.idf,
            weights=self.weights.astype(np.float16),
            bias=self.bias,
        )
        names = {
            "intents": self.intents,
            "features": list(self.vocabulary),
            "temperature": self.temperature,
        }
        (folder / "intents.json").write_text(json.dumps(names, ensure_ascii=False))

    @classmethod
    def load(cls, folder: Path) -> "IntentModel":
        """Read a model that ``save`` wrote."""
        names = json.loads((folder / "intents.json").read_text())
        with np.load(folder / "intents.npz") as arrays:
            return cls(
                names["intents"],
                {name: row for row, name in enumerate(names["features"])},
                arrays["idf"],
                arrays["weights"].astype(np.float32),
                arrays["bias"],
                names["temperature"],
            )


def topic_of(intent: str) -> str:
    """The topic of an intent, or NONE."""
    return topics().of(intent)


def train(examples: list[list[str]], intents: list[str], how: Training) -> IntentModel:
    """Fit the model.

    Args:
        examples: the features of each example.
        intents: its intent.
        how: costs and seed.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import LinearSVC

    vectorizer = TfidfVectorizer(
        analyzer=lambda features: features, sublinear_tf=True, min_df=how.rarest, dtype=np.float32
    )
    matrix = vectorizer.fit_transform(examples)
    by_intent = LinearSVC(C=how.intent_cost, random_state=how.seed).fit(matrix, intents)
    order = [*topic_keys(), NONE]
    by_topic = LogisticRegression(C=how.topic_cost, solver="liblinear", random_state=how.seed)
    # What leaves its thing unsaid is neither ours nor not ours by its words.
    told = np.array([not name.startswith(LEFT_OPEN) for name in intents])
    rows_told = np.flatnonzero(told)
    by_topic.fit(matrix[rows_told], [order.index(topic_of(intents[i])) for i in rows_told])
    rows = sorted(vectorizer.vocabulary_.items(), key=lambda item: item[1])
    weights = np.vstack([by_intent.coef_, by_topic.coef_]).T
    bias = np.concatenate([by_intent.intercept_, by_topic.intercept_])
    return IntentModel(
        [str(name) for name in by_intent.classes_],
        {str(name): int(row) for name, row in rows},
        vectorizer.idf_.astype(np.float32),
        np.ascontiguousarray(weights, dtype=np.float32),
        bias.astype(np.float32),
        how.temperature,
    )
