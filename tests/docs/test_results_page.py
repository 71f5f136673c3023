"""The page about results names every file that a run writes and every column in them."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from simulator import load, run
from simulator.statistics.measures import measures
from simulator.vocabulary import Cause, Outcome


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "reference" / "results.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    scenario = load(root / "tests" / "report" / "small-quake.yaml")
    result = run(scenario, variant="all", replications=2, jobs=1, out=tmp_path_factory.mktemp("results"), records=True)
    assert result.folder is not None
    return result.folder


def named(page: str, file: str) -> set[str]:
    """What the first column of a file's table names."""
    section = page.partition(f"\n## `{file}`\n")[2].partition("\n## ")[0]
    return {name for cell in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for name in re.findall(r"`([^`]+)`", cell)}


def columns(path: Path) -> set[str]:
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    return {re.sub(r"(\[.*\])?(\.p5|\.p95)?$", "", name) for name in header}


@pytest.mark.parametrize("file", ["log.csv", "comparison.csv", "contacts.csv"])
def test_every_column_of_a_file_is_described_and_no_other(page: str, folder: Path, file: str) -> None:
    (path, *_) = folder.rglob(file)
    assert named(page, file) == columns(path)


def test_every_column_of_the_intervals_is_a_measure_or_described(page: str, folder: Path) -> None:
    (path, *_) = folder.rglob("intervals.csv")
    described = named(page, "intervals.csv")
    assert columns(path) - set(measures) <= described
    assert described <= columns(path)


def test_every_column_of_the_replications_is_a_measure(folder: Path) -> None:
    (path, *_) = folder.rglob("replications.csv")
    assert columns(path) - set(measures) == {"replication"}


def test_every_file_is_named_and_no_other(page: str, folder: Path) -> None:
    table = page.partition("| file |")[2].partition("\n\n")[0]
    promised = set(re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE))
    written = {"figures/*.png" if p.suffix == ".png" else p.name for p in folder.rglob("*") if p.is_file()}
    assert promised == written


def test_every_outcome_and_cause_is_named(page: str) -> None:
    words = set(re.findall(r"`([a-z_]+)`", page.partition("## `contacts.csv`")[2].partition("\n## ")[0]))
    assert {o.name.lower() for o in Outcome if o != Outcome.NONE} <= words
    assert {c.name.lower() for c in Cause if c != Cause.NONE} <= words
