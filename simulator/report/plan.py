"""The timeline: every event and action, as planned and as it went in the simulated worlds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.model.ranges import Range
from simulator.model.world import After, At, Reading, Step
from simulator.report.wording import LocalTime, duration

if TYPE_CHECKING:
    from simulator.model.world import Model
    from simulator.statistics.summary import Spread, StepTimeline, Summary


@dataclass(frozen=True)
class Line:
    """One row of the timeline; ``number`` is the flag in the figures."""

    number: int
    id: str
    kind: str
    means: str  #: what such a step does, in words
    planned: str
    done: str
    spread: str
    went: str  #: in how many worlds, and why not in the others


def timeline(summary: Summary, model: Model, time: LocalTime) -> list[Line]:
    """Events and actions in the order of the file."""
    steps = {step.id: step for step in (*model.events, *model.playbook)}
    return [_line(number, step, steps[step.id], time) for number, step in enumerate(summary.steps, 1)]


def _line(number: int, went: StepTimeline, step: Step, time: LocalTime) -> Line:
    moment = went.done_at or went.started_at
    return Line(
        number=number,
        id=went.id,
        kind=went.kind,
        means=(type(step.act).__doc__ or "").strip().split("\n")[0].rstrip(".").replace("`", ""),
        planned=planned(step, time),
        done="never" if moment is None else f"{time.clock(moment.mean)} ({time.since(moment.mean)})".replace(" ()", ""),
        spread=_spread(moment, time),
        went=_went(went),
    )


def _went(step: StepTimeline) -> str:
    if step.done == step.worlds:
        return f"in all {step.worlds} worlds"
    text = f"in {step.done} of {step.worlds} worlds"
    if step.refused:
        text += f"; could not work in {step.refused}" + (f": {step.reasons[0]}" if step.reasons else "")
    return text


def _spread(moment: Spread | None, time: LocalTime) -> str:
    if moment is None or moment.p95 - moment.p5 < 60:
        return ""
    return f"{time.clock(moment.p5)} to {time.clock(moment.p95)}"


def planned(step: Step, time: LocalTime) -> str:
    """When a step should take effect according to the file."""
    parts = []
    if isinstance(step.when, At):
        parts.append(f"at {time.clock(step.when.instant)}")
    elif isinstance(step.when, After):
        parts.append(f"{_length(step.when.by)} after {step.when.step}" if step.when.by else f"at once after {step.when.step}")
    elif isinstance(step.when, Reading):
        parts.append(_reading(step.when))
    if step.needs:
        parts.append(f"once {' and '.join(step.needs)} {'is' if len(step.needs) == 1 else 'are'} done")
    if step.takes:
        parts.append(f"takes {_length(step.takes)}")
    return ", ".join(parts) or "at the start"


def _reading(reading: Reading) -> str:
    sides = [f"{word} {limit:g}" for word, limit in (("above", reading.above), ("below", reading.below)) if limit is not None]
    need = f" of {reading.need}" if reading.need else ""
    lasting = f" for {duration(reading.lasting)}" if reading.lasting else ""
    return f"when {reading.measure.replace('_', ' ')}{need} is {' and '.join(sides)}{lasting}"


def _length(value: float) -> str:
    if isinstance(value, Range):
        return f"{duration(value)} (range {duration(value.low)} to {duration(value.high)})"
    return duration(value)
