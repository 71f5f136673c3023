"""What the server from which workers fork loads first: when it ends, it takes along what its parent was killed before it could remove.

That is the folder of its own sockets, in which the parent also notes the folders that it writes into before they get their name.
"""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FORK_SERVER = __name__
SOCKETS = "CRISIS_SOCKETS"
"""Environment variable: the folder, for the server alone."""
NOTE = ".scratch"
"""How the name of a note ends."""

_sockets: list[Path] = []  #: in the parent, of its server


@contextmanager
def taken_along(scratch: Path) -> Iterator[None]:
    """Let the server, where there is one, remove ``scratch`` if this process is killed within a block."""
    if not _sockets:
        yield
        return
    note = _sockets[-1] / f"{scratch.name}{NOTE}"
    with suppress(OSError):
        note.write_text(str(scratch.absolute()), encoding="utf-8")
    try:
        yield
    finally:
        with suppress(OSError):
            note.unlink(missing_ok=True)


def know(sockets: str) -> None:
    """Remember where the notes go; once a process is enough."""
    if not _sockets:
        _sockets.append(Path(sockets))


def _tidy(sockets: str) -> None:
    with suppress(OSError, ValueError):
        for note in Path(sockets).glob(f"*{NOTE}"):
            shutil.rmtree(note.read_text(encoding="utf-8"), ignore_errors=True)
    shutil.rmtree(sockets, ignore_errors=True)


if os.environ.get(SOCKETS):
    atexit.register(_tidy, os.environ.pop(SOCKETS))
