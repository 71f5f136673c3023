"""When people first want to call: arrival instants by inversion of the cumulative rate, one uniform each.

Inversion, not thinning: the arrival stream grows monotonely with the rate and stays aligned between variants.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.model.world import Profile, Surge
from simulator.workload.order import piece_of
from simulator.workload.streams import SMALLEST, Streams

Floats = NDArray[np.float64]


def unit_epochs(streams: Streams, name: str, total: float) -> Floats:
    """Epochs of a unit-rate Poisson process up to ``total``; shape (n,), increasing."""
    generator = streams.generator(name)
    size = int(total + 6 * math.sqrt(total) + 20)
    steps = -np.log(np.maximum(generator.random(size), SMALLEST))
    epochs = np.cumsum(steps)
    while epochs[-1] < total:
        more = -np.log(np.maximum(generator.random(size), SMALLEST))
        steps = np.concatenate((steps, more))
        epochs = np.cumsum(steps)
    return epochs[: np.searchsorted(epochs, total, side="left")]


@dataclass(frozen=True)
class Wave:
    """Demand over time in one replication: ``total`` people are expected, and each epoch from 0 to ``total`` has an instant.

    ``expected`` people of a profile come in each of its intervals, shape (intervals,): with the busyness of this world's days.
    """

    demand: Profile | Surge
    total: float
    expected: Floats

    def instants(self, epochs: Floats) -> tuple[Floats, Floats | None]:
        """The instant of each epoch, and the talk factor of each where there is one; both of shape (n,)."""
        if isinstance(self.demand, Surge):
            return _surge_instants(self.demand, epochs), None
        return _profile_instants(self.demand, self.expected, epochs)


def wave_of(demand: Profile | Surge, streams: Streams) -> Wave:
    """The wave of a demand entry in one replication.

    A day's busyness is a gamma factor of mean 1 and coefficient of variation ``day_cv`` (over-dispersed counts:
    Avramidis, Deslauriers, L'Ecuyer 2004).
    """
    if isinstance(demand, Surge):
        return Wave(demand, sum(_surge_parts(demand)), np.zeros(0))
    expected = np.asarray(demand.expected, dtype=np.float64)
    if demand.day_cv > 0:
        starts = np.asarray(demand.edges[:-1], dtype=np.float64)
        days = np.searchsorted(np.asarray(demand.days, dtype=np.float64), starts, side="right")
        expected = expected * busyness(streams, demand.day_stream, demand.day_cv, int(days.max()) + 1)[days]
    return Wave(demand, float(np.cumsum(expected)[-1]), expected)


def _profile_instants(profile: Profile, expected: Floats, epochs: Floats) -> tuple[Floats, Floats | None]:
    """The rate is constant within an interval."""
    edges = np.asarray(profile.edges, dtype=np.float64)
    cumulative = np.concatenate(([0.0], np.cumsum(expected)))
    interval = piece_of(cumulative[1:-1], epochs)
    within = (epochs - cumulative[interval]) / expected[interval]
    times = edges[interval] + within * (edges[interval + 1] - edges[interval])
    factors = np.asarray(profile.talk_factor, dtype=np.float64)[interval] if profile.talk_factor else None
    return times, factors


def busyness(streams: Streams, stream: str, cv: float, days: int) -> Floats:
    """One gamma factor of mean 1 and coefficient of variation ``cv`` a day, of the same quantile for all ``cv``; shape (days,)."""
    from scipy.special import gammaincinv

    shape = 1.0 / cv**2
    return np.asarray(gammaincinv(shape, streams.uniforms(stream, days)) / shape, dtype=np.float64)


def _surge_parts(surge: Surge) -> tuple[float, float, float]:
    """People expected during the rise, on the plateau and in the decay that halves every ``half_life``."""
    return surge.peak * surge.rise / 2, surge.peak * surge.hold, surge.peak * (surge.half_life / math.log(2))


def _surge_instants(surge: Surge, epochs: Floats) -> Floats:
    rise, plateau, falls = _surge_parts(surge)
    rising = surge.rise * np.sqrt(np.clip(epochs / rise, 0.0, 1.0)) if rise > 0 else np.zeros(len(epochs))
    holding = surge.rise + (epochs - rise) / surge.peak
    left = np.clip(1.0 - (epochs - rise - plateau) / falls, SMALLEST, 1.0)
    falling = surge.rise + surge.hold - (surge.half_life / math.log(2)) * np.log(left)
    return surge.onset + np.where(epochs < rise, rising, np.where(epochs < rise + plateau, holding, falling))
