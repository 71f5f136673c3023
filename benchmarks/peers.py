"""The same small centres in Ciw and in plain SimPy, each written as its guide teaches.

Minutes throughout. Ours is the scenario file of ``crisis verify``; the other two know nothing of this package.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from itertools import count
from random import Random
from typing import Any

import ciw
import numpy as np
import simpy
from scipy.special import stdtrit

from simulator.crisis.play import simulate
from simulator.scenario import load, lower
from simulator.verify.case import FILES
from simulator.vocabulary import Outcome
from simulator.workload import draw

WARM = 60.0
LENGTH = 1260.0
WORLDS = 10
LEVEL = 0.99


@dataclass(frozen=True)
class Centre:
    """``rates`` by class, most urgent first; mean talk is a minute; ``patience`` is a mean, None is endless."""

    title: str
    file: str
    rates: tuple[float, ...]
    agents: int
    lines: int
    patience: float | None


CENTRES = (
    Centre("impatient callers and few lines (TR-2)", "few-lines", (14.0,), 10, 15, 2.0),
    Centre("one agent, twice the load (EA-3)", "erlang-a-one-agent", (2.0,), 1, 10_000, 1.0),
    Centre("two urgencies, endless patience (PR-1)", "priority-two", (3.0, 5.0), 10, 10_000, None),
)

Measured = dict[str, float]
"""Of one world: share blocked, share of the others who gave up, and mean wait by class."""


def ours(centre: Centre, world: int) -> Measured:
    model = lower(load(FILES / f"{centre.file}.yaml"))
    model = replace(model, clock=replace(model.clock, duration=LENGTH * 60, interval=LENGTH * 60, phases=()))
    run = simulate(model, draw(model, 1, world))
    book = run.ledger
    settled = book.arrived >= WARM * 60
    blocked = book.outcome == Outcome.BLOCKED
    until = np.where(np.isnan(book.answered), np.where(np.isnan(book.ended), run.ended_at, book.ended), book.answered)
    waits = [(until - book.arrived)[settled & ~blocked & (book.need == k)] / 60 for k in range(len(centre.rates))]
    gave_up = float((book.outcome[settled & ~blocked] == Outcome.ABANDONED).mean())
    return _measured(centre, float(blocked[settled].mean()), gave_up, waits)


def in_ciw(centre: Centre, world: int) -> Measured:
    names = [f"Class {k}" for k in range(len(centre.rates))]
    options: dict[str, Any] = {}
    if centre.patience is not None:
        options["reneging_time_distributions"] = {name: [ciw.dists.Exponential(1 / centre.patience)] for name in names}
    network = ciw.create_network(
        arrival_distributions={name: [ciw.dists.Exponential(rate)] for name, rate in zip(names, centre.rates, strict=True)},
        service_distributions={name: [ciw.dists.Exponential(1.0)] for name in names},
        priority_classes={name: k for k, name in enumerate(names)},
        number_of_servers=[centre.agents],
        queue_capacities=[centre.lines - centre.agents],
        **options,
    )
    ciw.seed(world)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(LENGTH)
    records = [r for r in simulation.get_all_records() if r.arrival_date >= WARM]
    kinds = [r.record_type for r in records]
    refused, left = kinds.count("rejection"), kinds.count("renege")
    waits = [
        np.array([r.waiting_time for r in records if r.record_type != "rejection" and r.customer_class == name], dtype=float)
        for name in names
    ]
    return _measured(centre, refused / len(records), left / (len(records) - refused), waits)


def in_simpy(centre: Centre, world: int) -> Measured:
    chance = Random(world)  # noqa: S311  # a simulation, not a secret
    env = simpy.Environment()
    agents = simpy.PriorityResource(env, centre.agents)
    waits: list[list[float]] = [[] for _ in centre.rates]
    seen, refused, left, inside = count(), count(), count(), [0]

    def call(k: int) -> Generator[simpy.Event, Any, None]:
        arrived = env.now
        settled = arrived >= WARM
        if settled:
            next(seen)
        if inside[0] >= centre.lines:
            if settled:
                next(refused)
            return
        inside[0] += 1
        with agents.request(priority=k) as request:
            if centre.patience is None:
                yield request
            else:
                yield request | env.timeout(chance.expovariate(1 / centre.patience))
            if settled:
                waits[k].append(env.now - arrived)
            if request.triggered:
                yield env.timeout(chance.expovariate(1.0))
            elif settled:
                next(left)
        inside[0] -= 1

    def calls(k: int) -> Generator[simpy.Event, Any, None]:
        while True:
            yield env.timeout(chance.expovariate(centre.rates[k]))
            env.process(call(k))

    for k in range(len(centre.rates)):
        env.process(calls(k))
    env.run(until=LENGTH)
    arrived, blocked = next(seen), next(refused)
    return _measured(centre, blocked / arrived, next(left) / (arrived - blocked), [np.array(w) for w in waits])


def _measured(centre: Centre, blocked: float, abandoned: float, waits: list[np.ndarray]) -> Measured:
    found = {f"mean wait{f' of class {k + 1}' if len(waits) > 1 else ''}, min": float(w.mean()) for k, w in enumerate(waits)}
    if centre.patience is not None:
        found["gave up"] = abandoned
    if centre.lines < 10_000:
        found["busy signal"] = blocked
    return found


@dataclass(frozen=True)
class Interval:
    """A mean over worlds and the half-width of its 99 % interval."""

    mean: float
    half: float

    def overlaps(self, other: Interval) -> bool:
        return abs(self.mean - other.mean) <= self.half + other.half

    def __str__(self) -> str:
        return f"{self.mean:.4f} ± {self.half:.4f}"


ENGINES: dict[str, Callable[[Centre, int], Measured]] = {"this simulator": ours, "Ciw": in_ciw, "plain SimPy": in_simpy}


def intervals(centre: Centre, worlds: int = WORLDS) -> dict[str, dict[str, Interval]]:
    """By measure and engine."""
    found: dict[str, dict[str, Interval]] = {}
    for engine, simulated in ENGINES.items():
        runs = [simulated(centre, world) for world in range(worlds)]
        for name in runs[0]:
            values = np.array([run[name] for run in runs])
            half = float(stdtrit(worlds - 1, (1 + LEVEL) / 2) * values.std(ddof=1) / np.sqrt(worlds))
            found.setdefault(name, {})[engine] = Interval(float(values.mean()), half)
    return found


def told() -> str:
    """A Markdown table."""
    lines = ["| centre | number | " + " | ".join(ENGINES) + " |", "|---|---|" + "---|" * len(ENGINES)]
    for centre in CENTRES:
        for name, by_engine in intervals(centre).items():
            lines.append(f"| {centre.title} | {name} | " + " | ".join(str(by_engine[engine]) for engine in ENGINES) + " |")
    return "\n".join(lines) + "\n"
