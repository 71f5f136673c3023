"""Clock times become seconds since the start, also on days of 23 and 25 hours."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from simulator.model.distributions import Constant
from simulator.scenario.calendar import Calendar, clock_time, local_moment, zone
from simulator.scenario.demand import by_interval, by_rate
from simulator.scenario.forms import RosterRow
from simulator.scenario.problem import Wrong
from simulator.scenario.section import Setting, read_section
from simulator.scenario.staffing import check_row, worked
from simulator.scenario.tables import intervals

MADRID = ZoneInfo("Europe/Madrid")
SPRING, AUTUMN = "2024-03-31T00:00", "2024-10-27T00:00"  # clocks go 02:00 -> 03:00, and 03:00 -> 02:00
HOUR = 3600.0


def calendar(start: str, hours: float = 48, impact: float | None = None) -> Calendar:
    return Calendar(local_moment(start, MADRID), impact, hours * HOUR)


def row(**keys: object) -> RosterRow:
    return read_section(RosterRow, {"start": "07:00", "end": "15:00", "agents": 3} | keys, Setting())


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("start", 0), ("start+2h", 7200), ("T+0", 18000), ("T", 18000), ("T+5h", 36000), ("T-10m", 17400), ("2024-03-05T11:00", 10800)],
)
def test_instants(written: str, seconds: float) -> None:
    assert calendar("2024-03-05T08:00", impact=18000.0).instant(written) == seconds


@pytest.mark.parametrize("written", ["T-6h", "start-1s", "2024-03-04T08:00", "T+90h", "noon", "11:00", "2024-03-05", "T+5", 5, None])
def test_no_instant(written: object) -> None:
    with pytest.raises(Wrong):
        calendar("2024-03-05T08:00", impact=18000.0).instant(written)


def test_a_time_that_the_clocks_skip_is_refused_and_one_shown_twice_is_the_first() -> None:
    with pytest.raises(Wrong, match="does not exist"):
        local_moment("2024-03-31T02:30", MADRID)
    autumn = calendar(AUTUMN)
    assert autumn.instant("2024-10-27T02:30") == 2.5 * HOUR
    assert autumn.instant("2024-10-27T02:30+01:00") == 3.5 * HOUR
    assert autumn.instant("2024-10-27T04:00") == 5 * HOUR


def test_clock_times() -> None:
    assert clock_time("7:05") == timedelta(hours=7, minutes=5)
    assert clock_time("24:00") == timedelta(days=1)
    for bad in ("24:01", "7", 7, "07:60", "7:5", None):
        with pytest.raises(Wrong):
            clock_time(bad)


def test_an_unknown_zone_has_a_suggestion() -> None:
    with pytest.raises(Wrong) as caught:
        zone("Europe/Madird")
    assert "Europe/Madrid" in caught.value.problems[0].help


def test_hourly_rates_follow_the_wall_clock_through_a_short_and_a_long_night() -> None:
    rates = tuple(float(hour) for hour in range(24))
    spring = by_rate("d", "d", rates, 0.0, calendar(SPRING, 5))
    assert spring.edges == (0.0, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR, 5 * HOUR)
    assert spring.expected == (0.0, HOUR, 3 * HOUR, 4 * HOUR, 5 * HOUR)  # there is no hour 2
    autumn = by_rate("d", "d", rates, 0.0, calendar(AUTUMN, 5))
    assert autumn.edges == (0.0, HOUR, 2 * HOUR, 4 * HOUR, 5 * HOUR)
    assert autumn.expected == (0.0, HOUR, 2 * 2 * HOUR, 3 * HOUR)  # hour 2 lasts two hours


def test_a_profile_repeats_every_day_and_is_cut_at_start_and_end() -> None:
    found, length = intervals("interval,arrivals,talk_time\n08:00,60,200\n08:30,30,\n09:00,10,400\n", "f.csv")
    profile = by_interval("d", "d", found, length, 0.1, calendar("2024-03-05T08:15", 25), Constant(200.0))
    assert profile.edges == (0.0, 900.0, 2700.0, 4500.0, 23.75 * HOUR, 24.25 * HOUR, 24.75 * HOUR, 25 * HOUR)
    assert profile.expected == (30.0, 30.0, 10.0, 0.0, 60.0, 30.0, 5.0)
    assert profile.talk_factor == (1.0, 1.0, 2.0, 1.0, 1.0, 1.0, 2.0)
    assert profile.days == (15.75 * HOUR,)


def test_a_dated_profile_knows_the_hour_that_is_shown_twice() -> None:
    table = "interval,arrivals\n2024-10-27T01:00,1\n2024-10-27T02:00,2\n2024-10-27T02:00,20\n2024-10-27T03:00,3\n"
    found, length = intervals(table, "f.csv")
    profile = by_interval("d", "d", found, length, 0.0, calendar(AUTUMN, 6), Constant(200.0))
    assert profile.edges == (0.0, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR, 5 * HOUR, 6 * HOUR)
    assert profile.expected == (0.0, 1.0, 2.0, 20.0, 3.0, 0.0)


def test_a_dated_profile_outside_the_run_is_refused() -> None:
    found, length = intervals("interval,arrivals\n2023-01-01T01:00,1\n2023-01-01T02:00,2\n", "f.csv")
    with pytest.raises(Wrong, match="none of its intervals"):
        by_interval("d", "d", found, length, 0.0, calendar(AUTUMN), Constant(200.0))


def test_shifts_repeat_daily_and_those_under_way_start_with_the_run() -> None:
    rows = [row(), row(start="22:00", end="06:00", agents=2, breaks=[{"at": "23:45", "for": "30m"}, {"at": "02:00", "for": "15m"}])]
    shifts = worked(rows, calendar("2024-03-05T00:00", 24))
    assert [(s.first, s.agents, s.start / HOUR, s.end / HOUR) for s in shifts] == [(3, 2, 0, 6), (0, 3, 7, 15), (3, 2, 22, 30)]
    assert [(b.start / HOUR, b.length) for b in shifts[0].breaks] == [(0, 900), (2, 900)]  # the first break was half over
    assert [b.start / HOUR for b in shifts[2].breaks] == [23.75, 26]


def test_a_night_shift_is_an_hour_shorter_in_spring_and_an_hour_longer_in_autumn() -> None:
    night = [row(start="00:00", end="08:00")]
    assert worked(night, calendar(SPRING, 10))[0].end == 7 * HOUR
    assert worked(night, calendar(AUTUMN, 10))[0].end == 9 * HOUR


def test_a_row_may_be_worked_on_some_days_only() -> None:
    shifts = worked([row(days=["tue", "thu"])], calendar("2024-03-05T00:00", 72))  # a Tuesday
    assert [s.start / HOUR for s in shifts] == [7, 55]


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"end": "07:00"}, "starts and ends at one time"),
        ({"breaks": [{"at": "15:00", "for": "15m"}]}, "not within its shift"),
        ({"breaks": [{"at": "10:00", "for": "30m"}, {"at": "10:15", "for": "15m"}]}, "overlap"),
    ],
)
def test_a_row_that_cannot_be_worked(keys: dict[str, object], told: str) -> None:
    with pytest.raises(Wrong, match=told):
        check_row(row(**keys))


def test_a_shift_of_a_whole_day() -> None:
    whole = row(start="00:00", end="24:00")
    check_row(whole)
    assert [(s.start, s.end) for s in worked([whole], calendar("2024-03-05T00:00", 24))] == [(0.0, 24 * HOUR)]
