"""Ranking: alternatives in the same worlds by one goal after another, and what several goals say together.

A goal is a measure in a scope. Under common random numbers every statement is about paired differences:

- *best, or tied with best* are multiple comparisons with the best by paired t intervals, Bonferroni over the rivals
  (Edwards and Hsu 1983; Nelson and Matejcik 1995), valid whatever the correlations are; fewer than ten worlds say neither;
- one alternative *dominates* another where it is no worse in the mean of any goal and clearly better in one;
- *regret* is how far an alternative stays behind the best mean, in the goal's own unit. Goals are never added up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.controls import controlled
from simulator.statistics.estimation import jackknifed, mean_interval, per_run, t_quantile
from simulator.statistics.measures import in_words, measure_named
from simulator.statistics.selection import best_constant
from simulator.statistics.verdicts import LEAST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.statistics.summary import Scope
    from simulator.statistics.worlds import Worlds

    Floats = NDArray[np.float64]


FEW = 6
"""Alternatives up to which control variates sharpen every pair."""


@dataclass(frozen=True)
class Goal:
    """What alternatives are compared by. The measure has a better side."""

    measure: str
    scope: Scope

    @property
    def unit(self) -> str:
        return measure_named(self.measure).unit

    @property
    def better(self) -> str:
        return measure_named(self.measure).better

    @property
    def sign(self) -> float:
        """1 where less is better, -1 where more is: what is multiplied by it should be small."""
        return -1.0 if self.better == "higher" else 1.0

    def __str__(self) -> str:
        return in_words(self.measure, self.scope)


@dataclass(frozen=True)
class Column:
    """One alternative in one goal: the estimate, and values over worlds whose mean it is."""

    mean: float
    values: Floats  #: (R,), pseudo-values of a ratio of sums (jackknife); endless ones restricted to the run
    worlds: Floats  #: (R,), the measure in each world as it is shown: its own ratio; infinite where endless


@dataclass(frozen=True)
class Standing:
    """How one alternative stands in one goal."""

    alternative: str
    mean: float
    half_width: float  #: of the mean's own 95 % interval
    low: float  #: simultaneous interval of how far it is behind the best of the others, in the goal's unit; negative is ahead
    high: float
    best: bool  #: best, or tied with best
    wins: float  #: share of worlds in which no other alternative is better; ties are divided
    regret: float  #: distance from the best mean
    endless: float  #: share of worlds in which the measure is infinite


@dataclass(frozen=True)
class Ranking:
    """Alternatives in one goal, the best mean first. Equal means keep the order in which they were named."""

    goal: Goal
    worlds: int
    standings: tuple[Standing, ...]
    more: int | None  #: about how many worlds it takes to name one best, if means differ as they seem to; None where there is no telling

    @property
    def sure(self) -> bool:
        """Whether the worlds are enough to call anything the best, or tied with it."""
        return self.worlds >= LEAST

    @property
    def tied(self) -> tuple[str, ...]:
        """The best, and those that cannot be told apart from it; with too few worlds none can from any other."""
        return tuple(s.alternative for s in self.standings if s.best)

    def of(self, alternative: str) -> Standing:
        return next(s for s in self.standings if s.alternative == alternative)


def column(worlds: Worlds, goal: Goal) -> Column:
    """The values of ``goal``; raises UsageError where the measure does not exist in its scope."""
    measure = measure_named(goal.measure)
    y, x = worlds.figures(measure, goal.scope)
    if x is None:
        values = worlds.restricted(measure, goal.scope, y)
        return Column(float(mean_interval(values[:, None])[0][0]), values, y)
    ratio, moves = jackknifed(y[:, None], x[:, None])
    return Column(float(ratio[0]), ratio[0] + moves[:, 0], per_run(y, x))


def rank(goal: Goal, columns: Mapping[str, Column], known: Mapping[str, Floats] | None = None) -> Ranking | None:
    """Rank the alternatives over the worlds in which all are defined; None where there are none or but one alternative.

    ``known`` are control variates as :func:`~simulator.statistics.controls.known_of` gives them.
    """
    names = list(columns)
    values = np.column_stack([columns[name].values for name in names]) * goal.sign
    shown = np.column_stack([columns[name].worlds for name in names]) * goal.sign
    defined = ~np.isnan(values).any(axis=1)
    values, shown = values[defined], shown[defined]
    n, k = values.shape
    if n == 0 or k < 2:
        return None
    mean, half, _ = mean_interval(values)
    difference, reach = pairwise(values, known and {name: x[defined] for name, x in known.items()})
    low, high, may_be_best = distances(difference, reach if n >= LEAST else np.full_like(reach, np.nan))
    wins = _wins(shown)
    order = sorted(range(k), key=lambda i: (mean[i], i))
    least = mean[order[0]]
    standings = tuple(
        Standing(
            alternative=names[i],
            mean=float(mean[i] * goal.sign),
            half_width=float(half[i]),
            low=float(low[i]),
            high=float(high[i]),
            best=bool(may_be_best[i]),
            wins=float(wins[i]),
            regret=float(mean[i] - least),
            endless=float(np.isinf(shown[:, i]).mean()),
        )
        for i in order
    )
    tied = [i for i in order if may_be_best[i]]
    return Ranking(goal, n, standings, _more(values[:, tied]) if len(tied) > 1 else 0)


def distances(difference: Floats, reach: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Simultaneous 95 % intervals of how far each alternative is behind the best of the others; small is good.

    ``difference`` and ``reach`` are those of :func:`pairwise`. Also whether each may be the best; an upper end of 0 says
    that it is. Where nothing is known of a pair, ends are NaN and each may be.
    """
    if np.isnan(reach).any():
        nothing = np.full(len(difference), np.nan)
        return nothing, nothing, np.ones(len(difference), dtype=bool)
    rival = ~np.eye(len(difference), dtype=bool)
    low = np.where(rival, difference - reach, -np.inf).max(axis=1)
    high = np.where(rival, difference + reach, -np.inf).max(axis=1)
    return np.minimum(low, 0.0), np.maximum(high, 0.0), low <= 0


