"""Recovery: the resilience micro case and its edges."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.statistics.recovery import level, longest_below, loss, recovered_at, share_above

HOURS = np.arange(10.0) * 3600.0
START, END = HOURS[:9], HOURS[1:]
QUALITY = np.array([1, 1, 0.4, 0.4, 0.7, 0.96, 0.9, 1, 1])  # RS-1


def test_rs_1() -> None:
    after = slice(2, None)  # the impact is at hour 2
    assert recovered_at(START[after], END[after], QUALITY[after], 0.95, 2 * 3600.0) - 2 * 3600.0 == 5 * 3600.0
    assert loss(START, END, QUALITY) == pytest.approx(1.64 * 3600.0)
    assert 1 - QUALITY.min() == pytest.approx(0.6)
    assert longest_below(START, END, QUALITY, 0.95) == 3 * 3600.0
    assert share_above(START, END, QUALITY, 0.95) == pytest.approx(5 / 9)


def test_one_good_interval_is_enough_only_if_it_lasts_as_long_as_asked() -> None:
    assert recovered_at(START[2:], END[2:], QUALITY[2:], 0.95, 1800.0) == 5 * 3600.0
    quarter = np.arange(9.0) * 900.0
    good = np.array([0, 1, 0, 1, 1, 0, 0, 1])
    assert recovered_at(quarter[:8], quarter[1:], good, 0.5) == 3 * 900.0
    assert recovered_at(quarter[:3], quarter[1:4], good[:3], 0.5) == math.inf


def test_a_good_stretch_cut_by_the_end_of_the_run_is_no_recovery() -> None:
    quarter = np.arange(9.0) * 900.0
    assert recovered_at(quarter[:8], quarter[1:], np.array([0, 0, 0, 0, 0, 0, 0, 1]), 0.5) == math.inf


def test_a_level_that_never_fell_has_recovered_at_once() -> None:
    assert recovered_at(START, END, np.ones(9), 0.95) == 0.0
    assert longest_below(START, END, np.ones(9), 0.95) == 0.0


def test_an_interval_without_contacts_keeps_the_level_before() -> None:
    assert list(level(np.array([0.0, 3.0, 0.0, 0.0, 1.0]), np.array([0.0, 4.0, 0.0, 0.0, 4.0]))) == [0.0, 0.75, 0.75, 0.75, 0.25]
