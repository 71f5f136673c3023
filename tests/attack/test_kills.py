"""Killed at any instant, nothing is lost and nothing is left behind; `make attack` kills a hundred times."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.attack.kills import WORLDS, killed

if sys.platform != "win32":  # which has no such signal

    @pytest.mark.parametrize("name", sorted(WORLDS))
    def test_nothing_is_lost_and_nothing_is_left_behind(tmp_path: Path, name: str) -> None:
        outcome = killed(name, tmp_path, 3, 7)
        assert outcome.failed == {}
        assert outcome.tried == 3
