"""The Erlang-A centre in other engines, each as its guide teaches it. None of them keeps a ledger.

SimPy without processes, salabim and cimba are given our customers one by one; Ciw draws its own from the same laws.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import simpy

from benchmarks.erlang_a import AGENTS, PATIENCE, TALK
from simulator.model.world import Model
from simulator.workload import Workload

Columns = tuple[list[float], list[float], list[float]]
"""Arrival, talk and patience of each customer."""


def columns(workload: Workload) -> Columns:
    return workload.onset.tolist(), workload.talk[0].tolist(), workload.patience.tolist()


class FlatSimpy:
    """SimPy with callbacks in place of processes, and a queue of our own in place of a resource: as fast as it goes."""

    def __init__(self) -> None:
        self.env = simpy.Environment()
        self.free = AGENTS
        self.waiting: deque[int] = deque()
        self.waits: set[int] = set()
        self.served = 0

    def run(self, model: Model, customers: Columns) -> int:
        self.arrivals, self.talk, self.patience = customers
        if self.arrivals:
            self.after(self.arrivals[0], self.arrive, 0)
        self.env.run(until=model.clock.duration)
        return self.served

    def after(self, delay: float, what: Any, i: int) -> None:
        event = simpy.Timeout(self.env, delay, i)
        event.callbacks = [what]

    def arrive(self, event: Any) -> None:
        i = event._value  # noqa: SLF001  # as fast as it goes
        if i + 1 < len(self.arrivals):
            self.after(self.arrivals[i + 1] - self.env.now, self.arrive, i + 1)
        if self.free:
            self.free -= 1
            self.after(self.talk[i], self.end, i)
        else:
            self.waiting.append(i)
            self.waits.add(i)
            self.after(self.patience[i], self.give_up, i)

    def give_up(self, event: Any) -> None:
        self.waits.discard(event._value)  # noqa: SLF001  # as fast as it goes

    def end(self, _: Any) -> None:
        self.served += 1
        while self.waiting:
            i = self.waiting.popleft()
            if i in self.waits:
                self.waits.remove(i)
                self.after(self.talk[i], self.end, i)
                return
        self.free += 1


def in_salabim(model: Model, customers: Columns) -> int:
    """A component per caller, who requests an agent and fails after their patience."""
    import salabim as sim

    sim.yieldless(False)

    class Caller(sim.Component):  # type: ignore[misc]  # salabim ships no types
        def setup(self, talk: float, patience: float) -> None:
            self.talk, self.patience = talk, patience

        def process(self) -> Any:
            yield self.request(agents, fail_delay=self.patience)
            if not self.failed():
                yield self.hold(self.talk)
                self.release()
                served.append(1)

    class Source(sim.Component):  # type: ignore[misc]  # salabim has no types
        def process(self) -> Any:
            for arrival, talk, patience in zip(*customers, strict=True):
                yield self.hold(arrival - env.now())
                Caller(talk=talk, patience=patience)

    served: list[int] = []
    env = sim.Environment(trace=False)
    agents = sim.Resource("agents", capacity=AGENTS, monitor=False)
    Source()
    env.run(till=model.clock.duration)
    return len(served)


def in_ciw(model: Model, customers: Columns) -> int:
    import ciw

    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(len(customers[0]) / model.clock.duration)],
        service_distributions=[ciw.dists.Exponential(1 / TALK)],
        reneging_time_distributions=[ciw.dists.Exponential(1 / PATIENCE)],
        number_of_servers=[AGENTS],
    )
    ciw.seed(1)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(model.clock.duration)
    return sum(record.record_type == "service" for record in simulation.get_all_records())


def in_cimba(model: Model, customers: Columns) -> int:
    from benchmarks.in_cimba import run

    return run(model.clock.duration, *customers)


PEERS = {
    "SimPy, callbacks only, tuned": lambda model, customers: FlatSimpy().run(model, customers),
    "Ciw": in_ciw,
    "salabim, a component per caller": in_salabim,
    "cimba, a compiled process per caller": in_cimba,
}
"""Engine -> (model, customers) -> how many were served."""

CONTACTS = {"Ciw": 10_000, "salabim, a component per caller": 5_000}
"""Of one run, where it is not that of SimPy: enough to measure, few enough to wait for."""
