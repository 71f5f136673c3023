"""What no strategy can change, and strategies that become one another at the ends of their parameters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.crisis.play import simulate
from simulator.model.distributions import Constant, Exponential, Lognormal
from simulator.model.world import Model, Need, Profile, Redial, Retry, Routing, Shift, Team
from simulator.records import Run
from simulator.routing.declared import (
    Accumulating,
    FirstCome,
    GcMu,
    Helping,
    Newest,
    Preference,
    Priority,
    QueueRatio,
    StrategyDeclaration,
    strategies,
)
from simulator.statistics.books import check_books
from simulator.workload import Workload, draw
from tests.rules.small_centre import centre

HOURS = 20_000.0


def two_classes(strategy: StrategyDeclaration) -> Run:
    """One agent, three classes of patient callers, talk time that goes with the person; all are served in the end."""
    rng = np.random.default_rng(7)
    n = 400
    need = rng.integers(0, 3, n)
    talk = rng.exponential(np.array([20.0, 60.0, 100.0])[need])
    arrivals = np.sort(rng.uniform(0, n * 65, n))
    model = centre(1, n, needs={"a": 1, "b": 2, "c": 3}, duration=2 * HOURS, routing=Routing(strategy))
    means = dict(zip("abc", (20.0, 60.0, 100.0), strict=True))
    model = replace(model, needs=tuple(replace(x, talk_time=Constant(means[x.name]), patience=Exponential(90.0)) for x in model.needs))
    return simulate(model, Workload.by_hand(arrivals.tolist(), talk.tolist(), [1e9] * n, need.tolist()))


def work_times_wait(run: Run) -> float:
    ledger = run.ledger
    assert np.isfinite(ledger.ended).all(), "everybody is served"
    return float(((ledger.ended - ledger.answered) * (ledger.answered - ledger.arrived)).sum())


@pytest.mark.parametrize("name", list(strategies))
def test_work_times_wait_is_conserved(name: str) -> None:
    """Kleinrock's law, path by path: whoever goes first, the unfinished work is the same at every instant."""
    first_come = two_classes(FirstCome())
    other = two_classes(strategies[name]())
    assert work_times_wait(other) == pytest.approx(work_times_wait(first_come), rel=1e-9)
    assert (
        name in ("first-come", "overflow", "preference", "mutual-help")
        or other.ledger.answered.tolist() != first_come.ledger.answered.tolist()
    )


def busy_hour() -> Model:
    """Two teams that share three needs, in overload, with redials."""
    needs = {"a": (1, 120.0), "b": (2, 200.0), "c": (2, 90.0)}
    shift = (Shift(0, 6, 0.0, 7200.0),)
    teams = (Team("left", 6, "main", {"a": 1.0, "b": 0.8}, shift), Team("right", 6, "main", {"b": 1.0, "c": 1.0, "a": 0.7}, shift))
    again = Redial(busy=Retry(0.5, Constant(60.0)), abandoned=Retry(0.5, Constant(300.0)))
    model = centre(needs={name: urgency for name, (urgency, _) in needs.items()}, teams=teams, redial=again, duration=7200.0)
    return replace(
        model,
        needs=tuple(
            Need(n.name, n.urgency, Lognormal.of_mean(needs[n.name][1], 60.0), Constant(10.0), Exponential(200.0)) for n in model.needs
        ),
        demand=tuple(Profile(name, name, (0.0, 7200.0), (300.0,)) for name in needs),
    )


def routed(strategy: StrategyDeclaration) -> Run:
    model = replace(busy_hour(), routing=Routing(strategy))
    return simulate(model, draw(model, seed=3, replication=0))


SAME = {
    "equal weights": (Accumulating(weights={"a": 1.0, "b": 1.0, "c": 1.0}), FirstCome()),
    "very unequal weights": (Accumulating(weights={"a": 1e12, "b": 1.0, "c": 1.0}), Priority()),
    "c-mu of one speed": (
        GcMu(power=1.0, weights={"a": 1e12, "b": 1.0, "c": 1.0}),
        GcMu(power=1.0, weights={"a": 1e9, "b": 1.0, "c": 1.0}),
    ),
    "never restless": (Newest(calm=1e9), FirstCome()),
    "a cap of nothing": (Priority(aging_cap=0.0), FirstCome()),
    "a cap that nobody reaches": (Priority(aging_cap=1e9), Priority()),
    "a reserve of nobody": (Priority(reserve=0), Priority()),
    "no urgency": (QueueRatio(aging_cap=0.0), FirstCome()),
}


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME.keys())
def test_strategies_meet_at_the_ends_of_their_parameters(pair: tuple[StrategyDeclaration, StrategyDeclaration]) -> None:
    one, other = (routed(strategy).ledger for strategy in pair)
    assert one.answered.tolist() == pytest.approx(other.answered.tolist(), nan_ok=True)
    assert one.agent.tolist() == other.agent.tolist()


def test_teams_that_never_help_are_teams_without_the_other_skills() -> None:
    alone = routed(Helping(begin=1e9)).ledger
    model = busy_hour()
    teams = (replace(model.teams[0], skills={"a": 1.0}), replace(model.teams[1], skills={"b": 1.0, "c": 1.0}))
    apart = simulate(replace(model, teams=teams, routing=Routing(Priority())), draw(model, seed=3, replication=0)).ledger
    assert alone.agent.tolist() == apart.agent.tolist()


@pytest.mark.parametrize("name", list(strategies))
def test_every_strategy_keeps_the_books_with_cap_reserve_and_every_agent_rule(name: str) -> None:
    for number, rule in enumerate(("longest-idle", "best-skill", "least-flexible", "same-site", "least-occupied", "rested-first")):
        declared = strategies[name](agent=rule, aging_cap=[None, 120.0][number % 2], reserve=number % 3)  # type: ignore[call-arg]  # all have them
        model = replace(busy_hour(), routing=Routing(declared))
        run = simulate(model, draw(model, seed=number, replication=0))
        check_books(run)
        assert (run.ledger.outcome == 7).sum() > 100


def test_strategies_differ() -> None:
    """Else the tests above would show nothing."""
    fates = {name: tuple(routed(strategies[name]()).ledger.agent.tolist()) for name in strategies}
    assert len(set(fates.values())) == len(fates) - 1, "as declared here, only `overflow` without its delays is `preference`"
    assert fates["overflow"] == fates["preference"] == tuple(routed(Preference()).ledger.agent.tolist())
