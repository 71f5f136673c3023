"""The plain Erlang-A centre: our engine beside SimPy as its guide teaches it, on the same customers.

100 agents, 110 % load, exponential talk of 5 minutes and patience of 2. Both are given the same drawn columns, and both
must serve the same number of people, or the comparison is void.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from math import nan

import simpy
from simpy.events import ConditionValue

from benchmarks.timing import alternating, table
from simulator.crisis.play import simulate
from simulator.model.distributions import Constant, Exponential
from simulator.model.world import Channel, Clock, Link, Model, Need, Profile, Routing, Seats, Shift, Site, Team
from simulator.routing.declared import FirstCome
from simulator.vocabulary import Outcome
from simulator.workload import Workload, draw

AGENTS = 100
TALK = 300.0
PATIENCE = 120.0
LOAD = 1.10


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


def compare(contacts: int) -> str:
    """A Markdown table of both, on ``contacts`` contacts."""
    model = centre(contacts)
    workload = draw(model, seed=1, replication=0)
    customers = len(workload)
    ours = int((simulate(model, workload).ledger.outcome == Outcome.HANDLED).sum())
    theirs = sum(outcome == Outcome.HANDLED for *_, outcome in Simpy().run(model, workload).rows)
    if abs(ours - theirs) > 2:  # two that end at the very end of the run may fall on either side of it
        raise RuntimeError(f"the same customers, but we served {ours} and SimPy {theirs}")
    seconds = alternating({"ours": lambda: simulate(model, workload), "simpy": lambda: Simpy().run(model, workload)})
    names = {"simpy": "SimPy, a process per caller with `request \\| timeout`", "ours": "this engine"}
    return table(
        ("engine", "contacts/s", "ratio"),
        [(names[name], f"{customers / seconds[name]:,.0f}", f"{seconds['simpy'] / seconds[name]:.1f}") for name in ("simpy", "ours")],
    )
