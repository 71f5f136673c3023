"""Contacts short of the target, half hour by half hour: a surplus in one does not make up for another.

Half hours are those of the run, cut where a phase begins, whatever the interval of the tables is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.statistics.cells import sites_of
from simulator.statistics.whose import key, membership
from simulator.workload.order import piece_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from simulator.statistics.basis import Basis
    from simulator.statistics.whose import Key

    Floats = NDArray[np.float64]
    Counts = NDArray[np.intp]

PIECE = 1800.0
"""The length of a piece of time, in seconds."""


def service_deficits(basis: Basis) -> Iterator[tuple[Key, float]]:
    """``sl_deficit`` by need and channel, by site and by group, each also by phase."""
    run, model, frame = basis.run, basis.model, basis.frame
    book, target = run.ledger, np.array([c.target_share for c in model.channels], dtype=np.float64)
    starts = np.unique(np.concatenate((np.arange(0.0, run.ended_at, PIECE), frame.phase_starts)))
    phase_of = np.searchsorted(frame.phase_starts, starts, side="right") - 1
    rows = np.flatnonzero(basis.offered)
    good = ~np.isnan(book.answered[rows]) & basis.in_time[rows]
    piece, channel = piece_of(starts[1:], book.arrived[rows]), book.channel[rows]

    def counted(of: NDArray[Any], kinds: int) -> tuple[Counts, Counts]:
        """Contacts answered in time, and offered, by piece, kind and channel."""
        place = (piece * kinds + of) * len(target) + channel
        shape = len(starts), kinds, len(target)
        of_good, of_all = (np.bincount(places, minlength=int(np.prod(shape))).reshape(shape) for places in (place[good], place))
        return of_good, of_all

    def short(sums: tuple[Counts, Counts]) -> Floats:
        return np.maximum(target * sums[1] - sums[0], 0.0)

    def told(dimension: str, names: Sequence[str], missing: Floats) -> Iterator[tuple[Key, float]]:
        """``missing`` is by piece, name and channel; by channel only where no site and no group is asked for."""
        by_phase = np.add.reduceat(missing, np.searchsorted(phase_of, np.arange(len(frame.phases))), axis=0)
        for n, name in enumerate(names):
            for c, its_channel in enumerate(("", *run.channels) if dimension == "need" else ("",)):
                mine = slice(None) if c == 0 else slice(c - 1, c)
                scope = {dimension: name, "channel": its_channel}
                yield key("sl_deficit", scope), float(missing[:, n, mine].sum())
                for p, phase in enumerate(frame.phases):
                    if phase:
                        yield key("sl_deficit", scope | {"phase": phase}), float(by_phase[p, n, mine].sum())

    of_needs = counted(book.need[rows], len(run.needs))
    yield from told("need", ("",), short((of_needs[0].sum(axis=1, keepdims=True), of_needs[1].sum(axis=1, keepdims=True))))
    yield from told("need", run.needs, short(of_needs))
    at_sites = counted(sites_of(book.site[rows], len(run.sites)), len(run.sites) + 1)
    yield from told("site", run.sites, short((at_sites[0][:, :-1], at_sites[1][:, :-1])))
    if model.groups:
        member = membership(model)
        entries = counted(run.persons.demand[book.customer[rows]], len(run.demands))
        of_groups = [np.einsum("pdc,dg->pgc", sums, member.astype(np.int64)) for sums in entries]  # whole numbers: no BLAS
        yield from told("group", tuple(model.groups), short((of_groups[0], of_groups[1])))
