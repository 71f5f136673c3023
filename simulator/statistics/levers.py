"""Levers as they were pulled in the simulated worlds: what they did to first contacts and to talk, interval by interval.

Counted are announcements, self-service, pages and what scales demand or talk. Messages, which end needs at instants of their own,
and leading contacts elsewhere by their wait are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.model.world import KINDS
from simulator.statistics.constraint import instant_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.statistics.tally import Tally

    Floats = NDArray[np.float64]


class Levers:
    """Averages over the worlds in ``tallies`` (R of them), by interval: T of them, C channels, N needs."""

    wanted: Floats  #: (T, C, N) share of first contacts expected that are made and want an agent
    talk: Floats  #: (T, N) factor on talk time

    def __init__(self, model: Model, tallies: Sequence[Tally]) -> None:
        self._model, self._tallies = model, tallies
        self._edges = tallies[0].frame.intervals
        shape = (len(tallies), len(self._edges) - 1)
        made, told, talk = (np.ones((*shape, len(model.needs))) for _ in range(3))  # (R, T, N): who calls, who is not told before, how long
        for n, need in enumerate(model.needs):
            for factor, part in self._acting("demand.scale", need.name):
                made[:, :, n] *= 1 - part * (1 - factor)
            for share, part in self._acting("page.publish", need.name):
                made[:, :, n] *= 1 - part * share
            for share, part in self._acting("ivr.message", need.name):
                told[:, :, n] = np.minimum(told[:, :, n], 1 - part * share)  # the most effective one counts
            for factor, part in self._acting("talk.scale", need.name):
                talk[:, :, n] *= 1 - part * (1 - factor)
        wanted = []
        for channel in model.channels:
            of_channel = made * (told if KINDS[channel.kind].holds_line else 1.0)
            for n, need in enumerate(model.needs):
                of_channel[:, :, n] *= 1 - self._contained(channel.name, need.name)
            wanted.append(of_channel.mean(axis=0))
        self.wanted = np.stack(wanted, axis=1)
        self.talk = talk.mean(axis=0)

    def _contained(self, channel: str, need: str) -> Floats:
        """The share of contacts that self-service ends: (R, T)."""
        machine = next(c for c in self._model.channels if c.name == channel).self_service
        declared = 0.0 if machine is None else float(machine.contains.get(need, 0.0))
        contained = np.full((len(self._tallies), len(self._edges) - 1), declared)

        for share, part in self._acting("selfservice.set", need, channel):
            contained += part * (share - contained)  # what began last holds
        return np.asarray(np.clip(contained, 0.0, 1.0))

    def _acting(self, name: str, need: str, channel: str = "") -> Iterator[tuple[float, Floats]]:
        """Steps called ``name`` about a need, in order of beginning: share or factor, how much of it was in effect: (R, T), 0 to 1."""
        steps = [step for step in (*self._model.events, *self._model.playbook) if step.act.name == name]
        for step in sorted(steps, key=lambda step: self._instants(step.id, "done").min()):
            size = _size(step.act, need)
            if size is not None and (not channel or step.act.channel == channel):
                yield float(size), self._in_effect(step.id, step.act)

    def _instants(self, step: str, what: str) -> Floats:
        """When a step is logged so in each world, infinite where it never is: (R, 1)."""
        found = np.array([[instant_of(t.log, step, what)] for t in self._tallies])
        return np.where(np.isnan(found), np.inf, found)

    def _in_effect(self, step: str, act: Any) -> Floats:
        """The share of each interval in which a step was in effect, less what of it had faded by the middle: (R, T)."""
        since, until = self._instants(step, "done"), self._instants(step, "ended")
        start, end = self._edges[:-1], self._edges[1:]
        part = np.clip((np.minimum(end, until) - np.maximum(start, since)) / (end - start), 0.0, 1.0)
        began = np.minimum(since, end)  # an age of what never began is 0
        age = np.maximum((np.maximum(start, began) + np.minimum(end, until)) / 2 - began, 0.0)
        half_life, back = float(getattr(act, "stale_after", 0.0)), getattr(act, "recovers_by", None)
        if half_life > 0:
            part *= np.exp2(-age / half_life)
        if back is not None:
            part *= np.clip(1 - age / np.maximum(float(back) - began, 1e-9), 0.0, 1.0)
        return part


def _size(act: Any, need: str) -> float | None:
    """What an act says of a need: a share in a map of needs, or the factor of the one that it names."""
    for name in ("informs", "prevents", "contains"):
        if hasattr(act, name):
            found: float | None = getattr(act, name).get(need)
            return found
    return float(act.factor) if act.need == need else None
