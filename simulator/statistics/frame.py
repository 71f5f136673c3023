"""How a run's time is cut: intervals, phases, and slots, the finest pieces, which no boundary crosses.

Slots begin where :mod:`simulator.model.edges` says: at every interval's start, every phase's, at the impact and at the edges of
opening hours, so that a sum over slots is exact for an interval, for a phase and for the time after the impact, even where the
ground shakes at fourteen minutes past.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.model.edges import edges, interval_edges
from simulator.workload.order import piece_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.model.world import Model

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Frame:
    """Boundaries in seconds since the scenario's start. ``slots`` and ``intervals`` are edges: one longer than their number."""

    slots: Floats
    intervals: Floats
    phases: tuple[str, ...]  #: one nameless phase where the model names none, or before the first begins
    phase_starts: Floats
    interval_of: Indices  #: slot -> interval
    phase_of: Indices  #: slot -> phase
    impact: float  #: NaN where nothing strikes

    @property
    def after_impact(self) -> NDArray[np.bool_]:
        """Slots that begin at or after the impact; none where nothing strikes."""
        return np.asarray(self.slots[:-1] >= self.impact, dtype=np.bool_)

    def by_interval(self, values: Floats, axis: int = 0) -> Floats:
        """Sums over slots (along ``axis``) of each interval."""
        return np.asarray(np.add.reduceat(values, np.searchsorted(self.interval_of, np.arange(len(self.intervals) - 1)), axis=axis))

    def by_phase(self, values: Floats, axis: int = 0) -> Floats:
        """Sums over slots (along ``axis``) of each phase."""
        return np.asarray(np.add.reduceat(values, np.searchsorted(self.phase_of, np.arange(len(self.phases))), axis=axis))

    def slot_of(self, instants: Floats) -> Indices:
        """The slot in which each instant falls; instants outside the run belong to the nearest slot."""
        return piece_of(self.slots[1:-1], instants)

    def phase_at(self, instants: Floats) -> Indices:
        """The phase in which each instant falls; instants outside the run belong to the nearest phase."""
        return piece_of(self.phase_starts[1:], instants)


def frame_of(model: Model) -> Frame:
    """Cut the run of ``model``. Phases that begin after the run's end are left out."""
    clock = model.clock
    end = float(clock.duration)
    intervals = np.array(interval_edges(clock))
    named = sorted((max(float(p.start), 0.0), p.name) for p in clock.phases if p.start < end)
    if not named or named[0][0] > 0:
        named.insert(0, (0.0, ""))
    starts = np.array([start for start, _ in named])
    impact = math.nan if clock.impact is None else float(clock.impact)
    slots = np.array(edges(model))
    return Frame(
        slots=slots,
        intervals=intervals,
        phases=tuple(name for _, name in named),
        phase_starts=starts,
        interval_of=np.searchsorted(intervals, slots[:-1], side="right") - 1,
        phase_of=np.searchsorted(starts, slots[:-1], side="right") - 1,
        impact=impact,
    )
