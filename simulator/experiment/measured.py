"""Questions about a few measures: a world leaves these and nothing else, and models are compared in the worlds that all have."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.experiment.question import Found, Plan, Question, nothing_finished
from simulator.statistics.compare import paired
from simulator.statistics.recorded import Place, Recorded, place, record

if TYPE_CHECKING:
    from simulator.experiment.task import Leaf
    from simulator.model.world import Model
    from simulator.records.run import Run
    from simulator.scenario import Scenario
    from simulator.statistics.measures import Measure
    from simulator.statistics.summary import Estimate, PairedDifference

Goal = tuple["Measure", dict[str, str]]


@dataclass(frozen=True)
class Places:
    """What is sent to workers: the seed, and what a world leaves behind."""

    seed: int
    places: tuple[Place, ...]

    def leave(self, run: Run, model: Model) -> Leaf:
        return (record(run, model, self.places),)


@dataclass(frozen=True)
class MeasuredPlan(Plan):
    """Models, and the measures that are asked about."""

    recorded: tuple[Place, ...]


@dataclass(frozen=True, kw_only=True)
class Measured(Question):
    """Asks for the measures of its plan, of every model in every world."""

    def leaving(self, plan: Plan) -> Places:
        assert isinstance(plan, MeasuredPlan)
        return Places(self.seed, plan.recorded)

    def again(self, scenario: Scenario, options: Mapping[str, str | Sequence[str] | None]) -> str:
        """The command that gives the same results again, whether they came from the command line or from Python."""
        words = ["crisis", self.name, scenario.file, "--replications", str(self.replications), "--seed", str(self.seed)]
        every = {**options, "--set": scenario.overrides, "--plugin": [plugin.partition(" ")[2] for plugin in self.plugins]}
        for option, given in every.items():
            for value in [given] if isinstance(given, str) else given or ():
                words += [option, value] if value else []
        return shlex.join(words)


class Sample:
    """What the worlds recorded, of each model by its name; a world in which one failed is left out."""

    def __init__(self, plan: MeasuredPlan, found: Found) -> None:
        points = tuple(plan.models)
        self.whole = found.whole(points)
        if not self.whole:
            raise nothing_finished(found.failures)
        self.worlds: dict[str, Recorded] = {}
        for point in points:
            leaves = found.leaves(point)
            self.worlds[point] = Recorded(plan.recorded, {world: leaves[world][0] for world in self.whole})

    def estimate(self, model: str, measure: Measure, scope: Mapping[str, str]) -> Estimate:
        """One measure of one model."""
        return self.worlds[model].estimates(dict(scope), [measure])[0]

    def difference(self, model: str, base: str, measure: Measure, scope: Mapping[str, str], comparisons: int = 1) -> PairedDifference:
        """``model`` less ``base`` in the same worlds."""
        return paired(model, self.worlds[model], self.worlds[base], measure, dict(scope), comparisons)


def places_of(goals: Sequence[Goal]) -> tuple[Place, ...]:
    """What is recorded of goals, each once."""
    return tuple(dict.fromkeys(place(measure.name, scope) for measure, scope in goals))
