"""The binding constraint: what held recovery up, interval by interval after the impact.

One answer for each interval, the first of this chain that holds (as things stand at the interval's end):

1. ``none``: the level of the contacts of the interval is at or above the level asked;
2. ``decision``: a decision of the playbook is awaited, from the instant of what calls for it until it is taken;
3. ``numbers``: the public numbers lead to no site that can take calls;
4. ``seats``: agents wait for a seat, or the site to which the numbers lead has none ready;
5. ``lines``: contacts were refused for want of a line (all busy, or kept for another need) or lost because every cable is cut,
   while on average at least one agent was free;
6. ``people``: everything else is in place, so it is agents that are missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.model.world import After
from simulator.vocabulary import AgentState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from simulator.model.world import Model, Step
    from simulator.records.run import LogEntry, Run

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

NAMES = ("none", "decision", "numbers", "seats", "people", "lines")
"""The possible answers; codes index this tuple."""


def binding(enough: Flags, decision: Flags, numbers: Flags, seats: Flags, lines: Flags) -> NDArray[np.int8]:
    """Codes by interval out of flags by interval: level reached, decision awaited, numbers dead, seats short, lines short."""
    chain = [enough, decision, numbers, seats, lines]
    codes = [NAMES.index(n) for n in ("none", "decision", "numbers", "seats", "lines")]
    return np.select(chain, codes, NAMES.index("people")).astype(np.int8)


def constraints(run: Run, model: Model, start: Floats, end: Floats, enough: Flags, refused: Floats) -> NDArray[np.int8]:
    """The binding constraint of each interval ``start``..``end`` (seconds); ``refused`` counts contacts refused for want of a line."""
    seen = run.observations
    row = np.clip(np.searchsorted(seen.instant, end, side="right") - 1, 0, len(seen.instant) - 1)
    awaited = seen.deciding[row].astype(bool)
    for since, until in decisions_awaited(run.log, model):
        awaited |= (since <= end) & (end < until)
    led_to = _numbers_lead_to(run, model, end)
    ready = np.where(led_to >= 0, seen.seats[row, np.maximum(led_to, 0)], 0)
    available = seen.agent_time[:, :, AgentState.AVAILABLE].sum(axis=1)
    free = (np.interp(end, seen.instant, available) - np.interp(start, seen.instant, available)) / np.maximum(end - start, 1e-9)
    return binding(
        enough=enough,
        decision=awaited,
        numbers=seen.numbers_live[row] == 0,
        seats=(seen.waiting_for_seat[row].sum(axis=1) > 0) | (ready <= 0),
        lines=(refused > 0) & (free >= 1.0),
    )


def instant_of(log: Sequence[LogEntry], step: str, what: str) -> float:
    """The first instant at which ``step`` is logged as ``what``; NaN if never."""
    return next((entry.instant for entry in log if entry.id == step and entry.what == what), float("nan"))


def decisions_awaited(log: Sequence[LogEntry], model: Model) -> list[tuple[float, float]]:
    """From when until when each decision of the playbook that was called for is awaited; until infinity where it is never taken.

    A decision that is due some time after an event is awaited from the event: the delay is part of what holds us up.
    """
    spans = []
    for step in model.playbook:
        if step.act.name == "decision" and np.isfinite(triggered_at(log, step)):
            since = instant_of(log, step.when.step, "done") if isinstance(step.when, After) else triggered_at(log, step)
            taken = instant_of(log, step.id, "done")
            spans.append((since, taken if np.isfinite(taken) else float("inf")))
    return spans


def triggered_at(log: Sequence[LogEntry], step: Step) -> float:
    """When ``step`` was called for: by its trigger, or without one as the last step that it needs was done; NaN if never."""
    if step.when is None and step.needs:
        return float(np.max([instant_of(log, other, "done") for other in step.needs]))
    return instant_of(log, step.id, "triggered")


def _numbers_lead_to(run: Run, model: Model, at: Floats) -> NDArray[np.intp]:
    """Index of the site to which the numbers of the first channel lead at each instant; -1 where it is no site of the run."""
    first = model.channels[0]
    targets = {step.id: step.act for step in (*model.events, *model.playbook) if step.act.name == "numbers.reroute"}
    site = np.full(len(at), _index(run.sites, first.numbers))
    for entry in run.log:
        act = targets.get(entry.id)
        if act is not None and entry.what == "done" and act.channel in (None, first.name):
            site[at >= entry.instant] = _index(run.sites, act.to)
    return site


def _index(names: tuple[str, ...], name: str) -> int:
    return names.index(name) if name in names else -1
