"""Soak: a thousand worlds one after another, and the memory of the process that collects them and of those that simulate.

``python -m benchmarks.soak [WORLDS] [FILE]`` prints a Markdown table. Linux only: it reads ``/proc``.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
import time
from pathlib import Path

from simulator.experiment.ask import gather
from simulator.experiment.journal import Journal
from simulator.experiment.pool import processes
from simulator.experiment.questions.run import Run
from simulator.scenario import load

ROWS = 10
PAGE = os.sysconf("SC_PAGE_SIZE")
MIB = 2**20


def resident(process: int) -> float:
    """Memory of a process that is in use, in MiB."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]) * PAGE / MIB
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("worlds", type=int, nargs="?", default=1000)
    parser.add_argument("file", nargs="?", default="tests/report/small-quake.yaml")
    parser.add_argument("--variant", default=None)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    scenario = load(options.file)
    question = Run(replications=options.worlds, variant=options.variant)
    plan = question.plan(scenario)
    began = time.monotonic()
    print(f"`{options.file}`, {len(plan.models)} variants, {options.worlds} worlds, {options.jobs} processes.\n")
    print("| worlds | collecting process, MiB | simulating processes, MiB | kept on disk, MiB | seconds |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "worlds"
        journal = Journal.create(path, {"of": "a soak"})

        def look(done: int, asked: int) -> None:
            if done % max(1, asked // ROWS) == 0:
                children = [resident(child.pid or 0) for child in multiprocessing.active_children()]
                row = (resident(os.getpid()), sum(children), path.stat().st_size / MIB, time.monotonic() - began)
                print(f"| {done} | " + " | ".join(f"{value:.1f}" for value in row) + " |", flush=True)

        result = question.judge(plan, gather(question, plan, journal, processes(options.jobs), look))
        print(f"\nSummarised: {resident(os.getpid()):.1f} MiB, {time.monotonic() - began:.1f} s, {result.effort.attempts:,} attempts.")
        journal.close()


if __name__ == "__main__":
    main()
