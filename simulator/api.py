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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.errors import OutputError, UsageError
from simulator.experiment import kept
from simulator.experiment.ask import gather
from simulator.experiment.journal import Journal
from simulator.experiment.pool import Progress, Runner, processes
from simulator.experiment.question import MOST, STABILITY, Findings, NothingFinished, Question
from simulator.experiment.questions.compare import Compare
from simulator.experiment.questions.run import Run
from simulator.experiment.result import Result
from simulator.report import folder, manifest, results
from simulator.report.drawing import Artists
from simulator.scenario import Scenario, load, lower
from simulator.scenario.alternatives import alternatives

if TYPE_CHECKING:
    from simulator.crisis.play import simulate
    from simulator.drill.session import Held, hold
    from simulator.workload import draw

__all__ = [
    "Held", "Result", "Scenario", "Unwritten", "compare", "draw", "extend", "hold", "load", "lower", "recall", "render", "resume", "run",
    "simulate",
]  # fmt: skip

HOMES = (
    "simulator.experiment.questions.run", "simulator.experiment.questions.compare", "simulator.experiment.questions.compare_runs",
)  # fmt: skip
"""Where questions are registered, of which a folder may hold the answer."""
PAGES = {
    "run": "simulator.report.results", "compare": "simulator.report.comparison", "compare-runs": "simulator.report.comparison",
}  # fmt: skip
"""Which module renders the answer to a question; those of other packages get a plain page."""


