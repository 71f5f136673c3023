"""What a question has found, kept as it goes: one file that only grows, in which a world stands whole or not at all.

Each entry carries its length and a checksum. Whatever interrupts the writing (Ctrl-C, a crash, a full disk, a power cut) leaves
at most one torn entry at the end, which is cut off when the file is opened again: that world is simulated once more.
An entry in the middle that is damaged costs its own world and no other: what comes behind it is looked for.
The first entry says what was asked. A finished file is the same, in order and with a last entry that seals it.
"""

from __future__ import annotations

import io
import json
import os
import re
import struct
import time
import zlib
from collections.abc import Collection, Mapping
from contextlib import nullcontext, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Protocol

from simulator.errors import UsageError
from simulator.experiment.received import Damaged, loads, received
from simulator.experiment.task import EVERY, Effort, Leaf, Parcel, Trouble

MAGIC = b"crisis journal 3\n"
HEAD = struct.Struct("<QI")  #: length of what follows, and its CRC-32
SYNC_EVERY = 1.0  #: seconds: what a power cut can cost
BEGINNING = re.compile(rb'\{"(?:world|seal)": ')
"""How what an entry says begins."""
PIECE = 2**20
"""Bytes that are searched at a time."""
PATIENCE = 8
"""How many times the length of a file is read at most to find what is whole in it."""


class _Bytes(Protocol):
    """A file opened unbuffered, or bytes in memory."""

    def read(self, size: int = ..., /) -> bytes | None: ...
    def write(self, data: memoryview, /) -> int | None: ...
    def seek(self, place: int, whence: int = ..., /) -> int: ...
    def truncate(self, size: int | None = ..., /) -> int: ...
    def close(self) -> None: ...


Place = tuple[int, int]
"""Where a part of a leaf lies, and its length."""


