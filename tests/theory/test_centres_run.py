"""Every centre of `crisis verify` is a scenario like any other: `crisis run` takes it, and says what there is to say."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from simulator.report.answer import schema
from simulator.verify.case import FILES
from simulator.verify.cases import cases
from tests.command import Crisis

VALIDATOR = jsonschema.Draft7Validator(schema())
CENTRES = sorted(path.name for path in FILES.glob("*.yaml"))


def test_every_case_is_of_a_centre_that_is_run_here() -> None:
    assert {f"{case.file}.yaml" for case in cases()} <= set(CENTRES)


@pytest.mark.parametrize("name", CENTRES)
def test_a_centre_goes_through_the_command(name: str, crisis: Crisis, tmp_path: Path) -> None:
    ended = crisis("run", FILES / name, "-n", "2", "-j", "1", "--json", "-o", tmp_path)
    assert ended.code == 0, ended.err
    said = json.loads(ended.out)
    VALIDATOR.validate(said)
    assert {"report.html", "intervals.csv", "summary.json", "worlds.journal"} <= set(said["artifacts"])
    whole = {m["measure"]: m["mean"] for m in said["measures"] if not any(m["scope"].values())}
    assert whole["attempted"] > 0
    assert "internal error" not in ended.err
