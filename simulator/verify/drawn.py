"""Controls out of the workload alone: what the same people would meet before one agent who is as quick as all of them together.

Waits near saturation differ from world to world because of when people happened to call and how long they happened to talk.
The same people, first come, first served, before one agent say so nearly as loudly, and their mean wait is known whatever
the law of talk (Pollaczek and Khinchine). Nothing of the engine is in that number: it follows from the instants and talk times
that were drawn, by Lindley's recursion. So an error of the engine shows in the corrected number at its full size. An error
of what was drawn would be corrected away; it is looked for in the other controls, and in the spread of talk and of calls here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from simulator.model.distributions import Exponential, Lognormal
from simulator.model.world import Profile
from simulator.verify import exact
from simulator.verify.case import Check
from simulator.workload import draw

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.model.distributions import Distribution
    from simulator.model.world import Model
    from simulator.statistics.worlds import Worlds
    from simulator.workload import Workload

    Floats = NDArray[np.float64]

EVEN = 300.0
"""Calls are counted in pieces of so many seconds."""


def drawn_of(model: Model, seed: int) -> Iterator[Check]:
    """The controls of ``model``, in which nobody is refused or gives up, and their means."""
    seen = _Seen(model, seed)
    rates = [sum(d.expected) / float(model.clock.duration) for d in model.demand if isinstance(d, Profile)]
    squares = [_square(need.talk_time) for need in model.needs]
    square = float(np.dot(rates, squares)) / sum(rates)
    quick = [float(need.talk_time.mean) / seen.agents for need in model.needs]
    wait = exact.lone_agent_wait(rates, quick, [s / seen.agents**2 for s in squares])
    yield Check("as drawn: mean square of talk, s^2", lambda worlds: (seen.of(worlds)[:, 0], None), square, "spread")
    yield Check("as drawn: variance of calls in 5 min over their mean", lambda worlds: (seen.of(worlds)[:, 1], None), 1.0, "spread")
    yield Check("as drawn: mean wait for one agent as quick as all, s", lambda worlds: (seen.of(worlds)[:, 2], None), wait, "luck")


class _Seen:
    """What is read off the workload of each world, drawn again from its seed: square of talk, spread of calls, wait."""

    def __init__(self, model: Model, seed: int) -> None:
        self.agents = sum(team.headcount for team in model.teams)
        self._model, self._seed = model, seed
        self._rows: dict[int, tuple[float, float, float]] = {}

    def of(self, worlds: Worlds) -> Floats:
        """(worlds, 3)."""
        for tally in worlds.tallies:
            if tally.replication not in self._rows:
                self._rows[tally.replication] = self._read(draw(self._model, self._seed, tally.replication), worlds)
        return np.array([self._rows[tally.replication] for tally in worlds.tallies])

    def _read(self, workload: Workload, worlds: Worlds) -> tuple[float, float, float]:
        onset, duration = workload.onset, float(self._model.clock.duration)
        talk = np.empty(len(onset))
        for k in range(len(self._model.needs)):
            mine = workload.need == k
            talk[mine] = workload.talk[k][: int(mine.sum())]  # by order of service, which is that of arrival within a need
        counts = np.bincount((onset // EVEN).astype(np.intp), minlength=round(duration / EVEN))
        calls = sum(sum(d.expected) for d in self._model.demand if isinstance(d, Profile)) / len(counts)
        net = np.cumsum(talk[:-1] / self.agents - np.diff(onset))
        waits = np.concatenate(([0.0], net - np.minimum(np.minimum.accumulate(net), 0.0)))
        settled = onset >= worlds.frame.phase_starts[-1]
        return float((talk**2).mean()), float(((counts - calls) ** 2).mean() / calls), float(waits[settled].mean())


def _square(law: Distribution) -> float:
    """The mean square of a law of talk; raises TypeError for one that no case uses."""
    if isinstance(law, Exponential):
        return 2 * float(law.mean) ** 2
    if isinstance(law, Lognormal):
        return float(law.mean) ** 2 * float(np.exp(law.sigma**2))
    raise TypeError(f"the mean square of {law} is not known here")
