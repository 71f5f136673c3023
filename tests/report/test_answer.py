"""The document for programs: exactly its keys, valid against the schema that is shipped, equal outside ``run``."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from simulator.api import Result, load, run
from simulator.report.answer import answer, schema
from simulator.report.document import document_of, text

KEYS = {
    "schema", "scenario", "variant", "seed", "replications", "partial", "measures", "thresholds", "tolerances", "continuity", "staffing",
    "warnings", "artifacts", "run",
}  # fmt: skip
VALIDATOR = jsonschema.Draft7Validator(schema())


def said(result: Result) -> dict[str, Any]:
    """The document as a program reads it."""

    def no_constants(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    found: dict[str, Any] = json.loads(text(answer(result)), parse_constant=no_constants)
    return found


def test_the_schema_is_one() -> None:
    jsonschema.Draft7Validator.check_schema(schema())


def test_one_variant_has_exactly_the_keys(root: Path, tmp_path: Path) -> None:
    document = said(run(load(root / "tests/report/small-quake.yaml"), replications=2, jobs=1, out=tmp_path))
    VALIDATOR.validate(document)
    assert document.keys() == KEYS
    assert document["measures"][0].keys() == {"measure", "scope", "mean", "half_width", "p5", "p50", "p95", "n", "unit", "endless"}
    assert document["thresholds"][0].keys() == {
        "id", "text", "value", "half_width", "status", "verdict", "judged_by", "met", "worlds", "share", "low", "high", "in", "needs",
    }  # fmt: skip
    assert document["continuity"]["rto"].keys() == {"limit", "verdict", "met", "worlds", "share", "low", "high", "in"}
    assert document["continuity"]["needs"].keys() == {"rescue", "billing"}
    assert {"manifest.json", "report.html", "summary.json"} <= set(document["artifacts"])
    assert all((Path(document["run"]["folder"]) / name).is_file() for name in document["artifacts"])


def test_agents_required_stand_beside_those_scheduled_and_at_work_in_every_document(several: Result) -> None:
    plan = several.summary.staffing
    assert plan is not None
    found = said(several)["staffing"]
    assert json.loads(text(document_of(several, several.baseline)))["staffing"] == found
    assert found["targets"] == [{"channel": "voice", "share": 0.8, "within": 20}]
    assert len(found["intervals"]) == len(several.summary.interval_starts)
    for row in found["intervals"]:
        assert row["over"] - row["under"] == pytest.approx(row["present"] - row["required"], abs=1e-3)
        assert sum(row["by_need"].values()) == row["required"]
    assert [row["scheduled"] for row in found["intervals"]] == pytest.approx(plan.scheduled.tolist(), abs=1e-3)
    assert any(row["under"] > 0 for row in found["intervals"])  # the building is lost


def test_several_variants_are_one_document_about_the_baseline_with_the_others_beside(several: Result) -> None:
    document = said(several)
    VALIDATOR.validate(document)
    assert document.keys() == KEYS | {"variants"}
    assert document["variant"] == "as-it-happened"
    (other,) = document["variants"]
    assert other["variant"] == "late"
    tried = {v["measure"]: v["mean"] for v in other["measures"] if not any(v["scope"].values())}["never_served"]
    baseline = {v["measure"]: v["mean"] for v in document["measures"] if not any(v["scope"].values())}["never_served"]
    difference = {v["measure"]: v["mean"] for v in other["differences"] if not any(v["scope"].values())}["never_served"]
    assert difference == pytest.approx(tried - baseline, abs=1e-3)


def test_nothing_written_is_no_folder_and_no_artifacts(several: Result) -> None:
    document = said(replace(several, folder=None))
    VALIDATOR.validate(document)
    assert (document["artifacts"], document["run"]) == ([], {})


def test_everything_outside_run_is_equal_for_one_process_and_for_two(root: Path, tmp_path: Path) -> None:
    scenario = load(root / "tests/report/small-quake.yaml")
    found = [said(run(scenario, replications=3, seed=4, jobs=jobs, variant="all", out=tmp_path / str(jobs))) for jobs in (1, 2)]
    assert found[0].pop("run") != found[1].pop("run")
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "broken",
    [{"more": 1}, {"replications": 0}, {"measures": [{"measure": "served"}]}, {"thresholds": [{"status": "perhaps"}]}, {"variants": []}],
)
def test_the_schema_refuses_other_documents(several: Result, broken: dict[str, Any]) -> None:
    assert not VALIDATOR.is_valid(said(several) | broken)
