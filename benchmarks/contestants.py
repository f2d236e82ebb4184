"""The classifiers that are compared: each is fitted on sentences and judges sentences."""

from __future__ import annotations

import io
import pickle
import time
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, Protocol

import msgspec
import numpy as np
import numpy.typing as npt
import yaml

from nlu.ages import AgeFinder
from nlu.entities import Entity
from nlu.features import CONCEPTS, FOLDED, Featurizer
from nlu.lexicon import Lexicons
from nlu.model import IntentModel, Training, topic_of, train
from nlu.money import MoneyFinder
from nlu.network import softmax
from nlu.normalizer import Normalizer
from nlu.reading import Reader
from nlu.regions import RegionReader
from nlu.stickers import Stickers
from policy.topics import topic_keys

Floats = npt.NDArray[np.float64]
Read = tuple[str, list[Entity]]


class Judged(msgspec.Struct, frozen=True):
    """What a classifier thinks of some sentences.

    Attributes:
        ours: probability that each is about one of the six topics, shape (sentences,).
        topics: probability of each topic, shape (sentences, 6).
        intents: likeliest intent of each topic and, last, of none, by sentence.
    """

    ours: Floats
    topics: Floats
    intents: list[tuple[str, ...]]


class Fitted(Protocol):
    """A trained classifier."""

    def judge(self, sentences: Sequence[Read]) -> Judged:
        """Judge sentences."""

    def size(self) -> int:
        """Bytes on disk."""


class Contestant(msgspec.Struct, frozen=True):
    """A way to train a classifier.

    Attributes:
        key: its name in tables that programs read.
        title: its name for people.
        fit: trains it on sentences and intents.
        as_typed: whether it gets sentences without the normaliser's corrections.
    """

    key: str
    title: str
    fit: Callable[[Sequence[Read], Sequence[str]], Fitted]
    as_typed: bool = False


class AsTyped(Normalizer):
    """No normalising at all."""

    def __call__(self, text: str) -> str:
        """The text itself."""
        return text


def reader_as_typed() -> Reader:
    """Finds entities in what was typed."""
    return Reader(
        AsTyped({}),
        RegionReader.load(),
        AgeFinder(),
        Lexicons.load(),
        MoneyFinder(),
        Stickers.load(),
    )


def judged(probabilities: Floats, names: Sequence[str]) -> Judged:
    """Topics from the probabilities of intents.

    Args:
        probabilities: shape (sentences, intents).
        names: of the intents.
    """
    topic = np.array([topic_of(name) for name in names])
    columns = [np.flatnonzero(topic == each) for each in (*topic_keys(), "none")]
    topics = np.stack([probabilities[:, each].sum(axis=1) for each in columns[:-1]], axis=1)
    best = [each[probabilities[:, each].argmax(axis=1)] for each in columns]
    intents = [tuple(names[index] for index in row) for row in zip(*best, strict=True)]
    return Judged(topics.sum(axis=1), topics, intents)


class _Ours:
    """Our model, or a part of it."""

    def __init__(self, model: IntentModel, features: Callable[[Read], list[str]], use: str) -> None:
        self._model = model
        self._features = features
        self._use = use

    def judge(self, sentences: Sequence[Read]) -> Judged:
        model = self._model
        if self._use == "both":
            scores = [model.scores(self._features(sentence)) for sentence in sentences]
            alone = judged(np.array([each.intents for each in scores]), model.intents)
            return Judged(
                np.array([each.ours for each in scores]),
                np.array([each.topics for each in scores]),
                alone.intents,
            )
        judgements = [model.scores(self._features(sentence)) for sentence in sentences]
        alone = judged(np.array([each.intents for each in judgements]), model.intents)
        if self._use == "network":
            return alone
        # Topics are the mean of both, so the regression alone is what the network does not say.
        each = 2 * np.array([found.topics for found in judgements]) - alone.topics
        return Judged(each.sum(axis=1), each, alone.intents)

    def size(self) -> int:
        buffer = io.BytesIO()
        model = self._model
        half = (model.weights.astype(np.float16), model.out.astype(np.float16))
        np.savez(buffer, model.idf, *half)
        return len(buffer.getvalue()) + sum(len(name.encode()) + 4 for name in model.vocabulary)