class Journal:
    """Leaves by (digest of the model, number of the world). One process writes it."""

    def __init__(self, file: _Bytes, on_disk: int | None = None, path: Path | None = None, *, reopened: bool = False) -> None:
        self._file = file
        self._reopened = reopened  #: a file that is only read is open while somebody reads
        self.path = path  #: None in memory
        self._end = len(MAGIC)
        self._descriptor = on_disk
        self._synced = time.monotonic()
        self._leaves: dict[tuple[str, int], tuple[Place, ...]] = {}
        self.troubles: dict[tuple[str, int], Trouble] = {}  #: what will happen again
        self.effort = Effort()  #: what it took to simulate all of them
        self.about: dict[str, Any] = {}  #: what was asked
        self.seal: dict[str, Any] | None = None  #: how it ended; None while it is unfinished
        self.spoilt = 0  #: damaged entries, which do not count

    @classmethod
    def in_memory(cls) -> Journal:
        """A journal that nobody keeps."""
        return cls(io.BytesIO(MAGIC))

    @classmethod
    def create(cls, path: Path, about: Mapping[str, Any]) -> Journal:
        """A new file, which says first what it is about. Raises OSError where that is impossible or there is one."""
        file = path.open("x+b", buffering=0)
        try:
            _write(file, MAGIC)
            journal = cls(file, file.fileno(), path)
            journal._put({"about": dict(about)})
        except BaseException:
            file.close()
            raise
        return journal

    @classmethod
    def open(cls, path: Path, *, to_write: bool = False) -> Journal:
        """The file with all that it holds; ``to_write``, a torn entry at its end is cut off. Raises UsageError where it is no journal."""
        try:
            file = path.open("r+b" if to_write else "rb", buffering=0)
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
        journal = cls(file, file.fileno() if to_write else None, path, reopened=not to_write)
        try:
            with received(path):
                journal._take_in(path)
            if to_write:
                file.truncate(journal._end)
            else:
                file.close()
        except BaseException:
            file.close()
            raise
        return journal

    @property
    def worlds(self) -> Collection[int]:
        """The numbers of the worlds in which anything has finished."""
        return {world for _, world in self._leaves}

    def __contains__(self, key: object) -> bool:
        return key in self._leaves

    def __len__(self) -> int:
        return len(self._leaves)

    def leaf(self, digest: str, world: int) -> Leaf | None:
        """What a world of a model left behind; None where it has not finished."""
        places = self._leaves.get((digest, world))
        if places is None:
            return None
        with self.path.open("rb", buffering=0) if self._reopened and self.path is not None else nullcontext(self._file) as file:
            return tuple(_read(file, *place) for place in places)

    def append(self, parcel: Parcel) -> None:
        """Keep what has come of a task, but for what may go better another time; what is there already stays as it is.

        Raises OSError where that is impossible: the file is then as it was.
        """
        leaves = {digest: leaf for digest, leaf in parcel.leaves.items() if (digest, parcel.world) not in self}
        troubles = {digest: trouble for digest, trouble in parcel.troubles.items() if digest != EVERY and not trouble.death}
        if not leaves and not troubles:
            return
        said = {
            "world": parcel.world,
            "leaves": {digest: [len(part) for part in leaf] for digest, leaf in leaves.items()},
            "troubles": {digest: [trouble.error, trouble.traceback] for digest, trouble in troubles.items()},
            "effort": asdict(parcel.effort),
        }
        self._put(said, b"".join(part for leaf in leaves.values() for part in leaf))
        if self._descriptor is not None and time.monotonic() - self._synced > SYNC_EVERY:
            os.fsync(self._descriptor)
            self._synced = time.monotonic()

    def copy(self, other: Journal, keys: Collection[tuple[str, int]] | None = None) -> None:
        """Keep what ``other`` holds as well, or of it only ``keys``, in their order."""
        for digest, world in [*other._leaves, *other.troubles] if keys is None else keys:
            leaf, trouble = other.leaf(digest, world), other.troubles.get((digest, world))
            self.append(Parcel(
                0, world, {} if leaf is None else {digest: leaf}, {} if trouble is None else {digest: replace(trouble, traceback="")}
            ))  # fmt: skip

    def close_with(self, seal: Mapping[str, Any]) -> None:
        """Seal the file: it is finished, and nothing is added any more."""
        self._put({"seal": dict(seal)})
        if self._descriptor is not None:
            os.fsync(self._descriptor)
        self.close()

    def close(self) -> None:
        self._file.close()

    def _put(self, said: dict[str, Any], parts: bytes = b"") -> None:
        """Write an entry at the end, or nothing of it."""
        body = b"".join((json.dumps(said, ensure_ascii=False).encode(), b"\n", parts))
        try:
            self._file.seek(self._end)
            _write(self._file, HEAD.pack(len(body), zlib.crc32(body)) + body)
        except BaseException:
            with suppress(OSError):
                self._file.truncate(self._end)
            raise
        self._add(said, len(body))

    def _take_in(self, path: Path) -> None:
        """Know everything that the file at ``path`` holds. Raises Damaged where it is no journal."""
        if _read(self._file, 0, len(MAGIC)) != MAGIC:
            raise Damaged(f"{path} cannot be read: it is damaged, or another version of the simulator wrote it.")
        size = self._file.seek(0, os.SEEK_END)
        if not self._take_in_one(size) or not self.about:
            raise Damaged(f"{path} cannot be read: its beginning is damaged.")
        left = PATIENCE * size
        while self.seal is None:
            if self._take_in_one(size):
                continue
            place, left = self._next(size, left)
            head = _read(self._file, self._end, HEAD.size)
            if place is not None or (len(head) == HEAD.size and HEAD.unpack(head)[0] <= size - self._end - HEAD.size):
                self.spoilt += 1  # else the last one is only torn
            if place is None:
                return
            self._end = place

    def _take_in_one(self, size: int) -> bool:
        """Add the entry at the end of what is known; False where there is no whole one."""
        body = self._body(self._end, size)
        if body is None:
            return False
        said = entry(body)
        if said is None:
            self._end += HEAD.size + len(body)
            self.spoilt += 1
        else:
            self._add(said, len(body))
        return True

    def _body(self, place: int, size: int) -> bytes | None:
        """The content of the entry that begins at ``place``; None where there is no whole one."""
        head = _read(self._file, place, HEAD.size)
        if len(head) < HEAD.size:
            return None
        length, checksum = HEAD.unpack(head)
        if not 0 < length <= size - place - HEAD.size:
            return None
        body = _read(self._file, place + HEAD.size, length)
        return body if zlib.crc32(body) == checksum else None

    def _next(self, size: int, left: int) -> tuple[int | None, int]:
        """Where the next whole entry begins, behind damage, and how much of the bytes ``left`` may still be read."""
        at = self._end + 1
        while at < size and left > 0:
            piece = _read(self._file, at, PIECE)
            left -= len(piece)
            for found in BEGINNING.finditer(piece):
                place = at + found.start() - HEAD.size
                if place <= self._end or left <= 0:
                    continue
                body = self._body(place, size)
                if body is not None:
                    return place, left
                left -= min(size - place, HEAD.unpack(_read(self._file, place, HEAD.size))[0])
            at += max(len(piece) - 16, 1)  # what begins at the end of a piece is whole in the next one
        return None, left

    def _add(self, said: dict[str, Any], length: int) -> None:
        """Know the entry at the end, of which ``said`` is the first line."""
        self._end += HEAD.size + length
        self.about = self.about or said.get("about", {})
        self.seal = said.get("seal", self.seal)
        leaves: dict[str, list[int]] = said.get("leaves", {})
        place = self._end - sum(map(sum, leaves.values()))
        for digest, sizes in leaves.items():
            parts = []
            for size in sizes:
                parts.append((place, size))
                place += size
            self._leaves[digest, said["world"]] = tuple(parts)
        for digest, (error, traceback) in said.get("troubles", {}).items():
            self.troubles[digest, said["world"]] = Trouble(error, traceback)
        self.effort += Effort(**said.get("effort", {}))


def entry(body: bytes) -> dict[str, Any] | None:
    """What an entry says in its first line; None where :class:`Journal` cannot have written it."""
    line, _, parts = body.partition(b"\n")
    try:
        said = loads(line)
        if "world" in said:
            sizes = [size for leaf in said["leaves"].values() for size in leaf]
            errors = [text for trouble in said["troubles"].values() for text in trouble]
            Effort(**said["effort"]) + Effort()
            whole = [said["world"], *sizes]
            good = all(type(number) is int and number >= 0 for number in whole) and all(isinstance(text, str) for text in errors)
            good = good and sum(sizes) == len(parts) and all(len(trouble) == 2 for trouble in said["troubles"].values())
        else:
            good = all(isinstance(part, dict) for part in said.values()) and not parts
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return said if good else None


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
