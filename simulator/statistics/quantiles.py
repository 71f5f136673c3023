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


def by_number(numbers: NDArray[np.integer[Any]], size: int) -> NDArray[np.intp]:
    """Places in the order of their ``numbers``, 0 .. size - 1; those of one number stay in their own order."""
    small = np.int16 if size < 2**15 else np.int64  # stable sorts of 16 bits are radix sorts
    return np.argsort(numbers.astype(small), kind="stable")


class Sorted:
    """Durations (from 0, some perhaps infinite) sorted once; quantiles of any grouping are then a stable sort of small integers away.

    Zeros and infinite ones, often most of them, are counted and not sorted: equal values are what sorting takes longest over.
    """

    def __init__(self, values: Floats) -> None:
        self._count = len(values)
        self._zero, self._endless = np.flatnonzero(values <= 0), np.flatnonzero(~np.isfinite(values))
        between = np.flatnonzero((values > 0) & np.isfinite(values))
        self._order = between[np.argsort(values[between])]
        self._values = values[self._order]

    def grouped(self, shares: Sequence[float], group: NDArray[np.integer[Any]], size: int, trim: float | None = None) -> Floats:
        """Quantiles of each group 0 .. size - 1 (shares, size); ``group`` is parallel to the values. NaN for empty groups.

        With ``trim`` one more row: the mean without that share of the values, rounded down, at either end; infinite ones do not count.
        """
        values, counts = self._arranged(group, size)
        first = np.cumsum(counts) - counts
        zeros, endless = (np.bincount(group[chosen], minlength=size) for chosen in (self._zero, self._endless))
        total = zeros + counts + endless
        ranks = np.maximum(np.ceil(np.multiply.outer(shares, total) - 1e-9).astype(np.intp), 1) - 1
        place = ranks - zeros  # among those that are neither 0 nor infinite
        found = np.append(values, np.inf)[np.where(place < counts, first + np.maximum(place, 0), len(values))]
        found = np.where(total > 0, np.where(place < 0, 0.0, found), np.nan)
        if trim is None:
            return found
        cut = (trim * (zeros + counts) + 1e-9).astype(np.intp)
        kept = zeros + counts - 2 * cut
        sums = np.concatenate((np.zeros(1), np.cumsum(values)))
        within = sums[first + np.maximum(counts - cut, 0)] - sums[first + np.clip(cut - zeros, 0, counts)]
        return np.vstack((found, np.where(kept > 0, within / np.maximum(kept, 1), np.nan)))

    def by(self, shares: Sequence[float], groups: Groups, trim: float | None = None) -> Iterator[tuple[tuple[str, ...], Floats]]:
        """Quantiles, and with ``trim`` the trimmed mean, of every combination of names that has values.

        ``groups`` are (names, indices parallel to the values).
        """
        yield from named(groups, self._count, lambda index, size: self.grouped(shares, index, size, trim))

    def _arranged(self, group: NDArray[np.integer[Any]], size: int) -> tuple[Floats, NDArray[np.intp]]:
        """What is neither 0 nor infinite group by group, in order within each, and how much of it each has."""
        if size == 1:
            return self._values, np.array([len(self._values)])
        mine = group[self._order]
        return self._values[by_number(mine, size)], np.bincount(mine, minlength=size)


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
