"""Waiting: quantiles of waits and the longest queue, out of the ledger of one run."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.statistics.quantiles import Sorted
from simulator.vocabulary import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from simulator.records.run import Run
    from simulator.statistics.frame import Frame

    Floats = NDArray[np.float64]

Key = tuple[str, str, str, str, str]
"""A measure of one run, then phase, need, channel and site; an empty word is everything."""

QUANTILES = {"wait_p50": 0.5, "wait_p90": 0.9}


@dataclass(frozen=True)
class Scoped:
    """Where each of some values belongs, for quantiles by every combination of phase, need and channel."""

    run: Run
    frame: Frame
    slot: NDArray[np.intp]
    need: NDArray[Any]
    channel: NDArray[Any]

    @staticmethod
    def rows(run: Run, frame: Frame, rows: NDArray[np.intp] | NDArray[np.bool_], slot: NDArray[np.intp]) -> Scoped:
        """Of ``rows`` of the ledger that belong to ``slot`` (parallel to the rows chosen)."""
        return Scoped(run, frame, slot, run.ledger.need[rows], run.ledger.channel[rows])

    def groups(self) -> Iterator[tuple[dict[str, str], list[tuple[tuple[str, ...], NDArray[np.integer[Any]]]]]]:
        """Every combination of dimensions: the names of what is left open, and the names and indices of each dimension."""
        names: dict[str, tuple[tuple[str, ...], NDArray[np.integer[Any]]]] = {
            "phase": (self.frame.phases, self.frame.phase_of[self.slot]),
            "need": (self.run.needs, self.need),
        }
        if len(self.run.channels) > 1:
            names["channel"] = (self.run.channels, self.channel)
        for count in range(len(names) + 1):
            for dims in combinations(names, count):
                yield dict.fromkeys(dims, ""), [names[d] for d in dims]

    def keys(self, measure: str, scope: dict[str, str]) -> Iterator[Key]:
        """The key of ``measure`` in ``scope``; with a single channel also that channel's, which is the same."""
        channels = ("", *self.run.channels) if len(self.run.channels) == 1 else (scope.get("channel", ""),)
        for channel in channels:
            yield measure, scope.get("phase", ""), scope.get("need", ""), channel, ""

    def quantiles(self, ordered: Sorted, shares: Mapping[str, float]) -> Iterator[tuple[Key, float]]:
        """Each measure of ``shares``, the quantile at its share, by every combination of phase, need and channel."""
        for dims, groups in self.groups():
            for words, found in ordered.by(tuple(shares.values()), groups):
                scope = dict(zip(dims, words, strict=True))
                for measure, value in zip(shares, found, strict=True):
                    for key in self.keys(measure, scope):
                        yield key, float(value)


class Waits:
    """Waits in queue of the contacts that were answered or abandoned, sorted once for every grouping of them."""

    def __init__(self, run: Run, frame: Frame, slot: NDArray[np.intp], wait: Floats, listed: NDArray[np.bool_] | None) -> None:
        chosen = queued(run, listed)
        self._slot = slot[chosen]
        self._ordered = Sorted(wait[chosen])
        self._frame = frame
        self._scoped = Scoped.rows(run, frame, chosen, self._slot)

    def values(self) -> Iterator[tuple[Key, float]]:
        """Each quantile by every combination of phase, need and channel."""
        return self._scoped.quantiles(self._ordered, QUANTILES)

    def by_interval(self) -> Floats:
        """(quantiles, T, 1 + N): of all needs together, then of each; NaN where nobody was answered or abandoned."""
        interval = self._frame.interval_of[self._slot]
        count, needs = len(self._frame.intervals) - 1, len(self._scoped.run.needs)
        shares = tuple(QUANTILES.values())
        of_all = self._ordered.grouped(shares, interval, count)
        of_needs = self._ordered.grouped(shares, interval * needs + self._scoped.need, count * needs)
        return np.concatenate((of_all[:, :, None], of_needs.reshape(-1, count, needs)), axis=2)


def queued(run: Run, listed: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """Rows of the contacts that were answered or abandoned once they met the agents; entries ``listed`` for callback are none."""
    book = run.ledger
    met = ~np.isnan(book.queued) if listed is None else ~np.isnan(book.queued) & ~listed
    return np.asarray(met & (~np.isnan(book.answered) | (book.outcome == Outcome.ABANDONED)), dtype=np.bool_)


def peaks_of_queue(run: Run, frame: Frame, wait: Floats) -> Iterator[tuple[Key, float]]:
    """The longest queue by phase and need, exact: every joining and leaving counts; at one instant the leaving come first."""
    queued = wait > 0
    came, need = run.ledger.queued[queued], run.ledger.need[queued]
    left = came + wait[queued]
    joining, leaving = np.argsort(came, kind="stable"), np.argsort(left)  # in order already where there is no menu
    came, came_need, left, left_need = came[joining], need[joining], left[leaving], need[leaving]
    gone = np.searchsorted(left, came, side="right")  # how many have left when each joins
    starts = np.append(np.searchsorted(came, frame.phase_starts), len(came))
    gone_at_start = np.searchsorted(left, frame.phase_starts, side="right")
    for n, name in enumerate(("", *run.needs)):
        joined = _counted(came_need == n - 1 if n else np.ones(len(came), dtype=bool))
        parted = _counted(left_need == n - 1 if n else np.ones(len(left), dtype=bool))
        length = joined[1:] - parted[gone]  # just after each joining
        yield ("peak_queue", "", name, "", ""), float(length.max(initial=0))
        carried = joined[starts[:-1]] - parted[gone_at_start]
        for p, phase in enumerate(frame.phases):
            if phase:
                yield ("peak_queue", phase, name, "", ""), float(length[starts[p] : starts[p + 1]].max(initial=int(carried[p])))


def in_order(instants: Floats) -> Floats:
    """Those that happened (neither NaN nor infinite), sorted."""
    return np.sort(instants[np.isfinite(instants)])


def until(happened: Floats, at: Floats) -> NDArray[np.intp]:
    """How many of what ``happened``, in order, is not after each instant ``at``."""
    return np.searchsorted(happened, at, side="right")


def peak(came: Floats, left: Floats) -> float:
    """The most spans that lie over one instant, out of their beginnings and ends in order; at one instant the leaving come first."""
    return float((np.arange(1, len(came) + 1) - until(left, came)).max(initial=0))


def _counted(flags: NDArray[np.bool_]) -> NDArray[np.intp]:
    """How many of the first k flags are set, for k from 0."""
    return np.concatenate((np.zeros(1, dtype=np.intp), np.cumsum(flags)))
