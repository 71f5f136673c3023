"""Strain, followed through the records: the law by hand, and the same as the run's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.crisis.play import simulate
from simulator.model.distributions import Constant, Exponential
from simulator.model.people import Care, Distress, Strain
from simulator.model.world import Channel, Mix, Need, Profile, Shift, Team, Turns
from simulator.statistics.strain import felt
from simulator.statistics.summarise import summarise
from simulator.statistics.tally import tally
from simulator.vocabulary import Heard, Outcome, Piece
from simulator.workload import draw
from tests.rules.small_centre import centre

if TYPE_CHECKING:
    from tests.statistics.conftest import Story

HOUR = 3600.0
LAW = Strain(builds_up=4 * HOUR, recovers=2 * HOUR, slows=0.1, distress=0.25, restores=0.4)


def test_work_builds_up_and_rest_recovers(story: Callable[..., Story]) -> None:
    told = story(strain=LAW)
    told.customer((0.0, Outcome.HANDLED, 0.0, HOUR))
    told.customer((2 * HOUR, Outcome.HANDLED, 0.0, HOUR))
    one = felt(told.run(), LAW)
    first = 1 - np.exp(-1 / 4)
    rested = first * np.exp(-1 / 2)
    assert one.after.tolist() == pytest.approx([first, 1 - (1 - rested) * np.exp(-1 / 4)])
    (at,) = one.at(np.array([HOUR / 2, 1.5 * HOUR, 2 * HOUR]))
    assert at == pytest.approx([1 - np.exp(-1 / 8), first * np.exp(-1 / 4), rested])
    grid = np.linspace(0, HOUR, 100_001)
    mean = (one.at(grid).mean() + one.at(2 * HOUR + grid[:-1]).mean()) / 2
    assert one.means() == pytest.approx([mean], rel=1e-4)


def test_distress_adds_and_having_helped_restores(story: Callable[..., Story]) -> None:
    told = story(strain=LAW)
    told.customer((0.0, Outcome.HANDLED, 0.0, HOUR), heard=Heard.HEARD)
    told.customer((0.0, Outcome.HANDLED, 0.0, HOUR), heard=Heard.UNHEARD, agent=1)
    both = felt(told.run(), LAW)
    assert both.added.tolist() == [0.25, 0.25]
    assert both.restored == pytest.approx([0.1, 0.0])
    assert both.after[0] == pytest.approx(1 - (1 - 0.15) * np.exp(-1 / 4))
    values = both.measured()
    assert values["energy_restored", "", "", "", "", ""] == pytest.approx(0.05)
    assert values["strain_added", "", "", "", "", ""] == 0.25
    assert values["strain_p90", "", "", "", "", ""] == pytest.approx(both.means()[1])


def test_several_chats_at_once_are_one_stretch_and_pieces_several(story: Callable[..., Story]) -> None:
    told = story(strain=LAW)
    told.customer((0.0, Outcome.HANDLED, 0.0, HOUR))
    told.customer((1800.0, Outcome.HANDLED, 0.0, HOUR))
    one = felt(told.run(), LAW)
    assert (one.begun.tolist(), one.ended.tolist()) == ([0.0], [5400.0])
    told.work = [(1, 0, 1800.0, 1800.0, 2000.0, Piece.TALK), (1, 1, 2000.0, 5000.0, 5400.0, Piece.TALK)]
    both = felt(told.run(), LAW)
    assert (both.agent.tolist(), both.begun.tolist(), both.ended.tolist()) == ([0, 1], [0.0, 5000.0], [HOUR, 5400.0])


def test_over_time_it_is_that_of_those_who_worked(story: Callable[..., Story]) -> None:
    told = story(strain=LAW)
    told.customer((HOUR, Outcome.HANDLED, 0.0, 1800.0))
    told.customer((HOUR, Outcome.HANDLED, 0.0, 7200.0), agent=1)
    strained = felt(told.run(), LAW).over_time(HOUR * np.arange(5, dtype=np.float64))
    rested = (1 - np.exp(-1 / 8)) * np.exp(-1 / 4)
    assert strained[1:3] == pytest.approx([(rested + 1 - np.exp(-1 / 4)) / 2, 1 - np.exp(-1 / 2)])
    assert np.isnan(strained[[0, 3]]).all()
    assert summarise(told.model, [tally(told.run(), told.model)]).over_time("strain").mean[2] == pytest.approx(1 - np.exp(-1 / 2))


@pytest.mark.parametrize("kind", ["voice", "escalated", "message", "chat"])
def test_it_is_the_run_s_own(kind: str) -> None:
    """The last value that the run worked out for an agent is the last that follows from the records."""
    need = Need("question", 1, Exponential(200.0), Constant(30.0), Exponential(300.0), distress=Distress(0.2, Exponential(600.0)))
    channels = {
        "message": Channel("desk", "message", turns=Turns(3.0, Exponential(300.0))),
        "chat": Channel("chat", "chat", speeds=(1.0, 0.8, 0.7)),
    }
    made = centre(agents=3, duration=6 * HOUR)
    voice, care = made.channels[0], Care()
    needs: tuple[Need, ...] = (need,)
    teams = made.teams
    if kind == "escalated":
        care = Care("escalate", after=400.0, to="care")
        needs = (need, Need("care", 1, Exponential(200.0), Constant(30.0), Exponential(300.0)))
        shift = (Shift(0, 2, 0.0, 6 * HOUR),)
        teams = (*teams, Team("supervisors", 2, "main", {"care": 1.0}, shift))
    if kind in channels:
        needs = (replace(need, channels=(Mix(0.0, {channels[kind].name: 1.0}),)),)
    model = replace(
        made,
        needs=needs,
        teams=teams,
        demand=(Profile("calls", "question", (0.0, 3 * HOUR), (60.0,)),),
        channels=(voice, channels[kind]) if kind in channels else (voice,),
        care=care,
        strain=LAW,
    )
    run = simulate(model, draw(model, 3, 0))
    followed = felt(run, LAW)
    assert not (run.ledger.outcome == Outcome.IN_SERVICE_AT_END).any()  # all went home
    worked = np.unique(np.concatenate((run.ledger.agent[~np.isnan(run.ledger.answered)], run.pieces.agent)))
    assert followed.agent.tolist() == worked.tolist()
    assert followed.after[followed.first + followed.count - 1] == pytest.approx(run.strain[worked], rel=1e-9)
    assert followed.added.sum() > 0


def test_nobody_worked(story: Callable[..., Story]) -> None:
    nobody = felt(story().run(), LAW)
    assert nobody.measured() == {}
    assert np.isnan(nobody.over_time(np.array([0.0, HOUR]))).all()
