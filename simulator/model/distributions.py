"""Distributions of durations: one grammar, one object a family, turned from uniforms by their inverse functions.

Every family is a frozen dataclass in seconds. ``quantile`` maps an array of uniforms in (0, 1) to an array of the same
shape; exactly one uniform makes one variate, so that two runs that differ elsewhere stay in step (common random numbers).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from simulator.model.registry import Registry
from simulator.model.units import Duration, Number, Share

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

families: Registry[Distribution] = Registry("distribution")


class Distribution:
    """A law of durations. ``mean`` is in seconds."""

    name: ClassVar[str]

    @property
    def mean(self) -> float:
        raise TypeError(f"{type(self).__name__} has no mean")

    @property
    def least(self) -> float:
        """Nothing takes less than this, in seconds."""
        return 0.0

    def quantile(self, u: Floats) -> Floats:
        raise TypeError(f"{type(self).__name__} has no quantile function")


@families.register("constant")
@dataclass(frozen=True)
class Constant(Distribution):
    """Always ``value`` seconds."""

    value: Duration

    @property
    def mean(self) -> float:
        return self.value

    @property
    def least(self) -> float:
        return float(getattr(self.value, "low", self.value))

    def quantile(self, u: Floats) -> Floats:
        import numpy as np

        return np.full(u.shape, float(self.value))


@families.register("exponential")
@dataclass(frozen=True)
class Exponential(Distribution):
    """Memoryless, with ``mean``."""

    mean_: Duration

    @property
    def mean(self) -> float:
        return self.mean_

    def quantile(self, u: Floats) -> Floats:
        import numpy as np

        spent: Floats = -np.log1p(-u)
        return self.mean_ * spent


@families.register("lognormal")
@dataclass(frozen=True)
class Lognormal(Distribution):
    """``exp`` of a normal variate, by its ``median`` and the ``sigma`` of its logarithm."""

    median: Duration
    sigma: Number

    @staticmethod
    def of_mean(mean: float, sd: float) -> Lognormal:
        """The law with this mean and standard deviation."""
        variance = math.log1p((sd / mean) ** 2)
        return Lognormal(mean * math.exp(-variance / 2), math.sqrt(variance))

    @property
    def mean(self) -> float:
        return self.median * math.exp(self.sigma**2 / 2)

    def quantile(self, u: Floats) -> Floats:
        import numpy as np
        from scipy.special import ndtri

        logarithm: Floats = ndtri(u)
        return self.median * np.exp(self.sigma * logarithm)


@families.register("gamma")
@dataclass(frozen=True)
class Gamma(Distribution):
    """Gamma law by ``shape`` and ``mean``."""

    shape: Number
    mean_: Duration

    @property
    def mean(self) -> float:
        return self.mean_

    def quantile(self, u: Floats) -> Floats:
        import numpy as np

        nodes, values, slopes = _gamma_table(float(self.shape))
        x = np.log(-np.log1p(-u))
        place = (x - nodes[0]) * ((len(nodes) - 1) / (nodes[-1] - nodes[0]))  # the nodes are even, up to rounding: no need to search
        below = np.clip(place.astype(np.intp), 0, len(nodes) - 2)
        below -= x < nodes[below]
        below += x >= nodes[below + 1]
        np.clip(below, 0, len(nodes) - 2, out=below)
        unit: Floats = slopes[below] * (x - nodes[below]) + values[below]
        return unit * (self.mean_ / self.shape)


@lru_cache(maxsize=64)  # the same in every world, unless the scenario gives a range
def _gamma_table(shape: float) -> tuple[Floats, Floats, Floats]:
    """Nodes, values, slopes: SciPy's inverse takes a microsecond a number, so it is read from a table (relative error below 2e-4)."""
    import numpy as np
    from scipy.special import gammaincinv

    nodes = np.geomspace(1e-17, 38.0, 4097)
    logs, values = np.log(nodes), gammaincinv(shape, -np.expm1(-nodes))
    with np.errstate(invalid="ignore"):  # far out there is nothing more to tell one node from the next
        return logs, values, np.diff(values) / np.diff(logs)


@families.register("weibull")
@dataclass(frozen=True)
class Weibull(Distribution):
    """Weibull law by ``shape`` and ``mean``; a shape below 1 has a falling hazard (the casual leave first)."""

    shape: Number
    mean_: Duration

    @property
    def mean(self) -> float:
        return self.mean_

    def quantile(self, u: Floats) -> Floats:
        import numpy as np

        scale = self.mean_ / math.gamma(1 + 1 / self.shape)
        spent: Floats = -np.log1p(-u)
        return scale * np.power(spent, 1 / self.shape)


