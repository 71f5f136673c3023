"""Days of a small simulated centre, as a telephone system would have recorded them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from simulator import draw, load, lower, simulate
from simulator.calibration.exports import Day, day_of

MONDAY = datetime(2026, 3, 16, 8)  # noqa: DTZ001  # on the clock of the centre


def days_of(file: Path, count: int, seed: int = 1) -> Day:
    """So many weekdays of a scenario."""
    model = lower(load(file))
    begun = [MONDAY + timedelta(days=7 * (k // 5) + k % 5) for k in range(count)]
    return day_of(model, [(at, simulate(model, draw(model, seed, k))) for k, at in enumerate(begun)])


@pytest.fixture(scope="session")
def desk() -> Path:
    return Path(__file__).parent / "centre.yaml"


@pytest.fixture(scope="session")
def week(desk: Path) -> Day:
    return days_of(desk, 5)
