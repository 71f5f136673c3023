"""Recovery: how a level of performance comes back after the impact.

``start`` and ``end`` are the edges of consecutive stretches of time (seconds), ``level`` the performance in each. Resilience
loss follows Bruneau et al. 2003 (Earthquake Spectra 19(4)).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

HOLD = 1800.0
"""How long a level must be held to count as recovered, in seconds."""


def level(good: Floats, arrived: Floats) -> Floats:
    """``good / arrived`` by stretch. Where nobody arrived, the level of the stretch before holds; 0 before anybody did."""
    last = np.maximum.accumulate(np.where(arrived > 0, np.arange(len(arrived)), 0))
    return np.asarray(good[last] / np.maximum(arrived[last], 1.0))


def recovered_at(start: Floats, end: Floats, level: Floats, asked: float, hold: float = HOLD) -> float:
    """The first start of a stretch from which the level is at least ``asked`` for ``hold`` seconds; infinite if never."""
    for first, last in _stretches(level >= asked):
        if end[last] - start[first] >= hold - 1e-9:
            return float(start[first])
    return float("inf")


def longest_below(start: Floats, end: Floats, level: Floats, asked: float) -> float:
    """The longest stretch of time with the level below ``asked``, in seconds."""
    return max((float(end[last] - start[first]) for first, last in _stretches(level < asked)), default=0.0)


def share_above(start: Floats, end: Floats, level: Floats, asked: float) -> float:
    """The share of time with the level at or above ``asked``; NaN where there is no time."""
    width = end - start
    total = float(width.sum())
    return float(width[level >= asked].sum()) / total if total > 0 else float("nan")


def loss(start: Floats, end: Floats, level: Floats) -> float:
    """Resilience loss: the integral of 1 - level, in seconds."""
    return float(((1.0 - level) * (end - start)).sum())


def _stretches(holds: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last index of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], holds, [False])).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]
