"""Precision: how narrow the interval of a measure must become, and how far a number of replications has come."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.statistics.measures import measure_named

if TYPE_CHECKING:
    from simulator.statistics.worlds import Worlds


@dataclass(frozen=True)
class Precision:
    """The half-width of the 95 % interval that is wanted of a measure, in the measure's unit."""

    text: str  #: as it was asked for, for example ``voice.service_level[shock]=2pp``
    measure: str
    scope: Mapping[str, str]
    half_width: float


@dataclass(frozen=True)
class Reached:
    """How far one variant has come."""

    precision: Precision
    variant: str
    half_width: float  #: NaN where there is no interval
    replications: int

    @property
    def enough(self) -> bool:
        """Whether the interval is as narrow as asked. Without an interval it is not."""
        return self.half_width <= self.precision.half_width

    @property
    def more(self) -> int | None:
        """About how many more replications it takes; None where there is no telling.

        Half-widths shrink with the square root of the number: R = n (half-width / wanted)^2.
        """
        if self.enough:
            return 0
        if math.isnan(self.half_width):
            return None
        return max(1, math.ceil(self.replications * (self.half_width / self.precision.half_width) ** 2) - self.replications)


def reached(precision: Precision, variant: str, worlds: Worlds) -> Reached:
    """How far ``worlds`` have come; raises UsageError where the measure or the scope does not exist."""
    (found,) = worlds.estimates(dict(precision.scope), [measure_named(precision.measure)])
    return Reached(precision, variant, found.half_width if found.n else math.nan, len(worlds.tallies))
