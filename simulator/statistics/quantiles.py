"""Quantiles of many groups at once: the smallest value that at least the share asked does not exceed (no interpolation)."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Sorted:
    """Values sorted once; quantiles of any grouping of them are then a stable sort of small integers away."""

    def __init__(self, values: Floats) -> None:
        self._order = np.argsort(values)
        self._values = values[self._order]

    def grouped(self, q: float, group: NDArray[np.integer[Any]], size: int) -> Floats:
        """Quantile ``q`` of each group 0 .. size - 1; ``group`` is parallel to the values. NaN for empty groups."""
        small = np.int16 if size <= np.iinfo(np.int16).max else np.int64  # stable sorts of 16 bits are radix sorts
        mine = group[self._order].astype(small)
        values = self._values[np.argsort(mine, kind="stable")] if size > 1 else self._values
        counts = np.bincount(mine, minlength=size)
        first = np.cumsum(counts) - counts
        rank = np.maximum(np.ceil(q * counts - 1e-9).astype(np.intp), 1) - 1
        return np.where(counts > 0, values[np.minimum(first + rank, max(len(values) - 1, 0))] if len(values) else np.nan, np.nan)

    def by(self, q: float, groups: Sequence[tuple[Sequence[str], NDArray[np.integer[Any]]]]) -> Iterator[tuple[tuple[str, ...], float]]:
        """Quantile ``q`` for every combination of names with any values; ``groups`` are (names, indices parallel to the values)."""
        index = np.zeros(len(self._values), dtype=np.int64)
        size = 1
        for names, indices in groups:
            index = index * len(names) + indices
            size *= len(names)
        for words, value in zip(product(*(names for names, _ in groups)), self.grouped(q, index, size), strict=True):
            if not np.isnan(value) and all(words):
                yield words, float(value)
