"""Workforce planning: agents that the model's own demand asks for, interval by interval, by Erlang A for each need and channel.

It takes every interval as if it went on for ever, needs as if each had agents of its own, and knows no redials; the simulation
does better in all three, so the two stand side by side. What tells people what they need before they wait for an agent, and
what makes talk longer, counts for as long as it was in effect in the simulated worlds.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from simulator.model.world import KINDS, People, Profile, Surge
from simulator.statistics.erlang import agents_required
from simulator.statistics.estimation import percentiles
from simulator.statistics.handling import rostered
from simulator.statistics.levers import Levers
from simulator.statistics.summary import IntervalSeries, StaffingPlan, StaffingTarget

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from simulator.model.distributions import Distribution
    from simulator.model.world import Channel, Demand, Model, Need
    from simulator.statistics.tally import Tally

    Floats = NDArray[np.float64]

GRID = 4000
"""Quantiles out of which a law of spreading is put together."""
HIGHEST = 0.999
"""A target of everybody would take agents without end."""


def staffing_plan(model: Model, tallies: Sequence[Tally]) -> StaffingPlan:
    """The plan for the intervals of the worlds of ``model``; its ranges count with their likely values."""
    edges = tallies[0].frame.intervals
    width = np.diff(edges)
    names = [need.name for need in model.needs]
    levers = Levers(model, tallies)
    contacts, talk = (np.zeros((len(width), len(model.channels), len(names))) for _ in range(2))
    for demand in model.demand:
        n = names.index(demand.need)
        shares = np.stack([_shares(model, model.needs[n], float(start)) for start in edges[:-1]])  # (T, C)
        contacts[:, :, n] += expected(demand, edges)[:, None] * shares
        talk[:, :, n] += expected(demand, edges, talk=True)[:, None] * shares
    longer = np.where(contacts > 0, talk / np.maximum(contacts, 1e-300), 1.0) * levers.talk[:, None, :]
    contacts *= levers.wanted
    roster = rostered(model, edges)
    required = np.zeros((len(width), len(names)))
    for c, channel in enumerate(model.channels):
        for n, need in enumerate(model.needs):
            handle = _handle_time(model, channel, need, longer[:, c, n] / _proficiency(model, roster, channel, need))
            for t in np.flatnonzero(contacts[:, c, n] > 0).tolist():
                required[t, n] += _agents(channel, need, float(contacts[t, c, n] / width[t]), float(handle[t]))
    present = _present(tallies)
    total = required.sum(axis=1)
    return StaffingPlan(
        starts=edges[:-1],
        needs=tuple(names),
        targets=tuple(_target(channel) for c, channel in enumerate(model.channels) if contacts[:, c].any()),
        expected=contacts.sum(axis=1),
        required=required,
        scheduled=roster.sum(axis=1) / width,
        present=present,
        over=np.maximum(present - total, 0.0),
        under=np.maximum(total - present, 0.0),
    )


def staffing_series(plan: StaffingPlan) -> Iterator[IntervalSeries]:
    """The plan as series: agents required (in all and by need), scheduled, present, over and under."""
    required = plan.required.sum(axis=1)
    for name, values in (("agents_required", required), ("agents_scheduled", plan.scheduled)):
        yield IntervalSeries(name, {}, "count", values, values, values)
    for n, need in enumerate(plan.needs):
        yield IntervalSeries("agents_required", {"need": need}, "count", *(plan.required[:, n],) * 3)
    for name, by_world in (("agents_present", plan.present), ("agents_over", plan.over), ("agents_under", plan.under)):
        yield IntervalSeries(name, {}, "count", by_world.mean(axis=0), *percentiles(by_world, (0.05, 0.95)))


def expected(demand: Demand, edges: Floats, *, talk: bool = False) -> Floats:
    """First contacts that ``demand`` makes between ``edges``, on average; people who are barred and repairs are left out.

    With ``talk`` each counts as many times as its talk is as long as the need's own.
    """
    if isinstance(demand, Profile):
        each = np.asarray(demand.expected, dtype=np.float64)
        if talk and demand.talk_factor:
            each = each * np.asarray(demand.talk_factor, dtype=np.float64)
        total = np.concatenate(([0.0], np.cumsum(each)))
        return np.diff(np.interp(edges, np.asarray(demand.edges, dtype=np.float64), total))
    if isinstance(demand, Surge):
        return np.diff(_of_surge(demand, edges))
    assert isinstance(demand, People)
    when = float(demand.onset) + demand.spread.quantile((np.arange(GRID) + 0.5) / GRID)
    return np.histogram(when, edges)[0] * (float(demand.people) / GRID)


def _handle_time(model: Model, channel: Channel, need: Need, longer: Floats) -> Floats:
    """Mean seconds of an agent's time a contact takes, by interval; talk takes ``longer`` than its law says."""
    talk = float(channel.talk_time.get(need.name, need.talk_time).mean)
    wrap = float(channel.wrap_up.get(need.name, need.wrap_up).mean)
    distress = need.distress
    hears = distress is not None and (model.care.policy == "discretion" or not KINDS[channel.kind].holds_line)
    support = float(distress.share) * float(distress.support.mean) if distress is not None and hears else 0.0
    turns = float(channel.turns.number) if channel.turns else 1.0
    return np.asarray(turns * (talk * longer + wrap) + support)


