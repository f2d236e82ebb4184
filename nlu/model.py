"""The intent model: a small network tells the intents apart, a linear model the topics.

Both stand on the same features; a message is ours only as far as both think so. The network also
knows what the conversation is about. Prediction needs numpy alone: some hundred rows of one
matrix are added up. ``docs/nlu.md`` shows what else was tried.
"""

import json
from collections import Counter
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from nlu.contexts import Context, in_conversation
from nlu.network import Fitting, fit, softmax
from policy.topics import NONE, topic_keys, topics

Floats = npt.NDArray[np.float32]


LEFT_OPEN = "unsaid_"
# There are no more than a few hundred things to follow, and each conversation stays with a few.
_MOST_CONTEXTS = 512


class Training(msgspec.Struct, frozen=True):
    """How the model is fitted, chosen by cross-validation.

    Attributes:
        topic_cost: C of the logistic regression.
        temperature: divides what the network says before it becomes probabilities.
        rarest: features of fewer examples are left out.
        follows: share of the examples without a context that are also met within one.
        seed: of all that is random.
    """

    topic_cost: float = 30.0
    temperature: float = 1.0
    rarest: int = 5
    follows: float = 0.3
    seed: int = 1


class Added(msgspec.Struct, frozen=True):
    """The rows of some features added up.

    Attributes:
        total: shape (width + topics + 1,).
        square: the squared length of their weights.
    """

    total: Floats
    square: float


class Scores(msgspec.Struct, frozen=True):
    """What the model thinks of a message.

    Attributes:
        intents: probability of each intent, in the order of ``IntentModel.intents``.
        topics: of each of the six topics, both models together.
        ours: that it is about one of them.
        words: its features, added up.
    """

    intents: Floats
    topics: Floats
    ours: float
    words: Added

    @property
    def clearness(self) -> float:
        """The probability of the likeliest intent."""
        return float(self.intents.max())


def together(scores: list[Scores]) -> Scores:
    """What several readings of one message say on average."""
    if len(scores) == 1:
        return scores[0]
    intents = np.mean([each.intents for each in scores], axis=0)
    by_topic = np.mean([each.topics for each in scores], axis=0)
    return Scores(intents, by_topic, float(by_topic.sum()), scores[0].words)


