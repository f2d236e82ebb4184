"""The network learns, and an edit changes little of it."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from nlu.network import Fitting, Network, fit, softmax

INTENTS, FEATURES, EXAMPLES = 4, 40, 240
HOW = Fitting(width=32, rounds=8, batch=16)


def drawn() -> tuple[np.ndarray, np.ndarray]:
    """Examples of four intents that each have ten features of their own, beside noise."""
    dice = np.random.default_rng(7)
    labels = np.arange(EXAMPLES) % INTENTS
    own = np.arange(FEATURES)[None, :] // (FEATURES // INTENTS) == labels[:, None]
    dense = (dice.random((EXAMPLES, FEATURES)) < np.where(own, 0.5, 0.1)).astype(np.float32)
    return dense, labels.astype(np.int64)


def trained(rows: np.ndarray) -> Network:
    dense, labels = drawn()
    names = ([f"e{row}" for row in rows], [f"f{i}" for i in range(FEATURES)], list("abcd"))
    return fit(csr_matrix(dense[rows]), labels[rows], names, HOW)


def judged(network: Network, dense: np.ndarray) -> np.ndarray:
    active = np.maximum(dense @ network.hidden + network.hidden_bias, 0)
    return softmax(active @ network.out + network.out_bias)


@pytest.fixture(scope="module")
def network() -> Network:
    return trained(np.arange(200))


def test_it_tells_unseen_examples_apart(network: Network) -> None:
    dense, labels = drawn()
    right = judged(network, dense[200:]).argmax(axis=1) == labels[200:]
    assert right.mean() > 0.85


def test_it_comes_out_the_same_again(network: Network) -> None:
    again = trained(np.arange(200))
    assert np.array_equal(network.hidden, again.hidden)


def test_an_example_less_changes_little(network: Network) -> None:
    dense, _ = drawn()
    fewer = trained(np.delete(np.arange(200), 17))
    apart = np.abs(judged(network, dense) - judged(fewer, dense)).max(axis=1)
    other = Fitting(**{**{n: getattr(HOW, n) for n in HOW.__struct_fields__}, "seed": 2})
    labels = drawn()[1]
    names = ([f"e{row}" for row in range(200)], [f"f{i}" for i in range(FEATURES)], list("abcd"))
    luck = fit(csr_matrix(dense[:200]), labels[:200], names, other)
    by_luck = np.abs(judged(network, dense) - judged(luck, dense)).max(axis=1)
    assert apart.mean() < by_luck.mean() / 3
