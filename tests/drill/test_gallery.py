"""The drill in the gallery is of the shipped exercise and of the shipped log."""

from __future__ import annotations

import json
from pathlib import Path

from simulator.report.wording import count
from simulator.scenario import exercise_of, load, lower
from simulator.scenario.decision_log import read_log

AGAIN = "the exercise or its log has changed: results/README.md says how to make the gallery again"


def test_it_is_of_the_shipped_exercise_and_log(root: Path) -> None:
    kept = root / "results" / "gallery" / "drill"
    exercises = root / "scenarios" / "exercises"
    scenario = load(exercises / "quake-drill.yaml")
    page = (kept / "report.html").read_text(encoding="utf-8")
    assert scenario.sha256 in page, AGAIN
    exercise = exercise_of(scenario)
    assert exercise is not None
    log = read_log(exercises / "quake-log.yaml", scenario, lower(scenario), exercise)
    said = json.loads((kept / "drill.json").read_text(encoding="utf-8"))
    shipped = [(d.at, d.role, d.kind, d.what, dict(d.parameters), d.rationale) for d in log.decisions]
    played = [tuple(d[key] for key in ("at", "role", "kind", "what", "parameters", "rationale")) for d in said["decisions"]]
    assert shipped == [d for d in played if d[1] != "facilitator"], AGAIN
    assert all(rating.notes in page for rating in log.ratings.values())
    assert all(aim.text in page for aim in exercise.aims)


def test_what_was_printed_is_what_the_page_says(root: Path) -> None:
    kept = root / "results" / "gallery" / "drill"
    page = (kept / "report.html").read_text(encoding="utf-8")
    printed = (kept / "summary.txt").read_text(encoding="utf-8")
    (line,) = [line for line in printed.splitlines() if line.startswith(" as played  ")]
    number = line.split()[2]
    assert count(float(number.replace(",", ""))) == number
    assert f"In the played world {number} of" in page
