"""A question that is no part of the package, importable by worker processes: how long may talk take until too many hang up?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulator.experiment.question import Findings, Found, Plan, Question, Task, questions, worlds_of
from simulator.experiment.task import Leaf
from simulator.model.distributions import Exponential
from simulator.model.world import Model
from simulator.records.run import Run
from simulator.scenario import Scenario, lower
from simulator.vocabulary import Outcome

STEPS = 3


@dataclass(frozen=True)
class Stretched(Mapping[str, Model]):
    """The model with longer talk, by the factor; nobody knows beforehand which will be asked for."""

    model: Model

    def __getitem__(self, point: str) -> Model:
        needs = tuple(replace(need, talk_time=Exponential(need.talk_time.mean * float(point))) for need in self.model.needs)
        return replace(self.model, needs=needs)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@dataclass(frozen=True, kw_only=True)
class Longest(Findings):
    factor: float
    shares: tuple[tuple[str, float], ...]


@questions.register("longest-talk")
@dataclass(frozen=True, kw_only=True)
class LongestTalk(Question):
    """Bisection: each step brings a model that nobody has simulated before."""

    most: float = 0.1

    def plan(self, scenario: Scenario) -> Plan:
        return Plan(scenario, Stretched(lower(scenario)))

    def next(self, plan: Plan, found: Found) -> Sequence[Task]:
        steps = list(self.steps(found))
        return () if len(steps) > STEPS else worlds_of(range(self.replications), (f"{self.middle(found):g}",))

    def leave(self, run: Run, model: Model) -> Leaf:
        return (f"{np.mean(run.ledger.outcome == Outcome.ABANDONED):.9f}".encode(),)

    def judge(self, plan: Plan, found: Found) -> Longest:
        return Longest(
            scenario=plan.scenario, question=self, asked=len(found.tasks), replications=sum(len(found.finished(p)) for p in found.points),
            failures=found.failures, interrupted=found.interrupted, effort=found.journal.effort, factor=self.middle(found),
            shares=tuple(self.steps(found)),
        )  # fmt: skip

    def command(self, scenario: Scenario) -> str:
        return f"longest-talk {scenario.path}"

    def steps(self, found: Found) -> Iterator[tuple[str, float]]:
        for point in found.points:
            leaves = found.leaves(point)
            if len(leaves) == len(found.asked(point)):
                yield point, float(np.mean([float(leaf[0]) for leaf in leaves.values()]))

    def middle(self, found: Found) -> float:
        low, high = 0.25, 4.0
        for point, share in self.steps(found):
            low, high = (float(point), high) if share <= self.most else (low, float(point))
        return (low + high) / 2
