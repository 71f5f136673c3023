"""Tolerances: in how many worlds an important service stayed within the time that it may fail people.

In one world it is within where no stretch below the level of service, of any of its needs, was longer than the limit, and, where a
share is set, no more of its people were still without help after the limit. The level is what ``longest_below`` asks: the minimum
level of continuity objectives, or the target of the channel. Over the worlds it is judged as everything is
(:mod:`simulator.statistics.verdicts`). A recovery time objective is another thing: when the centre as a whole is back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.estimation import mean_interval, per_run, percentiles, ratio_interval
from simulator.statistics.limits import TIMED, in_units
from simulator.statistics.measures import measure_named
from simulator.statistics.summary import Estimate, ToleranceResult
from simulator.statistics.verdicts import judged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.model.world import Tolerance
    from simulator.statistics.worlds import Worlds

    Floats = NDArray[np.float64]


def judge(tolerance: Tolerance, worlds: Worlds) -> ToleranceResult:
    """Judge one tolerance."""
    limit = in_units(tolerance.limit)
    served = [{"need": need} for need in tolerance.needs] or [{"group": group} for group in tolerance.groups]

    def summed(measure: str) -> tuple[Floats, Floats]:
        """Numerators and denominators of a measure of people over all whom the service serves, in each world."""
        found = [worlds.figures(measure_named(measure), {**whom, TIMED: limit}) for whom in served]
        y = np.array([y for y, _ in found])
        x = np.array([np.ones_like(y) if x is None else x for y, x in found])
        return _sum(y), _sum(x)

    below = np.array([worlds.figures(measure_named("longest_below"), whom)[0] for whom in served])
    longest = np.fmax.reduce(below, axis=0)
    without, due = summed("unserved_within")
    undecided, _ = summed("people_undecided_within")
    share = per_run(without[:, None], due[:, None])[:, 0]
    held, known = longest <= tolerance.limit, ~np.isnan(longest)
    if tolerance.at_most is not None:
        held = np.where(known, held, True) & (np.isnan(share) | (share <= tolerance.at_most))
        known = known | ~np.isnan(share)
    return ToleranceResult(
        tolerance=tolerance,
        verdict=judged(held, known, tolerance.in_worlds),
        longest=_estimate("longest_below", longest),
        unserved=_estimate("unserved_within", without, due),
        people=_estimate("people_unserved_within", without),
        undecided=_estimate("people_undecided_within", undecided),
    )


def _sum(values: Floats) -> Floats:
    """Over the needs, those that nobody had left out; NaN where nobody had any."""
    return np.where(np.isnan(values).all(axis=0), np.nan, np.nansum(values, axis=0))


def _estimate(name: str, values: Floats, of: Floats | None = None) -> Estimate:
    measure = measure_named(name)
    if of is None:
        mean, half, n = (side[0] for side in mean_interval(values[:, None]))
        spread = percentiles(values[:, None])[:, 0]
    else:
        known = ~np.isnan(of)
        y, x = values[known][:, None], of[known][:, None]
        if not known.any():
            nan = float("nan")
            return Estimate(name, {}, measure.unit, measure.better, nan, nan, nan, nan, nan, 0)
        mean, half, n = (side[0] for side in ratio_interval(y, x))
        spread = percentiles(per_run(y, x))[:, 0]
    low, middle, high = spread.tolist()
    return Estimate(name, {}, measure.unit, measure.better, float(mean), float(half), low, middle, high, int(n))
