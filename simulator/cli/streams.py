"""Streams that may be closed or full: what cannot be printed never stops what a command does, and the exit code tells of it."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from simulator.errors import ExitCode

if TYPE_CHECKING:
    from typing_extensions import Buffer

STANDARD = (0, 1, 2)
"""The descriptors of what a process reads, prints and says."""


class Tolerant(io.RawIOBase):
    """A file to which writing never fails: after the first error, which it remembers, it takes everything and keeps nothing."""

    def __init__(self, file: io.RawIOBase) -> None:
        self.file = file
        self.error: OSError | None = None

    def write(self, data: Buffer, /) -> int:
        """Write what the file takes at once; all of ``data`` counts as written once the file has failed."""
        if self.error is None:
            try:
                return self.file.write(data) or 0
            except OSError as error:
                self.error = error
        return memoryview(data).nbytes

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.file.fileno()

    def isatty(self) -> bool:
        return self.file.isatty()


@contextmanager
def tolerated() -> Iterator[list[Tolerant]]:
    """Print through :class:`Tolerant` files for the length of a block; give that of stdout, where stdout is a file of the system.

    A descriptor that is closed becomes one that swallows everything: otherwise the next file that is opened would take its number,
    and whatever is printed there would end up in that file.
    """
    _open_closed()
    before = sys.stdout, sys.stderr
    printed: list[Tolerant] = []
    try:
        sys.stdout, sys.stderr = _tolerant(1, sys.stdout, printed), _tolerant(2, sys.stderr, [])
        yield printed
    finally:
        for stream, original in zip((sys.stdout, sys.stderr), before, strict=True):
            if stream is not original:
                stream.flush()
        sys.stdout, sys.stderr = before


def lost(printed: list[Tolerant]) -> str:
    """Why what was printed on stdout is not all there, as the system words it; empty where it is, or where its reader had enough."""
    errors = [file.error for file in printed if file.error is not None and file.error.errno != errno.EPIPE]
    return errors[0].strerror or str(errors[0]) if errors else ""


def code_for(code: int, why: str) -> int:
    """The exit code of a command that ended with ``code`` and of which not all was printed, because of ``why``."""
    return int(ExitCode.BAD_INPUT) if why and code == ExitCode.OK else code


def _open_closed() -> None:
    for number in STANDARD:
        try:
            os.fstat(number)
        except OSError:
            with contextlib.suppress(OSError):
                os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free


def _tolerant(number: int, stream: TextIO | None, files: list[Tolerant]) -> TextIO:
    """``stream`` or, where it has a file of the system below, one that writes to a tolerant one; without any, one to ``number``."""
    if stream is None:
        raw: object = io.FileIO(number, "w", closefd=False)
        encoding, buffered = "utf-8", False
    else:
        buffer = getattr(stream, "buffer", None)
        raw = getattr(buffer, "raw", buffer)  # without buffering the file itself stands there
        encoding, buffered = stream.encoding, getattr(stream, "line_buffering", False)
    if not isinstance(raw, io.RawIOBase):
        return stream  # type: ignore[return-value]  # somebody's own, in memory: it cannot be full
    if stream is not None:
        with contextlib.suppress(OSError):
            stream.flush()
    files.append(Tolerant(raw))
    # A name that is no text (a file's, of bytes in another encoding) is shown escaped rather than not at all.
    return io.TextIOWrapper(io.BufferedWriter(files[-1]), encoding, "backslashreplace", line_buffering=buffered)
