"""One day of a large centre replayed: half-hour report of an ACD, Charlotte, 13 June 2000.

Source: transcribed from figure 3 of Gans, Koole and Mandelbaum, Telephone Call Centers (2003).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.backtest.bank import NO_RETRIES, PLENTY, spells
from benchmarks.backtest.records import HALF_HOUR
from simulator.crisis.play import simulate
from simulator.model.distributions import Constant, Distribution, Exponential, Lognormal, technion_patience
from simulator.model.world import Channel, Clock, Link, Model, Need, Profile, Routing, Seats, Shift, Site, Team
from simulator.routing.declared import FirstCome
from simulator.vocabulary import Outcome
from simulator.workload import Workload
from simulator.workload.streams import Streams

DAY = "acd_charlotte_2000-06-13_halfhour.csv"
SPILL_OVER = "18:00"  #: the report's last row counts what was left of the day
TALK_CV = 278.3 / 202.2  #: of the bank's service times: the report gives means only
PAUSE = 4.0
"""Seconds between two calls of an agent that nine of ten pauses at the bank exceed; the report leaves six at its fullest."""


@dataclass(frozen=True)
class Reported:
    """A row of the report; shares as fractions, durations in seconds."""

    time: str
    received: int
    answered: int
    abandonment: float
    asa: float
    handle: float
    occupancy: float
    agents: float


@dataclass(frozen=True)
class Replayed:
    """Means over replications, by half-hour; arrays of equal shape."""

    abandonment: NDArray[np.float64]
    missing: NDArray[np.float64]  #: what the report calls abandoned: received less answered in the half-hour, of received
    asa: NDArray[np.float64]
    occupancy: NDArray[np.float64]  #: time in contacts over time at work
    counted: NDArray[np.float64]  #: the same as the report counts it: whole handle times in the half-hour of the answer


def read_day(path: Path) -> list[Reported]:
    """The rows of the report but the spill-over."""
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["time"] != SPILL_OVER]
    return [
        Reported(
            row["time"],
            int(row["received"]),
            int(row["answered"]),
            float(row["abandon_pct"]) / 100,
            float(row["asa_s"]),
            float(row["aht_s"]),
            float(row["occupancy_pct"]) / 100,
            float(row["on_prod_fte"]),
        )
        for row in rows
    ]


def days_patience(day: Sequence[Reported]) -> Distribution:
    """The exponential patience of greatest likelihood if those who left waited as long as those who were served."""
    waited = sum(row.asa * row.received for row in day)
    return Exponential(waited / sum(row.abandonment * row.received for row in day))


def bank_patience() -> Distribution:
    """The law of patience that ships with the product: another centre, another country."""
    return technion_patience()


def rising(received: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The rate of calls at the beginning and at the end of each half-hour, if it changes evenly from middle to middle."""
    between = (received[:-1] + received[1:]) / 2
    first, last = max(2 * received[0] - between[0], 0.0), max(2 * received[-1] - between[-1], 0.0)
    return np.concatenate(([first], between)), np.concatenate((between, [last]))


def within(u: NDArray[np.float64], start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """The place in its half-hour, 0 to 1, of a call with uniform ``u`` where the rate changes evenly from ``start`` to ``end``."""
    area = u * (start + end) / 2
    return 2 * area / (start + np.sqrt(start**2 + 2 * (end - start) * area))


def replay_day(day: Sequence[Reported], patience: Distribution, replications: int, seed: int, pause: float = 0.0) -> Replayed:
    """Replay the day from calls received, agents on production and mean handle times alone.

    Calls become more or fewer evenly; agents come and go with the half-hours. ``pause`` seconds pass before an agent who has
    finished can take the next call.
    """
    duration = len(day) * HALF_HOUR
    roster = spells([row.agents for row in day], HALF_HOUR)
    model = Model(
        name="charlotte",
        variant="as-written",
        clock=Clock("UTC", "2000-06-13T08:00:00+00:00", duration, HALF_HOUR),
        needs=(Need("call", 1, Lognormal.of_mean(300.0, 300.0 * TALK_CV), Constant(0.0), patience),),
        demand=(Profile("calls", "call", (0.0, duration), (1.0,)),),
        channels=(Channel("voice", "voice", "centre"),),
        links=(Link("lines", PLENTY),),
        sites=(Site("centre", Seats(PLENTY, PLENTY), ("lines",)),),
        teams=(Team("agents", len(roster), "centre", {"call": 1.0}, tuple(Shift(i, 1, *when) for i, when in enumerate(roster))),),
        routing=Routing(FirstCome()),
        service_order="person",
    )
    received = np.array([row.received for row in day], dtype=np.float64)
    slot = np.repeat(np.arange(len(day)), received.astype(int))
    start, end = (rate[slot] for rate in rising(received))
    handle = np.array([row.handle for row in day])[slot]
    unit = Lognormal.of_mean(1.0, TALK_CV)
    n, slots = len(slot), len(day)
    lost, served, waited, busy, online, handled, taken = (np.zeros(slots) for _ in range(7))
    for replication in range(replications):
        streams = Streams(seed, replication)
        onset = np.sort((slot + within(streams.uniforms("onset", n), start, end)) * HALF_HOUR)
        workload = Workload.by_hand(
            onset.tolist(),
            (unit.quantile(streams.uniforms("talk", n)) * handle).tolist(),
            patience.quantile(streams.uniforms("patience", n)).tolist(),
            wrap=[pause] * n,
            laws=NO_RETRIES,
        )
        run = simulate(model, workload)
        ledger, observed = run.ledger, run.observations
        when = (ledger.arrived // HALF_HOUR).astype(np.int64)
        answered = ~np.isnan(ledger.answered)
        lost += np.bincount(when[ledger.outcome == Outcome.ABANDONED], minlength=slots)
        served += np.bincount(when[answered], minlength=slots)
        waited += np.bincount(when[answered], weights=(ledger.answered - ledger.arrived)[answered], minlength=slots)
        picked_up = (ledger.answered[answered] // HALF_HOUR).astype(np.int64)
        taken += np.bincount(picked_up, minlength=slots)
        handled += np.bincount(picked_up, weights=workload.talk[0][ledger.customer[answered]], minlength=slots)
        at_work = np.diff(observed.site_online_time.sum(axis=1))[:slots]
        idle = np.diff(observed.agent_time[:, :, 4].sum(axis=1))[:slots]
        busy += at_work - idle
        online += at_work
    staffed = replications * HALF_HOUR * np.array([row.agents for row in day])
    missing = 1 - taken / (replications * received)
    return Replayed(lost / (lost + served), missing, waited / served, busy / online, handled / staffed)
