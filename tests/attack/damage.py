"""Results folders and interrupted runs as an accident or somebody leaves them: bytes flipped, values changed, sums put right."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from simulator import api
from simulator.experiment import kept
from simulator.experiment.ask import gather
from simulator.experiment.journal import HEAD, MAGIC
from simulator.experiment.pool import processes
from simulator.experiment.received import received
from tests.attack.outcome import Outcome
from tests.attack.stopped import TINY

VALUES: list[Any] = [
    None, True, -1, 0, 3.5, 1e308, 10**30, float("nan"), float("inf"), "x", "", [], {}, [None], {"a": 1}, "../../x", "9" * 100, [[[]]],
    -(10**9), "\ud800", "\x1b[31m", "<script>alert(1)</script>",
]  # fmt: skip
"""What stands in the place of any value."""


RENDERED = 0.02
"""Share of the folders whose numbers are shown that are rendered as well."""


class Stop(BaseException):
    """Ends a run as a crash does."""


@dataclass(frozen=True)
class Folders:
    """A finished run and an interrupted one of the same, as files by name, and what both say."""

    finished: dict[str, bytes]
    unfinished: dict[str, bytes]
    numbers: str

    def with_worlds(self, damage: Callable[[bytes, random.Random], bytes], chance: random.Random) -> dict[str, bytes]:
        """The files of the finished run, the worlds of which are damaged."""
        return self.finished | {kept.WORLDS: damage(self.finished[kept.WORLDS], chance)}


def folders(place: Path) -> Folders:
    """Run and interrupt something small in ``place``."""
    (place / "tiny.yaml").write_text(TINY.replace("duration: 2h", "duration: 30m"), encoding="utf-8")
    scenario = api.load(place / "tiny.yaml")
    asked: dict[str, Any] = {"replications": 3, "jobs": 1, "variant": "all"}
    whole = api.run(scenario, out=place / "whole", **asked).folder
    assert whole is not None

    def stop(done: int, _asked: int) -> None:
        if done == 2:
            raise Stop

    with suppress(Stop):
        api.run(scenario, out=place / "torn", progress=stop, **asked)
    (torn,) = (place / "torn").glob("*/*.unfinished")
    files = {name: (whole / name).read_bytes() for name in (kept.WORLDS, "manifest.json")}
    return Folders(files, {kept.WORLDS: (torn / kept.WORLDS).read_bytes()}, numbers(whole))


def numbers(folder: Path) -> str:
    """What a finished run says."""
    result = api.open(folder)
    return json.dumps({name: repr(summary.estimates) for name, summary in result.summaries.items()}, sort_keys=True)


def gone_on(folder: Path) -> int:
    """Go on with an interrupted run as far as its worlds, without writing anything; how many entries were left out."""
    opened_ = kept.resume(folder)
    try:
        with received(folder):
            plan = opened_.question.plan(opened_.scenario)
            found = gather(opened_.question, plan, opened_.journal, processes(1))
            opened_.question.judge(plan, found)
        return opened_.journal.spoilt
    finally:
        opened_.close()


def flipped(content: bytes, chance: random.Random) -> bytes:
    """Bytes with one accident or a few."""
    b = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8))):
        at = chance.randrange(len(b) or 1)
        match chance.randrange(7):
            case 0 if b:
                b[at] ^= 1 << chance.randrange(8)
            case 1:
                del b[at:]
            case 2:
                del b[at : at + chance.choice((1, 10, 100, 1000))]
            case 3:
                b[at:at] = chance.randbytes(chance.choice((1, 8, 64)))
            case 4:
                b[at : at + 8] = b"\xff" * 8
            case 5:
                b[at : at + 16] = bytes(16)
            case _:
                other = chance.randrange(len(b) or 1)
                b[at : at + 64], b[other : other + 64] = b[other : other + 64], b[at : at + 64]
    return bytes(b)


def changed(said: Any, chance: random.Random) -> Any:
    """JSON with a value or two taken away, replaced by a strange one or by another of its own."""
    said = json.loads(json.dumps(said))
    places: list[tuple[Any, Any]] = []

    def walk(holder: Any, key: Any) -> None:
        places.append((holder, key))
        value = holder[key]
        for inner in value if isinstance(value, dict) else range(min(len(value), 30)) if isinstance(value, list) else ():
            walk(value, inner)

    for key in said:
        walk(said, key)
    for _ in range(chance.choice((1, 1, 2))):
        holder, key = chance.choice(places)
        try:
            match chance.randrange(10):
                case 0 | 1 | 2:
                    del holder[key]
                case 3 | 4 | 5 | 6 | 7:
                    holder[key] = chance.choice(VALUES)
                case _:
                    other, its = chance.choice(places)
                    holder[key] = json.loads(json.dumps(other[its]))
        except (KeyError, IndexError, ValueError):
            pass  # one accident took away what another was to change
    return said


def entries(content: bytes) -> list[bytes]:
    """The bodies of the entries of a journal."""
    found, at = [], len(MAGIC)
    while at < len(content):
        length, _ = struct.unpack("<QI", content[at : at + HEAD.size])
        found.append(content[at + HEAD.size : at + HEAD.size + length])
        at += HEAD.size + length
    return found


def journal_of(bodies: list[bytes]) -> bytes:
    """A journal of these entries, all of whose sums are right."""
    return MAGIC + b"".join(HEAD.pack(len(body), zlib.crc32(body)) + body for body in bodies)


def with_entries(content: bytes, chance: random.Random) -> bytes:
    """A journal in which entries say something else, or hold something else, under right sums."""
    bodies = entries(content)
    for place in chance.sample(range(len(bodies)), chance.choice((1, 1, 2))):
        line, _, parts = bodies[place].partition(b"\n")
        match chance.randrange(5):
            case 0 | 1:
                line = json.dumps(changed(json.loads(line), chance)).encode()
            case 2:
                parts = flipped(parts, chance)
            case 3 if b'"leaves"' in line:
                said = json.loads(line)
                sizes = [size for leaf in said["leaves"].values() for size in leaf]
                first = zlib.compress(flipped(zlib.decompress(parts[: sizes[0]]), chance), 1)
                next(iter(said["leaves"].values()))[0] = len(first)
                line, parts = json.dumps(said).encode(), first + parts[sizes[0] :]
            case _:
                line = b'{"world": ' + b"[" * chance.choice((10, 100_000))
        bodies[place] = line + b"\n" + parts
    if chance.random() < 0.2:
        chance.shuffle(bodies)
    return journal_of(bodies)


def vouched(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same files, with a manifest that has their sums."""
    said = json.loads(files["manifest.json"])
    said["sha256"][kept.WORLDS] = hashlib.sha256(files[kept.WORLDS]).hexdigest()
    return files | {"manifest.json": json.dumps(said).encode()}


