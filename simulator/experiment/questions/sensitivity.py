"""What moves the answer: each assumption at the low and at the high end of its range, and where a plan stops paying.

One assumption at a time is held, on the same customers; the others are drawn in each world as ever, so that what is shown is
the effect amid everything else that nobody knows. Rank correlations come for free from the worlds in which all are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.errors import UsageError
from simulator.experiment.factors import Factor, factors_of, held
from simulator.experiment.goals import measure_in
from simulator.experiment.measured import Goal, Measured, MeasuredPlan, Sample, places_of
from simulator.experiment.question import Findings, Found, Plan, questions
from simulator.scenario import lower
from simulator.statistics.crossing import Crossing, crossings
from simulator.statistics.ranks import Correlation, rank_correlation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.model.world import Model
    from simulator.scenario import Scenario
    from simulator.statistics.measures import Measure
    from simulator.statistics.summary import Estimate, PairedDifference

USUAL = "people_never_served"
"""What is asked about where nobody says anything else, beside the measures of the file's pass marks."""
LEVELS = 5
"""Places of a range at which two plans are compared, its ends among them."""


@questions.register("sensitivity")
@dataclass(frozen=True, kw_only=True)
class Sensitivity(Measured):
    """What moves the answer: about which measures, of which variant, against which other one, over which assumptions."""

    measures: tuple[str, ...] = ()
    variant: str | None = None
    against: str | None = None
    factors: tuple[str, ...] = ()  #: none are all
    levels: int = LEVELS

    def plan(self, scenario: Scenario) -> Ends:
        model = lower(scenario, self.variant)
        goals = goals_of(model, self.measures)
        factors = factors_of(scenario, model, self.factors)
        against = None if self.against is None else lower(scenario, self.against)
        if against is not None:
            if against.variant == model.variant:
                raise UsageError(f"--against {against.variant}: that is the variant itself")
            silent = [measure.name for measure, _ in goals if measure.better == "none"]
            if silent:
                raise UsageError(f"`{silent[0]}` is neither better high nor better low: a plan cannot pay by it")
        places = _places(self.levels) if against is not None else (0.0, 1.0)
        models = {"": model}
        for factor in factors:
            for place in places:
                models[_held(factor, place)] = held(model, factor.name, place)
        if against is not None:
            models[_other()] = against
            for factor, place in _where_both_change(factors, places, against):
                models[_other(factor, place)] = held(against, factor.name, place)
        return Ends(scenario, models, places_of(goals), model, against, goals, factors)

    def judge(self, plan: Plan, found: Found) -> Drivers:
        assert isinstance(plan, Ends)
        worlds = Sample(plan, found)
        return Drivers(
            scenario=plan.scenario,
            question=self,
            asked=len(found.tasks),
            replications=len(worlds.whole),
            failures=found.failures,
            interrupted=found.interrupted,
            effort=found.journal.effort,
            variant=plan.model.variant,
            factors=plan.factors,
            tornados=tuple(_tornado(plan, goal, worlds, self.seed) for goal in plan.goals),
            break_evens=tuple(_break_evens(plan, worlds, _places(self.levels))),
        )

    def command(self, scenario: Scenario) -> str:
        return self.again(scenario, {
            "--variant": self.variant, "--measure": self.measures, "--against": self.against,
            "--levels": str(self.levels) if self.against else None, "--assumption": self.factors,
        })  # fmt: skip


@dataclass(frozen=True)
class Effect:
    """What one assumption does to one measure."""

    factor: Factor
    low: Estimate  #: the measure with the assumption at its low end
    high: Estimate
    swing: PairedDifference  #: high less low in the same worlds; ``half_width_all`` holds for all assumptions together
    correlation: Correlation  #: of the value drawn and the measure, over the worlds in which all assumptions are drawn


@dataclass(frozen=True)
class Tornado:
    """The effects of all assumptions on one measure, the largest swing first."""

    measure: Measure
    scope: Mapping[str, str]
    base: Estimate  #: with every assumption drawn
    effects: tuple[Effect, ...]


