"""What breaks: the registered events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from simulator.crisis.act import Act, acts
from simulator.model.units import Choice, Count, Duration, Instant, Number, Ref, Says, Share

if TYPE_CHECKING:
    from simulator.crisis.world import World

SiteName = Annotated[str, Ref("site")]
LinkName = Annotated[str, Ref("link")]
NeedName = Annotated[str, Ref("need")]
TeamName = Annotated[str, Ref("team")]
RoleName = Annotated[str, Ref("role")]
PlatformName = Annotated[str, Ref("platform")]
ChannelName = Annotated[str, Ref("channel")]
InboundName = Annotated[str, Ref("inbound channel")]
CallbackName = Annotated[str, Ref("callback channel")]


@acts.register("site.lose")
@dataclass(frozen=True)
class LoseSite(Act):
    """A building cannot be used: its agents are alive but idle, and nobody may go in."""

    kind = "event"
    lasting = True
    site: SiteName
    calls: Annotated[str, Choice(("cut", "finish")), Says("whether calls in progress are cut or may end")] = "cut"

    def run(self, world: World, step: str) -> None:
        site = world.site(self.site)
        world.lost_by.setdefault(site, set()).add(step)
        world.lost_at[site] = world.now
        world.floor.lose_site(site, self.calls == "cut")

    def undo(self, world: World, step: str) -> None:
        site = world.site(self.site)
        world.lost_by[site].discard(step)
        if world.lost_by[site]:
            return  # something else has taken it away too
        stranded = [agent for agent in world.displaced() if world.floor.agents[agent].site.number == site]
        world.floor.regain_site(site)
        world.detour.pop(site, None)
        for agent in stranded:
            world.floor.come(agent, site)


@acts.register("site.degrade")
@dataclass(frozen=True)
class DegradeSite(Act):
    """Part of a building's seats cannot be used."""

    kind = "event"
    lasting = True
    site: SiteName
    seats: Annotated[Share, Says("the share of seats that remain usable")]

    def run(self, world: World, step: str) -> None:
        site = world.site(self.site)
        world.floor.set_seats(site, round(world.model.sites[site].seats.total * self.seats))

    def undo(self, world: World, step: str) -> None:
        site = world.site(self.site)
        world.floor.set_seats(site, world.model.sites[site].seats.total)


@acts.register("link.cut")
@dataclass(frozen=True)
class CutLink(Act):
    """A cable is cut: its calls drop, and every link in the same trench goes with it."""

    kind = "event"
    lasting = True
    link: LinkName
    trench: Annotated[str, Choice(("shared", "spared")), Says("whether links in the same trench are cut too")] = "shared"

    def together(self, world: World) -> list[int]:
        """The link and, if shared, all that lie in its trench."""
        trench = world.model.links[world.link(self.link)].trench
        shares = self.trench == "shared" and trench
        return [i for i, link in enumerate(world.model.links) if link.name == self.link or (shares and link.trench == trench)]

    def run(self, world: World, step: str) -> None:
        world.cut(self.together(world), step)

    def undo(self, world: World, step: str) -> None:
        for link in self.together(world):
            world.mend(link, step)


@acts.register("link.mend")
@dataclass(frozen=True)
class MendLink(Act):
    """A cut cable carries calls again."""

    kind = "both"
    link: LinkName

    def run(self, world: World, step: str) -> None:
        world.mend(world.link(self.link))


@acts.register("platform.fail")
@dataclass(frozen=True)
class FailPlatform(Act):
    """A system stops: what lives on it cannot work until it is restored."""

    kind = "event"
    lasting = True
    platform: PlatformName

    def run(self, world: World, step: str) -> None:
        world.down.add(self.platform)
        world.platforms_changed()

    def undo(self, world: World, step: str) -> None:
        RestorePlatform(self.platform).run(world, step)


@acts.register("platform.restore")
@dataclass(frozen=True)
class RestorePlatform(Act):
    """A failed system works again."""

    kind = "both"
    platform: PlatformName

    def run(self, world: World, step: str) -> None:
        world.down.discard(self.platform)
        world.platforms_changed()


