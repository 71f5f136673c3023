"""Quantiles of groups, against sorting each group by itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.statistics.quantiles import Sorted

DURATION = st.one_of(st.just(0.0), st.just(math.inf), st.floats(1e-3, 1e5))
SHARES = (0.05, 0.5, 0.9)


@given(st.lists(st.tuples(DURATION, st.integers(0, 2)), max_size=60))
def test_quantiles_of_durations_many_of_which_are_zero_or_endless(drawn: list[tuple[float, int]]) -> None:
    values, group = np.array([v for v, _ in drawn]), np.array([g for _, g in drawn], dtype=int)
    found = Sorted(values).grouped(SHARES, group, 3)
    for g in range(3):
        mine = sorted(v for v, of in drawn if of == g)
        wanted = [mine[max(math.ceil(share * len(mine) - 1e-9), 1) - 1] if mine else math.nan for share in SHARES]
        np.testing.assert_array_equal(found[:, g], wanted)


@given(st.lists(st.tuples(DURATION, st.integers(0, 2)), max_size=60), st.sampled_from([0.0, 0.05, 0.2, 0.45]))
def test_a_trimmed_mean_is_that_of_the_finite_values_of_the_group(drawn: list[tuple[float, int]], trim: float) -> None:
    values, group = np.array([v for v, _ in drawn]), np.array([g for _, g in drawn], dtype=int)
    found = Sorted(values).grouped((0.5,), group, 3, trim=trim)[-1]
    for g in range(3):
        mine = sorted(v for v, of in drawn if of == g and math.isfinite(v))
        cut = int(trim * len(mine) + 1e-9)
        kept = mine[cut : len(mine) - cut]
        assert found[g] == pytest.approx(np.mean(kept) if kept else math.nan, rel=1e-9, abs=1e-6, nan_ok=True)
