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
    days, place = np.unique(rows.days[known], return_inverse=True)
    weight = np.bincount(place.reshape(-1), rows["answered"][known], len(days)).astype(np.float64)
    means = np.bincount(place.reshape(-1), rows[name][known], len(days)) / np.maximum(weight, 1e-9)
    value, lately = recent(days, means, weight)
    one = (sd or value * USUAL_SPREAD) ** 2
    between = 0.0
    if len(days) >= LEAST_DAYS:
        share = weight / weight.sum()
        between = max(float((share * (means - (share * means).sum()) ** 2).sum()) - one * len(days) / weight.sum(), 0.0)
    error = 1.645 * math.sqrt(one / count + between * (1 + 1 / len(days)))
    what = "talk" if name == "talk" else "work after calls"
    differs = f"{what} of days differs by {100 * math.sqrt(between) / value:.0f} %" if between > (0.01 * value) ** 2 else ""
    note = f"{differs}; days count half as much for each {lately} days that they are older" if lately else differs
    method = "of answered calls, by day"
    return graded(
        value, max(value - error, value / 2), value + error, method=method, n=int(count), unit="calls", enough=LEAST_CALLS, note=note
    )


HALF_LIVES = (7, 14, 28, 56)
"""Days after which a day counts half, if that predicts better than all days alike."""
AHEAD = 14
"""Days that lie between what is known and the day that is predicted, when half-lives are tried."""
ENOUGH = 42
"""Days from which half-lives are tried at all."""


def recent(days: NDArray[np.datetime64], means: Floats, weight: Floats) -> tuple[float, int]:
    """The level of today, and the half-life in days by which older days count less; 0 where all count alike.

    The half-life is the one under which each day would have been predicted best from those that lie two weeks and more before it.
    """
    at = days.astype("datetime64[D]").astype(np.int64).astype(np.float64)
    if len(days) < ENOUGH:
        return float((weight * means).sum() / weight.sum()), 0
    age = at[:, None] - at[None, :]
    old = age >= AHEAD
    tried: dict[int, float] = {}
    for half in (0, *HALF_LIVES):
        seen = np.where(old, weight[None, :] * (0.5 ** (np.maximum(age, 0) / half) if half else 1.0), 0.0)
        enough = old.sum(axis=1) >= AHEAD
        forecast = (seen @ means)[enough] / seen.sum(axis=1)[enough]
        tried[half] = float((weight[enough] * (means[enough] - forecast) ** 2).sum() / weight[enough].sum())
    best = min(tried, key=lambda half: (tried[half], half))
    if tried[best] > 0.95 * tried[0]:
        best = 0
    now = weight * (0.5 ** ((at[-1] - at) / best) if best else 1.0)
    return float((now * means).sum() / now.sum()), best


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
