"""What a run needs is let go when it is over: thousands of runs in one process need the memory of one."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
from librt.vecs import vec

from simulator.crisis.play import simulate
from simulator.engine.assemble import assemble
from simulator.engine.contacts import Contacts, Customers
from simulator.engine.environment import CrisisEnvironment
from simulator.scenario import load, lower
from simulator.workload import draw
from simulator.workload.draw import settled

TIMES = 300


def growth(act: Callable[[], object]) -> int:
    """By how many bytes the memory in use grows while ``act`` is done many times.

    The least of three: what stays behind does so each time, what the process took for something else meanwhile does not.
    """
    for _ in range(20):
        act()
    grown = []
    for _ in range(3):
        gc.collect()
        before = _resident()
        for number in range(TIMES):
            act()
            if number % 20 == 0:
                gc.collect()
        gc.collect()
        grown.append(_resident() - before)
    return min(grown)


def _resident() -> int:
    return int(psutil.Process().memory_info().rss)


def test_no_column_of_the_workload_stays_behind(root: Path) -> None:
    model = lower(load(root / "tests/report/small-quake.yaml"), "as-it-happened")
    workload = draw(model, seed=1, replication=0)
    model = settled(model, workload.assumptions)
    strategy = model.routing.strategy.make(model)
    column = 8 * len(workload)

    def once() -> None:
        floor = assemble(model, workload, CrisisEnvironment(0.0).calendar, strategy)
        floor.open_access(vec[float](np.zeros(len(workload))))

    assert growth(once) < TIMES * column / 2


def test_no_ledger_stays_behind(root: Path) -> None:
    model = lower(load(root / "tests/scenario_language/small.yaml"))
    workload = draw(model, seed=1, replication=0)
    ledger = sum(column.nbytes for column in vars(simulate(model, workload).ledger).values())
    assert growth(lambda: simulate(model, workload)) < TIMES * ledger / 10


def test_a_world_is_let_go_at_once(root: Path) -> None:
    """Without waiting for the collector of circular references, which counts objects and not megabytes."""
    model = lower(load(root / "scenarios/santiago-snowfall-2017.yaml"))  # conversations, so that agents have inboxes
    workload = draw(model, seed=1, replication=0)
    gc.collect()
    gc.disable()
    try:
        simulate(model, workload)
        left = [thing for thing in gc.get_objects() if isinstance(thing, (Contacts, Customers))]
    finally:
        gc.enable()
    assert not left
