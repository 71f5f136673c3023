"""Time at work in which agents are not free: each talk holds them that much longer, also where a skill is given later."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator import draw, load, lower, simulate
from simulator.errors import ScenarioError


def scenario(tmp_path: Path, team: str) -> Path:
    file = tmp_path / "desk.yaml"
    file.write_text(
        f"""schema: crisis/v1
name: desk
clock: {{timezone: UTC, start: 2026-03-10T08:00, duration: 4h, interval: 30m, phases: {{day: start}}}}
needs: {{call: {{urgency: 2, talk_time: {{constant: 4m}}, patience: 1h}}}}
demand: {{call: {{rate: 30/h}}}}
channels: {{voice: {{redial: {{busy: {{probability: 0%, after: 1m}}, abandoned: {{probability: 0%, after: 1m}}}}}}}}
links: {{cable: {{lines: 20}}}}
sites: {{office: {{seats: 9, links: cable}}}}
teams: {{desk: {{headcount: 9, site: office, skills: {{call: 1}}{team}}}}}
"""
    )
    return file


def talks(file: Path) -> np.ndarray:
    model = lower(load(file))
    ledger = simulate(model, draw(model, 1, 0)).ledger
    return np.asarray((ledger.released - ledger.answered)[np.isfinite(ledger.released) & np.isfinite(ledger.answered)])


def test_a_fifth_not_free_makes_talk_a_quarter_longer(tmp_path: Path) -> None:
    assert np.median(talks(scenario(tmp_path, ""))) == pytest.approx(240.0)
    assert np.median(talks(scenario(tmp_path, ", not_free: 20%"))) == pytest.approx(300.0)


def test_it_holds_in_every_world_of_a_range(tmp_path: Path) -> None:
    model = lower(load(scenario(tmp_path, ", not_free: {likely: 10%, low: 5%, high: 20%}")))
    for replication in range(3):
        workload = draw(model, 1, replication)
        share = workload.assumptions["teams.desk.not_free"]
        ledger = simulate(model, workload).ledger
        whole = np.isfinite(ledger.released) & np.isfinite(ledger.answered)
        assert np.median((ledger.released - ledger.answered)[whole]) == pytest.approx(240.0 / (1 - share))


def test_who_is_never_free_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="at most 90%"):
        load(scenario(tmp_path, ", not_free: 95%"))


def test_a_skill_that_comes_later_is_as_slow(tmp_path: Path) -> None:
    model = lower(load(scenario(tmp_path, ", not_free: 20%")))
    from simulator.crisis.actions import ReassignStaff
    from simulator.model.world import At, Step

    step = Step("cross", ReassignStaff("desk", "call", 0.5), At(0.0))
    workload = draw(model, 1, 0)
    ledger = simulate(replace(model, events=(step,)), workload).ledger
    whole = np.isfinite(ledger.released) & np.isfinite(ledger.answered)
    assert np.median((ledger.released - ledger.answered)[whole]) == pytest.approx(240.0 / (0.5 * 0.8))
