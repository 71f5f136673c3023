"""One estimate: a value with its 90 % interval, how it was found, from how much, and what kind of knowledge it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

LEAST_CALLS, LEAST_ABANDONS, LEAST_DAYS = 200, 20, 5
"""Below these a value is assumed, not estimated."""


class Known(Enum):
    """How well something is known."""

    WELL = "known well"
    RANGE = "a range"
    ASSUMED = "assumed, not estimated"
    NOWHERE = "not in these files"


@dataclass(frozen=True)
class Estimate:
    """``value`` with its 90 % interval; ``n`` of ``unit`` went into it by ``method``. ``note`` says what to know about it."""

    value: float
    low: float
    high: float
    known: Known
    method: str
    n: int = 0
    unit: str = "calls"
    note: str = ""

    @property
    def source(self) -> str:
        """What stands under `sources` of the scenario, behind the name of the files."""
        interval = "" if math.isclose(self.low, self.high) else f", 90 % interval {self.low:.4g} to {self.high:.4g}"
        return f"{self.method}, {self.n:,} {self.unit}{interval}"


def graded(value: float, low: float, high: float, *, method: str, n: int, unit: str, enough: int, note: str = "") -> Estimate:
    """An estimate, known well where its interval is within a tenth of it; assumed where fewer than ``enough`` went into it."""
    if n < enough:
        return Estimate(value, low, high, Known.ASSUMED, f"too little: {method}", n, unit, note)
    narrow = value > 0 and (high - low) / 2 <= value / 10
    return Estimate(value, low, high, Known.WELL if narrow else Known.RANGE, method, n, unit, note)


def assumed(value: float, spread: float, why: str) -> Estimate:
    """A value that nothing in the files says, between itself divided and multiplied by ``spread``."""
    return Estimate(value, value / spread, value * spread, Known.ASSUMED, why)


def nowhere(why: str) -> Estimate:
    """What these files cannot tell at all."""
    return Estimate(math.nan, math.nan, math.nan, Known.NOWHERE, why)
