"""Where theory knows the best strategy, it wins; where it knows the numbers, they come out."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from simulator.crisis.play import simulate
from simulator.model.distributions import Constant
from simulator.model.world import Model, Routing
from simulator.routing.declared import Accumulating, FirstCome, GcMu, MaxWeight, Newest, Priority, StrategyDeclaration
from simulator.verify.skilled import skills
from simulator.workload import Workload
from tests.command import Crisis
from tests.rules.small_centre import centre

RATES = (0.2, 0.15, 0.1)  # a minute
MEANS = (1.0, 2.0, 2.5)  # minutes: together three quarters of one agent
COST = {"a": 1.0, "b": 3.0, "c": 2.0}  # a minute of waiting; by c-mu: b, a, c


def order_cost(order: tuple[int, ...]) -> float:
    """What a minute costs under a fixed order: one agent, exponential talk, nobody gives up (Cobham 1954)."""
    residual = sum(rate * mean**2 for rate, mean in zip(RATES, MEANS, strict=True))
    before, cost = 0.0, 0.0
    for k in order:
        now = before + RATES[k] * MEANS[k]
        cost += list(COST.values())[k] * RATES[k] * residual / ((1 - before) * (1 - now))
        before = now
    return cost


def cost_of(strategy: StrategyDeclaration, world: int) -> float:
    """The summed cost of waiting of some 4,500 calls, on the same callers for every strategy."""
    rng = np.random.default_rng(world)
    n = 4500
    arrivals = np.cumsum(rng.exponential(1 / sum(RATES), n))
    need = rng.choice(3, n, p=np.array(RATES) / sum(RATES))
    talk = rng.exponential(np.array(MEANS)[need])
    model: Model = centre(1, n, needs=dict.fromkeys("abc", 1), duration=float(arrivals[-1]) + 500.0, routing=Routing(strategy))
    model = replace(model, needs=tuple(replace(x, talk_time=Constant(mean)) for x, mean in zip(model.needs, MEANS, strict=True)))
    ledger = simulate(model, Workload.by_hand(arrivals.tolist(), talk.tolist(), [1e9] * n, need.tolist())).ledger
    waits = np.nan_to_num(ledger.answered - ledger.arrived)
    return float((waits * np.array(list(COST.values()))[need]).sum())


def test_c_mu_is_the_best_order_and_the_strategy_follows_it() -> None:
    best = min(permutations(range(3)), key=order_cost)
    assert best == (1, 0, 2), "3/2, 1/1, 2/2.5"
    ours = [cost_of(GcMu(power=1.0, weights=COST), world) for world in range(4)]
    for other in (
        FirstCome(), MaxWeight(), Newest(calm=0.0), Accumulating(weights=COST), GcMu(power=2.0, weights=COST),
        GcMu(power=1.0, weights={"a": 1.0, "b": 1.0, "c": 1.0}), GcMu(power=1.0, weights={"a": 1.0, "b": 9.0, "c": 30.0}),
    ):  # fmt: skip
        assert sum(ours) < sum(cost_of(other, world) for world in range(4)), other
    assert sum(ours) / 4 == pytest.approx(order_cost(best) * 4500 / sum(RATES), rel=0.2)


def test_in_overload_with_hang_ups_the_order_goes_by_patience_too() -> None:
    """Waiting costs the same: by c-mu the quick go first, by c-mu-theta those who stay (Atar, Giat and Shimkin 2010)."""
    rates, hurry, speed = (3.0, 3.0), (4.0, 0.25), (1.25, 1.0)

    def waiting(order: tuple[int, int]) -> float:
        found = skills(rates, hurry, (2,), ({k: speed[k] for k in order},), ((0,), (0,)), most=40)
        return sum(rate * wait for rate, wait in zip(rates, found.wait, strict=True))

    assert speed[0] > speed[1], "c-mu says 0 first"
    assert speed[0] / hurry[0] < speed[1] / hurry[1], "c-mu-theta says 1 first"
    assert waiting((1, 0)) < 0.8 * waiting((0, 1))


def test_priority_by_urgency_is_an_order_like_any_other() -> None:
    """The same order, said in two ways, costs the same to the last bit."""
    by_weight = cost_of(GcMu(power=1.0, weights={"a": 100.0, "b": 20.0, "c": 1.0}), 1)
    ranked = cost_of(Accumulating(weights={"a": 1e12, "b": 1e6, "c": 1.0}), 1)
    assert by_weight == pytest.approx(ranked, rel=1e-9)
    assert by_weight != cost_of(Priority(), 1), "all have one urgency there"


def test_the_chains_of_small_centres_agree(crisis: Crisis) -> None:
    ended = crisis("verify", "--quick", "-j", "1", "SK-2", "SK-3", "SK-4", "SK-7", "CM-2", "TG-1", "AP-1", "LI-1", "LI-2")
    assert ended.code == 0, ended.out
    assert "DIFFERS" not in ended.out
