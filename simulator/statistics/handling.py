"""Handle times that stay honest beside rare long talks, and what the roster has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.contacts import handle_times
from simulator.statistics.quantiles import Sorted
from simulator.statistics.whose import Whose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import Run
    from simulator.statistics.frame import Frame
    from simulator.statistics.whose import Key

    Floats = NDArray[np.float64]

TRIM = 0.05
"""The share of contacts left out at either end of a trimmed mean."""


def handle_time_values(run: Run, model: Model, frame: Frame) -> Iterator[tuple[Key, float]]:
    """Median and trimmed mean of handle times."""
    rows, took = handle_times(run, model)
    whose = Whose.rows(run, model, frame, rows, frame.slot_of(run.ledger.arrived[rows]))
    return whose.quantiles(Sorted(took), {"handle_time_p50": 0.5}, ("aht_trimmed", TRIM))


def rostered(model: Model, edges: Floats) -> Floats:
    """Agent-seconds of each team that the roster has between ``edges``, breaks left out: (pieces, teams)."""
    spans = [
        (k, agents, start, end)
        for k, team in enumerate(model.teams)
        for shift in team.shifts
        for agents, start, end in (
            (shift.agents, shift.start, shift.end),
            *((-shift.agents, pause.start, min(pause.start + pause.length, shift.end)) for pause in shift.breaks),
        )
    ]
    of_team, agents, start, end = np.array(spans, dtype=np.float64).reshape(-1, 4).T
    spent = agents * _overlap(edges[:, None], start, end)
    made = np.zeros((len(edges) - 1, len(model.teams)))
    for k in range(len(model.teams)):
        made[:, k] = spent[:, of_team == k].sum(axis=1)
    return made


def _overlap(edges: Floats, start: Floats, end: Floats) -> Floats:
    return np.asarray(np.maximum(np.minimum(edges[1:], end) - np.maximum(edges[:-1], start), 0.0), dtype=np.float64)
