"""Observed days beside simulated ones: totals, half-hours inside their bands, and the verdict by a stated rule."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.calibration.estimate import LEAST_DAYS
from simulator.calibration.fit import Fit
from simulator.calibration.replay import Replay, model_of, replay, settled
from simulator.calibration.special import WEEKDAYS, volumes, weekday

Floats = NDArray[np.float64]
LEVEL = 0.9
LEAST_IN_BAND = 0.75
"""The share of intervals inside their 90 % bands below which days are not believed: four out of five is what good back-tests reach."""
FEW_CALLS = 10
"""Calls of an interval below which its shares say nothing."""
WORLDS, CALLS = 40, 400_000
RULE = (
    f"A group of days is believed where at least {LEAST_IN_BAND:.0%} of its intervals with {FEW_CALLS} calls or more lie inside their 90 % "
    f"band, the abandonment and the mean wait of all its days lie inside theirs, and at least {LEAST_DAYS} usual days were observed. "
    "It is believed up to the busiest usual day that was observed, never for a special day, and for three months."
)
"""How the verdict is made."""


@dataclass(frozen=True)
class Line:
    """A quantity of days: observed, simulated with its 90 % interval, and half of the interval that chance alone would make."""

    name: str
    unit: str  #: share or seconds
    observed: float
    simulated: float
    low: float
    high: float
    chance: float

    @property
    def holds(self) -> bool:
        """Whether what was observed lies in the interval."""
        return not math.isfinite(self.observed) or self.low <= self.observed <= self.high


@dataclass(frozen=True)
class Group:
    """Some days of the week."""

    name: str
    days: int
    intervals: int
    inside: int
    lines: tuple[Line, ...]
    believed: bool
    why: str


@dataclass(frozen=True)
class Comparison:
    """Days simulated beside the observed ones; ``held_out`` if the estimates do not know them."""

    held_out: bool
    replay: Replay
    groups: tuple[Group, ...]
    pit: tuple[int, ...]  #: how many intervals have their observed abandonments in each tenth of the simulated ones
    most: float  #: the busiest usual day, over the mean of its weekday

    @property
    def intervals(self) -> tuple[int, int]:
        """Intervals inside their bands, and all."""
        return sum(g.inside for g in self.groups), sum(g.intervals for g in self.groups)


def split(fit_days: Sequence[str]) -> tuple[list[str], list[str]]:
    """Days to fit on, and the last fifth to predict; with fewer than ten days there are none to spare."""
    if len(fit_days) < 2 * LEAST_DAYS:
        return list(fit_days), list(fit_days)
    cut = len(fit_days) - max(len(fit_days) // 5, 2)
    return list(fit_days[:cut]), list(fit_days[cut:])


def compare(fit: Fit, days: Sequence[str], timezone: str, *, seed: int, held_out: bool) -> Comparison:
    """Simulate days beside what was observed on them, with everything that the estimates leave open, and by chance alone."""
    model = model_of(fit, timezone)
    each = sum(q.calls / max(q.week.days, 1) for q in fit.queues) * len(days)
    worlds = int(np.clip(CALLS / max(each, 1.0), 10, WORLDS))
    whole = replay(model, fit, days, seed=seed, worlds=worlds)
    alone = replay(settled(model), fit, days, seed=seed, worlds=worlds)
    numbers = weekday(np.array([np.datetime64(day) for day in days]))
    groups = []
    for name, members in (("weekdays", range(5)), ("Saturdays", (5,)), ("Sundays", (6,))):
        mine = np.flatnonzero(np.isin(numbers, list(members)))
        if len(mine):
            groups.append(_group(name, whole, alone, mine, fit))
    return Comparison(held_out, whole, tuple(groups), _pit(whole), _busiest(fit))


def _group(name: str, whole: Replay, alone: Replay, mine: NDArray[np.int64], fit: Fit) -> Group:
    lines = [_line("gave up", "share", whole, alone, mine), _line("mean wait of the answered", "seconds", whole, alone, mine)]
    intervals, inside = _bands(whole, mine)
    lines = [line for line in lines if line is not None]
    days = len(np.unique(fit.observed.intervals.days)) - len(fit.observed.special)
    reasons = [f"{line.name} is outside its interval" for line in lines if line is not None and not line.holds]
    if intervals and inside < LEAST_IN_BAND * intervals:
        reasons.insert(0, f"only {inside} of {intervals} intervals lie inside their band")
    if days < LEAST_DAYS:
        reasons.append(f"only {days} usual day{'s' if days != 1 else ''} observed")
    if not fit.teams:
        reasons.append("agents at work are not in these files")
    return Group(name, len(mine), intervals, inside, tuple(x for x in lines if x is not None), not reasons, "; ".join(reasons))


def _line(name: str, unit: str, whole: Replay, alone: Replay, mine: NDArray[np.int64]) -> Line | None:
    above, below = ("abandoned", "arrived") if unit == "share" else ("answer_wait", "answered")
    seen = _ratio(whole.observed[above][mine].sum(), whole.observed[below][mine].sum())
    if unit == "seconds" and not whole.observed[above].any():
        return None
    made, chance = (
        np.asarray(_ratio(r.simulated[above][:, mine].sum(axis=(1, 2, 3)), r.simulated[below][:, mine].sum(axis=(1, 2, 3))))
        for r in (whole, alone)
    )
    low, high = np.quantile(made, (0.05, 0.95))
    narrow = np.quantile(chance, (0.05, 0.95))
    return Line(name, unit, float(seen), float(made.mean()), float(low), float(high), float(narrow[1] - narrow[0]) / 2)


def _ratio(above: Floats, below: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, above / np.maximum(below, 1e-9), np.nan)


def _bands(whole: Replay, mine: NDArray[np.int64]) -> tuple[int, int]:
    """Intervals with enough calls, and those whose abandonments lie inside their 90 % band."""
    seen = whole.observed["abandoned"][mine].sum(axis=1)
    enough = whole.observed["arrived"][mine].sum(axis=1) >= FEW_CALLS
    made = whole.simulated["abandoned"][:, mine].sum(axis=2)
    low, high = np.quantile(made, (0.05, 0.95), axis=0)
    return int(enough.sum()), int((enough & (low <= seen) & (seen <= high)).sum())


def _pit(whole: Replay) -> tuple[int, ...]:
    """A histogram of where the observed abandonments lie among the simulated ones; ties are spread evenly over their places."""
    seen = whole.observed["abandoned"].sum(axis=1)
    enough = whole.observed["arrived"].sum(axis=1) >= FEW_CALLS
    made = whole.simulated["abandoned"].sum(axis=2)
    below, ties = (made < seen).mean(axis=0), (made == seen).mean(axis=0)
    place = below + ties * np.random.Generator(np.random.PCG64(22)).random(seen.shape)
    return tuple(np.histogram(place[enough], bins=10, range=(0, 1))[0].tolist())


def _busiest(fit: Fit) -> float:
    """The busiest usual day over the mean of its weekday."""
    days, calls = volumes(fit.observed.intervals)
    usual = np.array([str(day) not in fit.observed.special for day in days], dtype=np.bool_)
    numbers = weekday(days)
    shares = [
        calls[usual & (numbers == k)] / max(calls[usual & (numbers == k)].mean(), 1e-9) for k in range(7) if (usual & (numbers == k)).any()
    ]
    return float(np.concatenate(shares).max()) if shares else 1.0


def names_of(days: Sequence[str]) -> str:
    """The weekdays among some days."""
    numbers = sorted(set(weekday(np.array([np.datetime64(day) for day in days])).tolist()))
    return ", ".join(WEEKDAYS[k] for k in numbers)
