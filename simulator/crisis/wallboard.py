"""What a wallboard shows, written down at an instant: for drills, and for whoever wants to know what was to be seen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.crisis.act import Act, acts

if TYPE_CHECKING:
    from simulator.crisis.world import World

SHOWN = ("queue", "longest_wait", "agents_online", "agents_free", "lines_in_use", "lines_free", "callback_list")
"""The readings, in the order of the note."""


@acts.register("wallboard.note")
@dataclass(frozen=True)
class NoteWallboard(Act):
    """The wallboard is written into the log as it stands: queue, waits, agents, lines, numbers to call back. Nothing else changes."""

    kind = "event"

    def run(self, world: World, step: str) -> None:
        seen = {measure: round(world.read(measure), 3) for measure in SHOWN}
        world.note("event", step, "note", json.dumps(seen))
