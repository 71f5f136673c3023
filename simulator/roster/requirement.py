"""Requirement: the fewest agents of one interval, by formulas that take it for stationary, or for Poisson in time.

Erlang C and A are those of :mod:`simulator.statistics.erlang`. The number in system with unlimited agents is Poisson
(Eick, Massey, Whitt 1993); the modified-offered-load requirement is a quantile of it (Jennings, Mandelbaum, Massey, Whitt 1996).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST = 100_000
"""Agents beyond which nobody looks for more."""


def loads(rates: Sequence[float], width: float, talk: float, points: int = 60, before: float = 0.0) -> Floats:
    """The mean number in system with unlimited agents, at ``points`` + 1 instants of each interval: (intervals, points + 1).

    ``rates`` (a second) are constant within intervals of ``width`` seconds, service takes ``talk`` on average and is exponential, and
    ``before`` are there at the start: m' = rate - m / talk, solved exactly.
    """
    within = np.linspace(0.0, width, points + 1) / talk
    made, now = [], before
    for rate in rates:
        path = rate * talk + (now - rate * talk) * np.exp(-within)
        made.append(path)
        now = float(path[-1])
    return np.array(made)


def quantile(mean: float, beyond: float) -> int:
    """The least s with P(N >= s) <= ``beyond``, where N is Poisson with this ``mean``."""
    from scipy.stats import poisson

    return int(poisson.isf(beyond, mean)) + 1 if beyond < 1 else 0


def excess(mean: Floats, agents: int) -> Floats:
    """The mean of (N - ``agents``)+ where N is Poisson with each ``mean``."""
    from scipy.special import gammaincc

    if agents <= 0:
        return np.asarray(mean - agents, dtype=np.float64)
    at_least, above = 1.0 - gammaincc(agents, mean), 1.0 - gammaincc(agents + 1, mean)  # P(N <= k) = Q(k + 1, m)
    return np.asarray(mean * at_least - agents * above, dtype=np.float64)


def abandoning(agents: int, rate: float, talk: float, patience: float) -> float:
    """The share of contacts that abandon in the stationary M/M/n+M queue: rates a second, means in seconds.

    Numbers in system by their birth-death balance, cut off where nobody ever is; exact for finite ``patience``.
    """
    if rate <= 0:
        return 0.0
    load = rate * talk
    logs, state, value, peak = [0.0], 0, 0.0, 0.0
    while value > peak - 40.0 or state < agents:
        state += 1
        leaving = min(state, agents) / talk + max(0, state - agents) / patience
        value += math.log(rate / leaving)
        peak = max(peak, value)
        logs.append(value)
        if state > MOST + 20 * load:
            break
    weights = np.exp(np.array(logs) - peak)
    waiting = np.maximum(np.arange(len(weights)) - agents, 0)
    return float((weights * waiting).sum() / weights.sum()) / patience / rate


def fewest(holds: Callable[[int], bool], start: int = 1, most: int = MOST) -> int | None:
    """The fewest agents for whom ``holds``, which more agents never break; None where ``most`` are not enough."""
    high = max(start, 1)
    while high <= most and not holds(high):
        high *= 2
    if high > most and not holds(most):
        return None
    low, high = 0, min(high, most)
    if holds(0):
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def agents_for_abandons(rate: float, talk: float, patience: float, share: float) -> int | None:
    """The fewest agents of a stationary interval with whom at most ``share`` of the contacts abandon (Erlang A)."""
    return fewest(lambda agents: abandoning(agents, rate, talk, patience) <= share, max(1, math.floor(rate * talk)))
