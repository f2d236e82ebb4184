"""Cross-validation, and the rule by which thresholds are chosen from it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import track

from benchmarks.contestants import Contestant, Judged, Read
from benchmarks.questions import FAR, IN_SCOPE, NEAR, kind_of
from benchmarks.scoring import Rate
from nlu.model import topic_of
from policy.topics import NONE, topic_keys

GRID = np.round(np.arange(0.30, 0.901, 0.01), 2)


class Outcome(msgspec.Struct, frozen=True):
    """Topic accuracy by kind of sentence."""

    inside: Rate
    near: Rate
    far: Rate

    @property
    def balanced(self) -> float:
        """Mean of what is answered rightly and what is rejected rightly.

        Near and far sentences count alike, so that neither kind's number of examples decides.
        """
        return (self.inside.share + (self.near.share + self.far.share) / 2) / 2


def cross_validated(
    contestant: Contestant,
    sentences: Sequence[Read],
    intents: Sequence[str],
    fold: npt.NDArray[np.int64],
) -> Judged:
    """Each sentence judged by the classifier that has not seen its fold."""
    ours = np.zeros(len(sentences))
    topics = np.zeros((len(sentences), len(topic_keys())))
    best: list[tuple[str, ...]] = [()] * len(sentences)
    for number in track(np.unique(fold), contestant.title, console=Console(stderr=True)):
        inside, outside = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
        fitted = contestant.fit([sentences[i] for i in outside], [intents[i] for i in outside])
        found = fitted.judge([sentences[i] for i in inside])
        ours[inside], topics[inside] = found.ours, found.topics
        for index, names in zip(inside, found.intents, strict=True):
            best[int(index)] = names
    return Judged(ours, topics, best)


def decided(found: Judged, threshold: float) -> list[str]:
    """The topic of each sentence, or NONE."""
    return [
        topic_keys()[int(topics.argmax())] if ours >= threshold else NONE
        for ours, topics in zip(found.ours, found.topics, strict=True)
    ]


def outcome(
    found: Judged, threshold: float, kinds: Sequence[str], accepted: Sequence[Sequence[str]]
) -> Outcome:
    """How a threshold does.

    Args:
        found: what the classifier thinks.
        threshold: of ``ours``.
        kinds: kind of each sentence.
        accepted: accepted topics of each sentence, NONE for rejecting.
    """
    right: dict[str, int] = {}
    whole: dict[str, int] = {}
    for topic, kind, topics in zip(decided(found, threshold), kinds, accepted, strict=True):
        right[kind] = right.get(kind, 0) + (topic in topics)
        whole[kind] = whole.get(kind, 0) + 1
    inside, near, far = (Rate(right.get(kind, 0), whole.get(kind, 0)) for kind in KINDS)
    return Outcome(inside, near, far)


KINDS = (IN_SCOPE, NEAR, FAR)


def on_training(found: Judged, threshold: float, intents: Sequence[str]) -> Outcome:
    """How a threshold does on cross-validated training examples."""
    return outcome(
        found,
        threshold,
        [kind_of(name) for name in intents],
        [(topic_of(name),) for name in intents],
    )


def chosen_threshold(found: Judged, intents: Sequence[str]) -> float:
    """The threshold with the best balance on cross-validated training examples.

    Of those within a tenth of a point of the best, which are as good, the highest one: asking
    back or declining does less harm than a wrong answer.
    """
    balance = np.array([on_training(found, float(each), intents).balanced for each in GRID])
    return float(GRID[balance >= balance.max() - 0.001][-1])
