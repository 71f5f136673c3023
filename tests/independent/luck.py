"""The luck of later attempts, unfolded from a person's key: Philox2x32-10 and tabulated laws, written a second time.

Salmon, Moraes, Dror, Shaw, *Parallel random numbers: as easy as 1, 2, 3* (SC11).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

COIN, GAP, NETWORK, PATIENCE, TALK, WRAP = range(6)
WORD = 2**32 - 1


def uniform(key: int, attempt: int, purpose: int) -> float:
    """A uniform in (0, 1) for a person, an attempt and a purpose."""
    left, right, round_key = attempt * 8 + purpose, key >> 32, key & WORD
    for _ in range(10):
        product = 0xD256D193 * left
        left, right = (product >> 32) ^ round_key ^ right, product & WORD
        round_key = (round_key + 0x9E3779B9) & WORD
    return ((left << 21) ^ (right >> 11)) * 2.0**-53 + 2.0**-54


def duration(table: Sequence[float], u: float) -> float:
    """The duration at quantile ``u``: nodes lie evenly in the logarithm of -log(1 - u), from 1e-7 to 37."""
    hazard = -math.log(1.0 - u)
    place = math.log(max(hazard, 1e-300) / 1e-7) / math.log(37.0 / 1e-7) * (len(table) - 1)
    if place <= 0.0:
        return float(table[0])
    below = min(int(place), len(table) - 1)
    above = min(below + 1, len(table) - 1)
    return float(table[below] + (table[above] - table[below]) * (place - below))


def even(table: Sequence[float], u: float) -> float:
    """The value at quantile ``u`` of a table at even quantiles; a table of one value holds for everybody."""
    if len(table) == 1:
        return float(table[0])
    place = u * (len(table) - 1)
    below = min(int(place), len(table) - 2)
    return float(table[below] + (table[below + 1] - table[below]) * (place - below))
