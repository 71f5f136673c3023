"""Ordinary demand on the calendar: clock-time profiles to expected contacts between instants, on days of any length."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from simulator.model.distributions import Distribution
from simulator.model.world import Profile
from simulator.scenario.calendar import Calendar
from simulator.scenario.problem import wrong
from simulator.scenario.quantity import scaled
from simulator.scenario.tables import Interval
from simulator.scenario.week import WEEKDAYS

STEP = 900.0
"""Seconds between looks at the wall clock; every time zone changes its offset at a multiple of this."""


def midnights(calendar: Calendar) -> tuple[float, ...]:
    """The first instants of each local day after the start."""
    firsts = (calendar.on(day, timedelta()) for day in calendar.days())
    return tuple(first for first in firsts if first > 0)


def by_rate(name: str, need: str, rates: tuple[float, ...], day_cv: float, calendar: Calendar) -> Profile:
    """Demand at one rate (per second), or at 24 rates by the hour of the local clock."""
    if len(rates) == 1:
        edges = (0.0, *midnights(calendar), calendar.length)  # cut at midnight: each day has a factor of its own
        expected = tuple(scaled(rates[0], b - a) for a, b in pairwise(edges))
        return Profile(name, need, edges, expected, (), day_cv, midnights(calendar))
    edges, hours = _stretches(calendar, lambda moment: moment.hour, 0.0)
    expected = tuple(scaled(rates[hour or 0], b - a) for hour, a, b in zip(hours, edges, edges[1:], strict=False))
    return Profile(name, need, edges, expected, (), day_cv, midnights(calendar))


def on_days(profile: Profile, days: Collection[str], calendar: Calendar) -> Profile:
    """The same demand on some days of the week only."""
    firsts = [(calendar.on(day, timedelta()), WEEKDAYS[day.weekday()]) for day in calendar.days()]
    starts = [first for first, _ in firsts]
    middles = [(a + b) / 2 for a, b in pairwise(profile.edges)]
    kept = [firsts[max(bisect_right(starts, middle) - 1, 0)][1] in days for middle in middles]
    return replace(profile, expected=tuple(n if there else 0.0 for n, there in zip(profile.expected, kept, strict=True)))


def by_interval(
    name: str, need: str, found: Sequence[Interval], length: timedelta, day_cv: float, calendar: Calendar, talk: Distribution
) -> Profile:
    """Demand out of a table of intervals: by the time of day, every day, or by dated intervals (nothing outside them)."""
    seconds = length.total_seconds()
    if found[0].date is not None:
        which = _dated(found, seconds, calendar)
        if not any(row is not None for row in which[1]):
            raise wrong(f"none of its intervals is between the start and the end ({calendar.start:%Y-%m-%d} and later)")
    else:
        opens, closes = found[0].clock, found[-1].clock + length

        def row_at(moment: datetime) -> int | None:
            clock = timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second)
            return int((clock - opens) / length) if opens <= clock < closes else None

        which = _stretches(calendar, row_at, seconds)
    edges, rows = which
    expected = tuple(
        0.0 if row is None else found[row].arrivals * (b - a) / seconds for row, a, b in zip(rows, edges, edges[1:], strict=False)
    )
    factors = tuple(_factor(found, row, talk) for row in rows) if any(i.talk_time for i in found) else ()
    return Profile(name, need, edges, expected, factors, day_cv, midnights(calendar))


def _factor(found: Sequence[Interval], row: int | None, talk: Distribution) -> float:
    said = found[row].talk_time if row is not None else None
    return said / float(talk.mean) if said else 1.0


def _stretches(calendar: Calendar, label: Callable[[datetime], int | None], width: float) -> tuple[tuple[float, ...], list[int | None]]:
    """The run cut where the label of the wall clock changes, or where the clock returns to an interval it showed already."""
    step = STEP if width == 0 or width % STEP == 0 else 60.0
    edges: list[float] = []
    labels: list[int | None] = []
    for instant in _ticks(calendar, step):
        now = label(calendar.local(instant))
        if not labels or now != labels[-1]:
            edges.append(max(instant, 0.0))
            labels.append(now)
    return (*edges, calendar.length), labels


def _ticks(calendar: Calendar, step: float) -> Iterator[float]:
    instant = calendar.on(calendar.local(0.0).date(), timedelta())
    while instant < calendar.length:
        if instant + step > 0:
            yield instant
        instant += step


def _dated(found: Sequence[Interval], seconds: float, calendar: Calendar) -> tuple[tuple[float, ...], list[int | None]]:
    """Dated intervals as instants; of a time that the clocks show twice, the second row is the second showing."""
    seen: set[datetime] = set()
    pieces: list[tuple[float, float, int]] = []
    for n, row in enumerate(found):
        moment = row.moment.replace(tzinfo=calendar.tz, fold=1 if row.moment in seen else 0)
        seen.add(row.moment)
        start = calendar.seconds(moment)
        if start + seconds > 0 and start < calendar.length:
            pieces.append((max(start, 0.0), min(start + seconds, calendar.length), n))
    edges: list[float] = [0.0]
    labels: list[int | None] = []
    for start, end, n in pieces:
        if start > edges[-1]:
            edges.append(start)
            labels.append(None)
        if end > edges[-1]:
            edges.append(end)
            labels.append(n)
    if edges[-1] < calendar.length:
        edges.append(calendar.length)
        labels.append(None)
    return tuple(edges), labels