def _proficiency(model: Model, roster: Floats, channel: Channel, need: Need) -> Floats:
    """How fast those on the roster work on a need on a channel, by interval: their mean proficiency; 1 where nobody does."""
    skill = np.array([float(team.skills.get(need.name, 0.0)) if _serves(team.channels, channel) else 0.0 for team in model.teams])
    heads = np.array([float(team.headcount) for team in model.teams]) * (skill > 0)
    weights = roster * (skill > 0)
    there = weights.sum(axis=1)
    on_roster = weights @ skill / np.maximum(there, 1e-300)
    of_all = float(heads @ skill / heads.sum()) if heads.sum() > 0 else 1.0
    return np.where(there > 0, on_roster, of_all)


def _serves(names: tuple[str, ...], channel: Channel) -> bool:
    return channel.name in names if names else not KINDS[channel.kind].calls_out


def _agents(channel: Channel, need: Need, rate: float, handle: float) -> float:
    """Agents for so many contacts a second; for what is kept until somebody answers, its work alone, spread over the interval."""
    if _kept(channel):
        return rate * handle
    patience = _mean(channel.patience.get(need.name, need.patience))
    share = min(float(channel.target_share), HIGHEST)
    slots = agents_required(rate, handle / float(channel.speeds[-1]), patience, share, float(channel.answer_within))
    return slots / len(channel.speeds)


def _kept(channel: Channel) -> bool:
    return KINDS[channel.kind].keeps or KINDS[channel.kind].turns


def _target(channel: Channel) -> StaffingTarget:
    if _kept(channel):
        return StaffingTarget(channel.name, None, None)
    return StaffingTarget(channel.name, min(float(channel.target_share), HIGHEST), float(channel.answer_within))


def _present(tallies: Sequence[Tally]) -> Floats:
    """Agents at work, on average over each interval of each world: (R, T)."""
    return np.stack([t.observed["available"] + t.observed["busy"] + t.observed["wrap"] for t in tallies])


def _mean(law: Distribution) -> float:
    """The mean of a law of patience; endless where it has none."""
    try:
        return float(law.mean)
    except TypeError:
        return math.inf


def _shares(model: Model, need: Need, at: float) -> Floats:
    """The share of people with ``need`` who first choose each channel at ``at``."""
    made = np.zeros(len(model.channels))
    names = [channel.name for channel in model.channels]
    in_force = [mix for mix in sorted(need.channels, key=lambda mix: mix.since) if mix.since <= at]
    for name, share in (in_force[-1].shares if in_force else {}).items():
        made[names.index(name)] += float(share)
    made[0] += max(0.0, 1.0 - made.sum())
    return made


def _of_surge(surge: Surge, at: Floats) -> Floats:
    """Contacts of a surge before each instant."""
    peak, rise, hold = float(surge.peak), float(surge.rise), float(surge.hold)
    since = np.maximum(at - float(surge.onset), 0.0)
    rising = np.minimum(since, rise)
    holding = np.clip(since - rise, 0.0, hold)
    falling = np.maximum(since - rise - hold, 0.0)
    decay = float(surge.half_life) / math.log(2)
    ramp = peak * rising**2 / (2 * rise) if rise > 0 else 0.0
    return np.asarray(ramp + peak * holding + peak * decay * -np.expm1(-falling / decay))
