"""Formulas of estimation against values worked out by hand or by another route."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from simulator.statistics.estimation import linearised, mean_interval, per_run, percentiles, ratio_interval, t_quantile, wilson


def test_the_mean_interval_is_students() -> None:
    mean, half, n = mean_interval(np.array([[1.0], [2.0], [3.0], [4.0]]))
    assert (mean[0], n[0]) == (2.5, 4)
    assert half[0] == pytest.approx(3.182446305 * 1.290994449 / 2, rel=1e-9)  # t_{3, .975} from tables


def test_the_interval_for_several_comparisons_is_wider() -> None:
    assert float(t_quantile(9.0)) == pytest.approx(2.262157163, rel=1e-9)
    assert float(t_quantile(9.0, 2)) == pytest.approx(2.685010847, rel=1e-9)  # t_{9, .9875}


def test_undefined_values_are_left_out_and_one_value_has_no_interval() -> None:
    mean, half, n = mean_interval(np.array([[1.0, 5.0, np.nan], [3.0, np.nan, np.nan]]))
    assert list(n) == [2, 1, 0]
    assert mean[:2] == pytest.approx([2.0, 5.0])
    assert np.isnan(mean[2])
    assert np.isfinite(half[0])
    assert np.isnan(half[1:]).all()


def test_a_ratio_is_a_ratio_of_sums_with_the_delta_interval() -> None:
    y, x = np.array([[1.0], [9.0], [2.0]]), np.array([[2.0], [10.0], [8.0]])
    mean, half, n = ratio_interval(y, x)
    assert mean[0] == 12 / 20  # not the mean of .5, .9 and .25
    residuals = y[:, 0] - 0.6 * x[:, 0]
    assert half[0] == pytest.approx(4.302652730 * np.sqrt((residuals**2).sum() / 2) / (20 / 3 * np.sqrt(3)), rel=1e-9)
    assert n[0] == 3


def test_the_delta_interval_agrees_with_the_jackknife() -> None:
    rng = np.random.default_rng(7)
    x = rng.poisson(400, size=200).astype(float)
    y = rng.binomial(x.astype(int), rng.beta(40, 60, size=200)).astype(float)
    _, half, _ = ratio_interval(y[:, None], x[:, None])
    left_out = (y.sum() - y) / (x.sum() - x)
    error = np.sqrt(199 / 200 * ((left_out - left_out.mean()) ** 2).sum())
    assert half[0] == pytest.approx(float(t_quantile(199.0)) * error, rel=0.01)


def test_nothing_to_divide_by_is_undefined_not_zero() -> None:
    y, x = np.zeros((3, 2)), np.array([[0.0, 0.0], [0.0, 4.0], [0.0, 0.0]])
    mean, half, n = ratio_interval(y, x)
    assert np.isnan(mean[0])
    assert np.isnan(half[0])
    assert mean[1] == 0.0
    assert list(n) == [0, 1]
    assert np.isnan(per_run(y, x)[:, 0]).all()
    assert np.isnan(linearised(y, x)[0][0])


@given(arrays(float, (9, 3), elements=st.floats(-1e6, 1e6)))
def test_percentiles_are_those_of_numpy(values: np.ndarray) -> None:
    expected = np.quantile(values, [0.05, 0.5, 0.95], axis=0)
    assert percentiles(values) == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_percentiles_leave_out_the_undefined_and_keep_the_endless() -> None:
    values = np.array([[1.0, 1.0, np.nan], [np.nan, np.inf, np.nan], [3.0, np.inf, np.nan]])
    low, middle, high = percentiles(values, (0.0, 0.5, 1.0))
    assert list(low[:2]) == [1.0, 1.0]
    assert list(middle[:2]) == [2.0, np.inf]
    assert list(high[:2]) == [3.0, np.inf]
    assert np.isnan([low[2], middle[2], high[2]]).all()


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(0, 10, 0.0, 0.277532), (10, 10, 0.722467, 1.0), (5, 10, 0.236593, 0.763407), (0, 0, 0.0, 1.0)],
)
def test_wilson_gives_the_known_intervals(successes: int, n: int, low: float, high: float) -> None:
    assert wilson(successes, n) == pytest.approx((low, high), abs=2e-6)
