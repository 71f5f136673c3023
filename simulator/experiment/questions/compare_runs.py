"""Finished runs side by side: what they found becomes a comparison, and nothing is simulated.

Runs of one seed with the same customers are compared world by world. Others are compared all the same, as the independent
samples that they are: an interval of the differences between any two of their worlds holds too, it is only wider.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from simulator.errors import UsageError
from simulator.experiment.journal import Journal
from simulator.experiment.question import Found, Plan, Task, questions, worlds_of
from simulator.experiment.questions.compare import Compare
from simulator.experiment.questions.run import Run
from simulator.experiment.task import Parcel, customers_of
from simulator.scenario import Scenario, lower
from simulator.scenario.alternatives import alternatives

if TYPE_CHECKING:
    from simulator.experiment.kept import Finished


class Named(Plan):
    """Points are known by their names: the same model may stand in two runs, with worlds of its own in each."""

    def digest(self, point: str) -> str:
        return point


@questions.register("compare-runs")
@dataclass(frozen=True, kw_only=True)
class CompareRuns(Compare):
    """Which variant of finished runs is best; there is nothing to simulate."""

    stability: int = 0
    runs: tuple[str, ...] = ()  #: the names of their folders
    worlds: tuple[int, ...] = ()  #: those that all of them have

    def plan(self, scenario: Scenario) -> Plan:
        return Named(scenario, super().plan(scenario).models)

    def next(self, plan: Plan, found: Found) -> Sequence[Task]:
        return () if found.tasks else worlds_of(self.worlds, tuple(plan.models))

    def extended(self, found: Found, more: int) -> Self:
        raise UsageError("finished runs side by side cannot be extended: extend the runs, and compare them again")

    def command(self, scenario: Scenario) -> str:
        return shlex.join(["crisis", "compare", *self.runs, *self._words()])


@dataclass(frozen=True)
class Variant:
    """One variant of a finished run, under the name that it has in the comparison."""

    name: str
    point: str
    found: Found
    scenario: Scenario  #: as it ran: the variant is the file

    @property
    def worlds(self) -> set[int]:
        return set(self.found.finished(self.point))


def side_by_side(
    runs: Mapping[Path, Finished], *, baseline: str = "", measures: Sequence[str] = ()
) -> tuple[Scenario, CompareRuns, Journal]:
    """The scenario whose variants are the runs, what is asked of them, and what they found.

    Raises UsageError where there are fewer than two, where they do not go together or have no world in common.
    """
    found = _all_of(runs)
    if len(found) < 2:
        raise UsageError(f"{found[0].name} alone has nothing to be compared with: name another run" if found else "no run is named")
    common = sorted(set.intersection(*(one.worlds for one in found)))
    if not common:
        raise UsageError("the runs have no replication in common: run one of them with more")
    made = replace(alternatives([one.scenario for one in found]), path=str(next(iter(runs))))
    models = [lower(made, name) for name in made.variant_names]
    same = len({one.found.seed for one in found}) == 1 and len({customers_of(model) for model in models}) == 1
    asked = CompareRuns(
        replications=len(common), seed=found[0].found.seed, baseline=baseline, measures=tuple(measures),
        runs=tuple(folder.name for folder in runs), worlds=tuple(common), paired=same,
    )  # fmt: skip
    journal = Journal.in_memory()
    for name, one in zip(made.variant_names, found, strict=True):
        leaves = one.found.leaves(one.point)
        for world in common:
            journal.append(Parcel(0, world, {name: leaves[world][:1]}))
    return made, asked, journal


def _all_of(runs: Mapping[Path, Finished]) -> list[Variant]:
    """Every variant of every run, called by its variant where that tells them apart, else by the run's folder, else by both."""
    parts = []
    for folder, run in runs.items():
        if not isinstance(run.question, Run):
            raise UsageError(f"{folder} answers `crisis {run.question.name}`; what can be compared are runs and comparisons")
        plan = run.question.plan(run.scenario)
        found = run.found(plan)
        failed = {failure.variant for failure in found.failures} if isinstance(run.question, Compare) else set()
        parts += [(folder, run, found, point) for point in plan.models if point not in failed]
    shortest = ([point for *_, point in parts], [f.name for f, *_ in parts], [f"{f.name}+{point}" for f, *_, point in parts])
    names = next((labels for labels in shortest if len(set(labels)) == len(labels)), [str(f) for f, *_ in parts])
    return [
        Variant(name, point, found, _as_ran(run.scenario, point, name))
        for name, (_, run, found, point) in zip(names, parts, strict=True)
    ]


def _as_ran(scenario: Scenario, variant: str, name: str) -> Scenario:
    tree = {key: value for key, value in scenario.variant_tree(variant).items() if key not in ("variants", "exercise")}
    return replace(scenario, tree=tree, path=name)
