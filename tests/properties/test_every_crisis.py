"""What holds in every run, whatever breaks and whatever is done about it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.crisis.play import simulate
from simulator.model.world import Model
from simulator.statistics.books import check_books
from simulator.vocabulary import Outcome
from simulator.workload import draw
from tests.properties.generated import crisis

crises = st.integers(0, 2**32).map(crisis)


@given(crises)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_books_lines_seats_and_agents(model: Model) -> None:
    """The books balance, nobody waits a negative time, lines and seats are never exceeded, an agent is in one place."""
    run = simulate(model, draw(model, 1, 0))
    check_books(run)
    ledger, seen = run.ledger, run.observations
    assert (seen.lines >= 0).all()
    # A link that lost lines keeps the calls in progress, so the bound is the most it ever had.
    most = np.maximum([link.lines for link in model.links], 30)
    assert (seen.lines <= most).all()
    assert (seen.online <= np.array([site.seats.total for site in model.sites])).all()
    answered = ~np.isnan(ledger.answered)
    assert (ledger.answered[answered] >= ledger.arrived[answered]).all()
    order = np.lexsort((ledger.answered[answered], ledger.agent[answered]))
    agent = ledger.agent[answered][order]
    begins = ledger.answered[answered][order]
    ends = np.where(np.isnan(ledger.ended[answered]), np.inf, ledger.ended[answered])[order]
    same = agent[1:] == agent[:-1]
    assert (begins[1:][same] >= ends[:-1][same]).all()
    at_the_end = ledger.outcome == Outcome.OPEN_AT_END
    assert int(at_the_end.sum()) == int(seen.queue[-1].sum())


@given(crises)
@settings(max_examples=15, deadline=None, derandomize=True)
def test_the_same_workload_gives_the_same_run(model: Model) -> None:
    first, second = (simulate(model, draw(model, 3, 1)) for _ in range(2))
    assert first.log == second.log
    for column in ("customer", "arrived", "answered", "ended", "outcome", "agent"):
        np.testing.assert_array_equal(getattr(first.ledger, column), getattr(second.ledger, column))


@given(crises)
@settings(max_examples=15, deadline=None, derandomize=True)
def test_a_shorter_run_is_a_prefix(model: Model) -> None:
    """Stopping earlier changes nothing of what has happened by then."""
    half = model.clock.duration / 2
    workload = draw(model, 5, 0)
    whole = simulate(model, workload).ledger
    part = simulate(replace(model, clock=replace(model.clock, duration=half)), workload).ledger
    n = len(part)
    np.testing.assert_array_equal(whole.customer[:n], part.customer)
    np.testing.assert_array_equal(whole.arrived[:n], part.arrived)
    settled = part.ended < half
    np.testing.assert_array_equal(whole.outcome[:n][settled], part.outcome[settled])
    np.testing.assert_array_equal(whole.ended[:n][settled], part.ended[settled])
