"""The shipped story as a user runs it: the simulation itself, and everything beside it until the report lies there."""

from __future__ import annotations

import json
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


def _one() -> dict[str, float]:
    with TemporaryDirectory() as out:
        command = ["run", SCENARIO, "-n", str(REPLICATIONS), "-j", str(JOBS), "-o", out, "--quiet"]
        start = perf_counter()
        run = subprocess.run([sys.executable, "-m", "simulator", *command], stdout=subprocess.DEVNULL, check=False)  # noqa: S603  # our own command
        wall = perf_counter() - start
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
        "CPU seconds drawing workloads": cpu["drawing"],
        "CPU seconds checking the books and tallying": cpu["tallying"],
    }
