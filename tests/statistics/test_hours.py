"""The clock that stands still while the centre is closed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulator.model.world import Channel
from simulator.statistics.hours import Hours

HOUR = 3600.0
VOICE = Channel("voice", "voice", "main", 0.8, 20.0, 5.0)


def hours(*spans: tuple[float, float]) -> Hours:
    return Hours([replace(VOICE, hours=tuple((a * HOUR, b * HOUR) for a, b in spans))], 48 * HOUR)


def test_it_counts_opening_hours_only() -> None:
    of_two_days = hours((8, 20), (32, 44))
    assert (of_two_days.until(np.array([0, 8, 9, 20, 30, 33, 48]) * HOUR) / HOUR).tolist() == [0, 0, 1, 12, 12, 13, 24]
    assert of_two_days.open(np.array([0, 8, 19.9, 20, 31, 40]) * HOUR).tolist() == [False, True, True, False, False, True]


def test_hours_beyond_the_run_are_cut_and_those_that_touch_are_one() -> None:
    assert hours((-3, 5), (40, 60)).until(np.array([48 * HOUR])).tolist() == [13 * HOUR]
    assert hours((8, 12), (12, 20)).until(np.array([14 * HOUR])).tolist() == [6 * HOUR]


def test_a_channel_without_hours_is_always_open() -> None:
    always = Hours([VOICE, replace(VOICE, hours=((0.0, 1.0),))], 48 * HOUR)
    at = np.array([0.0, 7.25, 48 * HOUR])
    assert always.until(at).tolist() == at.tolist()
    assert always.open(at[:2]).all()


def test_what_is_never_open_has_no_time() -> None:
    never = hours()
    assert never.until(np.array([5.0, 9.0])).tolist() == [0.0, 0.0]
    assert not never.open(np.array([5.0])).any()
