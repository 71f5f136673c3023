"""Constants of selection against the tables of the model page, and the sequential procedure by hand and by coverage."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.errors import UsageError
from simulator.statistics.selection import (
    allocation,
    best_constant,
    quantile_ranks,
    rinott_constant,
    select,
    sequential_constant,
)


def test_constants_of_sequential_selection() -> None:
    assert sequential_constant(5, 20) == pytest.approx(9.01505599, abs=1e-8)  # ST-1
    assert sequential_constant(5, 20) / (2 * 19) == pytest.approx(0.237238316, abs=1e-9)


def test_constants_of_two_stage_selection() -> None:
    # ST-2 has six right digits; ours solve the equation to 1e-12
    assert [rinott_constant(k, 20) for k in (2, 5, 10)] == pytest.approx([2.45246446, 3.38539349, 3.87523363], rel=2e-5)


def test_constants_of_comparisons_with_the_best() -> None:
    assert best_constant(5, 4 * 29) == pytest.approx(2.18405162, rel=1e-5)  # ST-3
    assert best_constant(3, 2 * 19) == pytest.approx(1.97329667, rel=1e-5)
    assert best_constant(5, 10**6) == pytest.approx(2.16033328, rel=1e-5)  # Dunnett, known variance
    assert best_constant(2, 29) == pytest.approx(1.69912703, rel=1e-6)  # two alternatives: the one-sided t quantile


def test_ranks_that_enclose_a_quantile() -> None:
    for n, share, ranks, covered in (
        (100, 0.9, (84, 96), 0.955690107),
        (50, 0.5, (18, 33), 0.967160862),
        (200, 0.95, (184, 197), 0.967152164),
    ):
        low, high, sure = quantile_ranks(n, share)  # ST-4
        assert (low, high) == ranks
        assert sure == pytest.approx(covered)
    assert quantile_ranks(5, 0.5)[:2] == (0, 6)  # five worlds enclose no median


def test_division_of_a_budget() -> None:
    found = allocation(np.array([1, 1.2, 1.5, 2]), np.array([0.5, 0.5, 0.6, 0.8]), 1000)
    assert found == pytest.approx([433.592088, 424.975925, 97.9144531, 43.5175347])  # ST-5
    with pytest.raises(UsageError, match="same mean"):
        allocation(np.array([1.0, 1.0]), np.array([1.0, 1.0]), 10)


def test_the_sequential_procedure_by_hand() -> None:
    # Differences of the first three worlds: 1, 3, 5; variance 4; h^2 = 2 eta (n0 - 1) with k = 2, n0 = 3: (0.1)^-1 - 1 = 9, times 2
    values = np.array([[0.0, 1.0], [0.0, 3.0], [0.0, 5.0], [0.0, 3.0]])
    assert sequential_constant(2, 3) == pytest.approx(18.0)
    # zone 2: bound = 18 x 4 / 4 = 18; after r worlds the limit is 1 x (18 - r): sums of differences 9 at 3 (limit 15), 12 at 4 (14)
    found = select(values, 2.0, first_stage=3)
    assert (found.left, found.out_after, found.replications, found.decided) == ((0, 1), (0, 0), 4, False)
    more = np.vstack([values, [[0.0, 3.0]]])  # 15 at 5, limit 13: out
    found = select(more, 2.0, first_stage=3)
    assert (found.left, found.out_after, found.replications, found.decided) == ((0,), (0, 5), 5, True)


def test_equal_alternatives_end_with_the_first() -> None:
    values = np.tile(np.arange(30.0)[:, None], (1, 3))
    found = select(values, 1.0)
    assert (found.left, found.out_after) == ((0,), (0, 20, 20))


def test_what_ranking_refuses() -> None:
    with pytest.raises(UsageError, match="larger than nothing"):
        select(np.zeros((30, 2)), 0.0)
    with pytest.raises(UsageError, match="at least 20"):
        select(np.zeros((19, 2)), 1.0)


def test_the_best_is_selected_as_often_as_promised() -> None:
    """400 studies of five correlated alternatives in the least favourable case: the best is ahead by just the zone."""
    chance = np.random.default_rng(46)
    right, spent = 0, []
    means = np.array([0.0, 1.0, 1.0, 1.0, 1.0])
    for _ in range(400):
        shared = chance.normal(0, 3, (1500, 1))  # common random numbers
        found = select(shared + chance.normal(means, 2.0, (1500, 5)), 1.0)
        assert found.decided
        right += found.left == (0,)
        spent.append(found.replications)
    assert right / 400 >= 0.95 - 4.75 * np.sqrt(0.05 * 0.95 / 400)
    assert np.mean(spent) < 150  # two-stage selection of independent alternatives: (3.385 x 3.6)^2 = 149 each
