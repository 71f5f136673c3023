"""A study: every variant over all replications, summarised and compared."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, islice
from typing import TYPE_CHECKING

from simulator.errors import CrisisError, Interrupted, UsageError
from simulator.experiment import goals, judging
from simulator.experiment.journal import Journal
from simulator.experiment.packing import Tallies
from simulator.experiment.pool import Progress, Runner, processes
from simulator.experiment.request import Request
from simulator.experiment.result import Result
from simulator.experiment.task import Effort, Failure, Parcel
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


@dataclass
class Ended:
    """How the simulating came to its end."""

    asked: int
    failures: list[Failure] = field(default_factory=list)
    interrupted: bool = False
    earlier: tuple[int, ...] = ()


class NothingToCompare(UsageError):
    """Users' own strategies failed in some world, and fewer than two alternatives are left."""


class NothingFinished(CrisisError):
    """Every replication failed; the message carries the first failure with its seed."""


def nothing_finished(failures: Sequence[Failure]) -> CrisisError:
    """What to raise where every replication failed: a mistake of a user's own strategy is told like any other of theirs."""
    first = failures[0]
    if first.of_strategy:
        return UsageError(f"no replication finished; {first}")
    return NothingFinished(f"no replication finished; {first}\n{first.traceback}".rstrip())


def nothing_to_compare(failures: Sequence[Failure]) -> CrisisError:
    """What to raise where fewer than two alternatives are left."""
    told = [next(f for f in failures if f.variant == name) for name in dict.fromkeys(f.variant for f in failures)]
    said = "there is nothing left to compare: an alternative that fails is left out\n" + "\n".join(f"failed: {f}" for f in told)
    if all(failure.of_strategy for failure in failures):
        return NothingToCompare(said)
    return NothingFinished(f"{said}\n{failures[0].traceback}".rstrip())


def models_of(scenario: Scenario, request: Request) -> dict[str, Model]:
    """The models that ``request`` asks for, with its pass marks. Raises UsageError for what does not exist."""
    models = goals.marked(variants_of(scenario, request.variant), request.thresholds, own=request.own_thresholds)
    for text in request.precision:
        for model in models.values():
            goals.precision(text, model)
    if request.comparing is not None:
        judging.check(request, models)
    return models


def study(
    scenario: Scenario,
    models: dict[str, Model],
    request: Request,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
    journal: Journal | None = None,
    earlier: Collection[int] = (),
    runner: Runner | None = None,
) -> Result:
    """Simulate ``models`` in the worlds of ``request`` and summarise what is finished.

    Worlds are kept in ``journal`` as they finish, and those that it holds already are taken as they are: ``earlier`` names
    those of a finished run that is extended, the others are of this very run, which went on after an interruption.
    ``runner`` simulates, by default ``jobs`` processes. Raises :class:`~simulator.errors.Interrupted` where the user stopped
    before the first replication was complete, :class:`NothingFinished` where none succeeded, and OSError where the journal
    takes no more.
    """
    journal = Journal.in_memory() if journal is None else journal
    run = processes(jobs) if runner is None else runner
    ended = Ended(request.replications, journal.failures, earlier=tuple(earlier))
    among = set(earlier)
    lacking = (number for number in count() if number not in among)
    size = request.replications - len(among)
    while size > 0:
        batch = list(islice(lacking, size))
        missing = [number for number in batch if number not in journal.replications]
        done = ended.asked - len(missing)
        left = _left(models, journal, among, ended.failures, request)
        tasks = run(tuple(models[name] for name in left), request.seed, missing, records=request.records)
        try:
            for parcel in tasks:
                ended.failures += parcel.failures
                if not parcel.failures or (parcel.tallies and request.comparing is not None):
                    journal.append(_spread(parcel, left, models))
                done += 1
                if progress is not None:
                    progress(done, ended.asked)
        except KeyboardInterrupt:
            ended.interrupted = True
        finally:
            tasks.close()
        among.update(batch)
        if ended.interrupted or _ended_by(ended.failures, models, request):
            break
        if _enough(_sound(models, ended.failures), journal.tallies(models, among), request):
            break
        size = min(BATCH, request.max_replications - ended.asked)
        ended.asked += max(size, 0)
    ended.failures.sort(key=lambda failure: failure.replication)
    if not journal.replications:
        if ended.interrupted:
            raise Interrupted("Interrupted before the first replication was complete: nothing was written.")
        raise nothing_finished(ended.failures)
    if request.comparing is not None and len(_sound(models, ended.failures)) < 2:
        raise nothing_to_compare(ended.failures)
    return _result(scenario, models, request, journal.tallies(models), ended, journal.effort)


