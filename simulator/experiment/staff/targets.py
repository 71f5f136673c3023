"""Targets: what is asked, in each scope in which it is asked, and whether worlds hold it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from simulator.errors import UsageError
from simulator.experiment import goals
from simulator.model.edges import interval_edges
from simulator.model.world import Model, Phase, Threshold
from simulator.scenario.scenario import calendar_of
from simulator.statistics.measures import Measure, check_scope, in_words, measure_named
from simulator.statistics.thresholds import limit_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.scenario import Scenario

    Floats = NDArray[np.float64]

RUN, PHASE, INTERVAL = "run", "phase", "interval"
BY = (RUN, PHASE, INTERVAL)


@dataclass(frozen=True)
class Target:
    """A limit of a measure in one scope; ``where`` is the phase or interval, ``intervals`` those that it is about."""

    text: str  #: as it was asked
    measure: Measure
    scope: Mapping[str, str]
    limit: float
    least: bool  #: whether the limit is the least, else the most
    where: str
    intervals: tuple[int, ...]

    def holds(self, values: Floats) -> NDArray[np.bool_]:
        """Whether each value is within the limit; where there is none (nobody called) nothing is missed."""
        return np.isnan(values) | ((values >= self.limit) if self.least else (values <= self.limit))

    def badness(self, values: Floats) -> Floats:
        """Values so that 1 is the limit and less is better; what grows with too few agents, roughly in proportion."""
        if self.measure.unit == "share":
            allowed = 1 - self.limit if self.least else self.limit
            missed = 1 - values if self.least else values
            return np.asarray(missed / max(allowed, 1e-9))
        return np.asarray(self.limit / np.maximum(values, 1e-9) if self.least else values / max(self.limit, 1e-9))

    @property
    def place(self) -> str:
        """The target in words, with its place."""
        sign = ">=" if self.least else "<="
        scope = {k: v for k, v in self.scope.items() if k != PHASE or not self.where}
        said = f"{in_words(self.measure.name, scope)} {sign} {limit_text(self.measure, self.limit)}"
        return f"{said}, {self.where}" if self.where else said


def labels(scenario: Scenario, model: Model, by: str) -> tuple[str, ...]:
    """What readers call the places of a target: phases by their names, intervals by the clock."""
    if by == RUN:
        return ("",)
    if by == PHASE:
        return tuple(phase.name for phase in _phases(model))
    starts = interval_edges(model.clock)[:-1]
    calendar = calendar_of(scenario)
    days = {calendar.local(start).date() for start in starts}
    form = "%H:%M" if len(days) == 1 else "%a %H:%M" if len(days) <= 7 else "%Y-%m-%d %H:%M"
    return tuple(f"{calendar.local(start):{form}}" for start in starts)


def cut(model: Model, by: str) -> Model:
    """The model whose phases are the intervals, where targets are told by interval: whatever a phase can have, an interval has."""
    if by != INTERVAL:
        return model
    starts = interval_edges(model.clock)[:-1]
    return replace(model, clock=replace(model.clock, phases=tuple(Phase(str(i), start) for i, start in enumerate(starts))))


def targets(texts: Sequence[str], by: str, model: Model, called: Sequence[str] = ()) -> tuple[Target, ...]:
    """The targets in every scope, whose places are ``called`` so.

    Raises UsageError for what is no target, for one that every roster holds or none ever can, and for two that contradict each other.
    """
    if not texts:
        raise UsageError("say what the roster must hold, for example --target 'voice.service_level >= 80%'")
    marks = [(text, goals.threshold(text, model)) for text in texts]
    for text, mark in marks:
        _check(text, mark)
    _check_together(marks)
    edges = interval_edges(model.clock)
    phases = _phases(cut(model, by)) if by != RUN else []
    if by == PHASE and not phases:
        raise UsageError("--by phase: the scenario has no `clock.phases`")
    ends = [*(float(phase.start) for phase in phases[1:]), edges[-1]]
    places = [(p.name, float(p.start), end) for p, end in zip(phases, ends, strict=True)] if phases else [("", 0.0, edges[-1])]
    made = []
    for text, mark in marks:
        measure = measure_named(mark.measure)
        if by != RUN and PHASE in mark.scope:
            raise UsageError(f"target `{text}` is of one phase already: it takes no --by {by}")
        limit = mark.min if mark.min is not None else mark.max
        assert limit is not None
        for i, (name, start, end) in enumerate(places):
            scope = {**mark.scope, PHASE: name} if name else dict(mark.scope)
            if name:
                _check_by(text, measure, scope, by, [place for place, *_ in places])
            low, high = (start, end) if name else _span(mark, model)
            which = tuple(t for t, (a, b) in enumerate(pairwise(edges)) if b > low and a < high)
            where = called[i] if called else name
            made.append(Target(text, measure, scope, float(limit), mark.min is not None, where, which))
    return tuple(made)


def _phases(model: Model) -> list[Phase]:
    return [phase for phase in model.clock.phases if phase.start < model.clock.duration]


def _check_by(text: str, measure: Measure, scope: Mapping[str, str], by: str, names: Sequence[str]) -> None:
    try:
        check_scope(measure, {PHASE: scope[PHASE]}, {PHASE: names})
    except UsageError:
        raise UsageError(f"target `{text}`: `{measure.name}` is of a whole run, and is not told by {by}") from None


def _span(mark: Threshold, model: Model) -> tuple[float, float]:
    """From when until when a target is about a run."""
    phases = list(model.clock.phases)
    for i, phase in enumerate(phases):
        if phase.name == mark.scope.get(PHASE):
            return float(phase.start), float(phases[i + 1].start) if i + 1 < len(phases) else math.inf
    return 0.0, math.inf


def _check(text: str, mark: Threshold) -> None:
    """Raise UsageError for a target that asks for nothing, for the impossible, or for worse."""
    measure = measure_named(mark.measure)
    sign, limit = (">=", mark.min) if mark.min is not None else ("<=", mark.max)
    if mark.in_worlds is not None:
        raise UsageError(f"target `{text}`: in how many worlds is asked for all targets at once, by --probability")
    if measure.better == "none":
        raise UsageError(f"target `{text}`: `{measure.name}` is neither better high nor better low")
    if (measure.better == "higher") != (sign == ">="):
        raise UsageError(f"target `{text}` asks for worse: `{measure.name}` is better {'high' if measure.better == 'higher' else 'low'}")
    assert limit is not None
    if measure.unit == "share" and ((sign == ">=" and limit <= 0) or (sign == "<=" and limit >= 1)):
        raise UsageError(f"target `{text}` holds with nobody at work: it asks for nothing")
    if measure.unit == "share" and ((sign == ">=" and limit >= 1) or (sign == "<=" and limit <= 0)):
        near = "99%" if sign == ">=" else "1%"
        raise UsageError(f"target `{text}` takes agents without end: luck alone breaks it; did you mean {near}?")


def _check_together(marks: Sequence[tuple[str, Threshold]]) -> None:
    """Raise UsageError for two limits of one measure in one scope: they contradict each other, or one says nothing."""
    before: dict[tuple[str, tuple[tuple[str, str], ...]], str] = {}
    for text, mark in marks:
        key = (mark.measure, tuple(sorted(mark.scope.items())))
        if key in before:
            raise UsageError(f"targets `{before[key]}` and `{text}` are two limits of one thing: give one of them")
        before[key] = text
