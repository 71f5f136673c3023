"""Cells: the table of contacts by slot, need, channel and site, and sums over rows that fall into them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.records.run import Run
    from simulator.statistics.frame import Frame

    Floats = NDArray[np.float64]
    Rows = NDArray[np.intp]


def over(values: Floats, axis: int) -> Floats:
    """Sums over a short ``axis``, slice by slice: NumPy's own goes number by number where that is the last."""
    return np.asarray(reduce(np.add, np.moveaxis(values, axis, 0)))


def sites_of(site: NDArray[np.integer[Any]], sites: int) -> NDArray[np.int32]:
    """The numbers of ``sites``, with one more for no site (-1)."""
    return np.minimum(site.astype(np.uint32), sites).astype(np.int32)  # -1 is now larger than any


@dataclass(frozen=True)
class Cells:
    """``shape`` is (slots, needs, channels, sites + 1): the last site is "no site".

    Where contacts are sorted by whose they are, entries of demand stand in the place of needs.
    """

    shape: tuple[int, int, int, int]
    of_row: Rows  #: cell of each row of the ledger
    kind: NDArray[Any]  #: need, or entry of demand
    channel: NDArray[Any]
    site: NDArray[Any]

    @staticmethod
    def of(run: Run, frame: Frame, slot: Rows, *, by_demand: bool = False) -> Cells:
        book = run.ledger
        kind, kinds = (run.persons.demand[book.customer], len(run.demands)) if by_demand else (book.need, len(run.needs))
        shape = (len(frame.slots) - 1, kinds, len(run.channels), len(run.sites) + 1)
        site = sites_of(book.site, len(run.sites))
        cell = slot * (shape[1] * shape[2] * shape[3]) + ((kind.astype(np.int32) * shape[2] + book.channel) * shape[3] + site)
        return Cells(shape, cell, kind, book.channel, site)

    @property
    def size(self) -> int:
        return int(np.prod(self.shape))

    def at(self, slot: Rows, row: NDArray[Any]) -> Rows:
        """The cell of something that happened in ``slot`` to the contact in ``row`` of the ledger."""
        cell: Rows = ((slot * self.shape[1] + self.kind[row]) * self.shape[2] + self.channel[row]) * self.shape[3] + self.site[row]
        return cell

    def count(self, cells: Rows) -> Floats:
        return np.bincount(cells, minlength=self.size).astype(np.float64)

    def add(self, cells: Rows, amounts: Floats) -> Floats:
        return np.asarray(np.bincount(cells, weights=amounts, minlength=self.size), dtype=np.float64)
