"""Workforce planning: how many agents the model's own demand asks for, interval by interval, by Erlang A for each need.

Erlang A is the queue with patience: Poisson arrivals, exponential talk and patience, as many agents as it takes
(Garnett, Mandelbaum, Reiman 2002; the formulas are those of Zeltyn and Mandelbaum 2005 for the M/M/n+G queue). It takes
every interval as if it went on for ever, needs as if each had agents of its own, and knows no redials; the simulation
does better in all three, so the two stand side by side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from simulator.model.world import KINDS, People, Profile, Surge
from simulator.statistics.handling import rostered

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.model.distributions import Distribution
    from simulator.model.world import Channel, Demand, Model, Need

    Floats = NDArray[np.float64]

GRID = 4000
"""Quantiles out of which a law of spreading is put together."""


@dataclass(frozen=True)
class StaffingPlan:
    """Agents by interval. Contacts that are kept until somebody answers ask for their work alone, spread over the interval."""

    starts: Floats  #: (T,) start of each interval, in seconds
    needs: tuple[str, ...]
    expected: Floats  #: (T, N) first contacts expected
    required: Floats  #: (T, N) agents
    scheduled: Floats  #: (T,) agents that the roster has, breaks left out


def staffing_plan(model: Model, edges: Floats) -> StaffingPlan:
    """The plan for the intervals between ``edges``; ranges count with their likely values."""
    names = [need.name for need in model.needs]
    shape = (len(edges) - 1, len(model.channels), len(names))
    contacts = np.zeros(shape)
    for demand in model.demand:
        n = names.index(demand.need)
        shares = np.stack([_shares(model, model.needs[n], float(start)) for start in edges[:-1]])  # (T, C)
        contacts[:, :, n] += expected(demand, edges)[:, None] * shares
    required = np.zeros((shape[0], shape[2]))
    width = np.diff(edges)
    known: dict[tuple[float, int, int], float] = {}
    for c, channel in enumerate(model.channels):
        for n, need in enumerate(model.needs):
            for t in np.flatnonzero(contacts[:, c, n] > 0).tolist():
                place = (float(contacts[t, c, n] / width[t]), c, n)
                if place not in known:
                    known[place] = _agents(channel, need, place[0])
                required[t, n] += known[place]
    return StaffingPlan(edges[:-1], tuple(names), contacts.sum(axis=1), required, rostered(model, edges).sum(axis=1) / width)


def expected(demand: Demand, edges: Floats) -> Floats:
    """First contacts that ``demand`` makes between ``edges``, on average; people who are barred and repairs are left out."""
    if isinstance(demand, Profile):
        total = np.concatenate(([0.0], np.cumsum(np.asarray(demand.expected, dtype=np.float64))))
        return np.diff(np.interp(edges, np.asarray(demand.edges, dtype=np.float64), total))
    if isinstance(demand, Surge):
        return np.diff(_of_surge(demand, edges))
    assert isinstance(demand, People)
    when = float(demand.onset) + demand.spread.quantile((np.arange(GRID) + 0.5) / GRID)
    return np.histogram(when, edges)[0] * (float(demand.people) / GRID)


def served_within(agents: int, rate: float, talk: float, patience: float, within: float) -> float:
    """The probability that a contact is answered within ``within`` seconds in the M/M/n+M queue.

    ``rate`` in contacts a second, ``talk`` and ``patience`` are means in seconds (an infinite patience is allowed while the
    agents suffice). The density of the offered wait is integrated by Gauss-Legendre quadrature.
    """
    if agents == 0:
        return 0.0
    load = rate * talk
    if math.isinf(patience) and load >= agents:
        return 0.0
    steps = (agents - 1 - np.arange(agents - 1)) / load
    with np.errstate(over="ignore"):
        unblocked = 1.0 + float(np.cumprod(steps).sum())  # the inverse of Erlang B of one agent less; infinite where hardly anybody waits
    if patience <= 0:
        return 1.0 - 1.0 / (1.0 + agents / load * unblocked)  # nobody waits: Erlang B
    theta = 0.0 if math.isinf(patience) else 1.0 / patience

    def exponent(x: Floats) -> Floats:
        hazard = rate * x if theta == 0.0 else -rate * np.expm1(-theta * x) / theta
        return np.asarray(hazard - agents * x / talk)

    peak = np.array([math.log(load / agents) * patience if load > agents else 0.0])  # in overload the density rises first
    highest = float(exponent(peak)[0])

    def density(x: Floats) -> Floats:
        return np.asarray(np.exp(exponent(x) - highest))

    end = max(within, float(peak[0]))
    while density(np.array([end]))[0] > 1e-14:
        end = 2 * end + talk / agents
    x, weight = _nodes(0.0, within)
    soon = density(x) * weight
    later, weight = _nodes(within, end)
    patient = float((soon * np.exp(-theta * x)).sum())
    waits = rate * float(soon.sum() + (density(later) * weight).sum())
    total = unblocked * math.exp(-highest) + waits
    return 1.0 - waits / total + rate * patient / total


@lru_cache(maxsize=4096)  # variants share their demand
def agents_required(rate: float, talk: float, patience: float, share: float, within: float) -> int:
    """The fewest agents with whom at least ``share`` of the contacts are answered within ``within`` seconds."""
    if rate <= 0 or talk <= 0:
        return 0
    load = rate * talk
    step = max(1, round(math.sqrt(load) / 2))
    low = max(0, math.floor(load) - step)
    while low > 0 and served_within(low, rate, talk, patience, within) >= share:
        low = max(0, low - step)
        step *= 2
    high = low + step  # `low` is too few
    while served_within(high, rate, talk, patience, within) < share:
        low, high, step = high, high + 2 * step, 2 * step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if served_within(middle, rate, talk, patience, within) >= share else (middle, high)
    return high


def _agents(channel: Channel, need: Need, rate: float) -> float:
    talk = float(channel.talk_time.get(need.name, need.talk_time).mean) + float(channel.wrap_up.get(need.name, need.wrap_up).mean)
    kind = KINDS[channel.kind]
    turns = channel.turns.number if channel.turns else 1.0
    if kind.keeps or kind.turns:
        return rate * talk * float(turns)
    held = len(channel.speeds)
    slots = agents_required(
        rate,
        talk / channel.speeds[-1],
        _mean(channel.patience.get(need.name, need.patience)),
        min(float(channel.target_share), 0.999),
        float(channel.answer_within),
    )
    return slots / held


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


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_PIECES = 12


def _nodes(low: float, high: float) -> tuple[Floats, Floats]:
    """Nodes and weights of an integral from ``low`` to ``high``, in pieces that grow: the functions here are steepest at first."""
    cuts = low + (high - low) * np.linspace(0.0, 1.0, _PIECES + 1) ** 3
    half = np.diff(cuts)[:, None] / 2
    return cuts[:-1, None] + half * (1 + _NODES), half * _WEIGHTS
