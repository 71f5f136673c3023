"""What a run has finished, kept as it goes: one file that only grows, in which a world stands whole or not at all.

Each entry carries its length and a checksum. Whatever interrupts the writing (Ctrl-C, a crash, a full disk, a power cut) leaves
at most one torn entry at the end, which is cut off when the file is opened again: that world is simulated once more.
"""

from __future__ import annotations

import io
import json
import os
import struct
import time
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from simulator.errors import UsageError
from simulator.experiment.packing import Tallies, unpack
from simulator.experiment.task import Effort, Failure, Parcel

if TYPE_CHECKING:
    from simulator.model.world import Model
    from simulator.statistics.tally import Tally

MAGIC = b"crisis journal 2\n"
HEAD = struct.Struct("<QI")  #: length of what follows, and its CRC-32
SYNC_EVERY = 1.0  #: seconds: what a power cut can cost


class _Bytes(Protocol):
    """A file opened unbuffered, or bytes in memory."""

    def read(self, size: int = ..., /) -> bytes | None: ...
    def write(self, data: memoryview, /) -> int | None: ...
    def seek(self, place: int, whence: int = ..., /) -> int: ...
    def truncate(self, size: int | None = ..., /) -> int: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class _Entry:
    """Where the parts of one world lie: (place, length) of each."""

    tallies: tuple[tuple[int, int], ...]
    rows: tuple[tuple[int, int], ...]
    effort: Effort
    failures: tuple[Failure, ...]


class Journal:
    """Worlds by number of replication. One process writes it."""

    def __init__(self, file: _Bytes, place: int = len(MAGIC), on_disk: int | None = None) -> None:
        self._file = file
        self._end = place
        self._descriptor = on_disk
        self._synced = time.monotonic()
        self._entries: dict[int, _Entry] = {}

    @classmethod
    def in_memory(cls) -> Journal:
        """A journal that nobody keeps."""
        return cls(io.BytesIO(MAGIC))

    @classmethod
    def create(cls, path: Path) -> Journal:
        """A new file. Raises OSError where that is impossible or there is one."""
        file = path.open("x+b", buffering=0)
        try:
            _write(file, MAGIC)
        except BaseException:
            file.close()
            raise
        return cls(file, on_disk=file.fileno())

    @classmethod
    def open(cls, path: Path) -> Journal:
        """The file with all that it holds; a torn entry at its end is cut off. Raises UsageError where it is no journal."""
        try:
            file = path.open("r+b", buffering=0)
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
        if _read(file, 0, len(MAGIC)) != MAGIC:
            file.close()
            raise UsageError(f"{path} cannot be read: it is damaged, or another version of the simulator wrote it.")
        journal = cls(file, on_disk=file.fileno())
        while journal._take_in():
            pass
        file.truncate(journal._end)
        return journal

    @property
    def replications(self) -> Collection[int]:
        """The numbers of the worlds, in order of arrival."""
        return self._entries.keys()

    @property
    def failures(self) -> list[Failure]:
        """Of the variants that failed in some of the worlds."""
        return [failure for entry in self._entries.values() for failure in entry.failures]

    @property
    def effort(self) -> Effort:
        """What it took to simulate all of them."""
        return sum((entry.effort for entry in self._entries.values()), Effort())

    def append(self, parcel: Parcel) -> None:
        """Keep a finished world; one that is already there stays as it is.

        Raises OSError where that is impossible: the file is then as it was.
        """
        if parcel.replication in self._entries:
            return
        parts = (*parcel.tallies, *parcel.rows)
        said = {
            "replication": parcel.replication,
            "tallies": [len(part) for part in parcel.tallies],
            "rows": [len(part) for part in parcel.rows],
            "effort": asdict(parcel.effort),
            "failures": [asdict(failure) for failure in parcel.failures],
        }
        body = b"".join((json.dumps(said).encode(), b"\n", *parts))
        try:
            self._file.seek(self._end)
            _write(self._file, HEAD.pack(len(body), zlib.crc32(body)) + body)
        except BaseException:
            with suppress(OSError):
                self._file.truncate(self._end)
            raise
        self._add(said, len(body))
        if self._descriptor is not None and time.monotonic() - self._synced > SYNC_EVERY:
            os.fsync(self._descriptor)
            self._synced = time.monotonic()

    def tallies(self, models: Mapping[str, Model], among: Collection[int] | None = None) -> Tallies:
        """The tallies of the worlds, or of those ``among`` them, read when they are asked for."""
        from simulator.statistics.frame import frame_of

        numbers = sorted(self._entries if among is None else self._entries.keys() & set(among))

        def read(variant: str) -> list[Tally]:
            place, model = list(models).index(variant), models[variant]
            frame = frame_of(model)
            packed = (self._entries[number].tallies[place] for number in numbers)
            return [unpack(_read(self._file, *where), model, frame) for where in packed if where[1]]  # empty where it was left out

        return Tallies(tuple(models), read)

    def rows(self, variant: int) -> Iterator[bytes]:
        """The recorded contacts of each world of the ``variant``-th variant, in order."""
        for number in sorted(self._entries):
            yield _read(self._file, *self._entries[number].rows[variant])

    def close(self) -> None:
        self._file.close()

    def _take_in(self) -> bool:
        """Add the entry at the end; False where there is no whole one."""
        head = _read(self._file, self._end, HEAD.size)
        if len(head) < HEAD.size:
            return False
        length, checksum = HEAD.unpack(head)
        size = self._file.seek(0, os.SEEK_END)
        if length > size - self._end - HEAD.size:
            return False
        body = _read(self._file, self._end + HEAD.size, length)
        if zlib.crc32(body) != checksum:
            return False
        self._add(json.loads(body.partition(b"\n")[0]), length)
        return True

    def _add(self, said: dict[str, Any], length: int) -> None:
        """Know the entry at the end, of which ``said`` is the first line."""
        place = self._end = self._end + HEAD.size + length
        parts = []
        for size in reversed([*said["tallies"], *said["rows"]]):
            place -= size
            parts.append((place, size))
        parts.reverse()
        many = len(said["tallies"])
        self._entries[said["replication"]] = _Entry(
            tuple(parts[:many]), tuple(parts[many:]), Effort(**said["effort"]), tuple(Failure(**failure) for failure in said["failures"])
        )


def _write(file: _Bytes, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[file.write(left) or 0 :]


def _read(file: _Bytes, place: int, length: int) -> bytes:
    file.seek(place)
    found = bytearray()
    while len(found) < length and (more := file.read(length - len(found))):
        found += more
    return bytes(found)
