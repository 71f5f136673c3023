"""Rosters on the calendar: rows of clock times to shifts between instants, with the agents who work them.

A roster has shifts, each worked by agents of its own, or says how many agents are at work, and as few people as possible work that.
No agent ever has two shifts at one time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise

from simulator.model.world import Break, Shift
from simulator.scenario.calendar import Calendar
from simulator.scenario.forms import AtWorkRow, RosterRow
from simulator.scenario.problem import wrong
from simulator.scenario.sharing import first_agents
from simulator.scenario.week import WEEKDAYS

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
MAX_SHIFTS = 200_000


def always(headcount: int, calendar: Calendar) -> tuple[Shift, ...]:
    """Everybody works all the run."""
    return (Shift(0, headcount, 0.0, calendar.length),)


def check_row(row: RosterRow | AtWorkRow) -> None:
    """Raise Wrong where a row of a roster cannot be worked."""
    if row.start == row.end:
        raise wrong("the shift starts and ends at one time", "a shift of a whole day is written 00:00 to 24:00")
    if isinstance(row, AtWorkRow):
        return
    taken = sorted(((b.at - row.start) % DAY, timedelta(seconds=b.for_)) for b in row.breaks)
    for at, long in taken:
        if at + long > _length(row):
            raise wrong("a break is not within its shift", at=("breaks",))
    for (one, long), (other, _) in pairwise(taken):
        if one + long > other:
            raise wrong("two breaks overlap", at=("breaks",))


def _length(row: RosterRow | AtWorkRow) -> timedelta:
    """How long a row lasts by the clock, at most a day."""
    return (row.end - row.start) % DAY or DAY


def overlapping(rows: Sequence[AtWorkRow]) -> dict[int, int]:
    """Rows that overlap an earlier one, by position, with the position of that."""
    spans = sorted(
        (DAY * WEEKDAYS.index(day) + row.start, DAY * WEEKDAYS.index(day) + row.start + _length(row), i)
        for i, row in enumerate(rows)
        for day in dict.fromkeys(row.days)
    )
    spans += [(start + WEEK, end + WEEK, i) for start, end, i in spans]
    found: dict[int, int] = {}
    for (_, ends, one), (starts, _, other) in pairwise(spans):
        if starts < ends:
            found.setdefault(max(one, other), min(one, other))
    return found


def people_of(shifts: Iterable[Shift]) -> int:
    """How many agents some shifts take."""
    return max((shift.first + shift.agents for shift in shifts), default=0)


def at_work(rows: Sequence[AtWorkRow], calendar: Calendar) -> tuple[Shift, ...]:
    """The shifts of as few people as there are at work at one time: agent k works as long as more than k are asked for."""
    asked = sorted(
        (max(start, 0.0), end, row.agents)
        for day in calendar.days(before=1)
        for row in rows
        if WEEKDAYS[day.weekday()] in row.days
        for start, end in calendar.shown(datetime.combine(day, time.min) + row.start, _length(row).total_seconds())
        if end > 0 and start < calendar.length
    )
    shifts: list[Shift] = []
    working: list[tuple[int, float]] = []  # stacked: how many there are with these, and since when these work
    ended = 0.0
    for start, end, agents in [*asked, (float("inf"), float("inf"), 0)]:
        if start > ended:
            _send_home(working, 0, ended, shifts)
        _send_home(working, agents, start, shifts)
        if agents > (working[-1][0] if working else 0):
            working.append((agents, start))
        ended = end
        if len(shifts) > MAX_SHIFTS:
            raise wrong(f"the roster makes more than {MAX_SHIFTS:,} shifts in this run", at=("roster",))
    return tuple(sorted(shifts, key=lambda s: (s.start, s.first)))


def _send_home(working: list[tuple[int, float]], agents: int, instant: float, shifts: list[Shift]) -> None:
    """End the shifts of those beyond the first ``agents``, who came last."""
    while working and working[-1][0] > agents:
        many, since = working.pop()
        below = working[-1][0] if working else 0
        first = max(agents, below)
        if since < instant:
            shifts.append(Shift(first, many - first, since, instant))
        if first > below:
            working.append((first, since))


def seem_at_work(rows: Sequence[RosterRow]) -> bool:
    """Whether shifts look like a table of agents at work by interval: short ones of one length, each where the one before ends."""
    if len(rows) < 4 or any(row.breaks or row.days != rows[0].days for row in rows):
        return False
    return all(one.end % DAY == other.start % DAY and _length(one) == _length(other) <= timedelta(hours=1) for one, other in pairwise(rows))


def worked(rows: Sequence[RosterRow], calendar: Calendar, firsts: Sequence[int] | None = None) -> tuple[Shift, ...]:
    """The shifts of a run, those under way at its start included (from the start on).

    Each row is staffed by consecutive agents, the same ones every day it is worked: from ``firsts`` on, else from the lowest who are free.
    """
    shifts: list[Shift] = []
    days: dict[str, list[date]] = {name: [] for name in WEEKDAYS}
    for day in calendar.days(before=1):
        days[WEEKDAYS[day.weekday()]].append(day)
    on = lru_cache(maxsize=None)(calendar.on)  # many rows start and end at one time
    for row, first in zip(rows, firsts or first_agents(rows), strict=True):
        if len(shifts) > MAX_SHIFTS:
            raise wrong(f"the roster makes more than {MAX_SHIFTS:,} shifts in this run", at=("roster",))
        for day in (day for name in dict.fromkeys(row.days) for day in days[name]) if row.agents else ():
            shift = _shift(row, first, calendar.length, on, day)
            if shift is not None:
                shifts.append(shift)
    return tuple(sorted(shifts, key=lambda s: (s.start, s.first)))


def _shift(row: RosterRow, first: int, length: float, on: Callable[[date, timedelta], float], day: date) -> Shift | None:
    end = row.end if row.end > row.start else row.end + DAY
    starts, ends = on(day, row.start), on(day, end)
    if ends <= max(starts, 0.0) or starts >= length:
        return None
    breaks = []
    for pause in row.breaks:
        at = on(day, pause.at if pause.at >= row.start else pause.at + DAY)
        if at + pause.for_ > 0:
            breaks.append(Break(max(at, 0.0), min(pause.for_, at + pause.for_)))
    return Shift(first, row.agents, max(starts, 0.0), ends, tuple(sorted(breaks, key=lambda b: b.start)))
