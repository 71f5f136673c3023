"""Quantiles of many groups at once: the smallest value that at least the share asked does not exceed (no interpolation)."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Groups = Sequence[tuple[Sequence[str], NDArray[np.integer[Any]]]]


class Sorted:
    """Values (finite or infinite) sorted once; quantiles of any grouping of them are then a stable sort of small integers away."""

    def __init__(self, values: Floats) -> None:
        finite = np.isfinite(values)
        # The least value is often that of many (a wait of 0), and equal values are what sorting takes longest over.
        least = values == values[finite].min(initial=np.inf)
        others = np.flatnonzero(finite & ~least)
        self._order = np.concatenate((np.flatnonzero(finite & least), others[np.argsort(values[others])], np.flatnonzero(~finite)))
        self._values = values[self._order]

    def grouped(self, shares: Sequence[float], group: NDArray[np.integer[Any]], size: int) -> Floats:
        """Quantiles of each group 0 .. size - 1 (shares, size); ``group`` is parallel to the values. NaN for empty groups."""
        if not len(self._values):
            return np.full((len(shares), size), np.nan)
        values, counts = self._arranged(group, size)
        first = np.cumsum(counts) - counts
        ranks = np.maximum(np.ceil(np.multiply.outer(shares, counts) - 1e-9).astype(np.intp), 1) - 1
        return np.where(counts > 0, values[np.minimum(first + ranks, len(values) - 1)], np.nan)

    def trimmed(self, trim: float, group: NDArray[np.integer[Any]], size: int) -> Floats:
        """The mean of each group (1, size) without the share ``trim`` of its values, rounded down, at either end; NaN for empty groups."""
        values, counts = self._arranged(group, size)
        first = np.cumsum(counts) - counts
        cut = (trim * counts + 1e-9).astype(np.intp)
        sums = np.concatenate((np.zeros(1), np.cumsum(values)))
        kept = counts - 2 * cut
        within = sums[np.minimum(first + counts - cut, len(values))] - sums[np.minimum(first + cut, len(values))]
        return np.where(kept > 0, within / np.maximum(kept, 1), np.nan)[None, :]

    def by(self, shares: Sequence[float], groups: Groups) -> Iterator[tuple[tuple[str, ...], Floats]]:
        """Quantiles of every combination of names that has values; ``groups`` are (names, indices parallel to the values)."""
        yield from named(groups, len(self._values), lambda index, size: self.grouped(shares, index, size))

    def trimmed_by(self, trim: float, groups: Groups) -> Iterator[tuple[tuple[str, ...], Floats]]:
        """Trimmed means of every combination of names that has values."""
        yield from named(groups, len(self._values), lambda index, size: self.trimmed(trim, index, size))

    def _arranged(self, group: NDArray[np.integer[Any]], size: int) -> tuple[Floats, NDArray[np.intp]]:
        """The values group by group, in order within each, and how many each has."""
        if size == 1:
            return self._values, np.array([len(self._values)])
        small = np.int16 if size < 2**15 else np.int64  # stable sorts of 16 bits are radix sorts
        mine = group.astype(small)[self._order]
        return self._values[np.argsort(mine, kind="stable")], np.bincount(mine, minlength=size)


def named(groups: Groups, count: int, of: Callable[[NDArray[np.integer[Any]], int], Floats]) -> Iterator[tuple[tuple[str, ...], Floats]]:
    """What ``of`` finds (values, combinations) for every combination of names that is not NaN and has no empty name."""
    index = np.zeros(count, dtype=np.int64)
    size = 1
    for names, indices in groups:
        index = index * len(names) + indices
        size *= len(names)
    found = of(index, size)
    for words, values in zip(product(*(names for names, _ in groups)), found.T, strict=True):
        if not np.isnan(values[0]) and all(words):
            yield words, values
