"""One day of ``two-halls.yaml``, simulated a second time: plain Python, an event list, and the drawn workload.

The rules are those of docs/explanation/rules-of-the-run.md; the numbers of the file stand here once more. Nothing of the
engine, of routing or of the statistics is used.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from simulator.workload import Workload
from tests.independent.luck import COIN, GAP, NETWORK, PATIENCE, TALK, WRAP, duration, even, uniform

MINUTE, HOUR = 60.0, 3600.0
END, INTERVAL = 6.5 * HOUR, 30 * MINUTE
IMPACT = 2 * HOUR + 7 * MINUTE
REROUTED = IMPACT + 23 * MINUTE
PHASES = {"before": 0.0, "outage": IMPACT, "annex": REROUTED, "late": 5 * HOUR + 10 * MINUTE}
NEEDS, SITES, GROUPS = ("rescue", "billing"), ("main", "annex"), ("islands", "mainland")
IN_GROUP = ("mainland", "mainland", "islands")  #: by entry of demand
SKILL = {"alpha": {"rescue": 1.0, "billing": 1.0}, "beta": {"rescue": 1.0, "billing": 0.8}}
LINES, LINES_ADDED, ADDED_FOR = {"main": 24, "annex": 12}, 3, 100 * MINUTE
SHIFTS = ((0, 11, "alpha", "main", 0.0, math.inf, ()), (11, 7, "beta", "annex", 20 * MINUTE, 350 * MINUTE, ((215 * MINUTE, 11 * MINUTE),)),
          (18, 5, "beta", "annex", 40 * MINUTE, 380 * MINUTE, ()))  # fmt: skip
"""First agent, how many, team, site, start, end, breaks."""
ANSWER_WITHIN, SHORT, TARGET = 20.0, 6.0, 0.8
MOST_ATTEMPTS, SPACING = 6, 1.3
BUSY_SIGNAL, GAVE_UP_WAITING, WAS_CUT = range(3)
JAM, JAM_HALVES = 0.6, 15 * MINUTE
WORLD, COMPLETION, POLICY, HANG_UP, ARRIVAL = range(5)
"""What comes first at one instant."""


@dataclass
class Call:
    """One attempt."""

    person: int
    attempt: int
    need: str
    arrived: float
    site: str = ""
    queued: float = math.nan
    answered: float = math.nan
    released: float = math.nan
    ended: float = math.nan
    outcome: str = "open at end"
    cause: str = ""
    agent: Agent | None = None

    @property
    def waited(self) -> float:
        """From meeting the agents to the answer, the hang-up, the cut or the end of the run."""
        if math.isnan(self.queued):
            return 0.0
        left = next((t for t in (self.answered, self.released) if not math.isnan(t)), END)
        return left - self.queued


@dataclass
class Person:
    number: int
    need: str
    group: str
    onset: float
    fate: str = "still trying"
    attempts: int = 0
    served: Call | None = None
    solved_by: int = 0
    settled: float = math.nan
    capped: bool = False


@dataclass
class Agent:
    number: int
    team: str
    site: str
    state: str = "off"
    since: float = 0.0
    idle_since: float = 0.0
    call: Call | None = None
    to: str = ""  #: where to after the call in hand: off, away or break
    pause: float = 0.0
    past: list[tuple[str, float, float]] = field(default_factory=list)  #: states, from when until when


class Centre:
    """The day. After :meth:`run` the calls, people and agents hold what happened."""

    def __init__(self, drawn: Workload) -> None:
        self.drawn = drawn
        self.laws = {purpose: [table.tolist() for table in drawn.laws[purpose]] for purpose in ("patience", "talk", "wrap", "gap")}
        self.retries: list[list[float]] = [table.tolist() for table in drawn.retries]
        self.now = 0.0
        self.agenda: list[tuple[float, int, int, int, Callable[[], None]]] = []
        self.entered = 0
        self.calls: list[Call] = []
        self.people = [Person(i, NEEDS[drawn.need[i]], IN_GROUP[drawn.demand[i]], float(drawn.onset[i])) for i in range(drawn.calls)]
        self.agents = [Agent(first + i, team, site) for first, many, team, site, *_ in SHIFTS for i in range(many)]
        self.waiting: dict[str, list[Call]] = {need: [] for need in NEEDS}
        self.lines = dict(LINES)
        self.used = dict.fromkeys(SITES, 0)
        self.starts = dict.fromkeys(NEEDS, 0)  #: talks begun
        self.numbers = "main"
        self.main_lost = False

    def at(self, instant: float, rank: int, what: Callable[[], None], order: int = 0) -> None:
        self.entered += 1
        heapq.heappush(self.agenda, (instant, rank, order, self.entered, what))

    def run(self) -> None:
        for first, many, _, _, start, end, breaks in SHIFTS:
            crew = self.agents[first : first + many]
            self.at(start, POLICY, partial(self.all_of, crew, self.next_of))
            if end < END:
                self.at(end, POLICY, partial(self.all_of, crew, partial(self.leave, to="off")))
            for begins, length in breaks:
                self.at(begins, POLICY, partial(self.all_of, crew, partial(self.take_break, length=length)))
        self.at(IMPACT, WORLD, self.lose_main)
        self.at(REROUTED, POLICY, self.reroute)
        self.at(REROUTED + ADDED_FOR, POLICY, self.take_lines_away)
        for i, person in enumerate(self.people):
            self.at(person.onset, ARRIVAL, partial(self.attempt, i), i)
        while self.agenda and self.agenda[0][0] < END:
            self.now, *_, what = heapq.heappop(self.agenda)
            what()
        self.finish()

    @staticmethod
    def all_of(crew: list[Agent], what: Callable[[Agent], None]) -> None:
        for agent in crew:
            what(agent)

    # -- the world and the plan ------------------------------------------------------------------------------------------

    def lose_main(self) -> None:
        """Who is free at the lost site goes; its calls are cut, first those that wait."""
        self.main_lost = True
        for agent in self.agents:
            if agent.site == "main":
                self.leave(agent, "away")
        for need in NEEDS:
            for call in [call for call in self.waiting[need] if call.site == "main"]:
                self.waiting[need].remove(call)
                self.over(call, "cut off", "")
                self.try_again(call, WAS_CUT)
        for agent in self.agents:
            if agent.state == "wrap" and agent.site == "main":
                self.done(agent)
            elif agent.state == "busy" and agent.call is not None and (agent.site == "main" or agent.call.site == "main"):
                self.over(agent.call, "dropped", "")
                self.try_again(agent.call, WAS_CUT)
                self.next_of(agent)

    def reroute(self) -> None:
        self.numbers = "annex"
        self.lines["annex"] += LINES_ADDED

    def take_lines_away(self) -> None:
        self.lines["annex"] -= LINES_ADDED

    # -- people ------------------------------------------------------------------------------------------------------------

    def attempt(self, i: int) -> None:
        person, key = self.people[i], int(self.drawn.key[i])
        if self.drawn.solved_at[i] <= self.now:
            self.solved(i)
            return
        call = Call(i, person.attempts, person.need, self.now)
        self.calls.append(call)
        person.attempts += 1
        mark = float(self.drawn.network[i]) if call.attempt == 0 else uniform(key, call.attempt, NETWORK)
        if self.now >= IMPACT and mark < JAM * 2.0 ** -((self.now - IMPACT) / JAM_HALVES):
            self.turned_away(call, "lost upstream", "congestion")
        elif self.numbers == "main" and self.main_lost:
            self.turned_away(call, "blocked", "site down")
        elif self.used[self.numbers] >= self.lines[self.numbers]:
            self.turned_away(call, "blocked", "no line")
        else:
            call.site = self.numbers
            self.used[call.site] += 1
            call.queued = self.now
            self.meet_agents(call, key)

    def meet_agents(self, call: Call, key: int) -> None:
        free = [agent for agent in self.agents if agent.state == "free"]
        if free:
            self.answer(call, min(free, key=lambda agent: (agent.idle_since, agent.number)))
            return
        self.waiting[call.need].append(call)
        patience = self.laws["patience"][NEEDS.index(call.need)]
        stays = float(self.drawn.patience[call.person]) if call.attempt == 0 else duration(patience, uniform(key, call.attempt, PATIENCE))
        self.at(self.now + stays, HANG_UP, lambda: self.hang_up(call))

    def hang_up(self, call: Call) -> None:
        if call in self.waiting[call.need]:
            self.waiting[call.need].remove(call)
            self.over(call, "abandoned", "")
            self.try_again(call, GAVE_UP_WAITING)

    def turned_away(self, call: Call, outcome: str, cause: str) -> None:
        self.over(call, outcome, cause)
        self.try_again(call, BUSY_SIGNAL)

    def try_again(self, call: Call, why: int) -> None:
        i, person, key = call.person, self.people[call.person], int(self.drawn.key[call.person])
        if self.drawn.solved_at[i] <= self.now:
            self.solved(i)
            return
        last = person.attempts - 1
        if uniform(key, last, COIN) >= even(self.retries[why], float(self.drawn.persistence[i])):
            self.give_up(person)
        elif person.attempts >= MOST_ATTEMPTS:
            self.give_up(person)
            person.capped = True
        else:
            when = self.now + duration(self.laws["gap"][why], uniform(key, last, GAP)) * SPACING**last
            if when > person.onset + self.drawn.gives_up[i]:
                self.give_up(person)
            else:
                self.at(when, ARRIVAL, lambda: self.attempt(i), i)

    def solved(self, i: int) -> None:
        if self.people[i].served is None:
            self.people[i].fate = "solved"
            self.people[i].solved_by = int(self.drawn.solved_by[i])
            self.people[i].settled = float(self.drawn.solved_at[i])

    def give_up(self, person: Person) -> None:
        if person.served is None:
            person.fate = "gave up"

    # -- agents ------------------------------------------------------------------------------------------------------------

    def be(self, agent: Agent, state: str) -> None:
        agent.past.append((agent.state, agent.since, self.now))
        agent.state, agent.since = state, self.now

    def leave(self, agent: Agent, to: str) -> None:
        """Off or away: now, or after the call in hand; a break then comes to nothing."""
        if agent.state in ("busy", "wrap"):
            agent.to = to
        elif agent.state != to:
            agent.pause = 0.0
            self.be(agent, to)

    def take_break(self, agent: Agent, length: float) -> None:
        if agent.state == "free":
            self.rest_for(agent, length)
        elif agent.state in ("busy", "wrap"):
            agent.to, agent.pause = "break", length

    def rest_for(self, agent: Agent, length: float) -> None:
        self.be(agent, "break")
        self.at(self.now + length, POLICY, lambda: self.next_of(agent) if agent.state == "break" else None)

    def answer(self, call: Call, agent: Agent) -> None:
        call.answered, call.agent, agent.call = self.now, agent, call
        self.be(agent, "busy")
        need = NEEDS.index(call.need)
        key = int(self.drawn.key[call.person])
        drawn = self.drawn.talk[need]
        if self.starts[call.need] < len(drawn):
            talk = float(drawn[self.starts[call.need]])
        else:
            talk = duration(self.laws["talk"][need], uniform(key, call.attempt, TALK))
        self.starts[call.need] += 1
        self.at(self.now + talk / SKILL[agent.team][call.need], COMPLETION, lambda: self.end_talk(call, agent))

    def end_talk(self, call: Call, agent: Agent) -> None:
        if agent.call is not call or call.outcome == "dropped":
            return
        self.used[call.site] -= 1
        call.released = self.now
        person = self.people[call.person]
        if person.served is None:
            person.fate, person.served, person.settled = "served", call, call.answered
        self.be(agent, "wrap")
        need = NEEDS.index(call.need)
        wraps = self.drawn.wrap[need]
        law = self.laws["wrap"][need]
        wrap = float(wraps[0]) if len(wraps) == 1 else duration(law, uniform(int(self.drawn.key[call.person]), call.attempt, WRAP))
        self.at(self.now + wrap, COMPLETION, lambda: self.done(agent) if agent.call is call else None)

    def done(self, agent: Agent) -> None:
        call = agent.call
        assert call is not None
        call.ended, call.outcome = self.now, "handled"
        self.next_of(agent)

    def next_of(self, agent: Agent) -> None:
        """Leave if that is due; else the most urgent call, the oldest of its need; else idle."""
        agent.call = None
        to, agent.to = agent.to, ""
        if to == "break":
            length, agent.pause = agent.pause, 0.0
            self.rest_for(agent, length)
            return
        if to:
            self.be(agent, to)
            return
        for need in NEEDS:
            if self.waiting[need]:
                self.answer(self.waiting[need].pop(0), agent)
                return
        self.be(agent, "free")
        agent.idle_since = self.now

    def over(self, call: Call, outcome: str, cause: str) -> None:
        """An attempt ends without having been handled."""
        if call.site:
            self.used[call.site] -= 1
        call.outcome, call.cause, call.released, call.ended = outcome, cause, self.now, self.now

    # -- the end -----------------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        self.now = END
        for agent in self.agents:
            self.be(agent, agent.state)
            if agent.call is not None:
                agent.call.outcome = "in service at end"
        for i, person in enumerate(self.people):
            if person.fate == "still trying" and self.drawn.solved_at[i] <= END:
                self.solved(i)
        for call in self.calls:
            person = self.people[call.person]
            if call.outcome == "in service at end" and person.fate in ("still trying", "gave up"):
                person.fate, person.settled = "in service", call.answered
