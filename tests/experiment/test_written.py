from __future__ import annotations

import math

import pytest

from simulator.experiment.written import rounded, written


@pytest.mark.parametrize(
    ("value", "text"),
    [(3, "3"), (3.0, "3"), (0.1 + 0.2, "0.3"), (-1e-9, "0"), (1234567.891, "1234567.891"), (math.nan, ""), (None, ""), (math.inf, "inf"),
     (-math.inf, "-inf"), (1e-7, "0"), (100.0, "100"), (-2.5, "-2.5")],
)  # fmt: skip
def test_a_number_is_written_one_way(value: float | None, text: str) -> None:
    assert written(value) == text


def test_compiled_whole_numbers_and_interpreted_ones_are_written_alike() -> None:
    assert written(3) == written(3.0)
    assert repr(rounded(3)) == repr(rounded(3.0)) == "3.0"


def test_what_json_cannot_say_is_null() -> None:
    assert rounded(math.nan) is None
    assert rounded(math.inf) is None
    assert math.copysign(1, rounded(-1e-9) or 0.0) == 1
