"""Estimation: from one value per replication to a number with an interval.

Replications are independent and identically distributed; contacts of one run are not, so intervals are formed over
replications only. Arrays have replications along the first axis and one measure or place in each column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy  # loads `special` when it is first asked for

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEVEL = 0.95
"""Confidence of every interval."""


def t_quantile(degrees: NDArray[np.floating[Any]] | float, comparisons: int = 1) -> Floats:
    """Two-sided Student quantile at :data:`LEVEL`, Bonferroni over ``comparisons``; NaN below one degree of freedom."""
    known, place = np.unique(degrees, return_inverse=True)  # few, however many columns they come from
    found = np.where(known >= 1, scipy.special.stdtrit(np.maximum(known, 1.0), 1 - (1 - LEVEL) / (2 * comparisons)), np.nan)
    return np.asarray(found[place].reshape(np.shape(degrees)))


def mean_interval(values: Floats, comparisons: int = 1) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Mean, half-width of its t interval and number of defined values (not NaN) of each column of ``values`` (R, M)."""
    mean, n = means(values)
    squares = (np.where(np.isnan(values), 0.0, values - mean) ** 2).sum(axis=0)
    deviation = np.sqrt(squares / np.maximum(n - 1, 1))
    return mean, t_quantile(n - 1.0, comparisons) * deviation / np.sqrt(np.maximum(n, 1)), n


def means(values: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Mean and number of the defined values (not NaN) of each column of ``values`` (R, M)."""
    known = ~np.isnan(values)
    n = known.sum(axis=0)
    return np.where(n > 0, np.where(known, values, 0.0).sum(axis=0) / np.maximum(n, 1), np.nan), n


def ratio_interval(y: Floats, x: Floats, comparisons: int = 1) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Ratio of sums, half-width by the jackknife, and replications with anything to divide by; ``y``, ``x`` are (R, M).

    A ratio is NaN where sum x is 0.
    """
    mean, residuals = jackknifed(y, x)
    n = len(y)
    deviation = np.sqrt((residuals**2).sum(axis=0) / max(n - 1, 1))
    return mean, t_quantile(n - 1.0, comparisons) * deviation / np.sqrt(n), np.asarray((x != 0).sum(axis=0))


def jackknifed(y: Floats, x: Floats) -> tuple[Floats, Floats]:
    """The ratio of sums r of each column, and how far each replication moves it: (R - 1) (m - r_i), whose mean is 0.

    r_i leaves out replication i and m is the mean of them (Quenouille 1956, Tukey 1958); with ten replications and ratios that vary
    much, intervals of what replications move hold better than those of the delta method. Where a replication is all there is to
    divide by, it moves the ratio by (y - r x) / mean x.
    """
    total, sums = x.sum(axis=0), y.sum(axis=0)
    empty = total == 0
    safe = np.where(empty, 1.0, total)
    ratio = np.where(empty, np.nan, sums / safe)
    others = total - x
    alone = (others == 0).any(axis=0)
    without = (sums - y) / np.where(others == 0, 1.0, others)
    moves = (len(y) - 1) * (without.mean(axis=0) - without)
    return ratio, np.where(alone | empty, (y - ratio * x) / (safe / len(y)), moves)


def per_run(y: Floats, x: Floats) -> Floats:
    """The ratio of each replication; NaN where there is nothing to divide by."""
    return np.where(x == 0, np.nan, y / np.where(x == 0, 1.0, x))


def percentiles(values: Floats, shares: tuple[float, ...] = (0.05, 0.5, 0.95)) -> Floats:
    """Percentiles of each column of ``values`` (R, M), linear between order statistics; NaN is left out, infinity stays.

    Returns (shares, M).
    """
    ordered = np.sort(values, axis=0)  # NaN goes last
    n = (~np.isnan(values)).sum(axis=0)
    made = []
    columns = np.arange(values.shape[1])
    for share in shares:
        place = np.maximum(n - 1, 0) * share
        low = np.floor(place).astype(np.intp)
        below, above = ordered[low, columns], ordered[np.minimum(low + 1, np.maximum(n - 1, 0)), columns]
        part = place - low
        with np.errstate(invalid="ignore"):
            between = below + part * (above - below)
        made.append(np.where((part == 0) | (below == above), below, between))
    return np.stack(made)


def wilson(successes: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; (0, 1) where nothing was tried."""
    if n == 0:
        return 0.0, 1.0
    z = float(scipy.special.ndtri(1 - (1 - LEVEL) / 2))
    share = successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, float(middle - reach)), min(1.0, float(middle + reach))
