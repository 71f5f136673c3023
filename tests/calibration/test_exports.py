"""What a system exports reads back as what happened: every format, to the call."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.calibration import importing
from simulator.calibration.answers import Answers
from simulator.calibration.exports import Day, writers
from simulator.calibration.observed import Outcome, counted

EXAMPLES = {
    "table": "spreadsheet.csv", "avaya": "hsplit.csv", "genesys": "genesys.csv", "amazon-records": "contact-records.csv",
    "asterisk": "queue_log",
}  # fmt: skip
MADRID = Answers(timezone="Europe/Madrid")


@pytest.mark.parametrize("name", writers)
def test_every_format_reads_back_to_the_call(name: str, week: Day, tmp_path: Path) -> None:
    file = tmp_path / f"export.{writers[name].ends}"
    file.write_bytes(writers[name].write(week).encode())
    found = importing.read([file], MADRID)
    assert not found.questions
    assert found.observed is not None
    assert found.files[0].grid.system.name == name
    rows, truth = found.observed.intervals, counted(week.calls, 1800.0)
    assert rows.queues == ("claims", "orders")
    for outcome in ("arrived", "answered", "abandoned"):
        assert rows[outcome].sum() == truth[outcome].sum()
    assert found.files[0].account.used == truth["arrived"].sum()
    for sums in ("answer_wait", "abandon_wait", "talk"):
        assert np.nansum(rows[sums]) == pytest.approx(np.nansum(truth[sums]), rel=0.01)
    by_queue = {q: rows.of(q)["arrived"].sum() for q in rows.queues}
    assert by_queue == {q: float((week.calls.queue == week.calls.queues.index(q)).sum()) for q in rows.queues}


@pytest.mark.parametrize("name", ["table", "avaya", "genesys"])
def test_agents_count_once_however_many_skills_they_have(name: str, week: Day, tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(writers[name].write(week).encode())
    (read,) = importing.read([file], MADRID).files
    (team,) = read.staff
    assert team.agents.max() == pytest.approx(4.0, abs=0.01)
    if name == "avaya":
        assert read.agents_by_skill == pytest.approx(8.0, abs=0.02)


def test_wait_bins_hold_every_call(week: Day, tmp_path: Path) -> None:
    file = tmp_path / "hsplit.csv"
    file.write_bytes(writers["avaya"].write(week).encode())
    observed = importing.read([file], MADRID).observed
    assert observed is not None
    bins = observed.intervals.bins
    assert bins is not None
    assert bins.answered.sum() == (week.calls.outcome == Outcome.ANSWERED).sum()
    assert bins.abandoned.sum() == (week.calls.outcome == Outcome.ABANDONED).sum()


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_are_what_the_writers_make_of_the_desk(name: str, week: Day, root: Path) -> None:
    kept = root / "scenarios" / "exports" / EXAMPLES[name]
    made = writers[name].write(week).encode()
    assert kept.read_bytes() == made, f"write it again: {kept.name}"


def test_an_older_copy_of_a_record_is_set_aside(week: Day, tmp_path: Path) -> None:
    file = tmp_path / "records.csv"
    file.write_bytes(writers["amazon-records"].write(week).encode())
    (read,) = importing.read([file], MADRID).files
    copies = read.account.reasons()["an older copy of the same record"]
    assert copies == (-(-len(week.calls) // 10), -(-len(week.calls) // 10))
