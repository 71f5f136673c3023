"""What one world of one roster leaves behind: figures of the targets, who is busy when, who is there, and who pays."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.model.world import KINDS
from simulator.statistics.account import Account
from simulator.statistics.measures import measure_named
from simulator.vocabulary import AgentState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.experiment.task import Leaf
    from simulator.model.world import Model
    from simulator.records.run import Run
    from simulator.statistics.measures import Measure

    Floats = NDArray[np.float64]

SAMPLES = 6
"""Looks at who is busy in each interval."""


@dataclass(frozen=True)
class Seen:
    """One world. T intervals."""

    figures: Floats  #: (2, targets and those who pay) numerators and denominators
    busy: Floats  #: (T, SAMPLES, needs) agents with a contact in hand, by need
    there: Floats  #: (T, teams) share of those on the roster who are at work; NaN where nobody is
    seats: Floats  #: (T, sites)
    idle: float  #: the fewest free agents, as a share of those at work
    talk: float  #: mean seconds that a contact takes


def leaf(run: Run, model: Model, asked: Sequence[tuple[Measure, Mapping[str, str]]]) -> Leaf:
    """Pack what a world leaves."""
    pays = [(measure_named("people_never_served"), {"need": need}) for need in run.needs]
    with Account.closed(run, model) as account:
        figures, edges = account.figures([*asked, *pays]), account.frame.intervals
    spent = run.observations.agent_time  # (O, teams, 7)
    instants = run.observations.instant
    rows = np.searchsorted(instants, edges)
    time = np.diff(spent[np.clip(rows, 0, len(instants) - 1)], axis=0)
    work = time[:, :, AgentState.AVAILABLE :].sum(axis=2)
    due = time[:, :, AgentState.ABSENT :].sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        there = work / due
    at_work = work.sum(axis=1)
    free = time[:, :, AgentState.AVAILABLE].sum(axis=1)
    idle = float((free[at_work > 0] / at_work[at_work > 0]).min()) if np.any(at_work > 0) else 0.0
    busy, talk = _busy(run, model, edges)
    seats = run.observations.seats[np.clip(rows[1:], 0, len(instants) - 1)]
    return (
        figures.tobytes(),
        zlib.compress(busy.astype(np.float32).tobytes(), 1),
        there.astype(np.float32).tobytes(),
        seats.astype(np.float32).tobytes(),
        np.array([idle, talk]).tobytes(),
    )


def seen(leaf: Leaf, intervals: int, needs: int, teams: int) -> Seen:
    """Unpack it."""
    busy = np.frombuffer(zlib.decompress(leaf[1]), dtype=np.float32).astype(np.float64).reshape(intervals, SAMPLES, needs)
    there = np.frombuffer(leaf[2], dtype=np.float32).astype(np.float64).reshape(intervals, teams)
    seats = np.frombuffer(leaf[3], dtype=np.float32).astype(np.float64).reshape(intervals, -1)
    idle, talk = np.frombuffer(leaf[4]).tolist()
    return Seen(figures_of(leaf), busy, there, seats, idle, talk)


def figures_of(leaf: Leaf) -> Floats:
    """The figures alone: (2, targets and those who pay)."""
    return np.frombuffer(leaf[0]).reshape(2, -1)


def _busy(run: Run, model: Model, edges: Floats) -> tuple[Floats, float]:
    """Agents with a contact in hand, at instants within each interval, by need; and how long one takes on average."""
    ledger, pieces = run.ledger, run.pieces
    turns = np.array([KINDS[channel.kind].turns for channel in model.channels])
    weight = np.array([1.0 / len(channel.speeds) for channel in model.channels])
    whole = ~np.isnan(ledger.answered) & ~turns[ledger.channel]
    of_turns = turns[ledger.channel[pieces.contact]] if len(pieces) else np.zeros(0, dtype=bool)
    begun = np.concatenate((ledger.answered[whole], pieces.begun[of_turns]))
    ended = np.concatenate((ledger.ended[whole], pieces.ended[of_turns]))
    row = np.concatenate((np.flatnonzero(whole), pieces.contact[of_turns]))
    ended = np.where(np.isnan(ended), run.ended_at, ended)
    width = np.diff(edges)[:, None]
    at = (edges[:-1, None] + width * (np.arange(SAMPLES) + 0.5) / SAMPLES).ravel()
    made = np.zeros((len(at), len(run.needs)))
    for n in range(len(run.needs)):
        for c in range(len(run.channels)):
            mine = (ledger.need[row] == n) & (ledger.channel[row] == c)
            started, over = (np.searchsorted(np.sort(x[mine]), at, side="right") for x in (begun, ended))
            made[:, n] += (started - over) * weight[c]
    talk = float((ended - begun).mean()) if len(begun) else 0.0
    return made.reshape(len(edges) - 1, SAMPLES, -1), talk
