"""Interrupted is not lost: whatever stops a run, it goes on from there and ends with the bytes of one that nothing stopped."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.api import extend, resume, run
from simulator.asking import open_folder
from simulator.cli import main
from simulator.errors import ExitCode, OutputError, UsageError
from simulator.experiment import kept
from simulator.experiment.journal import Journal
from simulator.report import tables
from simulator.scenario import Scenario, load
from tests.command import Crisis
from tests.experiment.test_precision_and_extension import equal_files

SMALL = "tests/scenario_language/small.yaml"
KILLS = 4


@pytest.fixture(scope="session")
def small(root: Path) -> Scenario:
    return load(root / SMALL)


class Killed(BaseException):
    """The end of a process, without any of its own clean-up."""


def stopped(after: int, error: type[BaseException] = Killed) -> Callable[[int, int], None]:
    def tell(done: int, _asked: int) -> None:
        if done == after:
            raise error

    return tell


def left_by(scenario: Scenario, out: Path, after: int, **asked: Any) -> Path:
    """The folder that a run leaves which is stopped when ``after`` replications are finished."""
    with pytest.raises(Killed) as killed:
        run(scenario, jobs=1, out=out, progress=stopped(after), **asked)
    (folder,) = (out / scenario.name).iterdir()
    assert folder.name.endswith(kept.SUFFIX)
    assert f"crisis run --resume {folder}" in killed.value.__notes__[0]
    return folder


def whole(folder: Path) -> dict[str, object]:
    """The manifest of a finished run, all of whose files are as it says."""
    manifest: dict[str, object] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    sums = manifest["sha256"]
    assert isinstance(sums, dict)
    for name, digest in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    return manifest


@pytest.mark.parametrize(("jobs", "variant"), [(1, "all"), (2, None)])
def test_a_run_that_was_killed_goes_on_to_the_bytes_of_one_that_was_not(
    quake: Scenario, tmp_path: Path, jobs: int, variant: str | None
) -> None:
    at_once = run(quake, replications=4, seed=3, jobs=1, variant=variant, records=True, out=tmp_path / "once")
    left = left_by(quake, tmp_path / "killed", 2, replications=4, seed=3, variant=variant, records=True)
    told: list[tuple[int, int]] = []
    finished = resume(left, jobs=jobs, progress=lambda *said: told.append(said))
    assert told == [(3, 4), (4, 4)], "finished worlds are not simulated again"
    equal_files(at_once, finished)
    assert finished.folder == left.with_name(left.name.removesuffix(kept.SUFFIX))
    assert [p.name for p in (tmp_path / "killed" / quake.name).iterdir()] == [finished.folder.name], "nothing else is left"
    whole(finished.folder)
    assert [t.replication for t in finished.tallies[finished.baseline]] == [0, 1, 2, 3]


def test_a_run_that_wants_precision_stops_where_it_would_have_stopped(small: Scenario, tmp_path: Path) -> None:
    wish: dict[str, Any] = {"precision": ["never_served=0.0001pp"], "max_replications": 26, "replications": 6}
    at_once = run(small, jobs=1, out=tmp_path / "once", **wish)
    finished = resume(left_by(small, tmp_path / "killed", 19, **wish), jobs=1)
    assert finished.replications == at_once.replications == 26
    equal_files(at_once, finished)


def test_worlds_that_are_there_already_do_not_decide_earlier_than_they_would_have(small: Scenario, tmp_path: Path) -> None:
    begun = run(small, replications=30, jobs=1)
    wide = 100 * begun.summary.estimate("attempted").half_width
    wish: dict[str, Any] = {"precision": [f"attempted={wide}"], "max_replications": 60, "replications": 5}
    assert run(small, jobs=1, **wish).replications == 5, "any five worlds are enough"
    left = left_by(small, tmp_path, 4, **wish)
    assert resume(left, jobs=2).replications == 5


def test_the_partial_result_of_ctrl_c_is_finished_in_a_folder_of_its_own(quake: Scenario, tmp_path: Path) -> None:
    at_once = run(quake, replications=4, jobs=1, variant="all", records=True, out=tmp_path / "once")
    partial = run(
        quake, replications=4, jobs=1, variant="all", records=True, out=tmp_path / "more", progress=stopped(2, KeyboardInterrupt)
    )  # fmt: skip
    assert partial.folder is not None
    assert partial.interrupted
    before = {p: p.read_bytes() for p in partial.folder.rglob("*") if p.is_file()}
    finished = resume(partial.folder, jobs=1)
    equal_files(at_once, finished)
    assert {p: p.read_bytes() for p in partial.folder.rglob("*") if p.is_file()} == before
    assert finished.folder is not None
    with pytest.raises(UsageError, match="is finished"):
        resume(finished.folder)


def test_an_extension_with_records_that_was_killed_goes_on(quake: Scenario, tmp_path: Path) -> None:
    at_once = run(quake, replications=5, jobs=1, records=True, out=tmp_path / "once")
    begun = run(quake, replications=2, jobs=1, records=True, out=tmp_path / "begun")
    assert begun.folder is not None
    with pytest.raises(Killed):
        extend(begun.folder, replications=3, jobs=1, out=tmp_path / "more", progress=stopped(4))
    shutil.rmtree(begun.folder)
    (left,) = (tmp_path / "more" / quake.name).iterdir()
    equal_files(at_once, resume(left, jobs=1))


def test_what_an_interrupted_extension_began_with_is_known_after_the_next_interruption(small: Scenario, tmp_path: Path) -> None:
    begun = run(small, replications=3, jobs=1, out=tmp_path)
    assert begun.folder is not None
    partial = extend(begun.folder, replications=9, jobs=1, out=tmp_path, progress=stopped(5, KeyboardInterrupt))
    assert partial.folder is not None
    assert partial.replications == 5
    finished = resume(partial.folder, jobs=1)
    assert [t.replication for t in finished.tallies["as-written"]] == list(range(12))
    assert not finished.partial


def test_a_full_disk_at_the_end_keeps_every_world(
    quake: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(tables, "write_log", full)
        with pytest.raises(SystemExit) as ended:
            main(["run", quake.path, "-n", "2", "-j", "1", "-q", "-o", str(tmp_path)])
    assert ended.value.code == ExitCode.BAD_INPUT
    out, err = capsys.readouterr()
    assert "SIMULATED RESULTS" in out
    assert "the results could not be written: No space left on device" in err
    assert "All 2 finished replications are kept. Go on with: crisis run --resume " in err
    (left,) = (tmp_path / quake.name).iterdir()
    assert {p.name for p in left.iterdir()} == {kept.WORLDS, kept.LOCK}, "no half-written results"

    def simulated(done: int, asked: int) -> None:
        raise AssertionError("a finished world was simulated again")

    finished = resume(left, jobs=1, progress=simulated)
    equal_files(run(quake, replications=2, jobs=1, out=tmp_path / "once"), finished)


if sys.platform != "win32":  # limits the size of files as POSIX systems can

    def test_a_disk_that_fills_while_it_simulates_keeps_what_is_finished(small: Scenario, root: Path, tmp_path: Path) -> None:
        run(small, replications=1, jobs=1, out=tmp_path / "one")
        code = (
            "import resource, sys; from simulator.cli import main\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)); main(sys.argv[1:])"
        )
        words = ["run", SMALL, "-n", "200", "-j", "1", "-q", "-o", str(tmp_path / "full")]
        done = subprocess.run([sys.executable, "-c", code, *words], cwd=root, capture_output=True, text=True, check=False)
        assert done.returncode == ExitCode.BAD_INPUT, done.stderr
        assert "takes no more worlds: File too large" in done.stderr
        assert "finished replications are kept. Go on with: crisis run --resume" in done.stderr
        (left,) = (tmp_path / "full/small").iterdir()
        assert len(resume_of(left)) > 1


def resume_of(left: Path) -> list[int]:
    """The worlds that an unfinished folder holds."""
    begun = kept.resume(left)
    numbers = sorted(begun.journal.worlds)
    begun.close()
    return numbers


def test_two_processes_do_not_go_on_with_the_same_run(small: Scenario, tmp_path: Path) -> None:
    left = left_by(small, tmp_path, 2, replications=3)
    first = kept.resume(left)
    with pytest.raises(UsageError, match="is still going on in another process"):
        resume(left)
    first.close()
    assert resume(left, jobs=1).replications == 3


def test_nothing_is_left_of_a_run_without_a_finished_world(small: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise Killed

    monkeypatch.setattr("simulator.statistics.books.check_books", broken)
    with pytest.raises(Killed) as killed:
        run(small, replications=3, jobs=1, out=tmp_path)
    assert not hasattr(killed.value, "__notes__")
    assert list(tmp_path.iterdir()) == []


def test_runs_that_are_there_stay_when_another_comes_to_nothing(small: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise Killed

    there = run(small, replications=1, jobs=1, out=tmp_path).folder
    monkeypatch.setattr("simulator.statistics.books.check_books", broken)
    with pytest.raises(Killed):
        run(small, replications=3, jobs=1, out=tmp_path)
    assert list((tmp_path / "small").iterdir()) == [there]


def test_worlds_of_another_version_are_not_finished(small: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = left_by(small, tmp_path, 1, replications=2)
    monkeypatch.setattr(kept, "running", lambda: "99.0")
    with pytest.raises(UsageError, match="this is 99"):
        resume(left)


def test_what_is_no_interrupted_run_is_a_sentence(small: Scenario, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is not the folder of a finished run"):
        resume(tmp_path)
    left = left_by(small, tmp_path, 1, replications=2)
    with pytest.raises(UsageError, match=f"was interrupted.*crisis run --resume {left}"):
        open_folder(left)
    wrong: list[dict[str, Any]] = [{}, {"about": []}, {"about": {}}, {"about": {"format": kept.FORMAT, "version": "x"}}]
    for said in wrong:
        journal = Journal.in_memory()
        journal._put(said)
        (left / kept.WORLDS).write_bytes(journal._file.getvalue())  # type: ignore[attr-defined]  # which is a buffer
        with pytest.raises(UsageError, match="cannot be read"):
            resume(left)


def test_contacts_that_somebody_changed_are_extended_as_they_were(small: Scenario, tmp_path: Path) -> None:
    """What is extended are the worlds that were kept, not a table that was written from them."""
    at_once = run(small, replications=2, jobs=1, records=True, out=tmp_path / "once")
    begun = run(small, replications=1, jobs=1, records=True, out=tmp_path)
    assert begun.folder is not None
    (begun.folder / "contacts.csv").write_text("mine", encoding="utf-8")
    equal_files(at_once, extend(begun.folder, replications=1, jobs=1, out=tmp_path))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--resume", "x", SMALL), "takes no FILE"),
        (("--resume", "x", "-n", "3", "--seed", "4", "-o", "y"), "takes no -n, --seed, -o"),
        (("--resume", "x", "--set", "run.seed=2", "--extend", "z"), "takes no --set, --extend"),
        (("--resume", "tests"), "is not the folder of a finished run"),
    ],
)
def test_a_resumed_run_cannot_be_made_another_one(
    root: Path, monkeypatch: pytest.MonkeyPatch, crisis: Crisis, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(root)
    ended = crisis("run", *words)
    assert ended.code == ExitCode.BAD_INPUT
    assert said in ended.err


def test_killed_at_any_instant_results_are_whole_and_the_run_goes_on(root: Path, small: Scenario, tmp_path: Path) -> None:
    at_once = run(small, replications=16, seed=2, jobs=1, records=True, out=tmp_path / "once")
    chance = random.Random(20260310)  # noqa: S311  # nothing secret about it
    home = tmp_path / "killed/small"
    command = ["run", small.path, "-n", "16", "--seed", "2", "-j", "2", "--records", "-o", str(tmp_path / "killed")]
    had, finished = 0, False
    for attempt in range(100):
        process = subprocess.Popen([sys.executable, "-m", "simulator", *command, "-q"], cwd=root, stdout=subprocess.DEVNULL)
        if attempt < KILLS:
            time.sleep(chance.uniform(0.2, 2.0 + 0.5 * attempt))
            process.kill()
        ended = process.wait()
        visible = [p for p in home.glob("*") if not p.name.startswith(".")]
        left = [p for p in visible if p.name.endswith(kept.SUFFIX)]
        for folder in visible:
            if folder not in left:
                assert whole(folder)["partial"] is False
                finished = True
        if finished:
            break
        assert ended != 0
        if left:
            worlds = len(resume_of(left[0]))
            assert worlds >= had, "what was finished once stays finished"
            had = worlds
            command = ["run", "--resume", str(left[0]), "-j", "2"]
    assert finished
    (folder,) = (p for p in home.glob("*") if not p.name.startswith(".") and not p.name.endswith(kept.SUFFIX))
    equal_files(at_once, open_folder(folder))


if sys.platform != "win32":  # asks for processes as POSIX systems do

    def test_workers_end_with_a_parent_that_was_killed(root: Path, tmp_path: Path) -> None:
        command = [sys.executable, "-m", "simulator", "run", SMALL, "-n", "1000", "-j", "2", "-o", str(tmp_path)]
        with subprocess.Popen(
            command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
        ) as killed:
            assert killed.stderr is not None
            while "Replications" not in (line := killed.stderr.readline()):
                assert line or killed.poll() is None, "ended before the first hundred replications"
            killed.kill()
        for _ in range(100):
            try:
                os.killpg(killed.pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.1)
        os.killpg(killed.pid, signal.SIGKILL)
        raise AssertionError("a worker outlived the run by ten seconds")


def test_the_disk_that_is_full_before_the_first_world_says_so(small: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("simulator.experiment.journal._write", full)
    with pytest.raises(OutputError, match=r"cannot write results to .*No space left on device"):
        run(small, replications=1, jobs=1, out=tmp_path)
    assert list((tmp_path / "small").iterdir()) == []
