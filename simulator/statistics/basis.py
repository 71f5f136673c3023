"""What several sums of one run are made from: each part is worked out when the first of them asks for it, and once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from simulator.errors import BooksError
from simulator.statistics.books import calling_out, entries_of, offered, waits
from simulator.statistics.contents import contents
from simulator.statistics.frame import frame_of
from simulator.statistics.through import Through

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import Run

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Rows = NDArray[np.intp]

SLACK = 1e-6
"""Seconds by which a wait may exceed a limit and still keep it: waits are differences of absolute instants."""


class Basis:
    """A run of a model. What is by row has one value for each row of the ledger. Raises BooksError for a run of no length."""

    def __init__(self, run: Run, model: Model) -> None:
        self.run = run
        self.model = model
        self.frame = frame_of(model)
        if len(self.frame.slots) < 2:
            raise BooksError(f"variant {run.variant}: a run of no length has nothing to add up")
        self.there = contents(model)
        self.calls_out = calling_out(model, len(run.channels))  #: by channel

    @cached_property
    def listed(self) -> Flags | None:
        """Which rows are entries of a list from which we call; None where there is no such list."""
        return entries_of(self.run, self.model) if self.calls_out.any() else None

    @cached_property
    def wait(self) -> Floats:
        """The wait of each row, in seconds (:func:`~simulator.statistics.books.waits`)."""
        return waits(self.run.ledger, self.run.ended_at, self.listed)

    @cached_property
    def slot(self) -> Rows:
        """The slot in which each row arrived."""
        return self.frame.slot_of(self.run.ledger.arrived)

    @cached_property
    def in_time(self) -> Flags:
        """Whether the wait of each row kept what its channel promises."""
        limits = self.limits("answer_within")
        same = (limits == limits[0]).all()
        return np.asarray(self.wait <= (limits[0] if same else limits[self.run.ledger.channel]), dtype=np.bool_)

    @cached_property
    def offered(self) -> Flags:
        """Which rows are contacts that were offered to the agents."""
        return offered(self.run, self.listed)

    @cached_property
    def through(self) -> Through:
        """Who wanted an agent, and who got one."""
        return Through.of(self.run, self.model, self.listed)

    def limits(self, name: str) -> Floats:
        """A limit of waits on each channel, in seconds, with the :data:`SLACK`."""
        return np.array([getattr(channel, name) for channel in self.model.channels], dtype=np.float64) + SLACK
