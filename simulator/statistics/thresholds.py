"""Thresholds: pass marks, judged with their uncertainty.

One in time (a duration) or of an obligation, and every one that says in which share of the worlds it must hold, is judged by
the worlds in which it does (:mod:`simulator.statistics.verdicts`); endless is missed. Any other is judged by the mean: met
where the whole 95 % interval is within its limits, missed where the whole interval is outside, and too close to call where it
straddles a limit. A mean of which some worlds are endless can miss a maximum by the time that has passed already, and never
meet it. Nothing is judged by fewer than ten worlds.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from simulator.model.world import IN_WORLDS
from simulator.statistics.estimation import per_run
from simulator.statistics.limits import in_units
from simulator.statistics.measures import in_words, measure_named
from simulator.statistics.summary import ThresholdResult
from simulator.statistics.verdicts import CLOSE, LEAST, MET, MISSED, NONE, judged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from simulator.model.world import Threshold
    from simulator.statistics.measures import Measure
    from simulator.statistics.summary import Estimate
    from simulator.statistics.verdicts import Verdict
    from simulator.statistics.worlds import Worlds

STATUS = {MET: "pass", MISSED: "fail", CLOSE: "inconclusive", NONE: "inconclusive"}
"""What each verdict is for programs."""
WORDS = {status: word for word, status in STATUS.items() if word != NONE}


def judge(threshold: Threshold, worlds: Worlds) -> ThresholdResult:
    """Judge one threshold; raises UsageError where its measure or its scope does not exist."""
    measure = measure_named(threshold.measure)
    scope = dict(threshold.scope)
    (found,) = worlds.estimates(scope, [measure])
    held = _in_worlds(threshold, measure, scope, worlds)
    by_worlds = judged_by_worlds(threshold)
    status = STATUS[held.word] if by_worlds else status_of(found, threshold.min, threshold.max)
    verdict = held.word if by_worlds else NONE if found.n < LEAST else WORDS[status]
    needs = worlds.names["need"] if by_worlds and "need" not in scope and measure.allows(frozenset((*scope, "need"))) else ()
    return ThresholdResult(
        id=threshold.id,
        text=(threshold.text or as_text(threshold)) + (f" (obligation: {threshold.obligation})" if threshold.obligation else ""),
        measure=threshold.measure,
        scope=scope,
        min=threshold.min,
        max=threshold.max,
        value=found.mean,
        half_width=found.half_width,
        status=status,
        verdict=verdict,
        judged_by="worlds" if by_worlds else "mean",
        worlds=held,
        needs={need: _in_worlds(threshold, measure, scope | {"need": need}, worlds) for need in needs} if len(needs) > 1 else {},
        endless=found.endless,
        n=found.n,
    )


def judged_by_worlds(threshold: Threshold) -> bool:
    """Whether the worlds in which it holds decide, and not the mean."""
    return threshold.in_worlds is not None or bool(threshold.obligation) or measure_named(threshold.measure).unit == "duration"


def _in_worlds(threshold: Threshold, measure: Measure, scope: Mapping[str, str], worlds: Worlds) -> Verdict:
    """In how many of the worlds in which it has a value the measure is within the limits; one that is endless is not."""
    y, x = worlds.figures(measure, scope)
    values = y if x is None else per_run(y, x)
    least = -np.inf if threshold.min is None else threshold.min
    most = np.inf if threshold.max is None else threshold.max
    held = np.isfinite(values) & (values >= least) & (values <= most)
    return judged(held, ~np.isnan(values), IN_WORLDS if threshold.in_worlds is None else threshold.in_worlds)


def status_of(found: Estimate, least: float | None, most: float | None) -> str:
    """One of pass, fail and inconclusive for ``least`` <= mean <= ``most``, limits in the measure's unit."""
    if found.n < LEAST or math.isnan(found.mean) or math.isnan(found.half_width):
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
    """The threshold as people read it, for example ``time_to_recover[voice] <= 8h in 80 % of the worlds``; raises UsageError."""
    measure = measure_named(threshold.measure)
    sides: Iterable[tuple[str, float | None]] = ((">=", threshold.min), ("<=", threshold.max))
    limits = [f"{sign} {limit_text(measure, float(limit))}" for sign, limit in sides if limit is not None]
    share = IN_WORLDS if threshold.in_worlds is None else float(threshold.in_worlds)
    worlds = f" in {100 * share:.10g} % of the worlds" if judged_by_worlds(threshold) else ""
    return f"{in_words(threshold.measure, threshold.scope)} {' and '.join(limits)}{worlds}"


def limit_text(measure: Measure, limit: float) -> str:
    """A limit in the measure's unit, as a scenario writes it: ``40 %``, ``8h``, ``200``."""
    if measure.unit == "share":
        return f"{100 * limit:.10g} %"
    if measure.unit == "duration":
        return in_units(limit)
    return f"{limit:.10g}"
