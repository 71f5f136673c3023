"""Who of the agents is to work where: shifts, promises to stay longer, calls to another site, and journeys."""

from __future__ import annotations

import weakref
from collections import defaultdict
from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING, NamedTuple

from simulator.crisis.targets import SITE_LOST, SITE_SHUT
from simulator.vocabulary import Reason

if TYPE_CHECKING:
    from simpy.events import Event

    from simulator.crisis.actions import OpeningCrew
    from simulator.crisis.world import World

NEVER = float("inf")
BEYOND = OVERTIME, CALLED_IN, PARTNERS = "overtime", "called_in", "partners"
"""Why agents are on duty beyond the roster; partners are called in and have no roster here."""
# Plain numbers: an enum's own arithmetic would take longer than the rest of a world's shifts.
OFF_SHIFT, NOT_COMING, UNAVAILABLE, TRAVELLING = (
    int(reason) for reason in (Reason.OFF_SHIFT, Reason.NOT_COMING, Reason.UNAVAILABLE, Reason.TRAVELLING)
)
NO_WAY_IN = int(Reason.SITE_LOST)
CAN_TRAVEL = int(Reason.SITE_LOST | Reason.NO_SEAT | Reason.ON_PAUSE | Reason.ON_BREAK)
"""Reasons to be away with which somebody can be called to another site."""


class CallOut(NamedTuple):
    """A call to the people of sites that are lost or closed."""

    site: int  #: where to
    crew: OpeningCrew  #: who comes
    since: float
    step: str


