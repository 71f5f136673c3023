"""A few measures of a world, written down when it was simulated: three numbers cost three numbers, and not a whole tally."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import numpy as np

from simulator.errors import UsageError
from simulator.statistics.account import Account
from simulator.statistics.measures import measure_named
from simulator.statistics.tally import ceilings
from simulator.statistics.worlds import Figures, Worlds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import Run
    from simulator.statistics.measures import Measure

    Floats = NDArray[np.float64]

Place = tuple[str, tuple[tuple[str, str], ...]]
"""A measure by its name, and its scope."""


def place(measure: str, scope: Mapping[str, str]) -> Place:
    """How a measure in a scope is known here; it is sent to workers and hashed."""
    return measure, tuple(sorted(scope.items()))


def record(run: Run, model: Model, places: Sequence[Place]) -> bytes:
    """The figures of one world: of each place its numerator, its denominator, whether it exists there, and its restricted value."""
    with Account.closed(run, model) as account:
        asked = [(measure_named(name), dict(scope)) for name, scope in places]
        rows = []
        for (measure, scope), y, x in zip(asked, *account.figures(asked).tolist(), strict=True):
            restricted = y
            if math.isinf(y):
                most = ceilings(account)
                restricted = most.get(f"{measure.name}[{scope.get('channel', '')}]", most.get(measure.name, math.nan))
            rows.append((y, x, account.has(measure, scope), restricted))
    return json.dumps(rows).encode()


class Recorded(Worlds):
    """The worlds of one model by what was recorded of them; they answer for the ``places`` that were, and for no others."""

    def __init__(self, places: Sequence[Place], leaves: Mapping[int, bytes]) -> None:
        if not leaves:
            raise UsageError("there is no finished replication to summarise")
        self.replications = tuple(sorted(leaves))
        self.names = {}
        for _, scope in places:
            for dimension, name in scope:
                self.names[dimension] = (*self.names.get(dimension, ()), name)
        rows = [json.loads(leaves[world]) for world in self.replications]
        self._recorded = {where: [row[i] for row in rows] for i, where in enumerate(places)}

    def has(self, measure: Measure, scope: Mapping[str, str] | None = None) -> bool:
        return bool(self._recorded[place(measure.name, scope or {})][0][2])

    def all_figures(self, asked: Sequence[Measure], scopes: Sequence[Mapping[str, str]]) -> Figures:
        wanted = [(measure, scope) for scope in scopes for measure in asked]
        rows = [self._recorded[place(measure.name, scope)] for measure, scope in wanted]
        y, x = (np.array([[row[side] for row in of_one] for of_one in rows], dtype=float).T for side in (0, 1))
        there = np.array([of_one[0][2] for of_one in rows], dtype=bool)
        divided = there & np.array([bool(measure.denominator) for measure, _ in wanted])
        return Figures(tuple(asked), tuple(scopes), np.ascontiguousarray(y), np.ascontiguousarray(x), there, divided)

    def all_restricted(self, found: Figures) -> Floats:
        wanted = [place(measure.name, scope) for scope in found.scopes for measure in found.asked]
        return np.ascontiguousarray(np.array([[row[3] for row in self._recorded[where]] for where in wanted], dtype=float).T)
