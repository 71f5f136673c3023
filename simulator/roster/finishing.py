"""Finishing: abandons, exactly, where agents at the end of their shift finish the call in hand and go.

It holds where talk and patience are exponential with one mean: everybody in system leaves at one rate, answered or not, so that
their number is Poisson whatever the roster. Leavers who still talk serve those whom they serve and nobody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from simulator.roster.requirement import loads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PIECES, NODES = 6, 8
"""Of the integral over an interval, in pieces that grow: what leavers do shows at its beginning."""


@dataclass(frozen=True)
class Edge:
    """Staff around the start of an interval: ``before`` it, those of them who are ``leaving``, and ``after`` it."""

    before: int
    leaving: int
    after: int

    def __post_init__(self) -> None:
        if not 0 <= self.leaving <= self.before or self.after < self.before - self.leaving:
            raise ValueError(f"{self.leaving} of {self.before} cannot leave {self.after}")


@dataclass
class Day:
    """Arrivals by interval: ``rates`` a second, intervals of ``width`` seconds, talk and patience both of ``mean`` seconds."""

    rates: Sequence[float]
    width: float
    mean: float
    _start: list[float] = field(init=False, repr=False)
    _thinning: list[tuple[float, float, Floats]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        from scipy.stats import binom

        paths = loads(self.rates, self.width, self.mean, 1)
        self._start = [float(path[0]) for path in paths]
        most = max(float(paths.max()), max(self.rates) * self.mean)
        top = int(most + 10 * np.sqrt(most) + 20)
        counts = np.arange(top + 1)
        cuts = self.width * np.linspace(0.0, 1.0, PIECES + 1) ** 3
        nodes, weights = np.polynomial.legendre.leggauss(NODES)
        self._thinning = []
        for low, high in pairwise(cuts.tolist()):
            for node, weight in zip(nodes, weights, strict=True):
                after = low + (high - low) / 2 * (1 + node)
                stays = float(np.exp(-after / self.mean))
                self._thinning.append((stays, weight * (high - low) / 2, binom.pmf(counts[None, :], counts[:, None], stays)))

    def abandons(self, interval: int, edge: Edge) -> float:
        """The expected abandons of an interval."""
        from scipy.stats import poisson

        size = len(self._thinning[0][2])
        counts = np.arange(size)
        others = self._not_leaving(self._start[interval], edge, size)
        load = self.rates[interval] * self.mean
        short = np.maximum(np.arange(2 * size - 1) - edge.after, 0)
        found = 0.0
        for stays, weight, thinned in self._thinning:
            there = np.convolve(others @ thinned, poisson.pmf(counts, load * (1 - stays)))
            found += weight * float(there @ short)
        return found / self.mean

    def share(self, interval: int, edge: Edge) -> float:
        """The share of an interval's contacts that abandon."""
        return self.abandons(interval, edge) / (self.rates[interval] * self.width)

    def shares(self, agents: Sequence[int], leaving: Sequence[int]) -> Floats:
        """The share that abandons in each interval, with so many ``agents`` in it and ``leaving`` at its start."""
        edges = [Edge(before, gone, now) for before, gone, now in zip([0, *agents], leaving, agents, strict=False)]
        return np.array([self.share(i, edge) for i, edge in enumerate(edges)])

    def over(self, agents: Sequence[int], leaving: Sequence[int]) -> float:
        """The share of all contacts that abandons."""
        weights = np.array(self.rates) / sum(self.rates)
        return float(self.shares(agents, leaving) @ weights)

    @staticmethod
    def _not_leaving(mean: float, edge: Edge, size: int) -> Floats:
        """How many of those in system are not with somebody who leaves: probabilities of 0 .. ``size`` - 1."""
        from scipy.stats import hypergeom, poisson

        there = poisson.pmf(np.arange(size), mean) if mean > 0 else np.eye(1, size)[0]
        if edge.leaving == 0:
            return np.asarray(there)
        made = np.zeros(size)
        full = min(edge.before, size)
        made[full - edge.leaving : size - edge.leaving] += there[full:]  # everybody is busy
        for number in range(full):
            with_leavers = np.arange(min(edge.leaving, number) + 1)
            made[number - with_leavers] += there[number] * hypergeom.pmf(with_leavers, edge.before, edge.leaving, number)
        return made
