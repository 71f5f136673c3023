"""Every rule of the suggested rating."""

from __future__ import annotations

import math

import pytest

from simulator.drill.rating import RULES, WORDS, Doing, missed_by, suggest

IN_TIME, LATE, NEVER = Doing("a", 10.0, 5.0), Doing("b", 10.0, 11.0), Doing("c", 10.0, None)
NOT_PLAYED = Doing("d", 10.0, None, played=False)


@pytest.mark.parametrize(
    ("miss", "doings", "level", "because"),
    [
        (0.0, (), "P", "the target is met"),
        (0.0, (IN_TIME,), "P", "every task in time"),
        (None, (IN_TIME, IN_TIME), "P", "every task in time"),
        (0.0, (IN_TIME, LATE), "S", "late: b"),
        (0.0, (IN_TIME, NEVER), "S", "never done: c"),
        (None, (LATE,), "S", "late: b"),
        (0.49, (IN_TIME,), "M", "missed by less than half"),
        (0.0, (IN_TIME, NEVER, NEVER), "M", "never done: c, c"),
        (0.5, (IN_TIME,), "U", "missed by half of it and more"),
        (math.inf, (IN_TIME,), "U", "not reached at all"),
        (0.0, (NEVER,), "U", "never done: c"),
        (None, (NEVER, NEVER), "U", "never done"),
        (math.nan, (), "", "no data"),
        (None, (NOT_PLAYED,), "", "nobody played"),
        (0.0, (NOT_PLAYED,), "P", "the target is met"),
    ],
)
def test_a_rule(miss: float | None, doings: tuple[Doing, ...], level: str, because: str) -> None:
    found = suggest(miss, doings)
    assert found.level == level
    assert because in found.because
    assert found.words == WORDS[level]
    assert not level or level in RULES


@pytest.mark.parametrize(
    ("value", "least", "most", "missed"),
    [
        (5, None, 6, 0.0),
        (9, None, 6, 0.5),
        (6, None, 6, 0.0),
        (math.inf, None, 6, math.inf),
        (0.6, 0.8, None, 0.25),
        (1, None, 0, math.inf),
    ],
)
def test_how_far_a_target_is_missed(value: float, least: float | None, most: float | None, missed: float) -> None:
    assert missed_by(value, least, most) == pytest.approx(missed)


def test_no_value_misses_nothing_that_is_known() -> None:
    assert math.isnan(missed_by(math.nan, None, 6))


@pytest.mark.parametrize(("doing", "status"), [(IN_TIME, "in time"), (LATE, "late"), (NEVER, "never"), (NOT_PLAYED, "not played"),
                                              (Doing("e", None, 3.0), "in time"), (Doing("f", 10.0, 10.0), "in time")])  # fmt: skip
def test_when_a_task_is_in_time(doing: Doing, status: str) -> None:
    assert doing.status == status
