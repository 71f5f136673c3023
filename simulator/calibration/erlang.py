"""Erlang A with any number of agents, whole or not, and its inversion: patience and agents from what callers met.

The formulas are those of Zeltyn and Mandelbaum (2005) for the M/M/n+G queue; Erlang B continues between whole numbers by the
incomplete gamma function. Rates are per second, durations in seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)
PIECES = 16


@dataclass(frozen=True)
class Met:
    """What callers meet in the steady state; waits in seconds."""

    abandoned: float  #: share of all
    waited: float  #: share of all who did not reach an agent at once
    asa: float  #: mean wait of the served
    in_time: float  #: share of all answered within the limit


def steady(rate: float, talk: float, theta: float, agents: float, within: float = 20.0) -> Met:
    """The M/M/n+M queue of ``agents`` > 0, whole or not, and patience of mean 1/``theta``."""
    inverse_b, scale, x, density = _density(rate, talk, theta, agents, within)
    weighed = density * np.exp(-theta * x)
    waits = rate * float(density.sum())
    total = inverse_b * scale + waits
    served = 1.0 - waits / total + rate * float(weighed.sum()) / total
    soon = x <= within
    in_time = 1.0 - waits / total + rate * float(weighed[soon].sum()) / total
    asa = rate * float((weighed * x).sum()) / total / served
    return Met(1.0 - served, waits / total, asa, in_time)


def _density(rate: float, talk: float, theta: float, agents: float, cut: float) -> tuple[float, float, Floats, Floats]:
    """The inverse of Erlang B of one agent less, the scale that it has beside the density, and nodes with their weighed density."""
    from scipy.special import gammaincc, gammaln

    load, less = rate * talk, agents - 1.0
    log_inverse = load - less * math.log(load) + float(gammaln(less + 1)) + math.log(max(float(gammaincc(less + 1, load)), 1e-300))

    def exponent(x: Floats) -> Floats:
        return np.asarray(-rate * np.expm1(-theta * x) / theta - agents * x / talk)

    peak = max(math.log(load / agents) / theta, 0.0)
    highest = max(float(exponent(np.array([peak]))[0]), log_inverse)
    end = max(cut, peak, talk / agents)
    while float(exponent(np.array([end]))[0]) - highest > -34:
        end *= 1.5
    cuts = np.unique(np.concatenate((_grown(0.0, cut), _grown(cut, max(end, cut * 1.001)), [peak] if 0 < peak < end else [])))
    half = np.diff(cuts)[:, None] / 2
    x = (cuts[:-1, None] + half * (1 + _NODES)).reshape(-1)
    weight = (half * _WEIGHTS).reshape(-1)
    return math.exp(log_inverse - highest), 1.0, x, np.exp(exponent(x) - highest) * weight


def _grown(low: float, high: float) -> Floats:
    return low + (high - low) * np.linspace(0.0, 1.0, PIECES + 1) ** 2


def inverted(abandoned: float, asa: float, rate: float, talk: float) -> tuple[float, float]:
    """The (theta, agents) under which a share ``abandoned`` gives up and the served wait ``asa`` on average; raises ValueError."""
    from scipy.optimize import root

    if not (0 < abandoned < 1 and asa > 0):
        raise ValueError("nobody gave up, or nobody waited")
    load = rate * talk

    def miss(point: Floats) -> list[float]:
        met = steady(rate, talk, math.exp(float(point[0])), max(math.exp(float(point[1])), 0.5))
        return [math.log(max(met.abandoned, 1e-12) / abandoned), math.log(max(met.asa, 1e-9) / asa)]

    for agents in (load * (1 - abandoned) + 0.3 * math.sqrt(load), load, load * (1 - abandoned)):
        found = root(miss, [math.log(abandoned / asa), math.log(agents)], tol=1e-10)
        if found.success and max(map(abs, miss(found.x))) < 1e-6:
            return math.exp(float(found.x[0])), math.exp(float(found.x[1]))
    raise ValueError("no number of agents and no patience give this")


def condition(theta: float, agents: float, rate: float, talk: float) -> float:
    """How much the inversion enlarges relative errors: the condition number of d(log P, log ASA) / d(log theta, log n)."""
    step = 1e-4

    def logs(t: float, n: float) -> Floats:
        met = steady(rate, talk, t, n)
        return np.log([met.abandoned, met.asa])

    by_theta = (logs(theta * math.exp(step), agents) - logs(theta * math.exp(-step), agents)) / (2 * step)
    by_agents = (logs(theta, agents * math.exp(step)) - logs(theta, agents * math.exp(-step))) / (2 * step)
    return float(np.linalg.cond(np.column_stack((by_theta, by_agents))))
