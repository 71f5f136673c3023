"""Pass marks: each names a measure that exists, in a scope that exists, with a limit in the measure's own unit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from simulator.errors import UsageError
from simulator.model.world import Threshold
from simulator.scenario import quantity
from simulator.scenario.findings import Findings
from simulator.scenario.forms import ScenarioForm
from simulator.scenario.problem import Problem, Wrong, did_you_mean, wrong
from simulator.scenario.threshold_form import LimitForm

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


def read_mark(threshold: LimitForm, form: ScenarioForm) -> Threshold:
    """One limit; raises Wrong."""
    from simulator.statistics.measures import DIMENSIONS, check_scope, measures

    measure = measures.get(threshold.measure)
    if measure is None:
        raise wrong(f"there is no measure `{threshold.measure}`", did_you_mean(threshold.measure, measures), "unknown-name", ("measure",))
    scope = {d: name for d in DIMENSIONS if (name := getattr(threshold, d)) is not None}
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