# Divides the machine's distances before they become probabilities.
SHARPNESS = 0.2


class _Linear:
    """A support vector machine beside logistic regression, over our features."""

    def __init__(
        self, vectorizer: Any, intents: Any, topics: Any, features: Callable[[Read], list[str]]
    ) -> None:
        self._vectorizer = vectorizer
        self._intents = intents
        self._topics = topics
        self._features = features

    def judge(self, sentences: Sequence[Read]) -> Judged:
        matrix = self._vectorizer.transform([self._features(each) for each in sentences])
        distances = self._intents.decision_function(matrix) / SHARPNESS
        probabilities = softmax(distances).astype(np.float64)
        alone = judged(probabilities, [str(name) for name in self._intents.classes_])
        each = self._topics.predict_proba(matrix)[:, : len(topic_keys())]
        topics = (alone.topics + each) / 2
        return Judged(topics.sum(axis=1), topics, alone.intents)

    def size(self) -> int:
        coefficients = self._intents.coef_.size + self._topics.coef_.size
        names = self._vectorizer.vocabulary_
        return 2 * int(coefficients) + sum(len(name.encode()) + 4 for name in names)


def linear() -> Contestant:
    """Two linear models in place of the network."""
    featurizer = Featurizer.load()

    def features(sentence: Read) -> list[str]:
        return featurizer.features(*sentence)

    def fit(sentences: Sequence[Read], intents: Sequence[str]) -> Fitted:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.svm import LinearSVC

        vectorizer = TfidfVectorizer(
            analyzer=lambda names: names, sublinear_tf=True, min_df=2, dtype=np.float32
        )
        matrix = vectorizer.fit_transform([features(each) for each in sentences])
        order = [*topic_keys(), "none"]
        by_topic = LogisticRegression(C=30.0, solver="liblinear", random_state=1)
        by_topic.fit(matrix, [order.index(topic_of(name)) for name in intents])
        by_intent = LinearSVC(C=1.0, random_state=1).fit(matrix, list(intents))
        return _Linear(vectorizer, by_intent, by_topic, features)

    return Contestant("linear", "两个线性模型（SVM + 逻辑回归）", fit)


def ours(
    key: str,
    title: str,
    leave_out: str = "",
    fold: bool = True,
    use: str = "both",
    how: Training | None = None,
    as_typed: bool = False,
) -> Contestant:
    """Our model with something left out.

    Args:
        key: see ``Contestant``.
        title: see ``Contestant``.
        leave_out: first characters of the features to leave out (p: sounds, k: concepts …).
        fold: whether regions, ages and amounts become placeholders.
        use: both, network or logistic.
        how: how it is fitted.
        as_typed: see ``Contestant``.
    """
    featurizer = Featurizer.load()

    def features(sentence: Read) -> list[str]:
        text, entities = sentence
        if not fold:
            entities = [each for each in entities if each["entity"] not in FOLDED]
        names = featurizer.features(text, entities)
        return [name for name in names if name[0] not in leave_out] if leave_out else names

    def fit(sentences: Sequence[Read], intents: Sequence[str]) -> Fitted:
        examples = [features(sentence) for sentence in sentences]
        return _Ours(train(examples, list(intents), how or Training()), features, use)

    return Contestant(key, title, fit, as_typed)


