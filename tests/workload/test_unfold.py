"""Luck by key and name over columns: the generator of the run, and independent of who else is in the column."""

from __future__ import annotations

import numpy as np
from scipy.stats import kstest

from simulator.engine.luck import philox as of_the_run
from simulator.workload import unfold
from simulator.workload.streams import Streams

KEYS = unfold.keys(Streams(1, 0), "people", 20_000)


def test_columns_and_the_run_have_one_generator() -> None:
    edges = np.array([0, 1, 2**31, 2**32 - 1, 2**32, 2**62 - 1], dtype=np.int64)
    of = np.concatenate((edges, KEYS[:500]))
    for name in ("quake/away", "", "absence/28800.0", "\u00e4"):
        counter = unfold.counter(name)
        expected = [(int(of_the_run(counter, key >> 32, key)) + 0.5) * 2.0**-53 for key in of.tolist()]
        assert unfold.uniforms(of, name).tolist() == expected


def test_a_name_never_stands_where_the_run_draws() -> None:
    """Attempts, purposes and pieces of work stay below the bit that every name has."""
    assert all(2**31 <= unfold.counter(f"step/{i}") < 2**32 for i in range(1000))


def test_uniform_by_person_and_by_name() -> None:
    found = [unfold.uniforms(KEYS, name) for name in ("a/read", "a/informed", "b/read")]
    for u in found:
        assert kstest(u, "uniform").pvalue > 1e-4
    assert np.abs(np.corrcoef(found) - np.eye(3)).max() < 4.75 / np.sqrt(len(KEYS))
    in_turn = unfold.uniforms(np.arange(20_000, dtype=np.int64), "a/read")  # keys written by hand
    assert kstest(in_turn, "uniform").pvalue > 1e-4


def test_a_place_in_the_column_decides_nothing() -> None:
    shuffled = np.random.default_rng(1).permutation(len(KEYS))
    np.testing.assert_array_equal(unfold.uniforms(KEYS[shuffled], "a/away"), unfold.uniforms(KEYS, "a/away")[shuffled])
    np.testing.assert_array_equal(unfold.uniforms(KEYS[:7], "a/away"), unfold.uniforms(KEYS, "a/away")[:7])


def test_more_keys_are_the_same_keys_and_more() -> None:
    np.testing.assert_array_equal(unfold.keys(Streams(1, 0), "people", 7), KEYS[:7])
    assert len(np.unique(KEYS)) == len(KEYS)
    assert not np.isin(unfold.keys(Streams(1, 1), "people", 100), KEYS).any()
