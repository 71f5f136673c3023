"""Replications until an interval is narrow enough, and more of them for a finished run: the worlds of a run at once."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from simulator.api import extend, run
from simulator.asking import open_folder
from simulator.errors import ExitCode, UsageError
from simulator.experiment import kept
from simulator.experiment.question import Findings
from simulator.scenario import Scenario
from simulator.statistics.precision import Precision, Reached
from tests.command import Crisis

ASKED = Precision("never_served=2pp", "never_served", {}, 0.02)


def equal_files(one: Findings, other: Findings) -> None:
    """Everything that equal runs share is equal to the last byte."""
    assert one.folder is not None
    assert other.folder is not None
    names = [p.relative_to(one.folder) for p in sorted(one.folder.rglob("*")) if p.is_file()]
    assert names == [p.relative_to(other.folder) for p in sorted(other.folder.rglob("*")) if p.is_file()]
    for name in names:
        if name.name != "manifest.json" and name.suffix not in (".html", ".md"):  # which tell the hour
            assert (one.folder / name).read_bytes() == (other.folder / name).read_bytes(), name


@pytest.mark.parametrize(
    ("half_width", "n", "enough", "more"),
    [(0.02, 30, True, 0), (0.04, 30, False, 90), (0.0201, 30, False, 1), (math.nan, 1, False, None), (0.0, 5, True, 0)],
)
def test_four_times_as_many_replications_halve_an_interval(half_width: float, n: int, enough: bool, more: int | None) -> None:
    found = Reached(ASKED, "x", half_width, n)
    assert (found.enough, found.more) == (enough, more)


def test_replications_are_added_in_batches_until_the_interval_is_narrow_enough(quake: Scenario) -> None:
    begun = run(quake, replications=5, jobs=1)
    wanted = 200 * begun.summary.estimate("never_served").half_width * 0.6
    text = f"never_served={wanted / 2:.4f}pp"
    found = [run(quake, replications=5, jobs=jobs, precision=[text], max_replications=60) for jobs in (1, 2)]
    assert found[0].precise
    assert 5 < found[0].replications < 60
    assert found[0].replications % 10 == 5, "stops between batches of ten only"
    assert repr(found[0].summary) == repr(found[1].summary)
    (reached,) = found[0].precision
    assert reached.half_width == found[0].summary.estimate("never_served").half_width <= reached.precision.half_width
    assert not found[0].partial


def test_what_cannot_be_reached_stops_at_the_most_and_says_how_many_more(quake: Scenario) -> None:
    result = run(quake, replications=30, jobs=1, precision=["never_served=0.01pp"], max_replications=12)
    assert result.replications == 12, "the most holds for the first batch too"
    (reached,) = result.precision
    assert not result.precise
    estimate = result.summary.estimate("never_served")
    assert reached.more == math.ceil(12 * (estimate.half_width / 0.0001) ** 2) - 12


def test_an_extended_run_is_the_run_at_once(quake: Scenario, tmp_path: Path) -> None:
    at_once = run(quake, replications=5, seed=3, jobs=1, variant="all", out=tmp_path / "once", thresholds=["served >= 1"])
    begun = run(quake, replications=2, seed=3, jobs=1, variant="all", out=tmp_path / "begun", thresholds=["served >= 1"])
    assert begun.folder is not None
    before = {p: p.read_bytes() for p in begun.folder.rglob("*") if p.is_file()}
    told: list[tuple[int, int]] = []
    extended = extend(begun.folder, replications=3, jobs=2, out=tmp_path / "more", progress=lambda *said: told.append(said))
    equal_files(at_once, extended)
    assert told == [(3, 5), (4, 5), (5, 5)], "only the missing worlds are simulated"
    assert {p: p.read_bytes() for p in begun.folder.rglob("*") if p.is_file()} == before, "the finished run stays as it is"
    assert extended.folder is not None
    commands = [json.loads((f / "manifest.json").read_text())["command"] for f in (at_once.folder, extended.folder) if f]
    assert commands[0] == commands[1]


def test_an_interrupted_run_is_extended_without_gaps(quake: Scenario, tmp_path: Path) -> None:
    def press(done: int, asked: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    begun = run(quake, replications=9, jobs=1, out=tmp_path, progress=press)
    assert begun.folder is not None
    extended = extend(begun.folder, replications=2, jobs=1)
    assert [t.replication for t in extended.tallies["as-written"]] == [0, 1, 2, 3]
    assert not extended.partial
    assert repr(extended.summary) == repr(run(quake, replications=4, jobs=1).summary)


def test_a_finished_run_is_recalled_as_it_was(quake: Scenario, tmp_path: Path) -> None:
    ran = run(quake, replications=2, jobs=1, variant="all", out=tmp_path, precision=["served=1"], max_replications=2)
    assert ran.folder is not None
    found = open_folder(ran.folder)
    assert found.question == ran.question
    assert (found.precision, found.baseline, found.asked) == (ran.precision, ran.baseline, ran.asked)
    for name, summary in ran.summaries.items():
        assert repr(found.summaries[name]) == repr(summary)
    assert found.scenario.resolved("late") == ran.scenario.resolved("late")


def test_what_is_no_finished_run_is_a_sentence(quake: Scenario, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not the folder of a finished run"):
        open_folder(tmp_path)
    for content in (b"", b"no archive", b"PK\x05\x06" + bytes(18)):
        (tmp_path / kept.WORLDS).write_bytes(content)
        with pytest.raises(UsageError, match="cannot be read"):
            open_folder(tmp_path)


def test_worlds_of_another_version_are_not_mixed(quake: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run(quake, replications=1, jobs=1, out=tmp_path)
    assert ran.folder is not None
    monkeypatch.setattr(kept, "running", lambda: "99.0")
    with pytest.raises(UsageError, match="this is 99"):
        extend(ran.folder, replications=1)


def test_records_are_extended_where_there_are_any(quake: Scenario, tmp_path: Path, crisis: Crisis) -> None:
    at_once = run(quake, replications=3, jobs=1, variant="all", records=True, out=tmp_path / "once")
    begun = run(quake, replications=1, jobs=1, variant="all", records=True, out=tmp_path / "begun")
    assert begun.folder is not None
    equal_files(at_once, extend(begun.folder, replications=2, jobs=1, out=tmp_path / "more"))
    without = run(quake, replications=1, jobs=1, out=tmp_path)
    ended = crisis("run", "--extend", without.folder, "--records", "-j", "1")
    assert ended.code == ExitCode.BAD_INPUT
    assert "was run without --records" in ended.err
