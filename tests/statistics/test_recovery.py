"""Recovery is dated from contacts: the charts, what they do not take for a fall, and how exactly they date one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.statistics.recovery import HOLD, Below, dated_within, lost, stretches_below

HOUR = 3600.0
Outcomes = list[tuple[int, bool]]
"""So many contacts that went well, or failed."""


def stretches(outcomes: Outcomes, asked: float = 0.8, gap: float = 60.0, end: float | None = None) -> list[Below]:
    """Contacts ``gap`` seconds apart, in this order."""
    good = np.concatenate([np.full(count, went) for count, went in outcomes])
    at = gap * np.arange(1.0, len(good) + 1)
    return stretches_below(at, good, np.array([asked]), np.zeros(len(good), dtype=np.uint8), at[-1] + HOUR if end is None else end)


def by_definition(good: NDArray[np.bool_], asked: float) -> tuple[int, int] | None:
    """The chart of a fall as it is defined, one contact after another: with which it begins, and where it decides."""
    worse = asked - 0.15
    height = 0.0
    since = 0
    for i, went in enumerate(good.tolist()):
        height = max(0.0, height + (-math.log(asked / worse) if went else math.log((1 - worse) / (1 - asked))))
        if height > 5:
            return since, i
        since = i + 1 if height == 0 else since
    return None


@pytest.mark.parametrize("asked", [0.3, 0.5, 0.8, 0.95])
def test_the_charts_are_those_of_their_definition(asked: float) -> None:
    luck = np.random.default_rng(7)
    seen = 0
    for level in (asked + 0.03, asked - 0.05, asked - 0.2):
        for _ in range(20):
            good = luck.random(3000) < level
            at = np.arange(1.0, 3001.0)
            found = stretches_below(at, good, np.array([asked]), np.zeros(3000, dtype=np.uint8), 1e9, 0.0)
            expected = by_definition(good, asked)
            assert (found[0].first if found else None) == (expected[0] if expected else None)
            seen += expected is not None
    assert seen > 30


def test_an_outage_begins_with_its_first_failure_and_ends_with_its_last() -> None:
    assert stretches([(50, True), (60, False), (90, True)]) == [Below(50, 109)]
    assert stretches([(60, False), (90, True)]) == [Below(0, 59)]  # from the first contact on


def test_what_never_fell_is_never_below() -> None:
    assert stretches([(400, True)]) == []
    assert stretches([(9, True), (1, False)] * 40) == []
    assert stretches_below(np.empty(0), np.empty(0, dtype=bool), np.array([0.8]), np.empty(0, dtype=np.uint8), HOUR) == []


@pytest.mark.parametrize(("asked", "least"), [(0.1, 48), (0.4, 23), (0.8, 9), (0.95, 4)])
def test_so_many_failures_in_a_row_are_a_fall(asked: float, least: int) -> None:
    assert stretches([(100, True), (least, False), (200, True)], asked)
    assert not stretches([(100, True), (least - 1, False), (200, True)], asked)


def test_a_return_that_is_not_held_is_none() -> None:
    held = int(HOLD / 60)
    assert stretches([(60, False), (held - 2, True), (60, False), (90, True)]) == [Below(0, 60 + held - 2 + 59)]
    assert stretches([(60, False), (held + 2, True), (60, False), (90, True)]) == [
        Below(0, 59), Below(60 + held + 2, 60 + held + 61)
    ]  # fmt: skip


def test_a_return_that_the_end_of_the_run_cuts_short_is_none() -> None:
    assert stretches([(60, False), (29, True)], end=60 * 89.0) == [Below(0, -1)]
    assert stretches([(60, False), (90, True)], end=60 * 60 + HOLD - 1) == [Below(0, -1)]
    assert stretches([(60, False), (90, True)], end=60 * 60 + HOLD) == [Below(0, 59)]
    assert stretches([(60, False)]) == [Below(0, -1)]


def test_each_kind_of_contact_counts_against_what_is_asked_of_it() -> None:
    at, good = np.arange(1.0, 401.0), np.tile([True, False], 200)
    half = np.tile([0, 1], 200).astype(np.uint8)
    assert stretches_below(at, good, np.array([0.9, 0.9]), half, 1e6)
    assert not stretches_below(at, good, np.array([0.9, 0.1]), half, 1e6)  # those that fail are those of which little is asked


@pytest.mark.parametrize(("asked", "usual"), [(0.8, 0.9), (0.8, 0.87), (0.4, 0.6), (0.95, 0.99)])
def test_a_quiet_day_seldom_falls(asked: float, usual: float) -> None:
    luck = np.random.default_rng(1)
    for hourly in (20, 60, 200):
        falls = sum(len(_day(luck, hourly, asked, usual, usual)[0]) for _ in range(100))
        assert falls <= 12, hourly  # in 1,200 hours


@pytest.mark.parametrize(("asked", "usual", "lost_level"), [(0.8, 0.92, 0.1), (0.8, 0.92, 0.0), (0.4, 0.9, 0.0), (0.95, 0.99, 0.3)])
@pytest.mark.parametrize(("hourly", "minutes"), [(20, 24.0), (200, 3.0), (1000, 0.7)])
def test_a_sharp_fall_and_return_are_dated_within_minutes(
    asked: float, usual: float, lost_level: float, hourly: int, minutes: float
) -> None:
    luck = np.random.default_rng(3)
    wrong, told, days = 0, [], 120
    for _ in range(days):
        found, at = _day(luck, hourly, asked, usual, lost_level)
        assert found
        nearest = min(found, key=lambda b: abs(at[b.first] - 4 * HOUR))
        off = abs(at[nearest.first] - 4 * HOUR), abs(at[nearest.last] - 6 * HOUR)
        told.append(dated_within(at, nearest.last))
        wrong += max(off) > minutes * 60
    assert wrong <= 0.15 * days
    assert np.median(told) == pytest.approx(8 / hourly * HOUR, rel=0.2)


def _day(luck: np.random.Generator, hourly: int, asked: float, usual: float, level: float) -> tuple[list[Below], NDArray[np.float64]]:
    """Twelve hours, in the fifth and the sixth of which another level holds."""
    at = np.sort(luck.uniform(0, 12 * HOUR, luck.poisson(12 * hourly)))
    good = luck.random(len(at)) < np.where((at >= 4 * HOUR) & (at < 6 * HOUR), level, usual)
    return stretches_below(at, good, np.array([asked]), np.zeros(len(at), dtype=np.uint8), 12 * HOUR), at


def test_the_loss_of_rs_1() -> None:
    """Hours at 1, 1, .4, .4, .7, .96, .9, 1 and 1: 1.64 hours are lost."""
    shares = (1, 1, 0.4, 0.4, 0.7, 0.96, 0.9, 1, 1)
    good = np.concatenate([np.arange(100) < round(100 * share) for share in shares])
    at = 36.0 * np.arange(1.0, 901.0)
    assert lost(at, good, 0.0) == pytest.approx(1.64 * HOUR)


def test_a_long_silence_counts_for_half_an_hour() -> None:
    assert lost(np.array([60.0, 5 * HOUR]), np.array([True, False]), 0.0) == HOLD
