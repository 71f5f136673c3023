"""Requirements by formula: the published ones, and each against another way to the same number."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.roster.requirement import abandoning, agents_for_abandons, excess, fewest, loads, quantile
from simulator.statistics.erlang import agents_required, served_within

WHEN = (0, math.pi / 2, 3 * math.pi / 4, math.pi, 3 * math.pi / 2, 7 * math.pi / 4)
CALLS = (3, 8, 13, 16, 15, 13, 14, 15, 13, 10, 7, 5)  # a minute, by hour from 8


@pytest.mark.parametrize(("beyond", "agents"), [(0.1, (103, 125, 129, 125, 103, 99)), (0.5, (91, 111, 115, 111, 91, 87))])
def test_the_number_in_system_of_a_sine_is_a_quantile_of_a_poisson(beyond: float, agents: tuple[int, ...]) -> None:
    means = [100 + 10 * (math.sin(t) - math.cos(t)) for t in WHEN]
    assert tuple(quantile(mean, beyond) for mean in means) == agents


def test_the_load_of_a_sine_is_the_one_in_closed_form() -> None:
    width, when = 0.01, np.arange(0, 40, 0.01)
    rates = 100 + 20 * np.sin(when + width / 2)
    paths = loads(list(rates), width, 1.0, 1, before=90.0)
    late = slice(2000, None)
    assert np.allclose(paths[late, 0], (100 + 10 * (np.sin(when) - np.cos(when)))[late], atol=1e-3)


def test_where_callers_leave_with_those_who_go_home_each_hour_takes_these() -> None:
    paths = loads([calls / 60 for calls in CALLS], 3600, 300, 400)
    need = []
    for calls, path in zip(CALLS, paths, strict=True):
        step = 3600 / (len(path) - 1)

        def holds(agents: int, calls: int = calls, path: NDArray[np.float64] = path, step: float = step) -> bool:
            return float(np.trapezoid(excess(path, agents), dx=step)) / 300 / (calls * 60) <= 0.05

        need.append(fewest(holds))
    assert need == [17, 41, 64, 79, 75, 66, 70, 75, 66, 53, 39, 29]


def test_the_stationary_hours_take_these() -> None:
    need = [agents_for_abandons(calls / 60, 300, 300, 0.05) for calls in CALLS]
    assert need == [18, 42, 65, 80, 75, 65, 70, 75, 65, 51, 37, 27]


@pytest.mark.parametrize("seed", range(50))
def test_the_fewest_of_a_stationary_case_are_those_of_erlang(seed: int) -> None:
    chance = np.random.default_rng(seed)
    talk, load = chance.uniform(60, 600), chance.uniform(2, 80)
    rate, within, share = load / talk, chance.uniform(5, 60), chance.uniform(0.5, 0.95)
    patience = math.inf if seed % 2 else chance.uniform(60, 600)
    agents = agents_required(rate, talk, patience, share, within)
    found = fewest(lambda n: served_within(n, rate, talk, patience, within) >= share)
    assert found == agents
    if math.isinf(patience):  # Erlang C in its textbook form
        assert _answered_by_erlang_c(agents, load, talk, within) >= share > _answered_by_erlang_c(agents - 1, load, talk, within)
    else:
        lost = chance.uniform(0.01, 0.2)
        least = agents_for_abandons(rate, talk, patience, lost)
        assert least is not None
        assert abandoning(least, rate, talk, patience) <= lost < abandoning(least - 1, rate, talk, patience)


def _answered_by_erlang_c(agents: int, load: float, talk: float, within: float) -> float:
    if agents <= load:
        return 0.0
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    waits = blocked / (1 - load / agents * (1 - blocked))
    return 1 - waits * math.exp(-(agents - load) * within / talk)


def test_abandons_with_handle_time_as_long_as_patience_are_those_of_a_poisson() -> None:
    for agents in (0, 1, 40, 75, 120):
        assert abandoning(agents, 0.25, 300, 300) == pytest.approx(float(excess(np.array(75.0), agents)) / 75, rel=1e-6, abs=1e-12)


def test_nobody_calling_needs_nobody_and_what_no_number_mends_has_none() -> None:
    assert abandoning(3, 0.0, 300, 300) == 0
    assert fewest(lambda _: True) == 0
    assert fewest(lambda _: False, most=50) is None
    assert fewest(lambda agents: agents >= 50, most=50) == 50
