"""The luck of people and agents in steps and shifts: it goes with the person, whoever else there is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.workload import unfold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.workload import Workload

    Floats = NDArray[np.float64]


class Luck:
    """One uniform in (0, 1) a person and name; a name says where it is used, such as the step and what in it."""

    def __init__(self, model: Model, workload: Workload) -> None:
        self.model = model
        self.workload = workload

    def of_people(self, name: str, numbers: NDArray[np.integer[Any]]) -> Floats:
        """One uniform for each of these customers and possible posts, unfolded from their own key."""
        return unfold.uniforms(self.workload.key[numbers], name)

    def of_agents(self, name: str, numbers: range) -> Floats:
        """One uniform for each of these agents, unfolded from the team's name and their place in the team."""
        return unfold.uniforms(self._agents[numbers.start : numbers.stop], name)

    def of_shifts(self, names: Sequence[str], shifts: Sequence[range]) -> list[Floats]:
        """The same of the agents of several shifts, each in what its name says."""
        return unfold.columns([self._agents[agents.start : agents.stop] for agents in shifts], names)

    @cached_property
    def _agents(self) -> NDArray[np.int64]:
        """The key of every agent, by number."""
        streams = self.workload.streams
        none = np.zeros(0, dtype=np.int64)
        return np.concatenate([none, *(unfold.keys(streams, f"team/{team.name}/agents", team.headcount) for team in self.model.teams)])
