"""A study: every variant over all replications, summarised and compared."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import CrisisError, Interrupted
from simulator.experiment import goals
from simulator.experiment.pool import Progress, Replications, replicate_all
from simulator.experiment.request import Request
from simulator.experiment.result import Effort, Result
from simulator.experiment.variants import baseline_of, variants_of
from simulator.scenario import Scenario
from simulator.statistics.compare import compare
from simulator.statistics.precision import Reached, reached
from simulator.statistics.summarise import summarise
from simulator.statistics.worlds import Worlds

if TYPE_CHECKING:
    from simulator.experiment.archive import Archive
    from simulator.model.world import Model
    from simulator.statistics.tally import Tally

BATCH = 10
"""Replications added at a time until the precision is reached: whether to stop is decided between batches only, so that it
depends on the worlds and never on the number of processes."""

Tallies = dict[str, list["Tally"]]


class NothingFinished(CrisisError):
    """Every replication failed; the message carries the first failure with its seed."""


def models_of(scenario: Scenario, request: Request) -> dict[str, Model]:
    """The models that ``request`` asks for, with its pass marks. Raises UsageError for what does not exist."""
    models = goals.marked(variants_of(scenario, request.variant), request.thresholds, own=request.own_thresholds)
    for text in request.precision:
        for model in models.values():
            goals.precision(text, model)
    return models


def study(
    scenario: Scenario,
    models: dict[str, Model],
    request: Request,
    *,
    jobs: int | None = None,
    records: Path | None = None,
    progress: Progress | None = None,
    earlier: Archive | None = None,
) -> Result:
    """Simulate ``models`` in the worlds of ``request`` and summarise what is finished.

    With ``earlier`` its worlds are taken as they are, and only those that it lacks are simulated. Raises
    :class:`~simulator.errors.Interrupted` where the user stopped before the first replication was complete and
    :class:`NothingFinished` where none succeeded.
    """
    tallies: Tallies = {name: list(earlier.tallies[name]) if earlier else [] for name in models}
    done = {t.replication for t in next(iter(tallies.values()))}
    runs = Replications(request.replications)
    lacking = (number for number in count() if number not in done)
    size = request.replications - len(done)
    while size > 0:
        before, asked = runs.asked - size, runs.asked
        numbers = list(islice(lacking, size))
        batch = replicate_all(tuple(models.values()), seed=request.seed, numbers=numbers, jobs=jobs, records=records,
                              progress=None if progress is None else _offset(progress, before, asked))  # fmt: skip
        runs.take(batch)
        for task in batch.finished:
            for name, tally in zip(models, task.tallies, strict=True):
                tallies[name].append(tally)
        if runs.interrupted or runs.failures or all(r.enough for r in _reached(models, tallies, request)):
            break
        size = min(BATCH, request.max_replications - runs.asked)
        runs.asked += max(size, 0)
    for found in tallies.values():
        found.sort(key=lambda t: t.replication)
    if not next(iter(tallies.values())):
        if runs.interrupted:
            raise Interrupted("Interrupted before the first replication was complete: nothing was written.")
        raise NothingFinished(f"no replication finished; {runs.failures[0]}\n{runs.failures[0].traceback}".rstrip())
    return _result(scenario, models, request, tallies, runs)


def recall(archive: Archive) -> Result:
    """The result of a finished run, without simulating anything."""
    models = models_of(archive.scenario, archive.request)
    tallies = {name: list(archive.tallies[name]) for name in models}
    runs = Replications(archive.asked, failures=list(archive.failures), interrupted=archive.interrupted)
    return _result(archive.scenario, models, archive.request, tallies, runs)


def _result(scenario: Scenario, models: dict[str, Model], request: Request, tallies: Tallies, runs: Replications) -> Result:
    baseline = baseline_of(scenario, models)
    return Result(
        scenario=scenario,
        models=models,
        request=request,
        asked=runs.asked,
        replications=len(tallies[baseline]),
        summaries={name: summarise(model, tallies[name]) for name, model in models.items()},
        comparison=compare(models, tallies, baseline) if len(models) > 1 else None,
        baseline=baseline,
        tallies={name: tuple(found) for name, found in tallies.items()},
        precision=tuple(_reached(models, tallies, request)),
        failures=tuple(runs.failures),
        interrupted=runs.interrupted,
        effort=_effort(runs),
    )


def _reached(models: Mapping[str, Model], tallies: Mapping[str, Sequence[Tally]], request: Request) -> list[Reached]:
    """How far each wish for precision has come, in the variant that is furthest from it."""
    if not request.precision:
        return []
    worlds = {name: Worlds(found) for name, found in tallies.items() if found}
    every = [[reached(goals.precision(text, models[name]), name, w) for name, w in worlds.items()] for text in request.precision]
    return [max(of_variants, key=_distance) for of_variants in every if of_variants]


def _distance(found: Reached) -> float:
    return math.inf if math.isnan(found.half_width) else found.half_width


def _offset(progress: Progress, before: int, asked: int) -> Progress:
    """Progress of the whole, told by a batch that knows only itself."""

    def tell(done: int, _of_batch: int) -> None:
        progress(before + done, asked)

    return tell


def _effort(runs: Replications) -> Effort:
    tasks = runs.finished
    return Effort(
        attempts=sum(t.attempts for t in tasks),
        drawing=sum(t.drawing for t in tasks),
        simulating=sum(t.simulating for t in tasks),
        tallying=sum(t.tallying for t in tasks),
    )
