"""Folds for cross-validation that keep near-duplicates together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FOLDS = 5
SEED = 7
# Cosine of character 1- to 3-grams from which two sentences count as one said twice.
ALIKE = 0.5
_NOT_WORDS = re.compile(r"[^\w]+")


def groups(texts: Sequence[str], alike: float = ALIKE) -> npt.NDArray[np.int64]:
    """The number of the group of each text; texts that resemble each other share one.

    Args:
        texts: sentences, normalised.
        alike: cosine from which two sentences are linked; links chain.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    plain = [_NOT_WORDS.sub("", text) or text for text in texts]
    matrix = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), dtype=np.float32).fit_transform(
        plain
    )
    parent = np.arange(len(plain))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = int(parent[node])
        return node

    for start in range(0, matrix.shape[0], 500):
        product = (matrix[start : start + 500] @ matrix.T).tocoo()
        linked = product.data >= alike
        pairs = zip(product.row[linked] + start, product.col[linked], strict=True)
        for one, other in pairs:
            if one < other:
                parent[root(int(one))] = root(int(other))
    return np.array([root(node) for node in range(len(plain))])


def folds(
    texts: Sequence[str], intents: Sequence[str], number: int = FOLDS, seed: int = SEED
) -> npt.NDArray[np.int64]:
    """The fold of each example: groups stay whole, each intent is spread evenly.

    Args:
        texts: sentences, normalised.
        intents: their intents.
        number: of folds.
        seed: of the order in which groups are dealt out.
    """
    members: dict[int, list[int]] = defaultdict(list)
    for index, group in enumerate(groups(texts)):
        members[int(group)].append(index)
    order = list(members.values())
    np.random.default_rng(seed).shuffle(order)
    order.sort(key=len, reverse=True)
    load: dict[str, npt.NDArray[np.int64]] = defaultdict(lambda: np.zeros(number, dtype=np.int64))
    whole = np.zeros(number, dtype=np.int64)
    fold = np.zeros(len(texts), dtype=np.int64)
    for group_members in order:
        # The fold where these intents are rarest; of equals the one with fewest examples.
        need = sum((load[intents[index]] for index in group_members), np.zeros(number))
        chosen = int(np.lexsort((whole, need))[0])
        for index in group_members:
            fold[index] = chosen
            load[intents[index]][chosen] += 1
        whole[chosen] += len(group_members)
    return fold
