"""A study: every variant over all replications, summarised and compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import CrisisError, Interrupted, UsageError
from simulator.experiment.pool import Progress, Replications, replicate_all
from simulator.experiment.result import Effort, Result
from simulator.scenario import Scenario, lower
from simulator.statistics.compare import compare
from simulator.statistics.summarise import summarise

if TYPE_CHECKING:
    from simulator.model.world import Model

ALL = "all"


class NothingFinished(CrisisError):
    """Every replication failed; the message carries the first failure with its seed."""


def variants_of(scenario: Scenario, asked: str | None) -> dict[str, Model]:
    """Lower the file as written (None), one variant, or all of them; raises UsageError where there is no such variant."""
    if asked is None:
        model = lower(scenario)
        return {model.variant: model}
    names = tuple(scenario.variant_names) if asked == ALL else (asked,)
    if not names:
        raise UsageError(f"{scenario.name} has no variants: run it without --variant")
    return {name: lower(scenario, name) for name in names}


def study(
    scenario: Scenario,
    models: dict[str, Model],
    *,
    replications: int,
    seed: int,
    jobs: int | None = None,
    records: Path | None = None,
    progress: Progress | None = None,
) -> Result:
    """Simulate ``models`` in ``replications`` worlds and summarise what is finished.

    Raises :class:`~simulator.errors.Interrupted` where the user stopped before the first replication was complete and
    :class:`NothingFinished` where none succeeded.
    """
    runs = replicate_all(tuple(models.values()), seed, replications, jobs, records, progress)
    if not runs.finished:
        if runs.interrupted:
            raise Interrupted("Interrupted before the first replication was complete: nothing was written.")
        raise NothingFinished(f"no replication finished; {runs.failures[0]}\n{runs.failures[0].traceback}".rstrip())
    baseline = _baseline(scenario, models)
    tallies = {name: [task.tallies[i] for task in runs.finished] for i, name in enumerate(models)}
    return Result(
        scenario=scenario,
        models=models,
        seed=seed,
        asked=replications,
        replications=len(runs.finished),
        summaries={name: summarise(model, tallies[name]) for name, model in models.items()},
        comparison=compare(models, tallies, baseline) if len(models) > 1 else None,
        baseline=baseline,
        failures=tuple(runs.failures),
        interrupted=runs.interrupted,
        effort=_effort(runs),
    )


def _baseline(scenario: Scenario, models: dict[str, Model]) -> str:
    """The variant that changes nothing, else the first."""
    if len(models) > 1:
        as_written = lower(scenario)
        for name, model in models.items():
            if replace(model, variant=as_written.variant) == as_written:
                return name
    return next(iter(models))


def _effort(runs: Replications) -> Effort:
    tasks = runs.finished
    return Effort(
        attempts=sum(t.attempts for t in tasks),
        drawing=sum(t.drawing for t in tasks),
        simulating=sum(t.simulating for t in tasks),
        tallying=sum(t.tallying for t in tasks),
    )
