"""A command that somebody stops at some instant, and what is left of it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.attack.small import SMALL

TINY = SMALL.replace("name: small", "name: tiny").replace("duration: 30m", "duration: 2h")
COMMANDS: dict[str, tuple[str, ...]] = {
    "run": ("run", "tiny.yaml", "--variant", "all", "--records", "--progress", "plain"),
    "compare": ("compare", "tiny.yaml", "--stability", "3", "--progress", "plain"),
    "sensitivity": ("sensitivity", "tiny.yaml", "--progress", "plain"),
    "drill": ("drill", "drilled.yaml", "--to", "html,csv", "--progress", "plain"),
}
"""Those that simulate for long and write a folder: what they are called with, but for the number of worlds and where results go."""
LATE = 60.0  #: seconds in which a command that was stopped has to end


@dataclass
class Left:
    """How a command ended, and what is left of it."""

    code: int
    out: str
    err: str
    alive: bool  #: it still ran when it was stopped
    processes: list[str] = field(default_factory=list)
    temporary: list[str] = field(default_factory=list)
    finished: list[Path] = field(default_factory=list)
    unfinished: list[Path] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)

    @property
    def litter(self) -> list[str]:
        """Everything that nobody asked for."""
        return [*self.processes, *self.temporary, *self.hidden]


def material(root: Path, place: Path) -> Path:
    """The folder ``place`` with the scenarios of COMMANDS."""
    place.mkdir(parents=True, exist_ok=True)
    (place / "tiny.yaml").write_text(TINY, encoding="utf-8")
    quake = (root / "tests/report/small-quake.yaml").read_text(encoding="utf-8")
    (place / "small-quake.yaml").write_text(quake, encoding="utf-8")
    drilled = (root / "tests/drill/drilled.yaml").read_text(encoding="utf-8")
    (place / "drilled.yaml").write_text(drilled.replace("../report/small-quake.yaml", "small-quake.yaml"), encoding="utf-8")
    return place


def stopped(place: Path, words: Sequence[str], how: Callable[[subprocess.Popen[str]], None], out: str = "out") -> Left:
    """Start ``crisis`` in ``place``, let ``how`` stop it, and look at what is left, in ``out`` and in a temporary directory of its own."""
    temporary = Path(tempfile.mkdtemp(prefix="s-"))  # sockets want short names
    command = [sys.executable, "-P", "-m", "simulator", *words, "-o", out]
    with subprocess.Popen(
        command, cwd=place, env={**os.environ, "TMPDIR": str(temporary)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            how(process)
            alive = process.poll() is None or process.returncode < 0
            printed, said = process.communicate(timeout=LATE)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    end = time.monotonic() + 10
    while (processes := _of_session(process.pid)) and time.monotonic() < end:
        time.sleep(0.1)
    left = Left(process.returncode, printed, said, alive, processes, [p.name for p in temporary.iterdir()])
    shutil.rmtree(temporary)
    for folder in [p for p in (place / out).rglob("*") if p.is_dir()]:
        if folder.name.startswith("."):
            left.hidden.append(folder.name)
        elif folder.name.endswith(".unfinished"):
            left.unfinished.append(folder)
        elif (folder / "manifest.json").is_file():
            left.finished.append(folder)
    left.hidden += [p.name for p in (place / out).rglob(".*") if p.is_file() and p.parent.name != "figures"]
    return left


def after(seconds: float, *signals: int, gap: float = 0.3, group: bool = True) -> Callable[[subprocess.Popen[str]], None]:
    """Stop a command after some time, by these signals one after the other, sent to its whole group as a terminal does or to it alone."""

    def how(process: subprocess.Popen[str]) -> None:
        time.sleep(seconds)
        send(process, *signals, gap=gap, group=group)

    return how


def once_simulating(*signals: int, gap: float = 0.3, group: bool = True) -> Callable[[subprocess.Popen[str]], None]:
    """The same as soon as a tenth of the worlds is finished."""

    def how(process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        while "Replications" not in (line := process.stderr.readline()):
            assert line or process.poll() is None, "ended before it told of progress"
        send(process, *signals, gap=gap, group=group)

    return how


def send(process: subprocess.Popen[str], *signals: int, gap: float, group: bool) -> None:
    """Send these signals, as long as somebody is there."""
    for number in signals:
        if process.poll() is None:
            (os.killpg if group else os.kill)(process.pid, number)
            time.sleep(gap)


def bytes_of(folder: Path) -> dict[str, str]:
    """The digest of every file that has to be the same whenever it was written, and how."""
    told_apart = {".html", ".docx", ".xlsx", ".md"}  # with the date, or how long it took
    files = (p for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix not in told_apart and p.name != "manifest.json")
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def whole(folder: Path) -> bool:
    """Whether each file of a finished result is as its manifest says."""
    sums: dict[str, str] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["sha256"]
    return all(hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest for name, digest in sums.items())


def _of_session(number: int) -> list[str]:
    found = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == number and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline())[:120])
        except (psutil.Error, OSError):
            pass
    return found
