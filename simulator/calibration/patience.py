"""How long callers wait before they give up, by whatever the files hold: single calls, wait bins, sums of waits.

Never abandonments over the wait of the answered alone: that is biased. Whoever was answered, or sent away by a rule, would have waited
on: their waits count as time during which somebody could have given up, and no more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.calibration.estimate import LEAST_ABANDONS, Estimate, assumed, graded
from simulator.calibration.observed import Bins, Calls, Intervals, Outcome

Floats = NDArray[np.float64]
EDGES = (0.0, 10.0, 20.0, 40.0, 60.0, 120.0, 180.0, 300.0, 600.0)
"""Seconds between which the hazard of giving up is taken to be constant."""
MISDIALS = 5.0
"""Seconds within which whoever leaves had the wrong number, beyond what those who stay longer do."""
LEVEL = 0.9


@dataclass(frozen=True)
class Patience:
    """The mean patience in seconds, if it were exponential; ``edges`` and ``rates`` (per second) where single calls show its shape."""

    mean: Estimate
    edges: tuple[float, ...] = ()
    rates: tuple[float, ...] = ()
    misdials: float = 0.0  #: share of those who waited that had the wrong number


def of_sums(abandons: float, waited: float) -> tuple[float, float, float]:
    """The hazard of giving up per second and its 90 % limits, from ``abandons`` in ``waited`` seconds of waiting of everybody.

    The number of abandonments is a Poisson count over the time waited, however busy the centre was when; without any it is at most
    3 / ``waited``. Garwood's limits.
    """
    from scipy.stats import chi2

    if waited <= 0:
        return math.nan, math.nan, math.nan
    if abandons == 0:
        return 0.0, 0.0, 3.0 / waited
    tail = (1 - LEVEL) / 2
    low, high = chi2.ppf(tail, 2 * abandons) / 2, chi2.ppf(1 - tail, 2 * abandons + 2) / 2
    return abandons / waited, float(low) / waited, float(high) / waited


def of_bins(edges: Floats, answered: Floats, abandoned: Floats, never_waited: float = 0.0) -> Floats:
    """The hazard per second in each closed bin: answering and giving up compete, -ln(1 - (A + S) / R) / w x A / (A + S).

    ``edges`` (k,) end the bins from 0 on, the last bin (of k + 1) is open. ``never_waited`` answered calls of the first bin were at no
    risk. NaN where nobody is left. The usual life table, abandonments over those at risk less half of the answered, is far too low in
    wide bins.
    """
    answered = answered.astype(np.float64).copy()
    answered[0] = max(answered[0] - never_waited, 0.0)
    left = answered + abandoned
    at_risk = np.cumsum(left[::-1])[::-1][:-1]
    left, gone = left[:-1], abandoned[:-1]
    width = np.diff(np.concatenate(([0.0], edges)))
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = -np.log1p(-left / at_risk) / width * gone / left
    return np.where((left > 0) & (at_risk > left), rates, np.nan)


def pooled(rates: Floats, abandoned: Floats) -> float:
    """One hazard from those of closed bins: abandonments over the time at risk that they imply."""
    known = np.isfinite(rates) & (rates > 0)
    gone = abandoned[:-1][known]
    return float(gone.sum() / (gone / rates[known]).sum()) if known.any() else math.nan


def of_calls(wait: Floats, gave_up: NDArray[np.bool_], edges: tuple[float, ...] = EDGES) -> tuple[Floats, Floats, Floats]:
    """Abandonments, seconds at risk and hazard per second between ``edges``, the last without end; NaN where nobody is at risk."""
    ends = np.append(np.asarray(edges[1:]), np.inf)
    starts = np.asarray(edges)
    at_risk = np.array([np.clip(wait - a, 0, b - a).sum() for a, b in zip(starts, ends, strict=True)])
    place = np.searchsorted(starts, wait[gave_up], side="right") - 1
    gone = np.bincount(np.maximum(place, 0), minlength=len(edges)).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return gone, at_risk, np.where(at_risk > 0, gone / at_risk, np.nan)


def survival(wait: Floats, gave_up: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Kaplan-Meier: waits at which somebody gave up, and the share who would still wait there."""
    from scipy.stats import CensoredData, ecdf

    found = ecdf(CensoredData(uncensored=wait[gave_up], right=wait[~gave_up]))
    return np.asarray(found.sf.quantiles), np.asarray(found.sf.probabilities)