@acts.register("network.congest")
@dataclass(frozen=True)
class CongestNetwork(Act):
    """The carrier's network is full: a share of attempts never reaches the centre, less and less with time."""

    kind = "event"
    blocks: Annotated[Share, Says("share of attempts lost at the start")]
    half_life: Annotated[Duration, Says("time in which that share halves")]

    def run(self, world: World, step: str) -> None:
        from simulator.engine.fading import Fade

        world.floor.congestion.append(Fade(world.now, self.blocks, self.half_life, 0.0, 0.0))


@acts.register("lines.set")
@dataclass(frozen=True)
class SetLines(Act):
    """The number of lines of a link changes; calls in progress go on."""

    kind = "both"
    lasting = True
    link: LinkName
    lines: Annotated[Count, Says("how many lines it has from now on")]

    def run(self, world: World, step: str) -> None:
        world.floor.set_lines(world.link(self.link), round(self.lines))

    def undo(self, world: World, step: str) -> None:
        link = world.link(self.link)
        world.floor.set_lines(link, world.model.links[link].lines)


@acts.register("demand.scale")
@dataclass(frozen=True)
class ScaleDemand(Act):
    """Fewer people than usual have a need: on a bad day the city has other worries."""

    kind = "event"
    lasting = True
    need: NeedName
    factor: Annotated[Number, Says("what remains at the start, 0 to 1; more contacts than usual are a surge in `demand`")]
    recovers_by: Annotated[Instant | None, Says("the instant at which demand is back to normal, growing evenly")] = None

    def run(self, world: World, step: str) -> None:
        from simulator.engine.fading import Fade

        back = float("inf") if self.recovers_by is None else self.recovers_by
        world.floor.needs[world.need(self.need)].scale.append(Fade(world.now, self.factor, 0.0, 1.0, back))

    def undo(self, world: World, step: str) -> None:
        world.floor.needs[world.need(self.need)].scale.clear()


@acts.register("staff.away")
@dataclass(frozen=True)
class SendStaffAway(Act):
    """Agents at work leave their seats for a while, after the contact in hand: a drill, an evacuation, a headcount."""

    kind = "both"
    share: Annotated[Share, Says("share of the agents at work who leave")]
    for_: Annotated[Duration, Says("how long each of them is away")]
    team: Annotated[TeamName | None, Says("whose agents; all teams if not given")] = None

    def run(self, world: World, step: str) -> None:
        luck = world.luck_of(step, "away")
        for agent in world.agents_of(self.team):
            if luck[agent] < self.share:
                world.floor.step_away(agent, self.for_)


@acts.register("staff.unavailable")
@dataclass(frozen=True)
class LoseStaff(Act):
    """Agents at work or due to come cannot work until the effect ends."""

    kind = "event"
    lasting = True
    share: Annotated[Share, Says("share of the agents who cannot work")]
    team: Annotated[TeamName | None, Says("whose agents; all teams if not given")] = None

    def run(self, world: World, step: str) -> None:
        luck = world.luck_of(step, "unavailable")
        for agent in world.agents_of(self.team):
            if luck[agent] < self.share:
                world.unavailable.add(agent)
                if world.floor.agents[agent].seated:
                    world.floor.withdraw(agent)

    def undo(self, world: World, step: str) -> None:
        for agent in world.agents_of(self.team):
            if agent in world.unavailable:
                world.unavailable.discard(agent)
                person = world.floor.agents[agent]
                if person.on_shift and not person.seated:
                    world.floor.come(agent, person.site.number)


@acts.register("role.lose")
@dataclass(frozen=True)
class LoseRole(Act):
    """Somebody who decides is gone, hurt or out of reach: what needs them waits until the effect ends."""

    kind = "event"
    lasting = True
    role: Annotated[RoleName, Says("who cannot decide")]

    def run(self, world: World, step: str) -> None:
        world.gone.setdefault(self.role, world.env.event())

    def undo(self, world: World, step: str) -> None:
        back = world.gone.pop(self.role, None)
        if back is not None:
            back.succeed()
