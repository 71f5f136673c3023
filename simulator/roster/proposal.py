"""Proposal: the cheapest roster by a model of its own, which simulation then judges.

Who is busy when there are agents without end is N(t), from simulated worlds. With s at work some E(N - s)+ have nobody: a convex
function of s, by its tangents in an integer program. Each group of intervals may have so many short at the most: a budget, which
simulation corrects. Those who end a shift work on for about a talk time more (Feldman, Mandelbaum, Massey, Whitt 2008 for the idea
of unlimited agents; Atlason, Epelman, Henderson 2008 for cuts from simulation).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.roster.cover import Answer, Program

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TANGENTS = 40
"""Of each convex function, at the most."""
GAP, NODES = 3e-3, 300
"""How exactly a program is solved that is only a model: in its first nodes it finds what it finds in as many as it wants."""
TIE = 1e-6
"""By how much the later of two equal choices costs more, so that equal programs have equal answers."""


@dataclass(frozen=True)
class Work:
    """What there is to do: ``busy`` by interval, sample and kind of work, (T, samples, K), with agents without end.

    Each of the teams ``serves`` (teams, K) some kinds. ``overrun`` is the share of an interval that a leaver works on.
    """

    busy: Floats
    serves: NDArray[np.bool_]
    overrun: float

    @property
    def load(self) -> Floats:
        """The mean: (T, K)."""
        return np.asarray(self.busy.mean(axis=1))

    def short(self, interval: int, kind: int) -> Floats:
        """The mean of (N - s)+ for s = 0, 1, 2 and so on, until nobody is short."""
        counted = self.busy[interval, :, kind]
        agents = np.arange(int(np.ceil(counted.max(initial=0.0))) + 1)
        return np.asarray(np.maximum(counted[None, :] - agents[:, None], 0.0).mean(axis=1))


@dataclass(frozen=True)
class Choice:
    """A variable: agents of ``team`` at work in ``cover`` (T) of each interval."""

    team: int
    cover: Floats
    cost: float
    most: float = np.inf


@dataclass(frozen=True)
class Floor:
    """Where they work: teams' agents who are there anyway (teams, T), the share of those chosen who come (teams, T), limits of seats.

    ``site`` is each team's; ``seats`` (sites, T) is infinite where nothing limits; ``more`` has the most and the cost of temporary seats.
    ``people`` is the most of each team.
    """

    base: Floats
    come: Floats
    site: Sequence[int]
    seats: Floats
    more: Sequence[tuple[int, float, float]]
    people: Sequence[float]


@dataclass(frozen=True)
class Group:
    """Intervals and kinds of work that share a ``budget``: agents short on average, summed over intervals."""

    intervals: Sequence[int]
    kinds: Sequence[int]
    budget: float


def propose(work: Work, choices: Sequence[Choice], floor: Floor, groups: Sequence[Group]) -> Answer:
    """The cheapest numbers of ``choices``; behind them stand those of temporary seats. Raises Infeasible."""
    program = Program()
    for place, choice in enumerate(choices):
        program.add(choice.cost * (1 + TIE * place) + TIE, most=choice.most)
    seats = [program.add(cost + TIE, most=most) for _, most, cost in floor.more]
    _seat(program, choices, floor, seats)
    wanted = sorted({(t, k) for group in groups for t in group.intervals for k in group.kinds})
    short = {cell: program.add(0.0, whole=False) for cell in wanted}
    serving: dict[tuple[int, int], list[tuple[int, float]]] = {cell: [] for cell in wanted}
    for t in sorted({t for t, _ in wanted}):
        for team in range(len(floor.base)):
            _share_out(program, work, choices, floor, serving, team, t)
    for (t, k), place in short.items():
        table = work.short(t, k)
        for s in _knots(table):
            slope = float(table[s + 1] - table[s])
            terms = [(place, 1.0), *((column, -slope * factor) for column, factor in serving[t, k])]
            program.row(terms, float(table[s]) - slope * s)
    for group in groups:
        program.row([(short[t, k], 1.0) for t in group.intervals for k in group.kinds], most=group.budget)
    return program.solve(GAP, NODES)


def _seat(program: Program, choices: Sequence[Choice], floor: Floor, seats: Sequence[int]) -> None:
    """Nobody works without a seat, and no team has more people than it has."""
    intervals = floor.base.shape[1]
    for t in range(intervals):
        for site in range(len(floor.seats)):
            if not np.isfinite(floor.seats[site, t]):
                continue
            terms = [(j, float(c.cover[t])) for j, c in enumerate(choices) if floor.site[c.team] == site and c.cover[t] > 0]
            terms += [(column, -1.0) for column, (at, _, _) in zip(seats, floor.more, strict=True) if at == site]
            there = sum(float(floor.base[team, t]) for team in range(len(floor.base)) if floor.site[team] == site)
            if terms:
                program.row(terms, most=max(float(floor.seats[site, t]) - there, 0.0))
        for team, most in enumerate(floor.people):
            terms = [(j, float(c.cover[t] > 0)) for j, c in enumerate(choices) if c.team == team and c.cover[t] > 0]
            if np.isfinite(most) and terms:
                program.row(terms, most=most)


def _share_out(
    program: Program, work: Work, choices: Sequence[Choice], floor: Floor, serving: dict[tuple[int, int], list[tuple[int, float]]],
    team: int, t: int,
) -> None:  # fmt: skip
    """Divide the agents of a team in an interval between the kinds of work that it serves."""
    kinds = [k for k in range(work.serves.shape[1]) if work.serves[team, k] and (t, k) in serving]
    come, base = float(floor.come[team, t]), float(floor.base[team, t] * floor.come[team, t])
    mine = [(j, float(c.cover[t])) for j, c in enumerate(choices) if c.team == team and c.cover[t] > 0]
    if t:
        leaving = [(j, float(c.cover[t - 1] - c.cover[t])) for j, c in enumerate(choices) if c.team == team]
        mine += [(j, work.overrun * share) for j, share in leaving if share > 0]
    if not kinds or (not mine and base == 0) or come == 0:
        return
    parts = [program.add(0.0, whole=False) for _ in kinds]
    for k, part in zip(kinds, parts, strict=True):
        serving[t, k].append((part, 1.0))
    program.row([*((part, 1.0) for part in parts), *((j, -come * factor) for j, factor in mine)], most=base)


def _knots(table: Floats) -> list[int]:
    """Where the tangents of a convex function touch it: everywhere, or where it bends most."""
    last = len(table) - 1
    if last <= TANGENTS:
        return list(range(last))
    return sorted({0, last - 1, *np.linspace(0, last - 1, TANGENTS // 4).astype(int).tolist(), *_bent(table, TANGENTS)})


def _bent(table: Floats, most: int) -> list[int]:
    """Places between which the second differences have equal shares."""
    bends = np.abs(np.diff(table, 2))
    total = np.cumsum(bends)
    if total[-1] <= 0:
        return [0]
    places: list[int] = np.unique(np.searchsorted(total, np.linspace(0, total[-1], most, endpoint=False))).clip(0, len(table) - 2).tolist()
    return places
