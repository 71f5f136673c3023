"""Rosters in any time zone: nobody has two shifts at one time, and as many are at work as the roster asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise, product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.model.world import Shift
from simulator.scenario.calendar import Calendar
from simulator.scenario.forms import AtWorkRow, RosterRow
from simulator.scenario.section import Setting, read_section
from simulator.scenario.sharing import first_agents
from simulator.scenario.staffing import at_work, overlapping, people_of, worked
from simulator.scenario.week import WEEKDAYS

HOUR = 3600.0
NIGHTS = [
    ("Europe/Madrid", "2026-03-27"), ("Europe/Madrid", "2026-10-23"),
    ("America/Santiago", "2026-09-04"), ("America/Santiago", "2026-04-03"),
    ("Australia/Lord_Howe", "2026-10-02"), ("Australia/Lord_Howe", "2026-04-03"), ("Africa/Casablanca", "2026-02-13"),
    ("Pacific/Apia", "2011-12-28"), ("UTC", "2026-03-10"),
]  # fmt: skip
"""Time zones, and days two or three before their clocks change."""


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    zone, day = draw(st.sampled_from(NIGHTS))
    start = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)) + timedelta(minutes=draw(st.integers(0, 1439)))
    hours = draw(st.integers(1, 24 * 9))
    return Calendar(start.astimezone(ZoneInfo("UTC")).astimezone(ZoneInfo(zone)), None, hours * HOUR)


DAYS = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True)


def overlap(one: RosterRow | AtWorkRow, other: RosterRow | AtWorkRow) -> bool:
    """Whether two rows are worked at one time of some week, which may be past midnight or past Sunday, by looking at each pair of days."""
    day, week = timedelta(days=1), timedelta(weeks=1)
    for first, second in product(one.days, other.days):
        ahead = (day * (WEEKDAYS.index(second) - WEEKDAYS.index(first)) + other.start - one.start) % week
        if ahead < ((one.end - one.start) % day or day) or week - ahead < ((other.end - other.start) % day or day):
            return True
    return False


def clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


@st.composite
def shift_rows(draw: st.DrawFn) -> RosterRow:
    start, length = draw(st.integers(0, 287)) * 5, draw(st.integers(1, 287)) * 5
    raw = {"start": clock(start), "end": clock((start + length) % 1440), "agents": draw(st.integers(0, 4)), "days": draw(DAYS)}
    return read_section(RosterRow, raw, Setting())


@st.composite
def tables(draw: st.DrawFn) -> list[AtWorkRow]:
    """Rows that do not overlap, the last perhaps past midnight."""
    rows: list[AtWorkRow] = []
    for _ in range(draw(st.integers(1, 8))):
        start, length = draw(st.integers(0, 287)) * 5, draw(st.integers(1, 288)) * 5
        raw: dict[str, Any] = {"start": clock(start), "end": clock((start + length) % 1440), "agents": draw(st.integers(0, 6))}
        if length == 1440:
            raw |= {"start": "00:00", "end": "24:00"}
        row = read_section(AtWorkRow, raw | {"days": draw(DAYS)}, Setting())
        if not any(overlap(row, other) for other in rows):
            rows.append(row)
    return rows


def of_each(shifts: Sequence[Shift]) -> dict[int, list[tuple[float, float]]]:
    agents: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for shift in shifts:
        assert shift.start < shift.end
        for agent in range(shift.first, shift.first + shift.agents):
            agents[agent].append((shift.start, shift.end))
    return agents


def nobody_twice(shifts: Sequence[Shift]) -> None:
    for taken in of_each(shifts).values():
        assert all(one[1] <= other[0] for one, other in pairwise(sorted(taken)))


def asked(rows: Sequence[AtWorkRow], moment: datetime) -> int:
    """What a table says for a moment of the wall clock, read as a person reads it."""
    total = 0
    for row in rows:
        for back in (0, 1):
            since = moment.replace(tzinfo=None) - datetime.combine(moment.date() - timedelta(days=back), datetime.min.time())
            ends = row.end if row.end > row.start else row.end + timedelta(days=1)
            if row.start <= since < ends and WEEKDAYS[(moment.weekday() - back) % 7] in row.days:
                total += row.agents
    return total


@settings(deadline=None)
@given(tables(), calendars())
def test_as_many_are_at_work_as_the_table_says_and_it_takes_no_more_people(rows: list[AtWorkRow], calendar: Calendar) -> None:
    shifts = at_work(rows, calendar)
    nobody_twice(shifts)
    instants = [*(i * 300.0 + 1 for i in range(int(calendar.length // 300))), calendar.length - 1]
    wanted = [asked(rows, calendar.local(instant)) for instant in instants]
    assert [sum(s.agents for s in shifts if s.start <= instant < s.end) for instant in instants] == wanted
    assert people_of(shifts) == max(wanted)
    assert {agent for agent, taken in of_each(shifts).items() if taken} == set(range(people_of(shifts))), "nobody is on it for nothing"


@settings(deadline=None)
@given(st.lists(shift_rows(), max_size=7), calendars())
def test_shifts_that_overlap_by_the_clock_never_share_people(rows: list[RosterRow], calendar: Calendar) -> None:
    shifts = worked(rows, calendar)
    nobody_twice(shifts)
    for instant in (i * 900.0 + 1 for i in range(int(calendar.length // 900))):
        there = sum(s.agents for s in shifts if s.start <= instant < s.end)
        alone = sum(s.agents for row in rows for s in worked([row], calendar) if s.start <= instant < s.end)
        assert there == alone, "each row is worked in full, whoever else is there"


@given(st.lists(shift_rows(), max_size=7))
def test_each_row_has_the_lowest_agents_that_are_free_for_it(rows: list[RosterRow]) -> None:
    firsts = first_agents(rows)
    for i, (row, first) in enumerate(zip(rows, firsts, strict=True)):
        apart = [j for j in range(i) if set(rows[j].days) & set(row.days) or overlap(rows[j], row)]
        for lower in range(first + 1):
            taken = {agent for j in apart for agent in range(firsts[j], firsts[j] + rows[j].agents)}
            free = not taken & set(range(lower, lower + row.agents))
            assert free == (lower == first) or row.agents == 0


@given(st.lists(shift_rows(), min_size=2, max_size=6))
def test_overlaps_are_seen_by_whoever_compares_every_pair(rows: list[RosterRow]) -> None:
    intervals = [AtWorkRow.model_construct(start=r.start, end=r.end, agents=r.agents, days=r.days) for r in rows]
    some = any(overlap(one, other) for i, one in enumerate(intervals) for other in intervals[:i])
    assert bool(overlapping(intervals)) == some


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("22:00 06:00 fri", "05:00 13:00 sat", True),
        ("22:00 06:00 fri", "06:00 14:00 sat", False),
        ("22:00 06:00 sun", "05:00 13:00 mon", True),
        ("22:00 06:00 fri", "05:00 13:00 sun", False),
        ("06:00 14:00 mon", "14:00 22:00 mon", True),
        ("06:00 14:00 mon", "06:00 14:00 tue", False),
    ],
)
def test_who_shares_people(one: str, other: str, apart: bool) -> None:
    rows = []
    for said in (one, other):
        start, end, day = said.split()
        rows.append(read_section(RosterRow, {"start": start, "end": end, "agents": 2, "days": day}, Setting()))
    assert first_agents(rows) == [0, 2 if apart else 0]
    assert first_agents(rows[::-1]) == [0, 2 if apart else 0]
