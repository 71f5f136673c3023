"""Public posts that may come into being: a branching process, drawn generation by generation before the run.

A post's luck unfolds from the key of what it follows, so that one more customer, or another policy, leaves every other
cascade as it was. With a mean of ``breeds`` posts that follow each unanswered one, one first post makes 1 / (1 - breeds)
in all on average (the total progeny of a Galton-Watson process follows Borel's law).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]

MOST = 250
"""Posts that one post can breed at most: the column holds small numbers."""

LEAST_CAP = 100_000
"""Posts are cut off where there are more than this, and more than there are customers."""

CHILD, CHILDREN, MARK = 1, 2, 3
_GOLDEN = 0x9E3779B97F4A7C15
_ALL = 2**64 - 1


@dataclass(frozen=True)
class Posts:
    """Posts numbered from 0 in order of generation, the posts that one row breeds next to each other."""

    key: Ints
    parent: Ints  #: the customer at the root of the cascade
    first: Ints  #: number of the first post that each one breeds
    count: Bytes  #: how many it breeds

    def __len__(self) -> int:
        return len(self.key)


def breed(roots: Ints, keys: Ints, breeds: float, cap: int) -> Posts:
    """All posts that may follow: one for each customer of ``roots``, whose keys are ``keys``, then their children.

    A generation that would lead beyond ``cap`` posts is cut short there, and is the last.
    """
    key, root = spawn(keys, np.zeros(len(keys), dtype=np.int64)), roots
    generations: list[tuple[Ints, Ints, NDArray[np.int64]]] = []
    made = len(key)
    while len(key):
        count = np.minimum(poisson(breeds, uniforms(key, CHILDREN)), MOST)
        count = np.diff(np.minimum(np.concatenate(([0], np.cumsum(count))), max(cap - made, 0)))
        generations.append((key, root, count))
        made += int(count.sum())
        first = np.cumsum(count) - count
        which = np.arange(int(count.sum())) - np.repeat(first, count)
        key, root = spawn(np.repeat(key, count), which), np.repeat(root, count)
    if not generations:
        nothing = np.zeros(0, dtype=np.int64)
        return Posts(nothing, nothing, nothing, np.zeros(0, dtype=np.uint8))
    count = np.concatenate([g[2] for g in generations])
    return Posts(
        key=np.concatenate([g[0] for g in generations]),
        parent=np.concatenate([g[1] for g in generations]),
        first=len(roots) + np.cumsum(count) - count,
        count=count.astype(np.uint8),
    )


def poisson(mean: float, u: Floats) -> NDArray[np.int64]:
    """Poisson counts of ``mean`` by inversion of ``u``, one uniform each."""
    terms = np.arange(math.ceil(mean + 12 * math.sqrt(mean) + 20))
    logs = terms * math.log(mean) - mean - np.cumsum(np.log(np.maximum(terms, 1))) if mean > 0 else np.where(terms == 0, 0.0, -np.inf)
    return np.searchsorted(np.cumsum(np.exp(logs)), u, side="right").astype(np.int64)


def spawn(keys: Ints, number: NDArray[np.int64]) -> Ints:
    """A key of 62 bits for the post with this number among those that follow the owner of each key."""
    return (_mixed(keys, CHILD, number) >> np.uint64(2)).astype(np.int64)


def uniforms(keys: Ints, purpose: int) -> Floats:
    """A uniform in (0, 1) for each key and purpose."""
    return np.asarray(((_mixed(keys, purpose, np.zeros(1, dtype=np.int64)) >> np.uint64(11)) + 0.5) * 2.0**-53)


def _mixed(keys: Ints, purpose: int, number: NDArray[np.int64]) -> NDArray[np.uint64]:
    """The output function of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), applied to key, purpose and number in turn."""
    golden = np.uint64(_GOLDEN)
    bits = _mix(keys.astype(np.uint64) * golden)
    return _mix(_mix(bits + np.uint64(purpose * _GOLDEN & _ALL)) + number.astype(np.uint64) * golden)


def _mix(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
