"""One day of a large centre, calibrated from its report alone: inside its intervals from ten o'clock on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.backtest.months import DATA
from simulator.calibration import importing
from simulator.calibration.answers import Answers
from simulator.calibration.calibration import calibration

DAY = "2000-06-13"
NEW_YORK = "America/New_York"


def test_from_ten_o_clock_on_the_day_lies_inside_its_intervals(tmp_path: Path) -> None:
    report = DATA / f"acd_charlotte_{DAY}_halfhour.csv"
    if not report.is_file():
        pytest.skip("the report of the day is not here")
    export = tmp_path / "charlotte.csv"
    export.write_text("".join(report.read_text().splitlines(keepends=True)[:-1]))  # the last row holds calls that spilled over
    observed = importing.read([export], Answers(timezone=NEW_YORK, day=DAY)).observed
    assert observed is not None
    found = calibration(observed, NEW_YORK)
    assert not any(group.believed for group in found.comparison.groups)  # one day is too few
    replay = found.comparison.replay
    day = slice(20, 36)
    for above, below in (("abandoned", "arrived"), ("answer_wait", "answered")):
        made = replay.simulated[above][:, 0, 0, day].sum(axis=1) / replay.simulated[below][:, 0, 0, day].sum(axis=1)
        low, high = np.quantile(made, (0.05, 0.95))
        assert low <= replay.observed[above][0, 0, day].sum() / replay.observed[below][0, 0, day].sum() <= high
