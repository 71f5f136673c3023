"""Order: places of many numbers, the smallest first, and the pieces of a line in which they lie. Equal ones stay in their own order.

Numbers of 16 bits are sorted without comparing them (a radix sort), which is several times as fast as comparing floats.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.integer[Any]]
    Rows = NDArray[np.intp]


def small(size: int) -> type[np.integer[Any]]:
    """A type that holds the numbers 0 .. size - 1: narrow columns are read, compared and sorted sooner."""
    return np.int16 if size < 2**15 else np.int64


def piece_of(cuts: Floats, instants: Floats) -> Rows:
    """The piece of a line cut at ascending ``cuts`` in which each instant lies: how many of the cuts are not after it."""
    if np.ndim(instants) and (instants[1:] >= instants[:-1]).all():  # as rows mostly are
        return np.repeat(np.arange(len(cuts) + 1), np.diff(np.searchsorted(instants, cuts), prepend=0, append=len(instants)))
    return np.searchsorted(cuts, instants, side="right")


def by_number(numbers: Numbers, size: int) -> Rows:
    """Places in the order of their ``numbers``, 0 .. size - 1 (at most 2**32): by their lower 16 bits, then by the upper."""
    order = np.argsort(numbers.astype(np.uint16), kind="stable")
    return order if size <= 2**16 else order[np.argsort((numbers >> 16).astype(np.uint16)[order], kind="stable")]


def places_by(numbers: Numbers, size: int) -> list[Rows]:
    """The places of each of the numbers 0 .. size - 1, in their own order."""
    counts = np.bincount(numbers, minlength=size)
    return np.split(by_number(numbers, size), np.cumsum(counts)[:-1])


def by_size(values: Floats) -> Rows:
    """Places in the order of ``values``, all finite: by 32 bits of where they lie between the least and the greatest, then exactly."""
    if not len(values):
        return np.zeros(0, dtype=np.intp)
    beyond = values - values.min()
    order = by_number((beyond / (beyond.max() or 1.0) * (2**32 - 1)).astype(np.uint32), 2**32)
    return order[np.argsort(values[order], kind="stable")]  # next to nothing to do where all is in order
