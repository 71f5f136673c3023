"""More people than usual: how far, and when, events scale the demand of a need above 1, and the people who then come as well.

The extra people are drawn from streams of their own, in the order of their *marks*: with a mark of 1.3 somebody makes contact
only while the factor in force is above 1.3. So the ordinary people stay who they are, and a higher factor keeps everybody of a
lower one, within a run and between variants.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.model.world import After, At, Model, Step
from simulator.workload.arrivals import Wave, unit_epochs
from simulator.workload.streams import Streams

Floats = NDArray[np.float64]

SCALES = "demand.scale"
"""The act whose ``factor`` multiplies the demand of its ``need``."""


@dataclass(frozen=True)
class Growth:
    """A step that may multiply the demand of a need by up to ``factor`` (above 1) between two instants, seconds from the start."""

    factor: float
    since: float
    until: float


def growths(model: Model, need: str) -> tuple[Growth, ...]:
    """The steps that may scale the demand of ``need`` above 1. ``model`` has no ranges left."""
    events = {step.id: step for step in model.events}
    found = []
    for step in (*model.events, *model.playbook):
        act = step.act
        if act.name == SCALES and act.need == need and act.factor > 1:
            until = float("inf") if act.recovers_by is None else float(act.recovers_by)
            if isinstance(step.until, At):
                until = min(until, step.until.instant)
            since = _soonest(step, events)
            if since < until:
                found.append(Growth(float(act.factor), since, until))
    return tuple(found)


def grown_by(model: Model) -> str:
    """All that decides on the extra people of a model, as text; empty where no event scales any demand above 1."""
    steps = (*model.events, *model.playbook)
    scales = [step.act.factor for step in steps if step.act.name == SCALES]
    return repr(steps) if any(getattr(factor, "high", factor) > 1 for factor in scales) else ""


def _soonest(step: Step, events: Mapping[str, Step]) -> float:
    """An instant before which ``step`` does not take effect: of an event with a fixed time, or after such events; else 0.

    When a step of the playbook is done is open until somebody decides it, in drills.
    """
    delay, seen = 0.0, set[str]()
    while step.id in events and step.id not in seen:
        seen.add(step.id)
        delay += float(step.takes)
        if isinstance(step.when, At):
            return delay + step.when.instant
        if not isinstance(step.when, After) or step.when.step not in events:
            break
        delay += float(step.when.by)
        step = events[step.when.step]
    return 0.0


def most(scales: Sequence[Growth]) -> float:
    """The largest product of factors that can be in force at one time."""
    return max((float(bounds(scales, np.array([one.since]))[0]) for one in scales), default=1.0)


def bounds(scales: Sequence[Growth], instants: Floats) -> Floats:
    """The largest product of factors that can be in force at each instant; shape (n,)."""
    bound = np.ones(len(instants))
    for one in scales:
        bound[(instants >= one.since) & (instants <= one.until)] *= one.factor
    return bound


def more_epochs(wave: Wave, scales: Sequence[Growth], streams: Streams) -> tuple[Floats, Floats, Floats | None]:
    """Marks, instants and talk factors (or None) of the extra people of a wave, in the order of their marks."""
    if wave.total <= 0:
        return np.zeros(0), np.zeros(0), None
    name, total = f"{wave.demand.name}/more", wave.total
    marks = 1.0 + unit_epochs(streams, f"{name}/arrivals", (most(scales) - 1.0) * total) / total
    return marks, *wave.instants(total * streams.uniforms(f"{name}/when", len(marks)))


def more_people(count: int, name: str, scales: Sequence[Growth], streams: Streams) -> Floats:
    """Marks of the extra people of a number of people, evenly spread: at a factor f there are ``count`` x (f - 1) of them, or one more."""
    extra = math.ceil(count * (most(scales) - 1.0) - 1e-9)
    return 1.0 + (np.arange(extra) + streams.uniforms(f"{name}/mark", extra)) / count
