"""The formulas and chains of `crisis verify` say what was published, beyond the values that its cases use."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.verify import channelled, exact


def test_the_sine_of_the_literature() -> None:
    """TV-1 with its smooth rate 100 + 60 sin(2 pi t / 24): the file has hourly steps."""

    def rate(hours: np.ndarray) -> np.ndarray:
        return np.asarray(100 + 60 * np.sin(2 * math.pi * hours / 24))

    found = [exact.in_service(rate, lambda age: np.exp(-4 * age), hour, hour - 12) for hour in (6.0, 9.0, 12.0)]
    assert found == pytest.approx([39.9360188, 36.2525996, 25.9775601], rel=1e-7)


def test_a_drain() -> None:
    """DR-1: mean 2.30446429 h, variance 0.146245128 h^2; looks every minute see it half a minute short on average."""
    mean, spread = exact.drain_looks(60, 8, 1 / 15, first=0.5, every=1.0, last=1000.0)
    assert mean / 60 == pytest.approx(2.30446429, abs=1e-6)
    assert (spread - 1 / 12) / 3600 == pytest.approx(0.146245128, abs=1e-8)


def test_two_links() -> None:
    """CC-1 and CC-2 in the long run."""
    for beta, some, both in ((0.1, 0.0154193211, 0.000453694777), (0.5, 0.0138533876, 0.00201962826)):
        assert exact.two_links(1000.0, 8.0, beta, 1e7) == pytest.approx((some, both), rel=2e-6)


def test_a_finite_population() -> None:
    """FP-3: attempts, served, never served, abandoned, refused, summed waits."""
    found = exact.finite_population(20, 4, 2, first=1.0, mu=4.0, theta=6.0, gamma=2.0, again=0.9)
    assert found == pytest.approx([31.0146925, 18.7761453, 1.22385472, 7.70336113, 4.53518606, 1.28389352], rel=1e-8)


def test_blending() -> None:
    """BL-1 with nobody to three agents kept free: share delayed, mean wait, letters in a minute."""
    known = (
        (1, 0.25, 4),
        (0.666666667, 0.166666667, 3.66666667),
        (0.457142857, 0.114285714, 3.14285714),
        (0.328205128, 0.0820512821, 2.53846154),
    )
    for keep, expected in enumerate(known):
        assert channelled.blended(8.0, 1.0, 12, keep) == pytest.approx(expected, rel=1e-8)


def test_turns_and_sharing() -> None:
    """CH-6: how fast each of 1 to 5 conversations goes; CH-4: chats that slow each other; EN-1: time in which all lines are busy."""
    speeds = [3 * channelled.talking(j, 1.0, 2.0)[0] / j for j in range(1, 6)]
    assert speeds == pytest.approx([1, 0.9, 0.789473684, 0.678571429, 0.577981651], rel=1e-8)
    assert channelled.sharing(0.2, 10.0, (1.0, 0.8, 0.6, 0.45)) == pytest.approx((0.271591526, 16.7188665), rel=1e-8)
    refused, talking = channelled.few_sources(10, 4, 0.2, 1.0)
    assert refused == pytest.approx(0.0394242804, rel=1e-8)
    # What is begun is what ends: the calls of those who do not talk, less those refused.
    assert talking == pytest.approx(0.2 * (10 - talking) * (1 - refused), rel=1e-12)


def test_large_centres() -> None:
    """QD-1: Erlang C with 100 agents and 95 erlang, and the limits in heavy traffic that it and Erlang A are near."""
    assert exact.erlang_c(100, 95.0) == pytest.approx(0.506456854, rel=1e-8)
    load = 100 - 0.5 * 10  # a square-root staffing rule
    found = exact.impatient(load, 1.0, 0.5, 100, 1000, 0.1)
    assert found.delayed == pytest.approx(0.364474465, rel=1e-8)
    assert found.abandoned == pytest.approx(0.0151410416, rel=1e-8)
    assert found.delayed == pytest.approx(0.35717692, rel=0.03)


def test_the_fluid_limit_is_near() -> None:
    """FL-1 and FL-2: thirty calls a minute for an hour, then ten, a hundred agents all busy at first."""
    hours = [(1.0, 1800.0, 100), (3.0, 600.0, 100)]
    impatient = exact.transient(hours, 12.0, 15.0, 250, start=100)
    assert 60 * sum(hour.queue for hour in impatient) == pytest.approx(2289.09648, rel=0.01)
    assert sum(hour.abandoned for hour in impatient) == pytest.approx(572.274119, rel=0.01)
    patient = exact.transient(hours, 12.0, 0.0, 1200, start=100)
    assert 60 * sum(hour.queue for hour in patient) == pytest.approx(36000, rel=0.01)


def test_a_transient_settles_where_it_should() -> None:
    """Erlang A in its tenth hour, reached from nothing."""
    last = exact.transient([(9.0, 600.0, 10), (1.0, 600.0, 10)], 60.0, 30.0, 200)[1]
    assert last.queue == pytest.approx(2.07826425, rel=1e-8)
    assert last.busy == pytest.approx(8.96086788, rel=1e-8)


def test_tails_of_priorities_without_the_others() -> None:
    """One class alone is Erlang C: an exponential wait of the delayed."""
    assert exact.priority_in_time((10.0,), 1.0, 12, 1 / 3) == pytest.approx([0.769276393], rel=1e-8)
