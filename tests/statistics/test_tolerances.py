"""Tolerances: judged in each world by hand, and over worlds by the share in which a service stays within."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from simulator.model.world import Tolerance
from simulator.report.tolerances import beyond, headline, sentences
from simulator.statistics.summarise import summarise
from simulator.statistics.tally import tally
from simulator.vocabulary import Outcome

if TYPE_CHECKING:
    from simulator.statistics.summary import Summary
    from tests.statistics.conftest import Story

HOUR = 3600.0
FRAUD = Tolerance("fraud-line", 2 * HOUR, "the board", "14 September", "savings are gone by then", needs=("urgent",))


def down(told: Story, hours: float) -> None:
    """Nobody with the urgent need is answered for so many hours after the impact, then everybody; everyday calls always are."""
    for minute in range(0, 7 * 60 - 1, 5):
        at = 2 * HOUR + 60.0 * minute
        urgent = (at, Outcome.HANDLED, 0.0, 60.0) if minute > 60 * hours else (at, Outcome.ABANDONED, 30.0, 0.0)
        told.customer(urgent, need=1)
        told.customer((at, Outcome.HANDLED, 0.0, 60.0))


def judged(story: Callable[..., Story], tolerance: Tolerance, *hours: float) -> Summary:
    tallies = []
    model = replace(story().model, tolerances=(tolerance,))
    for number, length in enumerate(hours):
        told = story()
        told.model = model
        down(told, length)
        tallies.append(tally(told.run(number), told.model))
    return summarise(model, tallies)


def test_one_world_by_hand(story: Callable[..., Story]) -> None:
    (found,) = judged(story, FRAUD, 3.0).tolerances
    assert found.longest.mean == 3 * HOUR
    assert (found.verdict.met, found.verdict.worlds, found.verdict.word) == (0, 1, "no verdict")
    assert found.people.mean == 37  # one every five minutes for three hours, all of whom needed it two hours before the end
    due = 1 + 5 * 12  # from the impact to two hours before the end
    assert found.unserved.mean == pytest.approx(37 / due)
    assert found.undecided.mean == 0


def test_it_is_judged_by_the_share_of_worlds_and_not_by_the_mean(story: Callable[..., Story]) -> None:
    """On average it is down for an hour and a half, within the two hours; in three worlds of ten it is not."""
    (found,) = judged(story, FRAUD, *(3.0,) * 6, *(0.75,) * 14).tolerances
    assert found.longest.mean < 2 * HOUR
    assert (found.verdict.met, found.verdict.worlds, found.verdict.word) == (14, 20, "too close to call")
    assert headline(found) == "too close to call, breached in 6 of 20 worlds"
    (worse,) = judged(story, FRAUD, *(3.0,) * 16, *(0.75,) * 4).tolerances
    assert headline(worse) == "tolerance breached in 16 of 20 worlds"
    (well,) = judged(story, FRAUD, *(1.0,) * 20).tolerances
    assert headline(well) == "within tolerance in 20 of 20 worlds"


def test_exactly_the_limit_is_within(story: Callable[..., Story]) -> None:
    (found,) = judged(story, FRAUD, 2.0).tolerances
    assert found.longest.mean == 2 * HOUR
    assert found.verdict.met == 1


def test_a_share_that_is_set_is_judged_too(story: Callable[..., Story]) -> None:
    """The stretch is just within three hours, and of 49 people who needed it three hours before the end 37 have no help."""
    (held,) = judged(story, replace(FRAUD, limit=3 * HOUR, at_most=0.8), 3.0).tolerances
    (broken,) = judged(story, replace(FRAUD, limit=3 * HOUR, at_most=0.7), 3.0).tolerances
    assert held.unserved.mean == broken.unserved.mean == pytest.approx(37 / 49)
    assert (held.verdict.met, broken.verdict.met) == (1, 0)


def test_a_service_of_several_needs_is_as_good_as_its_worst(story: Callable[..., Story]) -> None:
    (found,) = judged(story, replace(FRAUD, needs=("everyday", "urgent")), 3.0).tolerances
    assert found.longest.mean == 3 * HOUR
    assert found.unserved.mean == pytest.approx(37 / (2 * 61))


def test_the_whole_centre_may_be_well_where_the_service_is_not(story: Callable[..., Story]) -> None:
    told = list(sentences(judged(story, FRAUD, *(3.0,) * 20)))
    assert told[0].startswith("Fraud line, tolerance 2 h (the board, 14 September): tolerance breached in 20 of 20 worlds.")
    assert "37 people" in told[0]
    assert "recovery time objective" in told[1]


def test_what_nobody_wanted_is_not_judged(story: Callable[..., Story]) -> None:
    told = story()
    told.model = replace(told.model, tolerances=(FRAUD,))
    told.customer((3 * HOUR, Outcome.HANDLED, 0.0, 60.0))
    summary = summarise(told.model, [tally(told.run(), told.model)])
    (found,) = summary.tolerances
    assert found.verdict.worlds == 0
    assert "no data" in headline(found)
    assert "too short to say" in beyond(found) or "nobody" in beyond(found)
    assert any("no data" in warning for warning in summary.warnings)
