"""``run``: what happens, in one variant or in several on the same customers."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.experiment import goals
from simulator.experiment.contacts import rows_of
from simulator.experiment.question import MOST, Found, Plan, Question, Task, nothing_finished, questions, worlds_of
from simulator.experiment.result import Result
from simulator.experiment.variants import baseline_of, variants_of
from simulator.statistics.compare import compare
from simulator.statistics.precision import Reached, reached
from simulator.statistics.summarise import summarise
from simulator.statistics.worlds import Worlds

if TYPE_CHECKING:
    from simulator.experiment.packing import Tallies
    from simulator.experiment.task import Leaf
    from simulator.model.world import Model
    from simulator.records.run import Run as Played
    from simulator.scenario import Scenario
    from simulator.statistics.tally import Tally

BATCH = 10
"""Replications added at a time until the precision is reached: whether to stop is decided between batches only, so that it
depends on the worlds and never on the number of processes."""


@questions.register("run")
@dataclass(frozen=True, kw_only=True)
class Run(Question):
    """What happens. With a wish for precision, ``replications`` is how many there are to begin with."""

    variant: str | None = None  #: None is the file as written
    thresholds: tuple[str, ...] = ()  #: pass marks from outside
    own_thresholds: bool = True  #: whether the scenario's own pass marks count
    precision: tuple[str, ...] = ()
    max_replications: int = MOST
    records: bool = False

    def plan(self, scenario: Scenario) -> Plan:
        models = goals.marked(variants_of(scenario, self.variant), self.thresholds, own=self.own_thresholds)
        for text in self.precision:
            for model in models.values():
                goals.precision(text, model)
        return Plan(scenario, models)

    def next(self, plan: Plan, found: Found) -> Sequence[Task]:
        points = tuple(plan.models)
        if not found.tasks:
            return worlds_of(range(self.replications), points)
        if found.failures or all(r.enough for r in self.reached(plan.models, found.tallies(points))):
            return ()
        return self.more(found, points)

    def more(self, found: Found, points: tuple[str, ...]) -> Sequence[Task]:
        """The next batch of worlds; none where there are as many as may be."""
        done = len(found.tasks)
        return worlds_of(range(done, min(done + BATCH, self.max_replications)), points)

    def leave(self, run: Played, model: Model) -> Leaf:
        return (*super().leave(run, model), *([rows_of(run)] if self.records else []))

    def judge(self, plan: Plan, found: Found) -> Result:
        points = tuple(plan.models)
        if not found.whole(points):
            raise nothing_finished(found.failures)
        tallies = found.tallies(points, whole=True)
        return self.result(plan.scenario, plan.models, tallies, found, found.tasks, baseline_of(plan.scenario, plan.models))

    def result(
        self, scenario: Scenario, models: Mapping[str, Model], tallies: Tallies, found: Found, tasks: Sequence[Task], baseline: str
    ) -> Result:
        """What the ``tallies`` of ``models`` say, which some of the ``tasks`` have left."""
        summaries = {name: summarise(model, tallies[name]) for name, model in models.items()}
        return Result(
            scenario=scenario,
            question=self,
            asked=len(tasks),
            replications=max(summary.replications for summary in summaries.values()),
            failures=found.failures_of(tasks),
            interrupted=found.interrupted,
            effort=found.journal.effort,
            models=models,
            summaries=summaries,
            comparison=compare(models, tallies, baseline) if len(models) > 1 else None,
            baseline=baseline,
            tallies=tallies,
            precision=self.reached(models, tallies),
        )

    def reached(self, models: Mapping[str, Model], tallies: Mapping[str, Sequence[Tally]]) -> tuple[Reached, ...]:
        """How far each wish for precision has come, in the variant that is furthest from it."""
        if not self.precision:
            return ()
        found: list[list[Reached]] = [[] for _ in self.precision]
        for name, model in models.items():
            worlds = Worlds(tallies[name])
            for wish, text in zip(found, self.precision, strict=True):
                wish.append(reached(goals.precision(text, model), name, worlds))
        return tuple(max(of_variants, key=_distance) for of_variants in found)

    def command(self, scenario: Scenario) -> str:
        return self.worded(["crisis", "run", scenario.file], scenario, [] if self.variant is None else ["--variant", self.variant])

    def worded(self, words: list[str], scenario: Scenario, named: Sequence[str], *, several: bool = False) -> str:
        """The command of these ``words``, the usual options, and those that are ``named``."""
        words = [*words, "--replications", str(self.replications), "--seed", str(self.seed), *named]
        for option, texts in (("--set", scenario.overrides), ("--threshold", self.thresholds), ("--precision", self.precision)):
            for text in texts:
                words += [option, text]
        words += ["--max-replications", str(self.max_replications)] if self.precision or several else []
        for plugin in self.plugins:
            words += ["--plugin", plugin.partition(" ")[2]]
        words += [] if self.own_thresholds else ["--no-thresholds"]
        return shlex.join([*words, "--records"] if self.records else words)


def _distance(found: Reached) -> float:
    return math.inf if math.isnan(found.half_width) else found.half_width
