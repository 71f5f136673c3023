"""Killed at any instant, nothing is lost and nothing is left behind; `make attack` kills a hundred times."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.errors import ExitCode
from tests.attack.kills import WORLDS, killed

if sys.platform != "win32":  # which has no such signal

    @pytest.mark.parametrize("name", sorted(WORLDS))
    def test_nothing_is_lost_and_nothing_is_left_behind(tmp_path: Path, name: str) -> None:
        outcome = killed(name, tmp_path, 3, 7)
        assert outcome.failed == {}
        assert outcome.tried == 3

    def test_a_temporary_directory_with_a_long_name_is_a_sentence(root: Path, tmp_path: Path) -> None:
        far = tmp_path / ("x" * 60)
        far.mkdir()
        words = ["run", "tests/scenario_language/small.yaml", "-n", "2", "-j", "2", "-o", str(tmp_path / "out")]
        command = [sys.executable, "-m", "simulator", *words]
        done = subprocess.run(command, cwd=root, env={**os.environ, "TMPDIR": str(far)}, capture_output=True, text=True, check=False)
        assert done.returncode == ExitCode.BAD_INPUT
        assert "its name is too long for a socket. Set TMPDIR" in done.stderr
        assert list(far.iterdir()) == []
