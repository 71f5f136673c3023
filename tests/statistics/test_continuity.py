"""The continuity verdict counts worlds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from simulator.model.world import Continuity
from simulator.statistics.continuity import verdict
from simulator.statistics.tally import tally
from simulator.statistics.worlds import Worlds
from simulator.vocabulary import Outcome

if TYPE_CHECKING:
    from tests.statistics.conftest import Story

HOUR = 3600.0


def back_after(story: Callable[..., Story], hours: int, **changes: object) -> Story:
    """Ten calls an hour; after the impact at two hours nobody is answered for ``hours``."""
    told = story(**changes)
    for hour in range(9):
        for k in range(10):
            lost = 2 <= hour < 2 + hours
            told.customer((hour * HOUR + 60.0 * k, Outcome.BLOCKED if lost else Outcome.HANDLED, 0.0, 30.0))
    return told


def test_each_objective_is_met_in_so_many_worlds(story: Callable[..., Story]) -> None:
    objectives = Continuity(rto=2 * HOUR, mtpd=4 * HOUR, mbco=0.5)
    told = [back_after(story, hours, continuity=objectives) for hours in (1, 2, 3, 4, 7)]
    found = verdict(told[0].model, Worlds([tally(t.run(k), t.model) for k, t in enumerate(told)]))
    assert found is not None
    assert (found.rto.met, found.rto.worlds, found.rto.share) == (2, 5, 0.4)
    assert found.mtpd.met == 4
    assert found.mbco.met == 4  # after four lost hours, three of five answered ones are enough; after seven none is
    assert found.all_met == 2
    assert found.rto.low < 0.4 < found.rto.high
    assert found.longest_below.mean == pytest.approx((1 + 2 + 3 + 4 + 7) / 5 * HOUR)
    assert found.above.p95 == pytest.approx(6 / 7, abs=0.05)


def test_a_dip_longer_than_tolerable_after_a_quick_recovery_breaks_mtpd_only(story: Callable[..., Story]) -> None:
    told = story(continuity=Continuity(rto=2 * HOUR, mtpd=2 * HOUR, mbco=0.3))
    for hour in range(9):
        for k in range(10):
            told.customer((hour * HOUR + 60.0 * k, Outcome.BLOCKED if 4 <= hour < 7 else Outcome.HANDLED, 0.0, 30.0))
    found = verdict(told.model, Worlds([tally(told.run(), told.model)]))
    assert found is not None
    assert (found.rto.met, found.mtpd.met, found.mbco.met, found.all_met) == (1, 0, 1, 0)


def test_no_objectives_or_no_impact_no_verdict(story: Callable[..., Story]) -> None:
    for told in (back_after(story, 1, continuity=None), back_after(story, 1, impact=None)):
        assert verdict(told.model, Worlds([tally(told.run(), told.model)])) is None


def test_an_objective_beyond_the_run_is_met_in_none_of_no_worlds(story: Callable[..., Story]) -> None:
    told = back_after(story, 1)
    beyond = replace(told.model, continuity=Continuity(rto=30 * HOUR, mtpd=40 * HOUR, mbco=0.5))
    found = verdict(beyond, Worlds([tally(told.run(), beyond)]))
    assert found is not None
    assert (found.mbco.met, found.mbco.worlds, found.mbco.low, found.mbco.high) == (0, 0, 0.0, 1.0)
