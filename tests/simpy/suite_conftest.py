"""Stands in for the conftest of SimPy's suite: its two fixtures, on our environment."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.engine.environment import CrisisEnvironment


@pytest.fixture
def log() -> list[Any]:
    return []


@pytest.fixture
def env() -> CrisisEnvironment:
    return CrisisEnvironment()
