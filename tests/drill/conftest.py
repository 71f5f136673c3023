from __future__ import annotations

from pathlib import Path

import pytest

from simulator.drill.question import Drilled
from simulator.drill.session import drill
from simulator.scenario import Scenario, load

LOG = """\
scenario: drilled
seed: 3
world: 1
ratings:
  O1: {rating: P, notes: quick}
decisions:
  - {time: "T+0:15", role: warden, decision: headcount, name: Ana Perez}
  - {time: T+40m, role: manager, decision: decide, rationale: "we <b>waited</b>, = 1+1"}
  - {time: "T+1:30", role: manager, decision: spare-site, parameters: {agents: {on_shift: {able: 90%}}}}
"""
"""A team that never reroutes the numbers; the facilitator does when the time of I2 runs out."""


@pytest.fixture(scope="session")
def drilled(root: Path) -> Scenario:
    return load(root / "tests/drill/drilled.yaml")


@pytest.fixture(scope="session")
def log_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("log") / "log.yaml"
    file.write_text(LOG, encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def held(drilled: Scenario, log_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Drilled:
    """A drill of three worlds, written in every form."""
    return drill(drilled, log=log_file, replications=3, jobs=1, out=tmp_path_factory.mktemp("results"), command="crisis drill it")
