from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.model.world import At, Model, Step
from simulator.scenario import Scenario, load, lower
from tests.experiment.accidents import Accident


@pytest.fixture(scope="session")
def quake(root: Path) -> Scenario:
    return load(root / "tests/report/small-quake.yaml")


@pytest.fixture
def model(quake: Scenario) -> Model:
    return lower(quake, "as-it-happened")


def with_accident(model: Model, accident: Accident) -> Model:
    return replace(model, events=(*model.events, Step("accident", accident, At(3600.0))))
