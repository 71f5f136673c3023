"""A day of a large centre: three needs by urgency, four teams, redials, a surge at noon; ours, and SimPy in three ways.

The SimPy models are given our customers one by one. Whether and when somebody calls again they draw themselves, from the
same laws, so that they serve nearly, not exactly, as many.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from random import Random
from typing import Any

import simpy
from mypy_extensions import i64
from simpy.resources.resource import SortedQueue
from simpy.resources.store import FilterStoreGet

from benchmarks.timing import alternating, table
from simulator.crisis.play import simulate
from simulator.engine.strategy import Strategy, View
from simulator.model.distributions import Constant, Exponential, Lognormal
from simulator.model.world import Channel, Clock, Link, Model, Need, Profile, Redial, Retry, Routing, Seats, Shift, Site, Surge, Team
from simulator.routing.declared import Priority
from simulator.vocabulary import Outcome
from simulator.workload import Workload, draw

DAY = 86_400.0
HOURS = (1, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 9, 8, 8, 8, 8, 8, 7, 6, 5, 4, 3, 2, 1)
"""How ordinary calls spread over the day."""

CALLS = {"urgent": 15_000.0, "fault": 55_000.0, "everyday": 170_000.0}
TALK = {"urgent": 240.0, "fault": 300.0, "everyday": 320.0}
PATIENCE = {"urgent": 400.0, "fault": 240.0, "everyday": 180.0}
TEAMS = {"service": 800, "technical": 400, "seniors": 300, "second-line": 240}
SKILLS = {
    "service": {"everyday": 1.0},
    "technical": {"fault": 1.0, "urgent": 0.9},
    "seniors": {"everyday": 1.0, "fault": 0.9, "urgent": 1.0},
    "second-line": {"everyday": 0.8, "fault": 0.8},
}
AGAIN, PAUSE = 0.5, 600.0
STORE = "SimPy, a process per caller with `request \\| timeout`"
MOST = 10  #: attempts of one person, as in the model


def centre(share: float) -> Model:
    """The day with ``share`` of its calls and of its agents."""
    edges = tuple(DAY * i / 24 for i in range(25))
    profiles = [Profile(name, name, edges, tuple(share * calls * h / sum(HOURS) for h in HOURS)) for name, calls in CALLS.items()]
    surge = Surge("storm", "fault", onset=12 * 3600.0, rise=900.0, peak=share * 4.0, hold=3600.0, half_life=3600.0)
    return Model(
        name="day",
        variant="as-written",
        clock=Clock("UTC", "2025-01-01T00:00:00+00:00", DAY, 1800.0),
        needs=tuple(
            Need(name, urgency, Lognormal.of_mean(TALK[name], 250.0), Constant(0.0), Exponential(PATIENCE[name]))
            for urgency, name in enumerate(CALLS, start=1)
        ),
        demand=(*profiles, surge),
        channels=(Channel("voice", "voice", "main", redial=Redial(abandoned=Retry(AGAIN, Exponential(PAUSE)), persistence=float("inf"))),),
        links=(Link("trunk", 100_000),),
        sites=(Site("main", Seats(10_000, 10_000), ("trunk",)),),
        teams=tuple(
            Team(name, round(share * people), "main", SKILLS[name], (Shift(0, round(share * people), 0.0, DAY),))
            for name, people in TEAMS.items()
        ),
        routing=Routing(Priority()),
        service_order="person",
    )


class PlainPriority(Strategy):
    """A user's strategy: the most urgent need, then who has waited longest; the agent who has been idle longest."""

    def agent_for(self, view: View, contact: i64) -> i64:
        idle = [view.longest_idle(team) for team in view.teams_for(view.queue_of(contact))]
        return min((agent for agent in idle if agent >= 0), key=view.idle_since, default=-1)

    def contact_for(self, view: View, agent: i64) -> i64:
        waiting = [queue for queue in view.queues_of(agent) if view.waiting(queue)]
        return view.oldest(min(waiting, key=view.urgency)) if waiting else -1


