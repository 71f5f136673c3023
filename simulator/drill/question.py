"""``drill``: the decisions of a team, or the playbook, in one world, and the same decisions, and others, in many."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from simulator.drill.play import Drill, check, prepare
from simulator.drill.review import Review, review
from simulator.errors import Interrupted, UsageError
from simulator.experiment.packing import unpack
from simulator.experiment.question import Findings, Found, Plan, Question, Task, nothing_finished, questions, with_tuples, worlds_of
from simulator.experiment.questions.run import Run
from simulator.experiment.variants import DECLARED, baseline_of, variants_of
from simulator.scenario import Scenario, exercise_of
from simulator.scenario.decision_log import Decision, DecisionLog, Rating

if TYPE_CHECKING:
    from simulator.experiment.result import Result
    from simulator.model.exercise import Exercise
    from simulator.model.world import Model
    from simulator.records.run import LogEntry

TOLD = "as played, defaults so far: "
"""How the names of those points begin in which it is seen whether somebody answered in time."""


class Unseen(Exception):
    """What happens at a point must be seen first; the argument is its name."""


@dataclass(frozen=True, kw_only=True)
class Drilled(Findings):
    """A drill that was held; ``folder`` is None where nothing was written."""

    review: Review

    @property
    def result(self) -> Result:
        return self.review.result


@dataclass(frozen=True)
class Rehearsal(Plan):
    """The models of a drill: which responses are compared is known once it is known which defaults the facilitator took."""

    exercise: Exercise
    models: dict[str, Any]


@questions.register("drill")
@dataclass(frozen=True, kw_only=True)
class DrillQuestion(Question):
    """Plays in ``world``, as often as the facilitator takes another default there, and then tries every response in all worlds."""

    world: int = 0
    log: DecisionLog | None = None  #: None where the playbook plays
    events_list: tuple[str, str] | None = None  #: CSV text and file name of a list that takes the place of the exercise's own
    names: bool = False  #: whether the names in the log are printed beside the roles
    forms: tuple[str, ...] = ()  #: in which the report is written
    said_as: str = ""  #: the command that asks it, where somebody knows it

    def plan(self, scenario: Scenario) -> Rehearsal:
        if self.world >= self.replications:
            raise UsageError(f"the played world is number {self.world}: ask for at least {self.world + 1} replications")
        if self.log is not None:
            check(scenario, self.log)
        return Rehearsal(scenario, {}, exercise_in(scenario, self.events_list))

    def next(self, plan: Plan, found: Found) -> Sequence[Task]:
        assert isinstance(plan, Rehearsal)
        drill = self._drill(plan, found)
        if isinstance(drill, str):
            return () if drill in found.points else (Task(self.world, (drill,)),)
        names = self._responses(plan, drill)
        if names[0] in found.points:
            return ()
        return worlds_of((self.world, *(world for world in range(self.replications) if world != self.world)), names)

    def judge(self, plan: Plan, found: Found) -> Drilled:
        assert isinstance(plan, Rehearsal)
        drill = self._drill(plan, found)
        if isinstance(drill, str):
            if found.interrupted:
                raise Interrupted("Interrupted before the played world was simulated.")
            raise nothing_finished(found.failures)
        names = self._responses(plan, drill)
        tasks = [task for task in found.tasks if task.points == names]
        whole = found.whole(names)
        if self.world not in whole:
            if found.interrupted:
                raise Interrupted("Interrupted before the played world was simulated.")
            raise nothing_finished(found.failures)
        asked = Run(replications=self.replications, seed=self.seed, variant=DECLARED, plugins=self.plugins)
        models = {name: plan.models[name] for name in names}
        result = asked.result(drill.scenario, models, found.tallies(names, whole=True), found, tasks, baseline_of(drill.scenario, models))
        return Drilled(
            scenario=plan.scenario,
            question=self,
            asked=self.replications,
            replications=len(whole),
            failures=found.failures,
            interrupted=found.interrupted,
            effort=found.journal.effort,
            review=review(drill, result),
        )

    def _drill(self, plan: Rehearsal, found: Found) -> Drill | str:
        """The drill with every default that the facilitator took, or the name of the point that has to be seen before that is known."""
        told = 0

        def logbook(model: Model) -> Sequence[LogEntry]:
            nonlocal told
            point = f"{TOLD}{told}"
            plan.models[point] = model
            leaf = found.leaf(point, self.world) if point in found.points else None
            if leaf is None:
                raise Unseen(point)
            told += 1
            return unpack(leaf[0], model).log

        try:
            drill = prepare(plan.scenario, plan.exercise, self.log, seed=self.seed, world=self.world, logbook=logbook)
        except Unseen as unseen:
            return str(unseen)
        return replace(drill, events_list=self.events_list)

    def _responses(self, plan: Rehearsal, drill: Drill) -> tuple[str, ...]:
        """The names of what is compared, whose models ``plan`` then has."""
        names = tuple(drill.scenario.variant_names)
        if not all(name in plan.models for name in names):
            plan.models.update(variants_of(drill.scenario, DECLARED))
        return names

    def command(self, scenario: Scenario) -> str:
        if self.said_as:
            return self.said_as
        words = ["crisis", "drill", scenario.file]
        if self.log is not None:
            words += ["--log", Path(self.log.file).name]
        if self.events_list is not None:
            words += ["--events-list", Path(self.events_list[1]).name]
        words += ["--replications", str(self.replications), "--seed", str(self.seed), "--world", str(self.world)]
        for override in scenario.overrides:
            words += ["--set", override]
        return shlex.join([*words, "--names"] if self.names else words)

    def said(self) -> dict[str, Any]:
        found = {**vars(self), "log": None}
        if self.log is not None:
            found["log"] = {
                "file": Path(self.log.file).name,
                "decisions": [asdict(d) | {"parameters": dict(d.parameters)} for d in self.log.decisions],
                "ratings": {name: asdict(rating) for name, rating in self.log.ratings.items()},
                "seed": self.log.seed,
                "world": self.log.world,
            }
        return found

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        log = said["log"]
        if log is not None:
            ratings = {name: Rating(**rating) for name, rating in log["ratings"].items()}
            decisions = tuple(Decision(**decision) for decision in log["decisions"])
            log = DecisionLog(log["file"], decisions, ratings, log["seed"], log["world"])
        return cls(**with_tuples(said) | {"log": log})


def exercise_in(scenario: Scenario, events_list: tuple[str, str] | None = None) -> Exercise:
    """The exercise of a scenario; raises UsageError where it has none."""
    found = exercise_of(scenario, events_list)
    if found is None:
        raise UsageError(f"{scenario.path} has no exercise: add a section `exercise` (crisis explain exercise), or a file that extends it")
    return found