class Attendance:
    """Where each agent is expected; the floor knows why they are not there (:mod:`simulator.engine.crew`)."""

    def __init__(self, world: World) -> None:
        self._world: World = weakref.proxy(world)  # no circle: a run lets go of all that it took
        self._vacated: dict[int, float] = {}  #: site that is lost or that a step has closed -> since when
        self._calls: dict[int, list[CallOut]] = {}  #: by the site whose people are called, the last call last
        self._homes = [world.site(team.site) for team in world.model.teams for _ in range(team.headcount)]
        self._rostered = [bool(team.shifts) for team in world.model.teams for _ in range(team.headcount)]
        self._way: dict[int, float] = {}  #: by agent: the journey between home and where they have been called
        self._on_roster: set[int] = set()  #: agents whose rostered shift is under way
        self._stays_until: dict[int, float] = {}  #: by agent: until when they work, whatever the roster says
        self._overtime: dict[int, float] = {}  #: by agent: how long they stay beyond their shift
        self._beyond: dict[int, tuple[str, float]] = {}  #: by agent on duty beyond the roster: why, and since when
        self._seconds: defaultdict[str, float] = defaultdict(float)  #: spent beyond the roster, by why
        self.paid: defaultdict[str, float] = defaultdict(float)  #: by step: seconds of work beyond the roster that it has brought about
        self._journeys: dict[str, list[float]] = {}
        self._families: dict[str, list[float]] = {}

    # -- shifts ------------------------------------------------------------------------------------------------------

    def begin_shift(self, agents: range, home: int, absent: Iterable[bool]) -> None:
        """The agents go to the home site, or where its people are called; whoever is at work already stays there."""
        floor, now = self._world.floor, self._world.now
        everybody = floor.agents
        called = bool(self._calls.get(home))
        self._on_roster.update(agents)
        for agent, away in zip(agents, absent, strict=True):
            if agent in self._beyond:
                self._back_on_roster(agent)
            person = everybody[agent]
            ill = away and self._stays_until.get(agent, 0.0) <= now  # whoever stays on is here, or on the way
            if not (ill or person.seated or person.reasons & TRAVELLING):
                call = self._call_to(agent, home)
                if not called or person.reasons & UNAVAILABLE:
                    floor.move(agent, home)
                elif call is not None and call.crew.next_shift != "stay-home":
                    self._way[agent] = self._journeys_of(call)[agent]
                    self.travel(agent, call.site, max(now, call.since + self._way[agent]), 0.0)
                else:
                    ill = True
            if ill:
                floor.excuse(agent, NOT_COMING)
            floor.claim(agent, OFF_SHIFT)

    def end_shift(self, agents: range) -> None:
        """Home, for all but those who have promised to stay longer."""
        floor, now = self._world.floor, self._world.now
        self._on_roster.difference_update(agents)
        for agent in agents:
            longer = self._overtime.pop(agent, 0.0)
            if longer > 0.0:
                self._promise(agent, now + longer)
                self._world.env.process(self._stay(agent))
            if self._stays_until.get(agent, 0.0) <= now:
                floor.excuse(agent, OFF_SHIFT)
            elif not floor.agents[agent].reasons & TRAVELLING:
                self._beyond[agent] = (OVERTIME, now)
            floor.claim(agent, NOT_COMING)

    def stay_longer(self, agent: int, longer: float, step: str) -> None:
        """An agent who is on shift, and not absent from it, will stay so long beyond its end."""
        if agent in self._on_roster and not self._world.floor.agents[agent].reasons & NOT_COMING:
            self._overtime[agent] = max(self._overtime.get(agent, 0.0), longer)
            self.paid[step] += longer

    def is_off_duty(self, agent: int) -> bool:
        """Whether somebody could be called in: not on shift, and nothing else keeps them away."""
        person = self._world.floor.agents[agent]
        return not person.seated and person.reasons & ~NO_WAY_IN == OFF_SHIFT

    def _promise(self, agent: int, until: float) -> None:
        self._stays_until[agent] = max(self._stays_until.get(agent, 0.0), until)

    def _stay(self, agent: int) -> Generator[Event, object, None]:
        """A SimPy process: what an agent has promised comes to its end."""
        yield self._world.at(self._stays_until[agent])
        self._go_home(agent)

    def _go_home(self, agent: int) -> None:
        """Nobody expects the agent any more, unless a shift is under way or they have promised to stay."""
        if self._stays_until.get(agent, 0.0) > self._world.now:
            return
        if agent in self._on_roster:
            self.follow(agent)
        else:
            self._back_on_roster(agent)
            self._world.floor.excuse(agent, OFF_SHIFT)

    def _back_on_roster(self, agent: int) -> None:
        """The agent's time beyond the roster, if any, is over."""
        why, since = self._beyond.pop(agent, ("", 0.0))
        if why:
            self._seconds[why] += self._world.now - since

    def beyond_roster(self, until: float) -> dict[str, float]:
        """Agents' seconds on duty beyond the roster up to the end of the run, by why: overtime, called in, partners."""
        still = {why: sum(until - since for other, since in self._beyond.values() if other == why) for why in BEYOND}
        return {why: self._seconds[why] + still[why] for why in BEYOND}

    # -- from site to site -------------------------------------------------------------------------------------------

    def vacate(self, site: int) -> None:
        """A site is lost, or a step closes it."""
        self._vacated.setdefault(site, self._world.now)

    def reoccupy(self, site: int) -> None:
        """A loss or closing of a site has ended; after the last one its people are called elsewhere no longer."""
        if self._is_usable(site):
            self._vacated.pop(site, None)
            self._calls.pop(site, None)
            self._follow_all()

    def call_out(self, call: CallOut) -> None:
        """The people of all other sites that are vacated are called to one, and so are their later shifts."""
        for site in self._vacated:
            if site != call.site:
                self._calls.setdefault(site, []).append(call)
        self._follow_all()

    def call_off(self, site: int) -> None:
        """Nobody is called to a site any more: it does not open after all."""
        self._calls = {home: [call for call in calls if call.site != site] for home, calls in self._calls.items()}
        self.vacate(site)
        self._follow_all()

    def _call_to(self, agent: int, site: int) -> CallOut | None:
        """The call to the people of a site that one of them follows: the last to which they are able and willing to come.

        A call to a site that has been lost or closed since holds no longer, and the one before holds again.
        """
        for call in reversed(self._calls.get(site, ())):
            if self._vacated.get(call.site, 0.0) <= call.since and self._journeys_of(call)[agent] < NEVER:
                return call
        return None

    def follow(self, agent: int) -> None:
        """Whoever is on duty at a vacated site, and not at a desk, goes where its people are called: who is able and willing.

        From a site that is not their own, and whose people nobody calls, they go back to their own if that can be used. So they do
        from one that has not opened, once the time is over for which they were called in to it.
        """
        now = self._world.now
        person = self._world.floor.agents[agent]
        site, home = person.site.number, self._homes[agent]
        waits = person.site.open or self._stays_until.get(agent, 0.0) > now
        if (waits and site not in self._vacated) or person.seated or person.reasons & ~CAN_TRAVEL:
            return
        call = self._call_to(agent, site)
        if not self._calls.get(site):
            if site != home and self._is_usable(home):
                self.travel(agent, home, now + self._way.get(agent, 0.0), 0.0)
        elif call is not None:
            self._way[agent] = self._journeys_of(call)[agent]
            leaves = max(now, self._vacated[site] + self._families_of(call)[agent])
            self.travel(agent, call.site, leaves + self._way[agent], call.crew.on_shift.stays)

    def _follow_all(self) -> None:
        for agent in range(len(self._homes)):
            self.follow(agent)

    def _is_usable(self, site: int) -> bool:
        effects = self._world.effects
        return not (effects.in_force(SITE_LOST.of(site)) or effects.in_force(SITE_SHUT.of(site)))

    def travel(self, agent: int, site: int, arrival: float, stays: float, step: str = "") -> None:
        """The agent sets out for a site, and works there at least so long, whatever the roster says; ``step`` pays for it."""
        floor = self._world.floor
        floor.excuse(agent, TRAVELLING)
        floor.sites[site].on_the_way += 1
        if stays > 0.0:
            self._promise(agent, arrival + stays)
        if step:
            self.paid[step] += stays
            self._way[agent] = arrival - self._world.now
        self._world.env.process(self._arrive(agent, site, arrival, stays, step))

    def _arrive(self, agent: int, site: int, arrival: float, stays: float, step: str) -> Generator[Event, object, None]:
        """A SimPy process: one agent's way to a site."""
        floor = self._world.floor
        yield self._world.at(arrival)
        floor.sites[site].on_the_way -= 1
        floor.move(agent, site)
        if stays > 0.0 and agent not in self._on_roster:
            called = CALLED_IN if self._rostered[agent] else PARTNERS
            self._beyond[agent] = (called if step else OVERTIME, arrival)
        floor.claim(agent, TRAVELLING | OFF_SHIFT if stays > 0.0 else TRAVELLING)
        self.follow(agent)  # the site may be lost or closed again by now
        if stays > 0.0:
            yield from self._stay(agent)

    def _journeys_of(self, call: CallOut) -> list[float]:
        """How long each agent travels, by agent number; NEVER for who is not able or not willing. Worked out once a run."""
        if call.step not in self._journeys:
            import numpy as np

            crew, luck = call.crew.on_shift, self._world.luck_of
            comes = (luck(call.step, "able") < crew.able) & (luck(call.step, "willing") < crew.willing)
            self._journeys[call.step] = np.where(comes, crew.journey.quantile(luck(call.step, "journey")), NEVER).tolist()
        return self._journeys[call.step]

    def _families_of(self, call: CallOut) -> list[float]:
        """How long each agent sees to the family first, by agent number. Worked out once a run."""
        if call.step not in self._families:
            luck = self._world.luck_of(call.step, "family")
            self._families[call.step] = call.crew.on_shift.family_first.quantile(luck).tolist()
        return self._families[call.step]
