"""The real records, where they are at hand: bounds that a broken engine, or a broken calibration, would not keep."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from benchmarks.backtest import __main__ as command
from benchmarks.backtest import score
from benchmarks.backtest.bank import Timeline, callers, replay
from benchmarks.backtest.calibration import Calibration, Past, calibrate
from benchmarks.backtest.charlotte import DAY, PAUSE, SPILL_OVER, bank_patience, days_patience, read_day, replay_day, rising, within
from benchmarks.backtest.records import CALLS, FUTURE, PAST, read_calls, read_half_hours, read_outcomes
from simulator.workload.streams import Streams


@pytest.fixture(scope="module")
def data() -> Path:
    if not (command.DATA / PAST).exists():
        pytest.skip("the bank's records are not beside the project (../shared/data)")
    return command.DATA


@pytest.fixture(scope="module")
def past(data: Path) -> Past:
    return read_outcomes(data / PAST)


@pytest.fixture(scope="module")
def known(data: Path, past: Past) -> Calibration:
    return calibrate(read_calls(data / CALLS), [row for row in past if row[0].day.month < 4])


def test_callers_are_replayed_count_by_count(data: Path, known: Calibration) -> None:
    half_hours = [h for h in read_half_hours(data / FUTURE) if h.day < date(1999, 5, 8)]
    timeline = Timeline.of(half_hours)
    onset = callers(timeline, known, Streams(1, 0)).onset
    counts = np.bincount((onset // 1800).astype(int), minlength=timeline.slots)
    assert [int(counts[at]) for at in timeline.index] == [h.offered for h in half_hours]


def test_customers_jump_over_prospects_by_about_the_minute_and_a_half_that_the_bank_gave_them(known: Calibration) -> None:
    assert 80 <= known.head_start <= 110


def test_two_weeks_that_the_fit_has_not_seen_are_met_within_loose_bounds(past: Past, known: Calibration) -> None:
    weeks = [row for row in past if date(1999, 4, 11) <= row[0].day < date(1999, 4, 25)]
    outcomes = [outcome for _, outcome in weeks]
    prediction = replay(Timeline.of([h for h, _ in weeks]), known, 4, seed=2)
    lost, wait = score.abandonment(prediction, outcomes), score.asa(prediction, outcomes)
    assert abs(lost.bias) < 0.07
    assert lost.error < 0.12
    assert 0.5 < wait.predicted / wait.actual < 1.6


def test_the_charlotte_day_keeps_the_reported_load(data: Path) -> None:
    rows = read_day(data / DAY)
    assert SPILL_OVER not in {row.time for row in rows}
    replayed = replay_day(rows, bank_patience(), 4, seed=1)
    reported = np.array([row.occupancy for row in rows])
    assert np.abs(replayed.counted - reported).mean() < 0.03
    received = np.array([row.received for row in rows])
    lost = np.array([row.abandonment for row in rows])
    assert abs(np.average(replayed.abandonment, weights=received) - np.average(lost, weights=received)) < 0.02


def test_a_pause_of_some_seconds_brings_the_waits_of_charlotte_nearer(data: Path) -> None:
    rows = read_day(data / DAY)
    late = slice([row.time for row in rows].index("10:00"), None)
    received, waited = np.array([row.received for row in rows])[late], np.array([row.asa for row in rows])[late]
    actual = np.average(waited, weights=received)
    without, paused = (
        np.average(replay_day(rows, days_patience(rows), 4, seed=1, pause=pause).asa[late], weights=received) for pause in (0.0, PAUSE)
    )
    assert without < paused < actual + 3
    assert actual - paused < 0.6 * (actual - without)


def test_the_report_calls_abandoned_what_was_not_answered_in_the_half_hour(data: Path) -> None:
    for row in read_day(data / DAY):
        assert 1 - row.answered / row.received == pytest.approx(row.abandonment, abs=0.0006)


def test_calls_that_rise_evenly_are_as_many_and_later() -> None:
    start, end = rising(np.array([100.0, 200.0, 300.0]))
    assert start.tolist() == [50, 150, 250]
    assert end.tolist() == [150, 250, 350]
    u = (np.arange(1000) + 0.5) / 1000
    place = within(u, np.full(1000, 50.0), np.full(1000, 150.0))
    assert place.mean() == pytest.approx(7 / 12, abs=1e-3)
    assert within(u, np.full(1000, 7.0), np.full(1000, 7.0)) == pytest.approx(u)


def test_the_report_counts_whole_handle_times_in_the_half_hour_of_the_answer(data: Path) -> None:
    for row in read_day(data / DAY):
        assert row.answered * row.handle / (1800.0 * row.agents) == pytest.approx(row.occupancy, abs=0.006)


def test_missing_records_are_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--data", str(tmp_path)]) == 2
    assert "--data" in capsys.readouterr().err


def test_a_page_without_marks_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Nothing here\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no place"):
        command.put("table", page)


def test_tables_replace_the_old_ones_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{command.OPENS}\nold\n{command.CLOSES}\nafter\n", encoding="utf-8")
    command.put("new", page)
    assert page.read_text(encoding="utf-8") == f"before\n{command.OPENS}\n\nnew\n\n{command.CLOSES}\nafter\n"
