"""Covers: the published ones, and the best of every small one by trying all."""

import itertools
import os
import sys

import numpy as np
import pytest

from simulator.roster import cover as covering
from simulator.roster.cover import Infeasible, Pattern, Program, cover, covered

NEED = (17, 41, 64, 79, 75, 66, 70, 75, 66, 53, 39, 29)
DAY = tuple(Pattern(tuple(range(start, start + 8)), 8.0) for start in range(5)) + tuple(
    Pattern(tuple(range(start, start + 4)), 4.4) for start in range(9)
)


def test_the_cyclic_cover_takes_55() -> None:
    need = (6, 6, 6, 6, 6, 8, 9, 12, 18, 22, 25, 21, 21, 20, 18, 21, 21, 24, 24, 18, 18, 18, 12, 8)
    shifts = [Pattern(tuple((start + k) % 24 for k in range(8)), 1.0) for start in range(24)]
    found = cover(need, shifts)
    assert found.cost == 55
    assert found.bound <= 55


def test_the_day_of_shifts_costs_this() -> None:
    assert cover(NEED, DAY).cost == pytest.approx(745.2)
    assert cover((18, 42, 65, 80, 75, 65, 70, 75, 65, 51, 37, 27), DAY).cost == pytest.approx(740.8)


def test_what_is_covered_is_what_was_asked_for_and_leavers_are_those_whose_shift_ends() -> None:
    agents, leaving = covered(cover(NEED, DAY).values, DAY, 12)
    assert all(there >= least for there, least in zip(agents, NEED, strict=True))
    assert leaving[:4] == [0, 0, 0, 0]
    assert covered([2, 1], [Pattern((0, 1), 1), Pattern((1, 2), 1)], 3) == ([2, 3, 1], [0, 0, 2])


@pytest.mark.parametrize("seed", range(20))
def test_no_small_cover_is_cheaper(seed: int) -> None:
    chance = np.random.default_rng(seed)
    patterns = [
        Pattern(tuple(range(start, min(4, start + int(chance.integers(1, 4))))), float(chance.integers(1, 9)), float(chance.integers(1, 4)))
        for start in (0, 1, 2, 3)
    ]
    need = chance.integers(0, 3, 4).tolist()
    tried = [
        sum(n * p.cost for n, p in zip(counts, patterns, strict=True))
        for counts in itertools.product(*(range(int(p.most) + 1) for p in patterns))
        if all(there >= least for there, least in zip(covered(counts, patterns, 4)[0], need, strict=True))
    ]
    if not tried:
        with pytest.raises(Infeasible):
            cover(need, patterns)
        return
    assert cover(need, patterns).cost == pytest.approx(min(tried))


def test_equal_programs_have_equal_answers() -> None:
    assert np.array_equal(cover(NEED, DAY).values, cover(NEED, DAY).values)


def test_where_no_shift_covers_an_hour_there_is_no_cover() -> None:
    with pytest.raises(Infeasible):
        cover((1, 1), [Pattern((0,), 1.0)])


def test_a_program_without_rows_costs_nothing() -> None:
    program = Program()
    program.add(3.0)
    assert program.solve().cost == 0


def test_what_the_solver_writes_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    with covering._silenced():
        os.write(1, b"noise")
    sys.stdout.write("heard\n")
    sys.stdout.flush()
    assert capfd.readouterr().out == "heard\n"
