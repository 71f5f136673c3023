"""Results are written whole or not at all, and never over each other."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator.api import load, run
from simulator.errors import OutputError
from simulator.report import folder

NOW = datetime(2026, 3, 10, 8, 12, tzinfo=UTC)


def test_a_run_is_named_by_its_time_and_a_hash_of_what_it_ran() -> None:
    name = folder.run_name(NOW, "sha", "1", "crisis run x")
    assert name.startswith("20260310T081200Z-")
    assert name != folder.run_name(NOW, "sha", "2", "crisis run x")
    assert len(name.split("-")[1]) == 6


def test_a_second_equal_run_gets_a_folder_of_its_own(tmp_path: Path) -> None:
    home = folder.prepare(tmp_path, "quake")
    kept = []
    for content in ("first", "second"):
        with folder.whole_or_nothing(home) as scratch:
            (scratch / "file").write_text(content)
            kept.append(folder.keep(scratch, "run"))
    assert (home / "run/file").read_text() == "first"
    assert (home / "run-2/file").read_text() == "second"
    assert (tmp_path / "latest.txt").read_text() == "quake/run-2\n"
    assert kept == [home / "run", home / "run-2"]


def test_nothing_is_left_of_a_run_that_fails_half_way(tmp_path: Path) -> None:
    home = folder.prepare(tmp_path, "quake")

    def interrupted() -> None:
        with folder.whole_or_nothing(home) as scratch:
            (scratch / "half").write_text("a file")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(home.iterdir()) == []


def test_an_unusable_place_is_known_before_anything_is_simulated(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    def simulated(done: int, asked: int) -> None:
        raise AssertionError("it simulated first")

    with pytest.raises(OutputError, match="cannot write results to"):
        run(load(root / "tests/report/small-quake.yaml"), replications=1, jobs=1, out=tmp_path / "file", progress=simulated)


@pytest.mark.parametrize("name", ["../../up", "/etc", "..", ".", "a/b", "\0", "x" * 500])
def test_no_name_leads_out_of_its_folder(name: str) -> None:
    place = folder.place_of(name)
    assert place
    assert not {"/", "\\", "\0"} & set(place)
    assert place not in {".", ".."}
    assert len(place) <= 100


DEVICES = [("nul", "nul-"), ("COM1.old", "COM1.old-"), ("console", "console"), ("a" * 99 + ".b", "a" * 99)]


@pytest.mark.parametrize(("name", "place"), DEVICES)
def test_no_name_is_a_device_or_ends_in_a_dot(name: str, place: str) -> None:
    assert folder.place_of(name) == place
