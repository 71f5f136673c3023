"""What we tell people: registered actions that end needs before, or instead of, a contact with an agent."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from simulator.crisis.act import Act, acts
from simulator.crisis.events import NeedName, PlatformName, RoleName
from simulator.crisis.targets import CONTAINED, PUBLISHED
from simulator.errors import RefusedAction
from simulator.model.units import Duration, Law, Ref, Says, Share
from simulator.vocabulary import Solved

if TYPE_CHECKING:
    from simpy.events import Event

    from simulator.crisis.effects import Effect
    from simulator.crisis.world import World


@acts.register("message.send")
@dataclass(frozen=True)
class SendMessage(Act):
    """A message to everybody with a need (text, push, letter): whom it informs in time makes no contact, and stops trying."""

    kind = "action"
    informs: Annotated[Mapping[NeedName, Share], Says("share of the people with a need whom the message helps, once they have read it")]
    read: Annotated[Law, Says("how long after the sending a person reads it")]
    platform: Annotated[PlatformName | None, Says("what sends it")] = None

    def start(self, world: World, step: str) -> None:
        world.reach_platform(self.platform or "")

    def run(self, world: World, step: str) -> None:
        import numpy as np

        world.reach_platform(self.platform or "")
        for name, share in self.informs.items():
            people = np.flatnonzero(world.workload.need[: world.workload.calls] == world.need(name))
            helped = people[world.luck_of_people(step, "informed", people) < share]
            read = self.read.quantile(world.luck_of_people(step, "read", helped))
            world.end_needs(helped, world.now + read, Solved.INFORMED)


@acts.register("page.publish")
@dataclass(frozen=True)
class PublishPage(Act):
    """A status page, a banner or a post of ours: a share of people find what they need there before they make contact."""

    kind = "action"
    informs: Annotated[Mapping[NeedName, Share], Says("share of the people with a need who see it, believe it and need no more")]
    stale_after: Annotated[Duration, Says("unless it is updated, its effect halves in this time; 0 where it is kept up to date")] = 0.0
    platform: Annotated[PlatformName | None, Says("where it is published; it works while that works")] = None

    def start(self, world: World, step: str) -> None:
        world.reach_platform(self.platform or "")

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        from simulator.engine.fading import Fade

        world.reach_platform(self.platform or "")
        for name, share in self.informs.items():
            fade = Fade(world.done_at[step], share, self.stale_after, share, float("inf"))
            yield PUBLISHED.of(world.need(name)), (self.platform or "", fade)


@acts.register("selfservice.set")
@dataclass(frozen=True)
class SetSelfService(Act):
    """What the machine before the queue can do changes: a new menu, a visual IVR, automatic answers, or its failure."""

    kind = "both"
    channel: Annotated[str, Ref("channel with self-service"), Says("whose self-service")]
    contains: Annotated[Mapping[NeedName, Share], Says("share of the contacts of a need that it ends from now on")]

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        channel = world.channel(self.channel)
        if world.model.channels[channel].self_service is None:
            raise RefusedAction(f"channel {self.channel} has no self-service")
        for name, share in self.contains.items():
            yield CONTAINED.of(channel, world.need(name)), float(share)


@acts.register("role.go")
@dataclass(frozen=True)
class GoThere(Act):
    """Somebody goes to a place, such as the data centre: what `needs` this step waits until they are there (`takes`)."""

    kind = "action"
    role: Annotated[RoleName, Says("who goes, once free")]
    to: Annotated[str, Says("where to: a site, or any other place")]

    def prepare(self, world: World, step: str) -> Generator[Event, object, None]:
        yield from world.free(self.role, step)

    def run(self, world: World, step: str) -> None:
        if world.is_lost(self.to):
            raise RefusedAction(f"{self.role} cannot get into {self.to}")