class Floor:
    """What both SimPy models share: idle agents by team, queues by need, who may serve whom, and when somebody calls again."""

    def __init__(self, model: Model, workload: Workload) -> None:
        self.env = simpy.Environment()
        needs = [need.name for need in model.needs]
        self.speeds = [[team.skills.get(name, 0.0) for name in needs] for team in model.teams]
        self.helpers = [[t for t, speeds in enumerate(self.speeds) if speeds[need] > 0.0] for need in range(len(needs))]
        self.serves = [[need for need, speed in enumerate(speeds) if speed > 0.0] for speeds in self.speeds]
        self.idle = [deque([0.0] * team.headcount) for team in model.teams]
        self.queues: list[deque[Any]] = [deque() for _ in needs]
        self.customers = list(
            zip(workload.onset.tolist(), workload.need.tolist(), workload.talk[0].tolist(), workload.patience.tolist(), strict=True)
        )
        self.means = [PATIENCE[name] for name in needs]
        self.until = model.clock.duration
        self.luck = Random(1)  # noqa: S311  # a simulation, not a secret
        self.served = self.attempts = 0

    def team_for(self, need: int) -> int:
        """The team of the agent who has been idle longest, no longer idle; -1 if there is none."""
        best, since = -1, float("inf")
        for team in self.helpers[need]:
            if self.idle[team] and self.idle[team][0] < since:
                best, since = team, self.idle[team][0]
        if best >= 0:
            self.idle[best].popleft()
        return best


class SimpyProcesses(Floor):
    """A process per caller; who waits, waits for an event that a free agent triggers, or for the end of their patience."""

    def caller(self, need: int, talk: float, patience: float) -> Generator[simpy.Event, Any, None]:
        env = self.env
        for _ in range(MOST):
            self.attempts += 1
            team = self.team_for(need)
            if team < 0:
                answered = env.event()
                self.queues[need].append(answered)
                happened = yield answered | env.timeout(patience)
                if answered not in happened:
                    answered.defused = True  # a mark that nobody waits for this event any more
                    if self.luck.random() >= AGAIN:
                        return
                    yield env.timeout(self.luck.expovariate(1 / PAUSE))
                    patience = self.luck.expovariate(1 / self.means[need])
                    continue
                team = int(happened[answered])
            yield env.timeout(talk / self.speeds[team][need])
            self.served += 1
            self.next_for(team)
            return

    def next_for(self, team: int) -> None:
        for need in self.serves[team]:
            queue = self.queues[need]
            while queue:
                answered = queue.popleft()
                if not answered.defused:
                    answered.succeed(team)
                    return
        self.idle[team].append(self.env.now)

    def source(self) -> Generator[simpy.Event, Any, None]:
        for arrival, need, talk, patience in self.customers:
            yield self.env.timeout(arrival - self.env.now)
            self.env.process(self.caller(need, talk, patience))

    def run(self) -> tuple[int, int]:
        self.env.process(self.source())
        self.env.run(until=self.until)
        return self.attempts, self.served


class Ask(FilterStoreGet):
    """A request for somebody with a skill; the most urgent come first, then those who asked first."""

    def __init__(self, store: Agents, need: int) -> None:
        store.asked += 1
        self.key = (need, store.asked)
        super().__init__(store, lambda agent: store.speeds[agent[1]][need] > 0.0)


class Agents(simpy.FilterStore):
    """SimPy's own resource for unlike servers, its queue in order of urgency.

    An agent is a number and a team; who came back first is idle longest.
    """

    GetQueue = SortedQueue

    def __init__(self, env: simpy.Environment, speeds: list[list[float]]) -> None:
        super().__init__(env)
        self.speeds = speeds
        self.asked = 0


class SimpyStore(Floor):
    """A process per caller with ``request | timeout``, as the guide teaches, on a store of agents with skills."""

    def caller(self, agents: Agents, need: int, talk: float, patience: float) -> Generator[simpy.Event, Any, None]:
        env = self.env
        for _ in range(MOST):
            self.attempts += 1
            request = Ask(agents, need)
            happened = yield request | env.timeout(patience)
            if request in happened:
                agent = happened[request]
                yield env.timeout(talk / self.speeds[agent[1]][need])
                self.served += 1
                yield agents.put(agent)
                return
            request.cancel()
            if self.luck.random() >= AGAIN:
                return
            yield env.timeout(self.luck.expovariate(1 / PAUSE))
            patience = self.luck.expovariate(1 / self.means[need])

    def source(self) -> Generator[simpy.Event, Any, None]:
        agents = Agents(self.env, self.speeds)
        everybody = [team for team, people in enumerate(self.idle) for _ in people]
        agents.items.extend(enumerate(everybody))
        for arrival, need, talk, patience in self.customers:
            yield self.env.timeout(arrival - self.env.now)
            self.env.process(self.caller(agents, need, talk, patience))

    def run(self) -> tuple[int, int]:
        self.env.process(self.source())
        self.env.run(until=self.until)
        return self.attempts, self.served


