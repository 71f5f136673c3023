"""What a whole answer costs beside the plain simulation of its worlds: CPU time of all processes, and ratios that busy machines share.

``python -m benchmarks.answer [--variants N]`` prints Markdown tables. Nothing here is a limit that a test holds.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from benchmarks.growth import centre
from benchmarks.timing import table
from simulator.crisis.play import simulate
from simulator.experiment.workers import keep_memory
from simulator.scenario import load, lower
from simulator.statistics.account import Account
from simulator.statistics.measures import measure_named
from simulator.statistics.tally import tally_of
from simulator.workload import draw
from simulator.workload.draw import settled

SCENARIO = "scenarios/mexico-city-2017.yaml"
WORLDS = 30
LAPS = 5
CONTACTS = 200_000
SUBREAPER = 36
"""``PR_SET_CHILD_SUBREAPER`` of Linux: processes whose parent has ended become ours, so that their CPU time is known."""
THREE: tuple[tuple[str, dict[str, str]], ...] = (("never_served", {}), ("service_level", {}), ("time_to_recover", {}))
SIZES = {"100 agents": (100, 1), "10,000 agents": (10_000, 1), "1,000 agents, 1 need": (1_000, 1), "1,000 agents, 200 needs": (1_000, 200)}


def cpu_of(command: Sequence[str]) -> tuple[float, float, int]:
    """CPU seconds of a command and of every process that it starts, its wall time, and the most memory of one of them in bytes."""
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    code = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)  # noqa: S603  # our own command
    if code.returncode not in (0, 3):  # 3: a threshold of the story is breached
        raise RuntimeError(code.stderr.decode()[-500:])
    wall = perf_counter() - began
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall, after.ru_maxrss * 1024


def whole(jobs: int) -> tuple[float, dict[str, float]]:
    """CPU seconds of ``crisis run`` on the quake, and of them those that its worlds took."""
    with TemporaryDirectory() as out:
        command = ["run", SCENARIO, "-n", str(WORLDS), "-j", str(jobs), "-o", out, "--quiet"]
        spent, _, _ = cpu_of([sys.executable, "-m", "simulator", *command])
        (manifest,) = Path(out).rglob("manifest.json")
        return spent, json.loads(manifest.read_text(encoding="utf-8"))["effort"]["cpu_s"]


def answers() -> str:
    """The quake from command to report, by how many processes."""
    rows = []
    laps = {jobs: [whole(jobs) for _ in range(LAPS)] for jobs in (1, 2)}
    for jobs, found in laps.items():
        simulating = median(cpu["simulating"] for _, cpu in found)
        parts = [median(cpu[name] for _, cpu in found) for name in ("drawing", "tallying")]
        total = median(spent for spent, _ in found)
        rest = total - simulating - sum(parts)
        rows.append((f"{jobs}", f"{simulating:.1f}", *(f"{part / simulating:.2f}" for part in (*parts, rest, total))))
    heads = ("processes", "CPU s simulating", "drawing", "adding up", "start, estimates, figures, files", "in all")
    return table(heads, rows)


def worlds() -> str:
    """One world of the quake, by what is asked of it; ratios to its simulation."""
    model = lower(load(SCENARIO))
    three = [(measure_named(name), scope) for name, scope in THREE]
    names = ("drawing", "simulating", "the books", "everything", "three measures")
    spent: dict[str, list[float]] = {name: [] for name in names}
    for world in range(LAPS + 1):
        marks = [process_time()]
        workload = draw(model, 1, world)
        marks.append(process_time())
        run = simulate(model, workload)
        marks.append(process_time())
        account = Account(run, settled(model, workload.assumptions))
        account.check()
        marks.append(process_time())
        tally_of(account)
        marks.append(process_time())
        account = Account(run, settled(model, workload.assumptions))
        account.figures(three)
        marks.append(process_time())
        if world:  # the first one makes what is made once
            for name, since, until in zip(names, marks, marks[1:], strict=False):
                spent[name].append(until - since)
    cost = {name: median(taken) for name, taken in spent.items()}
    base = cost["simulating"]
    rows = [(name, f"{1e3 * taken:.1f}", f"{taken / base:.2f}") for name, taken in cost.items()]
    for asked in ("everything", "three measures"):
        all_of = sum(cost[name] for name in ("drawing", "simulating", "the books", asked))
        rows.append((f"the whole world, asked for {asked}", f"{1e3 * all_of:.1f}", f"{all_of / base:.2f}"))
    return table(("one world of the quake", "CPU ms", "of its simulation"), rows)


def growth() -> str:
    """The same contacts in larger centres: CPU milliseconds of each part, medians of laps in turns."""
    models = {name: centre(CONTACTS, agents, needs, 1) for name, (agents, needs) in SIZES.items()}
    spent: dict[str, list[list[float]]] = {name: [] for name in models}
    for lap in range(LAPS + 1):
        for name, model in models.items():
            marks = [process_time()]
            workload = draw(model, 1, 0)
            marks.append(process_time())
            run = simulate(model, workload)
            marks.append(process_time())
            account = Account(run, model)
            account.check()
            tally_of(account)
            marks.append(process_time())
            if lap:
                spent[name].append([until - since for since, until in pairwise(marks)])
    rows = []
    for name, laps in spent.items():
        parts = [1e3 * median(part) for part in zip(*laps, strict=True)]
        rows.append((name, *(f"{part:.1f}" for part in (*parts, sum(parts)))))
    return table((f"{CONTACTS:,} contacts", "drawing", "simulating", "adding up", "in all"), rows)


def many(variants: int) -> str:
    """A comparison of many variants in two worlds each: time, memory and size."""
    with TemporaryDirectory() as out:
        vary = f"sites.temporary.seats=101:{100 + variants}:1"
        command = ["compare", SCENARIO, "--vary", vary, "-n", "2", "--stability", "0", "-o", out, "--quiet"]
        cpu, wall, most = cpu_of([sys.executable, "-m", "simulator", *command])
        size = sum(path.stat().st_size for path in Path(out).rglob("*") if path.is_file())
    row = (f"{variants:,}", f"{wall:.0f}", f"{cpu:.0f}", f"{most / 1e6:.0f}", f"{size / 1e6:.1f}")
    return table(("variants in 2 worlds", "seconds", "CPU s", "MB of the largest process", "MB of files"), [row])


def told(*, quick: bool) -> str:
    """All tables; the quick ones alone, if asked."""
    parts = [worlds(), growth()]
    return "\n\n".join(parts if quick else [answers(), *parts])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.answer", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out whole runs")
    parser.add_argument("--variants", type=int, help="compare so many variants in two worlds each, and nothing else")
    options = parser.parse_args()
    keep_memory()
    print(many(options.variants) if options.variants else told(quick=options.quick))


if __name__ == "__main__":
    main()
