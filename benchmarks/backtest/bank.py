"""The bank as a model of ours: staff by the half-hour, arrivals replayed count by count, callers with head starts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from benchmarks.backtest.calibration import PROSPECTS, Calibration
from benchmarks.backtest.records import HALF_HOUR, PER_DAY, TYPES, HalfHour
from simulator.crisis.play import simulate
from simulator.engine.strategy import Strategy, View
from simulator.model.distributions import Constant
from simulator.model.world import Announced, Channel, Clock, Link, Model, Need, Profile, Routing, Seats, Shift, Site, Team
from simulator.records import Run
from simulator.routing.declared import FirstCome
from simulator.vocabulary import Outcome
from simulator.workload import Workload
from simulator.workload.streams import Streams

Floats = NDArray[np.float64]
MARGIN = 3600.0  #: time after the last half-hour in which those who still wait are served or give up
PLENTY = 10_000
QUEUES = ("customers", "prospects")


NO_RETRIES = dict.fromkeys(("patience", "talk", "wrap"), [Constant(0.0)] * len(QUEUES))  #: laws of attempts that nobody makes


class HeadStart(Strategy):
    """First come first served, by arrival times moved forward by a number of seconds for each need."""

    def __init__(self, seconds: Sequence[float]) -> None:
        self.seconds = list(seconds)

    def agent_for(self, view: View, contact: int) -> int:
        return view.longest_idle(view.teams_for(view.queue_of(contact))[0])

    def contact_for(self, view: View, agent: int) -> int:
        best, earliest = -1, float("inf")
        for queue in view.queues_of(agent):
            oldest = view.oldest(queue)
            if oldest >= 0 and view.arrived(oldest) - self.seconds[view.need_of(oldest)] < earliest:
                best, earliest = oldest, view.arrived(oldest) - self.seconds[view.need_of(oldest)]
        return best


def spells(levels: Sequence[float], width: float) -> list[tuple[float, float]]:
    """Work (start, end) of whole agents whose mean number in slot ``i`` of ``width`` seconds is ``levels[i]``.

    In a slot of 4.3 agents four work throughout and a fifth for 0.3 of it: at its beginning if there were five before,
    else at its end if there are five afterwards, else in its middle. Adjacent pieces are one spell.
    """
    made: list[tuple[float, float]] = []
    for agent in range(math.ceil(max(levels, default=0.0))):
        pieces: list[tuple[float, float]] = []
        for slot, level in enumerate(levels):
            share = min(max(level - agent, 0.0), 1.0)
            if share == 0.0:
                continue
            low, high = slot * width, (slot + 1) * width
            worked = bool(pieces) and pieces[-1][1] == low
            works_on = slot + 1 < len(levels) and levels[slot + 1] > agent
            start = low if worked else high - share * width if works_on else (low + high - share * width) / 2
            end = high if share == 1.0 or (works_on and not worked) else start + share * width
            if worked:
                pieces[-1] = (pieces[-1][0], end)
            else:
                pieces.append((start, end))
        made.extend(pieces)
    return made


@dataclass(frozen=True)
class Timeline:
    """Half-hours from the first to the last day, those without a record included; index 0 is midnight of ``first``."""

    first: date
    half_hours: tuple[HalfHour, ...]
    index: tuple[int, ...]  #: of each half-hour on the timeline

    @staticmethod
    def of(half_hours: Sequence[HalfHour]) -> Timeline:
        first = half_hours[0].day
        return Timeline(first, tuple(half_hours), tuple((h.day - first).days * PER_DAY + h.number for h in half_hours))

    @property
    def slots(self) -> int:
        return (self.index[-1] // PER_DAY + 1) * PER_DAY

    def levels(self) -> list[float]:
        levels = [0.0] * self.slots
        for at, half_hour in zip(self.index, self.half_hours, strict=True):
            levels[at] = half_hour.agents
        return levels


def bank(timeline: Timeline, calibration: Calibration) -> Model:
    """The model of the bank over a timeline. Nobody redials: historic arrivals contain the redials already."""
    duration = timeline.slots * HALF_HOUR + MARGIN
    # Everybody works one spell: who is back within minutes is somebody else, so that a call that outlasts its spell delays no other.
    roster = spells(timeline.levels(), HALF_HOUR)
    return Model(
        name="anonymous-bank",
        variant="as-written",
        clock=Clock("UTC", f"{timeline.first}T00:00:00+00:00", duration, HALF_HOUR),
        needs=tuple(Need(name, 1, calibration.talk["PS"], calibration.pause, calibration.patience["PS"]) for name in QUEUES),
        demand=tuple(Profile(name, name, (0.0, duration), (1.0,)) for name in QUEUES),
        channels=(Channel("voice", "voice", "bank", announced=Announced("queue-length", calibration.tolerance)),),
        links=(Link("lines", PLENTY),),
        sites=(Site("bank", Seats(PLENTY, PLENTY), ("lines",)),),
        teams=(
            Team("agents", len(roster), "bank", dict.fromkeys(QUEUES, 1.0), tuple(Shift(i, 1, *when) for i, when in enumerate(roster))),
        ),
        routing=Routing(FirstCome()),
        service_order="person",
    )


def callers(timeline: Timeline, calibration: Calibration, streams: Streams) -> Workload:
    """The callers of every half-hour, as many of each type as there were, at random instants within it.

    Which of them hung up in the voice menu the inputs do not say: as many as did are taken out at random. The level of
    talk time of each month and of each day is drawn from the drift seen so far.
    """
    chance = streams.generator("callers")
    counts = np.array([half_hour.arrivals for half_hour in timeline.half_hours], dtype=np.int64)
    slot = np.repeat(np.asarray(timeline.index), counts.sum(axis=1))
    kind = np.concatenate([np.repeat(np.arange(len(TYPES)), row) for row in counts])
    # Sorted by a random number within the half-hour, the first `hung_up_in_menu` leave.
    order = np.lexsort((chance.random(len(slot)), slot))
    slot, kind = slot[order], kind[order]
    rank = np.arange(len(slot)) - np.searchsorted(slot, slot)
    lost = dict(zip(timeline.index, (half_hour.hung_up_in_menu for half_hour in timeline.half_hours), strict=True))
    stays = rank >= np.array([lost[at] for at in slot.tolist()])
    slot, kind = slot[stays], kind[stays]
    onset = (slot + chance.random(len(slot))) * HALF_HOUR
    by_onset = np.argsort(onset)
    onset, kind, slot = onset[by_onset], kind[by_onset], slot[by_onset]
    n = len(onset)
    drift = calibration.drift
    days = slot // PER_DAY
    months = np.array([timeline.first.toordinal() + d for d in range(int(days.max(initial=0)) + 1)])
    month = np.array([date.fromordinal(int(day)).month for day in months])
    level = drift.level + drift.month_sd * chance.standard_normal(13)[month] + drift.day_sd * chance.standard_normal(len(month))
    level -= (drift.month_sd**2 + drift.day_sd**2) / 2  # so that the spread does not raise the mean
    prospect = kind == TYPES.index(PROSPECTS)
    talk, patience = np.empty(n), np.empty(n)
    u, v = streams.uniforms("talk", n), streams.uniforms("patience", n)
    for number, name in enumerate(TYPES):
        of = kind == number
        talk[of] = calibration.talk[name].quantile(u[of])
        patience[of] = calibration.patience[name].quantile(v[of])
    talk *= np.exp(level[days]) * np.asarray(drift.by_hour)[slot % PER_DAY // 2]
    surging = [at for at, half_hour in zip(timeline.index, timeline.half_hours, strict=True) if drift.surges(half_hour)]
    talk[np.isin(slot, surging)] *= drift.surge
    heard = np.where(prospect, np.inf, calibration.tolerance.quantile(streams.uniforms("tolerance", n)))
    pause = calibration.pause.quantile(streams.uniforms("pause", n))
    workload = Workload.by_hand(onset.tolist(), talk.tolist(), patience.tolist(), prospect.astype(int).tolist(), pause.tolist(), NO_RETRIES)
    return workload.with_columns(tolerance=heard)


@dataclass(frozen=True)
class Prediction:
    """What replications say of each half-hour: arrays of shape (replications, half-hours); ``asa`` is NaN where nobody was served."""

    timeline: Timeline
    offered: Floats
    abandoned: Floats
    served: Floats
    waited: Floats  #: seconds waited by the served
    worked: Floats  #: agent-hours at work over the whole timeline, by replication; shape (replications,)

    @property
    def asa(self) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.waited / self.served)


def replay(timeline: Timeline, calibration: Calibration, replications: int, seed: int) -> Prediction:
    """Predict every half-hour of the timeline from arrivals and agents present alone."""
    model = bank(timeline, calibration)
    starts = (calibration.head_start, 0.0)
    rows = [
        _tally(simulate(model, callers(timeline, calibration, Streams(seed, r)), lambda: HeadStart(starts)), timeline)
        for r in range(replications)
    ]
    offered, abandoned, served, waited, worked = (np.array(column) for column in zip(*rows, strict=True))
    return Prediction(timeline, offered, abandoned, served, waited, worked)


def _tally(run: Run, timeline: Timeline) -> tuple[Floats, Floats, Floats, Floats, float]:
    ledger = run.ledger
    slot = (ledger.arrived // HALF_HOUR).astype(np.int64)
    answered = ~np.isnan(ledger.answered)
    at = np.asarray(timeline.index)

    def count(mask: NDArray[np.bool_], weight: Floats | None = None) -> Floats:
        summed = np.bincount(slot[mask], weights=None if weight is None else weight[mask], minlength=timeline.slots + PER_DAY)
        return np.asarray(summed[at], dtype=np.float64)

    online = float(run.observations.site_online_time[-1].sum()) / 3600.0
    everybody = np.ones(len(ledger), dtype=bool)
    return (
        count(everybody),
        count((ledger.outcome == Outcome.ABANDONED) | (ledger.outcome == Outcome.BALKED)),
        count(answered),
        count(answered, ledger.answered - ledger.arrived),
        online,
    )
