"""A folder that somebody else sent never runs code: no file in it that is named as a module is imported, by no process."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.attack.small import SMALL

DRILL = ("exercises/cable-drill.yaml", "exercises/cable-log.yaml", "melbourne-cable-cut.yaml")
MODULE = """
import os
with open({marker!r}, "a") as marks:
    marks.write(__name__ + "\\n")
"""
SCRIPT = """
from simulator import load, run

if __name__ == "__main__":
    run(load({file!r}), replications=2, jobs=2)
"""


def names() -> list[str]:
    """Everything that some process of ours might import."""
    ours = {"simulator", "numpy", "scipy", "yaml", "click", "sitecustomize", "usercustomize", "plugin", "readline"}
    standard = {name for name in sys.stdlib_module_names if name not in sys.builtin_module_names and name.isidentifier()}
    return sorted(ours | standard | {name for name in packages_distributions() if name.isidentifier()})


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """A folder with a scenario, and a module of every name beside it, which leaves a mark when it is run."""
    folder = tmp_path_factory.mktemp("received")
    (folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    (folder / "exercises").mkdir()
    (folder / ".crisis-project").touch()
    for file in DRILL:
        (folder / file).write_bytes((root / "scenarios" / file).read_bytes())
    assert crisis(folder, "run", "small.yaml", "-n", "2", "-o", "first", "-q").returncode == 0
    assert crisis(folder, "run", "small.yaml", "-n", "2", "--seed", "2", "-o", "second", "-q").returncode == 0
    for name in names():
        (folder / f"{name}.py").write_text(MODULE.format(marker=str(folder / "marks")), encoding="utf-8")
    return folder


def crisis(folder: Path, *words: str, start: tuple[str, ...] = ("-P", "-m", "simulator")) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run([sys.executable, *start, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False)


def run_of(folder: Path, kept: str) -> str:
    return str(next((folder / kept).rglob("manifest.json")).parent.relative_to(folder))


def unharmed(folder: Path, ended: subprocess.CompletedProcess[str]) -> None:
    marks = folder / "marks"
    run = sorted(set(marks.read_text(encoding="utf-8").split())) if marks.exists() else []
    marks.unlink(missing_ok=True)
    assert not run
    assert ended.returncode in {0, 3}, ended.stderr


EVERY = {
    "run": ("run", "small.yaml", "-n", "2", "-j", "2", "--variant", "all", "--records"),
    "run on a cluster": ("run", "small.yaml", "-n", "2", "-j", "2", "--executor", "dask"),
    "extend": ("run", "--extend", "FIRST", "-n", "2", "-j", "2"),
    "compare": ("compare", "small.yaml", "--variants", "as-written,fewer", "-n", "2", "-j", "2"),
    "compare runs": ("compare", "FIRST", "SECOND"),
    "sensitivity": ("sensitivity", "small.yaml", "-n", "2", "-j", "2"),
    "weakest": ("weakest", "small.yaml", "--at", "start+10m", "-n", "2", "-j", "2"),
    "drill": ("drill", "exercises/cable-drill.yaml", "-n", "2", "-j", "2", "--log", "exercises/cable-log.yaml"),
    "pack": ("drill", "exercises/cable-drill.yaml", "--pack"),
    "report": ("report", "FIRST"),
    "check": ("check", "small.yaml", "exercises/cable-drill.yaml"),
    "show": ("show", "small.yaml", "--timeline"),
    "init": ("init", "fresh", "--template", "minimal"),
    "list": ("list", "strategies"),
    "explain": ("explain", "bad-value"),
    "schema": ("schema",),
    "verify": ("verify", "EB-1M", "--quick"),
    "version": ("--version",),
}  # fmt: skip


@pytest.mark.parametrize("words", EVERY.values(), ids=EVERY)
def test_no_command_runs_what_lies_in_the_current_folder(hostile: Path, words: tuple[str, ...]) -> None:
    kept = {"FIRST": run_of(hostile, "first"), "SECOND": run_of(hostile, "second")}
    unharmed(hostile, crisis(hostile, *(kept.get(word, word) for word in words)))


def test_python_m_takes_nothing_from_the_folder_but_what_it_is_asked_to_run(hostile: Path) -> None:
    """Python reads ``simulator.py``, and what it needs to find that, before anything of ours runs."""
    before = subprocess.run(
        [sys.executable, "-c", "import sys, runpy, typing, __future__; print(*sys.modules)"], capture_output=True, text=True, check=True
    ).stdout.split()
    hidden = [hostile / f"{name}.py" for name in {*before, "simulator"} if (hostile / f"{name}.py").exists()]
    for file in hidden:
        file.rename(file.with_suffix(".hidden"))
    try:
        unharmed(hostile, crisis(hostile, "run", "small.yaml", "-n", "2", "-j", "2", start=("-m", "simulator")))
    finally:
        for file in hidden:
            file.with_suffix(".hidden").rename(file)


def test_a_script_that_lies_elsewhere_is_as_safe(hostile: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(file="small.yaml"), encoding="utf-8")
    unharmed(hostile, crisis(hostile, start=(str(script),)))


def test_the_modules_would_have_left_a_mark(hostile: Path) -> None:
    subprocess.run([sys.executable, "-c", "import numpy"], cwd=hostile, check=True)
    assert (hostile / "marks").read_text(encoding="utf-8") == "numpy\n"
    (hostile / "marks").unlink()