def _sound(models: Mapping[str, Model], failures: Sequence[Failure]) -> dict[str, Model]:
    """The models that have not failed in any world."""
    failed = {failure.variant for failure in failures}
    return {name: model for name, model in models.items() if name not in failed}


def _ended_by(failures: Sequence[Failure], models: Mapping[str, Model], request: Request) -> bool:
    """Whether no more worlds are wanted: after any failure, but of a comparison that goes on without the alternatives that fail."""
    if request.comparing is None:
        return bool(failures)
    return not all(failure.variant for failure in failures) or len(_sound(models, failures)) < 2


def _left(
    models: Mapping[str, Model], journal: Journal, among: Collection[int], failures: Sequence[Failure], request: Request
) -> tuple[str, ...]:
    """The models of which more worlds are wanted after those ``among``; what happened in others does not count."""
    if not among:
        return tuple(models)
    sound = _sound(models, [failure for failure in failures if failure.replication in among])
    return judging.left(request, sound, journal.tallies(models, among))


def recall(archive: Archive) -> Result:
    """The result of a finished run, without simulating anything."""
    models = models_of(archive.scenario, archive.request)
    ended = Ended(archive.asked, list(archive.failures), archive.interrupted, archive.earlier)
    result = _result(archive.scenario, models, archive.request, archive.tallies, ended, Effort())
    return result if archive.request.comparing is None else replace(result, contest=judging.judge(result, archive.stability))


def _result(scenario: Scenario, models: dict[str, Model], request: Request, tallies: Tallies, ended: Ended, effort: Effort) -> Result:
    if request.comparing is not None:
        models = _sound(models, ended.failures)
        tallies = tallies.only(tuple(models))
    named = request.comparing.baseline if request.comparing else ""
    baseline = named if named in models else baseline_of(scenario, models)
    summaries = {name: summarise(model, tallies[name]) for name, model in models.items()}
    return Result(
        scenario=scenario,
        models=models,
        request=request,
        asked=ended.asked,
        replications=max(summary.replications for summary in summaries.values()),
        summaries=summaries,
        comparison=compare(models, tallies, baseline) if len(models) > 1 else None,
        baseline=baseline,
        tallies=tallies,
        precision=tuple(_reached(models, tallies, request)),
        failures=tuple(ended.failures),
        interrupted=ended.interrupted,
        earlier=ended.earlier,
        effort=effort,
    )


def _enough(models: Mapping[str, Model], tallies: Mapping[str, Sequence[Tally]], request: Request) -> bool:
    """Whether what was asked for is known: every precision, and the best where alternatives are ranked."""
    return not judging.undecided(request, models, tallies) and all(r.enough for r in _reached(models, tallies, request))


def _spread(parcel: Parcel, left: Collection[str], models: Mapping[str, Model]) -> Parcel:
    """``parcel`` of the models that are ``left`` with a place for each of ``models``, empty for the others."""
    if len(left) == len(models):
        return parcel
    found = dict(zip(left, parcel.tallies, strict=True))
    return replace(parcel, tallies=tuple(found.get(name, b"") for name in models))


def _reached(models: Mapping[str, Model], tallies: Mapping[str, Sequence[Tally]], request: Request) -> list[Reached]:
    """How far each wish for precision has come, in the variant that is furthest from it."""
    if not request.precision:
        return []
    found: list[list[Reached]] = [[] for _ in request.precision]
    for name, model in models.items():
        worlds = Worlds(tallies[name])
        for wish, text in zip(found, request.precision, strict=True):
            wish.append(reached(goals.precision(text, model), name, worlds))
    return [max(of_variants, key=_distance) for of_variants in found]


def _distance(found: Reached) -> float:
    return math.inf if math.isnan(found.half_width) else found.half_width
