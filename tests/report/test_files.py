"""What a run leaves in its folder."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest

from simulator.api import Result, load, run
from simulator.report.results import homes_of
from simulator.vocabulary import Outcome

FIGURES = {
    "abandonment", "waiting-times", "arrivals-and-capacity", "lines-and-queue", "agents", "where-people-ended", "what-held-recovery-up",
    "staffing",
}  # fmt: skip


def _folder(result: Result) -> Path:
    assert result.folder is not None
    return result.folder


def test_each_variant_has_its_files_and_the_comparison_stands_on_top(several: Result) -> None:
    home = _folder(several)
    top = {p.name for p in home.iterdir()}
    assert top == {
        "as-it-happened", "late", "comparison.csv", "figures", "manifest.json", "report.html", "scenario.resolved.yaml", "summary.json",
        "worlds.journal",
    }  # fmt: skip
    for variant in ("as-it-happened", "late"):
        assert {p.name for p in (home / variant).iterdir()} == {
            "contacts.csv", "figures", "intervals.csv", "log.csv", "objectives.csv", "replications.csv", "report.html",
            "scenario.resolved.yaml", "summary.json",
        }  # fmt: skip
        assert {p.stem for p in (home / variant / "figures").iterdir()} == FIGURES
    assert not list(home.rglob("*.part"))


def test_the_manifest_says_how_to_run_it_again_and_knows_every_file(several: Result) -> None:
    home = _folder(several)
    manifest = json.loads((home / "manifest.json").read_text())
    assert manifest["command"].endswith("small-quake.yaml --replications 3 --seed 2 --variant all --records")
    assert manifest["engine"] in {"compiled", "pure", "stale"}
    assert manifest["versions"].keys() >= {"python", "numpy", "simpy", "matplotlib"}
    assert manifest["sha256"].keys() == {p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file()} - {"manifest.json"}
    for name, digest in manifest["sha256"].items():
        assert hashlib.sha256((home / name).read_bytes()).hexdigest() == digest


def test_the_summary_is_strict_json_without_what_differs_between_equal_runs(several: Result) -> None:
    written = (_folder(several) / "summary.json").read_text(encoding="utf-8")

    def no_constants(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    content = json.loads(written, parse_constant=no_constants)
    assert content["schema"] == "crisis-summary/v1"
    assert content["variants"].keys() == {"as-it-happened", "late"}
    assert "run" not in content


def test_the_numbers_of_the_document_are_those_of_the_summary(several: Result) -> None:
    content = json.loads((_folder(several) / "late/summary.json").read_text(encoding="utf-8"))
    found = {(m["measure"], tuple(m["scope"].items())): m for m in content["measures"]}
    shown = found["never_served", (("need", "rescue"),)]
    estimate = several.summaries["late"].estimate("never_served", need="rescue")
    assert shown["mean"] == pytest.approx(estimate.mean, abs=1e-6)
    assert shown["n"] == 3
    assert {t["status"] for t in content["thresholds"]} <= {"pass", "fail", "inconclusive"}


def test_records_have_a_row_per_attempt_of_every_replication(several: Result) -> None:
    for variant, summary in several.summaries.items():
        with (_folder(several) / variant / "contacts.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        attempted = summary.by_replication.columns["attempted"]
        assert len(rows) == attempted.sum()
        assert [sum(row["replication"] == str(r) for row in rows) for r in range(3)] == attempted.tolist()
        assert {row["outcome"] for row in rows} <= {o.name.lower() for o in Outcome}
        assert {row["need"] for row in rows} == {"billing", "rescue"}


def test_intervals_are_in_local_time_and_add_up_to_the_run(several: Result) -> None:
    summary = several.summaries["late"]
    with (_folder(several) / "late/intervals.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["start"] == "2024-03-05T08:00:00+01:00"
    assert rows[4]["since_impact_s"] == "0"
    assert len(rows) == 16
    assert sum(float(row["attempted"]) for row in rows) == pytest.approx(summary.estimate("attempted").mean, abs=1e-4)


def test_the_same_file_and_seed_give_the_same_bytes_with_one_process_and_with_two(root: Path, tmp_path: Path) -> None:
    scenario = load(root / "tests/report/small-quake.yaml")
    folders = [
        _folder(run(scenario, replications=4, seed=9, jobs=jobs, variant="all", out=tmp_path / str(jobs), records=True)) for jobs in (1, 2)
    ]
    names = [p.relative_to(folders[0]) for p in sorted(folders[0].rglob("*")) if p.suffix in {".csv", ".json", ".yaml", ".png", ".npz"}]
    assert len(names) > 20
    for name in names:
        if name.name != "manifest.json":
            assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes(), name


def test_variants_get_folders_of_their_own_whatever_they_are_called(tmp_path: Path) -> None:
    homes = list(homes_of(("figures", "Late", "late", "../up"), tmp_path).values())
    assert len({home.name.lower() for home in homes}) == 4
    assert all(home.parent == tmp_path for home in homes)
    assert "figures" not in {home.name for home in homes}
