"""The plain Erlang-A centre: our engine beside SimPy as its guide teaches it, on the same customers.

100 agents, 110 % load, exponential talk of 5 minutes and patience of 2. Both are given the same drawn columns, and both
must serve the same number of people, or the comparison is void.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial
from math import nan

import simpy
from simpy.events import ConditionValue

from benchmarks.timing import alternating, table
from simulator.crisis.play import simulate
from simulator.model.distributions import Constant, Exponential
from simulator.model.world import Channel, Clock, Link, Model, Need, Profile, Routing, Seats, Shift, Site, Team
from simulator.records import Run
from simulator.routing.declared import FirstCome
from simulator.vocabulary import Outcome
from simulator.workload import Workload, draw

AGENTS = 100
TALK = 300.0
PATIENCE = 120.0
LOAD = 1.10

OURS = "this engine, ledger and all"
PROCESSES = "SimPy, a process per caller with `request \\| timeout`"


def centre(contacts: int) -> Model:
    """A centre that is offered about ``contacts`` contacts, with lines for all of them and nobody trying again."""
    rate = LOAD * AGENTS / TALK
    duration = contacts / rate
    return Model(
        name="erlang-a",
        variant="as-written",
        clock=Clock(timezone="UTC", start="2025-01-01T00:00:00+00:00", duration=duration, interval=3600.0),
        needs=(Need("call", 1, talk_time=Exponential(TALK), wrap_up=Constant(0.0), patience=Exponential(PATIENCE)),),
        demand=(Profile("calls", "call", edges=(0.0, duration), expected=(float(contacts),)),),
        channels=(Channel("voice", "voice", numbers="main"),),
        links=(Link("trunk", lines=10 * AGENTS),),
        sites=(Site("main", Seats(AGENTS, AGENTS), links=("trunk",)),),
        teams=(Team("agents", AGENTS, "main", {"call": 1.0}, (Shift(0, AGENTS, 0.0, duration),)),),
        routing=Routing(FirstCome()),
        service_order="person",
    )


@dataclass
class Simpy:
    """A process per caller, who waits for an agent or for the end of their patience; one row per caller, as our ledger has."""

    rows: list[tuple[float, float, float, Outcome]] = field(default_factory=list)

    def caller(
        self, env: simpy.Environment, agents: simpy.Resource, talk: float, patience: float
    ) -> Generator[simpy.Event, ConditionValue, None]:
        arrived = env.now
        with agents.request() as agent:
            happened = yield agent | env.timeout(patience)
            answered = env.now
            if agent in happened:
                yield env.timeout(talk)
                self.rows.append((arrived, answered, env.now, Outcome.HANDLED))
            else:
                self.rows.append((arrived, nan, env.now, Outcome.ABANDONED))

    def source(self, env: simpy.Environment, workload: list[tuple[float, float, float]]) -> Generator[simpy.Event, object, None]:
        agents = simpy.Resource(env, capacity=AGENTS)
        for arrival, talk, patience in workload:
            yield env.timeout(arrival - env.now)
            env.process(self.caller(env, agents, talk, patience))

    def run(self, model: Model, workload: Workload) -> Simpy:
        env = simpy.Environment()
        columns = zip(workload.onset.tolist(), workload.talk[0].tolist(), workload.patience.tolist(), strict=True)
        env.process(self.source(env, list(columns)))
        env.run(until=model.clock.duration)
        return self


def compare(contacts: int, *, quick: bool) -> str:
    """A Markdown table of all engines that are installed, taken in turns; the slowest run fewer contacts, as the table says.

    Raises RuntimeError where the same customers are not served alike: the comparison would be void.
    """
    from benchmarks.erlang_peers import CONTACTS, PEERS, columns

    sizes = {OURS: contacts, PROCESSES: contacts} | {name: CONTACTS.get(name, contacts) for name in PEERS}
    if quick:
        sizes = {name: min(size, 20_000) for name, size in sizes.items()}
    calls: dict[str, Callable[[], int]] = {}
    customers: dict[str, int] = {}
    for name, size in sizes.items():
        model = centre(size)
        workload = draw(model, seed=1, replication=0)
        customers[name] = len(workload)
        expected = served(simulate(model, workload))
        if name == OURS:
            calls[name] = partial(_ours, model, workload)
        elif name == PROCESSES:
            calls[name] = partial(_processes, model, workload)
        else:
            calls[name] = partial(PEERS[name], model, columns(workload))
        try:
            found = calls[name]()
        except ImportError as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
            del calls[name]
            continue
        # Two that end at the very end of the run may fall on either side of it; Ciw draws customers of its own.
        if abs(found - expected) > (0.05 * expected if name == "Ciw" else 2):
            raise RuntimeError(f"the same customers, but we served {expected} and {name} {found}")
    seconds = alternating(calls)
    rates = {name: customers[name] / seconds[name] for name in calls}
    return table(
        ("engine", "contacts of one run", "contacts/s", "ratio"),
        [
            (name, f"{customers[name]:,}", f"{rate:,.0f}", f"{rate / rates[PROCESSES]:.1f}")
            for name, rate in sorted(rates.items(), key=lambda item: item[1])
        ],
    )


def served(run: Run) -> int:
    return int((run.ledger.outcome == Outcome.HANDLED).sum())


def _ours(model: Model, workload: Workload) -> int:
    return served(simulate(model, workload))


def _processes(model: Model, workload: Workload) -> int:
    return sum(outcome == Outcome.HANDLED for *_, outcome in Simpy().run(model, workload).rows)
