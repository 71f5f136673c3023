"""Each family by its own definition: its mean, its monotone inverse, and the table that later attempts read."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.engine.luck import duration, philox, uniform
from simulator.model.distributions import (
    Constant,
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    Hyperexponential,
    Lognormal,
    Weibull,
    families,
    technion_patience,
)
from simulator.workload.table import law_table

LAWS: list[Distribution] = [
    Constant(3.0),
    Exponential(5.0),
    Lognormal.of_mean(5.0, 4.0),
    Gamma(1.5, 6.0),
    Gamma(0.5, 6.0),
    Weibull(0.7, 6.0),
    Weibull(2.0, 6.0),
    Hyperexponential(0.4, 1.0, 5.0),
    Empirical((1.0, 2.0, 4.0)),
    technion_patience(),
]
IDS = [f"{law.name}-{i}" for i, law in enumerate(LAWS)]
MIDDLES = (np.arange(400_000) + 0.5) / 400_000


def test_every_family_is_tried() -> None:
    assert {law.name for law in LAWS} == set(families)


@pytest.mark.parametrize("law", LAWS, ids=IDS)
def test_the_mean_is_the_mean_of_the_quantiles(law: Distribution) -> None:
    drawn = law.quantile(MIDDLES)
    assert drawn.mean() == pytest.approx(law.mean, rel=1e-4)
    assert (np.diff(drawn) >= 0).all()


def test_a_hyperexponential_is_the_mixture() -> None:
    law = Hyperexponential(0.4, 1.0, 5.0)
    x = law.quantile(MIDDLES)
    assert 0.4 * np.exp(-x) + 0.6 * np.exp(-x / 5.0) == pytest.approx(1 - MIDDLES, abs=1e-12)


def test_a_lognormal_has_the_mean_and_deviation_asked_for() -> None:
    drawn = Lognormal.of_mean(320.0, 300.0).quantile(MIDDLES)
    assert drawn.std() == pytest.approx(300.0, rel=5e-3)


def test_the_bank_s_patience_has_its_published_quarters() -> None:
    """Technion data, Kaplan-Meier over all queued calls: a quarter hang up within 95 s, half within 345 s."""
    quarter, median = technion_patience().quantile(np.array([0.25, 0.5]))
    assert quarter == pytest.approx(95, rel=0.15)
    assert median == pytest.approx(345, rel=0.1)


@pytest.mark.parametrize("law", LAWS, ids=IDS)
def test_the_table_is_close_to_the_law(law: Distribution) -> None:
    from librt.vecs import vec

    table = vec[float](law_table(law))
    u = np.random.default_rng(1).random(20_000)
    exact = law.quantile(u)
    error = np.abs(np.array([duration(table, float(x)) for x in u]) - exact) / exact
    assert error.mean() < 2e-5
    assert error.max() < 2e-3


def test_philox_gives_the_published_words() -> None:
    """Known answers of Philox2x32-10 (Random123): 53 bits of each 64-bit block."""
    ones = 0xFFFFFFFF
    for counter, upper, key, (low, high) in ((0, 0, 0, (0xFF1DAE59, 0x6CD10DF2)), (ones, ones, ones, (0x2C3F628B, 0xAB4FD7AD))):
        assert philox(counter, upper, key) == (low << 21) ^ (high >> 11)


def test_luck_is_uniform_and_differs_by_customer_attempt_and_purpose() -> None:
    keys = np.random.default_rng(2).integers(0, 2**62, 5000).tolist()
    drawn = np.array([[uniform(key, attempt, purpose) for attempt in range(3) for purpose in range(6)] for key in keys])
    assert ((drawn > 0) & (drawn < 1)).all()
    assert np.abs(drawn.mean(axis=0) - 0.5).max() < 4.75 / np.sqrt(12 * 5000)
    correlation = np.corrcoef(drawn.T) - np.eye(18)
    assert np.abs(correlation).max() < 4.75 / np.sqrt(5000)
