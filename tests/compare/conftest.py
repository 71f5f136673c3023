from __future__ import annotations

from pathlib import Path

import pytest

from simulator.api import Result, compare, load
from simulator.scenario import Scenario


@pytest.fixture(scope="session")
def quake(root: Path) -> Scenario:
    return load(root / "tests/report/small-quake.yaml")


@pytest.fixture(scope="session")
def compared(quake: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Three strategies in ten worlds, written, with other conditions."""
    return compare(
        [quake], strategies=["priority", "newest-first", "priority:agent=longest-idle"], replications=10, stability=10, jobs=1,
        out=tmp_path_factory.mktemp("results"),
    )  # fmt: skip
