"""Rosters on the calendar: rows of clock times to shifts between instants, with the agents who work them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from simulator.model.world import Break, Shift
from simulator.scenario.calendar import Calendar
from simulator.scenario.forms import RosterRow
from simulator.scenario.problem import wrong
from simulator.scenario.week import WEEKDAYS

DAY = timedelta(days=1)
MAX_SHIFTS = 200_000


def always(headcount: int, calendar: Calendar) -> tuple[Shift, ...]:
    """Everybody works all the run."""
    return (Shift(0, headcount, 0.0, calendar.length),)


def check_row(row: RosterRow) -> None:
    """Raise Wrong where a row of a roster cannot be worked."""
    if row.start == row.end:
        raise wrong("the shift starts and ends at one time", "a shift of a whole day is written 00:00 to 24:00")
    length = (row.end - row.start) % DAY if row.end != DAY else DAY - row.start
    taken = sorted(((b.at - row.start) % DAY, timedelta(seconds=b.for_)) for b in row.breaks)
    for at, long in taken:
        if at + long > length:
            raise wrong("a break is not within its shift", at=("breaks",))
    for (one, long), (other, _) in pairwise(taken):
        if one + long > other:
            raise wrong("two breaks overlap", at=("breaks",))


def first_agents(rows: Sequence[RosterRow]) -> list[int]:
    """The first agent of each row: rows that share a day of the week have agents of their own, others share them."""
    firsts: list[int] = []
    for i, row in enumerate(rows):
        before = [firsts[j] + other.agents for j, other in enumerate(rows[:i]) if set(other.days) & set(row.days)]
        firsts.append(max(before, default=0))
    return firsts


def worked(rows: Sequence[RosterRow], calendar: Calendar) -> tuple[Shift, ...]:
    """The shifts of a run, those under way at its start included (from the start on).

    Each row is staffed by consecutive agents, the same ones every day it is worked (:func:`first_agents`).
    """
    shifts: list[Shift] = []
    days = tuple(calendar.days(before=1))
    for row, first in zip(rows, first_agents(rows), strict=True):
        if len(shifts) > MAX_SHIFTS:
            raise wrong(f"the roster makes more than {MAX_SHIFTS:,} shifts in this run", at=("roster",))
        for day in days:
            if WEEKDAYS[day.weekday()] in row.days:
                shift = _shift(row, first, calendar, day)
                if shift is not None:
                    shifts.append(shift)
    return tuple(sorted(shifts, key=lambda s: (s.start, s.first)))


def _shift(row: RosterRow, first: int, calendar: Calendar, day: date) -> Shift | None:
    end = row.end if row.end > row.start else row.end + DAY
    starts, ends = calendar.on(day, row.start), calendar.on(day, end)
    if ends <= 0 or starts >= calendar.length or row.agents == 0:
        return None
    breaks = []
    for pause in row.breaks:
        at = calendar.on(day, pause.at if pause.at >= row.start else pause.at + DAY)
        if at + pause.for_ > 0:
            breaks.append(Break(max(at, 0.0), min(pause.for_, at + pause.for_)))
    return Shift(first, row.agents, max(starts, 0.0), ends, tuple(sorted(breaks, key=lambda b: b.start)))