class SimpyCallbacks(Floor):
    """The same without processes: an event calls what happens next."""

    def after(self, delay: float, what: Any, value: Any) -> None:
        event = simpy.Timeout(self.env, delay, value)
        event.callbacks = [what]

    def arrive(self, event: Any) -> None:
        i = event._value  # noqa: SLF001  # as fast as it goes
        if i + 1 < len(self.customers):
            self.after(self.customers[i + 1][0] - self.env.now, self.arrive, i + 1)
        _, need, talk, patience = self.customers[i]
        self.attempt([need, talk, patience, 0, False])

    def again(self, event: Any) -> None:
        caller = event._value  # noqa: SLF001  # as fast as it goes
        caller[2] = self.luck.expovariate(1 / self.means[caller[0]])
        self.attempt(caller)

    def attempt(self, caller: list[Any]) -> None:
        self.attempts += 1
        caller[3] += 1
        need = caller[0]
        team = self.team_for(need)
        if team >= 0:
            self.after(caller[1] / self.speeds[team][need], self.end, team)
        else:
            caller[4] = True
            self.queues[need].append((caller, caller[3]))
            self.after(caller[2], self.give_up, (caller, caller[3]))

    def give_up(self, event: Any) -> None:
        caller, number = event._value  # noqa: SLF001  # as fast as it goes
        if caller[4] and caller[3] == number:
            caller[4] = False
            if number < MOST and self.luck.random() < AGAIN:
                self.after(self.luck.expovariate(1 / PAUSE), self.again, caller)

    def end(self, event: Any) -> None:
        team = event._value  # noqa: SLF001  # as fast as it goes
        self.served += 1
        for need in self.serves[team]:
            queue = self.queues[need]
            while queue:
                caller, number = queue.popleft()
                if caller[4] and caller[3] == number:  # waits, and not again since
                    caller[4] = False
                    self.after(caller[1] / self.speeds[team][need], self.end, team)
                    return
        self.idle[team].append(self.env.now)

    def run(self) -> tuple[int, int]:
        self.after(self.customers[0][0], self.arrive, 0)
        self.env.run(until=self.until)
        return self.attempts, self.served


def ours(model: Model, workload: Workload, strategy: type[Strategy] | None = None) -> tuple[int, int]:
    """Attempts, and how many were handled."""
    ledger = simulate(model, workload, strategy).ledger
    return len(ledger), int((ledger.outcome == Outcome.HANDLED).sum())


def compare(*, quick: bool) -> str:
    """A Markdown table of the day in both SimPy models and in ours, with our strategy and with a user's in plain Python."""
    share = 0.05 if quick else 0.25
    small = centre(share)
    large = small if quick else centre(1.0)
    few, many = draw(small, 1, 0), draw(large, 1, 0)
    calls: dict[str, Callable[[], tuple[int, int]]] = {
        STORE: lambda: SimpyStore(small, few).run(),
        "SimPy, a process per caller, agents kept by hand": lambda: SimpyProcesses(small, few).run(),
        "SimPy, callbacks only, tuned": lambda: SimpyCallbacks(small, few).run(),
        "this engine, a strategy in plain Python": lambda: ours(large, many, PlainPriority),
        "this engine": lambda: ours(large, many),
    }
    attempts = {}
    _, expected = ours(small, few)
    for name, call in calls.items():
        attempts[name], handled = call()
        if "SimPy" in name and abs(handled - expected) > 0.02 * expected:
            raise RuntimeError(f"the same customers, but we served {expected} and {name} {handled}")
    seconds = alternating(calls)
    rates = {name: attempts[name] / seconds[name] for name in calls}
    slowest = rates[STORE]
    rows = [(name, f"{attempts[name]:,}", f"{rate:,.0f}", f"{rate / slowest:.1f}") for name, rate in rates.items()]
    return table(("engine", "attempts of one run", "attempts/s", "ratio"), rows)
