"""Lists from which we call: entries are not contacts of customers, numbers are not people, and a list is cleared or it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.model.world import Channel, Step
from simulator.statistics.books import check_books
from simulator.statistics.summarise import summarise
from simulator.statistics.tally import tally
from simulator.vocabulary import Cause, Fate, Outcome, Piece, Solved
from tests.statistics.stand_in import Named

if TYPE_CHECKING:
    from tests.statistics.conftest import Story

HOUR = 3600.0
Value = Callable[..., float]


def listed(story: Callable[..., Story], **changes: object) -> Story:
    """Three people who did not get through, one of them with two numbers, and one who took the offer of a callback."""
    voice = story().model.channels[0]
    offer = Step("offer", Named("callback.offer"))
    told = story(channels=(voice, Channel("callbacks", "callback", answer_within=4 * HOUR)), playbook=(offer,), **changes)
    first = told.customer((60.0, Outcome.BLOCKED, 0.0, 0.0), fate=Fate.SERVED, settled=4 * HOUR)
    second = told.customer((120.0, Outcome.LOST_UPSTREAM, 0.0, 0.0), need=1)
    third = told.customer((180.0, Outcome.BLOCKED, 0.0, 0.0), fate=Fate.SOLVED_ELSEWHERE, solved=Solved.REPAIRED, settled=HOUR)
    fourth = told.customer((240.0, Outcome.CALLBACK_ACCEPTED, 30.0, 0.0))
    tries = ((2.5 * HOUR, Piece.NO_ANSWER, 20.0), (3 * HOUR, Piece.WRONG_MOMENT, 40.0), (4 * HOUR, Piece.REACHED, 300.0))
    told.callback(first, 2 * HOUR, Outcome.HANDLED, *tries)
    told.callback(first, 2 * HOUR, Outcome.CONTAINED, (4.2 * HOUR, Piece.ALREADY_SOLVED, 60.0), cause=Cause.ALREADY_SOLVED, agent=1)
    told.callback(second, 2 * HOUR, Outcome.NOT_REACHED, (3 * HOUR, Piece.NO_ANSWER, 25.0), (5 * HOUR, Piece.VOICEMAIL, 55.0))
    told.callback(third, 2 * HOUR, Outcome.CONTAINED, cause=Cause.ALREADY_SOLVED)  # known before anybody dialled
    told.callback(fourth, 250.0, Outcome.NOT_REACHED, cause=Cause.LAPSED)
    return told


def test_the_books_of_a_list_balance(story: Callable[..., Story]) -> None:
    told = listed(story)
    check_books(told.run(), told.model)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("attempted", 4),
        ("fresh_contacts", 4),
        ("handled", 0),
        ("answered", 0),
        ("contained", 0),
        ("queued", 1),  # the one who was offered a callback in the queue
        ("callbacks_promised", 1),
        ("callbacks_listed", 5),
        ("callbacks_kept", 3),
        ("callbacks_solved", 2),
        ("callbacks_not_reached", 2),
        ("callbacks_lapsed", 1),
        ("callbacks_open_at_end", 0),
        ("callbacks_kept_share", 3 / 5),
        ("callback_delay", 2 * HOUR),
        ("callback_handle_time", 300.0),
        ("dials", 6),
        ("dials_no_answer", 2),
        ("dials_wrong_moment", 1),
        ("dials_voicemail", 1),
        ("dials_already_solved", 1),
        ("dials_reached", 1),
        ("dial_success", 2 / 6),
        ("hours_dialled", 20 + 40 + 300 + 60 + 25 + 55),
        ("people_listed", 4),
        ("people_reached", 1),  # twice, and still one person
        ("people_ended_otherwise", 0),  # the repaired one was promised nothing, and the one who was gave up
        ("reached", 1 / 4),
        ("list_cleared_at", 3 * HOUR + 55.0),  # from the impact at two hours
    ],
)
def test_a_list(story: Callable[..., Story], value: Value, name: str, expected: float) -> None:
    assert value(listed(story), name) == pytest.approx(expected)


def test_who_was_promised_a_call_and_did_not_give_up_is_told_apart_from_whom_we_spoke_to(story: Callable[..., Story], value: Value) -> None:
    told = listed(story)
    for row, (fate, solved) in enumerate(
        ((Fate.SERVED, Solved.NO), (Fate.SOLVED_ELSEWHERE, Solved.REPAIRED), (Fate.STILL_TRYING, Solved.NO))
    ):
        told.customer((300.0 + row, Outcome.CALLBACK_ACCEPTED, 0.0, 0.0), fate=fate, solved=solved, settled=HOUR)
    reached = told.customer((310.0, Outcome.CALLBACK_ACCEPTED, 0.0, 0.0), fate=Fate.SERVED, settled=HOUR)
    told.callback(reached, 310.0, Outcome.HANDLED, (HOUR, Piece.REACHED, 60.0))
    assert value(told, "people_reached") == 2
    assert value(told, "people_ended_otherwise") == 2


def test_a_dial_belongs_to_its_own_instant_and_an_entry_to_that_of_its_listing(story: Callable[..., Story], value: Value) -> None:
    told = listed(story)
    assert value(told, "callbacks_listed", phase="before") == 1
    assert value(told, "dials", phase="before") == 0
    assert value(told, "dials", channel="callbacks") == 6
    assert np.isnan(value(told, "dials", channel="voice"))  # we do not dial there
    by_channel = {
        (e.measure, e.scope["channel"]) for e in summarise(told.model, [tally(told.run(), told.model)]).estimates if "channel" in e.scope
    }
    assert ("dials", "callbacks") in by_channel
    assert {("dials", "voice"), ("attempted", "callbacks"), ("service_level", "callbacks")}.isdisjoint(by_channel)
    assert ("attempted", "voice") in by_channel
    assert value(told, "dials_no_answer", need="urgent") == 1


def test_a_list_that_is_not_cleared_is_endless(story: Callable[..., Story], value: Value) -> None:
    told = listed(story)
    told.callback(1, 3 * HOUR, Outcome.OPEN_AT_END)
    worlds = summarise(told.model, [tally(told.run(), told.model)])
    cleared = worlds.estimate("list_cleared_at")
    assert (cleared.endless, cleared.p50) == (1.0, np.inf)
    assert cleared.mean == 7 * HOUR  # nine hours of which two lie before the impact
    assert worlds.estimate("callbacks_open_at_end").mean == 1
    told.callback(2, 3 * HOUR, Outcome.IN_SERVICE_AT_END, (9 * HOUR - 20.0, Piece.UNFINISHED, 20.0))
    told.callback(3, 3 * HOUR, Outcome.OPEN_AT_END)
    worlds = summarise(told.model, [tally(told.run(), told.model)])
    assert [worlds.estimate(f"callbacks_{how}_at_end").mean for how in ("open", "in_service")] == [2, 1]
    assert worlds.estimate("dials").mean == 7


def test_without_an_entry_nothing_was_cleared(story: Callable[..., Story], value: Value) -> None:
    voice = story().model.channels[0]
    told = story(channels=(voice, Channel("callbacks", "callback")))
    told.customer((60.0, Outcome.BLOCKED, 0.0, 0.0))
    assert np.isnan(value(told, "list_cleared_at"))
    assert np.isnan(value(told, "reached"))
    assert value(told, "dials") == 0


def test_a_callback_does_not_shorten_the_waits_of_those_who_call(story: Callable[..., Story], value: Value) -> None:
    told = listed(story)
    told.customer((300.0, Outcome.HANDLED, 50.0, 100.0))
    assert value(told, "wait_p50") == value(told, "wait_p90") == value(told, "asa") == 50.0
    assert value(told, "peak_queue") == 1
    assert value(told, "queue_mean") == pytest.approx((50.0 + 30.0) / (9 * HOUR))
    assert value(told, "aht") == 100.0


def test_the_list_over_time(story: Callable[..., Story]) -> None:
    told = listed(story)
    summary = summarise(told.model, [tally(told.run(), told.model)])
    # Listed: one at 250 s that lapses at once, four at two hours; closed at 2 h, 4 h, 4.2 h and 5 h.
    assert summary.over_time("list_open").mean.tolist() == [0, 3, 3, 3, 1, 0, 0, 0, 0]
    assert summary.over_time("list_reached").mean.tolist() == [0, 0, 0, 1, 1, 1, 1, 1, 1]
    assert summary.over_time("list_given_up").mean.tolist() == [1, 1, 1, 1, 1, 2, 2, 2, 2]
    assert summary.over_time("dials").mean.tolist() == [0, 0, 1, 2, 2, 1, 0, 0, 0]


def test_a_scenario_without_a_list_has_no_such_measures(story: Callable[..., Story], value: Value) -> None:
    told = story()
    told.customer((60.0, Outcome.HANDLED, 0.0, 60.0))
    assert np.isnan(value(told, "dials"))
    assert not any(
        e.measure.startswith(("dial", "callback", "people_reached"))
        for e in summarise(told.model, [tally(told.run(), told.model)]).estimates
    )
