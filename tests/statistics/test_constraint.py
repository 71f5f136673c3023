"""The binding constraint: the first answer of the chain, interval by interval."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.crisis.actions import Decide, RerouteNumbers
from simulator.model.world import After, Step
from simulator.records.run import LogEntry
from simulator.statistics.constraint import NAMES, binding, decisions_awaited
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


def test_the_first_that_holds_is_the_answer() -> None:
    yes, no = np.array([True]), np.array([False])
    assert NAMES[binding(yes, yes, yes, yes, yes)[0]] == "none"
    assert NAMES[binding(no, yes, yes, yes, yes)[0]] == "decision"
    assert NAMES[binding(no, no, yes, yes, yes)[0]] == "numbers"
    assert NAMES[binding(no, no, no, yes, yes)[0]] == "seats"
    assert NAMES[binding(no, no, no, no, yes)[0]] == "lines"
    assert NAMES[binding(no, no, no, no, no)[0]] == "people"


def crisis(story: Callable[..., Story]) -> Story:
    """Impact at two hours; decided an hour later; numbers at the temporary site at four hours; seats there at five."""
    told = story(playbook=PLAYBOOK, events=(QUAKE,))
    for instant, step, what in (
        (2 * HOUR, "quake", "done"),
        (3 * HOUR, "decide", "triggered"),
        (3 * HOUR, "decide", "done"),
        (4 * HOUR, "reroute", "done"),
    ):
        told.log.append(LogEntry(instant, "action", step, what))
    for hour in range(9):
        answered = hour < 2 or hour >= 8
        told.customer((hour * HOUR + 60.0, Outcome.HANDLED if answered else Outcome.BLOCKED, 0.0, 30.0), cause=Cause.NO_LINE)
    at = np.arange(10)
    told.seen["numbers_live"] = ((at < 2) | (at >= 4)).astype(np.uint8)
    told.seen["seats"] = np.column_stack((np.where(at < 2, 20, 0), np.where(at >= 5, 10, 0)))
    told.seen["waiting_for_seat"] = np.column_stack((0 * at, np.where(at == 5, 7, 0)))
    time = np.zeros((10, 1, len(AgentState)))
    time[:, 0, AgentState.OFF] = 12 * at * HOUR
    idle = np.where(at >= 7, HOUR * 2, 0).cumsum()  # two agents are free in the hours that end at seven and later
    time[:, 0, AgentState.OFF] -= idle
    time[:, 0, AgentState.AVAILABLE] = idle
    told.seen["agent_time"] = time
    return told


def test_the_story_is_told_hour_by_hour(story: Callable[..., Story]) -> None:
    told = crisis(story)
    codes = tally(told.run(), told.model).constraint
    assert [NAMES[c] for c in codes] == ["numbers", "seats", "seats", "people", "lines", "lines", "none"]
    # The decision falls at three hours, the end of the first hour: what stands then is the numbers.


def test_a_decision_is_awaited_from_the_event_that_calls_for_it(story: Callable[..., Story]) -> None:
    told = crisis(story)
    told.log[1:3] = [LogEntry(3 * HOUR, "action", "decide", "triggered"), LogEntry(3.5 * HOUR, "decision", "decide", "done")]
    assert decisions_awaited(told.log, told.model) == [(2 * HOUR, 3.5 * HOUR)]
    assert NAMES[tally(told.run(), told.model).constraint[0]] == "decision"
    assert tally(told.run(), told.model).values["decision_latency", "", "", "", "", ""] == 1.5 * HOUR


def test_a_decision_never_taken_is_endless_and_one_never_called_for_is_none(story: Callable[..., Story]) -> None:
    told = crisis(story)
    told.log[:] = [LogEntry(2 * HOUR, "event", "quake", "done"), LogEntry(3 * HOUR, "action", "decide", "triggered")]
    counted = tally(told.run(), told.model)
    assert counted.values["decision_latency", "", "", "", "", ""] == np.inf
    assert [NAMES[c] for c in counted.constraint] == ["decision"] * 6 + ["none"]
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
