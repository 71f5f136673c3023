"""When people first want to call: arrival instants by inversion of the cumulative rate, one uniform each.

Inversion, not thinning: the arrival stream grows monotonely with the rate and stays aligned between variants.
"""

from __future__ import annotations

import math

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


def profile_arrivals(profile: Profile, streams: Streams) -> tuple[Floats, Floats | None]:
    """Arrival instants and the talk factor of each arrival, where there is one; both of shape (n,).

    A day's busyness is a gamma factor of mean 1 and coefficient of variation ``day_cv`` (over-dispersed counts:
    Avramidis, Deslauriers, L'Ecuyer 2004). The rate is constant within an interval.
    """
    edges = np.asarray(profile.edges, dtype=np.float64)
    expected = np.asarray(profile.expected, dtype=np.float64)
    if profile.day_cv > 0:
        days = np.searchsorted(np.asarray(profile.days, dtype=np.float64), edges[:-1], side="right")
        expected = expected * busyness(streams, profile.name, profile.day_cv, int(days.max()) + 1)[days]
    cumulative = np.concatenate(([0.0], np.cumsum(expected)))
    epochs = unit_epochs(streams, f"{profile.name}/arrivals", float(cumulative[-1]))
    interval = piece_of(cumulative[1:-1], epochs)
    within = (epochs - cumulative[interval]) / expected[interval]
    times = edges[interval] + within * (edges[interval + 1] - edges[interval])
    factors = np.asarray(profile.talk_factor, dtype=np.float64)[interval] if profile.talk_factor else None
    return times, factors


def busyness(streams: Streams, name: str, cv: float, days: int) -> Floats:
    """One gamma factor of mean 1 and coefficient of variation ``cv`` a day; shape (days,)."""
    from scipy.special import gammaincinv

    shape = 1.0 / cv**2
    return np.asarray(gammaincinv(shape, streams.uniforms(f"{name}/busyness", days)) / shape, dtype=np.float64)


def surge_arrivals(surge: Surge, streams: Streams, horizon: float) -> Floats:
    """Arrival instants of a rise, a plateau and a decay that halves every ``half_life``; shape (n,)."""
    rise = surge.peak * surge.rise / 2
    plateau = surge.peak * surge.hold
    decay = surge.half_life / math.log(2)
    total = rise + plateau + surge.peak * decay
    epochs = unit_epochs(streams, f"{surge.name}/arrivals", total)
    rising = surge.rise * np.sqrt(np.clip(epochs / rise, 0.0, 1.0)) if rise > 0 else np.zeros(len(epochs))
    holding = surge.rise + (epochs - rise) / surge.peak
    left = np.clip(1.0 - (epochs - rise - plateau) / (surge.peak * decay), SMALLEST, 1.0)
    falling = surge.rise + surge.hold - decay * np.log(left)
    times = surge.onset + np.where(epochs < rise, rising, np.where(epochs < rise + plateau, holding, falling))
    return times[times < horizon]
