"""Who works, and how long: registered actions on staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from simulator.crisis.act import Act, acts
from simulator.crisis.events import SiteName, TeamName
from simulator.errors import RefusedAction
from simulator.model.distributions import Constant
from simulator.model.units import Count, Duration, Law, Says, Share

if TYPE_CHECKING:
    from simulator.crisis.world import World


@acts.register("staff.call_in")
@dataclass(frozen=True)
class CallInStaff(Act):
    """People who are off duty, on call, or of a partner are called, come one by one, and work for a while."""

    kind = "action"
    team: TeamName
    agents: Annotated[Count, Says("how many are called")]
    works: Annotated[Duration, Says("how long each works")]
    comes: Annotated[Share, Says("share of them who come")] = 1.0
    journey: Annotated[Law, Says("how long until they are at work")] = Constant(0.0)
    site: Annotated[SiteName | None, Says("where; the team's own site if not given")] = None

    def paid_hours(self, world: World) -> float:
        return round(self.agents) * self.works / 3600.0

    def run(self, world: World, step: str) -> None:
        team = world.model.teams[world.team(self.team)]
        site = world.site(self.site or team.site)
        if world.is_lost(self.site or team.site):
            raise RefusedAction(f"site {self.site or team.site} is lost")
        luck = world.luck_of(step, "order")
        off = [a for a in world.agents_of(self.team) if world.attendance.is_off_duty(a)]
        called = sorted(off, key=lambda agent: float(luck[agent]))[: round(self.agents)]
        comes = world.luck_of(step, "comes")
        journey = self.journey.quantile(world.luck_of(step, "journey")).tolist()
        coming = [agent for agent in called if comes[agent] < self.comes]
        world.note("action", step, "note", f"{len(called)} called, {len(coming)} come")
        for agent in coming:
            world.attendance.travel(agent, site, world.now + journey[agent], self.works, step)


@acts.register("staff.overtime")
@dataclass(frozen=True)
class WorkOvertime(Act):
    """A share of those at work stays longer when their shift ends."""

    kind = "action"
    stays: Annotated[Duration, Says("how long beyond the end of their shift")]
    team: Annotated[TeamName | None, Says("whose agents; all teams if not given")] = None
    share: Annotated[Share, Says("share of the agents on shift who stay")] = 1.0

    def paid_hours(self, world: World) -> float:
        return len(world.agents_of(self.team)) * self.stays / 3600.0

    def run(self, world: World, step: str) -> None:
        luck = world.luck_of(step, "stays")
        for agent in world.agents_of(self.team):
            if luck[agent] < self.share:
                world.attendance.stay_longer(agent, self.stays, step)
