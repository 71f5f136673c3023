"""What effects are held on, and by which rule those on one target make up its state.

Losses combine, settings replace each other, additions add up, factors multiply.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from simulator.crisis.effects import Key, Rule
from simulator.model.people import POLICIES
from simulator.vocabulary import Reason

if TYPE_CHECKING:
    from simulator.crisis.world import World
    from simulator.engine.fading import Fade
    from simulator.engine.strategy import Strategy


class Loss(Rule):
    """True while anything is held; the contributions mean nothing else."""

    def base(self, world: World, key: Key) -> bool:
        return False

    def fold(self, world: World, key: Key, base: bool, contributions: list[Any]) -> bool:
        return True


class Setting(Rule):
    """The contribution that began last."""

    def fold(self, world: World, key: Key, base: Any, contributions: list[Any]) -> Any:
        return contributions[-1]


class Factor(Rule):
    """The product of all contributions."""

    def base(self, world: World, key: Key) -> float:
        return 1.0

    def fold(self, world: World, key: Key, base: float, contributions: list[float]) -> float:
        return base * math.prod(contributions)


class Fading(Rule):
    """Contributions that change with time by themselves: the floor makes them up for the instant at which it asks."""

    def base(self, world: World, key: Key) -> tuple[Fade, ...]:
        return ()

    def fold(self, world: World, key: Key, base: tuple[Fade, ...], contributions: list[Fade]) -> tuple[Fade, ...]:
        return (*base, *contributions)


class SiteLost(Loss):
    """By site."""

    says = "A site is lost while any loss of it lasts, and its people come back when the last one ends."

    def bring(self, world: World, key: Key, value: bool) -> None:
        (site,) = key
        if value:
            world.attendance.vacate(site)
            world.floor.lose_site(site)
        else:
            world.floor.regain_site(site)
            world.attendance.reoccupy(site)


class SiteShut(Setting):
    """By site."""

    says = "A site is open or closed as the opening or closing that began last says."

    def base(self, world: World, key: Key) -> bool:
        return not world.model.sites[key[0]].open

    def bring(self, world: World, key: Key, value: bool) -> None:
        (site,) = key
        if value:
            world.attendance.vacate(site)
        world.floor.set_open(site, not value)
        if not value:
            world.attendance.reoccupy(site)


class UsableSeats(Rule):
    """By site; contributions are shares of all its seats."""

    says = "The seats of a site are those that are ready, and at most the least share of all its seats that any damage leaves."

    def base(self, world: World, key: Key) -> int:
        site = world.model.sites[key[0]]
        return int(site.seats.total) if site.open else 0

    def fold(self, world: World, key: Key, base: int, contributions: list[float]) -> int:
        return min(base, round(world.model.sites[key[0]].seats.total * min(contributions)))

    def bring(self, world: World, key: Key, value: int) -> None:
        world.floor.set_seats(key[0], value)


class LinkCut(Loss):
    """By link."""

    says = "A link is down while any cut of it lasts, by a step or by chance, or until `link.mend`, which ends them all."

    def bring(self, world: World, key: Key, value: bool) -> None:
        (link,) = key
        world.floor.set_link(link, not value)
        name = world.model.links[link].name
        if any(name in world.model.sites[world.site(p.at)].links for p in world.model.platforms if world.is_site(p.at)):
            world.platforms_changed()


class Lines(Rule):
    """By link; contributions are how many lines, and whether that is instead of those there are."""

    says = "A link has the lines that were set last, or else its own, and all that were added; calls in progress go on."

    def base(self, world: World, key: Key) -> int:
        return int(world.model.links[key[0]].lines)

    def fold(self, world: World, key: Key, base: int, contributions: list[tuple[int, bool]]) -> int:
        declared = [lines for lines, instead in contributions if instead]
        return max((declared[-1] if declared else base) + sum(lines for lines, instead in contributions if not instead), 0)

    def bring(self, world: World, key: Key, value: int) -> None:
        world.floor.set_lines(key[0], value)


class Reserve(Setting):
    """By site and need."""

    says = "Lines are reserved for a need as the step that began last says."

    def base(self, world: World, key: Key) -> int:
        site, need = key
        return int(world.model.sites[site].reserve.get(world.model.needs[need].name, 0))

    def bring(self, world: World, key: Key, value: int) -> None:
        site, need = key
        world.floor.reserve(site, need, value)


class PlatformDown(Loss):
    """By the name of the platform."""

    says = "A platform is down while any failure of it lasts, or until `platform.restore`, which ends them all."

    def bring(self, world: World, key: Key, value: bool) -> None:
        world.platforms_changed()


class Numbers(Setting):
    """By channel; contributions are sites."""

    says = "The numbers of a channel lead to where the step that began last leads them."

    def base(self, world: World, key: Key) -> int:
        numbers = world.model.channels[key[0]].numbers
        return world.site(numbers) if numbers else -1

    def bring(self, world: World, key: Key, value: int) -> None:
        world.floor.point_numbers(key[0], value)


class ChannelShut(Loss):
    """By channel."""

    says = "A channel is out of service while any closing of it lasts, or until `channel.open`, which ends them all."

    def bring(self, world: World, key: Key, value: bool) -> None:
        world.hours_changed(key[0])


class RoleGone(Loss):
    """By the name of the role."""

    says = "Somebody who decides is gone while any loss of them lasts."

    def bring(self, world: World, key: Key, value: bool) -> None:
        (role,) = key
        if value:
            world.back[role] = world.env.event()
        else:
            world.back.pop(role).succeed()


class Unavailable(Loss):
    """By agent."""

    says = "An agent cannot work while any absence lasts that strikes them, on shift or off."

    def bring(self, world: World, key: Key, value: bool) -> None:
        (agent,) = key
        if value:
            world.floor.excuse(agent, Reason.UNAVAILABLE)
        else:
            world.floor.claim(agent, Reason.UNAVAILABLE)
            world.attendance.follow(agent)


class Skill(Setting):
    """By team and need."""

    says = "A team serves a need as the step that began last says."

    def base(self, world: World, key: Key) -> float:
        team, need = key
        return float(world.model.teams[team].skills.get(world.model.needs[need].name, 0.0))

    def bring(self, world: World, key: Key, value: float) -> None:
        team, need = key
        world.floor.set_skill(team, need, value * (1.0 - float(world.model.teams[team].not_free)))


class Router(Setting):
    """One."""

    says = "Contacts are routed by the strategy that began last."

    def base(self, world: World, key: Key) -> Strategy:
        return world.first_strategy

    def bring(self, world: World, key: Key, value: Strategy) -> None:
        world.floor.switch_strategy(value)


class CarePolicy(Setting):
    """One; contributions are the name of a policy and its seconds."""

    says = "People in distress are met by the policy that began last."

    def base(self, world: World, key: Key) -> tuple[str, float]:
        return world.model.care.policy, float(world.model.care.after)

    def bring(self, world: World, key: Key, value: tuple[str, float]) -> None:
        policy, after = value
        world.floor.care.policy, world.floor.care.after = POLICIES.index(policy), after


class Contained(Setting):
    """By channel and need."""

    says = "Self-service ends the share of contacts that the step that began last says."

    def base(self, world: World, key: Key) -> float:
        channel, need = key
        machine = world.model.channels[channel].self_service
        return float(machine.contains.get(world.model.needs[need].name, 0.0)) if machine else 0.0

    def bring(self, world: World, key: Key, value: float) -> None:
        channel, need = key
        world.floor.queues[channel * len(world.model.needs) + need].contained = value


class LedAway(Setting):
    """By channel and need; contributions are the other channel, the share and the wait from which on."""

    says = "Contacts are led to another channel as the step that began last says."

    def base(self, world: World, key: Key) -> tuple[int, float, float]:
        return -1, 0.0, 0.0

    def bring(self, world: World, key: Key, value: tuple[int, float, float]) -> None:
        channel, need = key
        world.floor.lead_away(channel, need, *value)


class Offer(Setting):
    """By channel; contributions are the arguments of :meth:`simulator.engine.floor.Floor.offer_callbacks`."""

    says = "Callbacks are offered as the step that began last says; the diary of appointments is kept."

    def base(self, world: World, key: Key) -> tuple[int, float, float, float, float]:
        return -1, 0.0, 0.0, 0.0, 0.0

    def bring(self, world: World, key: Key, value: tuple[int, float, float, float, float]) -> None:
        world.floor.offer_callbacks(key[0], *value)


class Announced(Rule):
    """By need; contributions are a platform and a share."""

    says = "Of several announcements to a need the most effective counts, among those whose platform works."

    def base(self, world: World, key: Key) -> float:
        return 0.0

    def fold(self, world: World, key: Key, base: float, contributions: list[tuple[str, float]]) -> float:
        return max((share for platform, share in contributions if world.works(platform)), default=base)

    def bring(self, world: World, key: Key, value: float) -> None:
        world.floor.announce(key[0], value)


class Published(Fading):
    """By need; contributions are a platform and a fade."""

    says = "Pages inform one after the other, each a share of those whom the others do not, while their platform works."

    def fold(self, world: World, key: Key, base: tuple[Fade, ...], contributions: list[Any]) -> tuple[Fade, ...]:
        return tuple(fade for platform, fade in contributions if world.works(platform))

    def bring(self, world: World, key: Key, value: tuple[Fade, ...]) -> None:
        world.floor.needs[key[0]].pages = list(value)


class TalkLength(Factor):
    """By need."""

    says = "Factors on talk time multiply."

    def bring(self, world: World, key: Key, value: float) -> None:
        world.floor.needs[key[0]].drag = value


class Demand(Fading):
    """By need."""

    says = "Factors on demand multiply, each as it is at the instant."

    def bring(self, world: World, key: Key, value: tuple[Fade, ...]) -> None:
        world.floor.needs[key[0]].scale[:] = value


class Congestion(Fading):
    """One."""

    says = "A call gets through the carriers' networks only if it gets through each congestion."

    def bring(self, world: World, key: Key, value: tuple[Fade, ...]) -> None:
        world.floor.congestion[:] = value


SITE_LOST, SITE_SHUT, SEATS, NUMBERS, LINK_CUT, LINES = SiteLost(), SiteShut(), UsableSeats(), Numbers(), LinkCut(), Lines()
PLATFORM_DOWN, CHANNEL_SHUT, ROLE_GONE, UNAVAILABLE, SKILL = PlatformDown(), ChannelShut(), RoleGone(), Unavailable(), Skill()
RESERVE, ROUTER, CARE, CONTAINED, LED_AWAY, OFFER = Reserve(), Router(), CarePolicy(), Contained(), LedAway(), Offer()
ANNOUNCED, PUBLISHED, TALK_LENGTH, DEMAND, CONGESTION = Announced(), Published(), TalkLength(), Demand(), Congestion()
