"""Ordinary demand on the calendar: clock-time profiles to expected contacts between instants, on days of any length."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import pairwise

from simulator.model.distributions import Distribution
from simulator.model.world import Profile
from simulator.scenario.calendar import Calendar
from simulator.scenario.problem import Problem, wrong
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
    edges, hours = _stretches(calendar, lambda moment: moment.hour)
    expected = tuple(scaled(rates[hour], b - a) for hour, a, b in zip(hours, edges, edges[1:], strict=False))
    return Profile(name, need, edges, expected, (), day_cv, midnights(calendar))


def on_days(profile: Profile, days: Collection[str], calendar: Calendar) -> Profile:
    """The same demand on some days of the week only."""
    firsts = [(calendar.on(day, timedelta()), WEEKDAYS[day.weekday()]) for day in calendar.days()]
    starts = [first for first, _ in firsts]
    middles = [(a + b) / 2 for a, b in pairwise(profile.edges)]
    kept = [firsts[max(bisect_right(starts, middle) - 1, 0)][1] in days for middle in middles]
    return replace(profile, expected=tuple(n if there else 0.0 for n, there in zip(profile.expected, kept, strict=True)))


@dataclass(frozen=True)
class Piece:
    """A stretch of the run that belongs to a row of a table, with the calls of it that come then."""

    start: float
    end: float
    row: int
    expected: float


def by_interval(
    name: str, need: str, found: Sequence[Interval], length: timedelta, day_cv: float, calendar: Calendar, talk: Distribution
) -> Profile:
    """Demand out of a table of intervals: by the time of day, every day, or by dated intervals (nothing outside them).

    The calls of a row are spread over the time for which the clocks show its interval: half of that in the hour before they are put
    back and half after it, unless the table has the interval twice. Raises Wrong where no row is within the run.
    """
    pieces = sorted(_pieces(found, length.total_seconds(), calendar), key=lambda piece: piece.start)
    if found[0].date is not None and not pieces:
        raise wrong(f"none of its intervals is between the start and the end ({calendar.start:%Y-%m-%d} and later)")
    edges, rows, expected = [0.0], list[int | None](), list[float]()
    for piece in [*pieces, Piece(calendar.length, calendar.length, -1, 0.0)]:
        if piece.start > edges[-1]:
            edges.append(piece.start)
            rows.append(None)
            expected.append(0.0)
        if piece.end > edges[-1]:
            edges.append(piece.end)
            rows.append(piece.row)
            expected.append(piece.expected)
    factors = tuple(_factor(found, row, talk) for row in rows) if any(i.talk_time for i in found) else ()
    return Profile(name, need, tuple(edges), tuple(expected), factors, day_cv, midnights(calendar))


def _pieces(found: Sequence[Interval], seconds: float, calendar: Calendar) -> Iterator[Piece]:
    """The pieces of the run that rows have, in no order."""
    given = Counter(row.moment for row in found if row.date)
    met: Counter[datetime] = Counter()
    for n, row in enumerate(found):
        for moment in _moments(row, calendar):
            shown = calendar.shown(moment, seconds)
            if given[moment] > 1:  # the hour before the clocks are put back, and the one after
                shown = shown[met[moment] :][:1]
                met[moment] += 1
            lasts = sum(end - start for start, end in shown)
            for start, end in ((max(start, 0.0), min(end, calendar.length)) for start, end in shown):
                if start < end:
                    yield Piece(start, end, n, row.arrivals * (end - start) / lasts)


def _moments(row: Interval, calendar: Calendar) -> list[datetime]:
    """When a row begins by the clock: at its date, or on each day of the run."""
    return [datetime.combine(day, time.min) + row.clock for day in ([row.date] if row.date else calendar.days())]


def check_clock(found: Sequence[Interval], length: timedelta, calendar: Calendar) -> Iterator[tuple[int, Problem]]:
    """What the clocks of the time zone have against a table: the position of a row, and what is wrong with it.

    Rows that follow each other leave out no interval of one day but those that the clocks skip; on other days the centre may be closed.
    An interval that the clocks skip has no calls; where no date is given, they do not come that day, which is a warning.
    """
    met = Counter([found[0].moment])
    for n, (one, other) in enumerate(pairwise(found), 1):
        met[other.moment] += 1
        step = other.moment - one.moment
        missing = [one.moment + k * length for k in range(1, step // length)] if other.date == one.date else []
        if met[other.moment] > max(calendar.times_shown(other.moment), 1):
            yield n, Problem("this interval is given twice", "each has one line")
        elif step < timedelta() and calendar.times_shown(other.moment) < 2:
            yield n, Problem("intervals are in order and between a minute and a day long")
        elif timedelta() < step < length or any(calendar.times_shown(moment) for moment in missing):
            message = f"this interval starts {step} after the one before it, not {length} as the others"
            yield n, Problem(message, "an interval without calls has a line with 0; of dated ones, closed nights and days may be missing")
    for n, row in enumerate(found):
        for moment in _moments(row, calendar) if row.arrivals else ():
            change = calendar.skips(moment, length.total_seconds())
            if change is None or not 0 <= change < calendar.length or moment.date() < calendar.start.date():
                continue
            told = f"the clocks are put forward over this interval on {moment:%Y-%m-%d}: its {row.arrivals:g} calls "
            if row.date:
                yield n, Problem(told + "can come at no time", "write 0, and count them where they came")
            else:
                yield n, Problem(told + "do not come that day", code="skipped-interval", severity="warning")


def _factor(found: Sequence[Interval], row: int | None, talk: Distribution) -> float:
    said = found[row].talk_time if row is not None else None
    return said / float(talk.mean) if said else 1.0


def _stretches(calendar: Calendar, label: Callable[[datetime], int]) -> tuple[tuple[float, ...], list[int]]:
    """The run cut where the label of the wall clock changes."""
    edges: list[float] = []
    labels: list[int] = []
    for instant in _ticks(calendar):
        now = label(calendar.local(instant))
        if not labels or now != labels[-1]:
            edges.append(max(instant, 0.0))
            labels.append(now)
    return (*edges, calendar.length), labels


def _ticks(calendar: Calendar) -> Iterator[float]:
    instant = calendar.on(calendar.local(0.0).date(), timedelta())
    while instant < calendar.length:
        if instant + STEP > 0:
            yield instant
        instant += STEP
