"""The bank's records read as a planner's table, and what they say of patience, two ways."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from benchmarks.backtest.months import DATA, observed_of, rows_of
from benchmarks.backtest.records import CALLS, read_calls
from simulator.calibration import patience


@pytest.fixture(scope="module")
def data() -> Path:
    if not DATA.is_dir():
        pytest.skip("the bank's records are not here")
    return DATA


def test_a_month_reads_to_the_call(data: Path) -> None:
    rows = [row for row in rows_of(data) if date.fromisoformat(row["date"]).month == 5]
    found = observed_of(rows).intervals
    assert found["arrived"].sum() == sum(int(row["arrivals"]) for row in rows)
    assert np.nansum(found["abandoned"]) == sum(int(row["abandoned_queue"] or 0) for row in rows)


def test_patience_from_half_hours_is_that_of_single_calls(data: Path) -> None:
    february = observed_of([row for row in rows_of(data) if date.fromisoformat(row["date"]).month == 2]).intervals
    waited = float(np.nansum(february["answer_wait"]) + np.nansum(february["abandon_wait"]))
    sums, _, _ = patience.of_sums(float(february["abandoned"].sum()), waited)
    calls = read_calls(data / CALLS)
    wait = np.array([call.wait for call in calls])
    gave_up = np.array([not call.answered for call in calls])
    times, left = patience.survival(wait[wait > 0], gave_up[wait > 0])
    at = 180.0  # most of the waiting is before; later the hazard of giving up falls
    kaplan_meier = -math.log(float(np.interp(at, times, left))) / at
    assert sums == pytest.approx(kaplan_meier, rel=0.15)