def estimate(rows: Intervals, calls: Calls | None) -> Patience:
    """The patience of the callers of some rows, by the best that they hold."""
    if calls is not None and len(calls) and np.isfinite(calls.wait).mean() > 0.9:
        return _from_calls(calls)
    abandons = float(np.nansum(rows["abandoned"]))
    if rows.known("answer_wait") and rows.known("abandon_wait"):
        waited = float(np.nansum(rows["answer_wait"]) + np.nansum(rows["abandon_wait"]))
        return Patience(_mean(*of_sums(abandons, waited), int(abandons), "abandonments over all time waited"))
    if rows.bins is not None:
        return _from_bins(rows.bins)
    return Patience(assumed(300.0, 2.0, "no waits of those who gave up, no wait bins and no single calls"))


def _from_calls(calls: Calls) -> Patience:
    known = np.isfinite(calls.wait)
    wait, gave_up = calls.wait[known], (calls.outcome == Outcome.ABANDONED)[known]
    waited = float(wait.sum())
    mean = _mean(*of_sums(float(gave_up.sum()), waited), int(gave_up.sum()), "abandonments over all time waited, single calls")
    gone, at_risk, _ = of_calls(wait, gave_up)
    early = of_calls(wait, gave_up, (0.0, MISDIALS, 30.0))
    extra = max(early[0][0] - early[2][1] * early[1][0], 0.0) if early[1][1] > 0 else 0.0
    share = extra / max(int((wait > 0).sum()), 1)
    if gave_up.sum() < 10 * LEAST_ABANDONS or not _has_a_shape(gone, at_risk):
        return Patience(mean, misdials=share)
    edges: list[float] = []
    kept: list[list[float]] = []
    for edge, events, seconds in zip(EDGES, gone, at_risk, strict=True):
        if events >= 5 or not edges:
            edges.append(edge)
            kept.append([events, seconds])
        else:
            kept[-1][0] += events
            kept[-1][1] += seconds
    return Patience(mean, tuple(edges), tuple(float(events / seconds) for events, seconds in kept), share)


def _has_a_shape(gone: Floats, at_risk: Floats) -> bool:
    """Whether the hazard differs from wait to wait: the likelihood ratio against one hazard, at 1 %."""
    from scipy.stats import chi2

    used = (gone > 0) & (at_risk > 0)
    whole = gone.sum() / at_risk.sum()
    ratio = 2 * float((gone[used] * np.log(gone[used] / at_risk[used] / whole)).sum())
    return bool(ratio > chi2.ppf(0.99, max(int((at_risk > 0).sum()) - 1, 1)))


def _from_bins(bins: Bins) -> Patience:
    answered, abandoned = np.nansum(bins.answered, axis=0), np.nansum(bins.abandoned, axis=0)
    rates = of_bins(bins.edges, answered, abandoned)
    rates[0] = np.nan  # nobody knows who of the first bin waited at all
    rate, gone = pooled(rates, abandoned), float(abandoned[1:-1].sum())
    low, high = (rate * limit for limit in _relative(gone))
    return Patience(_mean(rate, low, high, int(gone), "competing hazards in wait bins"))


def _relative(abandons: float) -> tuple[float, float]:
    rate, low, high = of_sums(max(abandons, 1.0), 1.0)
    return low / rate, high / rate


def _mean(rate: float, low: float, high: float, abandons: int, method: str) -> Estimate:
    """The mean patience from a hazard with its limits."""
    if not rate > 0:
        least = 1 / high if high > 0 else 60.0
        return Estimate(least, least, least * 3, assumed(0, 1, "").known, f"nobody gave up: {method}", abandons, "abandonments")
    if abandons < LEAST_ABANDONS:
        note = "the range is four times as wide as the few abandonments alone would make it"
        wide = [math.exp(4 * math.log(limit / rate)) for limit in (low, high)]
        low, high = rate * max(wide[0], 0.1), rate * min(wide[1], 10.0)
        return graded(1 / rate, 1 / high, 1 / low, method=method, n=abandons, unit="abandonments", enough=LEAST_ABANDONS, note=note)
    return graded(1 / rate, 1 / high, 1 / low, method=method, n=abandons, unit="abandonments", enough=LEAST_ABANDONS)