@families.register("hyperexponential")
@dataclass(frozen=True)
class Hyperexponential(Distribution):
    """Exponential with mean ``first`` for a ``share`` of people, with mean ``second`` for the others."""

    share: Share
    first: Duration
    second: Duration

    @property
    def mean(self) -> float:
        return self.share * self.first + (1 - self.share) * self.second

    def quantile(self, u: Floats) -> Floats:
        import numpy as np

        # The inverse has no closed form: a first guess from a table of the cumulative hazard, then Newton steps on it.
        p, a, b = self.share, self.first, self.second
        spent: Floats = -np.log1p(-u)
        grid = np.geomspace(1e-9 * min(a, b), 60 * max(a, b), 2049)
        x: Floats = np.interp(spent, -np.log(p * np.exp(-grid / a) + (1 - p) * np.exp(-grid / b)), grid)
        for _ in range(3):
            first, second = p * np.exp(-x / a), (1 - p) * np.exp(-x / b)
            hazard = (first / a + second / b) / (first + second)
            x = np.maximum(x - (-np.log(first + second) - spent) / hazard, 0.0)
        return x


@families.register("empirical")
@dataclass(frozen=True)
class Empirical(Distribution):
    """The given ``values``, each equally likely, linear between neighbours."""

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        ordered = sorted(self.values)
        if len(ordered) == 1:
            return ordered[0]
        return sum((a + b) / 2 for a, b in itertools.pairwise(ordered)) / (len(ordered) - 1)

    @property
    def least(self) -> float:
        return min(self.values)

    def quantile(self, u: Floats) -> Floats:
        import numpy as np

        ordered = np.sort(np.asarray(self.values, dtype=np.float64))
        return np.interp(u, np.linspace(0.0, 1.0, len(ordered)), ordered)


@families.register("hazard")
@dataclass(frozen=True)
class PiecewiseHazard(Distribution):
    """Constant hazard ``rates`` (per second) between ``edges`` (seconds, from 0); the last rate lasts for ever."""

    edges: tuple[float, ...]
    rates: tuple[float, ...]

    @property
    def least(self) -> float:
        return next(edge for edge, rate in zip(self.edges, self.rates, strict=True) if rate > 0)

    def _cumulative(self) -> list[float]:
        sums = [0.0]
        for i in range(1, len(self.edges)):
            sums.append(sums[-1] + self.rates[i - 1] * (self.edges[i] - self.edges[i - 1]))
        return sums

    @property
    def mean(self) -> float:
        total = 0.0
        for i, (start, spent) in enumerate(zip(self.edges, self._cumulative(), strict=True)):
            rate = self.rates[i]
            alive = math.exp(-spent)
            if i + 1 < len(self.edges):
                width = self.edges[i + 1] - start
                total += alive * (-math.expm1(-rate * width) / rate if rate > 0 else width)
            else:
                total += alive / rate
        return total

    def quantile(self, u: Floats) -> Floats:
        import numpy as np

        spent = -np.log1p(-u)
        sums = np.asarray(self._cumulative())
        edges = np.asarray(self.edges)
        inside = np.interp(spent, sums, edges)
        beyond = edges[-1] + (spent - sums[-1]) / self.rates[-1]
        result: Floats = np.where(spent > sums[-1], beyond, inside)
        return result


def technion_patience() -> PiecewiseHazard:
    """Patience of a bank's callers, 1999: the hazard falls with time and rises around announcements.

    Hazard by Kaplan-Meier over queued calls of the Technion "Anonymous Bank" data (A. Mandelbaum and colleagues).
    """
    edges = (0.0, 5.0, 10.0, 20.0, 40.0, 55.0, 60.0, 65.0, 80.0, 120.0, 180.0, 240.0, 300.0, 420.0)
    rates = (0.00197, 0.00432, 0.00461, 0.00266, 0.00278, 0.00418, 0.0033, 0.00272, 0.00213, 0.00198, 0.00167, 0.0014, 0.00123, 0.00125)
    return PiecewiseHazard(edges, rates)


named_laws = {"technion-1999": technion_patience}
"""Laws that ship by name."""
