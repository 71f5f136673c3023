"""A clock that stands still while the centre is closed: opening hours as time that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from simulator.model.world import Channel

    Floats = NDArray[np.float64]


class Hours:
    """The time in which at least one of ``channels`` is open, up to the ``end`` of the run. Instants are seconds since its start."""

    def __init__(self, channels: Iterable[Channel], end: float) -> None:
        spans: list[tuple[float, float]] = []
        for channel in channels:
            spans += [(0.0, end)] if channel.hours is None else [(max(a, 0.0), min(b, end)) for a, b in channel.hours if a < end and b > 0]
        edges: list[float] = []
        for opens, closes in sorted(spans):
            if edges and opens <= edges[-1]:
                edges[-1] = max(edges[-1], closes)
            else:
                edges += [opens, closes]
        self._edges = np.array(edges)
        self._opened = np.concatenate(([0.0], np.cumsum(np.diff(self._edges) * (np.arange(max(len(edges) - 1, 0)) % 2 == 0))))
        self._always = edges == [0.0, end]

    def open(self, instants: Floats) -> NDArray[np.bool_]:
        """Whether each instant lies in opening hours."""
        return np.asarray(np.searchsorted(self._edges, instants, side="right") % 2 == 1, dtype=np.bool_)

    def until(self, instants: Floats) -> Floats:
        """How long it has been open by each instant: what this clock shows."""
        if self._always:
            return instants
        if not len(self._edges):
            return np.zeros(np.shape(instants))
        return np.asarray(np.interp(instants, self._edges, self._opened), dtype=np.float64)
