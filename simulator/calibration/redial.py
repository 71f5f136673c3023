"""Who calls again after giving up: the same mark within an hour, less those who would have called anyway."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.calibration.estimate import LEAST_ABANDONS, Estimate, graded, nowhere
from simulator.calibration.observed import Calls, Outcome

WINDOW = 3600.0
"""Seconds within which a call of the same number is a redial."""


@dataclass(frozen=True)
class Redial:
    """The share of those who gave up that call again within an hour, and the median time until they do, seconds."""

    share: Estimate
    after: float = math.nan


def estimate(calls: Calls | None) -> Redial:
    """Redials from single calls whose callers were told apart while reading."""
    if calls is None:
        return Redial(nowhere("who calls again needs single calls with a mark of the caller"))
    if not (calls.last >= 0).any():
        return Redial(nowhere("the calls have no mark of the caller"))
    gave_up = int((calls.outcome == Outcome.ABANDONED).sum())
    after = (calls.last == Outcome.ABANDONED) & (calls.since >= 0)
    soon = after & (calls.since <= WINDOW)
    by_chance = (after & (calls.since > 24 * WINDOW - WINDOW / 2) & (calls.since <= 24 * WINDOW + WINDOW / 2)).sum()
    again = max(int(soon.sum()) - int(by_chance), 0)
    if not gave_up:
        return Redial(nowhere("nobody gave up"))
    value = again / gave_up
    error = 1.645 * math.sqrt(max(value * (1 - value), 1 / gave_up) / gave_up)
    found = graded(
        value, max(value - error, 0.0), min(value + error, 1.0), method="the same caller within an hour, less those of the next day",
        n=gave_up,
        unit="abandonments", enough=LEAST_ABANDONS,
    )  # fmt: skip
    return Redial(found, float(np.median(calls.since[soon])) if soon.any() else math.nan)
