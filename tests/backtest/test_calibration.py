"""What the calibration makes of small synthetic records whose answer is known."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from benchmarks.backtest.bank import Timeline, spells
from benchmarks.backtest.calibration import (
    EARLY_EDGES,
    HEARD,
    Drift,
    announced,
    busy_queue,
    drift,
    hazard_law,
    head_start,
    pauses,
    tolerance_law,
)
from benchmarks.backtest.records import TYPES, Call, HalfHour, Outcome
from benchmarks.backtest.score import score
from simulator.model.distributions import Constant

MONDAY = date(1999, 2, 1)


def call(offered: float, wait: float = 0.0, service: float | None = 100.0, kind: str = "PS", agent: str = "7") -> Call:
    answered = service is not None
    began = offered + wait if answered else math.nan
    return Call(MONDAY, offered, kind, False, wait, answered, began, service if service is not None else math.nan, agent)


def half_hour(number: int, ps: int, *, agents: float = 1.0, hung_up: int = 0, day: date = MONDAY) -> HalfHour:
    return HalfHour(day, number, (ps, 0, 0, 0, 0, 0), hung_up, agents)


def test_a_hazard_is_events_over_exposure_and_those_served_only_add_exposure() -> None:
    law = hazard_law([5.0, 10.0, 15.0, 30.0], [True, False, True, True], (0.0, 10.0, 20.0))
    # 0-10: one event in 5 + 10 + 10 + 10 s; 10-20: one in 0 + 5 + 10 s (the second left the risk set at 10); beyond: one in 10 s.
    assert law.rates == pytest.approx((1 / 35, 1 / 15, 1 / 10))


def test_a_hazard_recovers_exponential_patience_under_censoring() -> None:
    chance = np.random.default_rng(1)
    patience, served = chance.exponential(200.0, 40_000), chance.exponential(100.0, 40_000)
    law = hazard_law(np.minimum(patience, served).tolist(), (patience < served).tolist(), (0.0, 60.0, 180.0))
    assert law.rates == pytest.approx((0.005,) * 3, rel=0.06)


def test_a_queue_is_busy_from_the_first_who_waits_to_the_last() -> None:
    assert busy_queue([(10.0, 20.0), (15.0, 40.0), (50.0, 60.0)]) == ([10.0, 50.0], [40.0, 60.0])


def test_a_pause_counts_only_while_somebody_waits_and_is_cut_where_the_queue_runs_empty() -> None:
    calls = [
        call(0.0),  # ends at 100 while the next caller waits; the agent takes them at 108
        call(90.0, wait=18.0, service=100.0),  # ends at 208; a caller of another agent waits until 215, the next call comes at 240
        call(200.0, wait=15.0, agent="8"),
        call(240.0, service=10.0),  # ends at 250 with nobody waiting
        call(300.0, service=10.0),
    ]
    assert pauses(calls) == ([8.0, 7.0], [True, False])


def test_agents_without_a_number_tell_no_pause() -> None:
    assert pauses([call(0.0, agent="0"), call(90.0, wait=18.0, agent="0")]) == ([], [])


def test_the_head_start_is_found_from_who_was_taken_first() -> None:
    calls = []
    for k, lead in enumerate(range(20, 181, 10)):
        start = 5000.0 * k
        # A prospect comes `lead` seconds before a customer: up to 90 s the customer is taken first.
        order = (200.0, 300.0) if lead <= 90 else (300.0, 200.0)
        calls += [call(start, wait=order[1], kind="NW"), call(start + lead, wait=order[0] - lead)]
    # In half of the cases the customer is taken at 200 s and the prospect at 300 s.
    assert head_start(calls) == 90.0


def test_the_announced_wait_is_place_times_handle_time_over_agents() -> None:
    calls = [call(1800.0, wait=100.0), call(1810.0, wait=50.0), call(1820.0, wait=10.0, kind="NW"), call(1870.0, wait=10.0)]
    told = announced(calls, {(MONDAY, 1): 4.0}, 200.0)
    # The prospect counts nowhere; at 1870 the second customer has been served (at 1860).
    assert [wait for _, wait in told] == [50.0, 100.0, 100.0]


def test_tolerance_is_what_a_long_announcement_adds_to_hanging_up_soon() -> None:
    stays = [(call(0.0, wait=HEARD), 10.0)] * 99 + [(call(0.0, wait=1.0, service=None), 10.0)]
    leaves = [(call(0.0, wait=HEARD), 150.0)] * 50 + [(call(0.0, wait=4.0, service=None), 150.0)] * 50
    law = tolerance_law(stays + leaves, (0.0, 100.0))
    first = 50 / (50 * 5 + 50 * 4) * 5 - 1 / (99 * 5 + 1) * 5  # cumulative hazard of the first five seconds, beyond the usual
    quiet = sum(
        0.5 / max(50 * (b - a), 1.0) * (b - a) - 0.5 / (99 * (b - a)) * (b - a)
        for a, b in zip(EARLY_EDGES[1:], (*EARLY_EDGES[2:], HEARD), strict=True)
    )
    assert law.edges == (0.0, 50.0, 100.0 * 4 / 3)
    assert law.rates[1] * (law.edges[2] - law.edges[1]) == pytest.approx(first + quiet, rel=0.2)
    assert law.rates[0] < 1e-8


def test_the_level_of_talk_is_read_from_the_half_hours() -> None:
    past = [(half_hour(n, 300), Outcome(300, 0, 0.0, 120.0)) for n in (20, 21)]
    found = drift(past, dict.fromkeys(TYPES, Constant(100.0)))
    assert found.level == pytest.approx(math.log(1.2))
    assert found.by_hour[10] == pytest.approx(1.0)
    assert found.month_sd == 0.0


def test_an_hour_with_longer_talk_is_shrunk_towards_the_day_by_two_hundred_calls() -> None:
    past = [(half_hour(20, 800), Outcome(800, 0, 0.0, 150.0)), (half_hour(30, 800), Outcome(800, 0, 0.0, 50.0))]
    found = drift(past, dict.fromkeys(TYPES, Constant(100.0)))
    assert found.by_hour[10] == pytest.approx((800 * 1.5 + 200) / 1000)
    assert found.by_hour[15] == pytest.approx((800 * 0.5 + 200) / 1000)


def test_a_surge_is_four_times_the_usual_and_its_talk_is_its_own() -> None:
    ordinary = [(half_hour(20, 50, day=date(1999, 2, 1 + 7 * k)), Outcome(50, 0, 0.0, 100.0)) for k in range(3)]
    surge = (half_hour(20, 200, day=date(1999, 2, 22)), Outcome(200, 0, 0.0, 30.0))
    found = drift([*ordinary, surge], dict.fromkeys(TYPES, Constant(100.0)))
    assert found.surge == pytest.approx(0.3)
    assert found.level == pytest.approx(0.0)
    assert found.surges(surge[0])
    assert not found.surges(ordinary[0][0])
    assert not Drift(0.0, 0.0, 0.0).surges(surge[0])  # nothing is known to be usual


@pytest.mark.parametrize("levels", [[2.5], [0.3, 1.0, 0.0, 1.7, 2.2, 0.4], [4.0, 4.0], [0.0]])
def test_spells_work_exactly_the_agents_present_in_each_slot(levels: list[float]) -> None:
    roster = spells(levels, 100.0)
    for slot, level in enumerate(levels):
        worked = sum(max(0.0, min(end, 100.0 * (slot + 1)) - max(start, 100.0 * slot)) for start, end in roster)
        assert worked == pytest.approx(100.0 * level)


def test_an_agent_present_in_adjacent_slots_works_one_spell() -> None:
    assert spells([0.5, 1.0, 0.25], 100.0) == [(50.0, 225.0)]


def test_a_timeline_keeps_half_hours_without_a_record() -> None:
    timeline = Timeline.of([half_hour(3, 5, agents=2.0), half_hour(1, 5, agents=1.5, day=date(1999, 2, 2))])
    assert timeline.slots == 96
    assert [(i, level) for i, level in enumerate(timeline.levels()) if level > 0] == [(3, 2.0), (49, 1.5)]


def test_a_score_weighs_half_hours_by_calls() -> None:
    found = score(np.array([[1.0, 30.0], [3.0, 30.0]]), np.array([[10.0, 30.0]] * 2), np.array([2.0, 0.0]), np.array([10.0, 30.0]))
    assert found.predicted == pytest.approx(64 / 80)
    assert found.actual == pytest.approx(2 / 40)
    assert found.error == pytest.approx(0.75)
    assert found.chance == pytest.approx(0.25 * 0.1)
    assert found.coverage == pytest.approx(0.25)
