"""Selecting the best of several alternatives: constants of the procedures, and the sequential one.

The best is the smallest mean here; turn the sign of what should be large. Sources: multiple comparisons with the best
under common random numbers, Nelson and Matejcik (Management Science 41, 1995); the fully sequential procedure for
terminating simulations, Kim and Nelson (ACM TOMACS 11, 2001); two-stage selection of independent alternatives, Rinott
(Communications in Statistics A7, 1978); optimal computing budget allocation, Chen and others (DEDS 10, 2000).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import scipy  # loads `special` when it is first asked for

from simulator.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ALPHA = 0.05
"""The probability of a wrong statement that every procedure keeps below."""
FIRST_STAGE = 20
"""Replications from which the sequential procedure estimates variances; fewer make it wasteful."""


@cache
def best_constant(alternatives: int, degrees: int) -> float:
    """The one-sided multivariate t quantile (correlation 1/2) of multiple comparisons with the best.

    ``alternatives`` k at least 2, ``degrees`` of freedom, (k - 1)(R - 1) under common random numbers.
    """

    def covered(g: float) -> float:
        s, of_s = _chi_nodes(degrees)
        z, of_z = _normal_nodes()
        inside: Floats = scipy.special.ndtr(np.sqrt(2.0) * g * s[:, None] + z[None, :]) ** (alternatives - 1)
        return float(of_s @ inside @ of_z)

    return _solve(covered, 1 - ALPHA, 12.0)


@cache
def rinott_constant(alternatives: int, first_stage: int) -> float:
    """Rinott's h: an alternative needs (h S / zone)^2 replications where worlds are independent."""
    degrees = first_stage - 1
    x, weight = _chi_nodes(degrees)
    spread = degrees * (1 / (degrees * x[:, None] ** 2) + 1 / (degrees * x[None, :] ** 2))

    def covered(h: float) -> float:
        inside: Floats = (scipy.special.ndtr(h / np.sqrt(spread)) @ weight) ** (alternatives - 1)
        return float(inside @ weight)

    return _solve(covered, 1 - ALPHA, 12.0)


def sequential_constant(alternatives: int, first_stage: int) -> float:
    """Kim and Nelson's h^2 = 2 eta (n0 - 1) with common random numbers allowed."""
    eta: float = 0.5 * ((2 * ALPHA / (alternatives - 1)) ** (-2 / (first_stage - 1)) - 1)
    return 2 * eta * (first_stage - 1)


def allocation(means: Floats, deviations: Floats, budget: float) -> Floats:
    """How a fixed budget of replications is best divided among independent alternatives (OCBA); shape (k,).

    Raises UsageError where two alternatives share the smallest mean: no budget tells them apart.
    """
    best = int(np.argmin(means))
    gap = means - means[best]
    others = np.arange(len(means)) != best
    if not (gap[others] > 0).all():
        raise UsageError("two alternatives have the same mean: no division of a budget can tell them apart")
    share = np.zeros(len(means))
    share[others] = (deviations[others] / gap[others]) ** 2
    share[best] = deviations[best] * np.sqrt(((share[others] / deviations[others]) ** 2).sum())
    made: Floats = budget * share / share.sum()
    return made


def quantile_ranks(n: int, share: float) -> tuple[int, int, float]:
    """Ranks (from 1) of the order statistics that enclose a quantile with 95 % confidence, and what they really cover.

    Rank 0 or n + 1 says that ``n`` values are too few for that side.
    """
    below = np.asarray(scipy.special.bdtr(np.arange(n + 1), n, share))  # P(at most k of n values lie below the quantile)
    low = int(np.searchsorted(below, ALPHA / 2, side="right"))
    high = int(np.searchsorted(below, 1 - ALPHA / 2, side="left")) + 1
    return low, high, float(below[high - 1] - (below[low - 1] if low else 0.0))


@dataclass(frozen=True)
class Selection:
    """How far sequential selection has come. Columns of the values it saw are alternatives in their order."""

    zone: float  #: the difference that does not matter, in the measure's unit
    left: tuple[int, ...]  #: alternatives still in, in their order
    out_after: tuple[int, ...]  #: by alternative, the replication after which it was out; 0 for those still in
    replications: int  #: after which the last decision fell, or that were seen

    @property
    def decided(self) -> bool:
        return len(self.left) == 1


def select(values: Floats, zone: float, first_stage: int = FIRST_STAGE) -> Selection:
    """Kim and Nelson's procedure on ``values`` (R, k), rows in the order of replications; small is good.

    An alternative's column may end in NaN after the replication at which it was out. With probability 95 % the one that
    is left is the best, if the best is better than all others by ``zone`` at least; else it is no worse by more than
    that. Raises UsageError for a zone of nothing or fewer rows than the first stage.
    """
    rows, k = values.shape
    if zone <= 0:
        raise UsageError("an indifference zone is larger than nothing")
    if rows < first_stage or first_stage < 2:
        raise UsageError(f"ranking needs at least {max(first_stage, 2)} replications to begin with, got {rows}")
    if k == 1:
        return Selection(zone, (0,), (0,), 0)
    first = values[:first_stage]
    centred = first[:, :, None] - first[:, None, :]
    variance = centred.var(axis=0, ddof=1)  # of the paired differences
    bound = sequential_constant(k, first_stage) * variance / zone**2
    out = [0] * k
    left = list(range(k))
    r = first_stage
    sums = first.sum(axis=0)
    while True:
        mine = sums[left]
        rivals = bound[np.ix_(left, left)]
        worse = mine[:, None] - mine[None, :] > np.maximum(0.0, zone / 2 * (rivals - r))
        still = [i for i, beaten in zip(left, worse.any(axis=1).tolist(), strict=True) if not beaten]
        if r > rivals.max():  # equal sums are all that can be left: the first of them is as good as any
            still = still[:1]
        for i in set(left) - set(still):
            out[i] = r
        left = still
        if len(left) == 1 or r == rows:
            return Selection(zone, tuple(left), tuple(out), r)
        sums = sums + values[r]
        r += 1


@cache
def _normal_nodes() -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.legendre.leggauss(96)
    z = 9.0 * nodes
    return z, 9.0 * weights * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)


@cache
def _chi_nodes(degrees: int) -> tuple[Floats, Floats]:
    """Nodes and weights of s = sqrt(chi^2 / degrees)."""
    low, high = (float(np.sqrt(scipy.special.chdtri(degrees, tail) / degrees)) for tail in (1 - 1e-13, 1e-13))
    nodes, weights = np.polynomial.legendre.leggauss(160)
    s = (low + high) / 2 + (high - low) / 2 * nodes
    half = degrees / 2
    density = np.exp(np.log(2) + half * np.log(half) - scipy.special.gammaln(half) + (degrees - 1) * np.log(s) - half * s * s)
    return s, (high - low) / 2 * weights * density


def _solve(covered: Callable[[float], float], level: float, high: float) -> float:
    low = 0.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if covered(middle) < level else (low, middle)
    return (low + high) / 2
