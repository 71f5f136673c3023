"""What held service down: the cause by interval after the impact, for the time in which the level was below what is asked.

Outside the hours of every channel the centre is ``closed``, and while the level holds there is ``none``. For the rest, an interval has one
cause. It is ``decision`` while a decision of the playbook is awaited at the interval's end, from the instant of what calls for it until it
is taken. Otherwise it is what took most of the contacts that got nobody:

- ``closed``: the channel had been taken out of service;
- ``links``: every link of the site was cut;
- ``network``: the carrier's network was congested;
- ``switch``: the platform that answers was down;
- ``numbers``: the numbers lead to a site that is lost or closed;
- ``lines``: every line was busy, or kept for another need, while on average at least one agent was free;
- ``seats``: none of these, and agents wait for a seat, or the site to which the numbers lead has none ready;
- ``people``: none of these, so it is agents that are missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.model.world import KINDS, After
from simulator.vocabulary import AgentState, Cause
from simulator.workload.order import piece_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from simulator.model.world import Model, Step
    from simulator.records.run import LogEntry, Run
    from simulator.statistics.disruption import Level
    from simulator.statistics.frame import Frame

    Floats = NDArray[np.float64]

NAMES = ("none", "closed", "decision", "links", "network", "switch", "numbers", "seats", "people", "lines")
"""The possible answers, in the order of reports."""

_BY_CAUSE = {
    Cause.CLOSED: "closed", Cause.LINK_DOWN: "links", Cause.CONGESTION: "network", Cause.PLATFORM_DOWN: "switch",
    Cause.SITE_DOWN: "numbers", Cause.NO_LINE: "lines", Cause.RESERVED: "lines",
}  # fmt: skip


def constraints(run: Run, model: Model, frame: Frame, level: Level) -> Floats:
    """The share of each interval after the impact that each of :data:`NAMES` takes; rows add up to 1: (intervals, names).

    ``level`` is that of the whole centre.
    """
    edges = np.concatenate(([frame.impact], frame.intervals[frame.intervals > frame.impact]))
    opened = level.hours.until(edges)
    shares = np.zeros((len(edges) - 1, len(NAMES)))
    width = np.diff(edges)
    below = np.zeros(len(width))
    for fell, back in level.below:
        below += np.diff(np.clip(opened, *level.hours.until(np.array([fell, back])).tolist()))
    shares[:, NAMES.index("closed")] = 1 - np.diff(opened) / width
    np.add.at(shares, (np.arange(len(width)), _causes(run, model, edges, level)), below / width)
    shares[:, 0] = np.maximum(1 - shares.sum(axis=1), 0.0)
    return shares


def _causes(run: Run, model: Model, edges: Floats, level: Level) -> NDArray[np.intp]:
    """The cause of each interval between ``edges``, if the level was below."""
    seen, start, end = run.observations, edges[:-1], edges[1:]
    row = np.clip(np.searchsorted(seen.instant, end, side="right") - 1, 0, len(seen.instant) - 1)
    lines, people = NAMES.index("lines"), NAMES.index("people")
    of_cause = np.full(len(Cause), people)
    for cause, name in _BY_CAUSE.items():
        of_cause[cause.value] = NAMES.index(name)
    bad = level.row[~level.good]
    place = np.minimum(piece_of(edges[1:], run.ledger.arrived[bad]), len(end) - 1)
    counts = np.bincount(place * len(NAMES) + of_cause[run.ledger.cause[bad]], minlength=len(end) * len(NAMES))
    failed: Floats = counts.reshape(len(end), len(NAMES)).astype(np.float64)
    available = seen.agent_time[:, :, AgentState.AVAILABLE].sum(axis=1)
    free = (np.interp(end, seen.instant, available) - np.interp(start, seen.instant, available)) / np.maximum(end - start, 1e-9)
    busy = free < 1.0  # then one more line would only have been one more to wait
    failed[busy, people] += failed[busy, lines]
    failed[busy, lines] = 0.0
    failed[:, people] += 1e-9  # where nobody failed in an interval of a stretch below, and in a tie
    answer: NDArray[np.intp] = failed.argmax(axis=1)
    seats = (seen.waiting_for_seat[row].sum(axis=1) > 0) | (_seats_ready(run, model, row, end) <= 0)
    answer[(answer == people) & seats] = NAMES.index("seats")
    awaited = seen.deciding[row].astype(bool)
    for since, until in decisions_awaited(run.log, model):
        awaited |= (since <= end) & (end < until)
    answer[awaited] = NAMES.index("decision")
    return answer


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


def _seats_ready(run: Run, model: Model, row: NDArray[np.intp], at: Floats) -> NDArray[np.int32]:
    """Seats ready at the site to which the telephone numbers lead at each instant (or ``row`` of observations); of all without any."""
    seats = run.observations.seats[row]
    first = next((channel for channel in model.channels if KINDS[channel.kind].has_numbers), None)
    if first is None:
        return np.asarray(seats.sum(axis=1), dtype=np.int32)
    targets = {step.id: step.act for step in (*model.events, *model.playbook) if step.act.name == "numbers.reroute"}
    site = np.full(len(at), run.sites.index(first.numbers))
    for entry in run.log:
        act = targets.get(entry.id)
        if act is not None and entry.what == "done" and act.channel in (None, first.name):
            site[at >= entry.instant] = run.sites.index(act.to)
    return np.asarray(seats[np.arange(len(at)), site])
