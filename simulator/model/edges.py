"""Where a run's time is cut, so that what is added up for an interval, a phase or the hours of a channel is exact.

The floor is looked at there, and the sums of the statistics begin and end there.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.model.world import Clock, Model

LATER = 6 * 3600.0
"""So long after the impact it is counted who is at work again, in seconds."""


def interval_edges(clock: Clock) -> list[float]:
    """The start of each interval, and the end of the run."""
    end, step = float(clock.duration), float(clock.interval)
    return [min(k * step, end) for k in range(math.ceil(end / step - 1e-9) + 1)]


def edges(model: Model) -> list[float]:
    """Every instant at which an interval, a phase, the time after the impact or a channel's opening hours begin or end, in order."""
    clock = model.clock
    end = float(clock.duration)
    found = set(interval_edges(clock))
    found |= {max(float(phase.start), 0.0) for phase in clock.phases}
    found |= {float(edge) for channel in model.channels for span in channel.hours or () for edge in span}
    if clock.impact is not None:
        found |= {float(clock.impact), float(clock.impact) + LATER}
    return sorted(instant for instant in found if 0 <= instant <= end)
