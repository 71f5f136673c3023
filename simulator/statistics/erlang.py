"""Erlang A: the queue with patience, its service level, and the fewest agents who keep a target.

Poisson arrivals, exponential talk and patience (Garnett, Mandelbaum, Reiman 2002; the formulas are those of Zeltyn and Mandelbaum
2005 for the M/M/n+G queue). Patience without end is Erlang C, patience of nothing Erlang B.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def served_within(agents: int, rate: float, talk: float, patience: float, within: float) -> float:
    """The probability that a contact is answered within ``within`` seconds in the M/M/n+M queue.

    ``rate`` in contacts a second, ``talk`` and ``patience`` are means in seconds (an infinite patience is allowed while the
    agents suffice, and one of 0). The density of the offered wait is integrated by Gauss-Legendre quadrature.
    """
    if agents == 0:
        return 0.0
    load = rate * talk
    if math.isinf(patience) and load >= agents:
        return 0.0
    steps = (agents - 1 - np.arange(agents - 1)) / load
    with np.errstate(over="ignore"):
        unblocked = 1.0 + float(np.cumprod(steps).sum())  # the inverse of Erlang B of one agent less; infinite where hardly anybody waits
    if patience <= 0.0:
        return 1.0 - 1.0 / (1.0 + agents / load * unblocked)
    theta = 0.0 if math.isinf(patience) else 1.0 / patience

    def exponent(x: Floats) -> Floats:
        hazard = rate * x if theta == 0.0 else -rate * np.expm1(-theta * x) / theta
        return np.asarray(hazard - agents * x / talk)

    peak = np.array([math.log(load / agents) * patience if load > agents else 0.0])  # in overload the density rises first
    highest = float(exponent(peak)[0])

    def density(x: Floats) -> Floats:
        return np.asarray(np.exp(exponent(x) - highest))

    end = max(within, float(peak[0]))
    while _hazard(end, rate, theta) - agents * end / talk - highest > FAINT:
        end = 2 * end + talk / agents
    x, weight = _nodes(0.0, within)
    soon = density(x) * weight
    later, weight = _nodes(within, end)
    patient = float((soon * np.exp(-theta * x)).sum())
    waits = rate * float(soon.sum() + (density(later) * weight).sum())
    total = unblocked * math.exp(-highest) + waits
    return 1.0 - waits / total + rate * patient / total


FAINT = math.log(1e-14)
"""The logarithm of a density, relative to its peak, beyond which nothing of the integral is left."""


def _hazard(x: float, rate: float, theta: float) -> float:
    """Contacts that come in ``x`` seconds and whose patience would last as long; it ends at the rate ``theta``."""
    return rate * x if theta == 0.0 else -rate * math.expm1(-theta * x) / theta


@lru_cache(maxsize=4096)  # variants share their demand
def agents_required(rate: float, talk: float, patience: float, share: float, within: float) -> int:
    """The fewest agents with whom at least ``share`` of the contacts are answered within ``within`` seconds."""
    if rate <= 0 or talk <= 0:
        return 0
    load = rate * talk
    step = max(1, round(math.sqrt(load) / 2))
    low = max(0, math.floor(load) - step)
    while low > 0 and served_within(low, rate, talk, patience, within) >= share:
        low = max(0, low - step)
        step *= 2
    high = low + step  # `low` is too few
    while served_within(high, rate, talk, patience, within) < share:
        low, high, step = high, high + 2 * step, 2 * step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if served_within(middle, rate, talk, patience, within) >= share else (middle, high)
    return high


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_CUTS = np.linspace(0.0, 1.0, 13) ** 3


def _nodes(low: float, high: float) -> tuple[Floats, Floats]:
    """Nodes and weights of an integral from ``low`` to ``high``, in pieces that grow: the functions here are steepest at first."""
    cuts = low + (high - low) * _CUTS
    half = np.diff(cuts)[:, None] / 2
    return cuts[:-1, None] + half * (1 + _NODES), half * _WEIGHTS
