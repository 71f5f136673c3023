"""What can have no effect, whatever chance brings: allowed, and hardly meant. Each is a place, a reason and a code.

A thing is told only where it does nothing in every alternative that has it: who gives a lever 0 % in the file and more in a variant
knows what they do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.crisis.actions import ReassignStaff
from simulator.crisis.staffing import CallInStaff
from simulator.model.ranges import ranges_of
from simulator.model.world import KINDS, Model, People, Profile, Reading, Team
from simulator.scenario import inert_acts, sources
from simulator.scenario.calendar import spoken
from simulator.scenario.document import Path, Place
from simulator.scenario.facts import Facts, references
from simulator.scenario.findings import Findings
from simulator.scenario.law import high, low
from simulator.scenario.timeline import located
from simulator.scenario.variants import dotted_path


@dataclass(frozen=True)
class Inert:
    """Something without effect at a path of the tree."""

    path: Path
    message: str
    hint: str = ""
    code: str = "no-effect"


@dataclass(frozen=True)
class Alternative:
    """The file as written or a variant of it, as far as it can be read."""

    model: Model
    tree: Mapping[str, Any]
    places: Mapping[Path, Place]


def warn(alternatives: Iterable[Alternative], file: str) -> Iterator[Findings]:
    """Warnings of what does nothing in any of the alternatives that have it, each with the places of the first that has it."""
    every = [(one, {dotted_path(one.tree, found.path): found for found in inert(one.model, one.tree)}) for one in alternatives]
    told: set[str] = set()
    for one, found in every:
        findings = Findings(file, one.tree, one.places)
        for dotted, what in found.items():
            holder = dotted_path(one.tree, what.path[:2])  # of a key that another alternative lacks, the default may do something
            elsewhere = any(dotted not in theirs and sources.find(other.tree, holder) is not None for other, theirs in every)
            if dotted not in told and not elsewhere:
                findings.warn(what.path, what.message, what.hint, what.code)
            told.add(dotted)
        yield findings


def inert(model: Model, tree: Mapping[str, Any]) -> Iterator[Inert]:
    """Everything in a model that can have no effect."""
    facts = Facts(model, tree)
    yield from _needs(facts)
    yield from _demand(facts)
    yield from _channels(facts)
    yield from _platforms(facts)
    yield from _links(facts)
    yield from _sites(facts)
    for team in model.teams:
        yield from _team(facts, team)
    yield from _roles(facts)
    yield from _routing(facts)
    yield from _steps(facts)
    for name, found in ranges_of(model).items():
        if found.low == found.high and sources.find(tree, name) is not None:
            yield Inert(sources.path_of(tree, name), "is no range: its ends are the same", "write the value alone")
    costs = any(high(step.cost) > 0 or high(step.cost_per_hour) > 0 for step in (*model.events, *model.playbook))
    if model.answer is not None and model.answer.per_cost and not costs:
        yield Inert(("answer", "per_cost"), "says nothing: nothing costs anything", "give steps a `cost` or a `cost_per_hour`")
    if "budget" in tree and not any(high(step.cost) > 0 or high(step.cost_per_hour) > 0 for step in model.playbook):
        yield Inert(("budget",), "is never used: no step of the playbook costs anything", "give steps a `cost` or a `cost_per_hour`")


def _needs(facts: Facts) -> Iterator[Inert]:
    for need in facts.model.needs:
        path: Path = ("needs", need.name)
        if need.name not in facts.wanted and need.name != facts.model.care.to:
            if not any(demand.need == need.name for demand in facts.model.demand):  # else that is told
                yield Inert(path, "nobody has this need", "give it a demand")
            continue
        for i, mix in enumerate(need.channels):
            if mix.since >= facts.end:
                yield Inert((*path, "channels", i, "from"), f"these shares never hold: the run ends {spoken(facts.end)} after its start")
        if need.distress is not None and high(need.distress.share) <= 0:
            yield Inert((*path, "distress", "share"), "nobody is in distress")
        if need.again is not None and high(need.again.probability) <= 0:
            yield Inert((*path, "again", "probability"), "nobody comes again")


def _demand(facts: Facts) -> Iterator[Inert]:
    for demand in facts.model.demand:
        path: Path = ("demand", demand.name)
        if not facts.people(demand):
            yield Inert(path, "is nobody: no contact is ever expected in the run", "look at its numbers, days and instants", "no-people")
            continue
        first = facts.first_call(demand)
        if first >= facts.end:
            late = isinstance(demand, People) and demand.onset < facts.end
            message = f"nobody calls before the run ends: the first would do so {spoken(first)} after its start"
            hint = "choose a longer `clock.duration`, or an earlier event"
            yield Inert((*path, "spread") if late else (*path, "after"), message, hint, "after-the-end")
            continue
        if isinstance(demand, Profile) and demand.busyness:
            yield from _busyness(facts, demand)
        onset = demand.onset if isinstance(demand, People) else first
        for key, since in (("repaired", onset), ("solved_elsewhere", first)):
            law = getattr(demand, key, None)
            if law is not None and since + law.least >= facts.end:
                yield Inert((*path, key), "comes for nobody before the run ends")


def _busyness(facts: Facts, demand: Profile) -> Iterator[Inert]:
    """A name for shared busy days that nobody else gives, or where days do not differ."""
    path: Path = ("demand", demand.name, "busyness")
    others = (other for other in facts.model.demand if isinstance(other, Profile) and other is not demand)
    if high(demand.day_cv) <= 0:
        yield Inert(path, "says nothing: days do not differ here", "say by how much with `day_cv`")
    elif not any(other.busyness == demand.busyness and high(other.day_cv) > 0 for other in others):
        yield Inert(path, f"is shared with nobody: no other demand says `busyness: {demand.busyness}` and has a `day_cv`")


def _channels(facts: Facts) -> Iterator[Inert]:
    for channel in facts.model.channels:
        path: Path = ("channels", channel.name)
        redial, asked = channel.redial, facts.given("channels", channel.name, "redial")
        tries = [retry for retry in (redial.busy, redial.abandoned, redial.cut) if retry is not None and high(retry.probability) > 0]
        for key in asked if isinstance(asked, dict) else ():
            if asked[key] is None:
                continue
            if key in ("spacing", "gives_up_after", "persistence", "max_attempts") and not tries:
                yield Inert((*path, "redial", key), "nobody tries again on this channel", "say how many do: `busy` or `abandoned`")
            elif key in ("busy", "abandoned", "cut") and redial.max_attempts == 1:
                yield Inert((*path, "redial", key), "nobody tries again: one attempt is the most", "give more `max_attempts`")
            elif key == "spacing" and redial.max_attempts == 2 and redial.spacing != 1:
                yield Inert((*path, "redial", key), "there is no second gap: two attempts are the most", "give more `max_attempts`")
        calling = facts.given("channels", channel.name, "calling")
        if channel.calling is not None and isinstance(calling, dict):
            if calling.get("voicemail_time") is not None and high(channel.calling.voicemail) <= 0:
                yield Inert((*path, "calling", "voicemail_time"), "no message is ever left: `voicemail` is 0%")
            if calling.get("spacing") is not None and channel.calling.tries == 1:
                yield Inert((*path, "calling", "spacing"), "there is no second dial: `tries` is 1")
        for key in ("patience", "talk_time", "wrap_up"):
            laws = facts.given("channels", channel.name, key)
            for need in facts.wanted & set(laws if isinstance(laws, dict) else ()):
                if (channel.name, need) not in facts.used and not KINDS[channel.kind].calls_out:
                    yield Inert((*path, key, need), f"nobody with `{need}` makes contact by `{channel.name}`")


def _platforms(facts: Facts) -> Iterator[Inert]:
    for platform in facts.model.platforms:
        if platform.name not in facts.platforms_used:
            hint = "name it where it is needed: the `platform` of a channel or of a step, `acd` for the switch, or give it `slows_down`"
            yield Inert(("platforms", platform.name), "nothing stands on it, and nobody needs it", hint)


def _links(facts: Facts) -> Iterator[Inert]:
    more = {
        name for _, step in facts.steps.values() if step.act.name in ("lines.set", "lines.add") for _, name in references(step.act, "link")
    }
    for link in facts.model.links:
        at = [site.name for site in facts.model.sites if link.name in site.links]
        if link.name not in facts.carrying:
            where = f"no numbers ever lead to {' or '.join(f'`{site}`' for site in at)}" if at else "no site has it"
            hint = "`numbers` of a channel or `numbers.reroute` lead calls to a site" if at else "name it under `links` of a site"
            yield Inert(("links", link.name), f"never carries a call: {where}", hint, "no-calls")
        elif link.lines == 0 and link.name not in more:
            yield Inert(("links", link.name, "lines"), "never carries a call: it has no lines", "", "no-calls")


def _sites(facts: Facts) -> Iterator[Inert]:
    for site in facts.model.sites:
        path: Path = ("sites", site.name)
        if site.name not in facts.sites_used:
            if site.open:  # else it is told that no step opens it
                yield Inert(path, "nobody works there, no numbers lead there and nothing stands there")
            continue
        written = facts.given(*path, "seats")
        if isinstance(written, dict) and written.get("over") is not None:
            if site.seats.ready == site.seats.total:
                yield Inert((*path, "seats", "over"), "all seats are ready from the first")
            elif site.open:
                yield Inert((*path, "seats", "over"), "the site is open from the start, with all its seats", "close it: `state: closed`")
        for need in site.reserve:
            if site.name not in facts.led_to:
                yield Inert((*path, "lines", "reserve", need), "no numbers ever lead there", "", "no-calls")


def _team(facts: Facts, team: Team) -> Iterator[Inert]:
    path: Path = ("teams", team.name)
    site = next(site for site in facts.model.sites if site.name == team.site)
    called_in = any(act.team == team.name for act in facts.doing(CallInStaff))
    if not team.shifts and not called_in:
        yield Inert((*path, "roster"), "nobody is ever at work: no shift is within the run, and no step calls anybody in")
    elif team.shifts and site.name not in facts.opens:
        message = f"up to {_rostered(team):,} agents are due at `{site.name}`, which is closed, and no step opens it"
        yield Inert((*path, "site"), message, "open it with `site.open`, or let the team work elsewhere", "closed-door")
    elif team.shifts and site.seats.total == 0:
        yield Inert((*path, "site"), f"up to {_rostered(team):,} agents are due at `{site.name}`, which has no seats", "", "closed-door")
    learns = {act.need for act in facts.doing(ReassignStaff) if act.team == team.name}
    on = [c for c in facts.model.channels if (c.name in team.channels if team.channels else not KINDS[c.kind].calls_out)]
    calls_out = any(KINDS[c.kind].calls_out for c in on)
    needs = (set(team.skills) | learns) & (facts.wanted | {facts.model.care.to})
    busy = any((c.name, need) in facts.used for c in on for need in needs) or (calls_out and needs) or facts.model.care.to in needs
    if not busy and facts.wanted:
        yield Inert((*path, "skills"), "has nothing to do: nobody with a need that it serves makes contact by a channel that it serves")


def _rostered(team: Team) -> int:
    return max(shift.first + shift.agents for shift in team.shifts)


def _roles(facts: Facts) -> Iterator[Inert]:
    for role in facts.model.roles:
        path: Path = ("roles", role.name)
        if facts.given(*path) is None:
            continue  # only named by a step
        if role.name not in facts.roles_asked:
            yield Inert(path, f"`{role.name}` decides nothing, approves nothing and goes nowhere", "name the role in a step: `role: ...`")
            continue
        approves = any(getattr(step.act, "approval", None) == role.name for _, step in facts.steps.values())
        if high(role.approves_in) > 0 and not approves:
            yield Inert((*path, "approves_in"), f"`{role.name}` approves nothing", "name the role in a decision: `approval: ...`")
        if role.busy_after:
            reason = _never_binds(facts, role.name, role.busy_after, role.busy_for)
            if reason:
                yield Inert((*path, "busy"), f"keeps nobody waiting: {reason}")


def _never_binds(facts: Facts, role: str, after: str, lasts: float) -> str:
    """Why the time in which a role is busy delays nothing; empty where it may."""
    begins, ends = facts.soonest[after][1], facts.last[after][1] + high(lasts)
    if begins >= facts.end:
        return f"`{after}` never takes effect within the run"
    if high(lasts) <= 0:
        return "it takes no time"
    asks = {name: step for name, (_, step) in facts.steps.items() if role in (r for _, r in references(step.act, "role"))}
    asks = {name: step for name, step in asks.items() if step.act.name != "role.lose"}
    if all(facts.soonest[name][0] >= ends for name in asks):
        return f"it is over by {spoken(ends)} after the start, before anything needs `{role}`"
    sole = all(getattr(step.act, "approval", None) != role for step in asks.values())
    if sole and all(facts.last[name][0] < begins or name in facts.before(after) for name in asks):
        return f"it begins {spoken(begins)} after the start, when `{role}` has nothing left to do"
    return ""


def _routing(facts: Facts) -> Iterator[Inert]:
    written = facts.given("routing", "overflow")
    for i, rule in enumerate(facts.model.routing.overflow[: len(written) if isinstance(written, list) else 0]):
        path: Path = ("routing", "overflow", i)
        team = facts.team(rule.team)
        if rule.need not in facts.wanted:
            yield Inert((*path, "need"), f"nobody has the need `{rule.need}`")
        elif low(rule.keeps) >= team.headcount:
            yield Inert(
                (*path, "keeps"), f"`{rule.team}` never helps: it never has more than {team.headcount} agents free", "", "never-free"
            )
        elif low(rule.after) >= facts.end:
            yield Inert((*path, "after"), "nobody waits as long as the run")
        elif low(rule.after) > 0 and all(_comes_later(facts, other, rule.need) for other in facts.model.teams):
            message = f"every contact of `{rule.need}` waits so long: no team takes one at once"
            yield Inert((*path, "after"), message, "leave out the team whose need it is", "nobody-at-once")
    for level, slower in (facts.given("routing", "slowdown") or {}).items():
        share = next((s for s in facts.model.routing.slowdown if f"{s.occupancy:.10g}" == f"{float(level.rstrip('% ')) / 100:.10g}"), None)
        if share is not None and share.occupancy >= 1:
            yield Inert(("routing", "slowdown", level), "nobody is ever busier than all the time")
        elif share is not None and high(share.factor) == low(share.factor) == 1:
            yield Inert(("routing", "slowdown", level), f"changes nothing: talks take {slower} longer")


def _comes_later(facts: Facts, team: Team, need: str) -> bool:
    """Whether a team takes contacts of a need only once they have waited, if ever."""
    rules = [rule for rule in facts.model.routing.overflow if (rule.team, rule.need) == (team.name, need)]
    return need not in team.skills or any(low(rule.after) > 0 for rule in rules)


def _steps(facts: Facts) -> Iterator[Inert]:
    for name, (path, step) in facts.steps.items():
        if facts.soonest[name][1] >= facts.end:
            continue  # that is told
        reason = inert_acts.reason(facts, step)
        if reason:
            yield Inert((*path, reason[0]), reason[1]) if isinstance(reason, tuple) else Inert((*path, "do"), reason)
        else:
            yield from (Inert((*path, key, need), why) for key, need, why in inert_acts.entries(facts, step))
    for path, step in located(facts.model).values():
        for key, trigger in (("when", step.when), ("until", step.until)):
            if isinstance(trigger, Reading) and trigger.need and trigger.measure in ("lines_free", "lines_in_use"):
                yield Inert((*path, key, "need"), "lines are not kept apart by need", "leave it out")
