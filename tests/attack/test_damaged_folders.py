"""What somebody else wrote is checked as a whole: a damaged folder is a sentence, or costs the world that is damaged and no other."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator import api
from simulator.asking import open_folder, render, resume
from simulator.errors import ExitCode, UsageError
from simulator.experiment import kept
from simulator.experiment.received import Damaged
from tests.attack.damage import Folders, damaged_folders, entries, folders, journal_of, numbers, place_in
from tests.command import Crisis


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged")


@pytest.fixture(scope="module")
def given(place: Path) -> Folders:
    return folders(place)


@pytest.mark.parametrize("seed", [1, 2])
def test_no_damage_is_a_traceback_and_none_shows_other_numbers(tmp_path: Path, seed: int) -> None:
    outcome = damaged_folders(tmp_path, 60, seed)
    assert outcome.failed == {}
    assert outcome.refused > 10


def test_a_world_that_is_damaged_is_simulated_again_and_told(given: Folders, place: Path, tmp_path: Path, crisis: Crisis) -> None:
    bodies = entries(given.unfinished[kept.WORLDS])
    assert len(bodies) == 3, "what was asked, and two worlds"
    at = given.unfinished[kept.WORLDS].index(bodies[1]) + len(bodies[1]) // 2
    content = bytearray(given.unfinished[kept.WORLDS])
    content[at] ^= 1
    folder = place_in(tmp_path / f"run{kept.SUFFIX}", {kept.WORLDS: bytes(content)})
    ended = crisis("run", "--resume", str(folder), "-j", "1")
    assert ended.code == ExitCode.OK
    assert "1 entry of what was kept was damaged and left out: their worlds were simulated again." in ended.err
    assert numbers(tmp_path / "run") == given.numbers


def test_checksums_are_compared_before_numbers_are_shown(given: Folders, tmp_path: Path, crisis: Crisis) -> None:
    bodies = entries(given.finished[kept.WORLDS])
    folder = place_in(tmp_path / "run", {**given.finished, kept.WORLDS: journal_of([bodies[0], bodies[2], bodies[1], *bodies[3:]])})
    for words in (["report", folder], ["compare", folder, folder], ["run", "--extend", folder, "-n", "1"], ["run", "--resume", folder]):
        ended = crisis(*map(str, words), *(("-o", str(tmp_path / "out")) if "--resume" not in words else ()))
        assert ended.code == ExitCode.BAD_INPUT
        assert f"{folder / kept.WORLDS} is not what the run wrote: manifest.json has another checksum" in ended.err
        assert ended.out == ""


def test_rendering_again_does_not_vouch_for_what_somebody_changed(place: Path, tmp_path: Path) -> None:
    whole = next((place / "whole").rglob("manifest.json")).parent
    folder = shutil.copytree(whole, tmp_path / "run")
    (folder / "comparison.csv").write_text("changed", encoding="utf-8")
    before = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["sha256"]
    render(folder, ["md"], jobs=1)
    after = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["sha256"]
    assert after["comparison.csv"] == before["comparison.csv"]
    assert "report.md" in after


DEEP = b"[" * 200_000


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"manifest.json": None}, "manifest.json` is a folder|is a folder", id="a folder"),
        pytest.param({"manifest.json": b'{"a":' + DEEP}, "nested without end", id="nested without end"),
        pytest.param({"manifest.json": b"[]"}, "no JSON object", id="a list"),
        pytest.param({"manifest.json": b'{"sha256": {}, "command": "\\ud800"}'}, "surrogates not allowed", id="half a character"),
        pytest.param({"manifest.json": b'{"sha256": {}, "command": "c", "began": "2026-01-01"}'}, "offset from UTC", id="no offset"),
        pytest.param({kept.WORLDS: b"crisis journal 3\n"}, "its beginning is damaged", id="nothing"),
        pytest.param({kept.WORLDS: journal_of([b'{"about": ' + DEEP + b"\n"])}, "its beginning is damaged", id="deep"),
    ],
)
def test_what_is_wrong_is_said_with_the_file(given: Folders, tmp_path: Path, change: dict[str, Any], said: str) -> None:
    folder = place_in(tmp_path / "run", {**given.finished, **change})
    with pytest.raises(UsageError, match=said) as told:
        open_folder(folder)
    assert str(folder / next(iter(change))) in str(told.value)


def asking(change: Callable[[dict[str, Any]], object], given: Folders) -> bytes:
    """The worlds of the interrupted run, of which something else was asked."""
    first, *others = entries(given.unfinished[kept.WORLDS])
    said = json.loads(first)
    change(said["about"])
    return journal_of([json.dumps(said).encode() + b"\n", *others])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda about: about["question"].update(replications=10**30), id="more worlds than there can be"),
        pytest.param(lambda about: about["question"].update(replications="3"), id="a text for a number"),
        pytest.param(lambda about: about["question"].update(seed=-1), id="no seed"),
        pytest.param(lambda about: about["question"].update(other=1), id="a wish that does not exist"),
        pytest.param(lambda about: about["scenario"].update(tree=[]), id="no scenario"),
        pytest.param(lambda about: about["scenario"].update(title=3), id="no title"),
        pytest.param(lambda about: about["scenario"]["tree"]["needs"].update(billing=7), id="a scenario that is wrong"),
        pytest.param(lambda about: about.update(began="yesterday"), id="no instant"),
    ],
)
def test_what_was_asked_is_checked_like_any_scenario(
    given: Folders, tmp_path: Path, crisis: Crisis, change: Callable[[dict[str, Any]], object]
) -> None:
    folder = place_in(tmp_path / f"run{kept.SUFFIX}", {kept.WORLDS: asking(change, given)})
    ended = crisis("run", "--resume", str(folder), "-j", "1")
    assert ended.code == ExitCode.BAD_INPUT, ended.err
    assert "internal error" not in ended.err


def test_a_world_that_unpacks_to_gigabytes_is_refused(given: Folders, tmp_path: Path) -> None:
    import zlib

    first, second, *others = entries(given.unfinished[kept.WORLDS])
    line, _, parts = second.partition(b"\n")
    said = json.loads(line)
    sizes = [size for leaf in said["leaves"].values() for size in leaf]
    pump = zlib.compressobj(9)
    bomb = b"".join(pump.compress(bytes(2**20)) for _ in range(1200)) + pump.flush()
    next(iter(said["leaves"].values()))[0] = len(bomb)
    body = json.dumps(said).encode() + b"\n" + bomb + parts[sizes[0] :]
    folder = place_in(tmp_path / f"run{kept.SUFFIX}", {kept.WORLDS: journal_of([first, body, *others])})
    with pytest.raises(Damaged, match=r"\(world \d\) cannot be read.*unpacks to more"):
        resume(folder, jobs=1)


def test_an_accident_is_one_that_would_be_seen(given: Folders) -> None:
    from tests.attack.damage import HONEST, KINDS

    chance = random.Random(3)  # noqa: S311  # nothing secret about it
    for kind in HONEST:
        finished, damage = KINDS[kind]
        whole = given.finished if finished else given.unfinished
        assert any(damage(given, chance) != whole for _ in range(5)), kind


def test_the_interrupted_run_goes_on_where_nothing_is_damaged(given: Folders, tmp_path: Path) -> None:
    folder = place_in(tmp_path / f"run{kept.SUFFIX}", dict(given.unfinished))
    result = resume(folder, jobs=1)
    assert result.spoilt == 0
    assert result.folder is not None
    assert numbers(result.folder) == given.numbers
    assert api.open(result.folder).replications == 3
