"""A tally: one run added up. Small, picklable, and all that the statistics of many runs need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.errors import BooksError
from simulator.statistics import recovery
from simulator.statistics.books import CONTACT_SUMS, COUNTS, calling_out, check_sums, enters_matrix, waits
from simulator.statistics.constraint import constraints, decisions_awaited
from simulator.statistics.frame import Frame, frame_of
from simulator.statistics.people import Customers
from simulator.statistics.waiting import Key, Waits, peaks_of_queue
from simulator.vocabulary import AgentState, Cause, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import LogEntry, Run

    Floats = NDArray[np.float64]

OUTCOMES = len(Outcome)
SLACK = 1e-6
"""Seconds by which a wait may exceed a limit and still keep it: waits are differences of absolute instants."""


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


def tally(run: Run, model: Model) -> Tally:
    """Add up ``run`` of ``model``; raises BooksError where its contacts do not add up."""
    frame = frame_of(model.clock)
    if len(frame.slots) < 2:
        raise BooksError(f"variant {run.variant}: a run of no length has nothing to add up")
    wait = waits(run.ledger, run.ended_at)
    slot = frame.slot_of(run.ledger.arrived)
    cells = _contact_sums(run, model, frame, slot, wait)
    contacts = cells.sum(axis=4)
    check_sums(contacts.sum(axis=3), run.needs, frame.slots)
    edges = frame.slots
    seen = run.observations
    values: dict[Key, float] = {}
    waited = Waits(run, frame, slot, wait)
    values.update(waited.values())
    values.update(peaks_of_queue(run, frame, wait))
    values.update(_agents_online(run, frame))
    values.update(_service_deficits(model, frame, contacts))
    people = Customers(run, frame)
    values.update(people.times_to_first_agent())
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
        at_site=np.stack([frame.by_phase(part) for part in cells[..., :-1].sum(axis=(2, 3))]),
        customers=people.sums(model),
        elapsed=np.diff(edges),
        queue_time=_queue_time(run, edges),
        online_time=_spent(seen.instant, seen.site_online_time, edges),
        agent_time=_spent(seen.instant, seen.agent_time.sum(axis=1), edges),
        observed=_observed(run, frame),
        wait_quantiles=waited.by_interval(),
        values=values,
        ceilings={
            "time_to_recover": run.ended_at - frame.impact,
            "time_to_first_agent_p50": run.ended_at,
            "decision_latency": run.ended_at - since,
        },
        constraint=codes,
        log=run.log,
        costs=dict(run.costs),
    )


def _contact_sums(run: Run, model: Model, frame: Frame, slot: NDArray[np.intp], wait: Floats) -> Floats:
    """Sums by slot, need, channel and site, the last place of which is "no site": (CONTACT_SUMS, L, N, C, S + 1)."""
    book = run.ledger
    shape = (len(frame.slots) - 1, len(run.needs), len(run.channels), len(run.sites) + 1)
    site = np.where(book.site < 0, len(run.sites), book.site)
    cell = ((slot * shape[1] + book.need) * shape[2] + book.channel) * shape[3] + site
    size = int(np.prod(shape))
    calls_out = calling_out(model, len(run.channels))
    ends, kinds = book.outcome.astype(np.intp), OUTCOMES
    if calls_out.any():  # entries of a list end below, in the second table
        ends, kinds = ends + OUTCOMES * calls_out[book.channel], 2 * OUTCOMES
    by_outcome = np.bincount(cell * kinds + ends, minlength=size * kinds).reshape(size, kinds)
    counts = (by_outcome @ enters_matrix()[:kinds]).T.astype(np.float64)
    sums = dict(zip(COUNTS, counts, strict=True))

    def count(rows: NDArray[np.intp]) -> Floats:
        return np.bincount(cell[rows], minlength=size).astype(np.float64)

    def add(rows: NDArray[np.intp], amounts: Floats) -> Floats:
        return np.asarray(np.bincount(cell[rows], weights=amounts, minlength=size), dtype=np.float64)

    in_time = np.array([c.answer_within for c in model.channels], dtype=np.float64) + SLACK
    short = np.array([c.short_abandon for c in model.channels], dtype=np.float64) + SLACK
    rows = {o: np.flatnonzero(book.outcome == o) for o in (Outcome.ABANDONED, Outcome.BLOCKED, Outcome.BALKED, Outcome.HANDLED)}
    answered = np.flatnonzero(~np.isnan(book.answered))
    abandoned, blocked, balked, handled = rows.values()
    cause = book.cause[blocked]

    sums["fresh_contacts"] = count(np.flatnonzero(book.attempt == 0))
    sums["redials"] = sums["attempted"] - sums["fresh_contacts"]
    sums["queued"] = count(np.flatnonzero(wait > 0))
    sums["answered_in_time"] = count(answered[wait[answered] <= in_time[book.channel[answered]]])
    sums["abandoned_short"] = count(abandoned[wait[abandoned] <= short[book.channel[abandoned]]])
    sums["abandoned_in_time"] = count(abandoned[wait[abandoned] <= in_time[book.channel[abandoned]]])
    sums["blocked_no_line"] = count(blocked[cause == Cause.NO_LINE])
    sums["blocked_reserved"] = count(blocked[cause == Cause.RESERVED])
    sums["blocked_down"] = count(blocked[(cause >= Cause.SITE_DOWN) & (cause <= Cause.PLATFORM_DOWN)])
    sums["lost_cut_link"] = count(np.flatnonzero(book.cause == Cause.LINK_DOWN))
    sums["wait_answered"] = add(answered, wait[answered])
    sums["wait_abandoned"] = add(abandoned, wait[abandoned])
    sums["wait_balked"] = add(balked, (book.released - book.arrived)[balked])
    sums["handle_time"] = add(handled, book.ended[handled] - book.answered[handled])
    return np.stack([sums[name] for name in CONTACT_SUMS]).reshape(len(CONTACT_SUMS), *shape)


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
    good, arrived = of[what], of["arrived"] - of["contained"] + of["lost_cut_link"]
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


def _queue_time(run: Run, edges: Floats) -> Floats:
    spent = _spent(run.observations.instant, run.observations.queue_time, edges)
    return spent.reshape(-1, len(run.channels), len(run.needs)).transpose(0, 2, 1)


def _observed(run: Run, frame: Frame) -> dict[str, Floats]:
    """What was seen at each interval's end, and agents' mean numbers during it in each state (``available``, ``busy``, …)."""
    seen = run.observations
    row = np.clip(np.searchsorted(seen.instant, frame.intervals[1:], side="right") - 1, 0, len(seen.instant) - 1)
    columns = ("online", "seats", "waiting_for_seat", "on_the_way", "lines", "queue", "free_agents", "numbers_live", "deciding")
    made = {name: getattr(seen, name)[row].astype(np.float64) for name in columns}
    spent = _spent(seen.instant, seen.agent_time.sum(axis=1), frame.intervals) / np.diff(frame.intervals)[:, None]
    made |= {state.name.lower(): spent[:, state] for state in AgentState}
    return made
