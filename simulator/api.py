"""The Python API: what the command line does, as functions.

::

    from simulator import load, run

    result = run(load("scenarios/mexico-city-2017.yaml"), variant="all", replications=30, out="results")
    print(result.summary.estimate("never_served").mean, result.folder)

More worlds for a finished run, or the same run again without simulating::

    more = extend(result.folder, replications=20, out="results")
    whole = resume("results/mexico-city-2017/20260310T081200Z-3f9a2c.unfinished")    # after a crash
    again = recall(result.folder)

One run by hand, down to the facts::

    model = lower(scenario, "rehearsed")
    workload = draw(model, seed=1, replication=0)
    ledger = simulate(model, workload).ledger      # NumPy columns, one row per contact attempt

A script that lets ``run`` use several processes needs ``if __name__ == "__main__":`` around its own work, as every
Python program that starts processes does; ``jobs=1`` needs nothing.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import OutputError, UsageError
from simulator.experiment import archive, contacts, finished, unfinished
from simulator.experiment.journal import Journal
from simulator.experiment.judging import settle
from simulator.experiment.packing import pack
from simulator.experiment.pool import Progress, Runner
from simulator.experiment.request import MOST, STABILITY, Comparing, Request
from simulator.experiment.result import Result
from simulator.experiment.study import NothingToCompare, models_of, study
from simulator.experiment.study import recall as _recall
from simulator.experiment.task import Parcel
from simulator.experiment.variants import DECLARED
from simulator.report import folder, manifest, results
from simulator.report.drawing import Artists
from simulator.scenario import Scenario, load, lower
from simulator.scenario.alternatives import alternatives

if TYPE_CHECKING:
    from simulator.crisis.play import simulate
    from simulator.drill.session import Held, hold
    from simulator.experiment.archive import Archive
    from simulator.experiment.unfinished import Unfinished
    from simulator.model.world import Model
    from simulator.workload import draw

__all__ = [
    "Held", "Result", "Scenario", "Unwritten", "compare", "draw", "extend", "hold", "load", "lower", "recall", "render", "resume", "run",
    "simulate",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """What only drills and runs by hand need loads when it is asked for."""
    home = {"draw": "workload", "simulate": "crisis.play", "Held": "drill.session", "hold": "drill.session"}.get(name)
    if home is not None:
        return getattr(importlib.import_module(f"simulator.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class Unwritten(OutputError):
    """The simulation is done and its results could not be written: ``result`` holds all that was found."""

    def __init__(self, message: str, result: Result) -> None:
        super().__init__(message)
        self.result = result


def run(
    scenario: Scenario,
    *,
    replications: int = 30,
    seed: int = 1,
    jobs: int | None = None,
    variant: str | None = None,
    out: str | Path | None = None,
    records: bool = False,
    thresholds: Sequence[str] = (),
    own_thresholds: bool = True,
    precision: Sequence[str] = (),
    max_replications: int = MOST,
    progress: Progress | None = None,
    runner: Runner | None = None,
) -> Result:
    """Simulate a scenario in many worlds, summarise it, and write the results if a place is given.

    - ``replications`` worlds are drawn from ``seed``; the same two numbers give the same worlds, whatever ``jobs`` is.
    - ``jobs`` processes work on them; None is one per core, 1 stays in this process.
    - ``variant`` None is the file as written, a name is that variant, ``"all"`` is each of them, and the file, on the same customers.
    - ``out`` is the folder under which ``<scenario>/<UTC time>-<hash6>/`` is made; with None nothing is written.
    - ``records`` adds one CSV row per contact attempt (needs ``out``).
    - ``thresholds`` are more pass marks, such as ``"voice.abandon_rate[shock] <= 40%"``, beside the scenario's own or, with
      ``own_thresholds`` False, instead of them.
    - ``precision`` such as ``"voice.service_level[shock]=2pp"`` adds replications until the half-widths of the 95 % intervals
      are reached, up to ``max_replications``; ``result.precise`` tells whether they were.
    - ``progress`` is called with the replications finished and asked for.
    - ``runner`` simulates in the place of ``jobs`` processes: see :func:`~simulator.experiment.cluster.connected`.

    Ctrl-C ends the run and keeps the finished replications: ``result.interrupted`` tells. Raises
    :class:`~simulator.errors.UsageError` for arguments that cannot be, :class:`~simulator.errors.OutputError` where
    nothing can be written (:class:`Unwritten` where that shows at the end only), and
    :class:`~simulator.errors.Interrupted` if no replication was finished.
    """
    if seed < 0:
        raise UsageError(f"a seed is a whole number from 0, got {seed}")
    if records and out is None:
        raise UsageError("records are files: say where with `out`")
    _check(replications, jobs, max_replications)
    request = Request(
        replications=min(replications, max_replications) if precision else replications,
        seed=seed,
        variant=variant,
        thresholds=tuple(thresholds),
        own_thresholds=own_thresholds,
        precision=tuple(precision),
        max_replications=max_replications,
        records=records,
    )
    return _run(scenario, request, jobs=jobs, out=out, progress=progress, runner=runner)


def compare(
    scenarios: Scenario | Sequence[Scenario],
    *,
    strategies: Sequence[str] = (),
    variants: Sequence[str] = (),
    vary: Sequence[str] = (),
    baseline: str = "",
    measures: Sequence[str] = (),
    rank: str = "",
    stability: int = STABILITY,
    replications: int = 30,
    seed: int = 1,
    jobs: int | None = None,
    out: str | Path | None = None,
    precision: Sequence[str] = (),
    max_replications: int = MOST,
    progress: Progress | None = None,
    runner: Runner | None = None,
) -> Result:
    """Compare alternatives on the same customers; ``result.contest`` has what is found.

    - Alternatives are every combination of ``strategies`` (``"priority"``, ``"first-come:agent=best-skill"``), ``variants`` of
      the file (``"as-written"`` is the file itself), values to ``vary`` (``"sites.temporary.seats=100:300:50"``) and several
      ``scenarios``; with one scenario and nothing else its variants, and the file.
    - ``baseline`` is what others are compared with: the alternative that changes nothing, else the first.
    - ``measures`` are the goals, the first of which decides; without any they are the usual ones of the scenario.
    - ``rank`` such as ``"never_served=0.5pp"`` adds worlds until one alternative is the best or no worse by more than that, and
      leaves out those that cannot be (Kim and Nelson), up to ``max_replications``.
    - ``stability`` worlds are simulated under each other condition: a larger and a smaller surge, longer and shorter patience.

    The other arguments, and what is raised, are those of :func:`run`.
    """
    several = [scenarios] if isinstance(scenarios, Scenario) else list(scenarios)
    if seed < 0:
        raise UsageError(f"a seed is a whole number from 0, got {seed}")
    if stability < 0 or not several:
        raise UsageError("there is no scenario to compare" if not several else f"stability is a number of worlds, got {stability}")
    _check(replications, jobs, max_replications)
    request = Request(
        replications=min(replications, max_replications) if precision or rank else replications,
        seed=seed,
        variant=DECLARED,
        precision=tuple(precision),
        max_replications=max_replications,
        comparing=Comparing(
            tuple(s.path for s in several[1:]), tuple(strategies), tuple(variants), tuple(vary), baseline, tuple(measures), rank, stability
        ),
    )
    made = alternatives(several, strategies=strategies, variants=variants, vary=vary)
    return _run(made, request, jobs=jobs, out=out, progress=progress, runner=runner)


def compare_runs(
    folders: Sequence[str | Path], *, baseline: str = "", measures: Sequence[str] = (), out: str | Path | None = None
) -> Result:
    """Compare every variant of the finished runs in ``folders``, without simulating; what is raised is as with :func:`compare`."""
    archives = {Path(folder): archive.read(Path(folder)) for folder in folders}
    for place, kept in archives.items():
        _same_version(kept, place)
    made, request = finished.side_by_side(archives, baseline=baseline, measures=measures)
    parcels = list(finished.worlds(archives, made))
    return _run(made, request, jobs=1, out=out, progress=None, earlier=[p.replication for p in parcels], worlds=parcels)


def extend(
    finished: str | Path,
    *,
    replications: int = 30,
    jobs: int | None = None,
    out: str | Path | None = None,
    thresholds: Sequence[str] = (),
    own_thresholds: bool = True,
    precision: Sequence[str] = (),
    max_replications: int = MOST,
    progress: Progress | None = None,
    runner: Runner | None = None,
) -> Result:
    """Add ``replications`` to the run in the folder ``finished``, which stays as it is; arguments are those of :func:`run`.

    Scenario, seed and variants are those of the finished run, and so are its pass marks. The results are those of a run
    that was asked for all replications at once. Raises what :func:`run` raises, and UsageError where ``finished`` is no
    run or was made by another version.
    """
    _check(replications, jobs, max_replications)
    earlier = archive.read(Path(finished))
    _same_version(earlier, Path(finished))
    if earlier.request.comparing is not None:
        raise UsageError(f"{finished} is a comparison, which cannot be extended: run `crisis compare` with more replications.")
    done = len(earlier.replications)
    if precision and done >= max_replications:
        raise UsageError(f"{finished} has {done} replications already: raise --max-replications (now {max_replications}).")
    total = done + replications
    request = replace(
        earlier.request,
        replications=min(total, max_replications) if precision else total,
        thresholds=(*earlier.request.thresholds, *thresholds),
        own_thresholds=earlier.request.own_thresholds and own_thresholds,
        precision=tuple(precision),
        max_replications=max_replications,
        records=earlier.request.records and out is not None,
    )
    worlds = _worlds(earlier, Path(finished), records=request.records)
    return _run(
        earlier.scenario, request, jobs=jobs, out=out, progress=progress, runner=runner, earlier=earlier.replications, worlds=worlds
    )


def resume(interrupted: str | Path, *, jobs: int | None = None, progress: Progress | None = None, runner: Runner | None = None) -> Result:
    """Finish the run in the folder ``interrupted`` as it was asked for, beside that folder.

    Its worlds are taken as they are, and the results are those of a run that nothing interrupted. The folder is either what
    a run that was killed has left (``….unfinished``, which goes when the run is finished), or the partial result of a run that
    somebody stopped (which stays). Raises what :func:`run` raises, and UsageError where there is nothing to finish or another
    process is at it.
    """
    _check(1, jobs, 1)
    found = Path(interrupted)
    if unfinished.lies_in(found):
        begun = unfinished.resume(found)
    else:
        kept = archive.read(found)
        if len(kept.replications) >= kept.asked:
            raise UsageError(f"{found} is finished; `crisis run --extend` adds replications to it.")
        _same_version(kept, found)
        worlds = _worlds(kept, found, records=kept.request.records)
        begun = _begin(kept.scenario, kept.request, found.parent, earlier=kept.earlier, worlds=worlds)
    return _finish(begun, models_of(begun.scenario, begun.request), jobs=jobs, progress=progress, runner=runner)


def recall(finished: str | Path) -> Result:
    """The result of the run in the folder ``finished``, without simulating. Raises UsageError where there is none."""
    return replace(_recall(archive.read(Path(finished))), folder=Path(finished))


def render(finished: str | Path, forms: Sequence[str] = ("html",), *, out: str | Path | None = None, jobs: int | None = None) -> list[Path]:
    """Render the run in the folder ``finished`` as any of html, md, csv and xlsx, without simulating; return the files written.

    A drill is rendered as docx too.

    They go into the run's own folder, in the place of those that are there, or into ``out``. Raises UsageError where there
    is no run or no such form, and OutputError where nothing can be written.
    """
    from simulator.drill import session

    if session.is_drill(Path(finished)):
        return session.render(Path(finished), forms, out=None if out is None else Path(out))
    unknown = [form for form in forms if form not in results.FORMS]
    if unknown or not forms:
        raise UsageError(f"a run is rendered as {', '.join(results.FORMS)}" + (f", not as {', '.join(unknown)}" if unknown else ""))
    result = recall(finished)
    target = Path(finished if out is None else out)
    said = manifest.read(Path(finished))
    folder.usable(target)
    with folder.whole_or_nothing(target) as scratch, Artists(jobs) as artists:
        results.render(result, scratch, forms, command=said["command"], began=datetime.fromisoformat(said["began"]), artists=artists)
        written = folder.move_into(scratch, target)
        if out is None:
            manifest.update(Path(finished))
    return written


def _run(
    scenario: Scenario,
    request: Request,
    *,
    jobs: int | None,
    out: str | Path | None,
    progress: Progress | None,
    runner: Runner | None = None,
    earlier: Sequence[int] = (),
    worlds: Iterable[Parcel] = (),
) -> Result:
    models = models_of(scenario, request)
    if out is None:
        journal = Journal.in_memory()
        for world in worlds:
            journal.append(world)
        result = study(scenario, models, request, jobs=jobs, progress=progress, journal=journal, earlier=earlier, runner=runner)
        return result if request.comparing is None else settle(result, jobs=jobs, progress=progress, runner=runner)
    home = folder.prepare(Path(out), scenario.name)
    begun = _begin(scenario, request, home, earlier=earlier, worlds=worlds)
    return _finish(begun, models, jobs=jobs, progress=progress, runner=runner)


def _begin(scenario: Scenario, request: Request, home: Path, *, earlier: Sequence[int], worlds: Iterable[Parcel]) -> Unfinished:
    began = datetime.now(UTC)
    name = folder.run_name(began, scenario.sha256, str(request.seed), request.command(str(scenario.path), scenario.overrides))
    try:
        return unfinished.begin(home, name, scenario, request, began, earlier=earlier, worlds=worlds)
    except OSError as error:
        raise OutputError(f"cannot write results to {home}: {error.strerror or error}.") from error


def _finish(
    begun: Unfinished, models: dict[str, Model], *, jobs: int | None, progress: Progress | None, runner: Runner | None = None
) -> Result:
    """Simulate what lacks, write the results in the place of the unfinished folder, and remove that."""
    request, journal = begun.request, begun.journal
    with _kept(begun), results.warm_up(jobs, runner) as simulate_all, Artists(jobs) as artists:
        told = artists.told(progress)
        try:
            result = study(begun.scenario, models, request, progress=told, journal=journal, earlier=begun.earlier, runner=simulate_all)
            if request.comparing is not None:
                result = settle(result, progress=told, runner=simulate_all)
        except OSError as error:
            raise OutputError(f"{begun.folder} takes no more worlds: {error.strerror or error}.") from error
        with folder.whole_or_nothing(begun.folder) as scratch, _not_lost(result):
            command = request.command(str(begun.scenario.path), begun.scenario.overrides)
            rows = journal.rows if request.records else None
            results.write(result, scratch, command=command, began=begun.began, jobs=jobs, artists=artists, rows=rows)
            finished = folder.keep(scratch, begun.name, begun.folder.parent)
    begun.discard()
    return replace(result, folder=finished, tallies=archive.read(finished).tallies)


@contextmanager
def _kept(begun: Unfinished) -> Iterator[None]:
    """Whatever goes wrong, what was simulated is kept, and the user is told how to go on."""
    try:
        yield
    except BaseException as error:
        if begun.journal.replications and not isinstance(error, NothingToCompare):  # who goes on with that fails again
            error.add_note(begun.kept)
            begun.close()
        else:
            begun.discard()
        raise


@contextmanager
def _not_lost(result: Result) -> Iterator[None]:
    """What was simulated is shown where no more files can be written."""
    try:
        yield
    except OSError as error:
        raise Unwritten(f"the results could not be written: {error.strerror or error}.", result) from error


def _worlds(kept: Archive, place: Path, *, records: bool) -> Iterator[Parcel]:
    """The worlds of a finished run, as they were sent by those who simulated them. Raises UsageError where its contacts are not there."""
    variants = models_of(kept.scenario, kept.request)  # those that failed have no tallies
    packed = [{t.replication: pack(t) for t in kept.tallies.get(name, ())} for name in variants]
    rows: Iterable[tuple[bytes, ...]] = repeat(())
    if records:
        files = [home / contacts.NAME for home in results.homes_of(tuple(kept.tallies), place).values()]
        manifest.check(place, files)
        rows = contacts.read(files, kept.replications)
    for number, of_world in zip(kept.replications, rows, strict=False):
        failures = tuple(failure for failure in kept.failures if failure.replication == number)
        yield Parcel(number, tuple(of_one.get(number, b"") for of_one in packed), failures, rows=of_world)  # nothing of what was left out


def _same_version(kept: Archive, place: Path) -> None:
    if kept.version != archive.running():
        made, here = kept.version, archive.running()
        raise UsageError(f"{place} was simulated by version {made}, this is {here}: worlds of both would not be alike.")


def _check(replications: int, jobs: int | None, most: int) -> None:
    if replications < 1 or most < 1:
        raise UsageError(f"replications must be at least 1, got {min(replications, most)}")
    if jobs is not None and jobs < 1:
        raise UsageError(f"jobs must be at least 1, got {jobs}")
