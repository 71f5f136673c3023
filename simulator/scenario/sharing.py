"""Which agents work which rows of a roster: as few as possible, and nobody two shifts at one time.

A roster may have as many rows as a table has lines, so agents are not asked one by one: those in a row who are free at the same times
are one block, and a search for agents goes on where the last one of its kind ended, since nobody ever becomes free again.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from simulator.scenario.forms import RosterRow
from simulator.scenario.week import WEEKDAYS

DAY = 86_400.0
Free = tuple[tuple[float, float] | None, ...]
"""For each day of the week: from when and until when somebody may work a shift that starts on it, in seconds since its midnight. None is
not at all, since a shift of theirs starts on it."""
EVER: Free = ((0.0, math.inf),) * len(WEEKDAYS)


@dataclass(frozen=True)
class Span:
    """When a row is worked: the days of the week on which it starts, and its hours in seconds since their midnight."""

    days: tuple[int, ...]
    start: float
    end: float

    def fits(self, free: Free) -> bool:
        """Whether somebody with so much time can work it."""
        return all((given := free[day]) is not None and given[0] <= self.start and self.end <= given[1] for day in self.days)

    def taken_from(self, free: Free) -> Free:
        """The time that somebody has beside it."""
        rest = list(free)
        for day in self.days:
            rest[day] = None
        for day in self.days:
            before, after = (day - 1) % len(rest), (day + 1) % len(rest)
            if (given := rest[after]) is not None:
                rest[after] = (max(given[0], self.end - DAY), given[1])
            if (given := rest[before]) is not None:
                rest[before] = (given[0], min(given[1], self.start + DAY))
        return tuple(rest)


def first_agents(rows: Iterable[RosterRow]) -> list[int]:
    """The first agent of each row: the lowest, so that no row before has any of its agents on one of its days or at one time with it."""
    days_of = lru_cache(maxsize=None)(_positions)
    spans = [(_span(row, days_of(tuple(row.days))), row.agents) for row in rows]
    earliest, latest = [math.inf] * len(WEEKDAYS), [0.0] * len(WEEKDAYS)
    for span, _ in spans:
        for day in span.days:
            earliest[day] = min(earliest[day], span.start)
            latest[day] = max(latest[day], span.end - DAY)
    crew = _Crew()
    return [crew.taken(span, _alike(span, earliest, latest), agents) if agents else 0 for span, agents in spans]


def _positions(days: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(sorted({WEEKDAYS.index(day) for day in days}))


def _span(row: RosterRow, days: tuple[int, ...]) -> Span:
    start, end = row.start.total_seconds(), row.end.total_seconds()
    return Span(days, start, start + ((end - start) % DAY or DAY))


def _alike(span: Span, earliest: Sequence[float], latest: Sequence[float]) -> Span:
    """One span for all that the same agents can work, since no row of the days around begins so early or lasts so long that it matters."""
    after_all = all(span.start >= latest[day - 1] for day in span.days)
    before_all = all(span.end - DAY <= earliest[(day + 1) % len(earliest)] for day in span.days)
    return Span(span.days, math.inf if after_all else span.start, -math.inf if before_all else span.end)


class _Crew:
    """Agents by number, in blocks of those with the same free time; the last block has no end."""

    def __init__(self) -> None:
        self.firsts = [0]
        self.free = [0]  #: of each block, by number
        self.kinds = [EVER]  #: of free time, by number
        self.numbers = {EVER: 0}
        self.reached: dict[tuple[Span, int], int] = {}  #: below whom there is nobody for a search of this kind
        self.fits: dict[Span, dict[int, bool]] = {}

    def taken(self, span: Span, alike: Span, agents: int) -> int:
        """The first of so many consecutive agents who can work a row, which from now on they do."""
        any_time = Span(span.days, math.inf, -math.inf)
        low = self._lowest(alike, 1, self._lowest(any_time, 1, 0))
        first = low if agents == 1 else self._lowest(alike, agents, low)
        begins, ends = self._split(first), self._split(first + agents)
        self.free[begins:ends] = [self._number(span.taken_from(self.kinds[free])) for free in self.free[begins:ends]]
        self._merge(begins, ends)
        return first

    def _lowest(self, span: Span, agents: int, low: int) -> int:
        """The first of so many consecutive agents from ``low`` on who have the time, where nobody below has."""
        first = max(low, self.reached.get((span, agents), 0))
        firsts, free, kinds, fits = self.firsts, self.free, self.kinds, self.fits.setdefault(span, {})
        block = bisect_right(firsts, first) - 1
        while block < len(firsts) - 1 and firsts[block] < first + agents:
            kind = free[block]
            if kind not in fits:
                fits[kind] = span.fits(kinds[kind])
            block += 1
            if not fits[kind]:
                first = firsts[block]
        self.reached[span, agents] = first
        return first

    def _number(self, free: Free) -> int:
        if free not in self.numbers:
            self.numbers[free] = len(self.kinds)
            self.kinds.append(free)
        return self.numbers[free]

    def _split(self, agent: int) -> int:
        """The block that begins with an agent, once there is one."""
        block = bisect_right(self.firsts, agent) - 1
        if self.firsts[block] == agent:
            return block
        self.firsts.insert(block + 1, agent)
        self.free.insert(block + 1, self.free[block])
        return block + 1

    def _merge(self, begins: int, ends: int) -> None:
        """Make one of neighbours with the same free time, the blocks on either side of a stretch among them."""
        for block in range(min(ends, len(self.firsts) - 1), max(begins, 1) - 1, -1):
            if self.free[block] == self.free[block - 1]:
                del self.firsts[block], self.free[block]
