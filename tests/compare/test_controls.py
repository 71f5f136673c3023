"""Control variates: they sharpen what follows a known draw, stay away elsewhere, and their intervals cover."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.crisis.actions import CloseSite
from simulator.model.ranges import Range
from simulator.model.world import After, Model, Profile, Step
from simulator.statistics.controls import controlled, known_of
from tests.compare.models import small_model


def test_a_control_takes_its_part_of_the_noise_away() -> None:
    chance = np.random.default_rng(5)
    severity = chance.uniform(-1, 1, 40)
    values = 10 + 7 * severity + chance.normal(0, 0.5, 40)
    plain, sharp = controlled(values, {}), controlled(values, {"severity": severity, "noise": chance.uniform(-1, 1, 40)})
    assert sharp.controls == ("severity",)
    assert sharp.half_width < plain.half_width / 5
    assert abs(sharp.mean - 10) < 0.3
    assert sharp.explained == pytest.approx(0.98, abs=0.02)


def test_without_a_control_it_is_the_plain_mean() -> None:
    found = controlled(np.array([1.0, 2.0, 4.0]), {"far too few worlds": np.array([-1.0, 0.0, 1.0])})
    assert (found.controls, found.explained) == ((), 0.0)
    assert found.mean == pytest.approx(7 / 3)
    assert found.half_width == pytest.approx(4.302653 * np.std([1, 2, 4], ddof=1) / math.sqrt(3))
    assert math.isnan(controlled(np.array([1.0]), {}).half_width)


def test_a_constant_difference_needs_no_control() -> None:
    found = controlled(np.full(30, 3.0), {"x": np.arange(30.0)})
    assert (found.mean, found.half_width, found.controls) == (3.0, 0.0, ())


def test_intervals_cover_whether_a_control_helps_or_not() -> None:
    """2,000 studies of 30 worlds with six controls, of which one, none or a curved one matters."""
    chance = np.random.default_rng(8)
    for slope, curve in ((0.0, 0.0), (0.8, 0.0), (5.0, 0.0), (1.0, 3.0)):
        held = used = 0
        for _ in range(500):
            known = {str(k): x for k, x in enumerate(chance.uniform(-1, 1, (6, 30)))}
            known["0 squared"] = known["0"] ** 2 - 1 / 3
            found = controlled(chance.normal(0, 1, 30) + slope * known["0"] + curve * known["0 squared"], known)
            held += abs(found.mean) <= found.half_width
            used += bool(found.controls)
        assert held / 500 >= 0.95 - 4.75 * math.sqrt(0.05 * 0.95 / 500)
        assert (used / 500 > 0.95) if slope >= 5 else (slope > 0 or used / 500 < 0.1)


def model() -> Model:
    day = Profile("calls", "everyday", (0.0, 3600.0, 7200.0), (60.0, 40.0), day_cv=0.2)
    late = Step("late", CloseSite("main"), After("quake", Range(20.0, 10.0, 60.0, "events.late.when")))
    return small_model(demand=(day,), events=(late,))


def test_what_is_known_of_a_world_averages_to_nothing() -> None:
    found = known_of(model(), 1, range(4000))
    assert list(found) == ["events.late.when", "events.late.when squared", "busyness of calls"]
    for x in found.values():
        assert abs(x.mean()) < 4.75 * x.std() / math.sqrt(len(x))
    assert found["busyness of calls"].std() == pytest.approx(20.0, rel=0.1)  # 20 % of a hundred calls


def test_worlds_know_the_same_whoever_asks() -> None:
    few, many = known_of(model(), 7, [2]), known_of(model(), 7, range(5))
    assert few["events.late.when"][0] == many["events.late.when"][2]
