"""The Python API: what the command line does, as functions.

::

    from simulator import load, run

    result = run(load("scenarios/mexico-city-2017.yaml"), variant="all", replications=30, out="results")
    print(result.summary.estimate("never_served").mean, result.folder)

More worlds for a finished run, or the same run again without simulating::

    more = extend(result.folder, replications=20, out="results")
    whole = resume("results/mexico-city-2017/20260310T081200Z-3f9a2c.unfinished")    # after a crash
    again = open(result.folder)

One run by hand, down to the facts::

    model = lower(scenario, "rehearsed")
    workload = draw(model, seed=1, replication=0)
    ledger = simulate(model, workload).ledger      # NumPy columns, one row per contact attempt

A script that lets ``run`` use several processes needs ``if __name__ == "__main__":`` around its own work, as every
Python program that starts processes does; ``jobs=1`` needs nothing.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from simulator import asking
from simulator.asking import Unwritten, ask, render, resume
from simulator.asking import open_folder as open  # noqa: A004  # as every library that opens something
from simulator.errors import UsageError
from simulator.experiment.pool import Progress, Runner
from simulator.experiment.question import MOST, STABILITY
from simulator.experiment.questions.compare import Compare
from simulator.experiment.questions.run import Run as RunQuestion
from simulator.experiment.result import Result
from simulator.scenario import Scenario, load, lower
from simulator.scenario.alternatives import alternatives

if TYPE_CHECKING:
    from simulator.calibration.calibration import Calibration
    from simulator.calibration.centre import calibrate
    from simulator.crisis.play import simulate
    from simulator.drill.question import Drilled
    from simulator.drill.session import drill
    from simulator.experiment.questions.sensitivity import Drivers
    from simulator.experiment.questions.weakest import Losses
    from simulator.model.world import Model
    from simulator.records import Run
    from simulator.workload import Workload, draw

__all__ = [
    "Calibration", "Drilled", "Drivers", "Losses", "Model", "Result", "Run", "Scenario", "Unwritten", "Workload", "ask", "calibrate",
    "compare", "compare_runs", "draw", "drill", "extend", "load", "lower", "open", "render", "resume", "run", "sensitivity", "simulate",
    "weakest",
]  # fmt: skip

_HOMES = {
    "Calibration": ("calibration.calibration", "Calibration"),
    "Drilled": ("drill.question", "Drilled"),
    "Drivers": ("experiment.questions.sensitivity", "Drivers"),
    "Losses": ("experiment.questions.weakest", "Losses"),
    "Model": ("model.world", "Model"),
    "Run": ("records", "Run"),
    "Workload": ("workload", "Workload"),
    "calibrate": ("calibration.centre", "calibrate"),
    "draw": ("workload", "draw"),
    "drill": ("drill.session", "drill"),
    "simulate": ("crisis.play", "simulate"),
}
"""What loads when it is asked for: not every program drills, asks what moves the answer, or runs a world by hand."""


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, found = _HOMES[name]
    return getattr(importlib.import_module(f"simulator.{module}"), found)


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
    question = RunQuestion(
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
        files=tuple(s.file for s in several[1:]),
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


def sensitivity(
    scenario: Scenario,
    *,
    measures: Sequence[str] = (),
    variant: str | None = None,
    against: str | None = None,
    factors: Sequence[str] = (),
    levels: int = 5,
    replications: int = 30,
    seed: int = 1,
    jobs: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    runner: Runner | None = None,
) -> Drivers:
    """Find out which assumptions move the answer: each range is held at its ends, on the same customers.

    - ``measures`` are what is to be explained, such as ``"never_served[find-relative]"``; without any, how many people got
      nobody, and the measures of the scenario's pass marks.
    - ``variant`` None is the file as written; ``against`` is another one: where along each assumption is the first one better?
      Then each assumption is held at ``levels`` places.
    - ``factors`` are assumptions by their path; without any, every range of the scenario.

    The other arguments, and what is raised, are those of :func:`run`.
    """
    from simulator.experiment.questions.sensitivity import Sensitivity

    _check(replications, seed, jobs, MOST)
    if levels < 2:
        raise UsageError(f"a range has two ends at least: levels must be at least 2, got {levels}")
    question = Sensitivity(
        measures=tuple(measures), variant=variant, against=against, factors=tuple(factors), levels=levels,
        replications=replications, seed=seed,
    )  # fmt: skip
    found: Drivers = ask(question, scenario, jobs=jobs, out=out, progress=progress, runner=runner)
    return found


def weakest(
    scenario: Scenario,
    *,
    measure: str = "people_never_served",
    variant: str | None = None,
    at: str = "T+0",
    lasts: str = "",
    kinds: Sequence[str] = (),
    replications: int = 30,
    seed: int = 1,
    jobs: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    runner: Runner | None = None,
) -> Losses:
    """Lose each part of the centre in turn, on the same customers, and rank what that costs.

    - ``measure`` is what the losses are ranked by.
    - ``at`` is when a part is lost, such as ``"T+2h"`` or ``"2026-03-10T11:00"``; ``lasts`` a duration, or empty to the end of the run.
    - ``kinds`` are those of the parts: site, link, trench, platform, role and team; without any, all.

    The other arguments, and what is raised, are those of :func:`run`.
    """
    from simulator.experiment.questions.weakest import KINDS, Weakest

    _check(replications, seed, jobs, MOST)
    question = Weakest(
        measure=measure, variant=variant, at=at, lasts=lasts, kinds=tuple(kinds) or KINDS, replications=replications, seed=seed
    )
    found: Losses = ask(question, scenario, jobs=jobs, out=out, progress=progress, runner=runner)
    return found


def compare_runs(
    folders: Sequence[str | Path], *, baseline: str = "", measures: Sequence[str] = (), out: str | Path | None = None
) -> Result:
    """Compare every variant of the finished runs in ``folders``, without simulating; what is raised is as with :func:`compare`."""
    from simulator.experiment.questions.compare_runs import side_by_side

    runs = {Path(folder): asking.opened(folder) for folder in folders}
    for one in runs.values():
        one.require_version()
    made, question, worlds = side_by_side(runs, baseline=baseline, measures=measures)
    found: Result = ask(question, made, jobs=1, out=out, worlds=worlds)
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
    """Add ``replications`` to what is in the folder ``finished``, which stays as it is; arguments are those of :func:`run`.

    Scenario, seed and variants are those of the finished run, and so are its pass marks. The results are those of a run
    that was asked for all replications at once. Raises what :func:`run` raises, and UsageError where ``finished`` is no
    run or was made by another version.
    """
    _check(replications, 0, jobs, max_replications)
    earlier = asking.opened(finished)
    earlier.require_version()
    plan = earlier.question.plan(earlier.scenario)
    question = earlier.question.extended(earlier.found(plan), replications)
    if not isinstance(question, RunQuestion) and (thresholds or precision or not own_thresholds):
        raise UsageError(f"{finished} answers `crisis {question.name}`, which takes no pass marks and no precision")
    if isinstance(question, RunQuestion):
        done = question.replications - replications
        if precision and done >= max_replications:
            raise UsageError(f"{finished} has {done} replications already: raise --max-replications (now {max_replications}).")
        question = replace(
            question,
            replications=min(question.replications, max_replications) if precision else question.replications,
            thresholds=(*question.thresholds, *thresholds),
            own_thresholds=question.own_thresholds and own_thresholds,
            precision=tuple(precision),
            max_replications=max_replications if precision else question.max_replications,
            records=question.records and out is not None,
        )
    found: Result = ask(question, earlier.scenario, jobs=jobs, out=out, progress=progress, runner=runner, worlds=earlier.journal)
    return found


def _check(replications: int, seed: int, jobs: int | None, most: int) -> None:
    if seed < 0:
        raise UsageError(f"a seed is a whole number from 0, got {seed}")
    if replications < 1 or most < 1:
        raise UsageError(f"replications must be at least 1, got {min(replications, most)}")
    if jobs is not None and jobs < 1:
        raise UsageError(f"jobs must be at least 1, got {jobs}")
