"""Rank correlations and zero crossings: exact on paper, and their intervals cover what they should."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.statistics.crossing import crossings
from simulator.statistics.ranks import rank_correlation, ranks

ARRAY = np.array


def test_equal_values_share_their_rank() -> None:
    assert ranks(ARRAY([3.0, 1.0, 3.0, math.inf])).tolist() == [2.5, 1.0, 2.5, 4.0]


def test_the_textbook_correlation() -> None:
    """IQ and hours of television, the usual example: rho = -29/165."""
    iq = ARRAY([106, 100, 86, 101, 99, 103, 97, 113, 112, 110.0])
    hours = ARRAY([7, 27, 2, 50, 28, 29, 20, 12, 6, 17.0])
    found = rank_correlation(iq, hours)
    assert found.value == pytest.approx(-29 / 165)
    assert found.low < -0.5 < 0.4 < found.high
    assert not found.clear


def test_shape_does_not_matter_and_undefined_worlds_are_left_out() -> None:
    x = np.arange(1.0, 13.0)
    assert rank_correlation(x, np.exp(x)).value == 1.0
    assert rank_correlation(x, -(x**3)).clear
    assert rank_correlation(x, np.where(x == 4, np.nan, np.where(x == 12, math.inf, x))).n == 11


def test_one_order_in_all_worlds_is_not_certainty() -> None:
    x = np.arange(12.0)
    found = rank_correlation(x, x**2)
    assert (found.value, found.high) == (1.0, 1.0)
    assert 0.8 < found.low < 1 - 12 / (12**3 - 12)  # two neighbours swapped
    down = rank_correlation(x, -x)
    assert (down.value, down.low) == (-1.0, -1.0)
    assert down.high == pytest.approx(-found.low)
    longer = rank_correlation(np.arange(40.0), np.arange(40.0))
    assert found.low < longer.low < 1


@pytest.mark.parametrize("y", [np.full(12, 7.0), np.append([np.nan] * 3, np.arange(9.0))])
def test_what_does_not_vary_or_is_known_in_fewer_than_ten_worlds_has_none(y: np.ndarray) -> None:
    found = rank_correlation(np.arange(12.0), y)
    assert math.isnan(found.value)
    assert not found.clear


def test_the_interval_of_a_correlation_covers_it() -> None:
    generator = np.random.default_rng(1)
    rho = 0.6
    truth = 6 / math.pi * math.asin(rho / 2)  # Spearman's, of two normal numbers
    covered = 0
    for _ in range(400):
        x = generator.standard_normal(30)
        y = rho * x + math.sqrt(1 - rho**2) * generator.standard_normal(30)
        found = rank_correlation(x, y)
        covered += found.low <= truth <= found.high
    assert covered / 400 == pytest.approx(0.95, abs=0.035)


def test_a_straight_curve_crosses_where_it_must() -> None:
    x = ARRAY([0.0, 10, 20])
    (found,) = crossings(x, ARRAY([-10.0, 0.0, 10.0]), np.full(3, 5.0))
    assert (found.at, found.low, found.high, found.rising) == (10, 5, 15, True)
    (found,) = crossings(x, ARRAY([3.0, -1.0, -5.0]), np.full(3, 1.0))
    assert (found.at, found.low, found.high, found.rising) == (7.5, 5.0, 10.0, False)


def test_a_crossing_that_may_lie_beyond_the_end_says_so() -> None:
    (found,) = crossings(ARRAY([0.0, 10]), ARRAY([-1.0, 9.0]), np.full(2, 2.0))
    assert (found.low, found.high) == (0.0, 3.0)


def test_no_crossing_and_several() -> None:
    x = ARRAY([0.0, 1, 2, 3])
    assert crossings(x, ARRAY([1.0, 0.0, 2.0, 3.0]), np.zeros(4)) == ()
    assert [c.rising for c in crossings(x, ARRAY([1.0, -1.0, -1.0, 1.0]), np.zeros(4))] == [False, True]


def test_the_interval_of_a_crossing_covers_it() -> None:
    """A line measured at five points in 30 worlds that share most of their luck."""
    generator = np.random.default_rng(2)
    x = np.linspace(0.0, 100.0, 5)
    covered = 0
    for _ in range(400):
        worlds = 2.0 * (x - 37.0) + generator.standard_normal((30, 1)) * 60 + generator.standard_normal((30, 5)) * 10
        half = 2.045 * worlds.std(axis=0, ddof=1) / math.sqrt(30)
        found = crossings(x, worlds.mean(axis=0), half)
        covered += len(found) == 1 and found[0].low <= 37.0 <= found[0].high
    assert covered / 400 == pytest.approx(0.95, abs=0.035)
