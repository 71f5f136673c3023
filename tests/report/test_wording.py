from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.model.world import Clock
from simulator.report.wording import LocalTime, amount, change, changed, count, duration, margin, measured, share


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (11.4, "11 s"), (59.6, "1 min"), (292, "4 min 52 s"), (599.9, "10 min"), (1000, "17 min"), (3599, "1 h"),
     (24_600, "6 h 50 min"),
     (86_400, "24 h"), (172_800, "2 d"), (183_600, "2 d 3 h"), (-90, "−1 min 30 s"), (math.inf, "never"), (math.nan, "–")],
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


def test_a_number_is_as_exact_as_its_interval() -> None:
    assert measured(25_029, 451, "count") == "25,030 ± 450"
    assert measured(10.4, 3.21, "count") == "10.4 ± 3.2"
    assert measured(0.3961, 0.0113, "share") == "39.6 % ± 1.1 pp"
    assert measured(0.2, 0.0003, "share") == "20.000 % ± 0.030 pp"
    assert measured(23_345, 1_980, "duration") == "6 h 29 min ± 33 min"
    assert measured(960, 460, "duration") == "16 min ± 8 min"
    assert measured(41.3, 3.9, "duration") == "41.3 s ± 3.9 s"
    assert measured(1.234, 0.43, "duration") == "1.23 s ± 0.43 s"
    assert measured(100.4, 0.43, "duration") == "1 min 40 s ± 0.43 s"
    assert measured(203, 0.0, "count") == measured(203, math.nan, "count") == "203"
    assert changed(-2_590, 451, "count") == "−2,590 ± 450"
    assert changed(0.012, 0.004, "share") == "+1.20 pp ± 0.40 pp"


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.sampled_from(["count", "share", "duration", "ratio"]))
def test_no_interval_is_said_to_be_nothing(value: float, half_width: float, unit: str) -> None:
    said = margin(half_width, unit)
    assert re.search("[1-9]", said), said
    assert said in measured(value, half_width, unit)


def test_the_clock_on_the_wall_follows_summer_time() -> None:
    time = LocalTime(Clock("Europe/Madrid", "2024-03-30T22:00:00+01:00", 86_400, 1800, impact=3600.0))
    assert time.iso(0) == "2024-03-30T22:00:00+01:00"
    assert time.iso(4 * 3600) == "2024-03-31T03:00:00+02:00"
    assert time.clock(4 * 3600) == "Sun 03:00"
    assert time.since(4 * 3600 + 1800) == "T+3:30"
    assert time.since(3000) == "T−0:10"
    assert time.since(math.nan) == ""
    assert time.iso(math.inf) == ""