class IntentModel:
    """Weights by feature; the first columns are the hidden layer, the last ones topics and NONE."""

    def __init__(
        self,
        intents: list[str],
        vocabulary: dict[str, int],
        idf: Floats,
        weights: Floats,
        bias: Floats,
        out: Floats,
        out_bias: Floats,
        temperature: float,
    ) -> None:
        """Take the trained parts.

        Args:
            intents: names, in the order of their columns.
            vocabulary: feature name to row.
            idf: weight of each feature by rarity, shape (features,).
            weights: shape (features, width + topics + 1).
            bias: shape (width + topics + 1,).
            out: shape (width, intents).
            out_bias: shape (intents,).
            temperature: see ``Training``.
        """
        self.intents = intents
        self.vocabulary = vocabulary
        self.idf = idf
        self.weights = weights
        self.bias = bias
        self.out = out
        self.out_bias = out_bias
        self.temperature = temperature
        self.topic_of = [topic_of(name) for name in intents]
        self._member = np.array(
            [[topic == each for topic in self.topic_of] for each in topic_keys()], dtype=np.float32
        )
        self._followed = lru_cache(maxsize=_MOST_CONTEXTS)(self._context)

    def added(self, features: list[str]) -> Added:
        """The rows of the known features, weighted by tf-idf and added up."""
        rows, counts = [], []
        known = self.vocabulary
        for name, count in Counter(features).items():
            row = known.get(name)
            if row is not None:
                rows.append(row)
                counts.append(count)
        index = np.array(rows, dtype=np.int64)
        values = (1.0 + np.log(np.array(counts, dtype=np.float32))) * self.idf[index]
        return Added(values @ self.weights[index], float(np.dot(values, values)))

    def scores(self, features: list[str]) -> Scores:
        """Judge a message by its features."""
        words = self.added(features)
        raw = self._raw(words.total, words.square)
        intents = self._intents(raw)
        each = 1 / (1 + np.exp(-raw[len(self.out) :]))
        each /= each.sum()
        topics = (self._member @ intents + each[:-1]) / 2
        return Scores(intents, topics, float(topics.sum()), words)

    def after(self, words: Added, context: Context) -> Floats:
        """The probability of each intent for words that follow something.

        Args:
            words: the words' features, added up.
            context: what they follow.
        """
        both = self._followed(context)
        return self._intents(self._raw(words.total + both.total, words.square + both.square))

    def _context(self, context: Context) -> Added:
        return self.added(context.features())

    def _raw(self, total: Floats, square: float) -> Floats:
        raw: Floats = total / np.float32(np.sqrt(square) or 1.0) + self.bias
        return raw

    def _intents(self, raw: Floats) -> Floats:
        hidden = raw[: len(self.out)]
        # Most of the layer is silent, and silent rows add nothing.
        active = np.flatnonzero(hidden > 0)
        total = hidden[active] @ self.out[active] + self.out_bias
        return softmax(total / np.float32(self.temperature))

    def save(self, folder: Path) -> None:
        """Write the model into a folder."""
        np.savez(
            folder / "intents.npz",
            idf=self.idf,
            weights=self.weights.astype(np.float16),
            bias=self.bias,
            out=self.out.astype(np.float16),
            out_bias=self.out_bias,
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
                arrays["out"].astype(np.float32),
                arrays["out_bias"],
                names["temperature"],
            )


def topic_of(intent: str) -> str:
    """The topic of an intent, or NONE."""
    return topics().of(intent)


def train(
    features: list[list[str]],
    intents: list[str],
    how: Training,
    contexts: list[Context | None] | None = None,
    fitting: Fitting | None = None,
) -> IntentModel:
    """Fit the model.

    Args:
        features: of each example's words.
        intents: its intent.
        how: costs and seed.
        contexts: what an example follows, where it was written to follow something.
        fitting: how the network is fitted, unless as usual.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    contexts = contexts or [None] * len(features)
    examples = in_conversation(features, intents, contexts, how.follows, how.seed)
    vectorizer = TfidfVectorizer(
        analyzer=lambda names: names, sublinear_tf=True, min_df=how.rarest, dtype=np.float32
    )
    matrix = vectorizer.fit_transform(examples.features)
    names = sorted(set(intents))
    place = {name: column for column, name in enumerate(names)}
    labels = np.array([place[name] for name in examples.intents], dtype=np.int64)
    rows = sorted(vectorizer.vocabulary_.items(), key=lambda item: item[1])
    called = ([" ".join(each) for each in examples.features], [name for name, _ in rows], names)
    network = fit(matrix, labels, called, fitting or Fitting(seed=how.seed))
    order = [*topic_keys(), NONE]
    by_topic = LogisticRegression(C=how.topic_cost, solver="liblinear", random_state=how.seed)
    # Whether a message is ours comes from its words, never from what it follows; what leaves its
    # thing unsaid is neither ours nor not ours by its words.
    told = [
        row
        for row, (name, alone) in enumerate(zip(examples.intents, examples.alone, strict=True))
        if alone and not name.startswith(LEFT_OPEN)
    ]
    by_topic.fit(matrix[told], [order.index(topic_of(examples.intents[row])) for row in told])
    return IntentModel(
        names,
        {str(name): int(row) for name, row in rows},
        vectorizer.idf_.astype(np.float32),
        np.hstack([network.hidden, by_topic.coef_.T.astype(np.float32)]),
        np.concatenate([network.hidden_bias, by_topic.intercept_]).astype(np.float32),
        network.out,
        network.out_bias,
        how.temperature,
    )
