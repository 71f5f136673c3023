"""Quantities and distributions as people write them become seconds, fractions and laws."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from simulator.model.distributions import Constant, Distribution, Exponential
from simulator.model.ranges import Range
from simulator.scenario import quantity
from simulator.scenario.law import read_law
from simulator.scenario.problem import Wrong
from simulator.scenario.quantity import Spread
from simulator.scenario.section import Setting


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("30s", 30), ("15m", 900), ("1h30m", 5400), ("2d", 172800), ("5m20s", 320), ("1.5h", 5400), ("500ms", 0.5), ("1w", 604800), (0, 0)],
)
def test_durations(written: Any, seconds: float) -> None:
    assert quantity.duration(written) == seconds


@pytest.mark.parametrize("written", ["", "m", "15", 15, 1.5, "15 minutes", "-5m", "1h-5m", "07:00", True, None, [], {}, "٣m"])
def test_no_duration(written: Any) -> None:
    with pytest.raises(Wrong, match="expected a duration"):
        quantity.duration(written)


def test_shares_counts_rates_and_factors() -> None:
    assert quantity.share("35%") == 0.35
    assert quantity.proportion("140%") == 1.4
    assert [quantity.count(c) for c in (200, "30k", "1.5M")] == [200, 30_000, 1_500_000]
    assert [quantity.rate(r) for r in ("40/h", "10/min", "2/s", "36k/h")] == [40 / 3600, 10 / 60, 2, 10]
    assert [quantity.factor(f) for f in ("x1.6", 1.6)] == [1.6, 1.6]
    assert quantity.target("80% in 20s") == (0.8, 20.0)


@pytest.mark.parametrize(
    ("reader", "written"),
    [
        (quantity.share, "101%"), (quantity.share, "-1%"), (quantity.share, 0.5), (quantity.share, True), (quantity.count, -1),
        (quantity.count, "3,000"), (quantity.count, False), (quantity.whole, 1.5), (quantity.rate, 40), (quantity.rate, "40/week"),
        (quantity.factor, "1.6x"), (quantity.target, "80/20"), (quantity.number, "80%"), (quantity.text, 5),
    ],
)  # fmt: skip
def test_no_quantity(reader: Any, written: Any) -> None:
    with pytest.raises(Wrong):
        reader(written)


LAWS: list[tuple[Any, float]] = [
    ("6m", 360),
    ({"mean": "6m"}, 360),
    ({"exponential": {"mean": "6m"}}, 360),
    ({"constant": "30s"}, 30),
    ({"constant": {"value": "30s"}}, 30),
    ({"lognormal": {"mean": "5m", "sd": "4m"}}, 300),
    ({"gamma": {"shape": 1.5, "mean": "6h"}}, 21600),
    ({"weibull": {"shape": 0.7, "mean": "6m"}}, 360),
    ({"hyperexponential": {"share": "25%", "first": "1m", "second": "5m"}}, 240),
    ({"empirical": ["1m", "2m", "3m"]}, 120),
    ({"hazard": {"edges": ["0s", "10s"], "per_minute": [6, 6]}}, 10),
]


@pytest.mark.parametrize(("written", "mean"), LAWS)
def test_the_mean_of_a_law_is_the_one_written(written: Any, mean: float) -> None:
    law = read_law(written, Setting(), Exponential)
    assert law.mean == pytest.approx(mean)
    u = (np.arange(200_000) + 0.5) / 200_000
    assert float(np.mean(law.quantile(u))) == pytest.approx(mean, rel=2e-3)


@pytest.mark.parametrize(
    ("written", "level", "at"), [({"median": "60m"}, 0.5, 3600), ({"half_life": "8h"}, 0.5, 28800), ({"98%": "24h"}, 0.98, 86400)]
)
def test_an_exponential_law_by_one_of_its_quantiles(written: Any, level: float, at: float) -> None:
    assert float(read_law(written, Setting()).quantile(np.array([level]))[0]) == pytest.approx(at)


def test_a_bare_mean_is_exponential_where_people_wait_and_constant_where_work_takes_time() -> None:
    assert read_law("2m", Setting(), Exponential) == Exponential(120.0)
    assert read_law("2m", Setting(), Constant) == Constant(120.0)


def test_a_range_keeps_its_name_and_its_shape_inside_a_law() -> None:
    law = read_law({"half_life": Spread("a.b", {"likely": "8h", "low": "4h", "high": "9h"})}, Setting())
    mean = law.mean
    assert isinstance(mean, Range)
    assert mean.name == "a.b"
    assert [v * math.log(2) for v in (mean.low, mean.likely, mean.high)] == pytest.approx([14400, 28800, 32400])


@pytest.mark.parametrize(
    "written",
    [
        {}, {"mean": "1m", "sd": "1m"}, {"mean": "0s"}, {"gamma": {"shape": 0, "mean": "1m"}}, {"gamma": "1m"}, {"100%": "1h"},
        {"empirical": []}, {"hazard": {"edges": ["1s"], "per_minute": [1]}},
        {"hazard": {"edges": ["0s"], "per_minute": [0]}}, "technion", ["1m"], None,
        {"lognormal": {"mean": Spread("x", {"likely": "1m", "low": "1m", "high": "1m"}), "sd": "1m"}}, {"weibul": {}},
    ],
)  # fmt: skip
def test_no_law(written: Any) -> None:
    with pytest.raises(Wrong):
        read_law(written, Setting())


def test_the_law_that_ships_by_name() -> None:
    law = read_law("technion-1999", Setting())
    assert isinstance(law, Distribution)
    assert 500 < law.mean < 1000
