"""Luck that unfolds from a key and a name, a column at a time: of people and of agents, in a step or a shift.

The same generator as in the run (:mod:`simulator.engine.luck`, Philox2x32-10), over columns. Where somebody stands in a
column, and how many stand there, plays no part: one more person, team, agent, need or event moves nobody else's luck.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from simulator.workload.streams import Streams

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NAMED = 1 << 31
"""Counters of names have this bit; those of attempts and pieces of work in the run stay below it."""

KEYS = 1 << 62
ROUNDS = 10
MULTIPLIER = np.uint64(0xD256D193)
STEP = np.uint64(0x9E3779B9)
LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)


def keys(streams: Streams, name: str, n: int) -> Ints:
    """The first ``n`` keys of 62 bits of the stream ``name``."""
    return streams.generator(name).integers(0, KEYS, n)


def uniforms(of: Ints, name: str) -> Floats:
    """One uniform in (0, 1) for each key in ``of``, in what is called ``name``; shape as ``of``."""
    return _uniforms(of, np.uint64(counter(name)))


def columns(of: Sequence[Ints], names: Sequence[str]) -> list[Floats]:
    """:func:`uniforms` of each of several columns in what its name says, at once: a short column takes as long as a long one."""
    if not of:
        return []
    sizes = [len(column) for column in of]
    low = np.repeat(np.array([counter(name) for name in names], dtype=np.uint64), sizes)
    return np.split(_uniforms(np.concatenate(of), low), np.cumsum(sizes)[:-1])


def _uniforms(of: Ints, low: np.uint64 | NDArray[np.uint64]) -> Floats:
    words = of.astype(np.uint64)
    return np.asarray((philox(low, words >> HALF, words & LOW) + 0.5) * 2.0**-53, dtype=np.float64)


def counter(name: str) -> int:
    """The 32-bit counter that stands for ``name``."""
    return int.from_bytes(blake2b(name.encode(), digest_size=4).digest(), "little") | NAMED


def philox(low: np.uint64 | NDArray[np.uint64], high: NDArray[np.uint64], key: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """53 bits of each block whose counter is (``low``, ``high``): :func:`simulator.engine.luck.philox` over columns, which it uses up."""
    right, product = np.full_like(key, low), np.empty_like(key)
    for _ in range(ROUNDS):  # in place: new columns would take half as long again
        np.multiply(MULTIPLIER, right, out=product)
        np.right_shift(product, HALF, out=right)
        right ^= key
        right ^= high
        np.bitwise_and(product, LOW, out=high)
        key += STEP
        key &= LOW
    return np.asarray((right << np.uint64(21)) ^ (high >> np.uint64(11)))
