"""What can happen at all in the runs of a model, so that whatever cannot is told: who makes contact by what, where calls lead, when.

Bounds are cautious: what may happen in one world counts as possible.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import Any, get_args, get_origin, get_type_hints

from simulator.crisis.actions import OpenSite, RerouteNumbers, SwitchRouting
from simulator.crisis.events import FailPlatform, LoseRole, RestorePlatform
from simulator.crisis.handling import Deflect
from simulator.crisis.staffing import CallInStaff
from simulator.model.units import Ref
from simulator.model.world import KINDS, After, Demand, Model, People, Profile, Step, Surge, Team
from simulator.scenario.document import Path
from simulator.scenario.law import high, low
from simulator.scenario.timeline import NEVER, earliest, latest, located

SWITCH = "acd"
"""The platform that distributes calls."""


class Facts:
    """Everything is worked out when it is first asked for."""

    def __init__(self, model: Model, tree: Mapping[str, Any]) -> None:
        self.model = model
        self.tree = tree  #: as the variant has it, to see what was written
        self.end = model.clock.duration

    def given(self, *path: str | int) -> Any:
        """What is written at a path; None where nothing is."""
        value: Any = self.tree
        for step in path:
            if isinstance(value, dict):
                value = value.get(str(step))
            else:
                value = value[step] if isinstance(value, list) and isinstance(step, int) and step < len(value) else None
        return value

    # -- steps ---------------------------------------------------------------------------------------------------------

    @cached_property
    def soonest(self) -> Mapping[str, tuple[float, float]]:
        """When each step starts and takes effect at the earliest."""
        return earliest(self.model)

    @cached_property
    def last(self) -> Mapping[str, tuple[float, float]]:
        """When each step starts and takes effect at the latest; NEVER where nobody knows."""
        return latest(self.model)

    @cached_property
    def steps(self) -> Mapping[str, tuple[Path, Step]]:
        """All steps with their paths; one that is too late for the run is told by itself, and what follows from that is not."""
        return located(self.model)

    def doing(self, *acts: type[Any]) -> list[Any]:
        """The acts of these kinds."""
        return [step.act for _, step in self.steps.values() if isinstance(step.act, acts)]

    def before(self, name: str) -> set[str]:
        """The steps that a step waits for, directly or through others."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            step = self.steps[waiting.pop()][1]
            more = {*step.needs, *([step.when.step] if isinstance(step.when, After) else [])} - found
            found |= more
            waiting += more
        return found

    @cached_property
    def awaited(self) -> set[str]:
        """Steps that something waits for: another step, the end of one, a role's other work, or a drill."""
        names = {name for _, step in located(self.model).values() for name in step.needs}
        triggers = [trigger for _, step in located(self.model).values() for trigger in (step.when, step.until)]
        names |= {getattr(trigger, "step", "") for trigger in triggers} | {role.busy_after for role in self.model.roles}
        return names | set(_names_in(self.tree.get("exercise")))

    # -- people --------------------------------------------------------------------------------------------------------

    @cached_property
    def coming(self) -> set[str]:
        """The entries of demand of whom somebody may make contact within the run."""
        return {demand.name for demand in self.model.demand if self.people(demand) and self.first_call(demand) < self.end}

    def people(self, demand: Demand) -> bool:
        """Whether it is anybody at all."""
        if isinstance(demand, Profile):
            return any(high(expected) > 0 for expected in demand.expected)
        return high(demand.peak if isinstance(demand, Surge) else demand.people) > 0

    def first_call(self, demand: Demand) -> float:
        """The earliest instant at which somebody makes contact, seconds from the start."""
        if isinstance(demand, Profile):
            return 0.0
        return demand.onset + (demand.spread.least if isinstance(demand, People) else 0.0)

    @cached_property
    def wanted(self) -> set[str]:
        """The needs that somebody has."""
        return {demand.need for demand in self.model.demand if demand.name in self.coming}

    @cached_property
    def used(self) -> set[tuple[str, str]]:
        """By which channels people with which needs may make contact, at first or after they have moved there."""
        found = set(self._first_choices())
        while True:
            more = {(other, need) for channel, need in found for other in self._moves(channel, need)} - found
            if not more:
                return found
            found |= more

    def _first_choices(self) -> Iterator[tuple[str, str]]:
        first = next((channel.name for channel in self.model.channels if not KINDS[channel.kind].calls_out), "")
        needs = {need.name: need for need in self.model.needs}
        for demand in self.model.demand:
            if demand.name not in self.coming:
                continue
            mixes = needs[demand.need].channels
            if not mixes or any(sum(low(share) for share in mix.shares.values()) < 1 - 1e-9 for mix in mixes):
                yield first, demand.need
            yield from ((name, demand.need) for mix in mixes for name, share in mix.shares.items() if high(share) > 0)
            if demand.standing is not None and demand.standing.channel:
                yield demand.standing.channel, demand.need
            if self.model.contagion is not None and high(self.model.contagion.posts) > 0:
                yield self.model.contagion.channel, demand.need

    def _moves(self, channel: str, need: str) -> Iterator[str]:
        redials = (c.redial for c in self.model.channels if c.name == channel)
        for shares in (shares for redial in redials for shares in redial.moves.values()):
            yield from (other for other, share in shares.items() if high(share) > 0)
        yield from (act.to for act in self.doing(Deflect) if act.channel == channel and high(act.accept.get(need, 0.0)) > 0)

    # -- places --------------------------------------------------------------------------------------------------------

    @cached_property
    def phones(self) -> set[str]:
        """Channels whose contacts hold a line."""
        return {channel.name for channel in self.model.channels if KINDS[channel.kind].holds_line}

    @cached_property
    def led_to(self) -> set[str]:
        """The sites to which numbers lead at some time."""
        return {c.numbers for c in self.model.channels if c.name in self.phones} | {act.to for act in self.doing(RerouteNumbers)}

    @cached_property
    def opens(self) -> set[str]:
        """The sites that are open at some time."""
        return {site.name for site in self.model.sites if site.open} | self.opens_later

    @cached_property
    def dialled_from(self) -> set[str]:
        """The sites from which people may be called: those of whoever serves a channel on which we call."""
        lists = {channel.name for channel in self.model.channels if KINDS[channel.kind].calls_out}
        teams = {team.name: team.site for team in self.model.teams if lists & set(team.channels)}
        called_in = {act.site for act in self.doing(CallInStaff) if act.team in teams and act.site}
        return {*teams.values(), *called_in, *self.opens_later} if teams else set()

    @cached_property
    def carrying(self) -> set[str]:
        """The links over which a call may go at some time, and those that keep a system within reach."""
        wired = {platform.at for platform in self.model.platforms if platform.name in self.platforms_used}
        return {link for site in self.model.sites if site.name in self.led_to | self.dialled_from | wired for link in site.links}

    @cached_property
    def sites_used(self) -> set[str]:
        """Sites where somebody works, where numbers lead, or where a system stands."""
        teams = {team.site for team in self.model.teams}
        called_in = {act.site for act in self.doing(CallInStaff) if act.site}
        return teams | called_in | self.led_to | self.opens_later | {platform.at for platform in self.model.platforms}

    @cached_property
    def opens_later(self) -> set[str]:
        """Sites that a step opens."""
        return {act.site for act in self.doing(OpenSite)}

    @cached_property
    def platforms_used(self) -> set[str]:
        """Systems that something needs: the switch, those of channels and steps, and those without which talk takes longer."""
        found = {channel.platform for channel in self.model.channels} | ({SWITCH} if self.phones else set())
        found |= {platform.name for platform in self.model.platforms if low(platform.slows_down) != 1 or high(platform.slows_down) != 1}
        for _, step in self.steps.values():
            if not isinstance(step.act, (FailPlatform, RestorePlatform)):
                found |= {name for _, name in references(step.act, "platform")}
        return found

    @cached_property
    def counts_skills(self) -> bool:
        """Whether some strategy asks agents by how many needs they serve."""
        strategies = [self.model.routing.strategy, *(act.to for act in self.doing(SwitchRouting))]
        return any(getattr(strategy, "agent", "") == "least-flexible" for strategy in strategies)

    @cached_property
    def roles_asked(self) -> set[str]:
        """Roles who decide, approve or go somewhere."""
        steps = [step for _, step in self.steps.values() if not isinstance(step.act, LoseRole)]
        return {name for step in steps for _, name in references(step.act, "role")}

    def team(self, name: str) -> Team:
        return next(team for team in self.model.teams if team.name == name)


def references(act: Any, kind: str) -> Iterator[tuple[str, str]]:
    """The parameters of an act that name something of a kind, such as a need, and each name; also those of maps and lists."""
    for key, kinds in _named_by(act.__class__).items():
        value = getattr(act, key)
        if kind in kinds and value is not None:
            yield from ((key.removesuffix("_"), str(name)) for name in ([value] if isinstance(value, str) else value))


@cache
def _named_by(act: type[Any]) -> Mapping[str, frozenset[str]]:
    """What each parameter of an act names."""
    hints = get_type_hints(act, include_extras=True)
    return {field.name: frozenset(_refers(hints[field.name])) for field in dataclasses.fields(act)}


def _refers(hint: Any) -> Iterator[str]:
    for part in get_args(hint):
        if isinstance(part, Ref):
            yield part.to
        elif get_origin(part) is not None or get_args(part):
            yield from _refers(part)


def _names_in(value: Any) -> Iterator[str]:
    """Every text below ``value``."""
    if isinstance(value, dict):
        for item in value.values():
            yield from _names_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _names_in(item)
    elif isinstance(value, str):
        yield value


__all__ = ["NEVER", "Facts", "references"]
