"""A sample: many models in the same worlds, with nothing summarised but what somebody asks for."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.experiment.ask import gather
from simulator.experiment.journal import Journal
from simulator.experiment.pool import Progress, Runner, processes
from simulator.experiment.question import Plan, Question, nothing_finished
from simulator.experiment.task import Failure
from simulator.model.plugin import noted
from simulator.statistics.compare import paired
from simulator.statistics.worlds import Worlds

if TYPE_CHECKING:
    from simulator.model.world import Model
    from simulator.scenario import Scenario
    from simulator.statistics.measures import Measure
    from simulator.statistics.summary import Estimate, PairedDifference


@dataclass(frozen=True)
class Sample:
    """The worlds of each model by its name; all have the same replications, and one that failed singly is missing."""

    worlds: Mapping[str, Worlds]
    asked: int
    replications: int
    attempts: int  #: contact attempts simulated, of all models
    failures: tuple[Failure, ...] = ()
    interrupted: bool = False

    def estimate(self, model: str, measure: Measure, scope: Mapping[str, str]) -> Estimate:
        """One measure of one model."""
        return self.worlds[model].estimates(scope, [measure])[0]

    def difference(self, model: str, base: str, measure: Measure, scope: Mapping[str, str], comparisons: int = 1) -> PairedDifference:
        """``model`` less ``base`` in the same worlds."""
        return paired(model, self.worlds[model], self.worlds[base], measure, dict(scope), comparisons)


def again(verb: str, scenario: Scenario, replications: int, seed: int, options: Mapping[str, str | Sequence[str] | None]) -> str:
    """The command that gives the same results again, whether they came from the command line or from Python."""
    words = ["crisis", verb, scenario.file, "--replications", str(replications), "--seed", str(seed)]
    every = {**options, "--set": scenario.overrides, "--plugin": [plugin.partition(" ")[2] for plugin in noted()]}
    for option, given in every.items():
        for value in [given] if isinstance(given, str) else given or ():
            words += [option, value] if value else []
    return shlex.join(words)


def sample(
    models: Mapping[str, Model],
    *,
    seed: int,
    replications: int,
    jobs: int | None = None,
    progress: Progress | None = None,
    runner: Runner | None = None,
) -> Sample:
    """Simulate every model in the same worlds. A world in which one fails is left out.

    Ctrl-C keeps what is finished. Raises :class:`~simulator.errors.Interrupted` where that is nothing, and
    :class:`~simulator.experiment.question.NothingFinished` where every replication failed.
    """
    points = tuple(models)
    plan = Plan(None, models)  # type: ignore[arg-type]  # nobody asks for the scenario
    found = gather(Question(replications=replications, seed=seed), plan, Journal.in_memory(), runner or processes(jobs), progress)
    whole = found.whole(points)
    if not whole:
        raise nothing_finished(found.failures)
    tallies = found.tallies(points, whole=True)
    worlds = {name: Worlds(tallies[name]) for name in points}
    return Sample(worlds, replications, len(whole), found.journal.effort.attempts, found.failures, found.interrupted)
