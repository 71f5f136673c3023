"""How long agents talk and work on a call afterwards: lognormal from single calls, or the mean alone from sums."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.calibration.estimate import LEAST_CALLS, LEAST_DAYS, Estimate, Known, assumed, graded
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
    """The handle time of the calls of some rows. Its interval is that of a day to come: the mean, and how days differ from it."""
    answered = float(np.nansum(rows["answered"]))
    talk = calls.talk[(calls.outcome == Outcome.ANSWERED) & (calls.talk > 0)] if calls is not None else np.zeros(0)
    single = len(talk) >= LEAST_CALLS
    mean = _of_a_day(rows, "talk", float(talk.std(ddof=1)) if single else None)
    wrap = _of_a_day(rows, "wrap", None) if np.nansum(rows["answered"][np.isfinite(rows["wrap"])]) >= 0.5 * max(answered, 1.0) else None
    if wrap is None:
        why = "no work after calls in these files: it counts as time in which agents are not free"
        wrap = Estimate(0.0, 0.0, 0.0, Known.ASSUMED, why)
    if mean is None:
        guess = assumed(240.0, 1.5, "no talk time in these files")
        return Handling(guess, wrap, assumed(240.0, 1.5, "no single calls"))
    if not single:
        spread = mean.value * USUAL_SPREAD
        return Handling(
            mean, wrap, Estimate(spread, spread * 0.7, spread * 1.4, Known.ASSUMED, "no single calls: as widely spread as is usual")
        )
    sd = float(talk.std(ddof=1))
    error = 1.645 * sd * math.sqrt(max(_kurtosis(talk) - 1, 1.0) / (4 * len(talk)))
    spread_found = graded(sd, sd - error, sd + error, method="single calls", n=len(talk), unit="calls", enough=LEAST_CALLS)
    return Handling(mean, wrap, spread_found, _humps(talk))


def _kurtosis(values: Floats) -> float:
    centred = values - values.mean()
    return float((centred**4).mean() / (centred**2).mean() ** 2)


def _of_a_day(rows: Intervals, name: str, sd: float | None) -> Estimate | None:
    """The mean of a day to come with its 90 % interval: chance of the mean, and what days differ by beyond chance; None without data."""
    known = np.isfinite(rows[name]) & (rows["answered"] > 0)
    count = float(rows["answered"][known].sum())
    if count <= 0:
        return None
    value = float(rows[name][known].sum() / count)
    one = (sd or value * USUAL_SPREAD) ** 2
    days, place = np.unique(rows.days[known], return_inverse=True)
    weight = np.bincount(place.reshape(-1), rows["answered"][known], len(days))
    means = np.bincount(place.reshape(-1), rows[name][known], len(days)) / np.maximum(weight, 1e-9)
    between = 0.0
    if len(days) >= LEAST_DAYS:
        share = weight / weight.sum()
        between = max(float((share * (means - value) ** 2).sum()) - one * len(days) / weight.sum(), 0.0)
    error = 1.645 * math.sqrt(one / count + between * (1 + 1 / len(days)))
    note = (
        f"{'talk' if name == 'talk' else 'work after calls'} of days differs by {100 * math.sqrt(between) / value:.0f} %"
        if between > (0.01 * value) ** 2
        else ""
    )
    method = "of answered calls, by day"
    return graded(
        value, max(value - error, value / 2), value + error, method=method, n=int(count), unit="calls", enough=LEAST_CALLS, note=note
    )


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
