"""The clock of recovery, contact by contact, as docs/explanation/recovery.md tells it."""

from __future__ import annotations

import math
from collections.abc import Sequence

HOLD, SHORT, SURE = 1800.0, 0.15, 5.0
Contact = tuple[float, bool]
"""When it tried, and whether it went well."""


def stretches(contacts: Sequence[Contact], asked: float, end: float) -> list[tuple[int, int]]:
    """From which contact to which the level was below; -1 where it did not return."""
    worse = max(asked - SHORT, min(0.001, asked / 2))
    up, down = math.log((1 - worse) / (1 - asked)), math.log(asked / worse)
    found: list[tuple[int, int]] = []
    below, first, back = False, -1, -1
    chart = rising = 0.0
    begins = -1
    for i, (_, good) in enumerate(contacts):
        if not below:
            begins = i if chart == 0.0 and not good else begins
            chart = max(0.0, chart + (-down if good else up))
            if chart > SURE:
                below, first = True, begins
                if found and at_of(contacts, first) - at_of(contacts, found[-1][1]) < HOLD:
                    first = found.pop()[0]
                rising, back = 0.0, -1
        else:
            back = i if rising == 0.0 and good else back
            rising = max(0.0, rising + (down if good else -up))
            if rising > SURE:
                found.append((first, back - 1))
                below, chart = False, 0.0
    if below:
        found.append((first, -1))
    elif found and end - at_of(contacts, found[-1][1]) < HOLD:
        found[-1] = (found[-1][0], -1)
    return found


def at_of(contacts: Sequence[Contact], place: int) -> float:
    return contacts[place][0]


def measured(contacts: Sequence[Contact], asked: float, impact: float, end: float, rto: float) -> dict[str, float]:
    """Every measure of recovery; nothing where nobody came."""
    if not contacts:
        return {}
    found = stretches(contacts, asked, end)
    lengths = [(end if last < 0 else at_of(contacts, last)) - at_of(contacts, first) for first, last in found]
    values = {
        "relapses": max(len(found) - 1, 0),
        "longest_below": max(lengths, default=0.0),
        "share_above": 1 - sum(lengths) / (end - impact),
        "time_to_recover": 0.0,
        "resilience_loss": sum(min(at - (contacts[i - 1][0] if i else impact), HOLD) for i, (at, good) in enumerate(contacts) if not good),
    }
    if found:
        first, last = found[0]
        values["time_to_recover"] = math.inf if last < 0 else at_of(contacts, last) - impact
        place = first if last < 0 else last
        around = at_of(contacts, min(place + 8, len(contacts) - 1)) - at_of(contacts, max(place - 8, 0))
        values["recovery_dated_within"] = around / 2
    late = [good for at, good in contacts if at >= impact + rto]
    if late:
        values["level_after_rto"] = sum(late) / len(late)
    return values
