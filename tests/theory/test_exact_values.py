"""Exact results of queueing theory, met within intervals: fixed seeds, tolerance 4.75 standard errors.

Exact values: Erlang B and C, the birth-death chain of M/M/n/K+M, and non-preemptive priorities (Cobham 1954; Davis 1966),
computed by two independent routes. One time unit is a second.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from simulator.crisis.play import simulate
from simulator.model.distributions import Constant, Distribution, Exponential, Lognormal
from simulator.model.world import Channel, Clock, Link, Model, Need, Profile, Redial, Retry, Routing, Seats, Shift, Site, Team
from simulator.records import Run
from simulator.routing.declared import FirstCome, Priority
from simulator.vocabulary import Fate, Outcome
from simulator.workload import draw

WARM = 60.0
LENGTH = 6000.0
REPLICATIONS = 30
INFINITE = Constant(1e12)


def centre(
    rates: tuple[float, ...],
    agents: int,
    patience: Distribution,
    *,
    lines: int = 100_000,
    service: Distribution | None = None,
    priority: bool = False,
    redial: Redial | None = None,
) -> Model:
    needs = tuple(Need(f"class-{i}", i + 1, service or Exponential(1.0), Constant(0.0), patience) for i in range(len(rates)))
    return Model(
        name="theory",
        variant="as-written",
        clock=Clock("UTC", "2026-01-01T00:00:00+00:00", LENGTH, LENGTH / 10),
        needs=needs,
        demand=tuple(Profile(n.name, n.name, (0.0, LENGTH), (rate * LENGTH,)) for n, rate in zip(needs, rates, strict=True)),
        channels=(Channel("voice", "voice", "main", redial=redial or Redial()),),
        links=(Link("cable", lines),),
        sites=(Site("main", Seats(agents, agents), ("cable",)),),
        teams=(Team("people", agents, "main", {n.name: 1.0 for n in needs}, (Shift(0, agents, 0.0, LENGTH + 1),)),),
        routing=Routing(Priority() if priority else FirstCome()),
    )


def share(outcome: Outcome, of: Callable[[Run], np.ndarray] | None = None) -> Callable[[Run], tuple[float, float]]:
    def count(run: Run) -> tuple[float, float]:
        base = np.ones(len(run.ledger), dtype=bool) if of is None else of(run)
        settled = base & (run.ledger.arrived >= WARM)
        return float((settled & (run.ledger.outcome == outcome)).sum()), float(settled.sum())

    return count


def accepted(run: Run) -> np.ndarray:
    return np.asarray(run.ledger.outcome != Outcome.BLOCKED)


def waits(run: Run, need: int | None = None) -> np.ndarray:
    ledger = run.ledger
    chosen = (ledger.arrived >= WARM) & (ledger.outcome != Outcome.BLOCKED)
    if need is not None:
        chosen &= ledger.need == need
    until = np.where(np.isnan(ledger.answered), np.where(np.isnan(ledger.ended), run.ended_at, ledger.ended), ledger.answered)
    return np.asarray((until - ledger.arrived)[chosen])


def mean_wait(need: int | None = None) -> Callable[[Run], tuple[float, float]]:
    def total(run: Run) -> tuple[float, float]:
        w = waits(run, need)
        return float(w.sum()), float(len(w))

    return total


def delayed(run: Run) -> tuple[float, float]:
    w = waits(run)
    return float((w > 0).sum()), float(len(w))


def within(limit: float) -> Callable[[Run], tuple[float, float]]:
    def good(run: Run) -> tuple[float, float]:
        arrived = run.ledger.arrived >= WARM
        answered = run.ledger.answered - run.ledger.arrived <= limit
        return float((arrived & answered).sum()), float(arrived.sum())

    return good


ABANDONED = share(Outcome.ABANDONED, accepted)
BLOCKED = share(Outcome.BLOCKED)
EA1 = centre((10.0,), 10, Exponential(2.0))
TR2 = centre((14.0,), 10, Exponential(2.0), lines=15)
MG1 = centre((12.0,), 10, Constant(0.5))
PR1 = centre((3.0, 5.0), 10, INFINITE, priority=True)

CASES = [
    ("EA-1 abandonment", EA1, ABANDONED, 0.103913212),
    ("EA-1 delay", EA1, delayed, 0.619655231),
    ("EA-1 mean wait", EA1, mean_wait(), 0.207826425),
    ("EA-1 service level", EA1, within(0.2), 0.572023239),
    ("EC-1 mean wait", centre((10.0,), 12, INFINITE), mean_wait(), 0.224694112),
    ("EB-1 exponential", centre((8.0,), 10, INFINITE, lines=10), BLOCKED, 0.121661064),
    ("EB-1 lognormal", centre((8.0,), 10, INFINITE, lines=10, service=Lognormal.of_mean(1.0, 1.5)), BLOCKED, 0.121661064),
    ("TR-2 blocking", TR2, BLOCKED, 0.209968035),
    ("TR-2 abandonment", TR2, ABANDONED, 0.119773473),
    ("MG-1 abandonment", MG1, ABANDONED, 0.199554211),
    ("PR-1 urgent", PR1, mean_wait(0), 0.0584543073),
    ("PR-1 other", PR1, mean_wait(1), 0.292271536),
]


@pytest.fixture(scope="module")
def runs() -> Callable[[Model], list[Run]]:
    kept: dict[int, list[Run]] = {}

    def of(model: Model) -> list[Run]:
        if id(model) not in kept:
            kept[id(model)] = [simulate(model, draw(model, 20260101, r)) for r in range(REPLICATIONS)]
        return kept[id(model)]

    return of


@pytest.mark.parametrize(("model", "measure", "exact"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_theory(runs: Callable[[Model], list[Run]], model: Model, measure: Callable[[Run], tuple[float, float]], exact: float) -> None:
    sums = np.array([measure(run) for run in runs(model)])
    ratio = sums[:, 0].sum() / sums[:, 1].sum()
    residual = sums[:, 0] - ratio * sums[:, 1]
    error = np.sqrt((residual**2).sum() / (len(sums) - 1) / len(sums)) / sums[:, 1].mean()
    assert error < 0.02 * exact, "too few contacts to notice anything"
    assert abs(ratio - exact) < 4.75 * error, f"{ratio:.6f} ± {error:.6f} against {exact}"


def test_retrials_of_a_loss_system() -> None:
    """RT-2: M/M/5 with retrials, exact by the truncated generator: 2.9000667 attempts per customer."""
    forever = Redial(busy=Retry(1.0, Exponential(0.5)), max_attempts=250)
    model = centre((4.0,), 5, INFINITE, lines=5, redial=forever)
    ratios = []
    for replication in range(REPLICATIONS):
        run = simulate(model, draw(model, 7, replication))
        served = (run.persons.fate == Fate.SERVED) & (run.persons.onset >= WARM)
        ratios.append(run.persons.attempts[served].mean())
    error = np.std(ratios, ddof=1) / np.sqrt(len(ratios))
    assert abs(np.mean(ratios) - 2.90006667) < 4.75 * error, (np.mean(ratios), error)


def test_determined_people_are_those_who_are_left() -> None:
    """Persistence differs between people, so the chance of another attempt grows with the failures behind a caller.

    The bank's callers of 1999: .56, .67, .72, .79 after one to four failures; a beta law of concentration 3 says
    .56, .67, .74, .78.
    """
    redial = Redial(busy=Retry(0.56, Exponential(1.0)), persistence=3.0, max_attempts=6)
    model = centre((40.0,), 1, INFINITE, lines=0, redial=redial)
    attempts = np.concatenate([simulate(model, draw(model, 3, r)).persons.attempts for r in range(3)])
    alive = [float((attempts > k).mean()) for k in range(5)]
    again = [b / a for a, b in pairwise(alive)]
    for k, chance in enumerate(again):
        exact = (3 * 0.56 + k) / (3 + k)
        assert chance == pytest.approx(exact, abs=4.75 * np.sqrt(exact * (1 - exact) / (len(attempts) * alive[k])))
