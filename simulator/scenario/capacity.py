"""Whether volumes, agents, seats and lines fit each other, by the likely values and without chance. Load is in agents (erlangs)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from simulator.crisis.events import ScaleDemand
from simulator.model.world import KINDS, Channel, Model, Need, People, Profile, Surge, Team
from simulator.scenario.findings import Findings
from simulator.scenario.law import high
from simulator.scenario.problem import Problem
from simulator.scenario.timeline import local

FAR_ABOVE = 2.0
"""Work over agents' time in the whole run, above which no playbook helps."""
TOO_BUSY = 1.2
"""Ordinary work over agents' time in one interval, above which somebody mistyped."""
TOO_IDLE = 0.1
"""Work over agents' time in the whole run, below which somebody mistyped."""


MOST_PEOPLE = 20e6
"""People of one replication that a computer can hold."""


@dataclass(frozen=True)
class Plan:
    """What is asked and what is there, by interval of the clock."""

    load: Sequence[float]  #: agents that ordinary demand keeps busy, on channels where people wait on the line
    agents: Sequence[float]  #: agents on the roster less absence and breaks
    later: float  #: seconds of ordinary work that can wait: letters, messages, posts
    extra: float  #: seconds of work that the crisis adds


def plan(model: Model) -> Plan:
    """The plan of a model, from likely values."""
    width = model.clock.interval
    count = round(model.clock.duration / width)
    needs = {need.name: need for need in model.needs}
    load = [0.0] * count
    later = extra = 0.0
    for demand in model.demand:
        need = needs[demand.need]
        talk, wrap = _handle_time(model, need, keeps=False)
        written = sum(_handle_time(model, need, keeps=True))
        if isinstance(demand, Profile):
            for i, ((start, end), expected) in enumerate(zip(pairwise(demand.edges), demand.expected, strict=True)):
                factor = demand.talk_factor[i] if demand.talk_factor else 1.0
                _spread(load, start, end, expected * (factor * talk + wrap) / width, width)
                later += expected * written
        elif isinstance(demand, Surge):
            extra += (talk + wrap + written) * _contacts(demand, model.clock.duration)
        else:
            extra += (talk + wrap + written) * demand.people * _still_in_need(demand)
    agents = [0.0] * count
    for team in model.teams:
        for shift in team.shifts:
            present = shift.agents * (1 - float(team.absence)) * (1 - float(team.not_free))
            _spread(agents, shift.start, shift.end, present * (shift.end - shift.start) / width, width)
            for pause in shift.breaks:
                _spread(agents, pause.start, pause.start + pause.length, -present * pause.length / width, width)
    return Plan(load, agents, later, extra)


