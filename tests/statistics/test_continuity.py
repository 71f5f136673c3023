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


def hourly(told: Story, lost: Callable[[int], bool]) -> Story:
    """A call a minute; in the hours that are ``lost`` nobody is answered."""
    for minute in range(9 * 60):
        told.customer((60.0 * minute, Outcome.BLOCKED if lost(minute // 60) else Outcome.HANDLED, 0.0, 30.0))
    return told


def back_after(story: Callable[..., Story], hours: int, **changes: object) -> Story:
    """After the impact at two hours nobody is answered for ``hours``."""
    return hourly(story(**changes), lambda hour: 2 <= hour < 2 + hours)


def test_each_objective_is_met_in_so_many_worlds(story: Callable[..., Story]) -> None:
    objectives = Continuity(rto=2 * HOUR, mtpd=4 * HOUR, mbco=0.5)
    told = [back_after(story, hours, continuity=objectives) for hours in (1, 2, 3, 4, 7)]
    found = verdict(told[0].model, Worlds([tally(t.run(k), t.model) for k, t in enumerate(told)]))
    assert found is not None
    rto = found.rto.verdict
    assert (rto.met, rto.worlds, rto.share, rto.word) == (2, 5, 0.4, "no verdict")
    assert found.mtpd.verdict.met == 4
    assert found.mbco.verdict.met == 4  # after four lost hours, three of five answered ones are enough; after seven none is
    assert found.all_met == 2
    assert rto.low < 0.4 < rto.high
    assert found.longest_below.mean == pytest.approx((1 + 2 + 3 + 4 + 7) / 5 * HOUR, abs=60)
    assert found.above.p95 == pytest.approx(6 / 7, abs=0.05)


def test_nothing_that_was_never_below_is_late(story: Callable[..., Story]) -> None:
    told = back_after(story, 0, continuity=Continuity(rto=60.0, mtpd=60.0, mbco=0.95))
    found = verdict(told.model, Worlds([tally(told.run(), told.model)]))
    assert found is not None
    assert found.all_met == 1


def test_a_collapse_after_an_hour_is_not_back_at_once(story: Callable[..., Story]) -> None:
    """The impact is at two hours, but the queue collapses at three: nobody was back before it fell."""
    told = hourly(story(continuity=Continuity(rto=HOUR, mtpd=4 * HOUR, mbco=0.4)), lambda hour: 3 <= hour < 5)
    counted = tally(told.run(), told.model)
    assert counted.values["time_to_recover", "", "", "", "", ""] == pytest.approx(3 * HOUR, abs=61)
    found = verdict(told.model, Worlds([counted]))
    assert found is not None
    assert (found.rto.verdict.met, found.mtpd.verdict.met) == (0, 1)


def test_a_relapse_longer_than_tolerable_after_a_quick_recovery_breaks_mtpd_only(story: Callable[..., Story]) -> None:
    told = hourly(story(continuity=Continuity(rto=2 * HOUR, mtpd=2 * HOUR, mbco=0.3)), lambda hour: hour == 2 or 4 <= hour < 7)
    counted = tally(told.run(), told.model)
    found = verdict(told.model, Worlds([counted]))
    assert found is not None
    assert (found.rto.verdict.met, found.mtpd.verdict.met, found.mbco.verdict.met, found.all_met) == (1, 0, 1, 0)
    assert counted.values["relapses", "", "", "", "", ""] == 1
    assert counted.below == (2 * HOUR, 3 * HOUR - 60, 4 * HOUR, 7 * HOUR - 60)


def test_no_objectives_or_no_impact_no_verdict(story: Callable[..., Story]) -> None:
    for told in (back_after(story, 1, continuity=None), back_after(story, 1, impact=None)):
        assert verdict(told.model, Worlds([tally(told.run(), told.model)])) is None


def test_an_objective_beyond_the_run_is_met_in_none_of_no_worlds(story: Callable[..., Story]) -> None:
    told = back_after(story, 1)
    beyond = replace(told.model, continuity=Continuity(rto=30 * HOUR, mtpd=40 * HOUR, mbco=0.5))
    found = verdict(beyond, Worlds([tally(told.run(), beyond)]))
    assert found is not None
    late = found.mbco.verdict
    assert (late.word, late.met, late.worlds, late.low, late.high) == ("no verdict", 0, 0, 0.0, 1.0)


def test_each_need_has_its_own_verdicts(story: Callable[..., Story]) -> None:
    """The urgent are lost for three hours, and are too few to be seen among everybody."""
    told = hourly(story(continuity=Continuity(HOUR, 2 * HOUR, 0.5, (0.9, 0.8, 0.8))), lambda hour: False)
    for minute in range(9 * 60):
        if minute % 3 == 0:
            lost = 2 <= minute // 60 < 5
            told.customer((60.0 * minute, Outcome.BLOCKED if lost else Outcome.HANDLED, 0.0, 30.0), need=1)
    found = verdict(told.model, Worlds([tally(told.run(k), told.model) for k in range(20)]))
    assert found is not None
    assert [o.verdict.word for o in (found.rto, found.mtpd, found.mbco)] == ["too close to call", "met", "met"]  # 20 of 20 do not show 90 %
    assert found.rto.verdict.asked == 0.9
    assert [o.verdict.word for o in found.needs["everyday"]] == ["too close to call", "met", "met"]
    assert [o.verdict.word for o in found.needs["urgent"]] == ["missed", "missed", "met"]
    alone = told.model.needs[:1]
    one = story(continuity=told.model.continuity, needs=alone)
    single = verdict(one.model, Worlds([tally(hourly(one, lambda hour: False).run(), one.model)]))
    assert single is not None
    assert single.needs == {}
