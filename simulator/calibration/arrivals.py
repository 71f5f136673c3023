"""When people call: the usual week, how much days differ from it, and whether its level drifts.

What days differ by is what is left beyond chance: Pearson's statistic under the negative-binomial law, set against chi-squared with the
degrees of freedom that the usual weekdays leave. The likelihood alone ignores those, and finds days too much alike where each weekday
has few.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.calibration.estimate import LEAST_DAYS, Estimate, assumed, graded
from simulator.calibration.observed import Intervals
from simulator.calibration.special import weekday

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
SMOOTH = 200.0
"""Calls by which a weekday's profile leans to that of all days."""
NIGHT = 86_400


@dataclass(frozen=True)
class Week:
    """The usual week of one queue: expected calls by weekday and interval (7, k), from ``slots`` seconds after midnight."""

    length: float
    calls: Floats
    day_cv: Estimate
    drift: Estimate  #: change of the level in a week, as a factor
    days: int

    @property
    def open_days(self) -> list[int]:
        """Weekdays with calls."""
        return [k for k in range(7) if self.calls[k].sum() > 0]


def estimate(rows: Intervals, special: frozenset[str]) -> Week:
    """The usual week of the rows of one queue, special days left out."""
    kept = np.array([str(day) not in special for day in rows.days], dtype=np.bool_)
    rows = rows.where(kept) if kept.any() else rows
    days, place = np.unique(rows.days, return_inverse=True)
    place = place.reshape(-1)
    k = round(NIGHT / rows.length)
    slot = (rows.start.astype("datetime64[s]").astype(np.int64) % NIGHT // int(rows.length)).astype(np.int64)
    counts = np.bincount(place * k + slot, np.nan_to_num(rows["arrived"]), len(days) * k).reshape(len(days), k)
    number = weekday(days)
    totals = counts.sum(axis=1)
    shape = counts.sum(axis=0) / max(counts.sum(), 1.0)
    usual = np.zeros((7, k))
    for one in range(7):
        mine = number == one
        if not mine.any() or not totals[mine].sum():
            continue
        profile = (counts[mine].sum(axis=0) + SMOOTH * shape) / (totals[mine].sum() + SMOOTH)
        usual[one] = profile * totals[mine].mean()
    means = usual.sum(axis=1)[number]
    return Week(rows.length, usual, day_spread(totals, means, len(set(number.tolist()))), drift(days, totals, means), len(days))


def day_spread(totals: Floats, means: Floats, fitted: int) -> Estimate:
    """The coefficient of variation of days beyond chance, from their totals and what was expected of them.

    ``fitted`` means were estimated from the same days. The 90 % interval begins at 0 where chance alone can make such days.
    """
    kept = means > 0
    totals, means = totals[kept], means[kept]
    freedom = len(totals) - fitted
    method = "days against their usual weekday"
    if freedom < 2:
        return assumed(0.1, 2.0, "too few days of each weekday")

    def solved(target: float) -> float:
        def over(c: float) -> float:
            return float(((totals - means) ** 2 / (means + means**2 * c)).sum()) - target

        if over(0.0) <= 0:
            return 0.0
        from scipy.optimize import brentq

        return float(brentq(over, 0.0, 1e4))

    from scipy.stats import chi2

    value, low, high = (math.sqrt(solved(target)) for target in (freedom, chi2.ppf(0.95, freedom), chi2.ppf(0.05, freedom)))
    return graded(value, low, high, method=method, n=len(totals), unit="days", enough=LEAST_DAYS)


def drift(days: Days, totals: Floats, means: Floats) -> Estimate:
    """By what factor the level changes in a week; its interval holds 1 where nothing shows that it does."""
    kept = (means > 0) & (totals > 0)
    if kept.sum() < 2 * LEAST_DAYS:
        return assumed(1.0, 1.05, "too few days to see a drift")
    weeks = (days[kept] - days[kept][0]).astype(np.float64) / 7
    logs = np.log(totals[kept] / means[kept])
    centred = weeks - weeks.mean()
    slope = float((centred * logs).sum() / (centred**2).sum())
    rest = logs - logs.mean() - slope * centred
    error = 1.645 * math.sqrt(float((rest**2).sum()) / (kept.sum() - 2) / float((centred**2).sum()))
    return graded(
        math.exp(slope),
        math.exp(slope - error),
        math.exp(slope + error),
        method="trend of the level",
        n=int(kept.sum()),
        unit="days",
        enough=LEAST_DAYS,
    )
