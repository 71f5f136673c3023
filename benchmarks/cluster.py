"""What a cluster costs: the same worlds in this process, in a pool of processes and on Dask workers of this machine.

``python -m benchmarks.cluster [WORLDS] [FILE]`` prints a Markdown table. Needs the extra ``cluster``.
"""

from __future__ import annotations

import argparse
import os
import time

from simulator.experiment.cluster import connected
from simulator.experiment.pool import Runner, processes
from simulator.experiment.questions.run import Run
from simulator.experiment.task import Job
from simulator.scenario import load


def measured(runner: Runner, worlds: int, file: str) -> tuple[float, float, float, float]:
    """Seconds, CPU seconds of the workers, CPU seconds of this process, and bytes sent back, per world."""
    plan = Run().plan(load(file))
    models = {plan.digest(point): model for point, model in plan.models.items()}
    list(runner([Job(Run(seed=1), world, world, models) for world in range(2)]))  # workers import what they need
    began, spent = time.perf_counter(), time.process_time()
    found = list(runner([Job(Run(seed=2), world, world, models) for world in range(worlds)]))
    wall, here = time.perf_counter() - began, time.process_time() - spent
    work = sum(p.effort.drawing + p.effort.simulating + p.effort.tallying for p in found)
    size = sum(len(part) for p in found for leaf in p.leaves.values() for part in leaf)
    assert len(found) == worlds
    assert not any(p.troubles for p in found)
    return wall / worlds, work / worlds, here / worlds, size / worlds


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__)
    parser.add_argument("worlds", type=int, nargs="?", default=40)
    parser.add_argument("file", nargs="?", default="scenarios/mexico-city-2017.yaml")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    print(f"`{options.file}`, {options.worlds} worlds of one variant, {os.cpu_count()} cores.\n")
    print("| where | s per world | CPU s per world, workers | CPU ms per world, collecting process | KB sent back |\n|---|---|---|---|---|")
    rows: list[tuple[str, tuple[float, float, float, float]]] = []
    for many in options.workers:
        if many > 1:
            rows.append((f"{many} processes", measured(processes(many), options.worlds, options.file)))
        with connected(jobs=many) as cluster:
            rows.append((f"{many} Dask workers", measured(cluster, options.worlds, options.file)))
    for name, (wall, work, here, size) in rows:
        print(f"| {name} | {wall:.3f} | {work:.3f} | {1000 * here:.1f} | {size / 1000:.1f} |")


if __name__ == "__main__":
    main()
