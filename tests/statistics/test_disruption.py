"""The clock of recovery in whole runs: it does not move with the interval, and opening hours and kept callbacks are what they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.crisis.events import LoseSite
from simulator.crisis.play import simulate
from simulator.model.distributions import Exponential
from simulator.model.world import After, At, Calling, Channel, Clock, Continuity, Model, Phase, Profile, Step
from simulator.statistics.books import CONTACT_SUMS
from simulator.statistics.tally import Tally, tally
from simulator.vocabulary import Cause, Outcome, Piece
from simulator.workload.draw import draw
from tests.rules.small_centre import centre

if TYPE_CHECKING:
    from tests.statistics.conftest import Story

HOUR = 3600.0
Value = Callable[..., float]


def lost_for(hours: float, hourly: float, interval: float, *, mbco: float = 0.4, patience: float = 180.0) -> Model:
    """A site is lost for a while at an odd minute of a day of twelve hours; there is nowhere to go."""
    gone = Step("gone", LoseSite("main"), At(3 * HOUR + 443.0), until=After("gone", hours * HOUR))
    made = centre(agents=int(hourly / 10) + 4, duration=12 * HOUR, lines=500, events=[gone])
    need = replace(made.needs[0], talk_time=Exponential(200.0), patience=Exponential(patience))
    calls = Profile("calls", need.name, (0.0, 12 * HOUR), (12 * hourly,))
    clock = Clock("UTC", "2026-01-01T00:00:00+00:00", 12 * HOUR, interval, 3 * HOUR + 443.0, (Phase("all", 0.0),))
    return replace(made, needs=(need,), demand=(calls,), clock=clock, continuity=Continuity(HOUR, 4 * HOUR, mbco))


def recovered(model: Model, world: int) -> tuple[float, Tally]:
    counted = tally(simulate(model, draw(model, 5, world)), model)
    return counted.values["time_to_recover", "", "", "", "", ""], counted


@pytest.mark.parametrize("hourly", [60.0, 200.0])
def test_recovery_does_not_move_with_the_interval(hourly: float) -> None:
    for world in range(3):
        told = [recovered(lost_for(2.0, hourly, minutes * 60.0), world) for minutes in (2, 15, 30, 60)]
        assert len({took for took, _ in told}) == 1
        assert len({counted.below for _, counted in told}) == 1
        for name in ("longest_below", "share_above", "resilience_loss", "level_after_rto", "relapses", "recovery_dated_within"):
            assert len({counted.values[name, "", "", "", "", ""] for _, counted in told}) == 1, name


@pytest.mark.parametrize("mbco", [0.4, 0.8])
def test_a_lost_site_is_back_when_it_is_back(mbco: float) -> None:
    """Within three minutes at 200 contacts an hour: a site that is lost for 97 minutes."""
    for world in range(8):
        took, counted = recovered(lost_for(97 / 60, 200.0, 1800.0, mbco=mbco), world)
        assert took == pytest.approx(97 * 60.0, abs=180.0)
        assert counted.values["relapses", "", "", "", "", ""] == 0
        assert counted.constraint.sum(axis=0)[1:].sum() * 1800.0 == pytest.approx(took, abs=1800.0)


def test_a_small_centre_says_how_exactly_it_knows() -> None:
    within = [
        recovered(lost_for(3.0, hourly, 1800.0), 0)[1].values["recovery_dated_within", "", "", "", "", ""] for hourly in (20.0, 200.0)
    ]
    assert within[0] == pytest.approx(24 * 60, rel=0.5)
    assert within[1] == pytest.approx(2.4 * 60, rel=0.5)


def quiet_hours(story: Callable[..., Story]) -> Story:
    """Two days, open from hour 8 to 20 and answered at once; a call every two minutes all the time. The impact is at hour 12."""
    told = story(duration=48 * HOUR, impact=12 * HOUR, phases=(Phase("all", 0.0),), continuity=Continuity(HOUR, 2 * HOUR, 0.9))
    told.model = replace(told.model, channels=(replace(told.model.channels[0], hours=((8 * HOUR, 20 * HOUR), (32 * HOUR, 44 * HOUR))),))
    for k in range(48 * 30):
        shut = (120.0 * k) % (24 * HOUR) < 8 * HOUR or (120.0 * k) % (24 * HOUR) >= 20 * HOUR
        if shut:
            told.customer((120.0 * k, Outcome.BLOCKED, 0.0, 0.0), cause=Cause.CLOSED)
        else:
            told.customer((120.0 * k, Outcome.HANDLED, 0.0, 60.0))
    return told


def test_closed_hours_do_not_count(story: Callable[..., Story], value: Value) -> None:
    told = quiet_hours(story)
    assert value(told, "time_to_recover") == 0
    assert value(told, "longest_below") == 0
    assert value(told, "share_above") == 1
    assert value(told, "reachability") == 1
    assert value(told, "level_after_rto") == 1
    assert value(told, "resilience_loss") == 0
    assert value(told, "wanted") == 24 * 30
    assert value(told, "blocked_closed") == 24 * 30


def test_an_outage_over_night_lasts_its_opening_hours(story: Callable[..., Story], value: Value) -> None:
    told = quiet_hours(story)
    for i, row in enumerate(told.rows):
        number, attempt, need, channel, site, _, arrived, *_ = row
        if 18 * HOUR <= arrived < 20 * HOUR or 32 * HOUR <= arrived < 33 * HOUR:
            nobody = (arrived, arrived, Outcome.BLOCKED, Cause.SITE_DOWN)
            told.rows[i] = (number, attempt, need, channel, site, -1, arrived, np.nan, np.nan, *nobody)
    counted = tally(told.run(), told.model)
    assert counted.below == (18 * HOUR, 33 * HOUR - 120.0)
    assert value(told, "time_to_recover") == 9 * HOUR - 120.0  # twelve to twenty, and one hour of the next morning
    assert value(told, "longest_below") == 3 * HOUR - 120.0
    assert value(told, "share_above") == pytest.approx(1 - (3 * HOUR - 120) / (20 * HOUR))
    shares = dict(zip(("none", "closed"), counted.constraint.sum(axis=0), strict=False))
    assert shares["closed"] == pytest.approx(16)  # hours of the interval
    assert counted.ceilings["time_to_recover"] == 20 * HOUR


def test_where_nobody_asked_nothing_is_below(story: Callable[..., Story], value: Value) -> None:
    told = story(continuity=Continuity(HOUR, 2 * HOUR, 0.9))
    told.customer((2 * HOUR + 10, Outcome.BLOCKED, 0.0, 0.0))  # alone for three hours
    for k in range(60):
        told.customer((5 * HOUR + 60.0 * k, Outcome.HANDLED, 0.0, 60.0))
    assert value(told, "time_to_recover") == 0
    assert value(told, "longest_below") == 0


def with_callbacks(story: Callable[..., Story], *entries: tuple[Outcome, float]) -> Story:
    """For an hour from the impact on a call a minute takes the offer of a callback, which comes to one of ``entries`` in turn."""
    told = story(duration=4 * HOUR, continuity=Continuity(HOUR, 2 * HOUR, 0.8))
    calling = Calling(10.0, ((1.0,) * 24,) * 7, promise=HOUR)
    back = Channel("callbacks", "callback", answer_within=HOUR, calling=calling)
    told.model = replace(told.model, channels=(*told.model.channels, back))
    for k in range(60 if entries else 0):
        outcome, later = entries[k % len(entries)]
        at = 2 * HOUR + 60.0 * k
        who = told.customer((at, Outcome.CALLBACK_ACCEPTED, 0.0, 0.0))
        reached = [(at + later, Piece.REACHED, 100.0)] if outcome is Outcome.HANDLED else []
        told.callback(who, at, outcome, *reached, cause=Cause.LAPSED if outcome is Outcome.NOT_REACHED else Cause.NONE)
    return told


def called_back(told: Story) -> float:
    return float(tally(told.run(), told.model).contacts[CONTACT_SUMS.index("called_back")].sum())


def test_a_callback_that_was_kept_is_no_unanswered_call(story: Callable[..., Story], value: Value) -> None:
    told = with_callbacks(story, (Outcome.HANDLED, 900.0), (Outcome.CONTAINED, 0.0))
    assert value(told, "answered") == 0
    assert called_back(told) == 60
    assert value(told, "reachability") == 1
    assert value(told, "time_to_recover") == 0
    assert np.isnan(value(told, "level_after_rto"))  # nobody came as late as that


def test_a_promise_that_was_broken_is_one(story: Callable[..., Story], value: Value) -> None:
    told = with_callbacks(story, (Outcome.NOT_REACHED, 0.0))
    assert (called_back(told), value(told, "reachability")) == (0, 0)
    assert tally(told.run(), told.model).values["time_to_recover", "", "", "", "", ""] == np.inf


def test_a_promise_is_open_until_it_is_late(story: Callable[..., Story]) -> None:
    """The run ends at four hours: calls promised within an hour before that are still due, the others are late."""
    told = with_callbacks(story, (Outcome.OPEN_AT_END, 0.0))
    counted = tally(told.run(), told.model)
    assert counted.below == (2 * HOUR, 4 * HOUR)
    told.model = replace(told.model, clock=replace(told.model.clock, duration=3 * HOUR))
    early = tally(told.run(), told.model)
    assert early.below == ()
    assert ("time_to_recover", "", "", "", "", "") not in early.values  # of nobody it is known how it went


def test_the_promise_belongs_to_the_call_before_it(story: Callable[..., Story]) -> None:
    """Somebody takes the offer twice: the first promise is broken, the second kept."""
    told = with_callbacks(story)
    who = told.customer((2 * HOUR, Outcome.CALLBACK_ACCEPTED, 0.0, 0.0), (3 * HOUR, Outcome.CALLBACK_ACCEPTED, 0.0, 0.0))
    told.callback(who, 2 * HOUR + 1, Outcome.NOT_REACHED, cause=Cause.LAPSED)
    told.callback(who, 3 * HOUR + 1, Outcome.HANDLED, (3 * HOUR + 200, Piece.REACHED, 60.0))
    assert called_back(told) == 1


@pytest.mark.parametrize("outcome", [Outcome.OPEN_AT_END, Outcome.ABANDONED])
def test_who_still_waits_in_time_at_the_end_is_left_out(story: Callable[..., Story], outcome: Outcome) -> None:
    told = story(duration=4 * HOUR, continuity=Continuity(HOUR, 2 * HOUR, 0.9))
    for k in range(60):
        told.customer((2 * HOUR + 60.0 * k, Outcome.HANDLED, 0.0, 60.0))
    for _ in range(20):
        told.customer((4 * HOUR - 15.0, outcome, 15.0, 0.0))  # `answer_within` is 20 s
    assert bool(tally(told.run(), told.model).below) == (outcome is Outcome.ABANDONED)
