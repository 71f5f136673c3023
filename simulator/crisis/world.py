"""The world of one run: the floor by names, the people's plans, the logbook, and what is done and still pending."""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from librt.vecs import vec
from mypy_extensions import i64
from numpy.typing import NDArray

from simulator.crisis.attendance import Attendance
from simulator.crisis.effects import Effects
from simulator.crisis.luck import Luck
from simulator.crisis.money import Money
from simulator.crisis.targets import ANNOUNCED, CHANNEL_SHUT, LINK_CUT, PLATFORM_DOWN, PUBLISHED, ROLE_GONE, SITE_LOST
from simulator.engine.observer import reading
from simulator.errors import RefusedAction
from simulator.model.channels import KINDS
from simulator.model.world import Role
from simulator.records import LogEntry
from simulator.vocabulary import Rank, Solved

if TYPE_CHECKING:
    from simpy.events import Event

    from simulator.engine.environment import CrisisEnvironment
    from simulator.engine.floor import Floor
    from simulator.model.world import Model, Shift, Team
    from simulator.workload import Workload

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
        self.money = Money(float(model.budget), float(model.clock.duration))
        self.done: dict[str, Event] = {step.id: env.event() for step in (*model.events, *model.playbook)}
        self.done_at: dict[str, float] = {}
        self.undecided = 0  #: decisions of the playbook that are triggered and not taken
        self.effects = Effects(self)
        self.first_strategy = floor.strategy
        self.back: dict[str, Event] = {}  #: role that nobody fills -> when somebody does again
        self._luck = Luck(model, workload)
        self._drawn: dict[str, NDArray[np.float64]] = {}
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
        self.attendance = Attendance(self)

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

    def luck(self, purpose: str, agents: range | None = None) -> NDArray[np.float64]:
        """One uniform for each of the ``agents`` (all of them, if not given), whoever else there is: the same luck in every variant."""
        return self._luck.of_agents(purpose, range(self.headcount) if agents is None else agents)

    def luck_of_shifts(self, purposes: Sequence[str], crews: Sequence[range]) -> list[NDArray[np.float64]]:
        """:meth:`luck` of the agents of several shifts, each for its purpose."""
        return self._luck.of_shifts(purposes, crews)

    def at(self, instant: float, kind: Rank = Rank.POLICY) -> Event:
        """Wait for an instant; one that has passed is now."""
        return self.env.at(max(instant, self.now), kind)

    def read(self, measure: str, need: str = "") -> float:
        """A wallboard value."""
        return reading(self.floor, measure, self.need(need) if need else None)

    def note(self, kind: str, step: str, what: str, detail: str = "") -> None:
        self.log.append(LogEntry(self.now, kind, step, what, detail))

    # -- platforms ---------------------------------------------------------------------------------------------------

    def works(self, name: str) -> bool:
        """Whether a platform is up, and whoever is not in its building can get through to it."""
        return not self.effects.in_force(PLATFORM_DOWN.of(name)) and not self.is_cut_off(self.place(name))

    def place(self, platform: str) -> str:
        """Where a platform stands; empty where the scenario does not say."""
        return next((declared.at for declared in self.model.platforms if declared.name == platform), "")

    def is_cut_off(self, place: str) -> bool:
        """Whether ``place`` is a site with links, all of which are down."""
        links = self.model.sites[self.site(place)].links if self.is_site(place) else ()
        return bool(links) and all(self.effects.in_force(LINK_CUT.of(self.link(link))) for link in links)

    def reach_platform(self, name: str) -> None:
        """Raise RefusedAction unless the platform is up and somebody can get at it; an empty name needs nothing."""
        if self.effects.value(PLATFORM_DOWN.of(name)):
            raise RefusedAction(f"platform {name} is down")
        place = self.place(name)
        if self.is_lost(place):
            raise RefusedAction(f"platform {name} stands in {place}, where nobody may go in")

    def platforms_changed(self) -> None:
        """Bring to the floor what works: announcements, pages, channels, and the systems that agents look things up in."""
        self.effects.refresh(ANNOUNCED)
        self.effects.refresh(PUBLISHED)
        for number, channel in enumerate(self.model.channels):
            needed = {channel.platform, SWITCH} if KINDS[channel.kind].holds_line else {channel.platform}
            self.floor.set_platform(number, all(self.works(platform) for platform in needed))
        down = [p for p in self.model.platforms if self.effects.in_force(PLATFORM_DOWN.of(p.name))]
        self.floor.drag = math.prod(float(p.slows_down) for p in down)

    # -- roles, channels and people ---------------------------------------------------------------------------------

    def free(self, name: str, step: str) -> Generator[Event, object, None]:
        """Wait until the role is there and free."""
        while self.effects.in_force(ROLE_GONE.of(name)):
            self.note("decision", step, "waits", f"{name} is out of reach")
            yield self.back[name]
        role = self.role(name)
        if role.busy_after and role.busy_after in self.done and self.done[role.busy_after].triggered:
            until = self.done_at[role.busy_after] + role.busy_for
            if until > self.now:
                self.note("decision", step, "waits", f"{name} is busy")
                yield self.at(until)
                yield from self.free(name, step)

    def is_site(self, place: str) -> bool:
        """Whether ``place`` is one of the scenario's sites."""
        return place in self._sites

    def is_lost(self, place: str) -> bool:
        """Whether ``place`` is a site where nobody may go in."""
        return self.is_site(place) and bool(self.effects.value(SITE_LOST.of(self.site(place))))

    def hours_changed(self, channel: int) -> None:
        """Bring to the floor whether a channel is in service now: within its hours, and not closed by an act."""
        declared = self.model.channels[channel]
        within = declared.hours is None or any(start <= self.now < end for start, end in declared.hours)
        in_service = within and not self.effects.in_force(CHANNEL_SHUT.of(channel))
        if in_service != self.floor.channels[channel].open:
            self.floor.set_hours(channel, in_service)

    def luck_of(self, step: str, purpose: str) -> NDArray[np.float64]:
        """:meth:`luck` of one step, drawn once a run."""
        key = f"{step}/{purpose}"
        if key not in self._drawn:
            self._drawn[key] = self.luck(key)
        return self._drawn[key]

    def luck_of_people(self, step: str, purpose: str, people: NDArray[np.integer[Any]] | None = None) -> NDArray[np.float64]:
        """One uniform for each of these customers (of all, if not given), whoever else there is: the same luck in every variant."""
        return self._luck.of_people(f"{step}/{purpose}", np.arange(len(self.workload)) if people is None else people)

    def end_needs(self, people: NDArray[np.intp], when: NDArray[np.float64], by: Solved) -> None:
        """The needs of these customers will end outside the centre, each at the instant of ``when``."""
        self.floor.solve(vec[i64](people), vec[float](when), int(by))
