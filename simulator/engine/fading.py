"""Effects that change with time by themselves: congestion that halves, demand that comes back.

Compiled with mypyc.
"""

from __future__ import annotations

from math import exp
from typing import Final

LOG_2: Final = 0.6931471805599453


class Fade:
    """From ``start`` at ``since``: halving every ``half_life`` seconds, or evenly to ``end`` until ``until``."""

    def __init__(self, since: float, start: float, half_life: float, end: float, until: float) -> None:
        self.since = since
        self.start = start
        self.half_life = half_life
        self.end = end
        self.until = until

    def at(self, now: float) -> float:
        if self.half_life > 0.0:
            return self.start * exp(-LOG_2 * (now - self.since) / self.half_life)
        if now >= self.until:
            return self.end
        return self.start + (self.end - self.start) * (now - self.since) / (self.until - self.since)
