"""The intent model: a linear classifier over named features, trained by scikit-learn.

Prediction needs numpy alone: a few hundred rows of one matrix are added up.
"""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


class IntentModel:
    """Weights by feature and intent."""

    def __init__(
        self, intents: list[str], vocabulary: dict[str, int], idf: Floats, weights: Floats,
        bias: Floats, temperature: float,
    ) -> None:
        """Take the trained parts.

        Args:
            intents: names, in the order of the columns.
            vocabulary: feature name to row.
            idf: weight of each feature by rarity, shape (features,).
            weights: shape (features, intents).
            bias: shape (intents,).
            temperature: divides the scores so that probabilities are calibrated.
        """
        self.intents = intents
        self.vocabulary = vocabulary
        self.idf = idf
        self.weights = weights
        self.bias = bias
        self.temperature = temperature

    def vector(self, features: list[str]) -> tuple[npt.NDArray[np.int64], Floats]:
        """Rows and tf-idf weights of the known features, scaled to length one."""
        counts = Counter(features)
        rows, weights = [], []
        for name, count in counts.items():
            row = self.vocabulary.get(name)
            if row is not None:
                rows.append(row)
                weights.append(1.0 + np.log(count) if count > 1 else 1.0)
        index = np.array(rows, dtype=np.int64)
        values = np.array(weights, dtype=np.float32) * self.idf[index]
        norm = float(np.sqrt(np.dot(values, values)))
        return index, values / norm if norm else values

    def probabilities(self, features: list[str]) -> Floats:
        """The probability of each intent, in the order of ``intents``."""
        index, values = self.vector(features)
        scores = (values @ self.weights[index] + self.bias) / self.temperature
        scores = np.exp(scores - scores.max())
        return np.asarray(scores / scores.sum(), dtype=np.float32)

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


def train(
    examples: list[list[str]],
    intents: list[str],
    regularisation: float = 8.0,
    rarest: int = 2,
    seed: int = 1,
) -> IntentModel:
    """Fit the model.

    Args:
        examples: the features of each example.
        intents: its intent.
        regularisation: C of the logistic regression.
        rarest: features of fewer examples are left out.
        seed: of the solver.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(
        analyzer=lambda features: features, sublinear_tf=True, min_df=rarest, dtype=np.float32
    )
    matrix = vectorizer.fit_transform(examples)
    classifier = LogisticRegression(
        C=regularisation, max_iter=200, tol=1e-3, random_state=seed, class_weight=None
    )
    classifier.fit(matrix, intents)
    vocabulary = {
        str(name): int(row)
        for name, row in sorted(vectorizer.vocabulary_.items(), key=lambda item: item[1])
    }
    return IntentModel(
        [str(name) for name in classifier.classes_],
        vocabulary,
        vectorizer.idf_.astype(np.float32),
        classifier.coef_.T.astype(np.float32),
        classifier.intercept_.astype(np.float32),
        1.0,
    )
