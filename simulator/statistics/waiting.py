"""Waiting: quantiles of waits and the longest queue, out of the ledger of one run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.quantiles import Sorted
from simulator.statistics.spans import Spans
from simulator.statistics.whose import Whose, key
from simulator.vocabulary import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.records.run import Run
    from simulator.statistics.basis import Basis
    from simulator.statistics.whose import Key

    Floats = NDArray[np.float64]

QUANTILES = {"wait_p50": 0.5, "wait_p90": 0.9}


class Waits:
    """Waits in queue of the contacts that were answered or abandoned, sorted once for every grouping of them."""

    def __init__(self, basis: Basis) -> None:
        chosen = np.flatnonzero(_queued(basis.run, basis.listed))
        self._slot = basis.slot[chosen]
        self._ordered = Sorted(basis.wait[chosen])
        self._frame = basis.frame
        self._whose = Whose.rows(basis.run, basis.model, basis.frame, chosen, self._slot)

    def values(self) -> Iterator[tuple[Key, float]]:
        """Each quantile wherever somebody was answered or abandoned."""
        return self._whose.quantiles(self._ordered, QUANTILES)

    def by_interval(self) -> Floats:
        """(quantiles, T, 1 + N + C): of everybody, of each need and channel; NaN where nobody was answered or abandoned."""
        interval = self._frame.interval_of.astype(np.int32)[self._slot]
        count, shares = len(self._frame.intervals) - 1, tuple(QUANTILES.values())
        found = [self._ordered.grouped(shares, interval, count)[:, :, None]]
        for dimension in ("need", "channel"):
            kinds = len(self._whose.names[dimension])
            if dimension == "channel" and kinds == 1:
                found.append(found[0])
                continue
            of_each = self._ordered.grouped(shares, interval * kinds + self._whose.index[dimension], count * kinds)
            found.append(of_each.reshape(-1, count, kinds))
        return np.concatenate(found, axis=2)


def _queued(run: Run, listed: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """Rows of the contacts that were answered or abandoned once they met the agents; entries ``listed`` for callback are none."""
    book = run.ledger
    met = ~np.isnan(book.queued) if listed is None else ~np.isnan(book.queued) & ~listed
    return np.asarray(met & (~np.isnan(book.answered) | (book.outcome == Outcome.ABANDONED.value)), dtype=np.bool_)


def peaks_of_queue(basis: Basis) -> Iterator[tuple[Key, float]]:
    """The longest queue, exact: every joining and leaving counts; at one instant the leaving come first.

    By need, site and group, each with and without the phase.
    """
    queued = np.flatnonzero(basis.wait > 0)
    came = basis.run.ledger.queued[queued]
    spans = Spans.of(came, came + basis.wait[queued])
    whose = Whose.rows(basis.run, basis.model, basis.frame, queued, basis.slot[queued])
    for scopes, which in whose.splits((), ("need",), ("site",), ("group",)):
        for scope, part in zip(scopes, spans.parts(which, len(scopes)), strict=True):
            if scope is not None:
                longest, by_phase = part.peaks(basis.frame.phase_starts)
                yield key("peak_queue", scope), longest
                phases = zip(basis.frame.phases, by_phase, strict=True)
                yield from ((key("peak_queue", scope | {"phase": phase}), value) for phase, value in phases if phase)
