"""Thresholds: pass marks, judged with their uncertainty.

A threshold passes where the whole 95 % interval of the measure is within its limits, fails where the whole interval is
outside, and is inconclusive (too close to call) where the interval straddles a limit, where there is no interval (one
replication) and where there is no data. A measure that is endless in some worlds has no finite mean: it can still fail
a maximum by the time that has already passed, but never pass it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simulator.statistics.measures import in_words, measure_named
from simulator.statistics.summary import ThresholdResult

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.model.world import Threshold
    from simulator.statistics.measures import Measure
    from simulator.statistics.summary import Estimate
    from simulator.statistics.worlds import Worlds


def judge(threshold: Threshold, worlds: Worlds) -> ThresholdResult:
    """Judge one threshold; raises UsageError where its measure or its scope does not exist."""
    measure = measure_named(threshold.measure)
    (found,) = worlds.estimates(dict(threshold.scope), [measure])
    return ThresholdResult(
        id=threshold.id,
        text=(threshold.text or as_text(threshold)) + (f" (obligation: {threshold.obligation})" if threshold.obligation else ""),
        measure=threshold.measure,
        scope=dict(threshold.scope),
        min=threshold.min,
        max=threshold.max,
        value=found.mean,
        half_width=found.half_width,
        status=status(found, threshold.min, threshold.max),
        endless=found.endless,
        n=found.n,
    )


def status(found: Estimate, least: float | None, most: float | None) -> str:
    """One of pass, fail and inconclusive for ``least`` <= measure <= ``most``, limits in the measure's unit."""
    if found.n == 0 or math.isnan(found.mean) or math.isnan(found.half_width):
        return "inconclusive"
    low, high = found.mean - found.half_width, found.mean + found.half_width
    if found.endless > 0:
        high = math.inf
    if (most is not None and low > most) or (least is not None and high < least):
        return "fail"
    if (most is None or high <= most) and (least is None or low >= least):
        return "pass"
    return "inconclusive"


def as_text(threshold: Threshold) -> str:
    """The threshold as people read it, for example ``never_served[find-relative] <= 40 %``; raises UsageError."""
    measure = measure_named(threshold.measure)
    sides: Iterable[tuple[str, float | None]] = ((">=", threshold.min), ("<=", threshold.max))
    limits = [f"{sign} {limit_text(measure, float(limit))}" for sign, limit in sides if limit is not None]
    return f"{in_words(threshold.measure, threshold.scope)} {' and '.join(limits)}"


def limit_text(measure: Measure, limit: float) -> str:
    """A limit in the measure's unit, as a scenario writes it: ``40 %``, ``8h``, ``200``."""
    if measure.unit == "share":
        return f"{100 * limit:.10g} %"
    if measure.unit == "duration":
        seconds, text = round(limit), ""
        for letter, size in (("h", 3600), ("m", 60), ("s", 1)):
            count, seconds = divmod(seconds, size)
            text += f"{count}{letter}" if count else ""
        return text or "0s"
    return f"{limit:.10g}"
