"""How long agents talk and work on a call afterwards: lognormal from single calls, or the mean alone from sums."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.calibration.estimate import LEAST_CALLS, Estimate, Known, assumed, graded
from simulator.calibration.observed import Calls, Intervals, Outcome

Floats = NDArray[np.float64]
USUAL_SPREAD = 1.0
"""Standard deviation over mean of talk that is assumed where only sums are known; a bank's calls of 1999 have 1.2, most centres less."""
GAIN = 10.0
"""Points of BIC by which two lognormal laws must be better than one."""


@dataclass(frozen=True)
class Handling:
    """Mean talk and mean wrap-up in seconds; the standard deviation of talk; quantiles of talk where it has two humps."""

    talk: Estimate
    wrap: Estimate
    spread: Estimate
    quantiles: tuple[float, ...] = ()


def estimate(rows: Intervals, calls: Calls | None) -> Handling:
    """The handle time of the calls of some rows."""
    answered = float(np.nansum(rows["answered"]))
    talk = calls.talk[(calls.outcome == Outcome.ANSWERED) & (calls.talk > 0)] if calls is not None else np.zeros(0)
    wrap = _wrap(rows, answered)
    if len(talk) >= LEAST_CALLS:
        sd = float(talk.std(ddof=1))
        error = 1.645 * sd / math.sqrt(len(talk))
        mean = graded(float(talk.mean()), talk.mean() - error, talk.mean() + error, method="single calls", n=len(talk), unit="calls", enough=LEAST_CALLS)
        spread = graded(sd, sd * 0.9, sd * 1.1, method="single calls", n=len(talk), unit="calls", enough=LEAST_CALLS)
        return Handling(mean, wrap, spread, _humps(talk))
    known = np.isfinite(rows["talk"]) & (rows["answered"] > 0)
    count = float(rows["answered"][known].sum())
    if count <= 0:
        guess = assumed(240.0, 1.5, "no talk time in these files")
        return Handling(guess, wrap, assumed(240.0, 1.5, "no single calls"))
    value = float(rows["talk"][known].sum() / count)
    error = 1.645 * value * USUAL_SPREAD / math.sqrt(count) + _between_days(rows, known, value)
    mean = graded(value, max(value - error, value / 2), value + error, method="talk over answered calls", n=int(count), unit="calls", enough=LEAST_CALLS)
    spread = value * USUAL_SPREAD
    return Handling(mean, wrap, Estimate(spread, spread * 0.7, spread * 1.4, Known.ASSUMED, "no single calls: as widely spread as is usual"))


def _between_days(rows: Intervals, known: NDArray[np.bool_], value: float) -> float:
    """Half of the 90 % interval that the differences of days make; 0 with one day."""
    days, place = np.unique(rows.days[known], return_inverse=True)
    if len(days) < 2:
        return 0.0
    place = place.reshape(-1)
    weight = np.bincount(place, rows["answered"][known])
    means = np.bincount(place, rows["talk"][known]) / np.maximum(weight, 1)
    share = weight / weight.sum()
    return 1.645 * math.sqrt(float((share**2 * (means - value) ** 2).sum()))


def _wrap(rows: Intervals, answered: float) -> Estimate:
    known = np.isfinite(rows["wrap"]) & (rows["answered"] > 0)
    count = float(rows["answered"][known].sum())
    if count < 0.5 * answered or not count:
        return assumed(15.0, 2.0, "no work after calls in these files")
    value = float(rows["wrap"][known].sum() / count)
    error = 1.645 * value * USUAL_SPREAD / math.sqrt(count) + _between_days_of_wrap(rows, known, value)
    return graded(value, max(value - error, 0.0), value + error, method="work after calls over answered calls", n=int(count), unit="calls", enough=LEAST_CALLS)


def _between_days_of_wrap(rows: Intervals, known: NDArray[np.bool_], value: float) -> float:
    columns = {**rows.columns, "talk": rows["wrap"]}
    return _between_days(Intervals(rows.length, rows.queues, rows.queue, rows.start, columns), known, value)


def _humps(talk: Floats) -> tuple[float, ...]:
    """Quantiles of talk where two lognormal laws fit its logarithm better than one by BIC; else none."""
    logs = np.log(talk)
    n = len(logs)
    one = n * math.log(max(float(logs.var()), 1e-12)) + 2 * math.log(n)
    if one - _two(logs) <= GAIN:
        return ()
    return tuple(float(q) for q in np.quantile(talk, np.linspace(0.0025, 0.9975, 41)))


def _two(logs: Floats) -> float:
    """BIC of a mixture of two normal laws, without the constant that one law has too; by EM from the halves."""
    middle = np.median(logs)
    share = 0.5
    means = np.array([logs[logs <= middle].mean(), logs[logs > middle].mean()])
    sds = np.full(2, max(float(logs.std()) / 2, 1e-3))
    total = np.zeros(len(logs))
    for _ in range(200):
        parts = np.array([share, 1 - share])[:, None] * np.exp(-0.5 * ((logs - means[:, None]) / sds[:, None]) ** 2) / sds[:, None]
        total = np.maximum(parts.sum(axis=0), 1e-300)
        mine = parts / total
        weight = mine.sum(axis=1)
        share = float(weight[0] / len(logs))
        means = (mine @ logs) / np.maximum(weight, 1e-9)
        sds = np.maximum(np.sqrt(np.maximum((mine * (logs - means[:, None]) ** 2).sum(axis=1) / np.maximum(weight, 1e-9), 0)), 0.02)
    return -2 * float(np.log(total).sum()) - len(logs) + 5 * math.log(len(logs))
