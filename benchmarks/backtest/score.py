"""How near a prediction came: bias, error, the error that chance alone would make, and how often the intervals held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.backtest.bank import Prediction
from benchmarks.backtest.records import Outcome

Floats = NDArray[np.float64]
LOW, HIGH = 5.0, 95.0


@dataclass(frozen=True)
class Score:
    """Of one measure: totals over all half-hours; errors are means over half-hours, weighted by calls."""

    actual: float
    predicted: float
    error: float  #: mean absolute error of a half-hour
    chance: float  #: the same error if a replication were the truth
    coverage: float  #: share of half-hours (weighted) within the 5-95 % interval

    @property
    def bias(self) -> float:
        return self.predicted - self.actual


def abandonment(prediction: Prediction, outcomes: Sequence[Outcome]) -> Score:
    """The share of calls offered to the queue that were abandoned; half-hours in which nobody called count for nothing."""
    lost = np.array([o.abandoned for o in outcomes], dtype=np.float64)
    offered = np.array([o.abandoned + o.served for o in outcomes], dtype=np.float64)
    return score(prediction.abandoned, prediction.offered, lost, offered)


def asa(prediction: Prediction, outcomes: Sequence[Outcome]) -> Score:
    """The mean wait of served calls, in seconds."""
    served = np.array([o.served for o in outcomes], dtype=np.float64)
    waited = np.array([(o.asa or 0.0) * o.served for o in outcomes])
    return score(prediction.waited, prediction.served, waited, served)


def score(above: Floats, below: Floats, actual_above: Floats, actual_below: Floats) -> Score:
    """Score the ratio ``above / below``: predicted, of shape (replications, half-hours), against the actual half-hours."""
    some = (actual_below > 0) & (below.sum(axis=0) > 0)
    weight = actual_below[some] / actual_below[some].sum()
    truth = actual_above[some] / actual_below[some]
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = above[:, some] / below[:, some]
    mean = above[:, some].sum(axis=0) / below[:, some].sum(axis=0)
    low, high = np.nanpercentile(ratios, [LOW, HIGH], axis=0)
    return Score(
        actual=float(actual_above.sum() / actual_below.sum()),
        predicted=float(above.sum() / below.sum()),
        error=float((np.abs(mean - truth) * weight).sum()),
        chance=float((np.nanmean(np.abs(ratios - mean), axis=0) * weight).sum()),
        coverage=float((((truth >= low - 1e-9) & (truth <= high + 1e-9)) * weight).sum()),
    )


def by_day(prediction: Prediction, outcomes: Sequence[Outcome], measure: str) -> float:
    """Mean absolute error of whole days, weighted by calls, of ``abandonment`` or ``asa``."""
    days = np.array([h.day.toordinal() for h in prediction.timeline.half_hours])
    _, day = np.unique(days, return_inverse=True)
    served = np.array([o.served for o in outcomes], dtype=np.float64)
    lost = np.array([o.abandoned for o in outcomes], dtype=np.float64)
    waited = np.array([(o.asa or 0.0) * o.served for o in outcomes])
    of = (lost, lost + served, prediction.abandoned, prediction.offered)
    if measure == "asa":
        of = (waited, served, prediction.waited, prediction.served)
    above, below, p_above, p_below = (np.bincount(day, weights=part if part.ndim == 1 else part.mean(axis=0)) for part in of)
    some = (below > 0) & (p_below > 0)
    return float((np.abs(above[some] / below[some] - p_above[some] / p_below[some]) * below[some]).sum() / below[some].sum())
