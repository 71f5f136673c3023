"""Pass marks: each names a measure that exists, in a scope that exists, with a limit in the measure's own unit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from simulator.errors import UsageError
from simulator.model.world import Threshold
from simulator.scenario import quantity
from simulator.scenario.answer_form import AskedForm
from simulator.scenario.findings import Findings
from simulator.scenario.forms import ScenarioForm
from simulator.scenario.problem import Problem, Wrong, did_you_mean, wrong
from simulator.scenario.threshold_form import LimitForm
from simulator.statistics.limits import GRID, LIMITS, SECONDS, TIMED, in_units, nearest

READERS = {"share": quantity.proportion, "duration": quantity.duration, "count": quantity.count, "ratio": quantity.number}


def lowered(form: ScenarioForm, findings: Findings) -> tuple[Threshold, ...]:
    """The thresholds of a scenario; notes what is wrong with them."""
    made: list[Threshold] = []
    for i, threshold in enumerate(form.thresholds):
        with findings.at("thresholds", i):
            made.append(replace(read_mark(threshold, form), in_worlds=threshold.in_))
    seen: set[str] = set()
    for i, made_threshold in enumerate(made):
        if made_threshold.id in seen:
            findings.note(
                ("thresholds", i), Problem(f"there is a second threshold `{made_threshold.id}`", "give it an `id`", "duplicate-id")
            )
        seen.add(made_threshold.id)
    return tuple(made)


def names_of(form: ScenarioForm) -> dict[str, tuple[str, ...]]:
    """What measures can be restricted to, by dimension."""
    return {
        "phase": tuple(form.clock.phases), "need": tuple(form.needs), "channel": tuple(form.channels), "site": tuple(form.sites),
        "group": tuple(form.groups),
    }  # fmt: skip


def scope_of(form: LimitForm | AskedForm) -> dict[str, str]:
    """What the measure of a form is restricted to; raises Wrong for a limit of time that nobody is counted at."""
    from simulator.statistics.measures import DIMENSIONS

    scope = {d: name for d in DIMENSIONS if (name := getattr(form, d)) is not None}
    return scope if form.within is None else scope | {TIMED: limit_of(form.within)}


def limit_of(seconds: float, key: str = TIMED) -> str:
    """A limit of time that people are counted at, as a scope has it; raises Wrong for any other time."""
    limit = in_units(seconds)
    if limit not in LIMITS or SECONDS[LIMITS[limit]] != seconds:
        raise wrong(f"{limit} is no limit that people are counted at ({GRID})", f"did you mean {nearest(limit)}?", at=(key,))
    return limit


def read_mark(threshold: LimitForm, form: ScenarioForm) -> Threshold:
    """One limit; raises Wrong."""
    from simulator.statistics.measures import check_scope, measures

    measure = measures.get(threshold.measure)
    if measure is None:
        raise wrong(f"there is no measure `{threshold.measure}`", did_you_mean(threshold.measure, measures), "unknown-name", ("measure",))
    scope = scope_of(threshold)
    names = names_of(form)
    try:
        check_scope(measure, scope, names)
    except UsageError as error:
        raise wrong(str(error), at=("measure",)) from None
    if threshold.min is None and threshold.max is None:
        raise wrong("a threshold needs `min` or `max`")
    limits: dict[str, Any] = {}
    for side in ("min", "max"):
        raw = getattr(threshold, side)
        if raw is not None:
            try:
                limits[side] = READERS[measure.unit](raw)
            except Wrong as error:
                raise Wrong(*(p.under(side) for p in error.problems)) from None
    words = [threshold.measure, *(str(v) for v in scope.values())]
    return Threshold(
        threshold.id or "-".join(words), threshold.measure, scope, limits.get("min"), limits.get("max"), obligation=threshold.obligation
    )
