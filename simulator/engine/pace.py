"""How load slows talk down: a factor by the occupancy of about the last hour.

Compiled with mypyc.
"""

from __future__ import annotations

from math import exp
from typing import Final

from librt.vecs import vec
from mypy_extensions import i64

from simulator.engine.contacts import Column
from simulator.engine.staff import Team

HOUR: Final = 3600.0


class Pace:
    """The occupancy, exponentially weighted and brought up to date at each answer, and the factors from given levels on."""

    def __init__(self, above: Column, by: Column) -> None:
        self.above: Final[vec[float]] = above  #: levels of occupancy, rising
        self.by: Final[vec[float]] = by
        self.occupancy = 0.0
        self.since = 0.0

    def factor(self, teams: list[Team], now: float) -> float:
        """The factor on the talk time of a contact answered now."""
        online: i64 = 0
        idle: i64 = 0
        for team in teams:
            online += team.online
            idle += team.idle
        if online > 0:
            share = 1.0 - float(idle) / float(online)
            self.occupancy += (share - self.occupancy) * (1.0 - exp((self.since - now) / HOUR))
        self.since = now
        factor = 1.0
        i: i64 = 0
        n: i64 = len(self.above)
        while i < n:
            if self.occupancy >= self.above[i]:
                factor = self.by[i]
            i += 1
        return factor
