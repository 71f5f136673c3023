"""Acts that fail on purpose, importable by worker processes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from simulator.crisis.act import Act

if TYPE_CHECKING:
    from simulator.crisis.world import World


@dataclass(frozen=True)
class Accident(Act):
    """Goes wrong in one replication."""

    name: ClassVar[str] = "test.accident"
    kind: ClassVar[str] = "event"
    replication: int = 1
    deadly: bool = False  #: takes the whole process with it

    def run(self, world: World, step: str) -> None:
        if world.workload.streams.replication != self.replication:
            return
        if self.deadly:
            os._exit(9)
        raise ValueError("something that nobody thought of")
