"""The folder of a run that is not finished: what was asked for, and every world so far. It goes when the results are written.

It appears whole, under its final name, and from then on holds enough to go on with at any instant: nothing that kills the
process leaves it in between.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from simulator import disk
from simulator.errors import UsageError
from simulator.experiment import archive
from simulator.experiment.journal import Journal

if TYPE_CHECKING:
    from simulator.experiment.request import Request
    from simulator.experiment.task import Parcel
    from simulator.scenario import Scenario

SUFFIX = archive.UNFINISHED
RUN = "run.json"
WORLDS = "worlds.journal"
LOCK = "lock"


@dataclass(frozen=True)
class Unfinished:
    """A run as far as it has come, which no other process can go on with meanwhile."""

    folder: Path
    scenario: Scenario
    request: Request
    began: datetime
    journal: Journal
    earlier: tuple[int, ...]  #: worlds of the run that it extends
    _lock: int

    @property
    def name(self) -> str:
        """What the folder of the finished run is to be called."""
        return self.folder.name.removesuffix(SUFFIX)

    @property
    def kept(self) -> str:
        """What to tell a user whom something stops."""
        many = len(self.journal.replications)
        what = "The finished replication is" if many == 1 else f"All {many} finished replications are"
        return f"{what} kept. Go on with: crisis run --resume {shlex.quote(str(self.folder))}"

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


def begin(
    home: Path,
    name: str,
    scenario: Scenario,
    request: Request,
    began: datetime,
    *,
    earlier: Iterable[int] = (),
    worlds: Iterable[Parcel] = (),
) -> Unfinished:
    """A new folder in ``home`` for the run that is to be called ``name``, which has ``worlds`` already.

    Raises OSError where nothing can be written.
    """
    scratch = Path(tempfile.mkdtemp(prefix=".new-", dir=home))
    try:
        said = archive.asking(scenario, request) | {"began": began.isoformat(), "earlier": sorted(earlier)}
        (scratch / RUN).write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8", newline="\n")
        journal = Journal.create(scratch / WORLDS)
        try:
            for world in worlds:
                journal.append(world)
        finally:
            journal.close()
        scratch.chmod(0o755)
        return resume(_named(scratch, home, name))
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise


def lies_in(folder: Path) -> bool:
    """Whether a folder holds a run that is not finished."""
    return disk.is_file(folder / RUN)


def resume(folder: Path) -> Unfinished:
    """The run in ``folder``. Raises UsageError where there is none, none of this version, or one that is still going on."""
    path = folder / RUN
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        scenario, request = archive.asked(said, path)
        began, earlier = datetime.fromisoformat(said["began"]), tuple(said["earlier"])
    except FileNotFoundError:
        raise UsageError(f"{folder} is not the folder of an interrupted run: it holds no {RUN}.") from None
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    if said["version"] != archive.running():
        made, here = said["version"], archive.running()
        raise UsageError(f"{folder} was simulated by version {made}, this is {here}: worlds of both would not be alike.")
    lock = _locked(folder / LOCK)
    if lock is None:
        raise UsageError(f"{folder} is still going on in another process.")
    try:
        return Unfinished(folder, scenario, request, began, Journal.open(folder / WORLDS), earlier, lock)
    except BaseException:
        os.close(lock)
        raise


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
