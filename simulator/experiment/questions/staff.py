"""``staff``: how many agents, where and when, so that targets hold, and how sure that is."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.errors import UsageError
from simulator.experiment.question import Findings, Found, Plan, Question, Task, nothing_finished, questions
from simulator.experiment.staff.leaf import leaf
from simulator.experiment.staff.progress import Progress, Wanted
from simulator.experiment.staff.rosters import Choices, Points, choices
from simulator.experiment.staff.search import Search
from simulator.experiment.staff.targets import BY, RUN, Target, cut, labels, targets
from simulator.scenario.scenario import lower

if TYPE_CHECKING:
    from simulator.experiment.task import Leaf
    from simulator.model.world import Model
    from simulator.records.run import Run
    from simulator.scenario import Scenario

COMMON = 40
"""Worlds on which rosters are judged, unless told otherwise; where means decide, as many as confirm."""
CONFIRM = 200
"""Fresh worlds that confirm the roster, unless told otherwise."""


@dataclass(frozen=True, kw_only=True)
class Answer(Findings):
    """What was found."""

    choices: Choices
    targets: tuple[Target, ...]
    progress: Progress
    search: Search

    @property
    def plan_holds(self) -> bool:
        """Whether there is a roster for all that was asked."""
        now = self.progress
        return now.best is not None and not now.impossible and not self.too_dear

    @property
    def too_dear(self) -> bool:
        return self.progress.best is not None and self.progress.best.cost > self.search.max_cost


@questions.register("staff")
@dataclass(frozen=True, kw_only=True)
class Staff(Question):
    """The cheapest roster with which all targets hold, in a share of the worlds or on average."""

    targets: tuple[str, ...] = ()
    probability: float | None = None  #: the share of worlds in which all must hold; None where means must
    by: str = RUN
    variant: str | None = None
    teams: tuple[str, ...] = ()
    max_cost: float = 0.0  #: 0 is any
    replications: int = CONFIRM  #: fresh worlds
    common: int = 0  #: worlds on which rosters are judged; 0 is the usual number

    def plan(self, scenario: Scenario) -> Plan:
        if self.by not in BY:
            raise UsageError(f"targets hold by {', '.join(BY)}, not by {self.by}")
        if self.probability is not None and not 0 < self.probability < 1:
            raise UsageError("the probability is more than 0% and less than 100%: no number of worlds shows that something always holds")
        if self.max_cost < 0:
            raise UsageError("a roster costs at least nothing")
        model = lower(scenario, self.variant)
        targets(self.targets, self.by, model)
        return Plan(scenario, Points(choices(scenario, self.variant, model, self.teams)))

    def next(self, plan: Plan, found: Found) -> Sequence[Task]:
        try:
            self.search(plan, found).run()
        except Wanted as wanted:
            tasks: Sequence[Task] = wanted.args[0]
            return tasks
        return ()

    def leave(self, run: Run, model: Model) -> Leaf:
        judged = cut(model, self.by)
        return leaf(run, judged, [(target.measure, target.scope) for target in targets(self.targets, self.by, model)])

    def search(self, plan: Plan, found: Found) -> Search:
        points = plan.models
        assert isinstance(points, Points)
        return Search(
            self.asked(points.choices), self.probability, self.judging, self.replications, points, found, self.max_cost or float("inf")
        )

    @property
    def judging(self) -> int:
        """Worlds on which rosters are judged."""
        return self.common or (min(COMMON, self.replications) if self.probability is not None else self.replications)

    def asked(self, made: Choices) -> tuple[Target, ...]:
        """The targets, with the names of their places."""
        return targets(self.targets, self.by, made.model, labels(made.scenario, made.model, self.by))

    def judge(self, plan: Plan, found: Found) -> Answer:
        search = self.search(plan, found)
        if not any(found.finished(point) for point in found.points):
            raise nothing_finished(found.failures)
        with suppress(Wanted):  # somebody interrupted: the best so far counts
            search.run()
        points = plan.models
        assert isinstance(points, Points)
        best = search.progress.best
        done = search.confirmed(best.point).worlds if best is not None and search.progress.confirmed == best.point else 0
        return Answer(
            scenario=plan.scenario, question=self, asked=self.replications if best is not None else 0, replications=done,
            failures=found.failures, interrupted=found.interrupted, effort=found.journal.effort, choices=points.choices,
            targets=search.targets if isinstance(search.targets, tuple) else tuple(search.targets), progress=search.progress, search=search,
        )  # fmt: skip

    def command(self, scenario: Scenario) -> str:
        words = ["crisis", "staff", str(scenario.path)]
        for text in self.targets:
            words += ["--target", text]
        words += ["--probability", f"{100 * self.probability:.10g}%"] if self.probability is not None else []
        words += ["--by", self.by] if self.by != RUN else []
        words += ["--variant", self.variant] if self.variant else []
        words += ["--teams", ",".join(self.teams)] if self.teams else []
        words += ["--max-cost", f"{self.max_cost:.10g}"] if self.max_cost else []
        words += ["--replications", str(self.replications), "--seed", str(self.seed)]
        for text in scenario.overrides:
            words += ["--set", text]
        return shlex.join(words)

    def extended(self, found: Found, more: int) -> Any:
        raise UsageError("a roster is not extended: ask again with more --replications")
