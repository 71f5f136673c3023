"""Rank correlation: how far two numbers go up and down together over worlds, whatever the shape of the curve between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from simulator.statistics.estimation import LEVEL
from simulator.statistics.verdicts import LEAST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Correlation:
    """Spearman's rank correlation with its 95 % interval; NaN where it is not defined."""

    value: float
    low: float
    high: float
    n: int  #: worlds in which both numbers are known

    @property
    def clear(self) -> bool:
        """Whether the interval excludes no correlation at all."""
        return self.low > 0 or self.high < 0


def rank_correlation(x: Floats, y: Floats) -> Correlation:
    """Spearman's correlation of ``x`` and ``y`` (both (R,)); ties share their mean rank, infinity is the last rank, NaN is left out.

    The interval is Fisher's, with the variance (1 + r^2 / 2) / (n - 3) of Bonett and Wright (2000). Where all worlds are in
    one order its inner end is that of the nearest correlation, two neighbours swapped. Fewer than ten worlds say nothing.
    """
    known = ~(np.isnan(x) | np.isnan(y))
    n = int(known.sum())
    undefined = Correlation(float("nan"), float("nan"), float("nan"), n)
    if n < LEAST:
        return undefined
    a, b = ranks(x[known]), ranks(y[known])
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a * a).sum() * (b * b).sum()))
    if scale == 0:
        return undefined
    r = float((a * b).sum()) / scale
    inside = float(np.clip(r, -1, 1)) * min(1.0, (1 - 12 / (n**3 - n)) / max(abs(r), 1e-300))
    reach = float(ndtri((1 + LEVEL) / 2)) * np.sqrt((1 + inside**2 / 2) / (n - 3))
    low, high = float(np.tanh(np.arctanh(inside) - reach)), float(np.tanh(np.arctanh(inside) + reach))
    if abs(r) > 1 - 1e-12:
        r = float(np.sign(r))
        low, high = (low, 1.0) if r > 0 else (-1.0, high)
    return Correlation(r, low, high, n)


def ranks(values: Floats) -> Floats:
    """Ranks from 1; equal values share the mean of theirs."""
    _, place, times = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(times)
    return np.asarray((last - (times - 1) / 2)[place], dtype=np.float64)
