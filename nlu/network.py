"""A small network from sparse features over one hidden layer to intents, trained in numpy.

A framework would move all rows of the first layer at every step; only those of the features that
a batch holds need it, which makes the training some ten times quicker on two cores. And all that
is random here is drawn from the names of examples, features and intents: one example more leaves
nearly everything else as it was, so that an edit changes the answers that it is about.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

from nlu.chance import Numbers, drawn, mixed, numbered

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float32]
# Keeps the first steps finite.
_TINY = 1e-6


class Fitting(msgspec.Struct, frozen=True):
    """How the network is fitted, chosen on examples held out (``docs/nlu.md``).

    Attributes:
        width: of the hidden layer.
        rounds: how often every example is seen.
        batch: examples a step, about.
        rate: length of the first steps; it falls to nothing in the end.
        blind: share of an example's features that are hidden from each step.
        asleep: share of the hidden layer that sleeps in each step.
        smoothing: share of the certainty that is spread over all intents.
        start: size of the first layer's random start.
        seed: of all that is random.
    """

    width: int = 512
    rounds: int = 6
    batch: int = 128
    rate: float = 0.05
    blind: float = 0.35
    asleep: float = 0.3
    smoothing: float = 0.02
    start: float = 0.03
    seed: int = 1


class Network(msgspec.Struct):
    """The two layers.

    Attributes:
        hidden: shape (features, width); hidden_bias: (width,).
        out: shape (width, intents); out_bias: (intents,).
    """

    hidden: Floats
    hidden_bias: Floats
    out: Floats
    out_bias: Floats


def fit(
    matrix: "csr_matrix",
    labels: npt.NDArray[np.int64],
    names: tuple[list[str], list[str], list[str]],
    how: Fitting,
) -> Network:
    """Train a network.

    Args:
        matrix: examples by features.
        labels: the intent of each example, from 0.
        names: of the examples, the features and the intents, in their order.
        how: see ``Fitting``.
    """
    return _Descent(matrix, labels, names, how).network


def softmax(values: Floats) -> Floats:
    """Probabilities along the last axis."""
    values = np.exp(values - values.max(axis=-1, keepdims=True))
    shares: Floats = values / values.sum(axis=-1, keepdims=True)
    return shares


class _Descent:
    """Adagrad, with one history for each row of the first layer."""

    def __init__(
        self,
        matrix: "csr_matrix",
        labels: npt.NDArray[np.int64],
        names: tuple[list[str], list[str], list[str]],
        how: Fitting,
    ) -> None:
        self._how = how
        examples, features, intents = (numbered(each) for each in names)
        self._features = features
        self._units = mixed(np.arange(how.width, dtype=np.uint64), how.seed)
        spread = np.float32(np.sqrt(12))
        hidden = (drawn(features[:, None], self._units) - np.float32(0.5)) * spread
        out = (drawn(self._units[:, None], intents) - np.float32(0.5)) * spread
        zeros = np.zeros
        self.network = Network(
            hidden * np.float32(how.start),
            zeros(how.width, np.float32),
            out / np.float32(np.sqrt(how.width)),
            zeros(len(intents), np.float32),
        )
        self._hidden_history = np.full(len(features), _TINY, np.float32)
        self._out_history = np.full_like(out, _TINY)
        self._bias_history = np.full(len(intents), _TINY, np.float32)
        for rows, own, rate in self._steps(examples):
            self._step(matrix[rows], labels[rows], own, rate)

    def _steps(self, examples: Numbers) -> Iterator[tuple[npt.NDArray[np.int64], Numbers, float]]:
        """For each step its examples, a number for each of them now, and how far to go."""
        # A power of two, so that a few examples more do not deal all of them anew.
        batches = 1 << round(np.log2(max(1.0, len(examples) / self._how.batch)))
        for number in range(self._how.rounds):
            now = mixed(examples, number + 1)
            rate = self._how.rate * (1 - number / self._how.rounds)
            dealt = now % np.uint64(batches)
            order = np.argsort(dealt, kind="stable")
            edges = np.searchsorted(dealt[order], np.arange(batches + 1, dtype=np.uint64))
            for start, end in pairwise(edges):
                if end > start:
                    yield order[start:end], now[order[start:end]], rate

    def _step(
        self,
        batch: "csr_matrix",
        labels: npt.NDArray[np.int64],
        own: Numbers,
        rate: float,
    ) -> None:
        how, net = self._how, self.network
        of = np.repeat(own, np.diff(batch.indptr))
        seen = drawn(of, self._features[batch.indices]) > how.blind
        batch.data = (batch.data * seen / (1 - how.blind)).astype(np.float32)
        raw = batch @ net.hidden + net.hidden_bias
        awake = (drawn(own[:, None], self._units) > how.asleep) / np.float32(1 - how.asleep)
        active = np.maximum(raw, 0) * awake
        wrong = softmax(active @ net.out + net.out_bias)
        wrong -= np.float32(how.smoothing / len(net.out_bias))
        wrong[np.arange(len(labels)), labels] -= np.float32(1 - how.smoothing)
        wrong /= len(labels)
        back = (wrong @ net.out.T) * awake * (raw > 0)
        self._move(net.out, self._out_history, active.T @ wrong, rate)
        self._move(net.out_bias, self._bias_history, wrong.sum(axis=0), rate)
        columns = batch.T.tocsr()
        rows = np.flatnonzero(np.diff(columns.indptr))
        slope = columns[rows] @ back
        self._hidden_history[rows] += (slope**2).mean(axis=1)
        net.hidden[rows] -= rate * slope / np.sqrt(self._hidden_history[rows])[:, None]

    @staticmethod
    def _move(weights: Floats, history: Floats, slope: Floats, rate: float) -> None:
        history += slope**2
        weights -= rate * slope / np.sqrt(history)
