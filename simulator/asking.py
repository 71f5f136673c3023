"""Asked and answered: a question is simulated, judged and rendered, kept while it goes on, and opened again."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simulator.errors import OutputError, UsageError
from simulator.experiment import kept, received
from simulator.experiment.ask import gather
from simulator.experiment.journal import Journal
from simulator.experiment.pool import Progress, Runner, processes
from simulator.experiment.question import Findings, NothingFinished, Question
from simulator.report import folder, manifest
from simulator.report.drawing import Artists
from simulator.scenario import Scenario

HOMES = (
    "simulator.experiment.questions.run", "simulator.experiment.questions.compare", "simulator.experiment.questions.compare_runs",
    "simulator.experiment.questions.sensitivity", "simulator.experiment.questions.weakest", "simulator.drill.question",
    "simulator.experiment.questions.staff",
)  # fmt: skip
"""Where questions are registered, of which a folder may hold the answer."""
PAGES = {
    "run": "simulator.report.results", "compare": "simulator.report.comparison", "compare-runs": "simulator.report.comparison",
    "sensitivity": "simulator.report.sensitivity", "weakest": "simulator.report.weakest", "drill": "simulator.drill.session",
    "staff": "simulator.report.staff",
}  # fmt: skip
"""Which module renders the answer to a question; those of other packages get a plain page."""


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
    worlds: Journal | None = None,
) -> Any:
    """Simulate what ``question`` needs, judge it, and write the answer if a place is given; the answer is what it finds.

    Whatever stops it (Ctrl-C, a crash, a full disk), what is finished is kept under ``out``, and :func:`resume` goes on there.
    ``worlds`` are known already. The other arguments, and what is raised, are those of :func:`~simulator.api.run`.
    """
    plan = question.plan(scenario)
    if out is None:
        journal = Journal.in_memory()
        if worlds is not None:
            journal.copy(worlds)
        return question.judge(plan, gather(question, plan, journal, runner or processes(jobs), progress))
    begun = _begin(question, scenario, folder.prepare(Path(out), scenario.name), worlds)
    return _finish(begun, jobs=jobs, progress=progress, runner=runner)


def resume(interrupted: str | Path, *, jobs: int | None = None, progress: Progress | None = None, runner: Runner | None = None) -> Any:
    """Finish the run in the folder ``interrupted`` as it was asked for, beside that folder.

    Its worlds are taken as they are, and the results are those of a run that nothing interrupted. The folder is either what
    a run that was killed has left (``….unfinished``, which goes when the run is finished), or the partial result of a run that
    somebody stopped (which stays). Raises what :func:`~simulator.api.run` raises, and UsageError where there is nothing to
    finish or another process is at it.
    """
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


def open_folder(finished: str | Path) -> Any:
    """The answer in the folder ``finished``, judged again, without simulating. Raises UsageError where there is none."""
    kept_there = opened(finished)
    with received.received(Path(finished) / kept.WORLDS):
        plan = kept_there.question.plan(kept_there.scenario)
        return replace(kept_there.question.judge(plan, kept_there.found(plan)), folder=Path(finished))


def render(finished: str | Path, forms: Sequence[str] = ("html",), *, out: str | Path | None = None, jobs: int | None = None) -> list[Path]:
    """Render the run in the folder ``finished`` as any of html, md, csv and xlsx, without simulating; return the files written.

    A drill is rendered as docx too.

    They go into the run's own folder, in the place of those that are there, or into ``out``. Raises UsageError where there
    is no run or no such form, and OutputError where nothing can be written.
    """
    result = open_folder(finished)
    page = page_of(result.question)
    unknown = [form for form in forms if form not in page.FORMS]
    if unknown or not forms:
        what = "a drill" if result.question.name == "drill" else "a run"
        raise UsageError(f"{what} is rendered as {', '.join(page.FORMS)}" + (f", not as {', '.join(unknown)}" if unknown else ""))
    target = Path(finished if out is None else out)
    said = received.manifest(Path(finished))
    folder.usable(target)
    with received.received(Path(finished)), folder.whole_or_nothing(target) as scratch, Artists(jobs) as artists:
        page.render(result, scratch, forms, command=said["command"], began=received.instant(said["began"]), artists=artists)
        written = folder.move_into(scratch, target)
        if out is None:
            manifest.update(Path(finished), written)
    return written


def _know_questions() -> None:
    for module in HOMES:
        importlib.import_module(module)


def opened(finished: str | Path) -> kept.Finished:
    """What is kept in a folder, of whichever question."""
    _know_questions()
    return kept.read(Path(finished))


def page_of(question: Question) -> Any:
    """What renders the answer to a question: a module, or the ``PAGE`` in one."""
    module = importlib.import_module(PAGES.get(question.name, "simulator.report.plain"))
    return getattr(module, "PAGE", module)


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
    with _kept(begun), _warm_up(jobs, runner) as simulate_all, Artists(jobs) as artists:
        page = page_of(question)
        with received.received(begun.folder / kept.WORLDS) if len(begun.journal) else nullcontext():
            plan = question.plan(scenario)
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
    return replace(answer, folder=finished, spoilt=begun.journal.spoilt)


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


@contextmanager
def _warm_up(jobs: int | None, runner: Runner | None) -> Iterator[Runner]:
    """``runner``, by default of ``jobs`` processes, but a thread loads what estimates and the report need.

    It does so while workers simulate, and this process has little else to do.
    """
    thread = threading.Thread(target=_load, args=(jobs == 1,), daemon=True)

    def start() -> None:
        if thread.ident is None:
            thread.start()

    try:
        if runner is None:
            yield processes(jobs, start)
        else:
            start()
            yield runner
    finally:
        if thread.ident is not None:
            thread.join()


def _load(figures: bool) -> None:  # what a thread calls takes positional arguments
    import scipy.special  # noqa: F401  # once for all who ask for it later

    from simulator.document import page

    page.template()
    if figures:  # otherwise other processes draw
        from simulator.report.figures import frame

        frame.prepare()
