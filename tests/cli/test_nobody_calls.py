"""Where nobody calls, every question has an answer, in dashes, and no library warns of it on the terminal."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from simulator.api import run
from simulator.errors import UsageError
from simulator.scenario import load
from simulator.statistics.measures import DIMENSIONS, check_scope, measures
from tests.command import Crisis

FILE = Path(__file__).parent / "nobody.yaml"
COMMANDS = {
    "run": ("run", FILE, "-n", "3"),
    "run one world": ("run", FILE, "-n", "1"),
    "run all": ("run", FILE, "-n", "3", "--variant", "all"),
    "run for programs": ("run", FILE, "-n", "3", "--json", "--records"),
    "compare": ("compare", FILE, "-n", "3", "--stability", "2"),
    "compare strategies": ("compare", FILE, "-n", "12", "--strategies", "priority,first-come,newest-first"),
    "compare a line": ("compare", FILE, "-n", "3", "--vary", "teams.agents.headcount=5:7:1"),
    "sensitivity": ("sensitivity", FILE, "-n", "4", "--against", "more"),
    "weakest": ("weakest", FILE, "-n", "3"),
    "drill": ("drill", FILE, "-n", "3"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_answer(crisis: Crisis, tmp_path: Path, name: str) -> None:
    """Any warning is an error here, as everywhere in these tests; so only what is printed is looked at."""
    done = crisis(*COMMANDS[name], "-j", "1", "-o", tmp_path)
    assert done.code == 0, done.err
    assert "Warning:" not in done.err
    assert not {"nan", "NaN"} & set(done.out.replace(",", " ").split())


def test_every_measure_is_missing_or_a_number_in_every_scope() -> None:
    found = run(load(FILE), replications=3, jobs=1).summary
    names = {"phase": "second", "need": "call", "channel": "voice", "site": "hall", "group": "old"}
    tried = 0
    for name, measure in measures.items():
        for scope in ({}, *({dimension: names[dimension]} for dimension in DIMENSIONS)):
            try:
                check_scope(measure, scope, {key: (value,) for key, value in names.items()})
                estimate = found.estimate(name, **scope)
            except UsageError:
                continue
            tried += 1
            assert estimate.n == 0 or not math.isnan(estimate.mean), (name, scope)
    assert tried > 300
