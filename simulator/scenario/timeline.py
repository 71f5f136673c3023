"""When phases, events and playbook happen as far as the file says: the earliest and the likely instants, and a chart in text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from simulator.crisis.act import Act
from simulator.model.world import After, At, Model, Reading, Step
from simulator.scenario.calendar import spoken
from simulator.scenario.document import Path
from simulator.scenario.law import high, low

NEVER = float("inf")
WIDTH = 60
"""Columns of the chart beside the names."""


def likely(value: float) -> float:
    """The likely value."""
    return float(value)


def located(model: Model) -> dict[str, tuple[Path, Step]]:
    """Every step by its id, with its path in the scenario."""
    return {
        step.id: ((section, i), step)
        for section, steps in (("events", model.events), ("playbook", model.playbook))
        for i, step in enumerate(steps)
    }


def earliest(model: Model) -> Mapping[str, tuple[float, float]]:
    """Start and effect of every step, in seconds, if every range takes its lowest value and nobody is busy."""
    return _instants(model, low, {})


def expected(model: Model) -> Mapping[str, tuple[float, float]]:
    """Start and effect of every step, in seconds, by likely values; what the wallboard triggers starts as soon as it may."""
    return _instants(model, likely, {role.name: role for role in model.roles})


def latest(model: Model) -> Mapping[str, tuple[float, float]]:
    """Start and effect of every step, in seconds, if every range takes its highest value; NEVER where a person or a reading decides."""
    return _instants(model, high, None)


def _instants(model: Model, value: Callable[[float], float], roles: Mapping[str, object] | None) -> dict[str, tuple[float, float]]:
    """By ``value`` of every range; without ``roles`` nobody knows when those who decide and readings are ready."""
    steps = {name: step for name, (_, step) in located(model).items()}
    known: dict[str, tuple[float, float]] = {}
    for first in steps:
        trail = [first]
        while trail:
            step = steps[trail[-1]]
            waits_for = [*step.needs, *([step.when.step] if isinstance(step.when, After) else [])]
            unknown = [name for name in waits_for if name not in known]
            if unknown:  # no circles: they are refused before
                trail.append(unknown[0])
                continue
            start = _start(step, known, value)
            if roles is not None:
                known[step.id] = (start, _decided(step, start, known, value, roles) + value(step.takes))
            else:
                start = NEVER if isinstance(step.when, Reading) else start
                prepares = type(step.act).prepare is not Act.prepare
                known[step.id] = (start, NEVER if prepares else start + value(step.takes))
            trail.pop()
    return known


def _start(step: Step, known: Mapping[str, tuple[float, float]], value: Callable[[float], float]) -> float:
    begins = [known[name][1] for name in step.needs]
    if isinstance(step.when, At):
        begins.append(step.when.instant)
    elif isinstance(step.when, After):
        begins.append(known[step.when.step][1] + value(step.when.by))
    elif isinstance(step.when, Reading):
        begins.append(value(step.when.lasting))
    return max(begins, default=0.0)


def _decided(
    step: Step, start: float, known: Mapping[str, tuple[float, float]], value: Callable[[float], float], roles: Mapping[str, object]
) -> float:
    """When a decision is taken: its role, and who approves, may be busy with a step that is known already."""
    instant = start
    for key in ("role", "approval"):
        role = roles.get(getattr(step.act, key, None) or "")
        busy_after = getattr(role, "busy_after", "")
        if busy_after in known and known[busy_after][1] <= instant:
            instant = max(instant, known[busy_after][1] + value(getattr(role, "busy_for", 0.0)))
        if key == "approval":
            instant += value(getattr(role, "approves_in", 0.0))
    return instant


@dataclass(frozen=True)
class Signs:
    """What the chart is drawn with."""

    lead: str
    effect: str
    moment: str


ASCII = Signs(".", "=", "*")
BLOCKS = Signs("░", "█", "◆")


def chart(model: Model, signs: Signs = ASCII) -> str:
    """Phases, events and playbook over the run, by likely times: a line each, with the local time and T at its effect."""
    instants = expected(model)
    clock = model.clock
    rows: list[tuple[str, str, str]] = []
    starts = [phase.start for phase in clock.phases]
    for phase, end in zip(clock.phases, [*starts[1:], clock.duration], strict=True):
        rows.append((phase.name, _bar([(signs.effect, phase.start, end)], clock.duration), f"from {_when(model, phase.start)}"))
    named = [len(rows)]
    rows += [
        (channel.name, _bar([(signs.effect, *span) for span in channel.hours], clock.duration), _open(model, channel.hours))
        for channel in model.channels
        if channel.hours is not None
    ]
    named.append(len(rows))
    for steps in (model.events, model.playbook):
        rows += [_row(model, step, instants, signs) for step in sorted(steps, key=lambda s: instants[s.id])]
        named.append(len(rows))
    width = max((len(name) for name, _, _ in rows), default=0) + 2
    text = [f"{model.name}, {model.variant}: {spoken(clock.duration)} from {local(model, 0.0):%Y-%m-%d %H:%M} ({clock.timezone})"]
    text += [" " * width + line for line in _axis(model)]
    for title, begin, end in zip(("PHASES", "OPENING HOURS", "EVENTS", "PLAYBOOK"), (0, *named), named, strict=False):
        if end > begin:
            text += ["", title, *(f"{f'  {name}':<{width}}{bar}  {note}".rstrip() for name, bar, note in rows[begin:end])]
    text += [
        "",
        f"{signs.lead * 3} lead time   {signs.effect * 3} in effect   {signs.moment} done at once   (ranges at their likely value)",
    ]
    return "\n".join(text) + "\n"


def _open(model: Model, hours: tuple[tuple[float, float], ...]) -> str:
    """The first stretch of opening hours, and how many more there are."""
    (start, end), *more = hours
    days = f", and {len(more)} more" if more else ""
    return f"{_moment(model, start)} to {_moment(model, end)}{days}"


def _row(model: Model, step: Step, instants: Mapping[str, tuple[float, float]], signs: Signs) -> tuple[str, str, str]:
    start, effect = instants[step.id]
    end = model.clock.duration
    note = f"{_when(model, effect)}  {step.act.name}"
    if isinstance(step.when, Reading):
        limit = (
            f"above {_shown(step.when, step.when.above)}" if step.when.above is not None else f"below {_shown(step.when, step.when.below)}"
        )
        return step.id, _bar([(signs.lead, start, end)], end), f"when {step.when.measure} is {limit}  {step.act.name}"
    if effect >= end:
        return step.id, _bar([(signs.lead, start, end)], end), f"after the end  {step.act.name}"
    spans = [(signs.lead, start, effect)]
    if step.act.lasting:
        until = end
        if isinstance(step.until, At):
            until = max(step.until.instant, effect)
        elif isinstance(step.until, After) and step.until.step in instants:
            until = max(instants[step.until.step][1] + likely(step.until.by), effect)
        spans.append((signs.effect, effect, until))
        note += f", until {_when(model, until)}" if until < end else ""
    bar = _bar(spans, end)
    if not step.act.lasting:
        at = min(int(max(effect, 0.0) / end * WIDTH), WIDTH - 1)
        bar = bar[:at] + signs.moment + bar[at + 1 :]
    return step.id, bar, note


def _shown(reading: Reading, value: float | None) -> str:
    return spoken(value or 0.0) if reading.measure == "longest_wait" else f"{value or 0.0:g}"


def _bar(spans: list[tuple[str, float, float]], length: float) -> str:
    cells = [" "] * WIDTH
    for sign, start, end in spans:
        first = int(max(start, 0.0) / length * WIDTH)
        last = max(first + 1, round(end / length * WIDTH))
        if end > start:
            cells[first : min(last, WIDTH)] = sign * (min(last, WIDTH) - first)
    return "".join(cells)


def _axis(model: Model) -> list[str]:
    """Local times at even steps, and the impact."""
    length = model.clock.duration
    hours = next((h for h in (0.5, 1, 2, 3, 4, 6, 8, 12, 24, 48, 96, 168) if length / 3600 / h <= WIDTH / 8), 336)
    labels, ticks = [" "] * (WIDTH + 6), [" "] * WIDTH
    instant = 0.0
    while instant < length:
        at = int(instant / length * WIDTH)
        label = f"{local(model, instant):%d. %H:%M}" if hours >= 24 else f"{local(model, instant):%H:%M}"
        labels[at : at + len(label)] = label
        ticks[at] = "|"
        instant += hours * 3600
    if model.clock.impact is not None:
        ticks[min(int(model.clock.impact / length * WIDTH), WIDTH - 1)] = "T"
    return ["".join(labels).rstrip(), "".join(ticks).rstrip()]


def local(model: Model, instant: float) -> datetime:
    """The wall clock at an instant of the run."""
    start = datetime.fromisoformat(model.clock.start).astimezone(UTC)
    return (start + timedelta(seconds=instant)).astimezone(ZoneInfo(model.clock.timezone))


def _moment(model: Model, instant: float) -> str:
    """The local time, with the day where it is another than the start's."""
    moment, start = local(model, instant), local(model, 0.0)
    return f"{moment:%H:%M}" if moment.date() == start.date() else f"{moment:%d. %H:%M}"


def _when(model: Model, instant: float) -> str:
    """The local time, with the day where it is another, and the distance from the impact."""
    text = _moment(model, instant)
    impact = model.clock.impact
    if impact is None:
        return text
    distance = spoken(abs(instant - impact)) if instant != impact else "0"
    return f"{text} (T{'-' if instant < impact else '+'}{distance})"
