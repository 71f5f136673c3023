"""The folder of a question: while it goes on, what was asked and every world so far; when it is finished, the same, sealed.

An unfinished folder appears whole, under its final name and a suffix, and from then on holds enough to go on with at any instant:
nothing that kills the process leaves it in between. Nothing that is kept is executed when it is read.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from simulator import disk
from simulator.errors import Diagnostic, UsageError
from simulator.experiment import received
from simulator.experiment.journal import Journal
from simulator.experiment.question import Found, Plan, Question, Task, questions, with_tuples
from simulator.experiment.task import Trouble
from simulator.model.plugin import require
from simulator.scenario import Scenario

WORLDS = "worlds.journal"
OLD = "worlds.npz"
"""What versions before this one kept."""
SUFFIX = ".unfinished"
"""How the name of a folder ends in which a question is not finished."""
LOCK = "lock"
FORMAT = 7


@dataclass(frozen=True)
class Unfinished:
    """A question as far as it has come, which no other process can go on with meanwhile."""

    folder: Path
    scenario: Scenario
    question: Question
    began: datetime
    journal: Journal
    _lock: int

    @property
    def name(self) -> str:
        """What the folder of the finished question is to be called."""
        return self.folder.name.removesuffix(SUFFIX)

    @property
    def kept(self) -> str:
        """Message for a user whose run was interrupted."""
        many = len(self.journal.worlds)
        what = "The finished replication is" if many == 1 else f"All {many} finished replications are"
        return f"{what} kept. Go on with: {resuming(self.question, self.folder)}"

    def close(self) -> None:
        """Leave the folder to whoever goes on with it."""
        self.journal.close()
        os.close(self._lock)

    def discard(self) -> None:
        """Close and remove the folder: at once under this name, so that nobody goes on with half of it.

        The folder of the scenario goes with it where it holds nothing else.
        """
        self.close()
        away = self.folder.with_name(f".{self.folder.name}")
        with suppress(OSError):  # what cannot be removed is in nobody's way
            self.folder.rename(away)
            shutil.rmtree(away, ignore_errors=True)
            self.folder.parent.rmdir()


@dataclass(frozen=True)
class Finished:
    """A finished question as it was kept; :meth:`found` has its worlds."""

    folder: Path
    scenario: Scenario
    question: Question
    version: str  #: of the simulator that ran it
    journal: Journal

    @property
    def complete(self) -> bool:
        """Whether nothing lacks that could still be simulated."""
        seal = self.journal.seal or {}
        return not (seal["interrupted"] or seal["deaths"] or seal["torn"])

    def found(self, plan: Plan) -> Found:
        """What its worlds have left behind."""
        seal = self.journal.seal or {}
        plan.digests.update(seal["points"])
        found = Found(plan, self.journal, self.question.seed)
        found.add(Task(world, tuple(points)) for worlds, points in seal["tasks"] for world in worlds)
        found.interrupted = seal["interrupted"]
        found.deaths = {(digest, world): Trouble(error, death=True) for digest, world, error in seal["deaths"]}
        found.torn = {found.tasks[place]: Trouble(error, death=True) for place, error in seal["torn"]}
        return found

    def require_version(self) -> None:
        """Raise UsageError unless the simulator that is running is the one that ran it."""
        _require_version(self.folder, self.version)


def begin(
    home: Path, name: str, scenario: Scenario, question: Question, began: datetime, worlds: Journal | None = None
) -> Unfinished:
    """A new folder in ``home`` for what is to be called ``name``, which holds ``worlds`` already.

    Raises OSError where nothing can be written.
    """
    scratch = Path(tempfile.mkdtemp(prefix=".new-", dir=home))
    try:
        journal = Journal.create(scratch / WORLDS, about(scenario, question) | {"began": began.isoformat()})
        try:
            if worlds is not None:
                journal.copy(worlds)
        finally:
            journal.close()
        scratch.chmod(0o755)
        return resume(_named(scratch, home, name))
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise


def resume(folder: Path) -> Unfinished:
    """The question in ``folder``. Raises UsageError where there is none, none of this version, or one that is still going on."""
    path = folder / WORLDS
    if not disk.is_file(path):
        raise _nothing_in(folder)
    with received.received(folder / LOCK):
        lock = _locked(folder / LOCK)
    if lock is None:
        raise UsageError(f"{folder} is still going on in another process.")
    try:
        journal = Journal.open(path, to_write=True)
        try:
            with received.received(path):
                scenario, question = asked(journal.about, path)
                began = received.instant(journal.about["began"])
                _require_version(folder, journal.about["version"])
        except BaseException:
            journal.close()
            raise
        return Unfinished(folder, scenario, question, began, journal, lock)
    except BaseException:
        os.close(lock)
        raise


def is_unfinished(folder: Path) -> bool:
    """Whether somebody can go on in the folder itself."""
    return folder.name.endswith(SUFFIX)


def read(folder: Path) -> Finished:
    """What is kept in ``folder``.

    Raises UsageError where there is nothing finished, nothing that this version can read, or not what the run wrote.
    """
    path = folder / WORLDS
    if not disk.is_file(path):
        raise _nothing_in(folder)
    journal = Journal.open(path)
    with received.received(path):
        scenario, question = asked(journal.about, path)
        if journal.seal is None and is_unfinished(folder):
            raise UsageError(f"{folder} was interrupted: {resuming(question, folder)} finishes it.")
        if journal.seal is None:
            raise UsageError(f"{path} cannot be read: its end is missing or damaged.")
        received.vouched(folder, [path])
        return Finished(folder, scenario, question, journal.about["version"], journal)


def seal(found: Found, question: Question, path: Path) -> None:
    """Write the worlds ``found`` in their order, and how they were asked for: equal worlds, equal bytes. Raises OSError."""
    journal = Journal.create(path, about(found.plan.scenario, question))
    try:
        for task in found.tasks:
            journal.copy(found.journal, [(found.plan.digest(point), task.world) for point in task.points])
        journal.close_with({
            "tasks": _batches(found.tasks),
            "points": {point: found.plan.digest(point) for point in found.points},
            "interrupted": found.interrupted,
            "deaths": [
                (digest, world, trouble.error) for (digest, world), trouble in sorted(found.deaths.items(), key=lambda item: item[0][::-1])
            ],
            "torn": [(place, found.torn[task].error) for place, task in enumerate(found.tasks) if task in found.torn],
        })  # fmt: skip
    finally:
        journal.close()


def _batches(tasks: list[Task]) -> list[tuple[list[int], tuple[str, ...]]]:
    """Tasks in few words: the worlds that follow each other with the same points."""
    made: list[tuple[list[int], tuple[str, ...]]] = []
    for task in tasks:
        if not made or made[-1][1] != task.points:
            made.append(([], task.points))
        made[-1][0].append(task.world)
    return made


def about(scenario: Scenario, question: Question) -> dict[str, Any]:
    """What is asked, for JSON: enough to ask it where its files are no more."""
    return {
        "format": FORMAT,
        "version": running(),
        "scenario": {f.name: getattr(scenario, f.name) for f in fields(Scenario) if f.name not in ("positions", "warnings")}
        | {"path": scenario.file, "sources": [Path(source).name for source in scenario.sources]},
        "warnings": [asdict(d) | {"file": Path(d.file).name} for d in scenario.warnings],
        "verb": question.name,
        "question": question.said(),
    }


def asked(said: Mapping[str, Any], path: Path) -> tuple[Scenario, Question]:
    """What :func:`about` told of, as it was read from ``path``. Raises UsageError where another version wrote it."""
    if said["format"] != FORMAT:
        raise UsageError(f"{path} was written by another version of the simulator ({said['version']}); run the scenario again.")
    require(said["question"].get("plugins", ()))
    if said["verb"] not in questions:
        raise UsageError(f"{path} answers the question `{said['verb']}`, which this version does not know.")
    texts = [said["scenario"][f.name] for f in fields(Scenario) if f.type == "str"]
    if not all(isinstance(text, str) for text in (*texts, *said["scenario"]["files"].values())):
        raise TypeError("a text of its scenario is none")
    scenario = Scenario(**with_tuples(said["scenario"]), positions={}, warnings=tuple(Diagnostic(**d) for d in said["warnings"]))
    return scenario, questions[said["verb"]].read(said["question"])


def resuming(question: Question, folder: Path) -> str:
    """The command that goes on in ``folder``."""
    return f"crisis {question.name.partition('-')[0]} --resume {shlex.quote(str(folder))}"


def running() -> str:
    """The version of the simulator that is running."""
    try:
        return version("crisis-simulator")
    except PackageNotFoundError:  # a source tree that is not installed
        return "not installed"


def _require_version(folder: Path, made: str) -> None:
    if made != running():
        raise UsageError(f"{folder} was simulated by version {made}, this is {running()}: worlds of both would not be alike.")


def _nothing_in(folder: Path) -> UsageError:
    if disk.is_file(folder / OLD):
        return UsageError(f"{folder} was written by another version of the simulator, which kept {OLD}; run the scenario again.")
    return UsageError(f"{folder} is not the folder of a finished run: it holds no {WORLDS}.")


def _named(scratch: Path, home: Path, name: str) -> Path:
    """Give ``scratch`` its name in ``home``, with a number behind where that is taken by a run, finished or not."""
    count = 1
    while True:
        free = name if count == 1 else f"{name}-{count}"
        target = home / f"{free}{SUFFIX}"
        if not (home / free).exists() and not target.exists():
            try:
                return scratch.rename(target)
            except OSError:
                if not target.exists():
                    raise
        count += 1


def _locked(path: Path) -> int | None:
    """Hold ``path`` until it is closed, or this process ends however; None where another process holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
