"""The Python API: what the command line does, as functions.

::

    from simulator import load, run

    result = run(load("scenarios/mexico-city-2017.yaml"), variant="all", replications=30, out="results")
    print(result.summary.estimate("never_served").mean, result.folder)

One run by hand, down to the facts::

    model = lower(scenario, "rehearsed")
    workload = draw(model, seed=1, replication=0)
    ledger = simulate(model, workload).ledger      # NumPy columns, one row per contact attempt

A script that lets ``run`` use several processes needs ``if __name__ == "__main__":`` around its own work, as every
Python program that starts processes does; ``jobs=1`` needs nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from simulator.crisis.play import simulate
from simulator.errors import UsageError
from simulator.experiment.pool import Progress
from simulator.experiment.result import Result
from simulator.experiment.study import study, variants_of
from simulator.report import folder, results
from simulator.report.manifest import command_line
from simulator.scenario import Scenario, load, lower
from simulator.workload import draw

__all__ = ["Result", "Scenario", "draw", "load", "lower", "run", "simulate"]


def run(
    scenario: Scenario,
    *,
    replications: int = 30,
    seed: int = 1,
    jobs: int | None = None,
    variant: str | None = None,
    out: str | Path | None = None,
    records: bool = False,
    progress: Progress | None = None,
) -> Result:
    """Simulate a scenario in many worlds, summarise it, and write the results if a place is given.

    - ``replications`` worlds are drawn from ``seed``; the same two numbers give the same worlds, whatever ``jobs`` is.
    - ``jobs`` processes work on them; None is one per core, 1 stays in this process.
    - ``variant`` None is the file as written, a name is that variant, ``"all"`` is each of them on the same customers.
    - ``out`` is the folder under which ``<scenario>/<UTC time>-<hash6>/`` is made; with None nothing is written.
    - ``records`` adds one CSV row per contact attempt (needs ``out``).
    - ``progress`` is called with the replications finished and asked for.

    Ctrl-C ends the run and keeps the finished replications: ``result.interrupted`` tells. Raises
    :class:`~simulator.errors.UsageError` for arguments that cannot be, :class:`~simulator.errors.OutputError` where
    nothing can be written, and :class:`~simulator.errors.Interrupted` if no replication was finished.
    """
    if replications < 1:
        raise UsageError(f"replications must be at least 1, got {replications}")
    if seed < 0:
        raise UsageError(f"a seed is a whole number from 0, got {seed}")
    if jobs is not None and jobs < 1:
        raise UsageError(f"jobs must be at least 1, got {jobs}")
    if records and out is None:
        raise UsageError("records are files: say where with `out`")
    models = variants_of(scenario, variant)
    if out is None:
        result = study(scenario, models, replications=replications, seed=seed, jobs=jobs, progress=progress)
        return replace(result, variant=variant)
    began = datetime.now(UTC)
    home = folder.prepare(Path(out), scenario.name)
    with folder.whole_or_nothing(home) as scratch, results.warm_up(jobs):
        result = study(
            scenario, models, replications=replications, seed=seed, jobs=jobs, records=scratch if records else None, progress=progress
        )
        result = replace(result, variant=variant)
        command = command_line(str(scenario.path), replications=replications, seed=seed, variant=variant, records=records)
        results.write(result, scratch, command=command, began=began, jobs=jobs, records=records)
        name = folder.run_name(began, scenario.sha256, str(seed), command)
        return replace(result, folder=folder.keep(scratch, name))
