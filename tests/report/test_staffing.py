"""What agents are required for, in words."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.report import staffing
from simulator.statistics.summary import StaffingPlan, StaffingTarget

CALLS, SALES = StaffingTarget("calls", 0.8, 20.0), StaffingTarget("sales", 0.8, 20.0)
CHAT, LETTERS = StaffingTarget("chat", 0.995, 90.0), StaffingTarget("letters", None, None)


def plan(*targets: StaffingTarget, present: float = 12.0) -> StaffingPlan:
    required, here = np.array([[23.0], [0.0]]), np.full((2, 2), present)
    total = required.sum(axis=1)
    at = np.array([0.0, 1800.0])
    return StaffingPlan(at, ("a",), targets, required, required, total, here, np.maximum(here - total, 0), np.maximum(total - here, 0))


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ((CALLS,), "to answer 80 % within 20 s (calls)"),
        ((CALLS, SALES), "to answer 80 % within 20 s (calls and sales)"),
        (
            (CALLS, CHAT, LETTERS),
            (
                "to answer 80 % within 20 s (calls) and 99.5 % within 1 min 30 s (chat), and for the work of letters, "
                "spread over each interval"
            ),
        ),
        ((LETTERS,), "for the work of letters, spread over each interval"),
        ((), "for nothing, as nobody is expected"),
    ],
)
def test_the_target_is_named(targets: tuple[StaffingTarget, ...], said: str) -> None:
    assert staffing.targets(plan(*targets)) == said


def test_the_worst_interval_is_the_one_in_which_most_are_missing_at_work() -> None:
    assert staffing.shortest(plan(CALLS)) == (0.0, 11.0)
    assert staffing.shortest(plan(CALLS, present=30.0)) is None
    said = staffing.shortfall(plan(CALLS), "Tue 08:00", 11.0)
    assert said == "Around Tue 08:00, 11 agents fewer are at work than it takes to answer 80 % within 20 s (calls)."


def test_rows_are_those_of_the_intervals() -> None:
    first, second = staffing.rows(plan(CALLS))
    assert first == {"start": 0, "required": 23, "scheduled": 23, "present": 12, "over": 0, "under": 11, "by_need": {"a": 23}}
    assert second["over"] == 12
    assert staffing.document(None) is None