def _spread(sums: list[float], start: float, end: float, amount: float, width: float) -> None:
    """Add ``amount`` evenly to the intervals between two instants; what lies outside the run is lost."""
    if end <= start:
        return
    for i in range(max(int(start // width), 0), min(math.ceil(end / width), len(sums))):
        share = (min(end, (i + 1) * width) - max(start, i * width)) / (end - start)
        sums[i] += amount * max(share, 0.0)


def _handle_time(model: Model, need: Need, *, keeps: bool) -> tuple[float, float]:
    """Mean seconds of talk and of wrap-up that a person's need costs, on channels that keep contacts or on the others."""
    talk = wrap = 0.0
    support = float(need.distress.share) * float(need.distress.support.mean) if need.distress else 0.0
    for channel, share in _shares(model, need):
        if KINDS[channel.kind].keeps is keeps:
            talks, wraps = _work(channel, need)
            talk += share * (talks + support)
            wrap += share * wraps
    again = (1 - float(need.resolves)) * float(need.again.probability) if need.again else 0.0
    contacts = 1 / (1 - again) if again < 1 else 1.0
    return contacts * talk, contacts * wrap


def _still_in_need(people: People) -> float:
    """The share of people whose need has not ended before they first make contact, as if both laws were exponential."""
    if people.repaired is None:
        return 1.0
    repaired, spread = float(people.repaired.mean), float(people.spread.mean)
    return repaired / (repaired + spread)


def _shares(model: Model, need: Need) -> list[tuple[Channel, float]]:
    """Which share of people first choose each channel, on average over the shares that hold one after another."""
    inbound = [channel for channel in model.channels if not KINDS[channel.kind].calls_out]
    count = max(len(need.channels), 1)
    shares = [sum(float(mix.shares.get(channel.name, 0.0)) for mix in need.channels) / count for channel in inbound]
    shares[0] += 1 - sum(shares)
    return list(zip(inbound, shares, strict=True))


def _work(channel: Channel, need: Need) -> tuple[float, float]:
    """Mean seconds of talk and of wrap-up of one contact, the self-served among them; of chats, with as many held as finish most."""
    talk = float(channel.talk_time.get(need.name, need.talk_time).mean)
    wrap = float(channel.wrap_up.get(need.name, need.wrap_up).mean)
    reaches = 1 - float(channel.self_service.contains.get(need.name, 0.0)) if channel.self_service else 1.0
    at_once = max(held * float(speed) for held, speed in enumerate(channel.speeds, 1))
    turns = float(channel.turns.number) if channel.turns else 1.0
    return reaches * turns * talk / at_once, reaches * wrap


def _contacts(surge: Surge, end: float) -> float:
    """Expected contacts of a surge until the end of the run."""
    left = max(end - surge.onset, 0.0)
    rise = min(float(surge.rise), left)
    hold = min(float(surge.hold), left - rise)
    fall = left - rise - hold
    half_life = float(surge.half_life)
    fading = half_life / math.log(2) * (1 - 2 ** (-fall / half_life)) if half_life > 0 else 0.0
    return float(surge.peak) * (rise / 2 + hold + fading)


def check_size(model: Model, findings: Findings) -> None:
    """Note demand that no computer could simulate, each range at its highest."""
    total = 0.0
    for demand in model.demand:
        people = high(demand.peak) * model.clock.duration if isinstance(demand, Surge) else _most_of(demand)
        total += people * _most_times(model, demand.need)
        if total > MOST_PEOPLE:
            message = f"more than {MOST_PEOPLE:,.0f} contacts in one run: {total:,.0f}"
            findings.note(("demand", demand.name), Problem(message, "is the demand in the units you mean?", "too-large", on_key=True))
            return


def most_people(model: Model) -> float:
    """How many people need the centre in one run, ranges of their numbers at their highest; surges rise and fade as they most likely do."""
    return sum(
        (_contacts(demand, model.clock.duration) if isinstance(demand, Surge) else _most_of(demand)) * _most_times(model, demand.need)
        for demand in model.demand
    )


def _most_of(demand: Profile | People) -> float:
    if isinstance(demand, Profile):
        return sum(high(expected) for expected in demand.expected)
    return high(demand.people) * (1 + high(demand.barred))


def _most_times(model: Model, need: str) -> float:
    """How many times as many people as usual may have a need, each range at its highest; at least 1."""
    scales = [step.act for step in model.events if isinstance(step.act, ScaleDemand) and step.act.need == need]
    return math.prod(max(high(scale.factor), 1.0) for scale in scales)


def advise(model: Model, findings: Findings) -> None:
    """Warn where volumes, agents, seats and lines do not fit."""
    made = plan(model)
    width = model.clock.interval
    asked, there = sum(made.load) * width + made.later + made.extra, sum(made.agents) * width
    hours = f"about {asked / 3600:,.0f} hours of work, and the agents have {there / 3600:,.0f}"
    if asked > FAR_ABOVE * there:
        hint = "are `rate`, `people`, `talk_time` and the roster in the units you mean?"
        findings.warn(("demand",), f"far more than the agents can ever do: {hours}", hint, "overload")
    elif asked < TOO_IDLE * there:
        findings.warn(("teams",), f"the agents have next to nothing to do: {hours}", "is the demand per hour, not per day?", "idle")
    _about_intervals(model, made, findings)
    _about_places(model, findings)


def _about_intervals(model: Model, made: Plan, findings: Findings) -> None:
    shortage = [asked - TOO_BUSY * there if asked > 0.5 else 0.0 for asked, there in zip(made.load, made.agents, strict=True)]
    worst = max(range(len(shortage)), key=shortage.__getitem__)
    if shortage[worst] <= 0:
        return
    when = local(model, worst * model.clock.interval)
    times = sum(s > 0 for s in shortage)
    often = f"; {times} intervals have too few" if times > 1 else ""
    findings.warn(
        ("teams",),
        f"ordinary demand keeps {made.load[worst]:,.0f} agents busy at {when:%Y-%m-%dT%H:%M}, and "
        f"{made.agents[worst]:,.0f} are there{often}",
        "look at the roster, or is the demand in the units you mean?",
        "few-agents",
    )


def _about_places(model: Model, findings: Findings) -> None:
    lines_of = {link.name: link.lines for link in model.links}
    phones = {channel.name for channel in model.channels if KINDS[channel.kind].holds_line}
    phoning = [team for team in model.teams if phones and (not team.channels or phones & set(team.channels))]
    for site in model.sites:
        lines = sum(lines_of[link] for link in set(site.links))
        for need, kept in site.reserve.items():
            if kept >= lines:
                message = f"{kept} of {lines} lines are kept for `{need}`: nobody else ever gets one"
                findings.warn(("sites", site.name, "lines", "reserve", need), message, code="reserve-beyond-lines")
        present = _most_at(site.name, model.teams)
        if not site.open:
            present = min(present, float(site.seats.total))
        elif present > site.seats.total:
            message = f"up to {present:,.0f} agents come here, and there are {site.seats.total} seats"
            findings.warn(("sites", site.name, "seats"), message, "who has no seat waits for one", "few-seats")
        talking = min(_most_at(site.name, phoning), site.seats.total)
        if site.links and lines < talking:
            message = f"{lines} lines for up to {talking:,.0f} agents at work"
            findings.warn(("sites", site.name, "links"), message, "callers hear a busy signal while agents are free", "few-lines")


def _most_at(site: str, teams: Iterable[Team]) -> float:
    """The most agents of some teams who are due at a site at one instant, less absence."""
    changes: list[tuple[float, float]] = []
    for team in teams:
        if team.site == site:
            for shift in team.shifts:
                present = shift.agents * (1 - float(team.absence))
                changes += [(shift.start, present), (shift.end, -present)]
    most = now = 0.0
    for _, change in sorted(changes):
        now += change
        most = max(most, now)
    return round(most, 6)
