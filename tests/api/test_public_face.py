"""The public face: every name of the package, what it is, and where it is told; names, page and code agree."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import is_dataclass
from enum import IntEnum
from importlib.metadata import version
from inspect import isfunction, signature
from pathlib import Path

import numpy as np
import pytest

import simulator
from simulator import (
    CrisisError,
    Drivers,
    Losses,
    Outcome,
    Result,
    Scenario,
    ScenarioError,
    UsageError,
    draw,
    load,
    lower,
    run,
    sensitivity,
    simulate,
    weakest,
)

ROLE = "roles.digital services manager.busy.for"


def error(name: str) -> bool:
    """An error that whoever catches CrisisError catches."""
    found = getattr(simulator, name)
    return issubclass(found, CrisisError)


def code(name: str) -> bool:
    return issubclass(getattr(simulator, name), IntEnum)


def findings(name: str) -> bool:
    """What a question finds: a record with the scenario, the failures, and the folder."""
    return is_dataclass(getattr(simulator, name)) and {"scenario", "failures", "folder"} <= set(dir(getattr(simulator, name))) | set(
        getattr(simulator, name).__dataclass_fields__
    )


def record(name: str) -> bool:
    return is_dataclass(getattr(simulator, name))


def question(name: str) -> bool:
    """A function of scenarios or folders whose work can be spread over processes, and be written."""
    return isfunction(getattr(simulator, name)) and {"jobs", "out"} <= signature(getattr(simulator, name)).parameters.keys()


def function(name: str) -> bool:
    return isfunction(getattr(simulator, name))


NAMES: dict[str, Callable[[str], bool]] = {
    "load": function, "lower": function, "draw": function, "simulate": function,
    "run": question, "compare": question, "compare_runs": function, "sensitivity": question, "weakest": question,
    "calibrate": function, "drill": lambda name: callable(getattr(simulator, name)), "ask": question,
    "open": function, "render": question, "extend": question, "resume": function,
    "Scenario": record, "Model": record, "Workload": record, "Run": record, "Outcome": code, "Fate": code, "Cause": code,
    "Result": findings, "Drivers": findings, "Losses": findings, "Drilled": findings, "Calibration": record,
    "CrisisError": error, "ScenarioError": error, "UsageError": error, "OutputError": error, "Unwritten": error, "Interrupted": error,
    "StrategyError": error, "BooksError": error, "Diagnostic": record, "ExitCode": code,
    "__version__": lambda name: getattr(simulator, name) == version("crisis-simulator"),
}  # fmt: skip


def test_every_public_name_has_its_test() -> None:
    assert set(simulator.__all__) == set(NAMES)
    assert len(simulator.__all__) == len(set(simulator.__all__))


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_what_it_is_said_to_be(name: str) -> None:
    assert NAMES[name](name)


def test_what_is_in_the_api_is_public_and_the_same() -> None:
    from simulator import api

    assert set(api.__all__) <= set(simulator.__all__)
    for name in api.__all__:
        if name != "drill":  # the package of that name stands for the function
            assert getattr(api, name) is getattr(simulator, name)


def test_every_public_name_is_in_the_tables_of_the_page_and_no_other(root: Path) -> None:
    page = (root / "docs/reference/python-api.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(\w+)(?:\(.*?\))?` \|", page, re.MULTILINE))
    to = set(re.findall(r"\| `([A-Z]\w+)`: ", page)) | {"Result", "Scenario"}  # what functions give
    assert told | to | {"Diagnostic"} == set(simulator.__all__)
    assert "`Diagnostic`" in page


@pytest.mark.parametrize("name", NAMES)
def test_what_users_call_says_what_it_does(name: str) -> None:
    if name != "__version__":
        said = getattr(simulator, name).__doc__
        assert said
        assert "(" not in said.split("\n")[0][:2]  # a dataclass without words of its own shows its fields


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'hold'"):
        simulator.hold  # noqa: B018  # a name of no release
    with pytest.raises(ImportError):
        exec("from simulator import recall")  # noqa: S102  # as a user would write it


@pytest.mark.parametrize("name", ["ScenarioError", "Outcome", "ExitCode", "UsageError", "__version__"])
def test_errors_and_codes_load_nothing_heavy(name: str) -> None:
    script = (
        f"import sys, simulator; simulator.{name}\n"
        "print([m for m in ('numpy', 'pydantic', 'simpy', 'scipy', 'yaml', 'matplotlib') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_the_name_of_the_drill_is_the_same_before_and_after_it_is_loaded() -> None:
    script = (
        "import simulator\nfrom simulator import drill\nbefore = drill\nimport simulator.drill.session\n"
        "from simulator import drill\nassert drill is before is simulator.drill and callable(drill)\n"
        "from simulator import api\nassert callable(api.drill)\nprint('same')"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip() == "same"


@pytest.fixture(scope="module")
def quake(root: Path) -> Scenario:
    return load(root / "scenarios/mexico-city-2017.yaml")


def test_one_world_by_hand(quake: Scenario) -> None:
    model = lower(quake)
    happened = simulate(model, draw(model, seed=1, replication=0))
    assert isinstance(happened, simulator.Run)
    assert set(np.unique(happened.ledger.outcome).tolist()) <= {int(outcome) for outcome in Outcome}


def test_what_moves_the_answer_is_a_function_of_the_package(quake: Scenario) -> None:
    found = sensitivity(quake, measures=["never_served[find-relative]"], factors=[ROLE], replications=2, jobs=1)
    assert isinstance(found, Drivers)
    assert [tornado.measure.name for tornado in found.tornados] == ["never_served"]
    assert found.folder is None


def test_what_must_not_fail_is_a_function_of_the_package(quake: Scenario) -> None:
    found = weakest(quake, kinds=["role"], replications=2, jobs=1)
    assert isinstance(found, Losses)
    assert {loss.part.kind for loss in found.losses} == {"role"}


def test_a_finished_answer_is_opened_by_its_folder(quake: Scenario, tmp_path: Path) -> None:
    found = run(quake, replications=2, jobs=1, out=tmp_path)
    assert found.folder is not None
    again = simulator.open(found.folder)
    assert isinstance(again, Result)
    assert again.summary.estimate("never_served") == found.summary.estimate("never_served")


def test_a_played_drill_is_opened_too(root: Path, tmp_path: Path) -> None:
    scenario = load(root / "tests/drill/drilled.yaml")
    from simulator.drill.kept import answer

    found = simulator.drill(scenario, replications=2, jobs=1, out=tmp_path, forms=("md",))
    assert isinstance(found, simulator.Drilled)
    assert found.folder is not None
    again = simulator.open(found.folder)
    assert answer(again.review) == answer(found.review)


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda s: sensitivity(s, replications=0), "replications"),
        (lambda s: sensitivity(s, levels=1), "levels"),
        (lambda s: sensitivity(s, factors=["no.such"]), "no.such"),
        (lambda s: weakest(s, kinds=["dragon"]), "dragon"),
        (lambda s: weakest(s, measure="no-such"), "no-such"),
        (lambda s: weakest(s, jobs=0), "jobs"),
        (lambda s: weakest(s, seed=-1), "seed"),
        (lambda s: simulator.open("/no/such/folder"), "no/such"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_sentence(quake: Scenario, ask: Callable[[Scenario], object], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        ask(quake)


def test_a_file_that_is_wrong_says_where(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("scenario: 1\nname: x\nclok: {}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(file)
    assert all(isinstance(d, simulator.Diagnostic) for d in caught.value.diagnostics)
    assert any(d.line == 3 for d in caught.value.diagnostics)