def swapped(files: dict[str, bytes], chance: random.Random) -> dict[str, bytes | None]:
    """The same files, one of which is gone, empty, a folder (None) or another one."""
    name = chance.choice(sorted(files))
    others: list[bytes | None] = [b"", None, b"[]", b"{}", b"[" * 200_000, b"\xff\xfe{}", chance.choice(sorted(files.values())), MAGIC]
    return {**files, name: chance.choice(others)}


KINDS: dict[str, tuple[bool, Callable[[Folders, random.Random], Any]]] = {
    "worlds of a finished run: bytes": (True, lambda f, c: f.with_worlds(flipped, c)),
    "worlds of a finished run: bytes, sums put right": (True, lambda f, c: vouched(f.with_worlds(flipped, c))),
    "worlds of a finished run: entries, sums put right": (True, lambda f, c: vouched(f.with_worlds(with_entries, c))),
    "manifest: values": (
        True, lambda f, c: f.finished | {"manifest.json": json.dumps(changed(json.loads(f.finished["manifest.json"]), c)).encode()}
    ),
    "manifest: bytes": (True, lambda f, c: f.finished | {"manifest.json": flipped(f.finished["manifest.json"], c)}),
    "files of a finished run: gone or others": (True, lambda f, c: swapped(f.finished, c)),
    "worlds of an interrupted run: bytes": (False, lambda f, c: {kept.WORLDS: flipped(f.unfinished[kept.WORLDS], c)}),
    "worlds of an interrupted run: cut": (
        False, lambda f, c: {kept.WORLDS: f.unfinished[kept.WORLDS][: c.randrange(len(f.unfinished[kept.WORLDS]))]}
    ),
    "worlds of an interrupted run: entries, sums put right": (
        False, lambda f, c: {kept.WORLDS: with_entries(f.unfinished[kept.WORLDS], c)}
    ),
    "files of an interrupted run: gone or others": (False, lambda f, c: swapped(f.unfinished, c)),
}  # fmt: skip
"""Whether of a finished run, and how its files become others."""
HONEST = {kind for kind in KINDS if "put right" not in kind}
"""Damage that must never be shown as other numbers."""


def place_in(folder: Path, files: dict[str, bytes | None]) -> Path:
    """A new folder with these files; in the place of a file there may stand a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in files.items():
        if content is None:
            (folder / name).mkdir()
        else:
            (folder / name).write_bytes(content)
    return folder


def damaged_folders(place: Path, count: int, seed: int) -> Outcome:
    """Damage a folder ``count`` times and read it. Wrong numbers where nobody put the sums right are failures as well."""
    chance = random.Random(seed)  # noqa: S311  # nothing secret about it
    given = folders(place)
    outcome = Outcome()
    for _ in range(count):
        kind = chance.choice(sorted(KINDS))
        finished, damage = KINDS[kind]
        files = damage(given, chance)
        folder = place_in(place / ("damaged" if finished else f"damaged{kept.SUFFIX}"), files)
        if finished:
            said = outcome.attempt(kind, partial(numbers, folder))
            if said is not None and said != given.numbers and kind in HONEST:
                outcome.failed[f"{kind}: other numbers are shown"] += 1
            if said is not None and chance.random() < RENDERED:
                outcome.attempt(kind, partial(api.render, folder, ["csv", "md"], jobs=1))
        else:
            outcome.attempt(kind, partial(gone_on, folder))
    return outcome


ATTACKS = {"damaged folders": damaged_folders}
