"""Spans of time: how many lie over an instant, and the most that ever do. At one instant those that end go first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.workload.order import by_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Counts = NDArray[np.int32]
    Flags = NDArray[np.bool_]


class Spans:
    """Spans from when each ``came`` (finite) to when it ``left`` (NaN or infinite where it lasts), sorted once for every part of them."""

    def __init__(self, came: Floats, left: Floats) -> None:
        over, lasting = np.flatnonzero(np.isfinite(left)), np.flatnonzero(~np.isfinite(left))
        self._coming = np.argsort(came, kind="stable")  # beginnings are mostly in order already
        self._leaving = np.concatenate((over[by_size(left[over])], lasting))
        self._came, self._left = came[self._coming], left[self._leaving]
        in_turn = np.argsort(np.concatenate((self._left, self._came)), kind="stable")  # a merge, in which those that end go first
        self._gone = np.flatnonzero(in_turn >= len(left)) - np.arange(len(came))  # how many have ended when each begins

    def peaks(self, mine: Flags | slice, since: Floats) -> tuple[float, list[float]]:
        """The most of ``mine`` that lie over one instant: at any time, and from each instant of ``since`` to the next."""
        came, left = self._counted(mine)
        length = came[1:] - left[self._gone]  # just after each beginning
        starts = np.append(np.searchsorted(self._came, since), len(length))
        carried = came[starts[:-1]] - left[until(self._left, since)]
        parts = zip(starts[:-1], starts[1:], carried.tolist(), strict=True)
        return float(length.max(initial=0)), [float(length[a:b].max(initial=over)) for a, b, over in parts]

    def peak(self, mine: Flags | slice) -> float:
        """The most of ``mine`` that ever lie over one instant."""
        return self.peaks(mine, np.empty(0))[0]

    def over(self, instants: Floats, mine: Flags | slice = slice(None)) -> Floats:
        """How many of ``mine`` lie over each instant."""
        came, left = self._counted(mine)
        return (came[until(self._came, instants)] - left[until(self._left, instants)]).astype(np.float64)

    def _counted(self, mine: Flags | slice) -> tuple[Counts, Counts]:
        """How many of the first k to begin, and of the first k to end, are ``mine``, for k from 0."""
        if isinstance(mine, slice):
            counts = np.arange(len(self._came) + 1, dtype=np.int32)
            return counts, counts
        return _sums(mine[self._coming]), _sums(mine[self._leaving])


def _sums(flags: Flags) -> Counts:
    made = np.zeros(len(flags) + 1, dtype=np.int32)
    np.cumsum(flags, out=made[1:])
    return made


def in_order(instants: Floats) -> Floats:
    """Those that happened (neither NaN nor infinite), sorted."""
    return np.sort(instants[np.isfinite(instants)])


def until(happened: Floats, at: Floats) -> NDArray[np.intp]:
    """How many of what ``happened``, in order, is not after each instant ``at``."""
    return np.searchsorted(happened, at, side="right")
