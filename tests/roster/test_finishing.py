"""Those who finish their call before they go: the formula against worked numbers, other formulas, and simulation of its process."""

import numpy as np
import pytest

from simulator.roster.cover import cover, covered
from simulator.roster.finishing import Day, Edge
from simulator.roster.requirement import agents_for_abandons
from tests.roster.optimum import optimum
from tests.roster.test_cover import DAY
from tests.roster.test_requirement import CALLS


@pytest.fixture(scope="module")
def day() -> Day:
    return Day([calls / 60 for calls in CALLS], 3600, 300)


def test_the_stationary_plan_holds_where_agents_finish(day: Day) -> None:
    need = [agents_for_abandons(calls / 60, 300, 300, 0.05) or 0 for calls in CALLS]
    found = cover(need, DAY)
    assert found.cost == pytest.approx(740.8)
    agents, leaving = covered(found.values, DAY, 12)
    shares = np.round(100 * day.shares(agents, leaving), 2)
    assert shares.max() <= 5
    assert (shares[4], *shares[8:]) == (3.81, 4.97, 0.35, 1.0, 4.4)
    assert round(100 * day.over(agents, leaving), 2) == 3.03


def test_the_best_plan_is_cheaper_still_and_is_valid(day: Day) -> None:
    found = optimum(day, DAY, 0.05)
    agents, leaving = covered(found.values[: len(DAY)], DAY, 12)
    assert day.shares(agents, leaving).max() <= 0.05
    assert found.bound <= found.cost < 740.8


def test_without_leavers_it_is_the_poisson_of_the_whole_hour(day: Day) -> None:
    from simulator.roster.requirement import excess, loads

    paths = loads([calls / 60 for calls in CALLS], 3600, 300, 2000)
    agents = [17, 41, 64, 79, 75, 66, 70, 75, 66, 53, 39, 29]
    for hour, (there, path) in enumerate(zip(agents, paths, strict=True)):
        plain = np.trapezoid(excess(path, there), dx=3600 / 2000) / 300 / (CALLS[hour] * 60)
        assert day.share(hour, Edge(0, 0, there)) == pytest.approx(plain, rel=1e-4)


def test_who_leaves_helps_and_never_harms(day: Day) -> None:
    stay, go = day.share(8, Edge(66, 0, 66)), day.share(8, Edge(86, 20, 66))
    assert go < stay
    assert day.share(8, Edge(86, 40, 66)) < go


def test_what_cannot_be_is_refused() -> None:
    for wrong in ((10, 11, 0), (10, -1, 10), (10, 2, 7)):
        with pytest.raises(ValueError, match="cannot leave"):
            Edge(*wrong)


def test_it_is_what_a_simulation_of_the_process_says(day: Day) -> None:
    chance, hour, edge = np.random.default_rng(5), 9, Edge(60, 20, 45)
    abandons, worlds, mean, rate = 0.0, 2000, 300.0, CALLS[9] / 60
    start = day._start[hour]
    for _ in range(worlds):
        there = chance.poisson(start)
        gone = edge.leaving if there >= edge.before else chance.hypergeometric(edge.leaving, edge.before - edge.leaving, there)
        abandons += _abandons(chance, there - int(gone), edge.after, rate, mean)
    measured = abandons / worlds
    assert day.abandons(hour, edge) == pytest.approx(measured, rel=0.06)


def _abandons(chance: np.random.Generator, there: int, agents: int, rate: float, mean: float) -> int:
    now, lost = 0.0, 0
    while True:
        total = rate + there / mean
        now += chance.exponential(1 / total)
        if now > 3600:
            return lost
        drawn = chance.random() * total
        if drawn < rate:
            there += 1
        else:
            lost += drawn - rate > min(there, agents) / mean
            there -= 1
