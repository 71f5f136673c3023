"""The shipped story as a user runs it: the simulation itself, and everything beside it until the report lies there."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.timing import table

SCENARIO = "scenarios/mexico-city-2017.yaml"
REPLICATIONS = 30
JOBS = 2
ROUNDS = 3


def told() -> str:
    """A Markdown table of the medians of some runs, each in a fresh process; wall time unless it says CPU."""
    runs = [_one() for _ in range(ROUNDS)]
    rows = [(what, f"{median(run[what] for run in runs):,.{0 if what.startswith('attempts') else 1}f}") for what in runs[0]]
    return table((f"{REPLICATIONS} replications of `{SCENARIO}`, {JOBS} processes", "median"), rows)


def _cpu_of_children() -> float:
    """CPU seconds of processes that ended; worker processes are not among them, since the command's fork server starts them."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _one() -> dict[str, float]:
    with TemporaryDirectory() as out:
        command = ["run", SCENARIO, "-n", str(REPLICATIONS), "-j", str(JOBS), "-o", out, "--quiet"]
        start, used = perf_counter(), _cpu_of_children()
        run = subprocess.run([sys.executable, "-m", "simulator", *command], stdout=subprocess.DEVNULL, check=False)  # noqa: S603  # our own command
        wall, main = perf_counter() - start, _cpu_of_children() - used
        if run.returncode not in (0, 3):  # 3: a threshold of the story is breached
            raise RuntimeError(f"`crisis run` ended with {run.returncode}")
        (manifest,) = Path(out).rglob("manifest.json")
        effort = json.loads(manifest.read_text(encoding="utf-8"))["effort"]
    cpu = effort["cpu_s"]
    return {
        "attempts per replication": effort["attempts"] / REPLICATIONS,
        "attempts per second and core, simulation alone": effort["attempts"] / cpu["simulating"],
        "seconds in all": wall,
        "of which beside the simulation": wall - cpu["simulating"] / JOBS,
        "CPU seconds simulating": cpu["simulating"],
        "CPU seconds of the main process: start, estimates, figures, report": main,
        "CPU seconds drawing workloads": cpu["drawing"],
        "CPU seconds checking the books and tallying": cpu["tallying"],
    }
