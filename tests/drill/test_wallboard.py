"""The wallboard is written down as an operations lead would see it, and nothing else changes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from simulator.crisis.play import simulate
from simulator.crisis.wallboard import SHOWN
from simulator.scenario import load, lower, with_variants
from simulator.workload import draw


def test_it_shows_what_the_day_shows(root: Path) -> None:
    scenario = load(root / "tests/report/small-quake.yaml")
    notes = {"before": "start+1h", "after": "T+1m"}
    changes = {f"events.{name}": {"do": "wallboard.note", "at": at} for name, at in notes.items()}
    model = lower(with_variants(scenario, {"watched": changes}), "watched")
    workload = draw(model, 1, 0)
    watched, plain = simulate(model, workload), simulate(lower(scenario), workload)
    seen = {e.id: json.loads(e.detail) for e in watched.log if e.what == "note" and e.id in notes}
    assert all(tuple(found) == SHOWN for found in seen.values())
    assert seen["before"]["agents_online"] == 20
    assert (seen["after"]["agents_online"], seen["after"]["queue"]) == (0, 0), "the house is lost"
    assert replace(watched, log=(), variant="").ledger.ended.tobytes() == replace(plain, log=(), variant="").ledger.ended.tobytes()
