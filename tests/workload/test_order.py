"""Order: what is sorted 16 bits at a time stands as if it had been compared, and equal numbers stay as they were."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from simulator.workload.order import by_number, by_size, piece_of

INSTANTS = st.floats(-1e9, 1e9) | st.sampled_from([0.0, 1.0, 1.0 + 2**-52, 300.0])


@given(arrays(np.float64, st.integers(0, 60), elements=INSTANTS))
@example(np.array([5.0, 5.0, 5.0]))
@example(np.array([5e-324, 0.0]))
@example(np.array([1e9, 1.0 + 2**-52, 1.0, 1e-300, 0.0]))  # all but the first share their 32 bits
def test_values_stand_as_a_stable_sort_puts_them(values: np.ndarray) -> None:
    assert by_size(values).tolist() == np.argsort(values, kind="stable").tolist()


def test_many_durations_with_a_long_tail_stand_in_order() -> None:
    durations = np.random.default_rng(1).pareto(1.0, 50_000).round(3)
    assert (by_size(durations) == np.argsort(durations, kind="stable")).all()


@given(arrays(np.int64, st.integers(0, 60), elements=st.integers(0, 2**32 - 1) | st.integers(0, 2)))
def test_numbers_stand_in_order(numbers: np.ndarray) -> None:
    assert by_number(numbers, 2**32).tolist() == np.argsort(numbers, kind="stable").tolist()
    few = numbers % 2**16
    assert by_number(few, 2**16).tolist() == np.argsort(few, kind="stable").tolist()


@given(arrays(np.float64, st.integers(0, 20), elements=INSTANTS), st.lists(INSTANTS, max_size=6), st.booleans())
def test_a_piece_is_found_whether_the_instants_are_in_order_or_not(instants: np.ndarray, cuts: list[float], in_order: bool) -> None:
    if in_order:
        instants = np.sort(instants)
    assert piece_of(np.sort(cuts), instants).tolist() == [sum(cut <= instant for cut in cuts) for instant in instants]


def test_what_never_happened_lies_in_the_last_piece() -> None:
    assert piece_of(np.array([10.0, 20.0]), np.array([5.0, np.nan, 10.0])).tolist() == [0, 2, 1]
