"""Days that are not like others: found by their volume or given, kept out of the mean, and offered as incidents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.calibration.observed import Intervals
from simulator.errors import Diagnostic, ScenarioError

Floats = NDArray[np.float64]
FAR = 5.0
"""Robust standard deviations from the usual volume of its weekday beyond which a day is special."""
LEAST_SPREAD = 0.1
"""Days are taken to differ by at least this share, so that a few regular weeks make no day special."""
FEW = 4
"""Days of one weekday below which nobody knows what is usual."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def weekday(days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """0 for Monday and so on; shape as given."""
    return np.asarray((days.astype("datetime64[D]").astype(np.int64) + 3) % 7, dtype=np.int64)


def volumes(rows: Intervals) -> tuple[NDArray[np.datetime64], Floats]:
    """Each day that has rows, and its calls of all queues."""
    days, place = np.unique(rows.days, return_inverse=True)
    return days, np.bincount(place.reshape(-1), np.nan_to_num(rows["arrived"]), len(days)).astype(np.float64)


def special_days(rows: Intervals, incidents: Sequence[str], ordinary: Sequence[str]) -> dict[str, str]:
    """Special days by their ISO date and why; raises ScenarioError for a day that is no date or not in the files."""
    days, calls = volumes(rows)
    known = {str(day) for day in days}
    for day in (*incidents, *ordinary):
        if day not in known:
            hint = f"the files have {min(known)} to {max(known)}; a day is written like {min(known)}"
            raise ScenarioError([Diagnostic("unknown-name", f"there is no day `{day}` in the files", help=hint)])
    found = dict.fromkeys(incidents, "an incident, as given")
    for number in range(7):
        mine = np.flatnonzero(weekday(days) == number)
        if len(mine) < FEW:
            continue
        usual = float(np.median(calls[mine]))
        if usual <= 0:
            continue
        logs = np.log(np.maximum(calls[mine], 0.5) / usual)
        spread = max(1.4826 * float(np.median(np.abs(logs))), LEAST_SPREAD)
        for place, far in zip(mine, logs / spread, strict=True):
            day = str(days[place])
            if abs(far) > FAR and day not in ordinary and day not in found:
                found[day] = f"{calls[place] / usual:.2g} x its usual {WEEKDAYS[number]}"
    for day, told in _hours(rows, set(found) | set(ordinary)):
        found.setdefault(day, told)
    return dict(sorted(found.items()))


def _hours(rows: Intervals, known: set[str]) -> list[tuple[str, str]]:
    """Days with an interval of at least three times its usual calls, and at least fifty more."""
    stamps = rows.start.astype("datetime64[s]").astype(np.int64)
    moments, place = np.unique(stamps, return_inverse=True)
    calls = np.bincount(place.reshape(-1), np.nan_to_num(rows["arrived"]), len(moments))
    days = moments.astype("datetime64[s]").astype("datetime64[D]")
    slot = weekday(days) * 86_400 + moments % 86_400
    slots, which = np.unique(slot, return_inverse=True)
    which = which.reshape(-1)
    order = np.argsort(which, kind="stable")
    groups = np.split(order, np.cumsum(np.bincount(which, minlength=len(slots)))[:-1])
    found: dict[str, str] = {}
    for group in groups:
        if len(group) < FEW:
            continue
        usual = float(np.median(calls[group]))
        for i in group[(calls[group] > 3 * max(usual, 1)) & (calls[group] > usual + max(50, 6 * np.sqrt(usual)))]:
            day = str(days[i])
            if day not in known:
                clock = str(moments[i].astype("datetime64[s]"))[11:16]
                found.setdefault(day, f"{calls[i] / max(usual, 1):.2g} x its usual calls at {clock}")
    return sorted(found.items())