def pairwise(values: Floats, known: Mapping[str, Floats] | None = None) -> tuple[Floats, Floats]:
    """The mean of each column less each other one and the half-width of its interval, (k, k) both; ``values`` are (R, k).

    Half-widths are those of paired t intervals, Bonferroni over the k - 1 rivals of one; with what is ``known`` of the
    worlds, control variates sharpen them where alternatives are few. NaN with fewer than two rows.
    """
    n, k = values.shape
    difference, reach = _paired(values, k - 1)
    if n < 2 or known is None or k > FEW:
        return difference, reach
    for i in range(k):
        for other in range(i):
            found = controlled(values[:, i] - values[:, other], known, k - 1)
            difference[i, other], difference[other, i] = found.mean, -found.mean
            reach[i, other] = reach[other, i] = found.half_width
    return difference, reach


def reduction(ours: Column, base: Column) -> float:
    """How many times fewer worlds the pairs need than independent worlds would; infinite where nothing differs between worlds."""
    known = ~(np.isnan(ours.values) | np.isnan(base.values))
    a, b = ours.values[known], base.values[known]
    if len(a) < 2:
        return math.nan
    paired = float((a - b).var(ddof=1))
    apart = float(a.var(ddof=1) + b.var(ddof=1))
    return math.inf if paired == 0 else apart / paired


def dominators(goals: Sequence[Goal], columns: Sequence[Mapping[str, Column]]) -> dict[str, tuple[str, ...]]:
    """By alternative, those that dominate it, both in their order; ``columns`` by goal. Whom none does is in the Pareto set.

    Clearly better is by paired t intervals, Bonferroni over all pairs and goals.
    """
    names = list(columns[0])
    k = len(names)
    comparisons = max(1, k * (k - 1) * len(goals) // 2)
    no_worse, clearly = np.ones((k, k), dtype=bool), np.zeros((k, k), dtype=bool)
    for goal, of_goal in zip(goals, columns, strict=True):
        values = np.column_stack([of_goal[name].values for name in names]) * goal.sign
        values = values[~np.isnan(values).any(axis=1)]
        if len(values):  # a goal that is defined in no world says nothing
            difference, reach = _paired(values, comparisons)
            no_worse &= difference <= 0
            clearly |= (difference < -reach) & (len(values) >= LEAST)
    dominates = no_worse & clearly
    return {name: tuple(other for j, other in enumerate(names) if dominates[j, i]) for i, name in enumerate(names)}


def _paired(values: Floats, comparisons: int) -> tuple[Floats, Floats]:
    """The mean of each column less each other one, and the half-width of one of so many paired t intervals; (k, k) both."""
    n, k = values.shape
    mean = values.mean(axis=0)
    difference = mean[:, None] - mean[None, :]
    if n < 2:
        return difference, np.full((k, k), np.nan)
    spread = np.stack([(values - values[:, [i]]).std(axis=0, ddof=1) for i in range(k)])
    return difference, float(t_quantile(n - 1.0, comparisons)) * spread / math.sqrt(n)


def _wins(shown: Floats) -> Floats:
    """The share of rows in which each column is smallest; a row is divided among equals."""
    smallest = shown == shown.min(axis=1, keepdims=True)
    won: Floats = (smallest / smallest.sum(axis=1, keepdims=True)).mean(axis=0)
    return won


def _more(values: Floats) -> int | None:
    """Replications after which multiple comparisons with the best would name one, R = (g S / d)^2 (Nelson and Matejcik 1995)."""
    n, k = values.shape
    if n < 2:
        return None
    first, second = np.sort(values.mean(axis=0))[:2]
    centred = values - values.mean(axis=0) - values.mean(axis=1, keepdims=True) + values.mean()
    spread = math.sqrt(2 * float((centred**2).sum()) / ((k - 1) * (n - 1)))
    if second == first:
        return None
    needed = (best_constant(k, (k - 1) * (n - 1)) * spread / (second - first)) ** 2
    return max(math.ceil(needed), n + 1) if needed < 1e6 else None
