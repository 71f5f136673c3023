"""What held service down: one cause an interval, for the time in which the level was below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from simulator.crisis.actions import Decide, RerouteNumbers
from simulator.model.world import After, Step
from simulator.records.run import LogEntry
from simulator.statistics.constraint import NAMES, decisions_awaited
from simulator.statistics.summarise import summarise
from simulator.statistics.tally import tally
from simulator.vocabulary import AgentState, Cause, Outcome

if TYPE_CHECKING:
    from tests.statistics.conftest import Story

HOUR = 3600.0
QUAKE = Step("quake", Decide("nobody"))  # any act: only its instant matters here
PLAYBOOK = (
    Step("decide", Decide("manager"), After("quake", HOUR)),
    Step("reroute", RerouteNumbers("temporary"), needs=("decide",)),
)


def crisis(story: Callable[..., Story]) -> Story:
    """Impact at two hours; decided an hour later; numbers at the temporary site at four hours; seats there at five.

    A call a minute: the door is shut until four hours, then there are too few seats, agents and lines.
    """
    told = story(playbook=PLAYBOOK, events=(QUAKE,))
    for instant, step, what in (
        (2 * HOUR, "quake", "done"),
        (3 * HOUR, "decide", "triggered"),
        (3 * HOUR, "decide", "done"),
        (4 * HOUR, "reroute", "done"),
    ):
        told.log.append(LogEntry(instant, "action", step, what))
    for minute in range(9 * 60):
        hour = minute // 60
        answered = hour < 2 or hour >= 8
        cause = Cause.NONE if answered else Cause.SITE_DOWN if hour < 4 else Cause.NO_LINE
        told.customer((60.0 * minute, Outcome.HANDLED if answered else Outcome.BLOCKED, 0.0, 30.0), cause=cause)
    at = np.arange(10)
    told.seen["seats"] = np.column_stack((np.where(at < 2, 20, 0), np.where(at >= 5, 10, 0)))
    told.seen["waiting_for_seat"] = np.column_stack((0 * at, np.where(at == 5, 7, 0)))
    time = np.zeros((10, 1, len(AgentState)))
    time[:, 0, AgentState.OFF] = 12 * at * HOUR
    idle = np.where(at >= 7, HOUR * 2, 0).cumsum()  # two agents are free in the hours that end at seven and later
    time[:, 0, AgentState.OFF] -= idle
    time[:, 0, AgentState.AVAILABLE] = idle
    told.seen["agent_time"] = time
    return told


def causes(told: Story) -> list[dict[str, Any]]:
    """What took how much of each interval after the impact."""
    rows = tally(told.run(), told.model).constraint
    return [{name: pytest.approx(share, abs=1e-9) for name, share in zip(NAMES, row, strict=True) if share > 1e-9} for row in rows]


def test_the_story_is_told_hour_by_hour(story: Callable[..., Story]) -> None:
    told = causes(crisis(story))
    assert [max(hour, key=lambda name: hour[name].expected) for hour in told] == [
        "numbers", "numbers", "seats", "people", "lines", "lines", "none"
    ]  # fmt: skip
    # The decision falls at three hours, the end of the first hour: it is not awaited any more.
    assert told[5] == {"none": 1 / 60, "lines": 59 / 60}  # the last failed call is that of 7:59


@pytest.mark.parametrize(
    ("cause", "outcome", "name"),
    [
        (Cause.LINK_DOWN, Outcome.LOST_UPSTREAM, "links"), (Cause.CONGESTION, Outcome.LOST_UPSTREAM, "network"),
        (Cause.PLATFORM_DOWN, Outcome.BLOCKED, "switch"), (Cause.SITE_DOWN, Outcome.BLOCKED, "numbers"),
        (Cause.CLOSED, Outcome.BLOCKED, "closed"), (Cause.NO_LINE, Outcome.BLOCKED, "lines"), (Cause.RESERVED, Outcome.BLOCKED, "lines"),
        (Cause.NONE, Outcome.ABANDONED, "people"), (Cause.NONE, Outcome.CUT_OFF, "people"),
    ],
)  # fmt: skip
def test_what_takes_most_of_the_contacts_is_the_cause(story: Callable[..., Story], cause: Cause, outcome: Outcome, name: str) -> None:
    told = story(duration=4 * HOUR)
    for minute in range(4 * 60):
        lost = minute >= 120
        told.customer((60.0 * minute, outcome if lost else Outcome.HANDLED, 0.0, 30.0), cause=cause if lost and minute % 3 else Cause.NONE)
    assert causes(told)[0] == {name: 1.0}


def test_too_few_lines_are_no_cause_while_nobody_is_free(story: Callable[..., Story]) -> None:
    told = crisis(story)
    told.seen["agent_time"][:, 0, AgentState.BUSY] = told.seen["agent_time"][:, 0, AgentState.AVAILABLE]
    told.seen["agent_time"][:, 0, AgentState.AVAILABLE] = 0.0
    assert all("lines" not in hour for hour in causes(told))


def test_hours_in_which_it_is_closed_are_closed_and_nothing_else(story: Callable[..., Story]) -> None:
    told = crisis(story)
    channel = replace(told.model.channels[0], hours=((0.0, 3 * HOUR), (5 * HOUR, 9 * HOUR)))
    told.model = replace(told.model, channels=(channel,))
    hours = causes(told)
    assert hours[1] == hours[2] == {"closed": 1.0}
    assert not any("closed" in hour for hour in (hours[0], *hours[3:]))


def test_where_there_is_no_telephone_seats_are_those_of_all_sites(story: Callable[..., Story]) -> None:
    told = crisis(story)
    told.model = replace(told.model, channels=(replace(told.model.channels[0], name="chat", kind="chat", numbers=""),))
    assert "seats" not in causes(told)[3]
    assert "seats" in causes(told)[2]


def test_a_decision_is_awaited_from_the_event_that_calls_for_it(story: Callable[..., Story]) -> None:
    told = crisis(story)
    told.log[1:3] = [LogEntry(3 * HOUR, "action", "decide", "triggered"), LogEntry(3.5 * HOUR, "decision", "decide", "done")]
    assert decisions_awaited(told.log, told.model) == [(2 * HOUR, 3.5 * HOUR)]
    assert causes(told)[0] == {"decision": 1.0}
    assert tally(told.run(), told.model).values["decision_latency", "", "", "", "", ""] == 1.5 * HOUR


def test_a_decision_never_taken_is_endless_and_one_never_called_for_is_none(story: Callable[..., Story]) -> None:
    told = crisis(story)
    told.log[:] = [LogEntry(2 * HOUR, "event", "quake", "done"), LogEntry(3 * HOUR, "action", "decide", "triggered")]
    counted = tally(told.run(), told.model)
    assert counted.values["decision_latency", "", "", "", "", ""] == np.inf
    assert [hour.keys() for hour in causes(told)] == [{"decision"}] * 5 + [{"none", "decision"}, {"none"}]
    told.log[:] = [LogEntry(2 * HOUR, "event", "quake", "done")]
    assert decisions_awaited(told.log, told.model) == []
    assert ("decision_latency", "", "", "", "", "") not in tally(told.run(), told.model).values


def test_the_first_interval_begins_where_the_impact_is(story: Callable[..., Story]) -> None:
    told = story(impact=2 * HOUR + 840.0)
    told.customer((3 * HOUR, Outcome.HANDLED, 0.0, 60.0))
    found = summarise(told.model, [tally(told.run(), told.model)]).constraint
    assert found is not None
    assert list(found.start) == [2 * HOUR + 840.0, *(h * HOUR for h in range(3, 9))]


def test_shares_of_worlds_add_up_and_begin_at_the_impact(story: Callable[..., Story]) -> None:
    told, other = crisis(story), crisis(story)
    other.seen["waiting_for_seat"] = np.zeros((10, 2), dtype=int)
    found = summarise(told.model, [tally(told.run(0), told.model), tally(other.run(1), other.model)]).constraint
    assert found is not None
    assert found.start[0] == 2 * HOUR
    assert found.shares.sum(axis=1) == pytest.approx(1.0)
    assert found.shares[2, NAMES.index("seats")] == 0.5
    assert found.shares[2, NAMES.index("people")] == 0.5


def test_seats_are_those_behind_the_public_numbers_wherever_the_list_from_which_we_call_is_declared(story: Callable[..., Story]) -> None:
    """Callbacks hold lines too, but nobody dials them: their site is nowhere."""
    told = crisis(story)
    voice = told.model.channels[0]
    back = replace(voice, name="callbacks", kind="callback", numbers="")
    told.model = replace(told.model, channels=(back, voice))
    told.rows = [(*row[:3], 1, *row[4:]) for row in told.rows]
    told.seen["queue"] = np.zeros((10, 4), dtype=int)
    assert "seats" in causes(told)[2]
