"""What we do: the registered actions of a playbook."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from simulator.crisis.act import Act, acts
from simulator.crisis.attendance import CallOut
from simulator.crisis.events import NeedName, SiteName, TeamName
from simulator.crisis.strategy import made
from simulator.crisis.targets import ANNOUNCED, NUMBERS, RESERVE, ROUTER, SEATS, SITE_SHUT, SKILL
from simulator.errors import RefusedAction
from simulator.model.channels import KINDS
from simulator.model.distributions import Constant
from simulator.model.units import Choice, Count, Duration, Law, Number, Ref, Routing, Says, Share
from simulator.vocabulary import Rank, Solved

if TYPE_CHECKING:
    from simpy.events import Event

    from simulator.crisis.effects import Effect
    from simulator.crisis.world import World
    from simulator.model.world import Seats


@acts.register("decision")
@dataclass(frozen=True)
class Decide(Act):
    """Somebody decides, once free to think of it, and another approves."""

    kind = "action"
    role: Annotated[str, Ref("role"), Says("who decides; `roles` says when they are busy")]
    approval: Annotated[str | None, Ref("role"), Says("who must agree before the decision stands")] = None

    def prepare(self, world: World, step: str) -> Generator[Event, object, None]:
        world.undecided += 1
        yield from world.free(self.role, step)
        if self.approval is not None:
            yield from world.free(self.approval, step)
            approver = world.role(self.approval)
            if approver.approves_in > 0:
                world.note("decision", step, "note", f"{self.approval} is asked")
                yield world.at(world.now + approver.approves_in)

    def run(self, world: World, step: str) -> None:
        world.undecided -= 1


@acts.register("numbers.reroute")
@dataclass(frozen=True)
class RerouteNumbers(Act):
    """The public numbers lead to another site from now on."""

    kind = "action"
    to: Annotated[SiteName, Says("where calls arrive from now on")]
    channel: Annotated[str | None, Ref("telephone channel"), Says("whose numbers; every channel that has numbers if not given")] = None

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        if world.is_lost(self.to):
            raise RefusedAction(f"site {self.to} is lost")
        lines = [i for i, channel in enumerate(world.model.channels) if KINDS[channel.kind].has_numbers]
        for channel in [world.channel(self.channel)] if self.channel else lines:
            yield NUMBERS.of(channel), world.site(self.to)


@dataclass(frozen=True)
class OnShift:
    """The agents who were at work when their site was lost."""

    able: Annotated[Share, Says("share who can come")] = 1.0
    willing: Annotated[Share, Says("share of the able who will")] = 1.0
    family_first: Annotated[Law, Says("time until their families are seen to")] = Constant(0.0)
    journey: Annotated[Law, Says("time to get there")] = Constant(0.0)
    stays: Annotated[Duration, Says("they work there at least this long, beyond the end of their shift if need be")] = 0.0


@dataclass(frozen=True)
class OpeningCrew:
    """Who comes to a site that opens."""

    on_shift: OnShift = OnShift()
    next_shift: Annotated[
        str, Choice(("redirect", "stay-home")), Says("whether later shifts are told to come here, as far as they are able and willing")
    ] = "redirect"


@acts.register("site.open")
@dataclass(frozen=True)
class OpenSite(Act):
    """A closed site opens, or one that was closed in good order: seats become ready, agents see to their families, travel and sit down."""

    kind = "action"
    site: SiteName
    agents: OpeningCrew = OpeningCrew()

    def start(self, world: World, step: str) -> None:
        """The call goes out: whoever is on shift and displaced sees to the family, then travels; later shifts are redirected."""
        if world.is_lost(self.site):
            raise RefusedAction(f"site {self.site} is lost")
        world.attendance.call_out(CallOut(world.site(self.site), self.agents, world.now, step))

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        site = world.site(self.site)
        if world.is_lost(self.site):
            world.attendance.call_off(site)
            raise RefusedAction(f"site {self.site} is lost")
        yield SITE_SHUT.of(site), False

    def run(self, world: World, step: str) -> None:
        site = world.site(self.site)
        seats = world.model.sites[site].seats
        if world.effects.base(SEATS.of(site)) < seats.ready:
            world.env.process(self.furnish(world, site, seats))

    def furnish(self, world: World, site: int, seats: Seats) -> Generator[Event, object, None]:
        """A SimPy process: the first seats are ready at once, then one by one, evenly. They stay, whatever closes the site again."""
        opened = world.now
        world.effects.set_base(SEATS.of(site), seats.ready)
        more = seats.total - seats.ready
        for n in range(1, more + 1):
            yield world.at(opened + seats.over * n / more, Rank.WORLD)
            world.effects.set_base(SEATS.of(site), seats.ready + n)


@acts.register("site.close")
@dataclass(frozen=True)
class CloseSite(Act):
    """A site closes in good order: calls in progress end, nobody takes new ones there."""

    kind = "action"
    site: SiteName

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        yield SITE_SHUT.of(world.site(self.site)), True


@acts.register("ivr.message")
@dataclass(frozen=True)
class Announce(Act):
    """An announcement before the queue: a share of callers learn what they need and hang up. Works while its platform does."""

    kind = "action"
    prevents: Annotated[Mapping[NeedName, Share], Says("share of the callers with a need who are informed and hang up")]
    platform: Annotated[str, Ref("platform"), Says("where the announcement lives")] = "ivr"

    def start(self, world: World, step: str) -> None:
        world.reach_platform(self.platform)

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        world.reach_platform(self.platform)
        for need, share in self.prevents.items():
            yield ANNOUNCED.of(world.need(need)), (self.platform, float(share))


@acts.register("staff.reassign")
@dataclass(frozen=True)
class ReassignStaff(Act):
    """A team takes on a need it did not serve."""

    kind = "action"
    team: TeamName
    need: NeedName
    proficiency: Annotated[Number, Says("how fast they work on it: 1 is standard, at 0.8 talk takes a quarter longer")] = 0.8

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        yield SKILL.of(world.team(self.team), world.need(self.need)), float(self.proficiency)


@acts.register("access.open")
@dataclass(frozen=True)
class OpenAccess(Act):
    """The network is opened to everyone: people without a plan can call, and many reach each other without us."""

    kind = "action"
    helps: Annotated[tuple[NeedName, ...], Says("whose need it may end outside the centre; empty means every need")] = ()
    reaches_relatives: Annotated[Share, Says("share of these people who reach their relatives directly")] = 0.0
    located: Annotated[Share, Says("share whose missing person is found through the network")] = 0.0
    within: Annotated[Law, Says("how long after the opening this happens to a person")] = Constant(1800.0)

    def run(self, world: World, step: str) -> None:
        import numpy as np
        from librt.vecs import vec

        customers = world.workload
        soon = self.within.quantile(customers.haste)
        helped = {world.need(name) for name in self.helps} or set(range(len(world.model.needs)))
        theirs = np.isin(customers.need, list(helped))
        found = theirs & (customers.outside < self.located)
        reached = theirs & ~found & (customers.outside < self.located + self.reaches_relatives)
        # Who already needs help gets it some time after the opening; who comes to need it finds the network open.
        when = np.where(customers.onset <= world.now, world.now + soon, customers.onset)
        for people, by in ((np.flatnonzero(found), Solved.LOCATED), (np.flatnonzero(reached), Solved.REACHED)):
            world.end_needs(people, when[people], by)
        world.floor.open_access(vec[float](soon))


@acts.register("routing.switch")
@dataclass(frozen=True)
class SwitchRouting(Act):
    """Contacts are routed by another strategy from now on; free agents look at the queues at once."""

    kind = "action"
    to: Annotated[Routing, Says("the strategy, or a map of it and its parameters")]
    platform: Annotated[str | None, Ref("platform"), Says("where routing is set; it must be up and within reach")] = None

    def start(self, world: World, step: str) -> None:
        if self.platform is not None:
            world.reach_platform(self.platform)

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        self.start(world, step)
        yield ROUTER.of(), made(self.to, world.model)


@acts.register("lines.reserve")
@dataclass(frozen=True)
class ReserveLines(Act):
    """Lines of a site are kept for a need: other calls hear a busy signal unless more lines than that are free."""

    kind = "action"
    site: SiteName
    need: NeedName
    lines: Annotated[Count, Says("how many are kept")]

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        yield RESERVE.of(world.site(self.site), world.need(self.need)), round(self.lines)