class _Sklearn:
    """A scikit-learn pipeline over texts with probabilities of intents."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline

    def judge(self, sentences: Sequence[Read]) -> Judged:
        probabilities = self._pipeline.predict_proba([text for text, _ in sentences])
        return judged(probabilities, [str(name) for name in self._pipeline.classes_])

    def size(self) -> int:
        return len(pickle.dumps(self._pipeline[-1])) + sum(
            len(name.encode()) + 4
            for _, vectorizer in self._pipeline[0].transformer_list
            for name in vectorizer.vocabulary_
        )


@lru_cache
def tokenizer(domain: bool) -> Any:
    """A jieba of its own, with or without the words of ``nlu/concepts.yml``."""
    import jieba

    own = jieba.Tokenizer()
    if domain:
        text = CONCEPTS.read_text(encoding="utf-8")
        for words_of_concept in yaml.load(text, Loader=yaml.CBaseLoader).values():
            for word in words_of_concept:
                own.add_word(word)
    return own


def words(text: str, domain: bool = False) -> list[str]:
    """The words that jieba finds."""
    return [word for word in tokenizer(domain).cut(text) if word.strip()]


def words_and_characters(domain: bool = False) -> Contestant:
    """The usual cheap pipeline: words, character n-grams, logistic regression.

    Args:
        domain: whether jieba knows our vocabulary.
    """

    def fit(sentences: Sequence[Read], intents: Sequence[str]) -> Fitted:
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import FeatureUnion, Pipeline

        union = FeatureUnion(
            [
                ("words", CountVectorizer(analyzer=partial(words, domain=domain), min_df=2)),
                ("characters", CountVectorizer(analyzer="char_wb", ngram_range=(1, 4), min_df=2)),
            ]
        )
        # What Rasa's LogisticRegressionClassifier uses.
        classifier = LogisticRegression(
            C=1.0, solver="lbfgs", max_iter=100, tol=1e-4, class_weight="balanced", random_state=1
        )
        pipeline = Pipeline([("features", union), ("classifier", classifier)])
        pipeline.fit([text for text, _ in sentences], list(intents))
        return _Sklearn(pipeline)

    if domain:
        return Contestant("jieba_lr_domain", "jieba（认得本行的词）+ 字 n-gram + 逻辑回归", fit)
    return Contestant("jieba_lr", "jieba 词 + 字 n-gram + 逻辑回归", fit)


class _Nearest:
    """The most alike training examples vote."""

    def __init__(self, vectorizer: Any, matrix: Any, intents: Sequence[str], many: int) -> None:
        self._vectorizer = vectorizer
        self._matrix = matrix
        self._names = sorted(set(intents))
        self._labels = np.array([self._names.index(name) for name in intents])
        self._many = many

    def judge(self, sentences: Sequence[Read]) -> Judged:
        alike = self._vectorizer.transform([text for text, _ in sentences]) @ self._matrix.T
        rows = []
        for row in alike:
            best = np.argsort(-row.data)[: self._many]
            votes = np.zeros(len(self._names))
            np.add.at(votes, self._labels[row.indices[best]], row.data[best] ** 2)
            rows.append(votes / votes.sum() if votes.sum() else votes)
        return judged(np.array(rows), self._names)

    def size(self) -> int:
        return len(pickle.dumps(self._matrix))


def nearest(many: int = 10) -> Contestant:
    """Nearest examples by character n-grams."""

    def fit(sentences: Sequence[Read], intents: Sequence[str]) -> Fitted:
        from sklearn.feature_extraction.text import TfidfVectorizer

        vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), dtype=np.float32)
        matrix = vectorizer.fit_transform([text for text, _ in sentences])
        return _Nearest(vectorizer, matrix, intents, many)

    return Contestant("nearest", f"最像的 {many} 个例句投票", fit)


class _Together:
    """Two classifiers whose probabilities are mixed."""

    def __init__(self, one: Fitted, other: Fitted, share: float) -> None:
        self._one = one
        self._other = other
        self._share = share

    def judge(self, sentences: Sequence[Read]) -> Judged:
        one, other = self._one.judge(sentences), self._other.judge(sentences)
        topics = (1 - self._share) * one.topics + self._share * other.topics
        return Judged(topics.sum(axis=1), topics, one.intents)

    def size(self) -> int:
        return self._one.size() + self._other.size()


def together(key: str, title: str, one: Contestant, other: Contestant, share: float) -> Contestant:
    """A classifier with another one's evidence beside it.

    Args:
        key: see ``Contestant``.
        title: see ``Contestant``.
        one: the first classifier.
        other: the second one.
        share: how much the second one counts, 0 to 1.
    """

    def fit(sentences: Sequence[Read], intents: Sequence[str]) -> Fitted:
        return _Together(one.fit(sentences, intents), other.fit(sentences, intents), share)

    return Contestant(key, title, fit)


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """What a call returns, and its seconds of processor time."""
    started = time.process_time()
    value = call()
    return value, time.process_time() - started
