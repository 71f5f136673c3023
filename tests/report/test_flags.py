"""Flags above a figure: every step keeps its number, and no flag covers another."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from simulator.report.figures.frame import ROWS, half_width, in_rows
from simulator.statistics.summary import StepTimeline

DAY = 86400.0


def flags(*instants: float) -> list[tuple[float, list[tuple[int, StepTimeline]]]]:
    step = StepTimeline("step", "action", "x", 1, 1, 1, 0, 0, (), None, None, None, None)
    return [(at, [(number, step)]) for number, at in enumerate(instants)]


@pytest.mark.parametrize("seed", range(20))
def test_no_flag_covers_another_and_none_is_lost(seed: int) -> None:
    rng = np.random.default_rng(seed)
    made = flags(*np.sort(rng.uniform(0.3 * DAY, rng.choice([0.34, 0.5, 0.9]) * DAY, rng.integers(1, 25))).tolist())
    placed = in_rows(made, DAY)
    assert sorted(number for _, members, _ in placed for number, _ in members) == list(range(len(made)))
    for row in range(ROWS):
        spans = [(at - half_width(members, DAY), at + half_width(members, DAY)) for at, members, where in placed if where == row]
        assert all(before[1] < after[0] for before, after in pairwise(spans))


def test_flags_far_apart_stand_in_one_row_and_alone() -> None:
    placed = in_rows(flags(0.2 * DAY, 0.5 * DAY, 0.8 * DAY), DAY)
    assert [(at, len(members), row) for at, members, row in placed] == [(0.2 * DAY, 1, 0), (0.5 * DAY, 1, 0), (0.8 * DAY, 1, 0)]
