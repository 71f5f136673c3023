from __future__ import annotations

from pathlib import Path

import pytest

from simulator.api import Result, load, run


@pytest.fixture(scope="session")
def several(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Two variants over three replications, written with records."""
    scenario = load(root / "tests/report/small-quake.yaml")
    return run(scenario, replications=3, seed=2, jobs=1, variant="all", out=tmp_path_factory.mktemp("results"), records=True)
