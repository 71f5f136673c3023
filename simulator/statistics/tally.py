"""A tally: one run added up. Small, picklable, and all that the statistics of many runs need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.errors import BooksError
from simulator.statistics import callbacks, handling, recovery
from simulator.statistics.books import CONTACT_SUMS, calling_out, check_sums, waits
from simulator.statistics.constraint import constraints, decisions_awaited
from simulator.statistics.contacts import contact_sums
from simulator.statistics.contents import contents
from simulator.statistics.conversations import Backlog, backlog, backlogs, conversations_open, reply_times, standing_at
from simulator.statistics.evaluation import COLUMNS, counted
from simulator.statistics.frame import Frame, frame_of
from simulator.statistics.groups import grouped
from simulator.statistics.people import Customers
from simulator.statistics.strain import felt
from simulator.statistics.waiting import Key, Waits, peaks_of_queue
from simulator.vocabulary import AgentState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import LogEntry, Run

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Tally:
    """Sums of one run. L slots, T intervals, P phases, N needs, C channels, S sites (see :class:`~simulator.statistics.frame.Frame`)."""

    variant: str
    replication: int
    needs: tuple[str, ...]
    channels: tuple[str, ...]
    sites: tuple[str, ...]
    links: tuple[str, ...]
    frame: Frame
    ended_at: float
    contacts: Floats  #: (CONTACT_SUMS, L, N, C)
    at_site: Floats  #: (CONTACT_SUMS, P, S): contacts that held a line of the site
    customers: Floats  #: (CUSTOMER_SUMS, P, N): by phase of the first wish to call
    elapsed: Floats  #: (L,) seconds
    queue_time: Floats  #: (L, N, C) contact-seconds
    online_time: Floats  #: (L, S) agent-seconds
    agent_time: Floats  #: (L, 7) agent-seconds by state
    observed: Mapping[str, Floats]  #: at each interval's end: online, seats, waiting_for_seat, on_the_way (T, S), lines (T, links), …
    wait_quantiles: Floats  #: (2, T, 1 + N): p50 and p90 of all needs, then of each; NaN where nobody waited or was answered
    values: Mapping[Key, float]  #: measures worked out once per run; infinite where endless
    ceilings: Mapping[str, float]  #: the longest value that the run could have shown, of measures that can be endless
    constraint: NDArray[np.int8]  #: (intervals after the impact,) codes of :mod:`simulator.statistics.constraint`
    log: tuple[LogEntry, ...]
    costs: Mapping[str, float]
    evaluation: Floats  #: (RULES, COLUMNS) of :mod:`simulator.statistics.evaluation`; no rows where nobody is in distress
    kinds: tuple[str, ...]  #: of the channels
    contents: tuple[str, ...]  #: what the model contains (:mod:`simulator.statistics.contents`)
    groups: tuple[str, ...]  #: of people, G of them
    of_groups: Floats  #: (CONTACT_SUMS, P, G)
    people_of_groups: Floats  #: (CUSTOMER_SUMS, P, G)
    once_of_groups: Floats  #: (ONCE of :mod:`simulator.statistics.groups`, 1 + P, G)


def tally(run: Run, model: Model) -> Tally:
    """Add up ``run`` of ``model``; raises BooksError where its contacts do not add up."""
    frame = frame_of(model.clock)
    if len(frame.slots) < 2:
        raise BooksError(f"variant {run.variant}: a run of no length has nothing to add up")
    calls_out = calling_out(model, len(run.channels))
    listed = calls_out[run.ledger.channel] if calls_out.any() else None
    wait = waits(run.ledger, run.ended_at, listed)
    slot = frame.slot_of(run.ledger.arrived)
    there = contents(model)
    cells = contact_sums(run, model, frame, slot, wait, there)
    contacts = cells.sum(axis=4)
    check_sums(contacts.sum(axis=3), run.needs, frame.slots)
    edges = frame.slots
    seen = run.observations
    values: dict[Key, float] = {}
    waited = Waits(run, frame, slot, wait, listed)
    values.update(waited.values())
    values.update(peaks_of_queue(run, frame, wait))
    values.update(_agents_online(run, frame))
    values.update(_service_deficits(model, frame, contacts))
    people = Customers(run, model, frame, there)
    values.update(people.times())
    groups, nothing = grouped(run, model, frame, slot, wait, people, there, listed), np.zeros((0, 0, 0))
    kept = backlog(run, model) if "backlog" in there else {}
    values.update(_when_there(run, model, frame, there, kept))
    strained = None if model.strain is None else felt(run, model.strain)
    if strained is not None:
        values.update(strained.measured())
    codes, found = _recovery(run, model, frame, contacts)
    values.update(found)
    latency, since = _decision_latency(run, model)
    if np.isfinite(since):
        values["decision_latency", "", "", "", ""] = latency
    values["cost", "", "", "", ""] = float(sum(run.costs[step] for step in sorted(run.costs)))
    return Tally(
        variant=run.variant,
        replication=run.replication,
        needs=run.needs,
        channels=run.channels,
        sites=run.sites,
        links=run.links,
        frame=frame,
        ended_at=run.ended_at,
        contacts=contacts,
        at_site=frame.by_phase(cells[..., :-1].sum(axis=(2, 3)), axis=1),
        customers=people.sums(),
        elapsed=np.diff(edges),
        queue_time=_queue_time(run, edges) * ~calls_out,
        online_time=_spent(seen.instant, seen.site_online_time, edges),
        agent_time=_spent(seen.instant, seen.agent_time.sum(axis=1), edges),
        observed=_observed(run, model, frame, there, kept) | ({} if strained is None else {"strain": strained.over_time(frame.intervals)}),
        wait_quantiles=waited.by_interval(),
        values=values,
        ceilings={
            "time_to_recover": run.ended_at - frame.impact,
            "time_to_first_agent_p50": run.ended_at,
            "resolution_time_p50": run.ended_at,
            "list_cleared_at": run.ended_at - callbacks.zero(frame),
            "decision_latency": run.ended_at - since,
        },
        constraint=codes,
        log=run.log,
        costs=dict(run.costs),
        evaluation=counted(run, model) if "distress" in there else np.zeros((0, len(COLUMNS))),
        kinds=tuple(channel.kind for channel in model.channels),
        contents=tuple(sorted(there)),
        groups=tuple(model.groups),
        of_groups=nothing if groups is None else groups.contacts,
        people_of_groups=nothing if groups is None else groups.customers,
        once_of_groups=nothing if groups is None else groups.once,
    )


def _agents_online(run: Run, frame: Frame) -> Iterator[tuple[Key, float]]:
    seen = run.observations
    online = np.column_stack((seen.online.sum(axis=1), seen.online)).astype(np.float64)
    phase = np.clip(np.searchsorted(frame.phase_starts, seen.instant, side="left") - 1, 0, None)
    later = frame.impact + 6 * 3600.0
    for s, site in enumerate(("", *run.sites)):
        yield ("agents_online_peak", "", "", "", site), float(online[:, s].max())
        for p, name in enumerate(frame.phases):
            if name and np.any(phase == p):
                yield ("agents_online_peak", name, "", "", site), float(online[phase == p, s].max())
        if later <= run.ended_at:
            yield ("agents_online_6h", "", "", "", site), float(online[np.searchsorted(seen.instant, later, side="right") - 1, s])


def _service_deficits(model: Model, frame: Frame, contacts: Floats) -> Iterator[tuple[Key, float]]:
    """Contacts short of the target: a surplus in one slot does not make up for another."""
    in_time, offered = contacts[CONTACT_SUMS.index("answered_in_time")], contacts[CONTACT_SUMS.index("offered")]
    target = np.array([c.target_share for c in model.channels], dtype=np.float64)
    of_all = np.maximum(target * offered.sum(axis=1) - in_time.sum(axis=1), 0.0)  # (L, C)
    of_need = np.maximum(target * offered - in_time, 0.0)  # (L, N, C)
    short = np.concatenate((of_all[:, None, :], of_need), axis=1)  # (L, 1 + N, C)
    by_phase = frame.by_phase(short)
    for n, need in enumerate(("", *(x.name for x in model.needs))):
        for c, channel in enumerate(("", *(x.name for x in model.channels))):
            mine = slice(None) if c == 0 else slice(c - 1, c)
            yield ("sl_deficit", "", need, channel, ""), float(short[:, n, mine].sum())
            for p, phase in enumerate(frame.phases):
                if phase:
                    yield ("sl_deficit", phase, need, channel, ""), float(by_phase[p, n, mine].sum())


def level_asked(model: Model) -> tuple[str, Floats]:
    """What counts as good among arrived contacts, and the level asked of each channel."""
    if model.continuity is not None:
        return "answered", np.full(len(model.channels), float(model.continuity.mbco))
    return "answered_in_time", np.array([c.target_share for c in model.channels], dtype=np.float64)


def _recovery(run: Run, model: Model, frame: Frame, contacts: Floats) -> tuple[NDArray[np.int8], dict[Key, float]]:
    """Binding constraints by interval after the impact, and measures of recovery by need and channel."""
    after = frame.after_impact
    values: dict[Key, float] = {}
    if not after.any():
        return np.empty(0, dtype=np.int8), values
    what, asked = level_asked(model)
    start, end = frame.slots[:-1][after], frame.slots[1:][after]
    of = dict(zip(CONTACT_SUMS, contacts, strict=True))
    # Whom an announcement has told what they needed does not want an agent any more; whom our own cut cable lost still does.
    good, arrived = of[what], of["arrived"] - of["contained"] - of["deflected"] + of["lost_cut_link"]
    weight = arrived.sum(axis=(0, 1))
    asked_of_all = float((asked * weight).sum() / weight.sum()) if weight.sum() > 0 else float(asked[0])
    for n, need in enumerate(("", *run.needs)):
        for c, channel in enumerate(("", *run.channels)):
            rows = slice(None) if n == 0 else slice(n - 1, n)
            columns = slice(None) if c == 0 else slice(c - 1, c)
            came = arrived[after, rows, columns].sum(axis=(1, 2))
            if not came.any():
                continue  # nobody was there to be answered
            level = recovery.level(good[after, rows, columns].sum(axis=(1, 2)), came)
            goal = asked_of_all if c == 0 else float(asked[c - 1])
            place = ("", need, channel, "")
            values["time_to_recover", *place] = recovery.recovered_at(start, end, level, goal) - frame.impact
            values["longest_below", *place] = recovery.longest_below(start, end, level, goal)
            values["share_above", *place] = recovery.share_above(start, end, level, goal)
            values["resilience_loss", *place] = recovery.loss(start, end, level)
            if model.continuity is not None:
                late = frame.slots[:-1] >= frame.impact + model.continuity.rto
                late_came = arrived[late, rows, columns].sum()
                if late_came > 0:
                    values["level_after_rto", *place] = float(good[late, rows, columns].sum() / late_came)

    piece = frame.interval_of[after] - frame.interval_of[after][0]
    of_interval = np.searchsorted(piece, np.arange(piece[-1] + 1))
    lines = of["blocked_no_line"] + of["blocked_reserved"] + of["lost_cut_link"]

    def total(values_by_slot: Floats) -> Floats:
        return np.add.reduceat(values_by_slot[after].sum(axis=(1, 2)), of_interval)

    enough = recovery.level(total(good), total(arrived)) >= asked_of_all
    last = np.append(of_interval[1:], len(start)) - 1
    return constraints(run, model, start[of_interval], end[last], enough, total(lines)), values


def _decision_latency(run: Run, model: Model) -> tuple[float, float]:
    """The slowest of the decisions that were called for, and the first call for one; NaN where none was."""
    spans = decisions_awaited(run.log, model)
    if not spans:
        return float("nan"), float("nan")
    return max(until - since for since, until in spans), min(since for since, _ in spans)


def _spent(instants: Floats, cumulative: Floats, edges: Floats) -> Floats:
    """What a cumulative column (observations, k) grows by in each slot, linear between observations."""
    return np.diff(np.column_stack([np.interp(edges, instants, column) for column in cumulative.T]), axis=0)


def _when_there(run: Run, model: Model, frame: Frame, there: frozenset[str], kept: Mapping[int, Backlog]) -> Iterator[tuple[Key, float]]:
    """Values of the run that mean something only where the model contains what they are about."""
    if "conversations" in there:
        yield from reply_times(run, frame)
        yield from conversations_open(run, model)
    if "backlog" in there:
        yield from backlogs(run, kept)
    if "callbacks" in there:
        yield ("list_cleared_at", "", "", "", ""), callbacks.cleared_at(run, model, frame)
    if "distress" in there:
        yield from handling.handle_time_values(run, model, frame)
    if "overtime" in there:
        yield ("overtime", "", "", "", ""), handling.overtime(run, model, frame.intervals)


def _queue_time(run: Run, edges: Floats) -> Floats:
    spent = _spent(run.observations.instant, run.observations.queue_time, edges)
    return spent.reshape(-1, len(run.channels), len(run.needs)).transpose(0, 2, 1)


def _observed(run: Run, model: Model, frame: Frame, there: frozenset[str], kept: Mapping[int, Backlog]) -> dict[str, Floats]:
    """What was seen at each interval's end, and agents' mean numbers during it in each state (``available``, ``busy``, …)."""
    seen = run.observations
    row = np.clip(np.searchsorted(seen.instant, frame.intervals[1:], side="right") - 1, 0, len(seen.instant) - 1)
    columns = ("online", "seats", "waiting_for_seat", "on_the_way", "lines", "queue", "free_agents", "numbers_live", "deciding")
    made = {name: getattr(seen, name)[row].astype(np.float64) for name in columns}
    if "callbacks" in there:  # entries of a list do not wait in a queue
        made["queue"] *= np.repeat(~calling_out(model, len(run.channels)), len(run.needs))
    spent = _spent(seen.instant, seen.agent_time.sum(axis=1), frame.intervals) / np.diff(frame.intervals)[:, None]
    made |= {state.name.lower(): spent[:, state] for state in AgentState}
    if "conversations" in there:
        made["conversations"] = seen.conversations[row].astype(np.float64)
    if "backlog" in there:
        made["backlog"] = np.zeros((len(row), len(run.channels)))
        for c, one in kept.items():
            made["backlog"][:, c] = standing_at(frame.intervals[1:], one.came, one.left)
    if "callbacks" in there:
        made |= callbacks.over_time(run, model, frame.intervals[1:])
    return made