def __getattr__(name: str) -> object:
    """What only drills and runs by hand need loads when it is asked for."""
    home = {"draw": "workload", "simulate": "crisis.play", "Held": "drill.session", "hold": "drill.session"}.get(name)
    if home is not None:
        return getattr(importlib.import_module(f"simulator.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class Unwritten(OutputError):
    """The simulation is done and its results could not be written: ``result`` holds all that was found."""

    def __init__(self, message: str, result: Findings) -> None:
        super().__init__(message)
        self.result = result


def ask(
    question: Question,
    scenario: Scenario,
    *,
    jobs: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    runner: Runner | None = None,
) -> Any:
    """Simulate what ``question`` needs, judge it, and write the answer if a place is given; the answer is what it finds.

    Whatever stops it (Ctrl-C, a crash, a full disk), what is finished is kept under ``out``, and :func:`resume` goes on there.
    The arguments, and what is raised, are those of :func:`run`.
    """
    return _ask(question, scenario, jobs=jobs, out=out, progress=progress, runner=runner)


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
    if records and out is None:
        raise UsageError("records are files: say where with `out`")
    _check(replications, seed, jobs, max_replications)
    question = Run(
        replications=min(replications, max_replications) if precision else replications,
        seed=seed,
        variant=variant,
        thresholds=tuple(thresholds),
        own_thresholds=own_thresholds,
        precision=tuple(precision),
        max_replications=max_replications,
        records=records,
    )
    found: Result = ask(question, scenario, jobs=jobs, out=out, progress=progress, runner=runner)
    return found


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
    if stability < 0 or not several:
        raise UsageError("there is no scenario to compare" if not several else f"stability is a number of worlds, got {stability}")
    _check(replications, seed, jobs, max_replications)
    question = Compare(
        replications=min(replications, max_replications) if precision or rank else replications,
        seed=seed,
        precision=tuple(precision),
        max_replications=max_replications,
        files=tuple(s.path for s in several[1:]),
        strategies=tuple(strategies),
        variants=tuple(variants),
        vary=tuple(vary),
        baseline=baseline,
        measures=tuple(measures),
        rank=rank,
        stability=stability,
    )
    made = alternatives(several, strategies=strategies, variants=variants, vary=vary)
    found: Result = ask(question, made, jobs=jobs, out=out, progress=progress, runner=runner)
    return found


def compare_runs(
    folders: Sequence[str | Path], *, baseline: str = "", measures: Sequence[str] = (), out: str | Path | None = None
) -> Result:
    """Compare every variant of the finished runs in ``folders``, without simulating; what is raised is as with :func:`compare`."""
    from simulator.experiment.questions.compare_runs import side_by_side

    runs = {Path(folder): _opened(folder) for folder in folders}
    for one in runs.values():
        one.require_version()
    made, question, worlds = side_by_side(runs, baseline=baseline, measures=measures)
    found: Result = _ask(question, made, jobs=1, out=out, worlds=worlds)
    return found


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
    _check(replications, 0, jobs, max_replications)
    earlier = _opened(finished)
    earlier.require_version()
    plan = earlier.question.plan(earlier.scenario)
    question = earlier.question.extended(earlier.found(plan), replications)
    if isinstance(question, Run):
        done = question.replications - replications
        if precision and done >= max_replications:
            raise UsageError(f"{finished} has {done} replications already: raise --max-replications (now {max_replications}).")
        question = replace(
            question,
            replications=min(question.replications, max_replications) if precision else question.replications,
            thresholds=(*question.thresholds, *thresholds),
            own_thresholds=question.own_thresholds and own_thresholds,
            precision=tuple(precision),
            max_replications=max_replications,
            records=question.records and out is not None,
        )
    found: Result = _ask(question, earlier.scenario, jobs=jobs, out=out, progress=progress, runner=runner, worlds=earlier.journal)
    return found


def resume(interrupted: str | Path, *, jobs: int | None = None, progress: Progress | None = None, runner: Runner | None = None) -> Any:
    """Finish the run in the folder ``interrupted`` as it was asked for, beside that folder.

    Its worlds are taken as they are, and the results are those of a run that nothing interrupted. The folder is either what
    a run that was killed has left (``….unfinished``, which goes when the run is finished), or the partial result of a run that
    somebody stopped (which stays). Raises what :func:`run` raises, and UsageError where there is nothing to finish or another
    process is at it.
    """
    _check(1, 0, jobs, 1)
    found = Path(interrupted)
    _know_questions()
    if kept.is_unfinished(found):
        return _finish(kept.resume(found), jobs=jobs, progress=progress, runner=runner)
    earlier = kept.read(found)
    if earlier.complete:
        raise UsageError(f"{found} is finished; `crisis {earlier.question.name} --extend` adds replications to it.")
    earlier.require_version()
    begun = _begin(earlier.question, earlier.scenario, found.parent, earlier.journal)
    return _finish(begun, jobs=jobs, progress=progress, runner=runner)


def recall(finished: str | Path) -> Any:
    """The answer in the folder ``finished``, judged again, without simulating. Raises UsageError where there is none."""
    kept_there = _opened(finished)
    plan = kept_there.question.plan(kept_there.scenario)
    return replace(kept_there.question.judge(plan, kept_there.found(plan)), folder=Path(finished))


def render(finished: str | Path, forms: Sequence[str] = ("html",), *, out: str | Path | None = None, jobs: int | None = None) -> list[Path]:
    """Render the run in the folder ``finished`` as any of html, md, csv and xlsx, without simulating; return the files written.

    A drill is rendered as docx too.

    They go into the run's own folder, in the place of those that are there, or into ``out``. Raises UsageError where there
    is no run or no such form, and OutputError where nothing can be written.
    """
    from simulator.drill import session

    if session.is_drill(Path(finished)):
        return session.render(Path(finished), forms, out=None if out is None else Path(out))
    result = recall(finished)
    page = _page_of(result.question)
    unknown = [form for form in forms if form not in page.FORMS]
    if unknown or not forms:
        raise UsageError(f"a run is rendered as {', '.join(page.FORMS)}" + (f", not as {', '.join(unknown)}" if unknown else ""))
    target = Path(finished if out is None else out)
    said = manifest.read(Path(finished))
    folder.usable(target)
    with folder.whole_or_nothing(target) as scratch, Artists(jobs) as artists:
        page.render(result, scratch, forms, command=said["command"], began=datetime.fromisoformat(said["began"]), artists=artists)
        written = folder.move_into(scratch, target)
        if out is None:
            manifest.update(Path(finished))
    return written


def _know_questions() -> None:
    for module in HOMES:
        importlib.import_module(module)


def _opened(finished: str | Path) -> kept.Finished:
    """What is kept in a folder, of whichever question."""
    _know_questions()
    return kept.read(Path(finished))


def _page_of(question: Question) -> Any:
    """The module that renders what a question finds."""
    return importlib.import_module(PAGES.get(question.name, "simulator.report.plain"))


def _ask(
    question: Question,
    scenario: Scenario,
    *,
    jobs: int | None,
    out: str | Path | None,
    progress: Progress | None = None,
    runner: Runner | None = None,
    worlds: Journal | None = None,
) -> Any:
    plan = question.plan(scenario)
    if out is None:
        journal = Journal.in_memory()
        if worlds is not None:
            journal.copy(worlds)
        return question.judge(plan, gather(question, plan, journal, runner or processes(jobs), progress))
    begun = _begin(question, scenario, folder.prepare(Path(out), scenario.name), worlds)
    return _finish(begun, jobs=jobs, progress=progress, runner=runner)


def _begin(question: Question, scenario: Scenario, home: Path, worlds: Journal | None = None) -> kept.Unfinished:
    began = datetime.now(UTC)
    name = folder.run_name(began, scenario.sha256, str(question.seed), question.command(scenario))
    try:
        return kept.begin(home, name, scenario, question, began, worlds)
    except OSError as error:
        raise OutputError(f"cannot write results to {home}: {error.strerror or error}.") from error


def _finish(begun: kept.Unfinished, *, jobs: int | None, progress: Progress | None, runner: Runner | None = None) -> Any:
    """Simulate what lacks, write the results in the place of the unfinished folder, and remove that."""
    question, scenario = begun.question, begun.scenario
    with _kept(begun), results.warm_up(jobs, runner) as simulate_all, Artists(jobs) as artists:
        plan = question.plan(scenario)
        page = _page_of(question)
        try:
            found = gather(question, plan, begun.journal, simulate_all, artists.told(progress) if page.DRAWN_ASIDE else progress)
            answer = question.judge(plan, found)
        except OSError as error:
            raise OutputError(f"{begun.folder} takes no more worlds: {error.strerror or error}.") from error
        with folder.whole_or_nothing(begun.folder) as scratch, _not_lost(answer):
            kept.seal(found, question, scratch / kept.WORLDS)
            page.write(answer, scratch, found=found, command=question.command(scenario), began=begun.began, jobs=jobs, artists=artists)
            finished = folder.keep(scratch, begun.name, begun.folder.parent)
    begun.discard()
    found.journal = Journal.open(finished / kept.WORLDS)  # what the answer has not read yet
    return replace(answer, folder=finished)


@contextmanager
def _kept(begun: kept.Unfinished) -> Iterator[None]:
    """Whatever goes wrong, what was simulated is kept, and the user is told how to go on."""
    try:
        yield
    except BaseException as error:
        if len(begun.journal) and not isinstance(error, NothingFinished):  # who goes on with that fails again
            error.add_note(begun.kept)
            begun.close()
        else:
            begun.discard()
        raise


@contextmanager
def _not_lost(answer: Findings) -> Iterator[None]:
    """What was simulated is shown where no more files can be written."""
    try:
        yield
    except OSError as error:
        raise Unwritten(f"the results could not be written: {error.strerror or error}.", answer) from error


def _check(replications: int, seed: int, jobs: int | None, most: int) -> None:
    if seed < 0:
        raise UsageError(f"a seed is a whole number from 0, got {seed}")
    if replications < 1 or most < 1:
        raise UsageError(f"replications must be at least 1, got {min(replications, most)}")
    if jobs is not None and jobs < 1:
        raise UsageError(f"jobs must be at least 1, got {jobs}")
