"""What is kept may have been changed since, by an accident or by somebody: here all that can be wrong with it becomes a sentence.

A folder is as it was written where its manifest has the checksums of its files; that is asked before any number of it is shown.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from simulator import disk
from simulator.errors import BooksError, CrisisError, UsageError

MANIFEST = "manifest.json"
MOST_DOCUMENT = 2**26
"""Bytes of a JSON file that is read; a large manifest, of 200 alternatives, has some hundred thousand."""


class Damaged(UsageError):
    """A file is not what this version of the simulator writes; says which, where, and what is wrong."""


@contextmanager
def received(path: Path, where: str = "") -> Iterator[None]:
    """Read what is kept in ``path``, or ``where`` in it, within a block.

    Whatever goes wrong there becomes Damaged; an error that is a sentence already stays as it is.
    """
    place = f"{path}{f' ({where})' if where else ''}"
    try:
        yield
    except CrisisError as error:
        if isinstance(error, BooksError):
            raise Damaged(f"{place} contradicts itself: {error}") from error
        raise
    except OSError as error:
        raise Damaged(disk.why(error, place)) from error
    except RecursionError as error:
        raise Damaged(f"{place} cannot be read: it is nested without end.") from error
    except MemoryError as error:
        raise Damaged(f"{place} cannot be read: it asks for more memory than there is.") from error
    except Exception as error:
        raise Damaged(
            f"{place} cannot be read: it is damaged, or another program wrote it; if neither, this is our fault ({_short(error)})."
        ) from error


def loads(text: bytes) -> dict[str, Any]:
    """The object in a JSON text, all of whose texts can be written again. Raises ValueError."""
    said = json.loads(text.decode())
    if not isinstance(said, dict):
        raise ValueError("it is no JSON object")  # noqa: TRY004  # what is wrong with a text is its value
    json.dumps(said, ensure_ascii=False).encode()  # half of a character has no bytes
    return said


def document(path: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises Damaged."""
    with received(path):
        return loads(disk.content(path, MOST_DOCUMENT))


def instant(text: str) -> datetime:
    """The instant that an ISO text names, with its offset from UTC. Raises ValueError."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    return found


def manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a finished run. Raises Damaged where there is none, or none that we wrote."""
    path = folder / MANIFEST
    with received(path):
        said = document(path)
        sums = said["sha256"]
        if not isinstance(sums, dict) or not all(isinstance(digest, str) for digest in sums.values()):
            raise ValueError("`sha256` has no checksums")
        if not isinstance(said["command"], str):
            raise ValueError("`command` is no text")  # noqa: TRY004  # what is wrong with a text is its value
        instant(said["began"])
        return said


def vouched(folder: Path, files: Iterable[Path]) -> None:
    """Raise Damaged unless the ``files`` of a finished run are as they were written."""
    sums = manifest(folder)["sha256"]
    for file in files:
        with received(file):
            if sha256(file) != sums.get(file.relative_to(folder).as_posix()):
                raise Damaged(f"{file} is not what the run wrote: {MANIFEST} has another checksum. Run the scenario again.")


def sha256(path: Path) -> str:
    """The SHA-256 of a file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _short(error: Exception) -> str:
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
