"""A tally: one run added up. Small, picklable, and all that the statistics of many runs need."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics import callbacks
from simulator.statistics.account import Account
from simulator.statistics.books import check_sums
from simulator.statistics.cells import over
from simulator.statistics.constraint import NAMES, constraints
from simulator.statistics.disruption import longest_recovery
from simulator.statistics.evaluation import COLUMNS, counted
from simulator.statistics.groups import contacts_of_groups, people_of_groups
from simulator.vocabulary import AgentState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import LogEntry, Run
    from simulator.statistics.frame import Frame
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
    help: Floats  #: (SUMS of :mod:`simulator.statistics.help`, limits, N + G)


def tally(run: Run, model: Model) -> Tally:
    """Add up ``run`` of ``model``; raises BooksError where its contacts do not add up."""
    with Account.closed(run, model) as account:
        return tally_of(account)


def tally_of(account: Account) -> Tally:
    """All that an account can say of its run; raises BooksError where its contacts do not add up."""
    run, model, frame = account.run, account.model, account.frame
    cells = account.contacts.sums()
    contacts = over(cells, 4)
    check_sums(over(contacts, 3), run.needs, frame.slots)
    level, strained = account.level, account.strained
    observed = _observed(account)
    if strained is not None:
        observed["strain"] = strained.over_time(frame.intervals)
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
        at_site=account.at_site(cells),
        customers=account.people.sums(),
        elapsed=np.diff(frame.slots),
        queue_time=account.queue_time(),
        online_time=account.spent(run.observations.site_online_time),
        agent_time=account.spent(run.observations.agent_time.sum(axis=1)),
        observed=observed,
        wait_quantiles=account.waited.by_interval(),
        values=account.values(),
        ceilings=ceilings(account),
        constraint=np.zeros((0, len(NAMES))) if level is None else constraints(run, model, frame, level),
        below=() if level is None else tuple(chain.from_iterable(level.below)),
        log=run.log,
        costs=dict(run.costs),
        evaluation=counted(run, model) if "distress" in account.there else np.zeros((0, len(COLUMNS))),
        kinds=tuple(channel.kind for channel in model.channels),
        contents=tuple(sorted(account.there)),
        groups=tuple(model.groups),
        of_groups=contacts_of_groups(account),
        people_of_groups=people_of_groups(account.people),
        help=account.help,
    )


def ceilings(account: Account) -> dict[str, float]:
    """The longest value that the run could have shown of what may be endless: by measure or measure[channel]."""
    ended_at = account.run.ended_at
    return {
        **longest_recovery(account.model, account.frame.impact, ended_at),
        "time_to_first_agent_p50": ended_at,
        "resolution_time_p50": ended_at,
        "list_cleared_at": ended_at - callbacks.zero(account.frame),
        "decision_latency": ended_at - account.latency[1],
    }


def _observed(account: Account) -> dict[str, Floats]:
    """What was seen at each interval's end, and agents' mean numbers during it in each state (``available``, ``busy``, …)."""
    run, frame, there = account.run, account.frame, account.there
    seen, ends = run.observations, frame.intervals[1:]
    row = np.clip(np.searchsorted(seen.instant, ends, side="right") - 1, 0, len(seen.instant) - 1)
    columns = ("online", "seats", "waiting_for_seat", "on_the_way", "lines", "queue", "free_agents", "numbers_live", "deciding")
    made = {name: getattr(seen, name)[row].astype(np.float64) for name in columns}
    if "callbacks" in there:  # entries of a list do not wait in a queue
        made["queue"] *= np.repeat(~account.calls_out, len(run.needs))
    spent = account.spent(seen.agent_time.sum(axis=1), frame.intervals) / np.diff(frame.intervals)[:, None]
    made |= {state.name.lower(): spent[:, state] for state in AgentState}
    if "conversations" in there:
        made["conversations"] = seen.conversations[row].astype(np.float64)
    if "backlog" in there:
        made["backlog"] = account.kept.standing(ends, len(run.channels))
    if "callbacks" in there:
        made |= callbacks.over_time(run, account.model, ends)
    return made
