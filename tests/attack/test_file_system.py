"""Whatever a person names as a file or folder, and whatever the system says of it: a sentence and exit code 2, and nobody waits."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from simulator import disk
from simulator.cli.trouble import explain
from simulator.errors import ExitCode
from tests.attack.small import SMALL
from tests.command import Crisis

EXPORT = str(Path(__file__).parents[2] / "scenarios/exports/hsplit.csv")
THINGS = (
    "pipe.yaml", "loop.yaml", "dangling.yaml", "folder.yaml", "socket.yaml", "closed/inner.yaml", "small.yaml/below", "nothing.yaml",
    f"{'long' * 80}.yaml", "deep/" * 2000 + "down", "/dev/zero", "/dev/null",
)  # fmt: skip
PLACES = {
    "a scenario": ("check", "THING"),
    "one that is run": ("run", "THING", "-n", "1", "-j", "1"),
    "one that is compared": ("compare", "THING", "small.yaml"),
    "one that is shown": ("show", "THING"),
    "an exercise": ("drill", "THING"),
    "one that is studied": ("sensitivity", "THING"),
    "one that is probed": ("weakest", "THING"),
    "what it extends": ("check", "extends.yaml"),
    "a roster": ("check", "small.yaml", "--set", "teams.service.roster=THING"),
    "a table": ("check", "small.yaml", "--set", "demand.billing={from: THING}"),
    "a plug-in": ("check", "small.yaml", "--plugin", "THING"),
    "a results folder": ("report", "THING"),
    "an interrupted run": ("run", "--resume", "THING"),
    "a finished run": ("run", "--extend", "THING"),
    "a log": ("drill", "exercises/cable-drill.yaml", "--log", "THING", "-n", "1", "-j", "1"),
    "an events list": ("drill", "exercises/cable-drill.yaml", "--pack", "--events-list", "THING"),
    "an export": ("import", "THING"),
    "one that is estimated from": ("calibrate", "THING"),
    "a centre that takes estimates": ("calibrate", EXPORT, "--into", "THING"),
    "one that is staffed": ("staff", "THING", "--target", "voice.service_level >= 80%"),
    "an improvement plan": ("drill", "exercises/cable-drill.yaml", "--plan", "THING"),
}
WRITTEN = {
    "results": ("run", "small.yaml", "-n", "1", "-j", "1", "-q", "-o", "THING"),
    "a pack": ("drill", "exercises/cable-drill.yaml", "--pack", "-o", "THING"),
    "a new scenario": ("init", "THING"),
}


def late(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError("it waits")


@pytest.fixture
def place(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with everything that can stand where a file should, in which nobody may take ten seconds."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".crisis-project").touch()
    Path("small.yaml").write_text(SMALL, encoding="utf-8")
    Path("exercises").mkdir()
    for file in ("exercises/cable-drill.yaml", "melbourne-cable-cut.yaml"):
        shutil.copy(root / "scenarios" / file, file)
    os.mkfifo("pipe.yaml")
    Path("loop.yaml").symlink_to("loop.yaml")
    Path("dangling.yaml").symlink_to("gone")
    Path("folder.yaml").mkdir()
    Path("closed").mkdir()
    Path("closed/inner.yaml").touch()
    Path("closed").chmod(0)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("socket.yaml")
        before = signal.signal(signal.SIGALRM, late)
        signal.alarm(60)
        yield tmp_path
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    (tmp_path / "closed").chmod(0o700)


@pytest.mark.parametrize("words", PLACES.values(), ids=PLACES)
def test_nothing_that_is_no_file_of_ours_is_taken_for_one(place: Path, crisis: Crisis, words: tuple[str, ...]) -> None:
    for thing in THINGS:
        named = thing.replace(".yaml", ".py") if "--plugin" in words else thing.replace(".yaml", ".csv") if "--plan" in words else thing
        if named != thing and disk.exists(thing):
            Path(thing).rename(named)
        (place / "extends.yaml").write_text(f"extends: {thing}\n{SMALL}", encoding="utf-8")
        ended = crisis(*(word.replace("THING", named) for word in words))
        assert ended.code == ExitCode.BAD_INPUT, (thing, ended.err)
        assert "error" in ended.out + ended.err
        assert "internal" not in ended.err


@pytest.mark.parametrize("words", WRITTEN.values(), ids=WRITTEN)
def test_nothing_is_written_where_no_folder_can_be(place: Path, crisis: Crisis, words: tuple[str, ...]) -> None:
    for thing in THINGS:
        if thing not in {"folder.yaml", "nothing.yaml"} and not (thing.startswith("closed") and os.geteuid() == 0):
            ended = crisis(*(word.replace("THING", thing) for word in words))
            assert ended.code == ExitCode.BAD_INPUT, (thing, ended.err)
            assert "error" in ended.err
            assert "internal" not in ended.err


def test_what_it_is_instead_is_said(place: Path, crisis: Crisis) -> None:
    said = {thing: crisis("check", thing).out.split("\n")[0] for thing in THINGS}
    assert said["pipe.yaml"] == "error[no-file]: the scenario is a pipe, not a file"
    assert said["socket.yaml"] == "error[no-file]: the scenario is a socket, not a file"
    assert said["folder.yaml"] == "error[no-file]: the scenario is a folder, not a file"
    assert said["/dev/zero"] == "error[no-file]: the scenario is a device, not a file"
    assert said["loop.yaml"] == "error[no-file]: the scenario is a link that leads round in a circle"
    assert said[f"{'long' * 80}.yaml"] == "error[no-file]: the scenario has a name that is too long for this system"
    assert said["dangling.yaml"] == said["small.yaml/below"] == "error[no-file]: the scenario does not exist"


def test_a_folder_that_is_gone(place: Path, crisis: Crisis, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = place / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for words in (("check", "small.yaml"), ("init", "fresh"), ("report", "run"), ("run", place / "small.yaml", "-n", "1", "-j", "1")):
        ended = crisis(*words)
        assert ended.code == ExitCode.BAD_INPUT
        assert "internal" not in ended.err


def test_what_the_system_refuses_anywhere_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(PermissionError(13, "Permission denied", "plans/roster.csv")) == ExitCode.BAD_INPUT
    assert capsys.readouterr().err == "error: `plans/roster.csv` may not be read by you\n"
    assert explain(OSError("something else")) == ExitCode.BUG


def test_a_file_that_becomes_a_pipe_is_not_waited_for(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ordinary = Path("small.yaml").stat()
    monkeypatch.setattr(os, "stat", lambda *_, **__: ordinary)
    assert disk.content("pipe.yaml", 100) == b""
