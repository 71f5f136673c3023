"""Waiting: quantiles of waits and the longest queue, out of the ledger of one run."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.statistics.quantiles import Sorted
from simulator.vocabulary import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.records.run import Run
    from simulator.statistics.frame import Frame

    Floats = NDArray[np.float64]

Key = tuple[str, str, str, str, str]
"""A measure of one run, then phase, need, channel and site; an empty word is everything."""

QUANTILES = {"wait_p50": 0.5, "wait_p90": 0.9}


class Waits:
    """Waits in queue of the contacts that were answered or abandoned, sorted once for every grouping of them."""

    def __init__(self, run: Run, frame: Frame, slot: NDArray[np.intp], wait: Floats) -> None:
        book = run.ledger
        chosen = ~np.isnan(book.answered) | (book.outcome == Outcome.ABANDONED)
        self._slot = slot[chosen]
        self._ordered = Sorted(wait[chosen])
        self._frame = frame
        self._needs, self._need = run.needs, book.need[chosen]
        self._channels, self._channel = run.channels, book.channel[chosen]

    def values(self) -> Iterator[tuple[Key, float]]:
        """Each quantile by every combination of phase, need and channel."""
        names: dict[str, tuple[tuple[str, ...], NDArray[np.integer[Any]]]] = {
            "phase": (self._frame.phases, self._frame.phase_of[self._slot]),
            "need": (self._needs, self._need),
        }
        if len(self._channels) > 1:
            names["channel"] = (self._channels, self._channel)
        for count in range(len(names) + 1):
            for dims in combinations(names, count):
                for words, found in self._ordered.by(tuple(QUANTILES.values()), [names[d] for d in dims]):
                    scope = dict(zip(dims, words, strict=True))
                    channels = ("", *self._channels) if len(self._channels) == 1 else (scope.get("channel", ""),)
                    for measure, value in zip(QUANTILES, found, strict=True):
                        for channel in channels:
                            yield (measure, scope.get("phase", ""), scope.get("need", ""), channel, ""), float(value)

    def by_interval(self) -> Floats:
        """(quantiles, T, 1 + N): of all needs together, then of each; NaN where nobody was answered or abandoned."""
        interval = self._frame.interval_of[self._slot]
        count, needs = len(self._frame.intervals) - 1, len(self._needs)
        shares = tuple(QUANTILES.values())
        of_all = self._ordered.grouped(shares, interval, count)
        of_needs = self._ordered.grouped(shares, interval * needs + self._need, count * needs)
        return np.concatenate((of_all[:, :, None], of_needs.reshape(-1, count, needs)), axis=2)


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


def _counted(flags: NDArray[np.bool_]) -> NDArray[np.intp]:
    """How many of the first k flags are set, for k from 0."""
    return np.concatenate((np.zeros(1, dtype=np.intp), np.cumsum(flags)))
