"""A tally as bytes: small enough to send and to keep thousands of, and nothing in it is executed when it is read."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.model.world import Model
    from simulator.statistics.frame import Frame
    from simulator.statistics.tally import Tally

OWN = ("variant", "replication", "frame", "observed", "values", "log")
"""Fields of a tally that are packed in a way of their own; of the others, arrays stay arrays and the rest becomes JSON."""
_KEYS: dict[Any, Any] = {}
"""The keys of values, which thousands of tallies share."""
MOST = 2**28
"""Bytes of a tally; that of a quake has some hundred thousand, one of ninety days by the minute some ten million."""
AT_HAND = 200
"""Tallies held in memory at once; if those of two variants are more, these are held, so that two can be compared."""


class Tallies(Mapping[str, Sequence["Tally"]]):
    """Tallies by variant, in order of replication, read when they are asked for: a sweep need not fit into memory."""

    def __init__(self, variants: Sequence[str], read: Callable[[str], Sequence[Tally]]) -> None:
        self._variants = tuple(variants)
        self._read = read
        self._held: dict[str, Sequence[Tally]] = {}

    def __getitem__(self, variant: str) -> Sequence[Tally]:
        if variant not in self._variants:
            raise KeyError(variant)
        found = self._held.pop(variant) if variant in self._held else self._read(variant)
        self._held[variant] = found  # the latest stands last
        while len(self._held) > 2 and sum(map(len, self._held.values())) > AT_HAND:
            del self._held[next(iter(self._held))]
        return found

    def only(self, variants: Sequence[str]) -> Tallies:
        """Those of some of the variants."""
        return Tallies(variants, self.__getitem__)

    def __iter__(self) -> Iterator[str]:
        return iter(self._variants)

    def __len__(self) -> int:
        return len(self._variants)


def pack(tally: Tally) -> bytes:
    """``tally`` as compressed bytes: a line of JSON, then the arrays one behind another."""
    arrays = arrays_of([tally])
    said = about([tally]) | {"arrays": [(name, array.dtype.str, array.shape) for name, array in arrays.items()]}
    line = json.dumps(said, ensure_ascii=False).encode()
    return zlib.compress(b"".join((line, b"\n", *(array.tobytes() for array in arrays.values()))), 1)


def unpack(packed: bytes, model: Model, frame: Frame | None = None) -> Tally:
    """The tally of ``model`` that was packed; ``frame`` is that of its clock, where somebody has it already.

    Raises ValueError, KeyError, TypeError or zlib.error for what :func:`pack` cannot have made.
    """
    import numpy as np

    content = inflated(packed)
    end = content.index(b"\n")
    said = json.loads(content[:end])
    arrays, place = {}, end + 1
    for name, kind, shape in said["arrays"]:
        if np.dtype(kind).kind not in "biuf" or not all(length >= 0 for length in shape):
            raise ValueError(f"`{name}` has no numbers")
        arrays[name] = np.frombuffer(content, kind, math.prod(shape), place).reshape(shape)
        place += arrays[name].nbytes
    if place != len(content):
        raise ValueError("there is more than is told of")
    return tally_of(model, said, arrays, 0, frame)


def inflated(packed: bytes) -> bytes:
    """What was compressed. Raises ValueError where that is more than any tally has."""
    stream = zlib.decompressobj()
    content = stream.decompress(packed, MOST)
    if not stream.eof or stream.unused_data:
        raise ValueError("it is torn, or unpacks to more than a world can leave behind")
    return content


def about(tallies: Sequence[Tally]) -> dict[str, Any]:
    """What is not an array in tallies of one variant, for JSON."""
    first = tallies[0]
    others = [name for name in _fields(first) if name not in OWN and not _is_array(getattr(first, name))]
    return {
        "replication": [t.replication for t in tallies],
        "values": sorted({key for t in tallies for key in t.values}),
        "log": [[[e.instant, e.kind, e.id, e.what, e.detail] for e in t.log] for t in tallies],
        "others": {name: [_plain(getattr(t, name)) for t in tallies] for name in others},
    }


def arrays_of(tallies: Sequence[Tally]) -> dict[str, Any]:
    """The arrays of tallies of one variant, stacked in their order."""
    import numpy as np

    first = tallies[0]
    keys = sorted({key for t in tallies for key in t.values})
    named = [name for name in _fields(first) if _is_array(getattr(first, name))]
    made: dict[str, Any] = {name: np.stack([getattr(t, name) for t in tallies]) for name in named}
    made["values"] = np.array([[t.values.get(key, np.nan) for key in keys] for t in tallies])
    for name in first.observed:
        made[f"observed/{name}"] = np.stack([t.observed[name] for t in tallies])
    return made


def tally_of(model: Model, said: Mapping[str, Any], arrays: Mapping[str, Any], row: int, frame: Frame | None = None) -> Tally:
    """One tally out of what :func:`about` and :func:`arrays_of` made of several."""
    from simulator.records import LogEntry
    from simulator.statistics.frame import frame_of
    from simulator.statistics.tally import Tally

    keys = (_KEYS.setdefault(key, key) for key in map(tuple, said["values"]))
    values = zip(keys, arrays["values"][row].tolist(), strict=True)
    named: dict[str, Any] = {name: array[row] for name, array in arrays.items() if name != "values" and "/" not in name}
    named |= {name: tuple(of[row]) if isinstance(of[row], list) else of[row] for name, of in said["others"].items()}
    return Tally(
        variant=model.variant,
        replication=said["replication"][row],
        frame=frame_of(model) if frame is None else frame,
        observed={name.removeprefix("observed/"): a[row] for name, a in arrays.items() if name.startswith("observed/")},
        values={key: value for key, value in values if not math.isnan(value)},
        log=tuple(LogEntry(*entry) for entry in said["log"][row]),
        **named,
    )


def _fields(tally: Tally) -> list[str]:
    return [field.name for field in fields(tally)]


def _is_array(value: object) -> bool:
    return hasattr(value, "dtype")


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else value