@dataclass(frozen=True)
class BreakEven:
    """Where along one assumption the plan is as good as the other one, by one measure."""

    measure: Measure
    scope: Mapping[str, str]
    factor: Factor
    places: tuple[float, ...]  #: of the range, 0 to 1
    differences: tuple[PairedDifference, ...]  #: plan less other plan, at each place
    crossings: tuple[Crossing, ...]  #: in places of the range

    @property
    def pays(self) -> tuple[bool, ...]:
        """At each place, whether the plan is better on average."""
        lower = self.measure.better == "lower"
        return tuple((d.mean < 0) == lower and d.mean != 0 for d in self.differences)

    @property
    def sure(self) -> tuple[bool, ...]:
        """At each place, whether the interval leaves no doubt which is better."""
        return tuple(abs(d.mean) > d.half_width for d in self.differences)


@dataclass(frozen=True, kw_only=True)
class Drivers(Findings):
    """The findings."""

    variant: str
    factors: tuple[Factor, ...]
    tornados: tuple[Tornado, ...]
    break_evens: tuple[BreakEven, ...]


@dataclass(frozen=True)
class Ends(MeasuredPlan):
    """The models by name, each with one assumption at a place of its range; the first is the variant as it is."""

    model: Model
    against: Model | None
    goals: tuple[Goal, ...]
    factors: tuple[Factor, ...]


def goals_of(model: Model, texts: Sequence[str]) -> tuple[Goal, ...]:
    """The measures asked about, or the usual one and those of the file's pass marks."""
    if texts:
        return tuple(measure_in(text, model) for text in texts)
    from simulator.statistics.measures import measure_named

    found: list[Goal] = [(measure_named(USUAL), {})]
    for mark in model.thresholds:
        goal = (measure_named(mark.measure), dict(mark.scope))
        if goal not in found:
            found.append(goal)
    return tuple(found)


def _tornado(asked: Ends, goal: Goal, worlds: Sample, seed: int) -> Tornado:
    measure, scope = goal
    drawn = _drawn(asked.model, seed, worlds.worlds[""].replications)
    outcome = _outcome(worlds, goal)
    effects = [
        Effect(
            factor=factor,
            low=worlds.estimate(_held(factor, 0.0), measure, scope),
            high=worlds.estimate(_held(factor, 1.0), measure, scope),
            swing=worlds.difference(_held(factor, 1.0), _held(factor, 0.0), measure, scope, len(asked.factors)),
            correlation=rank_correlation(drawn[factor.name], outcome),
        )
        for factor in asked.factors
    ]
    effects.sort(key=lambda e: -abs(e.swing.mean) if np.isfinite(e.swing.mean) else 0.0)
    return Tornado(measure, scope, worlds.estimate("", measure, scope), tuple(effects))


def _outcome(worlds: Sample, goal: Goal) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The measure in each world with everything drawn."""
    from simulator.statistics.estimation import per_run

    y, x = worlds.worlds[""].figures(*goal)
    return np.asarray(y if x is None else per_run(y, x))


def _drawn(model: Model, seed: int, replications: Sequence[int]) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """The value of each assumption in each world."""
    from simulator.workload.draw import assumed
    from simulator.workload.streams import Streams

    values = [assumed(model, Streams(seed, number)) for number in replications]
    return {name: np.array([value[name] for value in values]) for name in (values[0] if values else ())}


def _break_evens(asked: Ends, worlds: Sample, places: tuple[float, ...]) -> Iterator[BreakEven]:
    if asked.against is None:
        return
    for measure, scope in asked.goals:
        for factor in asked.factors:
            found = []
            for place in places:
                other = _other(factor, place) if _other(factor, place) in asked.models else _other()
                found.append(worlds.difference(_held(factor, place), other, measure, scope))
            mean, half = np.array([d.mean for d in found]), np.array([d.half_width for d in found])
            at = crossings(np.array(places), mean, half) if np.isfinite(mean + half).all() else ()
            yield BreakEven(measure, scope, factor, places, tuple(found), at)


def _places(levels: int) -> tuple[float, ...]:
    return tuple(i / (levels - 1) for i in range(levels))


def _where_both_change(factors: Sequence[Factor], places: Sequence[float], against: Model) -> Iterator[tuple[Factor, float]]:
    """Where the other plan has the assumption too."""
    from simulator.model.ranges import ranges_of

    shared = ranges_of(against)
    yield from ((factor, place) for factor in factors if factor.name in shared for place in places)


def _held(factor: Factor, place: float) -> str:
    return f"{factor.name} at {place:g}"


def _other(factor: Factor | None = None, place: float = 0.0) -> str:
    return "against" if factor is None else f"against, {_held(factor, place)}"
