"""What holds in every run with every kind of channel, whatever breaks and whatever is done about it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.crisis.play import simulate
from simulator.model.channels import KINDS
from simulator.model.world import Model
from simulator.records import Run
from simulator.statistics.books import check_books
from simulator.statistics.tally import tally
from simulator.workload import draw
from tests.properties.channelled import channelled

crises = st.integers(0, 2**32).map(channelled)


def work(run: Run, model: Model) -> tuple[np.ndarray, ...]:
    """Every stretch of work: agent, begin, end, and slots that it leaves of the agent's (0: it takes the whole agent)."""
    book, pieces = run.ledger, run.pieces
    slots = np.array([len(channel.speeds) for channel in model.channels])[book.channel]
    in_pieces = np.zeros(len(book), dtype=bool)
    in_pieces[pieces.contact] = True
    turns = np.array([channel.turns is not None or KINDS[channel.kind].calls_out for channel in model.channels])[book.channel]
    plain = ~np.isnan(book.answered) & ~in_pieces & ~turns
    ends = np.where(np.isnan(book.ended), run.ended_at, book.ended)
    return (
        np.concatenate([book.agent[plain], pieces.agent]),
        np.concatenate([book.answered[plain], pieces.begun]),
        np.concatenate([ends[plain], pieces.ended]),
        np.concatenate([slots[plain], slots[pieces.contact]]),
    )


@given(crises)
@settings(max_examples=120, deadline=None, derandomize=True)
def test_books_and_agents(model: Model) -> None:
    """The books balance; an agent does one thing at a time, or at most as many chats as there are slots."""
    run = simulate(model, draw(model, 1, 0))
    check_books(run, model)
    tally(run, model)
    agent, begun, ended, slots = work(run, model)
    assert (ended >= begun).all()
    for person in np.unique(agent):
        mine = agent == person
        for several in (False, True):
            part = mine & ((slots > 1) == several)
            times = np.concatenate([begun[part], ended[part]])
            change = np.concatenate([np.ones(part.sum()), -np.ones(part.sum())])
            held = np.cumsum(change[np.lexsort((change, times))])
            assert held.max(initial=0) <= (slots[part].max(initial=1) if several else 1)
    assert (run.observations.conversations >= 0).all()
    assert ((run.strain >= 0) & (run.strain <= 1)).all()
    assert sum(run.costs.values()) <= model.budget or np.isinf(model.budget)


@given(crises)
@settings(max_examples=25, deadline=None, derandomize=True)
def test_a_shorter_run_is_a_prefix(model: Model) -> None:
    half = model.clock.duration / 2
    # What is committed of the budget depends on how long the run still lasts, so nothing is refused for it here.
    model = replace(model, budget=float("inf"))
    workload = draw(model, 5, 0)
    whole = simulate(model, workload).ledger
    part = simulate(replace(model, clock=replace(model.clock, duration=half)), workload).ledger
    n = len(part)
    for column in ("customer", "arrived", "channel", "attempt"):
        np.testing.assert_array_equal(getattr(whole, column)[:n], getattr(part, column))
    settled = part.ended < half
    np.testing.assert_array_equal(whole.outcome[:n][settled], part.outcome[settled])
    np.testing.assert_array_equal(whole.ended[:n][settled], part.ended[settled])
