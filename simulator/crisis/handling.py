"""How contacts are led and worked on: registered actions on channels, callbacks, care and the work itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from simulator.crisis.act import Act, acts
from simulator.crisis.events import CallbackName, ChannelName, InboundName, LinkName, NeedName
from simulator.crisis.targets import CARE, CHANNEL_SHUT, LED_AWAY, LINES, OFFER, TALK_LENGTH
from simulator.errors import RefusedAction
from simulator.model.people import POLICIES
from simulator.model.units import Choice, Count, Duration, Instant, Number, Says, Share
from simulator.vocabulary import Outcome

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from simulator.crisis.effects import Effect
    from simulator.crisis.world import World

FAILED = {
    "lost": (Outcome.LOST_UPSTREAM,),
    "blocked": (Outcome.BLOCKED,),
    "abandoned": (Outcome.ABANDONED, Outcome.BALKED),
    "cut": (Outcome.CUT_OFF, Outcome.DROPPED),
}
"""How a contact failed, in the words of a list of callers."""

ORDERS = ("oldest", "newest", "urgent", "persistent")


@acts.register("contacts.deflect")
@dataclass(frozen=True)
class Deflect(Act):
    """Contacts on one channel are led to another, where they go on at once, as far as people agree: voice to digital.

    A contact is led on once at most: where people were led to, they stay.
    """

    kind = "action"
    channel: Annotated[InboundName, Says("from where")]
    to: Annotated[InboundName, Says("to where")]
    accept: Annotated[Mapping[NeedName, Share], Says("share of the contacts of a need whose people agree")]
    above: Annotated[Duration | None, Says("only where the expected wait is at least this; every contact, if not given")] = None

    def start(self, world: World, step: str) -> None:
        if self.channel == self.to:
            raise RefusedAction(f"people are on {self.channel} already")

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        above = -1.0 if self.above is None else float(self.above)
        for name, share in self.accept.items():
            yield LED_AWAY.of(world.channel(self.channel), world.need(name)), (world.channel(self.to), float(share), above)


@acts.register("callback.offer")
@dataclass(frozen=True)
class OfferCallback(Act):
    """Those who would wait are offered a callback: it keeps their place in line, or is an appointment."""

    kind = "action"
    channel: Annotated[InboundName, Says("who waits where")]
    by: Annotated[CallbackName, Says("the channel on which we call back")]
    above: Annotated[Duration, Says("where the expected wait is at least this")]
    accept: Annotated[Share, Says("share of people who accept at that wait")]
    eager: Annotated[Duration, Says("a longer wait wins over more: with this much more all but 37 % of the others; 0: it does not")] = 0.0
    slots: Annotated[Number, Says("appointments an hour; 0: the callback keeps the place in line")] = 0.0

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        gap = 3600.0 / self.slots if self.slots > 0 else 0.0
        offer = (world.channel(self.by), float(self.above), float(self.accept), float(self.eager), gap)
        yield OFFER.of(world.channel(self.channel)), offer


@acts.register("callback.campaign")
@dataclass(frozen=True)
class StartCampaign(Act):
    """A list of those who did not get through is made, and called: whoever serves the callback channel dials.

    Who is on a list already, of a campaign or because a call was promised, is left out.
    """

    kind = "action"
    by: Annotated[CallbackName, Says("the channel on which we call back")]
    who: Annotated[tuple[Annotated[str, Choice(tuple(FAILED))], ...], Says("whose contacts failed how")] = tuple(FAILED)
    since: Annotated[Instant, Says("contacts from then on")] = 0.0
    order: Annotated[str, Choice(ORDERS), Says("who is called first: oldest or newest failure, most urgent need, most attempts")] = "oldest"
    withheld: Annotated[Share, Says("share of people whose number is not known")] = 0.0
    second_number: Annotated[Share, Says("share of people who tried from a second number, which is on the list as well")] = 0.0
    at_most: Annotated[Count | None, Says("how many numbers at most")] = None

    def run(self, world: World, step: str) -> None:
        people = self.listed(world, step)
        again = world.luck_of_people(step, "second", people) < self.second_number
        numbers = [*people.tolist(), *people[again].tolist()]
        if self.at_most is not None:
            numbers = numbers[: round(self.at_most)]
        channel = world.channel(self.by)
        world.note("action", step, "note", f"{len(numbers)} numbers of {len(set(numbers))} people")
        for place, customer in enumerate(numbers):
            # The list's order is its order of age, a microsecond apart, for whoever picks the longest waiting first.
            since = world.now - (len(numbers) - place) * 1e-6
            world.floor.list_callback(customer, channel, int(world.workload.need[customer]), since, False)

    def listed(self, world: World, step: str) -> NDArray[np.intp]:
        """The customers on the list, in its order: a contact of theirs failed, no later one was answered, and nobody calls them yet."""
        import numpy as np

        from simulator.engine.collect import so_far, to_be_called

        customer, outcome, arrived, answered = so_far(world.floor)
        sought = [int(code) for how in self.who for code in FAILED[how]]
        failed = np.isin(outcome, sought) & (arrived >= self.since)
        people, first = np.unique(customer[failed], return_index=True)
        latest_failure = np.zeros(len(world.workload))
        np.maximum.at(latest_failure, customer[failed], arrived[failed])
        latest_answer = np.full(len(world.workload), -1.0)
        np.maximum.at(latest_answer, customer[answered], arrived[answered])
        kept = (latest_answer[people] < latest_failure[people]) & (people < world.workload.calls)
        kept &= ~np.isin(people, to_be_called(world.floor))
        kept &= world.luck_of_people(step, "withheld", people) >= self.withheld
        since = arrived[failed][first]
        urgency = np.array([need.urgency for need in world.model.needs])[world.workload.need[people]]
        tries = np.bincount(customer, minlength=len(world.workload))[people]
        keys = {"oldest": (since,), "newest": (-latest_failure[people],), "urgent": (since, urgency), "persistent": (since, -tries)}
        order = np.lexsort(keys[self.order])
        return np.asarray(people[order][kept[order]], dtype=np.intp)


@acts.register("channel.close")
@dataclass(frozen=True)
class CloseChannel(Act):
    """A channel is taken out of service: calls and chats are refused, letters and messages wait."""

    kind = "both"
    channel: ChannelName

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        yield CHANNEL_SHUT.of(world.channel(self.channel)), True


@acts.register("channel.open")
@dataclass(frozen=True)
class OpenChannel(Act):
    """A channel works again, within its opening hours, whatever has taken it out of service; what closes it later holds."""

    kind = "both"
    channel: ChannelName

    def run(self, world: World, step: str) -> None:
        world.effects.repair(CHANNEL_SHUT.of(world.channel(self.channel)))


@acts.register("lines.add")
@dataclass(frozen=True)
class AddLines(Act):
    """More lines on a link, for as long as it lasts: elastic capacity of a carrier or a cloud."""

    kind = "action"
    link: LinkName
    lines: Annotated[Count, Says("how many more")]

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        yield LINES.of(world.link(self.link)), (round(self.lines), False)


@acts.register("talk.scale")
@dataclass(frozen=True)
class ScaleTalk(Act):
    """Talks take longer or shorter: a shorter script, a tool that helps, or a need that has become harder."""

    kind = "both"
    need: NeedName
    factor: Annotated[Number, Says("talk takes this many times as long; 0.8 is a fifth shorter")]

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        if self.factor <= 0:
            raise RefusedAction("talk cannot take no time")
        yield TALK_LENGTH.of(world.need(self.need)), float(self.factor)


@acts.register("care.switch")
@dataclass(frozen=True)
class SwitchCare(Act):
    """Another policy for people in distress, for as long as it lasts."""

    kind = "action"
    policy: Annotated[str, Choice(POLICIES), Says("what agents may do")]
    after: Annotated[Duration, Says("when the talk is cut or handed over")] = 0.0

    def effects(self, world: World, step: str) -> Iterator[Effect]:
        if self.policy in ("escalate", "care-team") and world.floor.care.to < 0:
            raise RefusedAction("the scenario does not say who takes over (`care.to`)")
        yield CARE.of(), (self.policy, float(self.after))
