"""From what was observed to a centre that can be believed, and for what: the whole way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from simulator.calibration.comparing import Comparison, compare, split
from simulator.calibration.fit import Fit, fit
from simulator.calibration.observed import Observed
from simulator.calibration.refine import chosen, refined
from simulator.errors import UsageError

VALID = timedelta(days=91)
"""How long after its last day a calibration is believed."""
MOST_DAYS = 20


@dataclass(frozen=True)
class Calibration:
    """A fit, days simulated beside the observed ones, and until when to believe it."""

    fit: Fit
    comparison: Comparison
    timezone: str
    seed: int

    @property
    def expires(self) -> date:
        """The last day on which it is believed."""
        return date.fromisoformat(str(self.fit.observed.intervals.start.max())[:10]) + VALID


def calibration(observed: Observed, timezone: str, *, seed: int = 1, progress: Callable[[str], None] = lambda _: None) -> Calibration:
    """Estimate, set right by simulation, predict the days that were held out, and estimate again with all of them.

    The verdict is on the days held out. Raises UsageError where the files have no usual day with calls.
    """
    rows = observed.intervals
    days = [str(day) for day in np.unique(rows.days) if str(day) not in observed.special]
    if not days or not np.nansum(rows["arrived"]):
        raise UsageError("no usual day has calls: say --ordinary DAY of some")
    known, later = split(days)
    held_out = later[0] > known[-1]
    progress("estimating")
    first = fit(_days(observed, known) if held_out else observed)
    progress("setting it right by simulation")
    first = refined(first, known, timezone, seed=seed)
    progress(f"simulating {min(len(later), MOST_DAYS)} {'later ' if held_out else ''}days")
    seen = replace(first, observed=observed)
    found = compare(seen, chosen(later, MOST_DAYS), timezone, seed=seed + 1, held_out=held_out)
    if held_out:
        progress("estimating with all days")
        first = refined(fit(observed), days, timezone, seed=seed)
    return Calibration(first, found, timezone, seed)


def _days(observed: Observed, days: list[str]) -> Observed:
    """Only some of the days."""
    last = np.datetime64(days[-1])
    calls = observed.calls
    return replace(
        observed,
        intervals=observed.intervals.where(observed.intervals.days <= last),
        calls=None if calls is None else calls.where(calls.start.astype("datetime64[D]") <= last),
    )
