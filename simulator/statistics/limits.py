"""Limits of time that people can be asked about after a run: whole minutes to one hour, five minutes to eight, then whole hours.

They are few enough for a tally to hold the counts at all of them, so that a finished run can be asked about any of them. This
module loads without NumPy, because a scenario is checked against it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

MINUTE, HOUR = 60, 3600
TIMED = "within"
"""What a limit is called in a scope, beside the dimensions."""


def in_units(seconds: float) -> str:
    """A time as a scenario writes it: ``1h30m``, ``45s``."""
    rest, text = round(seconds), ""
    for letter, size in (("h", HOUR), ("m", MINUTE), ("s", 1)):
        count, rest = divmod(rest, size)
        text += f"{count}{letter}" if count else ""
    return text or "0s"


SECONDS = (*range(MINUTE, HOUR, MINUTE), *range(HOUR, 8 * HOUR, 5 * MINUTE), *range(8 * HOUR, 30 * 24 * HOUR + 1, HOUR))
"""Every limit, in seconds, in order."""
LIMITS: Mapping[str, int] = {in_units(seconds): place for place, seconds in enumerate(SECONDS)}
"""Every limit as it is written in a scope, and its place among :data:`SECONDS`."""


GRID = "whole minutes to 1h, five minutes to 8h, whole hours to 720h"
"""The limits in words."""
_PART = re.compile(r"(\d+)([hms])")


def nearest(time: str) -> str:
    """The limit that is nearest to a time as :func:`in_units` writes it, the shorter of two."""
    of = {"h": HOUR, "m": MINUTE, "s": 1}
    seconds = sum(int(count) * of[unit] for count, unit in _PART.findall(time))
    return in_units(min(SECONDS, key=lambda limit: (abs(limit - seconds), limit)))
