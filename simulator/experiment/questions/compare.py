"""``compare``: which alternative is best, how sure that is, who pays for it, and whether it holds under other conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulator.errors import CrisisError
from simulator.experiment import judging, stability
from simulator.experiment.question import STABILITY, Found, NothingFinished, Plan, StrategyFailed, Task, questions, worlds_of
from simulator.experiment.questions.run import Run
from simulator.experiment.variants import DECLARED, baseline_of

if TYPE_CHECKING:
    from simulator.experiment.result import Result
    from simulator.experiment.task import Failure
    from simulator.model.world import Model
    from simulator.scenario import Scenario


class Alternatives(dict[str, "Model"]):
    """The alternatives by name; each of them under another condition is made when somebody asks for it."""

    def __missing__(self, point: str) -> Model:
        name, between, condition = point.partition(stability.BETWEEN)
        if not between:
            raise KeyError(point)
        change = next(known[condition] for model in self.values() if condition in (known := stability.conditions(model)))
        return change(self[name])


@questions.register("compare")
@dataclass(frozen=True, kw_only=True)
class Compare(Run):
    """Which of the scenario's variants is best. An alternative that fails in some world is left out, and the others go on."""

    variant: str | None = DECLARED
    files: tuple[str, ...] = ()  #: beside the scenario's own
    strategies: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    vary: tuple[str, ...] = ()
    baseline: str = ""  #: the alternative that changes nothing, else the first
    measures: tuple[str, ...] = ()  #: the usual ones
    rank: str = ""  #: a measure and the difference that does not matter; nothing is ranked without
    stability: int = STABILITY  #: replications under each other condition, 0 for none
    paired: bool = True  #: whether the alternatives meet the same customers; finished runs may have worlds of their own

    def plan(self, scenario: Scenario) -> Plan:
        models = super().plan(scenario).models
        judging.check(self, models)
        return Plan(scenario, Alternatives(models))

    def next(self, plan: Plan, found: Found) -> Sequence[Task]:
        if not found.tasks:
            return worlds_of(range(self.replications), tuple(plan.models))
        if _conditions_of(found):
            return ()
        models = _sound(plan, found)
        if len(models) < 2 or not all(failure.variant for failure in found.failures):
            return ()
        tallies = found.tallies(tuple(models))
        left = judging.left(self, models, tallies)
        if (self.rank and len(left) > 1) or not all(r.enough for r in self.reached(models, tallies)):
            more = self.more(found, left)
            if more:
                return more
        return self._under_conditions(plan, models, found) if self.stability else ()

    def _under_conditions(self, plan: Plan, models: Mapping[str, Model], found: Found) -> Sequence[Task]:
        baseline = self._base(plan, models)
        ranking = judging.Field.of(self, models, found.tallies(tuple(models)), baseline).rankings[0]
        best = [standing.alternative for standing in ranking.standings]
        chosen = stability.chosen(tuple(models), best, baseline)
        conditions = stability.conditions(models[chosen[0]])
        points = tuple(f"{name}{stability.BETWEEN}{condition}" for condition in conditions for name in chosen)
        return worlds_of(range(self.stability), points)

    def _base(self, plan: Plan, models: Mapping[str, Model]) -> str:
        """With which of ``models`` the others are compared."""
        return self.baseline if self.baseline in models else baseline_of(plan.scenario, models)

    def judge(self, plan: Plan, found: Found) -> Result:
        models = _sound(plan, found)
        conditions = _conditions_of(found)
        tasks = found.tasks[: len(found.tasks) - len(conditions)]
        if len(models) < 2:
            raise nothing_to_compare(found.failures_of(tasks))
        result = self.result(plan.scenario, models, found.tallies(tuple(models)), found, tasks, self._base(plan, models))
        contest = judging.judge(result)
        return replace(result, contest=replace(contest, stability=stability.judged(contest.goals[0], conditions, found)))

    def command(self, scenario: Scenario) -> str:
        named = self._words() if self.stability == STABILITY else [*self._words(), "--stability", str(self.stability)]
        return self.worded(["crisis", "compare", scenario.file, *self.files], scenario, named, several=bool(self.rank))

    def _words(self) -> list[str]:
        """The options of the command line."""
        said: list[str] = []
        for option, listed in (("--strategies", self.strategies), ("--variants", self.variants)):
            said += [option, ",".join(listed)] if listed else []
        for option, texts in (("--vary", self.vary), ("--measure", self.measures)):
            for text in texts:
                said += [option, text]
        said += ["--baseline", self.baseline] if self.baseline else []
        said += ["--rank", self.rank] if self.rank else []
        return said


def _sound(plan: Plan, found: Found) -> dict[str, Model]:
    """The alternatives that have not failed in any world."""
    failed = {failure.variant for failure in found.failures}
    return {name: model for name, model in plan.models.items() if name not in failed}


def _conditions_of(found: Found) -> list[Task]:
    """The tasks under other conditions."""
    return [task for task in found.tasks if stability.BETWEEN in task.points[0]]


def nothing_to_compare(failures: Sequence[Failure]) -> CrisisError:
    """What to raise where fewer than two alternatives are left."""
    told = [next(f for f in failures if f.variant == name) for name in dict.fromkeys(f.variant for f in failures)]
    said = "there is nothing left to compare: an alternative that fails is left out\n" + "\n".join(f"failed: {f}" for f in told)
    if all(failure.of_strategy for failure in failures):
        return StrategyFailed(said)
    return NothingFinished(f"{said}\n{failures[0].traceback}".rstrip())
