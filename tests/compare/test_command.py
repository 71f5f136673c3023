"""The command: what it prints, what it writes, how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from simulator.cli import crisis
from simulator.errors import UsageError
from simulator.report import findings

SMALL = ["-n", "3", "-j", "1", "--stability", "0", "--progress", "none"]


@pytest.fixture(scope="module")
def file(root: Path) -> str:
    return str(root / "tests/report/small-quake.yaml")


def told(*arguments: str, expect: int = 0) -> tuple[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "simulator", "compare", *arguments], capture_output=True, text=True, check=False, encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode == expect, done.stderr
    return done.stdout, done.stderr


def test_the_verdict_comes_first_and_the_report_is_named(file: str, tmp_path: Path) -> None:
    out, err = told(file, "--strategies", "priority,newest-first", *SMALL, "-o", str(tmp_path))
    head, verdict, *_ = out.split("\n\n")
    assert head.splitlines()[1] == "SIMULATED RESULTS, not observed; not calibrated."
    assert "priority" in verdict
    assert "Report: " in err
    assert (Path(err.rpartition("Report: ")[2].strip())).is_file()
    assert max(map(len, out.splitlines())) <= 120


def test_json_is_one_document_and_nothing_else(file: str, tmp_path: Path) -> None:
    out, err = told(file, "--vary", "sites.spare.seats=4,8", *SMALL, "-o", str(tmp_path), "--json", "-q")
    document = json.loads(out)
    jsonschema.validate(document, findings.schema())
    assert document["alternatives"] == ["seats=4", "seats=8"]
    assert err == ""
    (written,) = tmp_path.rglob("comparison.json")
    assert json.loads(written.read_text(encoding="utf-8")) == document


def test_the_command_in_the_report_gives_the_same_again(file: str, tmp_path: Path) -> None:
    given = [
        file,
        "--strategies",
        "priority,newest-first",
        "--variants",
        "as-written,late",
        "--measure",
        "harm",
        "--baseline",
        "late+priority",
    ]
    told(*given, *SMALL, "-o", str(tmp_path / "a"), "-q")
    (manifest,) = (tmp_path / "a").rglob("manifest.json")
    import shlex

    command = shlex.split(json.loads(manifest.read_text(encoding="utf-8"))["command"])
    assert command[:3] == ["crisis", "compare", Path(file).name], "where it lies is not kept: the command is given there"
    told(file, *command[3:], "-j", "1", "-q", "-o", str(tmp_path / "b"))
    first, second = (next((tmp_path / place).rglob("comparison.json")).read_bytes() for place in "ab")
    assert first == second
    assert json.loads(first)["baseline"] == "late+priority"


def test_a_plan_is_shown_without_simulating(file: str) -> None:
    shown = CliRunner().invoke(crisis, ["compare", file, "--vary", "links.north.lines=10:20:5", "--dry-run"])
    assert shown.exit_code == 0
    assert "lines=10" in shown.stdout
    assert "links.north.lines" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--measure", "never_servd"], "unknown measure `never_servd`"),
        (["--baseline", "x"], "--baseline: there is no alternative `x`"),
        (["--rank", "never_served=1pp", "-n", "3"], "--rank needs at least 20 replications"),
        (["--precision", "never_served=0pp"], "no number of replications"),
        (["--rank", "never_served"], "`never_served` is not a measure and a difference; write it like"),
        (["--rank", "never_served=0pp"], "the difference that would not matter to you must be more than 0"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_not_shown(file: str, arguments: list[str], says: str) -> None:
    shown = CliRunner().invoke(crisis, ["compare", file, "--dry-run", *arguments])
    assert isinstance(shown.exception, UsageError)
    assert says in str(shown.exception)
    assert shown.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--vary", "sites.spare.seats=1:10000000:1"], "these are 10,000,000 points"),
        (["--strategies", "priority,fifo"], "there is no strategy `fifo`"),
        (["--strategies", "priority,,first-come"], "a name is missing between two commas"),
        (["--strategies", "priority"], "has nothing to be compared with"),
        (["--baseline", "x"], "--baseline: there is no alternative `x`"),
        (["--strict-precision"], "needs a --precision or a --rank"),
        (["--strategies", "priority:foo=1,first-come"], "unknown key `foo`"),
        (["--set", "sites.nowhere.seats=3"], "sites.nowhere"),
    ],
)
def test_what_is_wrong_is_a_sentence_and_exit_code_two(file: str, arguments: list[str], says: str) -> None:
    out, err = told(file, *arguments, *SMALL, expect=2)
    assert says in err
    assert out == ""
    assert "Traceback" not in err


def test_wrong_files_are_all_told(root: Path, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.yaml").write_text("schema: crisis/v1\n", encoding="utf-8")
    _, err = told(str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml"), *SMALL, expect=2)
    assert "a.yaml" in err
    assert "b.yaml" in err


def test_an_undecided_ranking_can_fail_a_pipeline(file: str, tmp_path: Path) -> None:
    ask = [file, "--strategies", "priority,first-come", "--rank", "people_never_served=0.01", "-n", "20", "--max-replications", "20"]
    told(*ask, "-j", "1", "--stability", "0", "-q", "--strict-precision", "-o", str(tmp_path), expect=4)


def test_help_loads_neither_numbers_nor_figures(root: Path) -> None:
    heavy = {"numpy", "simpy", "scipy", "matplotlib"}
    code = f"import sys, simulator.cli.compare; print({heavy} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True).stdout.strip() == "set()"


def test_the_keys_of_the_document_are_explained() -> None:
    said = CliRunner().invoke(crisis, ["explain", "crisis-comparison/v1"]).stdout
    assert "the one document that `crisis compare --json` prints" in said
    assert all(f"\n  {key}" in said for key in findings.schema()["properties"])
    assert "undominated: no other alternative is at least as good" in said
