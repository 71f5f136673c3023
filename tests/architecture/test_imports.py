"""The layers hold, and asking for help or checking a file loads nothing heavy."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"numpy", "simpy", "scipy", "matplotlib"}

LOADED = """
import json, sys
from contextlib import suppress
from simulator.cli import main
sys.argv = ["crisis", *json.loads(sys.argv[1])]
with suppress(SystemExit):
    main()
print("\\n" + json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def loaded_by(root: Path, *command: str) -> set[str]:
    """The top-level packages in a fresh process after this ``crisis`` command."""
    run = subprocess.run([sys.executable, "-c", LOADED, json.dumps(command)], cwd=root, capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout.splitlines()[-1]))


def test_imports_only_go_down(root: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("command", [("--help",), ("run", "--help"), ("check", "--help")])
def test_help_loads_nothing_heavy(root: Path, command: tuple[str, ...]) -> None:
    assert loaded_by(root, *command) & (HEAVY | {"pydantic", "yaml", "jinja2"}) == set()


def test_checking_a_scenario_loads_no_numbers_engine_or_figures(root: Path) -> None:
    loaded = loaded_by(root, "check", "scenarios/mexico-city-2017.yaml")
    assert "yaml" in loaded, "the file was not even read"
    assert loaded & HEAVY == set()


def test_the_choice_of_engine_costs_no_heavy_import(root: Path) -> None:
    program = "import sys, simulator.engine, simulator.routing; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert HEAVY.isdisjoint(run.stdout.split())
