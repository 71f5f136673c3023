"""Formulas of estimation against values worked out by hand or by another route."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from simulator.statistics.estimation import jackknifed, mean_interval, per_run, percentiles, ratio_interval, t_quantile, wilson


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


def test_a_ratio_is_a_ratio_of_sums_with_the_interval_of_the_jackknife() -> None:
    y, x = np.array([[1.0], [9.0], [2.0]]), np.array([[2.0], [10.0], [8.0]])
    mean, half, n = ratio_interval(y, x)
    assert mean[0] == 12 / 20  # not the mean of .5, .9 and .25
    left_out = np.array([11 / 18, 3 / 10, 10 / 12])
    error = np.sqrt(2 / 3 * ((left_out - left_out.mean()) ** 2).sum())
    assert half[0] == pytest.approx(4.302652730 * error, rel=1e-9)
    assert n[0] == 3


def test_the_jackknife_agrees_with_the_delta_method_in_many_worlds() -> None:
    rng = np.random.default_rng(7)
    x = rng.poisson(400, size=200).astype(float)
    y = rng.binomial(x.astype(int), rng.beta(40, 60, size=200)).astype(float)
    _, half, _ = ratio_interval(y[:, None], x[:, None])
    ratio = y.sum() / x.sum()
    error = (y - ratio * x).std(ddof=1) / (x.mean() * np.sqrt(200))
    assert half[0] == pytest.approx(float(t_quantile(199.0)) * error, rel=0.01)


def test_what_replications_move_adds_up_to_nothing() -> None:
    rng = np.random.default_rng(2)
    y, x = rng.uniform(size=(2, 12, 5))
    ratio, moves = jackknifed(y, x)
    assert ratio == pytest.approx(y.sum(axis=0) / x.sum(axis=0))
    assert moves.mean(axis=0) == pytest.approx(0.0, abs=1e-12)
    assert jackknifed(y, np.ones_like(x))[1] == pytest.approx(y - y.mean(axis=0))  # of a mean it is the distance from it


def test_a_replication_that_is_all_there_is_to_divide_by_moves_it_all() -> None:
    y, x = np.array([[0.0], [3.0], [0.0]]), np.array([[0.0], [4.0], [0.0]])
    ratio, moves = jackknifed(y, x)
    assert (ratio[0], np.abs(moves).max()) == (0.75, 0.0)


def test_the_interval_of_a_difference_of_ratios_covers_the_truth() -> None:
    """Ten pairs of worlds that differ much in how busy they are, 4,000 times: 95 % is 95 %, where the delta method has 94."""

    def shares(busy: np.ndarray, agents: float, luck: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        came = 1000 * busy * np.exp(0.05 * luck.normal(size=busy.shape))
        return np.maximum(came - 1000 * agents, 0) + 0.02 * came + 5 * luck.normal(size=busy.shape), came

    luck = np.random.default_rng(11)
    many = luck.gamma(4, 1 / 4, 2_000_000)
    whole = [y.sum() / x.sum() for y, x in (shares(many, agents, luck) for agents in (1.0, 0.8))]
    true = whole[0] - whole[1]
    busy = luck.gamma(4, 1 / 4, (10, 4000))
    ours, base = shares(busy, 1.0, luck), shares(busy, 0.8, luck)
    (ratio, moves), (base_ratio, base_moves) = jackknifed(*ours), jackknifed(*base)
    covered = (np.abs(ratio - base_ratio - true) <= mean_interval(moves - base_moves)[1]).mean()
    linear = [(y - r * x) / x.mean(axis=0) for (y, x), r in ((ours, ratio), (base, base_ratio))]
    before = (np.abs(ratio - base_ratio - true) <= mean_interval(linear[0] - linear[1])[1]).mean()
    assert 0.938 <= covered <= 0.962
    assert covered > before


def test_nothing_to_divide_by_is_undefined_not_zero() -> None:
    y, x = np.zeros((3, 2)), np.array([[0.0, 0.0], [0.0, 4.0], [0.0, 0.0]])
    mean, half, n = ratio_interval(y, x)
    assert np.isnan(mean[0])
    assert np.isnan(half[0])
    assert mean[1] == 0.0
    assert list(n) == [0, 1]
    assert np.isnan(per_run(y, x)[:, 0]).all()
    assert np.isnan(jackknifed(y, x)[0][0])


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
