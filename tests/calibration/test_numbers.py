"""The estimators against numbers that are known exactly, and the naive ones, which fail."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.calibration import arrivals, patience, redial
from simulator.calibration.erlang import condition, inverted, steady
from simulator.calibration.estimate import Known
from simulator.calibration.observed import Calls, Intervals, Outcome

RATE, TALK, THETA = 10 / 60, 300.0, 0.5 / 60
"""Ten calls a minute of five minutes, and patience of two minutes."""
EXACT = {45: (0.13175, 15.183, 0.59367), 50: (0.06894, 7.646, 0.78387)}
"""By agents: share who give up, mean wait of the served, share answered within 20 s."""


@pytest.mark.parametrize("agents", EXACT)
def test_what_callers_meet_is_what_theory_says(agents: int) -> None:
    met = steady(RATE, TALK, THETA, agents)
    assert (met.abandoned, met.asa, met.in_time) == pytest.approx(EXACT[agents], rel=1e-4)


def test_steady_agrees_with_the_formula_for_whole_agents_elsewhere_in_the_product() -> None:
    from simulator.statistics.erlang import served_within

    for agents in (38, 45, 61):
        assert steady(RATE, TALK, THETA, agents, within=30.0).in_time == pytest.approx(
            served_within(agents, RATE, TALK, 1 / THETA, 30.0), rel=1e-6
        )


@pytest.mark.parametrize("agents", EXACT)
def test_patience_and_agents_come_back_from_what_callers_met(agents: int) -> None:
    met = steady(RATE, TALK, THETA, agents)
    theta, found = inverted(met.abandoned, met.asa, RATE, TALK)
    assert (theta * 60, found) == pytest.approx((0.5, agents), rel=1e-4)
    naive = met.abandoned / met.asa * 60  # abandonments over the wait of the served
    assert naive == pytest.approx({45: 0.521, 50: 0.541}[agents], abs=5e-4)
    assert abs(naive - 0.5) > 0.02


def test_what_nobody_gave_up_on_is_not_inverted() -> None:
    with pytest.raises(ValueError, match="nobody"):
        inverted(0.0, 5.0, RATE, TALK)


def test_a_quiet_centre_tells_less_about_both() -> None:
    assert condition(THETA, 45, RATE, TALK) == pytest.approx(10, abs=0.5)
    assert condition(THETA, 66, RATE, TALK) == pytest.approx(42, abs=1.0)
    for agents, least, most in ((45, 0.05, 0.06), (66, 0.1, 0.22)):
        change = 1 - steady(RATE, TALK, THETA, agents * 1.01).asa / steady(RATE, TALK, THETA, agents).asa
        assert least <= change <= most


EDGES = np.array([10, 15, 20, 30, 40, 60, 120, 300], dtype=np.float64)
ABANDONED = np.array([4593.5, 1804.9, 1504.9, 2224.1, 1390.9, 1248.7, 406.7, 1.7, 0.0])
ANSWERED = np.array([11623.1, 5691.2, 5381.3, 9341.0, 7045.5, 7758.0, 3293.7, 19.5, 0.0])
AT_ONCE = 36671.5
"""Of 100,000 calls with 45 agents, how many in each bin of their wait, and how many did not wait at all."""


def test_answering_and_giving_up_compete_within_wait_bins() -> None:
    answered = ANSWERED.copy()
    answered[0] += AT_ONCE
    rates = patience.of_bins(EDGES, answered, ABANDONED, never_waited=AT_ONCE) * 60
    assert rates[:7] == pytest.approx([0.503, 0.501, 0.501, 0.503, 0.503, 0.511, 0.568], abs=1e-3)
    assert patience.pooled(rates[:7], ABANDONED[:8]) == pytest.approx(0.505, abs=1e-3)
    # Whoever never waited was at no risk: counting them makes people look more patient than they are.
    assert patience.of_bins(EDGES, answered, ABANDONED)[0] * 60 < 0.45


def test_the_life_table_finds_a_patience_that_is_not_there() -> None:
    left = (ANSWERED + ABANDONED)[::-1].cumsum()[::-1]
    width = np.diff(np.concatenate(([0.0], EDGES)))
    table = ABANDONED[:-1] / ((left[:-1] - (ANSWERED + ABANDONED)[:-1] / 2) * width) * 60
    assert table[6] == pytest.approx(0.218, abs=1e-3)


def test_the_hazard_from_sums_has_the_limits_of_a_poisson_count() -> None:
    rate, low, high = patience.of_sums(100, 20_000.0)
    assert rate == pytest.approx(0.005)
    assert high / rate - 1 == pytest.approx(1.645 / math.sqrt(100), abs=0.03)
    assert 1 - low / rate == pytest.approx(1.645 / math.sqrt(100), abs=0.03)
    assert patience.of_sums(0, 30_000.0) == (0.0, 0.0, 3.0 / 30_000.0)


def test_the_hazard_from_sums_covers_however_the_staffing_changes() -> None:
    chance = np.random.default_rng(5)
    held = 0
    for _ in range(400):
        offered = chance.exponential(chance.choice([5.0, 40.0, 200.0], 400))  # quiet and crowded hours, shuffled
        patient = chance.exponential(1 / THETA, 400)
        _, low, high = patience.of_sums(float((patient < offered).sum()), float(np.minimum(patient, offered).sum()))
        held += low <= THETA <= high
    assert 0.87 <= held / 400 <= 0.95


def test_kaplan_meier_and_the_piecewise_hazard_agree_on_censored_calls() -> None:
    chance = np.random.default_rng(6)
    patient, offered = chance.exponential(120.0, 20_000), chance.exponential(60.0, 20_000)
    wait, gave_up = np.minimum(patient, offered), patient < offered
    _, _, rates = patience.of_calls(wait, gave_up)
    assert rates[:6] == pytest.approx(1 / 120, rel=0.1)
    times, left = patience.survival(wait, gave_up)
    for at in (30.0, 120.0):
        assert np.interp(at, times, left) == pytest.approx(math.exp(-at / 120), abs=0.015)


def calls_of(wait: NDArray[np.float64], outcome: NDArray[np.int64], talk: float = 200.0) -> Calls:
    n = len(wait)
    start = np.datetime64("2026-03-02T09:00:00") + np.arange(n).astype("timedelta64[s]") * 20
    unknown = np.full(n, np.nan)
    return Calls(("q",), np.zeros(n, np.int64), start, wait, outcome, np.full(n, talk), unknown, unknown, np.full(n, -1))


def rows_of(calls: Calls) -> Intervals:
    from simulator.calibration.observed import counted

    return counted(calls, 1800.0)


def test_a_hazard_that_falls_is_written_as_it_is_and_one_that_does_not_stays_exponential() -> None:
    chance = np.random.default_rng(7)
    offered = chance.exponential(90.0, 8_000)
    for patient, shaped in ((chance.exponential(150.0, 8_000), False), (150.0 * chance.weibull(0.6, 8_000), True)):
        calls = calls_of(np.minimum(patient, offered), np.where(patient < offered, int(Outcome.ABANDONED), int(Outcome.ANSWERED)))
        assert bool(patience.estimate(rows_of(calls), calls).rates) is shaped


def test_exits_by_a_rule_are_no_impatience() -> None:
    chance = np.random.default_rng(8)
    patient = chance.exponential(300.0, 6_000)
    offered = np.minimum(chance.exponential(200.0, 6_000), 120.0)  # at two minutes everybody is sent away
    gave_up = patient < offered
    away = ~gave_up & (offered == 120.0)
    outcome = np.where(gave_up, int(Outcome.ABANDONED), np.where(away, int(Outcome.SENT_AWAY), int(Outcome.ANSWERED)))
    calls = calls_of(np.minimum(patient, offered), outcome)
    found = patience.estimate(rows_of(calls), calls).mean
    assert found.low <= 300 <= found.high
    naive = float(calls.wait[gave_up].mean())  # the mean wait of those who gave up
    assert naive < 100


def test_below_twenty_abandonments_a_value_is_assumed() -> None:
    wait = np.full(300, 10.0)
    outcome = np.full(300, int(Outcome.ANSWERED))
    outcome[:19] = int(Outcome.ABANDONED)
    calls = calls_of(wait, outcome)
    found = patience.estimate(rows_of(calls), calls).mean
    assert found.known is Known.ASSUMED
    assert found.high / found.low > 4


def days_of(
    chance: np.random.Generator, cv: float, count: int = 20, mean: float = 3000.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    factor = chance.gamma(1 / cv**2, cv**2, count) if cv else np.ones(count)
    totals = chance.poisson(mean * factor).astype(np.float64)
    return totals, np.full(count, totals.mean())


def test_twenty_days_give_the_spread_of_days_to_a_sixth() -> None:
    chance = np.random.default_rng(9)
    found = [arrivals.day_spread(*days_of(chance, 0.2), 1) for _ in range(300)]
    values = np.array([e.value for e in found])
    assert values.mean() == pytest.approx(0.2, abs=0.01)
    assert values.std() / 0.2 == pytest.approx(0.16, abs=0.03)
    assert 0.85 <= np.mean([e.low <= 0.2 <= e.high for e in found]) <= 0.95


def test_days_that_differ_by_chance_alone_are_not_said_to_differ() -> None:
    chance = np.random.default_rng(10)
    assert sum(arrivals.day_spread(*days_of(chance, 0.0), 1).low == 0 for _ in range(200)) >= 180


def test_fewer_than_five_days_are_assumed() -> None:
    assert arrivals.day_spread(*days_of(np.random.default_rng(1), 0.2, 4), 1).known is Known.ASSUMED


def test_redials_are_those_of_the_same_caller_less_chance() -> None:
    calls = calls_of(np.full(1000, 30.0), np.full(1000, int(Outcome.ANSWERED)))
    outcome = calls.outcome.copy()
    outcome[:200] = int(Outcome.ABANDONED)
    since, last = calls.since.copy(), calls.last.copy()
    since[500:600], last[500:600] = 300.0, int(Outcome.ABANDONED)
    since[600:610], last[600:610] = 86_400.0, int(Outcome.ABANDONED)
    calls = Calls(calls.queues, calls.queue, calls.start, calls.wait, outcome, calls.talk, calls.wrap, since, last)
    found = redial.estimate(calls)
    assert found.share.value == pytest.approx(0.45)
    assert found.after == 300.0
    assert redial.estimate(None).share.known is Known.NOWHERE


@pytest.mark.parametrize("present", [[0.3, 4.0, 4.5, 0.25], [6.5], [0.0, 2.9999, 0.0], [1.0, 1.2, 3.0]])
def test_part_of_an_agent_is_an_agent_for_part_of_the_interval_next_to_where_more_are(present: list[float]) -> None:
    from simulator.calibration.writing import whole_agents

    spans = list(whole_agents(np.array(present), 30))
    for k, agents in enumerate(present):
        minutes = sum(count * (min(end, 30 * k + 30) - max(start, 30 * k)) for start, end, count in spans if 30 * k <= start < 30 * k + 30)
        assert minutes == pytest.approx(30 * agents, abs=0.51)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    if present[0] == 0.3:
        assert spans[0] == (21, 30, 1)  # who opens comes last before the others
        assert spans[-1] == (90, 98, 1)


def test_a_level_that_lasts_is_the_mean_and_one_that_changed_is_that_of_late() -> None:
    from simulator.calibration.handling import recent

    chance = np.random.default_rng(11)
    days = np.datetime64("2026-01-01") + np.arange(91)
    weight = np.full(91, 1000.0)
    steady_days = 200 + chance.normal(0, 8, 91)
    value, half = recent(days, steady_days, weight)
    assert half == 0
    assert value == pytest.approx(200, abs=3)
    stepped = np.where(np.arange(91) < 45, 180.0, 215.0) + chance.normal(0, 8, 91)
    value, half = recent(days, stepped, weight)
    assert half in (7, 14)
    assert value == pytest.approx(215, abs=6)
    assert recent(days[:20], stepped[:20], weight[:20])[1] == 0
