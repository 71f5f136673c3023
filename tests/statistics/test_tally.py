"""Tallies: every contact in its slot, every customer once, and the golden micro case of service levels."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.model.edges import edges
from simulator.model.world import Phase
from simulator.statistics.books import CONTACT_SUMS, CUSTOMER_SUMS, ENTERS
from simulator.statistics.frame import frame_of
from simulator.statistics.measures import measures
from simulator.statistics.quantiles import Sorted
from simulator.statistics.summarise import FATES
from simulator.statistics.tally import tally
from simulator.statistics.worlds import Worlds
from simulator.vocabulary import Cause, Fate, Outcome, Solved

if TYPE_CHECKING:
    from tests.statistics.conftest import Story

HOUR = 3600.0


def value(story: Story, name: str, **scope: str) -> float:
    """The measure in the one world of ``story``."""
    (estimate,) = Worlds([tally(story.run(), story.model)]).estimates(scope, [measures[name]])
    return estimate.mean


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("service_level", 4 / 9),
        ("service_level_of_arrived", 0.4),
        ("service_level_less_early", 0.5),
        ("service_level_good_abandons", 0.6),
        ("service_level_of_answered", 0.666666667),
        ("service_level_of_answerable", 0.571428571),
        ("service_level_less_short", 0.444444444),
        ("asa", 20.8333333),
        ("mean_wait", 20.6666667),
        ("abandon_rate", 0.333333333),
        ("abandon_rate_less_short", 0.25),
        ("block_rate", 0.1),
        ("reachability", 0.6),
        ("aht", 300.0),
        ("queued", 8.0),
        ("sl_deficit", 0.8 * 9 - 4),
        ("wait_p50", 18.0),  # the 5th of 0 3 5 15 18 20 25 40 60
        ("wait_p90", 60.0),  # the 9th
        ("never_served", 0.4),
        ("attempts_per_customer", 1.0),
        ("occupancy", 0.75),
        ("queue_mean", 186.0 / (9 * HOUR)),
    ],
)
def test_st_7(micro: Story, name: str, expected: float) -> None:
    assert value(micro, name) == pytest.approx(expected, rel=1e-8)


def test_a_wait_of_exactly_the_limit_is_in_time_wherever_it_falls(story: Callable[..., Story]) -> None:
    told = story()
    for power in range(6, 15):
        for k in range(10):  # sums that cross a power of two are rounded
            told.customer((2.0**power - 0.1 - 1.7 * k, Outcome.HANDLED, 20.0, 10.0))
            told.customer((2.0**power - 0.1 - 0.4 * k, Outcome.ABANDONED, 5.0, 0.0))
    late = told.run().ledger
    assert np.any(late.answered - late.arrived > 20.0)  # the rounding is there
    assert np.any((late.released - late.arrived)[late.outcome == Outcome.ABANDONED] > 5.0)
    assert value(told, "answered_in_time") == value(told, "abandoned_short") == 90


def test_a_surplus_in_one_interval_does_not_make_up_for_a_deficit_in_another(story: Callable[..., Story]) -> None:
    told = story()
    for k in range(10):
        told.customer((100.0 + k, Outcome.HANDLED, 0.0, 60.0))  # all ten in time: two more than the target asks
        told.customer((4000.0 + k, Outcome.ABANDONED, 60.0, 0.0))
    assert value(told, "sl_deficit") == value(told, "sl_deficit", need="everyday", channel="voice", phase="before") == 8.0
    assert value(told, "sl_deficit", phase="after") == 0.0


def test_phases_are_exact_where_the_impact_falls_inside_an_interval(story: Callable[..., Story]) -> None:
    impact = 2 * HOUR + 840.0
    told = story(impact=impact, phases=(Phase("before", 0.0), Phase("shock", impact)))
    told.customer((impact - 1.0, Outcome.HANDLED, 5.0, 60.0))
    told.customer((impact, Outcome.BLOCKED, 0.0, 0.0), cause=Cause.SITE_DOWN)
    told.customer((impact + 1.0, Outcome.BLOCKED, 0.0, 0.0), cause=Cause.SITE_DOWN)
    assert value(told, "arrived", phase="before") == 1
    assert value(told, "blocked_down", phase="shock") == 2
    assert value(told, "customers", phase="shock") == 2
    counted = tally(told.run(), told.model)
    by_interval = counted.frame.by_interval(counted.contacts[CONTACT_SUMS.index("arrived")].sum(axis=(1, 2)))
    assert list(by_interval[:4]) == [0, 0, 3, 0]  # the interval of the impact holds both sides


def test_the_frame_cuts_at_intervals_phases_and_the_impact(story: Callable[..., Story]) -> None:
    model = story(duration=1000.0, interval=300.0, impact=450.0, phases=(Phase("late", 700.0), Phase("beyond", 5000.0))).model
    frame = frame_of(model)
    assert list(frame.slots) == [0, 300, 450, 600, 700, 900, 1000]
    assert list(frame.interval_of) == [0, 1, 1, 2, 2, 3]
    assert frame.phases == ("", "late")  # the time before the first phase has no name
    assert list(frame.phase_of) == [0, 0, 0, 0, 1, 1]
    assert list(frame.after_impact) == [False, False, True, True, True, True]
    assert list(frame.slot_of(np.array([-1.0, 0.0, 299.9, 300.0, 450.0, 1000.0]))) == [0, 0, 0, 1, 2, 5]
    shut = replace(model, channels=(replace(model.channels[0], hours=((-50.0, 250.0), (700.0, 5000.0))),))
    assert list(frame_of(shut).slots) == [0, 250, 300, 450, 600, 700, 900, 1000]
    assert edges(shut) == list(frame_of(shut).slots)
    later = replace(model, clock=replace(model.clock, duration=9 * HOUR, interval=4 * HOUR))
    assert list(frame_of(later).slots) == [0, 450, 700, 5000, 4 * HOUR, 6 * HOUR + 450, 8 * HOUR, 9 * HOUR]  # six hours after the impact


def test_time_before_the_first_phase_counts_in_the_whole_but_is_no_scope(story: Callable[..., Story]) -> None:
    told = story(phases=(Phase("late", 4 * HOUR),))
    told.customer((100.0, Outcome.HANDLED, 5.0, 60.0))
    told.customer((5 * HOUR, Outcome.HANDLED, 7.0, 60.0))
    worlds = Worlds([tally(told.run(), told.model)])
    assert [s["phase"] for s in worlds.scopes() if set(s) == {"phase"}] == ["late"]
    assert value(told, "arrived") == 2
    assert value(told, "arrived", phase="late") == 1
    assert value(told, "wait_p50", phase="late") == 7.0


def test_sites_count_the_contacts_that_held_their_lines(story: Callable[..., Story]) -> None:
    told = story()
    told.customer((100.0, Outcome.HANDLED, 5.0, 60.0), site=1)
    told.customer((100.0, Outcome.ABANDONED, 15.0, 0.0), site=0)
    told.customer((100.0, Outcome.BLOCKED, 0.0, 0.0), site=-1)
    assert value(told, "answered", site="temporary") == 1
    assert value(told, "answered", site="main") == 0
    assert value(told, "abandoned", site="main", phase="before") == 1
    assert value(told, "blocked") == 1
    assert np.isnan(value(told, "asa", site="main"))


def test_people_are_one_partition(story: Callable[..., Story]) -> None:
    told = story()
    told.customer((10.0, Outcome.HANDLED, 0.0, 60.0))
    told.customer((10.0, Outcome.CONTAINED, 0.0, 0.0), fate=Fate.SOLVED_ELSEWHERE, solved=Solved.ANNOUNCEMENT, settled=10.0)
    for solved in (Solved.REACHED, Solved.LOCATED, Solved.REPAIRED, Solved.ELSEWHERE):
        told.customer((10.0, Outcome.BLOCKED, 0.0, 0.0), need=1, fate=Fate.SOLVED_ELSEWHERE, solved=solved, settled=900.0, barred=1)
    told.customer((10.0, Outcome.BLOCKED, 0.0, 0.0), (70.0, Outcome.BLOCKED, 0.0, 0.0), need=1)
    told.customer((32_000.0, Outcome.OPEN_AT_END, 0.0, 0.0), need=1, fate=Fate.STILL_TRYING)
    told.customer((32_000.0, Outcome.IN_SERVICE_AT_END, 0.0, 0.0), need=1)
    told.customer(need=1, onset=20.0, fate=Fate.STAYED_AWAY)
    assert value(told, "customers") == 9
    there = [name for name in FATES if not measures[name].about]
    assert [value(told, name) for name in there] == [1, 1, 1, 1, 1, 1, 1, 1, 1]
    assert value(told, "people_never_served") == 2  # who gave up and who is still trying; not who is being served
    assert value(told, "solved_elsewhere") == 5
    assert value(told, "people_never_served", need="urgent") == 2
    assert value(told, "never_served", need="urgent") == pytest.approx(2 / 7)
    assert value(told, "never_served", need="everyday") == 0.0
    assert value(told, "barred_customers") == value(told, "barred_attempts") == 4
    assert value(told, "attempts_per_customer") == pytest.approx(10 / 9)


def test_harm_grows_evenly_until_it_is_whole(story: Callable[..., Story]) -> None:
    told = story()  # urgent: weight 10, whole after an hour
    told.customer((10.0, Outcome.HANDLED, 1800.0, 60.0), need=1)  # half
    told.customer((10.0, Outcome.HANDLED, 7200.0, 60.0), need=1)  # whole
    told.customer((10.0, Outcome.BLOCKED, 0.0, 0.0), need=1)  # never served: whole
    told.customer((10.0, Outcome.BLOCKED, 0.0, 0.0), need=1, fate=Fate.SOLVED_ELSEWHERE, solved=Solved.REACHED, settled=910.0)  # a quarter
    told.customer((10.0, Outcome.BLOCKED, 0.0, 0.0), need=0)  # this need does no harm
    assert value(told, "harm") == pytest.approx(27.5)
    assert value(told, "harm_rate") == pytest.approx(27.5 / 40)


def test_harm_of_those_being_served_runs_to_the_answer_and_of_a_dial_under_way_to_the_end(story: Callable[..., Story]) -> None:
    told = story()  # the run is nine hours long
    told.customer((9 * HOUR - 900.0, Outcome.IN_SERVICE_AT_END, 360.0, 0.0), need=1)  # a tenth of an hour
    told.customer((9 * HOUR - 900.0, Outcome.BLOCKED, 0.0, 0.0), need=1, fate=Fate.IN_SERVICE)  # dialled: a quarter so far
    assert value(told, "harm") == pytest.approx(3.5)
    assert value(told, "people_never_served") == 0
    assert tally(told.run(), told.model).values["time_to_first_agent_p50", "", "urgent", "", "", ""] == 360.0  # the lower of the two


def test_the_time_to_the_first_agent_is_endless_for_those_who_got_none(story: Callable[..., Story]) -> None:
    told = story()
    told.customer((100.0, Outcome.HANDLED, 20.0, 60.0), onset=40.0)
    told.customer((10.0, Outcome.BLOCKED, 0.0, 0.0))
    told.customer((10.0, Outcome.BLOCKED, 0.0, 0.0), need=1)
    counted = tally(told.run(), told.model).values
    assert counted["time_to_first_agent_p50", "", "everyday", "", "", ""] == 80.0
    assert counted["time_to_first_agent_p50", "", "urgent", "", "", ""] == np.inf
    (estimate,) = Worlds([tally(told.run(), told.model)]).estimates({"need": "urgent"}, [measures["time_to_first_agent_p50"]])
    assert (estimate.mean, estimate.p50, estimate.endless) == (9 * HOUR, np.inf, 1.0)


def test_the_peak_of_the_queue_is_exact_and_carried_into_the_next_phase(story: Callable[..., Story]) -> None:
    told = story()  # "after" begins at two hours
    told.customer((100.0, Outcome.HANDLED, 50.0, 60.0))
    told.customer((120.0, Outcome.HANDLED, 100.0, 60.0), need=1)
    told.customer((150.0, Outcome.HANDLED, 10.0, 60.0))  # joins as the first leaves: still two
    told.customer((2 * HOUR - 10.0, Outcome.ABANDONED, 60.0, 0.0))  # waits across the boundary
    told.customer((300.0, Outcome.HANDLED, 0.0, 60.0))  # never queued
    assert value(told, "peak_queue") == 2
    assert value(told, "peak_queue", phase="before") == 2
    assert value(told, "peak_queue", phase="after") == 1
    assert value(told, "peak_queue", need="urgent") == 1
    assert value(told, "peak_queue", phase="after", need="urgent") == 0


def test_time_to_recover_is_counted_from_the_impact(story: Callable[..., Story]) -> None:
    told = story()  # RS-1 as contacts: answered shares by hour; MBCO 95 %
    for hour, good in enumerate((100, 100, 40, 40, 70, 96, 90, 100, 100)):
        for k in range(100):
            outcome = Outcome.HANDLED if k * good % 100 < good else Outcome.BLOCKED
            told.customer((hour * HOUR + 36.0 * k, outcome, 0.0, 60.0))
    # 96 % at hour 5 is held for more than 30 minutes; one hour at 90 % is too near to 95 % to be a relapse.
    first, last = tally(told.run(), told.model).below
    assert (first, last) == pytest.approx((2 * HOUR, 5 * HOUR), abs=60)
    assert value(told, "time_to_recover") == last - 2 * HOUR
    assert value(told, "relapses") == 0
    assert value(told, "longest_below") == last - first
    assert value(told, "share_above") == pytest.approx(1 - (last - first) / (7 * HOUR))
    assert value(told, "resilience_loss") == pytest.approx(1.64 * HOUR)
    assert value(told, "level_after_rto") == 1.0  # RTO is 6 h: hour 8 alone
    assert value(told, "time_to_recover", channel="voice") == last - 2 * HOUR
    assert np.isnan(value(told, "time_to_recover", need="urgent"))  # nobody with that need came
    goal = replace(told.model, continuity=None)  # the channel's target instead: 80 % in time
    assert tally(told.run(), goal).values["time_to_recover", "", "", "", "", ""] == pytest.approx(3 * HOUR, abs=300)


def test_the_first_answer_counts_whatever_came_of_it(story: Callable[..., Story], value: Callable[..., float]) -> None:
    """One is answered at once, one is cut off after the answer and served later, one is answered, cut off and gives up."""
    told = story()
    told.customer((100.0, Outcome.HANDLED, 10.0, 60.0))
    told.customer((200.0, Outcome.DROPPED, 20.0, 60.0), (900.0, Outcome.HANDLED, 0.0, 60.0))
    told.customer((300.0, Outcome.ABANDONED, 30.0, 0.0), (700.0, Outcome.DROPPED, 5.0, 60.0))
    assert value(told, "time_to_first_agent_p50") == 20.0
    told.customer((400.0, Outcome.ABANDONED, 30.0, 0.0))
    told.customer((400.0, Outcome.BLOCKED, 0.0, 0.0))
    assert value(told, "time_to_first_agent_p50") == 405.0  # the third of five; two got nobody


def test_without_an_impact_nothing_recovers(story: Callable[..., Story]) -> None:
    told = story(impact=None)
    told.customer((100.0, Outcome.HANDLED, 20.0, 60.0))
    assert np.isnan(value(told, "time_to_recover"))
    assert len(tally(told.run(), told.model).constraint) == 0


def test_agents_online_six_hours_after_the_impact(story: Callable[..., Story]) -> None:
    told = story()
    online = np.zeros((10, 2), dtype=int)
    online[8:, 1] = (180, 200)  # at eight and nine hours; the impact is at two
    told.seen["online"] = online
    assert value(told, "agents_online_6h", site="temporary") == 180
    assert value(told, "agents_online_6h", site="main") == 0
    assert value(told, "agents_online_peak") == 200
    assert value(told, "agents_online_peak", phase="before") == 0


def test_a_tally_survives_pickling(micro: Story) -> None:
    counted = tally(micro.run(), micro.model)
    again = pickle.loads(pickle.dumps(counted))  # noqa: S301  # our own bytes: tallies travel between processes
    assert again.values == counted.values
    assert np.array_equal(again.contacts, counted.contacts)


def test_quantiles_are_the_smallest_value_that_enough_do_not_exceed() -> None:
    ordered = Sorted(np.array([4.0, 1.0, 3.0, 2.0, 10.0]))
    assert list(ordered.grouped((0.5, 0.9, 1.0), np.zeros(5, dtype=int), 1)[:, 0]) == [3.0, 10.0, 10.0]
    by_group = ordered.grouped((0.5,), np.array([0, 0, 2, 0, 2]), 3)[0]
    assert by_group[0] == 2.0
    assert np.isnan(by_group[1])
    assert by_group[2] == 3.0
    assert np.isnan(Sorted(np.array([])).grouped((0.5,), np.array([], dtype=int), 2)).all()


ATTEMPT = st.tuples(
    st.floats(0.0, 30_000.0),
    st.sampled_from([o for o in Outcome if ENTERS[o] and o not in {Outcome.OPEN_AT_END, Outcome.IN_SERVICE_AT_END}]),
    st.sampled_from([0.0, 3.0, 5.0, 20.0, 21.0, 900.0]),
    st.floats(0.0, 900.0),
)

MENU = st.sampled_from([0.0, 0.0, 30.0])


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_sums_are_those_of_a_plain_loop(data: st.DataObject, story: Callable[..., Story]) -> None:
    told = story()
    for _ in range(data.draw(st.integers(0, 12))):
        attempts = sorted(data.draw(st.lists(ATTEMPT, min_size=1, max_size=3)))
        told.customer(*attempts, need=data.draw(st.integers(0, 1)), site=data.draw(st.integers(-1, 1)), menu=data.draw(MENU))
    run = told.run()
    counted = tally(run, told.model)
    expected = np.zeros_like(counted.contacts)
    book = run.ledger
    for i in range(len(book)):
        outcome = Outcome(book.outcome[i])
        place = (int(counted.frame.slot_of(book.arrived[i])), int(book.need[i]), 0)
        queues = "offered" in ENTERS[outcome] and outcome is not Outcome.BALKED
        wait = float((book.released if np.isnan(book.answered[i]) else book.answered)[i] - book.queued[i]) if queues else 0.0
        entered = dict.fromkeys(ENTERS[outcome], 1.0)
        entered["wanted"] = float(outcome not in {Outcome.CONTAINED, Outcome.DEFLECTED})
        entered["got_through"] = float("answered" in entered)
        entered["fresh_contacts" if book.attempt[i] == 0 else "redials"] = 1.0
        entered["queued"] = float(wait > 0)
        if "answered" in entered:
            entered |= {"answered_in_time": float(round(wait, 6) <= 20), "wait_answered": wait}
        if outcome is Outcome.HANDLED:
            entered["handle_time"] = float(book.ended[i] - book.answered[i])
        if outcome is Outcome.ABANDONED:
            early = {"abandoned_short": float(round(wait, 6) <= 5), "abandoned_in_time": float(round(wait, 6) <= 20)}
            entered |= early | {"wait_abandoned": wait}
        if outcome is Outcome.BALKED:
            entered["wait_balked"] = float(book.released[i] - book.arrived[i])
        for name, amount in entered.items():
            expected[(CONTACT_SUMS.index(name), *place)] += amount
    assert counted.contacts == pytest.approx(expected)
    customers = counted.customers[CUSTOMER_SUMS.index("customers")]
    assert customers.sum() == len(run.persons)
