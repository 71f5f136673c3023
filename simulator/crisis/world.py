"""The world of one run: the floor by names, the people's plans, the logbook, and what is done and still pending."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from librt.vecs import vec
from mypy_extensions import i64
from numpy.typing import NDArray

from simulator.engine.observer import reading
from simulator.errors import RefusedAction
from simulator.model.channels import KINDS
from simulator.model.world import Role
from simulator.records import LogEntry
from simulator.vocabulary import AgentState, Rank, Solved

if TYPE_CHECKING:
    from simpy.events import Event

    from simulator.crisis.actions import OpeningCrew
    from simulator.engine.environment import CrisisEnvironment
    from simulator.engine.fading import Fade
    from simulator.engine.floor import Floor
    from simulator.engine.queues import Queue
    from simulator.engine.strategy import Strategy
    from simulator.model.world import Model, Shift, Step, Team
    from simulator.workload import Workload

NEVER = float("inf")

SWITCH = "acd"
"""The platform that distributes calls; without it no call is answered."""


class World:
    """What acts see and use. Names in, effects on the floor out; raises KeyError for a name the model does not have."""

    def __init__(self, env: CrisisEnvironment, floor: Floor, model: Model, workload: Workload) -> None:
        self.env = env
        self.floor = floor
        self.model = model
        self.workload = workload
        self.log: list[LogEntry] = []
        self.costs: dict[str, float] = {}
        self.done: dict[str, Event] = {step.id: env.event() for step in (*model.events, *model.playbook)}
        self.done_at: dict[str, float] = {}
        self.undecided = 0  #: decisions of the playbook that are triggered and not taken
        self.lost_at: dict[int, float] = {}  #: site -> when it was lost
        self.lost_by: dict[int, set[str]] = {}  #: site -> the steps that took it away
        self.cut_by: dict[int, set[str]] = {}  #: link -> what has cut it: steps, and chance
        self.detour: dict[int, tuple[int, OpeningCrew, float, str]] = {}  #: home site -> where later shifts go, who, since when, step
        self.down: set[str] = set()  #: platforms
        self.gone: dict[str, Event] = {}  #: role that nobody fills -> when somebody does again
        self.announcements: dict[str, tuple[str, Mapping[str, float]]] = {}  #: step -> platform, what it prevents
        self.routing: dict[str, Strategy] = {"": floor.strategy}  #: strategies in force by the step that chose them; the last one routes
        self.pages: dict[str, tuple[str, Mapping[str, Fade]]] = {}  #: step -> platform, whom it informs
        self.closed: set[str] = set()  #: channels taken out of service
        self.overtime: dict[int, float] = {}  #: agent -> how long they stay beyond their shift
        self.committed = 0.0  #: what the playbook has cost and will cost
        self.unavailable: set[int] = set()  #: agents who cannot work
        self.travelling: set[int] = set()
        self.shift_over: set[int] = set()  #: agents whose rostered shift has ended
        self._drawn: dict[str, NDArray[np.float64]] = {}
        self._journeys: dict[str, list[float]] = {}
        self._sites = {site.name: i for i, site in enumerate(model.sites)}
        self._needs = {need.name: i for i, need in enumerate(model.needs)}
        self._channels = {channel.name: i for i, channel in enumerate(model.channels)}
        self._links = {link.name: i for i, link in enumerate(model.links)}
        self._teams = {team.name: i for i, team in enumerate(model.teams)}
        self._first_agent: dict[str, int] = {}
        first = 0
        for team in model.teams:
            self._first_agent[team.name] = first
            first += team.headcount
        self.headcount = first

    # -- names -------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> float:
        return float(self.env.now)

    def site(self, name: str) -> int:
        return self._sites[name]

    def need(self, name: str) -> int:
        return self._needs[name]

    def channel(self, name: str) -> int:
        return self._channels[name]

    def link(self, name: str) -> int:
        return self._links[name]

    def team(self, name: str) -> int:
        return self._teams[name]

    def role(self, name: str) -> Role:
        """A role by name; one that the scenario does not describe is always free and approves at once."""
        return next((role for role in self.model.roles if role.name == name), Role(name))

    def agents(self, team: Team, shift: Shift) -> range:
        """The numbers of the agents of one rostered shift."""
        first = self._first_agent[team.name] + shift.first
        return range(first, first + shift.agents)

    def agents_of(self, team: str | None) -> range:
        """The numbers of a team's agents, or of all agents."""
        if team is None:
            return range(self.headcount)
        first = self._first_agent[team]
        return range(first, first + self.model.teams[self.team(team)].headcount)

    def luck(self, purpose: str) -> NDArray[np.float64]:
        """One uniform per agent, by agent number, from the stream ``purpose``: the same luck in every variant."""
        return self.workload.uniforms(purpose, self.headcount)

    def at(self, instant: float, kind: Rank = Rank.POLICY) -> Event:
        """Wait for an instant; one that has passed is now."""
        return self.env.at(max(instant, self.now), kind)

    def read(self, measure: str, need: str = "") -> float:
        """A wallboard value."""
        return reading(self.floor, measure, self.need(need) if need else None)

    def note(self, kind: str, step: str, what: str, detail: str = "") -> None:
        self.log.append(LogEntry(self.now, kind, step, what, detail))

    # -- links -------------------------------------------------------------------------------------------------------

    def cut(self, links: list[int], why: str) -> None:
        """Links fail together; each stays down until nothing that has cut it remains."""
        for link in links:
            self.cut_by.setdefault(link, set()).add(why)
        self.floor.cut_links(links)

    def mend(self, link: int, why: str | None = None) -> None:
        """What has cut a link is mended, or (None) everything."""
        left = self.cut_by.get(link, set())
        left.difference_update(set(left) if why is None else {why})
        if not left:
            self.floor.mend_link(link)

    # -- platforms ---------------------------------------------------------------------------------------------------

    def reach_platform(self, name: str) -> None:
        """Raise RefusedAction unless the platform is up and somebody can get at it; an empty name needs nothing."""
        if name in self.down:
            raise RefusedAction(f"platform {name} is down")
        place = next((platform.at for platform in self.model.platforms if platform.name == name), "")
        if self.is_lost(place):
            raise RefusedAction(f"platform {name} stands in {place}, where nobody may go in")

    def platforms_changed(self) -> None:
        """Bring to the floor what works: announcements, channels, and the systems that agents look things up in."""
        self.announce()
        self.publish()
        for number, channel in enumerate(self.model.channels):
            needed = {channel.platform, SWITCH} if KINDS[channel.kind].holds_line else {channel.platform}
            self.floor.set_platform(number, not needed & self.down)
        self.floor.drag = math.prod(float(p.slows_down) for p in self.model.platforms if p.name in self.down)

    def publish(self) -> None:
        """Bring the pages in force to the floor; those whose platform is down inform nobody."""
        for name, number in self._needs.items():
            pages = [fades[name] for platform, fades in self.pages.values() if name in fades and platform not in self.down]
            self.floor.needs[number].pages = pages

    def announce(self) -> None:
        """Bring the announcements in force to the floor: the most effective one counts for each need."""
        for name, number in self._needs.items():
            shares = [prevents.get(name, 0.0) for platform, prevents in self.announcements.values() if platform not in self.down]
            self.floor.announce(number, max(shares, default=0.0))

    # -- routing -----------------------------------------------------------------------------------------------------

    def route_by(self, step: str, strategy: Strategy | None) -> None:
        """A step puts its strategy in force, or takes it back (None): then the one chosen last before it routes again."""
        self.routing.pop(step, None)
        if strategy is not None:
            self.routing[step] = strategy
        in_force = list(self.routing.values())[-1]
        if in_force is not self.floor.strategy:
            self.floor.switch_strategy(in_force)

    # -- roles, channels and people ---------------------------------------------------------------------------------

    def free(self, name: str, step: str) -> Generator[Event, object, None]:
        """Wait until the role is there and free."""
        while name in self.gone:
            self.note("decision", step, "waits", f"{name} is out of reach")
            yield self.gone[name]
        role = self.role(name)
        if role.busy_after and role.busy_after in self.done and self.done[role.busy_after].triggered:
            until = self.done_at[role.busy_after] + role.busy_for
            if until > self.now:
                self.note("decision", step, "waits", f"{name} is busy")
                yield self.at(until)
                yield from self.free(name, step)

    def is_lost(self, place: str) -> bool:
        """Whether ``place`` is a site where nobody may go in."""
        return place in self._sites and self.floor.sites[self.site(place)].lost

    def queue(self, channel: str, need: str) -> Queue:
        """The contacts of one need on one channel."""
        return self.floor.queues[self.channel(channel) * len(self.model.needs) + self.need(need)]

    def hours_changed(self, channel: int) -> None:
        """Bring to the floor whether a channel is in service now: within its hours, and not closed by an act."""
        declared = self.model.channels[channel]
        within = declared.hours is None or any(start <= self.now < end for start, end in declared.hours)
        in_service = within and declared.name not in self.closed
        if in_service != self.floor.channels[channel].open:
            self.floor.set_hours(channel, in_service)

    def luck_of_people(self, step: str, purpose: str) -> NDArray[np.float64]:
        """One uniform per customer: the same luck in every variant."""
        return self.workload.uniforms(f"{step}/{purpose}", len(self.workload))

    # -- people at work ----------------------------------------------------------------------------------------------

    def end_needs(self, theirs: NDArray[np.bool_], when: NDArray[np.float64], by: Solved) -> None:
        """The needs of these customers will end outside the centre at their instants; ``when`` has one of everybody."""
        self.floor.solve(vec[i64](np.flatnonzero(theirs)), vec[float](when[theirs]), int(by))

    def report_for_work(self, agent: int, home: int) -> None:
        """A shift begins: the agent goes to the home site, or where the home site's shifts are sent now."""
        self.shift_over.discard(agent)
        if agent in self.unavailable:
            self.floor.be_absent(agent)
            return
        detour = self.detour.get(home)
        if detour is None:
            self.floor.come(agent, home)
            return
        there, crew, since, step = detour
        journey = self.journeys(crew, step)[agent]
        if crew.next_shift == "stay-home" or journey == NEVER:
            self.floor.be_absent(agent)
            return
        self.env.process(self.travel(agent, there, max(self.now, since + journey), 0.0))

    def journeys(self, crew: OpeningCrew, step: str) -> list[float]:
        """How long each agent travels, by agent number; NEVER for who is not able or not willing. Worked out once a run."""
        if step not in self._journeys:
            able = self.luck_of(step, "able") < crew.on_shift.able
            comes = able & (self.luck_of(step, "willing") < crew.on_shift.willing)
            self._journeys[step] = np.where(comes, crew.on_shift.journey.quantile(self.luck_of(step, "journey")), NEVER).tolist()
        return self._journeys[step]

    def luck_of(self, step: str, purpose: str) -> NDArray[np.float64]:
        """:meth:`luck` of one step, drawn once a run."""
        key = f"{step}/{purpose}"
        if key not in self._drawn:
            self._drawn[key] = self.luck(key)
        return self._drawn[key]

    def travel(self, agent: int, site: int, arrival: float, stays: float) -> Generator[Event, object, None]:
        """A SimPy process: one agent's way to a site, and how long they stay beyond their shift."""
        if agent in self.travelling or not self.floor.set_out(agent):
            return
        place = self.floor.sites[site]
        place.on_the_way += 1
        self.travelling.add(agent)
        yield self.at(arrival)
        place.on_the_way -= 1
        self.travelling.discard(agent)
        if agent in self.unavailable or (agent in self.shift_over and not stays):
            self.floor.go(agent)
            return
        self.floor.agents[agent].stays_until = arrival + stays
        self.floor.come(agent, site)
        if stays:
            yield self.at(arrival + stays)
            if agent in self.shift_over:
                self.floor.go(agent)

    def end_shift(self, agent: int) -> None:
        """The roster's end of a shift: home, unless the agent has promised to stay longer elsewhere."""
        self.shift_over.add(agent)
        if agent in self.overtime:
            self.env.process(self.stay_on(agent, self.overtime.pop(agent)))
        elif agent not in self.travelling and self.floor.agents[agent].stays_until <= self.now:
            self.floor.go(agent)

    def stay_on(self, agent: int, longer: float) -> Generator[Event, object, None]:
        """A SimPy process: overtime."""
        person = self.floor.agents[agent]
        person.stays_until = max(person.stays_until, self.now + longer)
        yield self.at(person.stays_until)
        if agent in self.shift_over and person.stays_until <= self.now:
            self.floor.go(agent)

    def is_off_duty(self, agent: int) -> bool:
        """Whether somebody could be called: not on shift, able to work, and not on the way already."""
        return not self.floor.agents[agent].on_shift and agent not in self.unavailable and agent not in self.travelling

    def commit(self, step: Step, until: float) -> None:
        """Count what an action costs until it ends; raises RefusedAction where the budget does not allow it."""
        cost = step.cost + step.cost_per_hour * max(until - self.now, 0.0) / 3600.0
        if self.committed + cost > self.model.budget:
            raise RefusedAction(
                f"the budget has {self.model.budget - self.committed:,.0f} left of {self.model.budget:,.0f}, this costs {cost:,.0f}"
            )
        self.committed += cost

    def displaced(self) -> list[int]:
        """Agents on shift whose site is lost: alive, idle, and not yet on their way."""
        sites = self.floor.sites
        return [
            agent.number
            for agent in self.floor.agents
            if agent.on_shift and agent.state == AgentState.AWAY and not agent.seated and not agent.waits and sites[agent.site.number].lost
        ]
