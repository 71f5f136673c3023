"""Estimates written into somebody's own file: nothing else of it changes, and never a value that a person wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simulator import load
from simulator.calibration.editing import edited
from simulator.calibration.estimate import Estimate, Known
from simulator.calibration.exports import Day, writers
from simulator.cli import crisis
from simulator.errors import UsageError

FOUND = Estimate(180.0, 170.0, 190.0, Known.RANGE, "abandonments over all time waited", 60, "abandonments")
NEW = {"needs.orders.patience": ("{mean: 180.0s}", FOUND)}


def test_braces_and_lines_take_a_new_key_and_the_rest_stays() -> None:
    braces = "needs:  # why they call\n  orders: {urgency: 2}  # the usual\n"
    text, (change,) = edited(braces, NEW, "a.csv", replace=False)
    assert text.startswith("needs:  # why they call\n  orders: {urgency: 2, patience: {mean: 180.0s}}  # the usual\nsources:\n")
    assert change.taken
    lines = "needs:\n  orders:\n    urgency: 2  # most\nsources:\n  needs: {assumed: mine}\n"
    text, _ = edited(lines, NEW, "a.csv", replace=False)
    assert "    patience: {mean: 180.0s}\n    urgency: 2  # most\n" in text
    assert "  needs: {assumed: mine}\n" in text
    assert text.count("sources:") == 1


def test_a_person_s_value_stays_unless_asked_and_an_older_estimate_is_renewed() -> None:
    text = "needs:\n  orders: {urgency: 2, patience: 3m}\n"
    kept, (change,) = edited(text, NEW, "a.csv", replace=False)
    assert kept == text
    assert "stays 3m" in str(change)
    taken, _ = edited(text, NEW, "a.csv", replace=True)
    assert "patience: {mean: 180.0s}}" in taken
    later = {"needs.orders.patience": ("{mean: 200.0s}", FOUND)}
    renewed, (change,) = edited(taken, later, "b.csv", replace=False)
    assert change.taken
    assert "patience: {mean: 200.0s}}" in renewed
    assert "calibrated from b.csv" in renewed
    assert "a.csv" not in renewed


def into(export: Path, centre: Path, *words: str) -> Result:
    command = ["calibrate", str(export), "--timezone", "Europe/Madrid", "--into", str(centre), *words]
    return CliRunner().invoke(crisis, command, standalone_mode=False)


def test_the_desk_s_own_file_takes_what_it_does_not_say(week: Day, desk: Path, tmp_path: Path) -> None:
    export, centre = tmp_path / "hsplit.csv", tmp_path / "centre.yaml"
    export.write_bytes(writers["avaya"].write(week).encode())
    centre.write_text(desk.read_text())
    result = into(export, centre)
    assert result.exception is None
    assert "needs.orders.patience: stays {exponential: {mean: 4m}}" in result.output
    load(centre)
    result = into(export, centre, "--replace")
    assert result.exception is None
    sources = {a.path: a for a in load(centre).assumptions()}
    assert "calibrated from hsplit.csv" in sources["needs.orders.patience"].text
    assert sorted(p.name for p in tmp_path.iterdir()) == ["centre.yaml", "hsplit.csv"]


def test_a_queue_that_the_file_does_not_have_is_asked_for(week: Day, desk: Path, tmp_path: Path) -> None:
    export, centre = tmp_path / "hsplit.csv", tmp_path / "centre.yaml"
    export.write_bytes(writers["avaya"].write(week).encode())
    centre.write_text(desk.read_text().replace("claims", "damage"))
    before = centre.read_text()
    error = into(export, centre).exception
    assert isinstance(error, UsageError)
    assert "--need claims=NEED" in str(error)
    assert centre.read_text() == before


@pytest.mark.parametrize("words", [("--need", "claims"), ("--need", "=damage")])
def test_a_pair_is_a_queue_and_a_need(words: tuple[str, ...], desk: Path, tmp_path: Path) -> None:
    export = tmp_path / "a.csv"
    export.write_text("Date,Time,Received\n13/02/2026,08:00,1\n13/02/2026,08:30,1\n")
    assert isinstance(into(export, desk, *words).exception, UsageError)
