"""Chance that hangs on names: the same on every machine, whatever else is drawn."""

import hashlib
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.uint64]


def numbered(names: Iterable[str]) -> Numbers:
    """A number for each name, the same on every machine."""
    digests = (hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names)
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def mixed(one: Numbers, other: Numbers | int) -> Numbers:
    """Numbers that look random, from pairs of numbers (the mixing of SplitMix64)."""
    found = one + np.atleast_1d(np.asarray(other, np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
    found ^= found >> np.uint64(30)
    found *= np.uint64(0xBF58476D1CE4E5B9)
    found ^= found >> np.uint64(27)
    found *= np.uint64(0x94D049BB133111EB)
    return found ^ (found >> np.uint64(31))


def drawn(one: Numbers, other: Numbers) -> npt.NDArray[np.float32]:
    """Numbers from 0 to 1 for pairs of numbers."""
    return (mixed(one, other) >> np.uint64(40)).astype(np.float32) / np.float32(1 << 24)
