"""A tally: one run added up. Small, picklable, and all that the statistics of many runs need."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from simulator.errors import BooksError
from simulator.model.edges import LATER
from simulator.statistics import callbacks, handling
from simulator.statistics.books import calling_out, check_sums, entries_of, offered, waits
from simulator.statistics.cells import over
from simulator.statistics.constraint import NAMES, constraints, decisions_awaited
from simulator.statistics.contacts import contact_sums
from simulator.statistics.contents import contents
from simulator.statistics.conversations import backlog, conversations_open, reply_times
from simulator.statistics.deficits import service_deficits
from simulator.statistics.disruption import Level, Through, longest_recovery, recovery_values, whole_centre
from simulator.statistics.evaluation import COLUMNS, counted
from simulator.statistics.frame import Frame, frame_of
from simulator.statistics.groups import grouped
from simulator.statistics.people import Customers
from simulator.statistics.strain import felt
from simulator.statistics.waiting import Waits, peaks_of_queue
from simulator.statistics.whose import key
from simulator.vocabulary import AgentState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import LogEntry, Run
    from simulator.statistics.conversations import Backlog
    from simulator.statistics.whose import Key

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
    wait_quantiles: Floats  #: (2, T, 1 + N + C): p50 and p90 of everybody, of each need and channel; NaN where nobody waited
    values: Mapping[Key, float]  #: measures worked out once per run; infinite where endless
    ceilings: Mapping[str, float]  #: the longest value that the run could have shown of what may be endless: by measure or measure[channel]
    constraint: Floats  #: (intervals after the impact, NAMES of :mod:`simulator.statistics.constraint`) shares of each interval
    below: tuple[float, ...]  #: from when until when the level of the whole centre was below what is asked, one stretch after another
    log: tuple[LogEntry, ...]
    costs: Mapping[str, float]
    evaluation: Floats  #: (RULES, COLUMNS) of :mod:`simulator.statistics.evaluation`; no rows where nobody is in distress
    kinds: tuple[str, ...]  #: of the channels
    contents: tuple[str, ...]  #: what the model contains (:mod:`simulator.statistics.contents`)
    groups: tuple[str, ...]  #: of people, G of them
    of_groups: Floats  #: (CONTACT_SUMS, P, G)
    people_of_groups: Floats  #: (CUSTOMER_SUMS, P, G)


def tally(run: Run, model: Model) -> Tally:
    """Add up ``run`` of ``model``; raises BooksError where its contacts do not add up."""
    frame = frame_of(model)
    if len(frame.slots) < 2:
        raise BooksError(f"variant {run.variant}: a run of no length has nothing to add up")
    calls_out = calling_out(model, len(run.channels))
    listed = entries_of(run, model) if calls_out.any() else None
    wait = waits(run.ledger, run.ended_at, listed)
    slot = frame.slot_of(run.ledger.arrived)
    there = contents(model)
    through = Through.of(run, model, listed)
    cells = contact_sums(run, model, frame, slot, wait, there, through)
    contacts = over(cells, 4)
    check_sums(over(contacts, 3), run.needs, frame.slots)
    edges = frame.slots
    seen = run.observations
    values: dict[Key, float] = {}
    waited = Waits(run, model, frame, slot, wait, listed)
    values.update(waited.values())
    values.update(peaks_of_queue(run, model, frame, slot, wait))
    values.update(_agents_online(run, frame))
    people = Customers(run, model, frame, there)
    values.update(people.times())
    groups, nothing = grouped(run, model, frame, slot, wait, people, there, through), np.zeros((0, 0, 0))
    values.update(service_deficits(run, model, frame, wait, offered(run, listed)))
    kept = backlog(run, model, frame) if "backlog" in there else None
    values.update(_when_there(run, model, frame, there, kept))
    strained = None if model.strain is None else felt(run, model.strain)
    if strained is not None:
        values.update(strained.measured())
    level = Level.of(run, model, frame.impact, wait, through) if frame.after_impact.any() else None
    below: tuple[tuple[float, float], ...] = ()
    held = np.zeros((0, len(NAMES)))
    if level is not None:
        hours = whole_centre(model, run.ended_at)
        below = level.below(hours)
        values.update(recovery_values(run, model, level))
        held = constraints(run, model, frame, level, below, hours)
    latency, since = _decision_latency(run, model)
    if np.isfinite(since):
        values[key("decision_latency", {})] = latency
    values[key("cost", {})] = float(sum(run.costs[step] for step in sorted(run.costs)))
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
        at_site=frame.by_phase(over(cells[..., :-1].reshape(*cells.shape[:2], -1, len(run.sites)), 2), axis=1),
        customers=people.sums(),
        elapsed=np.diff(edges),
        queue_time=_queue_time(run, edges) * ~calls_out,
        online_time=_spent(seen.instant, seen.site_online_time, edges),
        agent_time=_spent(seen.instant, seen.agent_time.sum(axis=1), edges),
        observed=_observed(run, model, frame, there, kept) | ({} if strained is None else {"strain": strained.over_time(frame.intervals)}),
        wait_quantiles=waited.by_interval(),
        values=values,
        ceilings={
            **longest_recovery(model, frame.impact, run.ended_at),
            "time_to_first_agent_p50": run.ended_at,
            "resolution_time_p50": run.ended_at,
            "list_cleared_at": run.ended_at - callbacks.zero(frame),
            "decision_latency": run.ended_at - since,
        },
        constraint=held,
        below=tuple(chain.from_iterable(below)),
        log=run.log,
        costs=dict(run.costs),
        evaluation=counted(run, model) if "distress" in there else np.zeros((0, len(COLUMNS))),
        kinds=tuple(channel.kind for channel in model.channels),
        contents=tuple(sorted(there)),
        groups=tuple(model.groups),
        of_groups=nothing if groups is None else groups.contacts,
        people_of_groups=nothing if groups is None else groups.customers,
    )


def _agents_online(run: Run, frame: Frame) -> Iterator[tuple[Key, float]]:
    """Exact: the most are counted as agents come and go, and the floor is looked at where each phase ends."""
    seen = run.observations
    online = np.column_stack((seen.online.sum(axis=1), seen.online)).astype(np.float64)
    most = seen.online_peak.astype(np.float64)
    phase = np.clip(np.searchsorted(frame.phase_starts, seen.instant, side="left") - 1, 0, None)
    later = frame.impact + LATER
    for s, site in enumerate(("", *run.sites)):
        yield key("agents_online_peak", {"site": site}), float(most[:, s].max())
        for p, name in enumerate(frame.phases):
            if name and np.any(phase == p):
                yield key("agents_online_peak", {"phase": name, "site": site}), float(most[phase == p, s].max())
        if later <= run.ended_at:
            yield key("agents_online_6h", {"site": site}), float(online[np.searchsorted(seen.instant, later, side="right") - 1, s])


def _decision_latency(run: Run, model: Model) -> tuple[float, float]:
    """The slowest of the decisions that were called for, and the first call for one; NaN where none was."""
    spans = decisions_awaited(run.log, model)
    if not spans:
        return float("nan"), float("nan")
    return max(until - since for since, until in spans), min(since for since, _ in spans)


def _spent(instants: Floats, cumulative: Floats, edges: Floats) -> Floats:
    """What a cumulative column (observations, k) grows by in each slot, linear between observations."""
    return np.diff(np.column_stack([np.interp(edges, instants, column) for column in cumulative.T]), axis=0)


def _when_there(run: Run, model: Model, frame: Frame, there: frozenset[str], kept: Backlog | None) -> Iterator[tuple[Key, float]]:
    """Values of the run that mean something only where the model contains what they are about."""
    if "conversations" in there:
        yield from reply_times(run, model, frame)
        yield from conversations_open(run, model, frame)
    if kept is not None:
        yield from kept.values()
    if "callbacks" in there:
        yield from callbacks.cleared(run, model, frame)
    if "distress" in there:
        yield from handling.handle_time_values(run, model, frame)
    if "overtime" in there:
        for why, seconds in run.beyond_roster.items():
            yield key(why, {}), seconds


def _queue_time(run: Run, edges: Floats) -> Floats:
    spent = _spent(run.observations.instant, run.observations.queue_time, edges)
    return spent.reshape(-1, len(run.channels), len(run.needs)).transpose(0, 2, 1)


def _observed(run: Run, model: Model, frame: Frame, there: frozenset[str], kept: Backlog | None) -> dict[str, Floats]:
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
    if kept is not None:
        made["backlog"] = kept.standing(frame.intervals[1:], len(run.channels))
    if "callbacks" in there:
        made |= callbacks.over_time(run, model, frame.intervals[1:])
    return made
