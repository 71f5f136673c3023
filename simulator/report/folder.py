"""The results folder: found unusable before the run, written beside its place, and renamed whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from simulator.errors import OutputError
from simulator.experiment.fork_server import taken_along

LATEST = "latest.txt"
DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)", re.IGNORECASE)


def prepare(out: Path, name: str) -> Path:
    """Return the folder in which the runs of scenario ``name`` are kept, made if need be.

    Raises OutputError where nothing can be written there, so that this is known before anything is simulated.
    """
    home = out / place_of(name)
    usable(home)
    return home


def usable(home: Path) -> None:
    """Make the folder ``home`` if need be; raises OutputError where nothing can be written there."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        raise OutputError(f"cannot write results to {home}: {error.strerror or error}. Choose another place with --out.") from error


def place_of(name: str) -> str:
    """Return ``name`` as the name of a folder: nothing in it can lead elsewhere, or is a device on Windows."""
    place = re.sub(r"[^\w.-]+", "-", name).strip(".-")[:100].rstrip(".") or "unnamed"
    return f"{place}-" if DEVICE.match(place) else place


def run_name(now: datetime, *parts: str) -> str:
    """Return ``<UTC time>-<hash6>`` for a run that is told apart by ``parts`` (scenario hash, seed, command)."""
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{digest[:6]}"


@contextmanager
def whole_or_nothing(home: Path) -> Iterator[Path]:
    """Give a hidden folder inside ``home`` to write into; it is removed unless :func:`keep` has moved it away."""
    try:
        scratch = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=home))
    except OSError as error:
        raise OutputError(f"cannot write results to {home}: {error.strerror or error}.") from error
    try:
        with taken_along(scratch):
            yield scratch
    except OSError as error:
        raise OutputError(f"the results could not be written to {home}: {error.strerror or error}. Nothing was left behind.") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def move_into(scratch: Path, target: Path) -> list[Path]:
    """Move every file of the finished ``scratch`` to its place in ``target``; return the files there."""
    moved = []
    for file in sorted(p for p in scratch.rglob("*") if p.is_file()):
        place = target / file.relative_to(scratch)
        place.parent.mkdir(parents=True, exist_ok=True)
        moved.append(file.replace(place))
    return moved


def keep(scratch: Path, name: str, home: Path | None = None) -> Path:
    """Rename the finished ``scratch`` to ``name`` beside it or in ``home``, to ``name-2`` and so on where that is taken; return it."""
    home = home or scratch.parent
    scratch.chmod(0o755)
    for count in range(1, 10_000):
        target = home / (name if count == 1 else f"{name}-{count}")
        try:
            scratch.rename(target)
        except OSError as error:
            if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
                continue
            raise
        with contextlib.suppress(OSError):  # a pointer for convenience: the run stands without it
            _point_to(target)
        return target
    raise OutputError(f"{home} already holds 10,000 runs called {name}.")


def _point_to(run: Path) -> None:
    home = run.parent
    with tempfile.NamedTemporaryFile("w", dir=home.parent, prefix=f".{LATEST}-", encoding="utf-8", newline="\n", delete=False) as file:
        file.write(f"{home.name}/{run.name}\n")
    Path(file.name).chmod(0o644)
    Path(file.name).replace(home.parent / LATEST)
