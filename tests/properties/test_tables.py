"""No call of a table is lost without a word: each is in the model, or its line is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simulator.model.distributions import Constant
from simulator.model.world import Profile
from simulator.scenario.calendar import Calendar, local_moment, zone
from simulator.scenario.demand import by_interval, check_clock
from simulator.scenario.numerals import Column, ways
from simulator.scenario.problem import Wrong
from simulator.scenario.tables import Interval, intervals
from tests.properties.test_rosters import NIGHTS

HOUR = 3600.0
LENGTHS = (15, 30, 60, 120, 240, 360, 1440)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Some whole days around a change of the clocks."""
    name, day = draw(st.sampled_from(NIGHTS))
    days = Calendar(local_moment(f"{day}T00:00", zone(name)), None, HOUR)
    first, last = sorted(draw(st.lists(st.integers(0, 6), min_size=2, max_size=2, unique=True)))
    starts, ends = (days.on(days.start.date(), timedelta(days=n)) for n in (first, last))
    assume(starts < ends)  # a day may be skipped whole
    return Calendar(days.local(starts), None, ends - starts)


def moments(calendar: Calendar, minutes: int, as_shown: bool) -> list[datetime]:
    """The intervals of the run: each that the clocks show, twice if they do; or by the calendar, as if they were never changed."""
    if as_shown:
        instants = range(0, int(calendar.length), minutes * 60)
        return [calendar.local(instant).replace(tzinfo=None) for instant in instants]
    first, last = (calendar.local(instant).replace(tzinfo=None) for instant in (0.0, calendar.length))
    found = [first + timedelta(minutes=k * minutes) for k in range(int((last - first) / timedelta(minutes=minutes)))]
    return [moment for moment in found if calendar.skips(moment, minutes * 60.0) != calendar.length]


def expected(profile: Profile) -> float:
    assert all(a < b for a, b in pairwise(profile.edges))
    assert len(profile.expected) == len(profile.edges) - 1
    return sum(profile.expected)


@settings(deadline=None)
@given(calendars(), st.sampled_from(LENGTHS), st.booleans(), st.randoms(use_true_random=False))
def test_every_call_of_a_dated_table_is_in_the_model_or_told(calendar: Calendar, minutes: int, as_shown: bool, luck: Random) -> None:
    changed = any(after.ahead - before.ahead not in (HOUR, -HOUR, 24 * HOUR) for before, after in pairwise(calendar.offsets))
    as_shown = as_shown and minutes <= (30 if changed else 60)
    chance = luck.randrange
    opens = chance(max(25 - minutes // 20, 1))  # at night nobody calls, and no line says so; three intervals a day stay
    rows = [(m, chance(50)) for m in moments(calendar, minutes, as_shown) if m.hour >= opens]
    if len(rows) < 2:
        return
    text = "interval,arrivals\n" + "".join(f"{m:%Y-%m-%dT%H:%M},{n}\n" for m, n in rows)
    found, length = intervals(text, "calls.csv")
    told = list(check_clock(found, length, calendar))
    assert all("can come at no time" in problem.message for _, problem in told), told
    refused = sum(found[n].arrivals for n, _ in told)
    assert as_shown <= (not told), "a table of what the clocks show is never refused"
    profile = by_interval("d", "d", found, length, 0.0, calendar, Constant(200.0))
    assert expected(profile) + refused == pytest.approx(sum(n for _, n in rows))


@settings(deadline=None)
@given(calendars(), st.sampled_from(LENGTHS), st.integers(0, 20))
def test_every_day_has_the_calls_of_an_ordinary_day(calendar: Calendar, minutes: int, opens: int) -> None:
    clocks = [timedelta(minutes=m) for m in range(opens * 60 if minutes < 1440 else 0, 1440 - minutes + 1, minutes)]
    if len(clocks) < 2:
        return
    found = [Interval(None, clock, float(i + 1), None, i + 2) for i, clock in enumerate(clocks)]
    told = list(check_clock(found, timedelta(minutes=minutes), calendar))
    assert all(problem.severity == "warning" for _, problem in told)
    profile = by_interval("d", "d", found, timedelta(minutes=minutes), 0.0, calendar, Constant(200.0))
    days = [day for day in calendar.days() if calendar.on(day, timedelta()) < calendar.on(day + timedelta(days=1), timedelta())]
    skipped = sum(found[n].arrivals for n, _ in told)
    whole_days_skipped = sum(row.arrivals for row in found) * (len(list(calendar.days())) - len(days))
    assert expected(profile) + skipped - whole_days_skipped == pytest.approx(len(days) * sum(row.arrivals for row in found))


MARKS = [(",", "."), (".", ","), (" ", "."), (" ", ","), ("'", "."), ("", "."), ("", ",")]
NUMBER = st.tuples(st.integers(0, 999_999_999), st.integers(0, 6)).map(lambda n: f"{n[0] / 10 ** n[1]:.{n[1]}f}")
NUMBERS = st.lists(NUMBER, min_size=1, max_size=6)


def written(number: str, thousands: str, decimal: str) -> str:
    whole, point, rest = number.partition(".")
    return f"{int(whole):,}".replace(",", thousands) + (decimal + rest if point else "")


def read(texts: list[str], thousands: str | None = None, decimal: str | None = None) -> list[float] | None:
    """The numbers, or None where one of them is refused."""
    column = Column("arrivals", texts, ways(thousands, decimal), "say {mark}")
    try:
        return [column.read(text) for text in texts]
    except Wrong:
        return None


@given(NUMBERS, st.sampled_from(MARKS))
def test_a_number_is_what_was_meant_or_refused(numbers: list[str], marks: tuple[str, str]) -> None:
    meant = [float(number) for number in numbers]
    texts = [written(number, *marks) for number in numbers]
    assert read(texts) in (None, meant)
    assert read(texts, None, marks[1]) == meant
    if marks[0] in (",", "."):
        assert read(texts, marks[0]) == meant


@given(NUMBERS)
def test_plain_numbers_without_three_decimals_are_never_asked_about(numbers: list[str]) -> None:
    texts = [number for number in numbers if len(number.partition(".")[2]) != 3]
    assert read(texts) == [float(text) for text in texts]
