"""How many of the agents at work are free to answer: what the waits imply against what the roster says.

Each interval is taken as an Erlang A queue in its steady state. The share that is *not free* (ringing, wrap-up beyond the books,
breaks, the system) is the one under which as many give up as did; where no wait of those who gave up is known, patience and that share
are found together, from how many gave up and how long the answered waited.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.calibration.erlang import condition, steady
from simulator.calibration.estimate import LEAST_ABANDONS, Estimate, Known, graded, nowhere
from simulator.calibration.observed import AtWork, Intervals

Floats = NDArray[np.float64]
SHARES = np.linspace(-0.15, 0.45, 25)
"""Shares not free between which the answer is looked for; below 0 there are more agents than the files say."""
MOST = 300
"""Intervals that are looked at, evenly spread."""
BOOTSTRAPS = 200


@dataclass(frozen=True)
class Load:
    """Intervals of queues that share agents: rates per second, seconds, people, calls; all (n,)."""

    day: NDArray[np.int64]
    rate: Floats
    handle: Floats
    agents: Floats
    answered: Floats
    abandoned: Floats
    answer_wait: Floats
    length: float

    def __len__(self) -> int:
        return len(self.rate)


def load_of(rows: Intervals, team: AtWork, special: frozenset[str], handle: float) -> Load:
    """The intervals in which agents of ``team`` were at work; ``handle`` is used where an interval has no handle time of its own."""
    mine = np.isin(rows.queue, [rows.queues.index(q) for q in team.queues if q in rows.queues])
    usual = np.array([str(day) not in special for day in rows.days], dtype=np.bool_)
    rows = rows.where(mine & usual)
    moments, place = np.unique(rows.start, return_inverse=True)
    place = place.reshape(-1)

    def total(values: Floats) -> Floats:
        return np.bincount(place, values, len(moments)).astype(np.float64)

    arrived, answered, abandoned = (total(np.nan_to_num(rows[name])) for name in ("arrived", "answered", "abandoned"))
    seconds = total(np.nan_to_num(rows["talk"]) + np.nan_to_num(rows["wrap"]))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where((answered > 0) & (seconds > 0), seconds / answered, handle)
    mean = (mean * answered + handle * 30) / (answered + 30)  # a few calls say little about their own interval
    agents = np.zeros(len(moments))
    _, mine_, theirs = np.intersect1d(moments, team.start, return_indices=True)
    agents[mine_] = team.agents[theirs]
    kept = (agents >= 0.5) & (arrived > 0)
    day = moments.astype("datetime64[D]").astype(np.int64)
    return Load(
        day[kept], (arrived / rows.length)[kept], mean[kept], agents[kept], answered[kept], abandoned[kept],
        total(rows["answer_wait"])[kept],
        rows.length,
    )  # fmt: skip


def predicted(load: Load, theta: float, shares: Floats) -> tuple[Floats, Floats]:
    """Abandonments, and seconds that the answered wait, in each interval under each share not free; both (intervals, shares)."""
    gone, waits = np.zeros((len(load), len(shares))), np.zeros((len(load), len(shares)))
    for i in range(len(load)):
        calls = load.rate[i] * load.length
        for k, share in enumerate(shares):
            met = steady(load.rate[i], load.handle[i], theta, max(load.agents[i] * (1 - share), 0.3))
            gone[i, k] = calls * met.abandoned
            waits[i, k] = calls * (1 - met.abandoned) * met.asa
    return gone, waits


def thinned(load: Load) -> Load:
    """At most so many intervals as can be looked at in seconds."""
    if len(load) <= MOST:
        return load
    kept = np.unique(np.linspace(0, len(load) - 1, MOST).astype(np.int64))
    names = ("day", "rate", "handle", "agents", "answered", "abandoned", "answer_wait")
    return replace(load, **{name: getattr(load, name)[kept] for name in names})


@dataclass(frozen=True)
class Free:
    """The share of agents at work who are not free, and the patience (mean, seconds) found with it where nothing else says it."""

    not_free: Estimate
    patience: Estimate | None = None


def estimate(load: Load, patience: Estimate) -> Free:
    """The share not free; with the patience, where that is assumed and the answered waits are known."""
    load = thinned(load)
    if not len(load):
        return Free(nowhere("agents at work are not in these files"))
    gone = int(load.abandoned.sum())
    together = patience.known is Known.ASSUMED and not patience.n and np.isfinite(load.answer_wait).all() and gone >= LEAST_ABANDONS
    theta = _theta_of_both(load, 1 / patience.value) if together else 1 / patience.value
    table, _ = predicted(load, theta, SHARES)
    value = _matched(table.sum(axis=0), float(load.abandoned.sum()))
    low, high = _limits(load, table, value)
    note = "fewer agents and less patience look alike: 1 % of the agents is worth 5 to 22 % of the wait"
    method = "as many give up as did, by intervals of Erlang A"
    share = graded(value, low, high, method=method, n=gone, unit="abandonments", enough=LEAST_ABANDONS, note=note)
    share = share if share.known is Known.ASSUMED else Estimate(value, low, high, Known.RANGE, method, gone, "abandonments", note)
    if not together:
        return Free(share)
    peak = int(np.argmax(load.abandoned))
    worse = condition(theta, max(load.agents[peak] * (1 - value), 1.0), load.rate[peak], load.handle[peak])
    spread = math.exp(min(1.645 * worse / math.sqrt(gone), 1.0))
    method = "how many gave up and how long the answered waited, by intervals of Erlang A"
    found = Estimate(1 / theta, 1 / theta / spread, spread / theta, Known.RANGE, method, gone, "abandonments", note)
    return Free(share, found)


def _matched(by_share: Floats, observed: float) -> float:
    """The share under which the prediction, which grows with it, is what was observed."""
    return float(np.interp(observed, np.maximum.accumulate(by_share), SHARES))


def _limits(load: Load, table: Floats, value: float) -> tuple[float, float]:
    """90 % limits by drawing days anew, or intervals where there are few days; wider by the chance of few abandonments."""
    days, place = np.unique(load.day, return_inverse=True)
    groups = place.reshape(-1) if len(days) >= 5 else np.arange(len(load))
    n = int(groups.max()) + 1
    sums = np.zeros((n, table.shape[1]))
    np.add.at(sums, groups, table)
    observed = np.bincount(groups, load.abandoned, n)
    chance = np.random.Generator(np.random.PCG64(20))
    drawn = chance.integers(0, n, (BOOTSTRAPS, n))
    found = [_matched(sums[d].sum(axis=0), float(observed[d].sum())) for d in drawn]
    low, high = np.quantile(found, (0.05, 0.95))
    return min(float(low), value), max(float(high), value)


def _theta_of_both(load: Load, start: float) -> float:
    """The hazard of giving up under which, with the share not free that it implies, the answered wait as long as they did."""
    from scipy.optimize import brentq

    busiest = thinned(load)
    coarse = SHARES[::3]
    target = float(busiest.answer_wait.sum())

    def miss(log_theta: float) -> float:
        gone, waits = predicted(busiest, math.exp(log_theta), coarse)
        share = float(np.interp(busiest.abandoned.sum(), np.maximum.accumulate(gone.sum(axis=0)), coarse))
        return math.log(max(float(np.interp(share, coarse, waits.sum(axis=0))), 1e-6) / target)

    low, high = math.log(start / 30), math.log(start * 30)
    try:
        return math.exp(float(brentq(miss, low, high, xtol=0.01)))
    except ValueError:
        return start
