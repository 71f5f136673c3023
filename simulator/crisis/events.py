"""What breaks: the registered events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from simulator.crisis.act import Act, acts
from simulator.crisis.targets import CONGESTION, DEMAND, LINES, LINK_CUT, PLATFORM_DOWN, ROLE_GONE, SEATS, SITE_LOST, UNAVAILABLE
from simulator.model.units import Choice, Count, Duration, Instant, Number, Ref, Says, Share
from simulator.vocabulary import Reason

if TYPE_CHECKING:
    from simulator.crisis.effects import Effect
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
    site: SiteName
    calls: Annotated[str, Choice(("cut", "finish")), Says("whether calls in progress are cut or may end")] = "cut"

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        yield SITE_LOST.of(world.site(self.site)), True

    def run(self, world: World, step: str) -> None:
        if self.calls == "cut":
            world.floor.cut_contacts(world.site(self.site))


@acts.register("site.degrade")
@dataclass(frozen=True)
class DegradeSite(Act):
    """Part of a building's seats cannot be used."""

    kind = "event"
    site: SiteName
    seats: Annotated[Share, Says("the share of seats that remain usable")]

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        yield SEATS.of(world.site(self.site)), float(self.seats)


@acts.register("link.cut")
@dataclass(frozen=True)
class CutLink(Act):
    """A cable is cut: its calls drop, and every link in the same trench goes with it."""

    kind = "event"
    link: LinkName
    trench: Annotated[str, Choice(("shared", "spared")), Says("whether links in the same trench are cut too")] = "shared"

    def together(self, world: World) -> list[int]:
        """The link and, if shared, all that lie in its trench."""
        trench = world.model.links[world.link(self.link)].trench
        shares = self.trench == "shared" and trench
        return [i for i, link in enumerate(world.model.links) if link.name == self.link or (shares and link.trench == trench)]

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        for link in self.together(world):
            yield LINK_CUT.of(link), True

    def run(self, world: World, step: str) -> None:
        world.floor.cut_contacts()


@acts.register("link.mend")
@dataclass(frozen=True)
class MendLink(Act):
    """A cut cable carries calls again, whatever has cut it; what cuts it later holds."""

    kind = "both"
    link: LinkName

    def run(self, world: World, step: str) -> None:
        world.effects.repair(LINK_CUT.of(world.link(self.link)))


@acts.register("platform.fail")
@dataclass(frozen=True)
class FailPlatform(Act):
    """A system stops: what lives on it cannot work until it is restored."""

    kind = "event"
    platform: PlatformName

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        yield PLATFORM_DOWN.of(self.platform), True

    def run(self, world: World, step: str) -> None:
        world.floor.cut_contacts()


@acts.register("platform.restore")
@dataclass(frozen=True)
class RestorePlatform(Act):
    """A failed system works again, whatever has stopped it; what stops it later holds."""

    kind = "both"
    platform: PlatformName

    def run(self, world: World, step: str) -> None:
        world.effects.repair(PLATFORM_DOWN.of(self.platform))


@acts.register("network.congest")
@dataclass(frozen=True)
class CongestNetwork(Act):
    """The carrier's network is full: a share of attempts never reaches the centre, less and less with time."""

    kind = "event"
    blocks: Annotated[Share, Says("share of attempts lost at the start")]
    half_life: Annotated[Duration, Says("time in which that share halves")]

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        from simulator.engine.fading import Fade

        yield CONGESTION.of(), Fade(world.done_at[step], self.blocks, self.half_life, 0.0, 0.0)


@acts.register("lines.set")
@dataclass(frozen=True)
class SetLines(Act):
    """The number of lines of a link changes; calls in progress go on."""

    kind = "both"
    link: LinkName
    lines: Annotated[Count, Says("how many lines it has from now on")]

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        yield LINES.of(world.link(self.link)), (round(self.lines), True)


@acts.register("demand.scale")
@dataclass(frozen=True)
class ScaleDemand(Act):
    """Fewer or more people than usual have a need: on a bad day the city has other worries, after a warning everybody asks.

    It multiplies every entry of ``demand`` with this need: ordinary people stay away, or more people than those come.
    """

    kind = "event"
    need: NeedName
    factor: Annotated[Number, Says("how many times as many people as usual, in every entry of `demand` with this need: 0.4 or 1.5")]
    recovers_by: Annotated[Instant | None, Says("the instant at which demand is back to normal, growing evenly")] = None

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        from simulator.engine.fading import Fade

        back = float("inf") if self.recovers_by is None else self.recovers_by
        yield DEMAND.of(world.need(self.need)), Fade(world.done_at[step], self.factor, 0.0, 1.0, back)


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
                world.floor.take_pause(agent, Reason.ON_PAUSE, self.for_)


@acts.register("staff.unavailable")
@dataclass(frozen=True)
class LoseStaff(Act):
    """Agents at work or due to come cannot work until the effect ends."""

    kind = "event"
    share: Annotated[Share, Says("share of the agents who cannot work")]
    team: Annotated[TeamName | None, Says("whose agents; all teams if not given")] = None

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        luck = world.luck_of(step, "unavailable")
        for agent in world.agents_of(self.team):
            if luck[agent] < self.share:
                yield UNAVAILABLE.of(agent), True


@acts.register("role.lose")
@dataclass(frozen=True)
class LoseRole(Act):
    """Somebody who decides is gone, hurt or out of reach: what needs them waits until the effect ends."""

    kind = "event"
    role: Annotated[RoleName, Says("who cannot decide")]

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        yield ROLE_GONE.of(self.role), True
