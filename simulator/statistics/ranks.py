"""Rank correlation: how far two numbers go up and down together over worlds, whatever the shape of the curve between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from simulator.statistics.estimation import LEVEL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FEWEST = 5
"""Worlds below which a correlation says nothing."""


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

    The interval is Fisher's, with the variance (1 + r^2 / 2) / (n - 3) of Bonett and Wright (2000).
    """
    known = ~(np.isnan(x) | np.isnan(y))
    n = int(known.sum())
    undefined = Correlation(float("nan"), float("nan"), float("nan"), n)
    if n < FEWEST:
        return undefined
    a, b = ranks(x[known]), ranks(y[known])
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a * a).sum() * (b * b).sum()))
    if scale == 0:
        return undefined
    r = float((a * b).sum()) / scale
    if abs(r) > 1 - 1e-12:
        return Correlation(float(np.sign(r)), float(np.sign(r)), float(np.sign(r)), n)
    reach = float(ndtri((1 + LEVEL) / 2)) * np.sqrt((1 + r * r / 2) / (n - 3))
    middle = np.arctanh(r)
    return Correlation(r, float(np.tanh(middle - reach)), float(np.tanh(middle + reach)), n)


def ranks(values: Floats) -> Floats:
    """Ranks from 1; equal values share the mean of theirs."""
    _, place, times = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(times)
    return np.asarray((last - (times - 1) / 2)[place], dtype=np.float64)
