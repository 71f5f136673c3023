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


def replay_day(day: Sequence[Reported], patience: Distribution, replications: int, seed: int) -> Replayed:
    """Replay the day from calls received, agents on production and mean handle times alone."""
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
    slot = np.repeat(np.arange(len(day)), [row.received for row in day])
    handle = np.array([row.handle for row in day])[slot]
    unit = Lognormal.of_mean(1.0, TALK_CV)
    n, slots = len(slot), len(day)
    lost, served, waited, busy, online, handled = (np.zeros(slots) for _ in range(6))
    for replication in range(replications):
        streams = Streams(seed, replication)
        onset = np.sort((slot + streams.uniforms("onset", n)) * HALF_HOUR)
        workload = Workload.by_hand(
            onset.tolist(),
            (unit.quantile(streams.uniforms("talk", n)) * handle).tolist(),
            patience.quantile(streams.uniforms("patience", n)).tolist(),
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
        handled += np.bincount(picked_up, weights=workload.talk[0][ledger.customer[answered]], minlength=slots)
        at_work = np.diff(observed.site_online_time.sum(axis=1))[:slots]
        idle = np.diff(observed.agent_time[:, :, 4].sum(axis=1))[:slots]
        busy += at_work - idle
        online += at_work
    staffed = replications * HALF_HOUR * np.array([row.agents for row in day])
    return Replayed(lost / (lost + served), waited / served, busy / online, handled / staffed)
