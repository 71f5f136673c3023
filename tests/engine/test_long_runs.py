"""A run may last a lifetime: seconds are counted beyond what fits into 32 bits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.crisis.play import simulate
from simulator.model.world import Clock
from simulator.workload import draw
from tests.rules.small_centre import centre


def test_the_time_of_agents_is_counted_over_a_hundred_years() -> None:
    model = replace(centre(duration=3e9), clock=Clock("UTC", "2026-01-01T00:00:00+00:00", 3e9, 1e9))
    seen = simulate(model, draw(model, seed=1, replication=0)).observations
    assert seen.agent_time[-1].sum() == pytest.approx(3e9)
    assert seen.free_agents.tolist() == [1] * len(seen.instant)
