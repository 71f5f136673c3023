"""Other conditions: what is changed, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.experiment.stability import Stretched, chosen, conditions
from simulator.model.distributions import Exponential
from simulator.model.ranges import Range
from simulator.model.world import People, Profile, Surge
from tests.compare.models import small_model

DAY = Profile("calls", "everyday", (0.0, 3600.0), (60.0,))
CRISIS = People("lost", "urgent", 0.0, Range(200.0, 100.0, 400.0, "demand.lost.people"), Exponential(600.0))
STORM = Surge("storm", "urgent", 0.0, 2.0, 60.0, 60.0, 600.0)


def test_a_larger_surge_leaves_ordinary_demand_alone() -> None:
    model = small_model(demand=(DAY, CRISIS, STORM))
    found = conditions(model)["surge × 1.2"](model)
    day, crisis, storm = found.demand
    assert day == DAY
    assert isinstance(crisis, People)
    assert isinstance(crisis.people, Range)
    assert (crisis.people, crisis.people.low, crisis.people.high, crisis.people.name) == (240.0, 120.0, 480.0, "demand.lost.people")
    assert isinstance(storm, Surge)
    assert storm.peak == pytest.approx(2.4)
    assert replace(found, demand=model.demand) == model


def test_where_nothing_strikes_all_demand_is_scaled() -> None:
    model = small_model(demand=(DAY,))
    assert list(conditions(model)) == ["demand × 0.8", "demand × 1.2", "patience × 0.67", "patience × 1.5"]
    (day,) = conditions(model)["demand × 0.8"](model).demand
    assert isinstance(day, Profile)
    assert day.expected == (48.0,)


def test_longer_patience_is_that_of_the_same_people() -> None:
    model = small_model()
    found = conditions(model)["patience × 1.5"](model)
    assert found.needs[0].patience.mean == 90.0
    u = np.linspace(0.1, 0.9, 5)
    assert Stretched(Exponential(60.0), 1.5).quantile(u).tolist() == pytest.approx((1.5 * Exponential(60.0).quantile(u)).tolist())
    assert replace(found, needs=model.needs) == model


def test_the_best_ones_and_the_baseline_are_tried() -> None:
    names = list("abcdefgh")
    assert chosen(names, ["h", "g", "f", "e", "d", "c", "b", "a"], "a") == ("a", "d", "e", "f", "g", "h")
    assert chosen(["x", "y"], ["y", "x"], "x") == ("x", "y")
