from __future__ import annotations

import math

import pytest

from simulator.model.world import Clock
from simulator.report.wording import LocalTime, amount, change, count, duration, margin, share


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (11.4, "11 s"), (59.6, "1 min"), (292, "4:52 min"), (599.9, "10 min"), (1000, "17 min"), (3599, "1 h"),
     (24_600, "6 h 50 min"),
     (86_400, "24 h"), (172_800, "2 d"), (183_600, "2 d 3 h"), (-90, "−1:30 min"), (math.inf, "never"), (math.nan, "–")],
)  # fmt: skip
def test_durations_are_said_as_planners_say_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_numbers_carry_their_unit() -> None:
    assert share(0.3961) == "39.6 %"
    assert count(31_212.4) == "31,212"
    assert count(12.44) == "12.4"
    assert amount(1.436, "ratio") == "1.44"
    assert margin(0.011, "share") == "± 1.1 pp"
    assert margin(math.nan, "share") == ""
    assert change(-0.124, "share") == "−12.4 pp"
    assert change(1204, "count") == "+1,204"
    assert share(math.nan) == count(math.nan) == amount(math.inf, "ratio") == "–"


def test_the_clock_on_the_wall_follows_summer_time() -> None:
    time = LocalTime(Clock("Europe/Madrid", "2024-03-30T22:00:00+01:00", 86_400, 1800, impact=3600.0))
    assert time.iso(0) == "2024-03-30T22:00:00+01:00"
    assert time.iso(4 * 3600) == "2024-03-31T03:00:00+02:00"
    assert time.clock(4 * 3600) == "Sun 03:00"
    assert time.since(4 * 3600 + 1800) == "T+3:30"
    assert time.since(3000) == "T−0:10"
    assert time.since(math.nan) == ""
    assert time.iso(math.inf) == ""
