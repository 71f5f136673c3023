"""Quantiles of many groups at once: the smallest value that at least the share asked does not exceed (no interpolation)."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.workload.order import by_number, by_size, small

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.integer[Any]]
    Groups = Sequence[tuple[Sequence[str], Numbers]]


class Sorted:
    """Durations (from 0, some perhaps infinite) sorted once; quantiles of any grouping are then a stable sort of small integers away.

    Zeros and infinite ones, often most of them, are counted and not sorted: equal values are what sorting takes longest over.
    """

    def __init__(self, values: Floats) -> None:
        zero, endless = np.flatnonzero(values <= 0), np.flatnonzero(~np.isfinite(values))
        between = np.flatnonzero((values > 0) & np.isfinite(values))
        between = between[by_size(values[between])]
        self.order = np.concatenate((zero, between, endless))  #: places of the values, the smallest first
        self._between = slice(len(zero), len(zero) + len(between))
        self._values = values[between]

    def grouped(self, shares: Sequence[float], group: Numbers, size: int, trim: float | None = None) -> Floats:
        """Quantiles of each group 0 .. size - 1 (shares, size); ``group`` is parallel to the values. NaN for empty groups.

        With ``trim`` one more row: the mean without that share of the values, rounded down, at either end; infinite ones do not count.
        """
        return self._grouped(shares, group[self.order], size, trim)

    def by(self, shares: Sequence[float], groups: Groups, trim: float | None = None) -> Iterator[tuple[tuple[str, ...], Floats]]:
        """Quantiles, and with ``trim`` the trimmed mean, of every combination of names that has values and no empty name.

        ``groups`` are (names, numbers parallel to :attr:`order`).
        """
        size = prod(len(names) for names, _ in groups)
        group = np.zeros(len(self.order), dtype=small(size))
        for names, numbers in groups:
            group = group * len(names) + numbers
        found = self._grouped(shares, group, size, trim)
        for words, values in zip(product(*(names for names, _ in groups)), found.T, strict=True):
            if not np.isnan(values[0]) and all(words):
                yield words, values

    def _grouped(self, shares: Sequence[float], group: Numbers, size: int, trim: float | None) -> Floats:
        """:meth:`grouped`, but ``group`` is parallel to :attr:`order`."""
        parts = (group[: self._between.start], group[self._between], group[self._between.stop :])
        zeros, counts, endless = (np.bincount(part, minlength=size) for part in parts)
        order = np.arange(len(parts[1])) if size == 1 else by_number(parts[1], size)  # group by group, in order within each
        first = np.cumsum(counts) - counts
        total = zeros + counts + endless
        ranks = np.maximum(np.ceil(np.multiply.outer(shares, total) - 1e-9).astype(np.intp), 1) - 1
        place = ranks - zeros  # among those that are neither 0 nor infinite
        found = np.where(place < 0, 0.0, np.inf)
        inside = (place >= 0) & (place < counts)
        found[inside] = self._values[order[(first + place)[inside]]]
        found[:, total == 0] = np.nan
        if trim is None:
            return found
        cut = (trim * (zeros + counts) + 1e-9).astype(np.intp)
        kept = zeros + counts - 2 * cut
        sums = np.zeros(len(order) + 1)
        np.cumsum(self._values[order], out=sums[1:])
        within = sums[first + np.maximum(counts - cut, 0)] - sums[first + np.clip(cut - zeros, 0, counts)]
        return np.vstack((found, np.where(kept > 0, within / np.maximum(kept, 1), np.nan)))
