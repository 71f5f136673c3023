"""Control variates: what is known about a world takes part of the noise out of a mean over worlds.

Where a range or a day's busyness was drawn in a world is known, and so is its mean over all worlds. A difference between
alternatives that follows such a draw is corrected for the worlds that happened to be drawn: D - beta (X - E X), with beta
by least squares (Lavenberg and Welch 1981). A control is used where it helps, which is asked of the data: its partial F
test must pass at 5 %, Bonferroni over the controls there are; else it would cost a degree of freedom for nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy  # loads `special` when it is first asked for

from simulator.model.ranges import ranges_of
from simulator.model.world import Profile
from simulator.statistics.estimation import LEVEL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.model.world import Model

    Floats = NDArray[np.float64]

WORLDS_EACH = 10
"""Replications that each control needs at least."""


@dataclass(frozen=True)
class Controlled:
    """A mean with its 95 % interval; ``controls`` are those used, by name, and ``explained`` their share of the variance."""

    mean: float
    half_width: float
    controls: tuple[str, ...] = ()
    explained: float = 0.0


def known_of(model: Model, seed: int, replications: Sequence[int]) -> Mapping[str, Floats]:
    """What is known about each world of ``model`` before it is simulated: by name (R,), less its mean over all worlds.

    Each range of the scenario and its square, and the busyness of the days of each ordinary demand.
    """
    from simulator.workload.arrivals import busyness
    from simulator.workload.draw import assumed
    from simulator.workload.streams import Streams

    streams = [Streams(seed, replication) for replication in replications]
    made: dict[str, Floats] = {}
    drawn = [assumed(model, of_world) for of_world in streams]
    for name, r in ranges_of(model).items():
        low, likely, high = r.low, r.likely, r.high
        if high > low:
            away = np.array([world[name] for world in drawn]) - (low + likely + high) / 3
            made[name] = away
            made[f"{name} squared"] = away**2 - (low**2 + likely**2 + high**2 - low * likely - low * high - likely * high) / 18
    for demand in model.demand:
        if isinstance(demand, Profile) and demand.day_cv > 0:
            day = np.searchsorted(np.asarray(demand.days), np.asarray(demand.edges[:-1]), side="right")
            expected = np.bincount(day, weights=np.asarray(demand.expected))
            factors = [busyness(of_world, demand.day_stream, demand.day_cv, len(expected)) for of_world in streams]
            name = f"busyness of {demand.busyness or demand.name}"
            made[name] = made.get(name, 0.0) + np.array(factors) @ expected - expected.sum()
    return made


def controlled(values: Floats, known: Mapping[str, Floats], comparisons: int = 1) -> Controlled:
    """The mean of ``values`` (R,) with the controls that help; without any it is the plain mean.

    The interval is one of ``comparisons`` that hold together (Bonferroni); NaN with fewer than two values.
    """
    n = len(values)
    if n < 2 or np.ptp(values) == 0:
        return Controlled(float(values[0]) if n else math.nan, 0.0 if n > 1 else math.nan)
    names: list[str] = []
    made = _fit(values, np.empty((n, 0)))
    least = made
    while len(names) < min(len(known), n // WORLDS_EACH) and made.left > 0:
        tried = {name: _fit(values, np.column_stack([known[c] for c in (*names, name)])) for name in known if name not in names}
        best = min(tried, key=lambda name: (tried[name].left, name))
        degrees = n - len(names) - 2
        gain = (made.left - tried[best].left) * degrees
        if gain <= scipy.special.fdtri(1, degrees, 1 - 0.05 / len(known)) * tried[best].left:
            break
        names.append(best)
        made = tried[best]
    explained = 1 - made.left / least.left if least.left > 0 else 0.0
    return Controlled(made.mean, made.half_width(comparisons), tuple(names), explained)


@dataclass(frozen=True)
class _Fit:
    mean: float
    left: float  #: the sum of squares that is left
    design: Floats  #: (R, 1 + c)

    def half_width(self, comparisons: int) -> float:
        """Of the mean's interval, one of so many that hold together."""
        degrees = self.design.shape[0] - self.design.shape[1]
        leverage = float(np.linalg.pinv(self.design.T @ self.design)[0, 0])
        quantile = float(scipy.special.stdtrit(float(degrees), 1 - (1 - LEVEL) / (2 * comparisons)))
        return quantile * math.sqrt(max(self.left, 0.0) / degrees * leverage)


def _fit(values: Floats, controls: Floats) -> _Fit:
    """Least squares on a constant and ``controls`` (R, c); the constant is the mean in the world of average controls."""
    scale = np.abs(controls).max(axis=0, initial=0.0)
    design = np.column_stack([np.ones(len(values)), controls / np.where(scale > 0, scale, 1.0)])
    solution = np.linalg.lstsq(design, values, rcond=None)[0]
    return _Fit(float(solution[0]), float(((values - design @ solution) ** 2).sum()), design)
