"""Where a curve crosses zero, known at a few points with an interval each.

Between points the curve and the ends of its intervals are straight. The interval of a crossing is the stretch around it on
which zero lies within the curve's interval: if those hold at 95 % at each place, so does this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Crossing:
    """A place ``at`` which the curve is zero; ``low`` or ``high`` at an end of the curve says that it may lie beyond."""

    at: float
    low: float
    high: float
    rising: bool  #: from below zero to above


def crossings(x: Floats, mean: Floats, half: Floats) -> tuple[Crossing, ...]:
    """Every crossing of the curve through (``x``, ``mean``) with intervals ± ``half``, ``x`` ascending.

    A curve that touches zero and turns back does not cross it.
    """
    found: list[Crossing] = []
    side, since = 0.0, 0
    for i, value in enumerate(mean):
        here = float(np.sign(value))
        if here and side and here != side:
            at = float((x[since + 1] + x[i - 1]) / 2) if i > since + 1 else _zero(x[since], x[i], mean[since], value)
            low = _edge(x[: since + 1], mean[: since + 1], half[: since + 1], at, side)
            high = _edge(x[i:][::-1], mean[i:][::-1], half[i:][::-1], at, here)
            found.append(Crossing(at, low, high, rising=here > 0))
        if here:
            side, since = here, i
    return tuple(found)


def _edge(x: Floats, mean: Floats, half: Floats, at: float, side: float) -> float:
    """Where, on the way from the crossing to the first of ``x``, the curve is clear of zero on its ``side``."""
    clear = side * mean - half  # positive where zero is outside the interval
    inner_x, inner = at, -float(half[-1])
    for place, value in zip(x[::-1], clear[::-1], strict=True):
        if value > 0:
            return _zero(inner_x, place, inner, value)
        inner_x, inner = place, value
    return float(x[0])


def _zero(a: float, b: float, at_a: float, at_b: float) -> float:
    return float(a + (b - a) * at_a / (at_a - at_b)) if at_a != at_b else float(a)
