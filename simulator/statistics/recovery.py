"""Recovery: when a level of service fell below what is asked, and when it was back, dated from the contacts themselves.

Page's charts of cumulative sums (1954, Biometrika 41) look at one contact after the other. Let p be the share asked. The
chart of a fall adds ln((1 - p') / (1 - p)) for a contact that failed and takes off ln(p / p') for a good one, with p' = p
less :data:`SHORT`, and never falls below 0. Beyond :data:`SURE` the level has fallen. The chart of a return is the same with its
signs changed.

Nothing is below while nobody asks: a fall is dated at its first failed contact, a return at the last one before it.
``at`` is by a clock that stands still while the centre is closed (:mod:`simulator.statistics.hours`), in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Kinds = NDArray[np.integer[Any]]

HOLD = 1800.0
"""How long a level must be held to count as back, in seconds."""
SHORT = 0.15
"""By how much the level that is looked for is below the level asked."""
SURE = 5.0
"""Where a chart decides: e to this power contacts or more go by, on average, before it does so for no reason."""
CONTACTS = 8
"""A sharp fall or return is dated within about so many contacts."""
_FIRST = 1024


@dataclass(frozen=True)
class Below:
    """A stretch below the level: the contacts that it begins and ends with, ``last`` -1 where it lasts to the end of the run."""

    first: int
    last: int


def stretches_below(at: Floats, good: Flags, asked: Floats, kind: Kinds, end: float, hold: float = HOLD) -> list[Below]:
    """Every stretch below what is ``asked`` (a share) of each ``kind`` of contacts, in order; ``end`` is that of the run.

    ``at``, ``good`` and ``kind``, a place in ``asked``, are those of each contact.
    A return that is not held for ``hold`` seconds, because the level falls again or the run ends, is none.
    """
    found: list[Below] = []
    if good.all():
        return found
    charts = _Charts.of(good, asked, kind)
    run = 0
    while (fell := charts.fall(run)) is not None:
        first, run = fell
        if found and at[first] - at[found[-1].last] < hold:
            first = found.pop().first
        back = charts.back(run + 1)
        if back is None:
            return [*found, Below(first, -1)]
        found.append(Below(first, back[0] - 1))
        run = back[1] + 1
    if found and end - at[found[-1].last] < hold:
        found[-1] = Below(found[-1].first, -1)
    return found


def lost(at: Floats, good: Flags, since: float, hold: float = HOLD) -> float:
    """Resilience loss: the integral of 1 - level, in seconds. Each contact stands for the time since the one before, at most ``hold``.

    Bruneau et al. 2003 (Earthquake Spectra 19(4)).
    """
    return float(np.minimum(np.diff(at, prepend=since), hold)[~good].sum())


def dated_within(at: Floats, place: int) -> float:
    """How exactly something is dated at the contact in ``place``: half the time that the contacts around it take, in seconds."""
    around = at[max(place - CONTACTS, 0)], at[min(place + CONTACTS, len(at) - 1)]
    return float(around[1] - around[0]) / 2


@dataclass(frozen=True)
class _Charts:
    """The charts over runs of contacts that went alike: only at the end of a run does a chart turn."""

    start: NDArray[np.intp]  #: the first contact of each run, and one past the last contact
    of_run: Floats  #: what each run adds to it

    @staticmethod
    def of(good: Flags, asked: Floats, kind: Kinds) -> _Charts:
        p = np.clip(asked, 0.001, 0.999)
        worse = np.maximum(p - SHORT, np.minimum(0.001, p / 2))
        of_failed, of_good = np.log((1 - worse) / (1 - p)), -np.log(p / worse)
        like: Kinds | int = 0 if (p == p[0]).all() else kind
        short = np.where(good, of_good[like], of_failed[like])
        start = np.concatenate(([0], np.flatnonzero(good[1:] != good[:-1]) + 1))
        return _Charts(np.append(start, len(good)), np.add.reduceat(short, start))

    def fall(self, run: int) -> tuple[int, int] | None:
        """With which contact the level falls, as known from ``run`` on, and the run in which that is sure; None where it does not."""
        return self._passes(run, 1.0)

    def back(self, run: int) -> tuple[int, int] | None:
        """With which contact the level is back, as known from ``run`` on, and the run in which that is sure; None where it is not."""
        return self._passes(run, -1.0)

    def _passes(self, run: int, sign: float) -> tuple[int, int] | None:
        """The contact with which the chart leaves 0 for the last time before it decides, and the run in which it does."""
        width = _FIRST
        while run < len(self.of_run):
            sums = np.cumsum(sign * self.of_run[run : run + width])
            height = sums - np.minimum.accumulate(np.minimum(sums, 0.0))
            decides = int(np.argmax(height > SURE))
            if height[decides] > SURE:
                zeros = np.flatnonzero(height[:decides] == 0.0)
                since = run + (int(zeros[-1]) + 1 if len(zeros) else 0)
                return int(self.start[since]), run + decides
            if run + width >= len(self.of_run):
                return None
            width *= 4
        return None
