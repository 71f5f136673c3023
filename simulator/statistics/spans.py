"""Spans of time: how many lie over an instant, and the most that ever do. At one instant those that end go first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.workload.order import by_size, places_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.integer[Any]]
    Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Spans:
    """Spans, sorted once for every part of them."""

    came: Floats  #: when each began, in order
    left: Floats  #: when each ended, in order; NaN or infinite, and last, where it lasts
    coming: Rows  #: which span began so, by its place when they were given
    leaving: Rows  #: which ended so

    @staticmethod
    def of(came: Floats, left: Floats) -> Spans:
        """Spans from when each ``came`` (finite) to when it ``left`` (NaN or infinite where it lasts)."""
        over, lasting = np.flatnonzero(np.isfinite(left)), np.flatnonzero(~np.isfinite(left))
        coming = np.argsort(came, kind="stable")  # beginnings are mostly in order already
        leaving = np.concatenate((over[by_size(left[over])], lasting))
        return Spans(came[coming], left[leaving], coming, leaving)

    def parts(self, which: Numbers, size: int) -> Iterator[Spans]:
        """The spans of each of the numbers 0 .. size - 1; ``which`` has one for each span, in the order in which they were given."""
        if size == 1:
            yield self
            return
        coming, leaving = (places_by(which[order], size) for order in (self.coming, self.leaving))
        for first, last in zip(coming, leaving, strict=True):
            yield Spans(self.came[first], self.left[last], self.coming[first], self.leaving[last])

    def peaks(self, since: Floats) -> tuple[float, list[float]]:
        """The most that lie over one instant: at any time, and from each instant of ``since`` to the next."""
        in_turn = np.argsort(np.concatenate((self.left, self.came)), kind="stable")  # a merge, in which those that end go first
        length = np.empty(len(self.came), dtype=np.intp)  # just after each beginning
        np.subtract(2 * np.arange(len(length)) + 1, np.flatnonzero(in_turn >= len(self.left)), out=length)
        starts = np.append(np.searchsorted(self.came, since), len(length))
        carried = starts[:-1] - until(self.left, since)
        parts = zip(starts[:-1].tolist(), starts[1:].tolist(), carried.tolist(), strict=True)
        return float(length.max(initial=0)), [float(length[a:b].max(initial=over)) for a, b, over in parts]

    def peak(self) -> float:
        """The most that ever lie over one instant."""
        return self.peaks(np.empty(0))[0]

    def over(self, instants: Floats) -> Floats:
        """How many lie over each instant."""
        return (until(self.came, instants) - until(self.left, instants)).astype(np.float64)


def in_order(instants: Floats) -> Floats:
    """Those that happened (neither NaN nor infinite), sorted."""
    return np.sort(instants[np.isfinite(instants)])


def until(happened: Floats, at: Floats) -> NDArray[np.intp]:
    """How many of what ``happened``, in order, is not after each instant ``at``."""
    return np.searchsorted(happened, at, side="right")
