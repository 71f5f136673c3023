"""The compiled engine and its sources tell the same story, to the last byte."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from simulator.engine import build

STORY = "scenarios/mexico-city-2017.yaml"


def told(root: Path, out: Path, pure: str) -> tuple[str, dict[str, bytes]]:
    """Which engine ran, and every result file that another run of the same must share."""
    run = subprocess.run(
        [sys.executable, "-m", "simulator", "run", STORY, "-n", "1", "-j", "1", "-o", str(out), "--records", "--quiet"],
        cwd=root,
        env={**os.environ, build.PURE: pure},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode in {0, 3}, run.stderr
    (manifest,) = out.rglob("manifest.json")
    kept = [path for path in manifest.parent.rglob("*") if path.suffix == ".csv" or path.name == "summary.json"]
    engine = next(word for word in ("compiled", "pure", "stale") if f'"engine": "{word}"' in manifest.read_text())
    return engine, {str(path.relative_to(manifest.parent)): path.read_bytes() for path in kept}


def test_compiled_and_pure_runs_give_the_same_bytes(root: Path, tmp_path: Path) -> None:
    installed, files = told(root, tmp_path / "installed", "0")
    pure, again = told(root, tmp_path / "pure", "1")
    assert pure == "pure"
    assert installed == build.state() or os.environ.get(build.PURE)
    assert {"summary.json", "intervals.csv", "replications.csv", "log.csv"} <= files.keys()
    assert sum("contacts" in name for name in files) == 1
    assert [name for name in files if files[name] != again.get(name)] == []
