"""Stability: whether the same alternative stays best in a larger or smaller surge, and with callers who wait longer or less long."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from simulator.model.distributions import Distribution
from simulator.model.ranges import Range
from simulator.model.world import Demand, Model, People, Profile, Surge
from simulator.statistics.ranking import Goal, Ranking, column, rank
from simulator.statistics.worlds import Worlds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.experiment.question import Found, Task

    Floats = NDArray[np.float64]

BETWEEN = "\0"
"""Stands between an alternative and the condition under which it is tried, in the name of a point."""
LESS_MORE = (0.8, 1.2)
"""Factors of the surge."""
SHORTER_LONGER = (0.67, 1.5)
"""Factors of patience."""
MOST = 6
"""Alternatives that are tried under other conditions: the best ones so far and the baseline."""


@dataclass(frozen=True)
class Stretched(Distribution):
    """``law`` with every duration ``factor`` times as long."""

    law: Distribution
    factor: float

    @property
    def mean(self) -> float:
        return self.law.mean * self.factor

    def quantile(self, u: Floats) -> Floats:
        return self.law.quantile(u) * self.factor


@dataclass(frozen=True)
class Standing:
    """One alternative under one condition, by the first goal."""

    alternative: str
    mean: float
    half_width: float
    rank: int
    best: bool  #: best, or tied with best


@dataclass(frozen=True)
class Condition:
    """How the alternatives stand under other assumptions, the best first."""

    name: str
    worlds: int
    standings: tuple[Standing, ...]


def conditions(model: Model) -> Mapping[str, Callable[[Model], Model]]:
    """What is changed, by its name: the crisis's own demand (all of it where nothing strikes), and patience."""
    surge = any(not isinstance(demand, Profile) for demand in model.demand)
    made: dict[str, Callable[[Model], Model]] = {}
    for factor in LESS_MORE:
        made[f"{'surge' if surge else 'demand'} × {factor:g}"] = partial(_surged, factor=factor, ordinary=not surge)
    for factor in SHORTER_LONGER:
        made[f"patience × {factor:g}"] = partial(_patient, factor=factor)
    return made


def judged(goal: Goal, tasks: Sequence[Task], found: Found) -> tuple[Condition, ...]:
    """The alternatives ranked by ``goal`` under each condition of the ``tasks``; one that fails under a condition does not stand there."""
    made = []
    points = tasks[0].points if tasks else ()
    failed = {failure.variant for failure in found.failures_of(tasks)}
    by_condition: dict[str, list[str]] = {}
    for point in points:
        by_condition.setdefault(point.partition(BETWEEN)[2], []).append(point)
    for condition, of_condition in by_condition.items():
        there = {}
        for point in of_condition:
            if point not in failed and found.finished(point):
                there[point.partition(BETWEEN)[0]] = Worlds(found.tallies([point])[point])
        ranking = rank(goal, {name: column(worlds, goal) for name, worlds in there.items()}) if there else None
        if ranking is not None:
            made.append(condition_of(condition, ranking))
    return tuple(made)


def condition_of(name: str, ranking: Ranking) -> Condition:
    """A ranking in few words."""
    standings = (Standing(s.alternative, s.mean, s.half_width, place, s.best) for place, s in enumerate(ranking.standings, 1))
    return Condition(name, ranking.worlds, tuple(standings))


def chosen(names: Sequence[str], best_first: Sequence[str], baseline: str) -> tuple[str, ...]:
    """The alternatives that are tried under other conditions, in their order."""
    kept = {baseline, *[name for name in best_first if name != baseline][: MOST - 1]}
    return tuple(name for name in names if name in kept)


def _surged(model: Model, factor: float, *, ordinary: bool) -> Model:
    return replace(model, demand=tuple(_scaled(d, factor) if ordinary or not isinstance(d, Profile) else d for d in model.demand))


def _patient(model: Model, factor: float) -> Model:
    return replace(model, needs=tuple(replace(need, patience=Stretched(need.patience, factor)) for need in model.needs))


def _scaled(demand: Demand, factor: float) -> Demand:
    if isinstance(demand, People):
        return replace(demand, people=_times(demand.people, factor))
    if isinstance(demand, Surge):
        return replace(demand, peak=_times(demand.peak, factor))
    return replace(demand, expected=tuple(e * factor for e in demand.expected))


def _times(value: float, factor: float) -> float:
    if isinstance(value, Range):
        return Range(value * factor, value.low * factor, value.high * factor, value.name)
    return value * factor


def sized(model: Model, factor: float) -> Model:
    """The model with ``factor`` times the crisis's own demand, or all of it where nothing strikes."""
    return _surged(model, factor, ordinary=all(isinstance(demand, Profile) for demand in model.demand))
