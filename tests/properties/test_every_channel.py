"""What holds in every run with every kind of channel, whatever breaks and whatever is done about it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.crisis.events import SetLines
from simulator.crisis.handling import AddLines
from simulator.crisis.play import simulate
from simulator.model.channels import KINDS
from simulator.model.world import Model, Step
from simulator.records import Run
from simulator.statistics.books import check_books, entries_of
from simulator.statistics.tally import tally
from simulator.vocabulary import Outcome
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
@settings(max_examples=60, deadline=None, derandomize=True)
def test_lines_are_held_by_who_talks_and_by_nobody_else(model: Model) -> None:
    """At every look, the lines in use are those of callers, from the switch to the end of talk, and of our dials; an entry has no site."""
    run = simulate(model, draw(model, 1, 0))
    book, pieces, seen = run.ledger, run.pieces, run.observations
    listed = entries_of(run, model)
    assert (book.site[listed] == -1).all()
    calls = np.flatnonzero((book.site >= 0) & ~listed)
    dials = np.flatnonzero(listed[pieces.contact])
    begun = np.concatenate([book.arrived[calls], pieces.begun[dials]])
    ended = np.concatenate([np.where(np.isnan(book.released[calls]), np.inf, book.released[calls]), pieces.ended[dials]])
    ended[ended >= run.ended_at] = np.inf  # what goes on at the end
    for instant, used in zip(seen.instant.tolist(), seen.lines.sum(axis=1).tolist(), strict=True):
        held = int(((begun <= instant) & (instant < ended)).sum())
        assert used == held, f"at {instant} s"


@given(crises)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_nobody_is_listed_while_on_a_list_and_nobody_is_led_on_twice(model: Model) -> None:
    run = simulate(model, draw(model, 1, 0))
    book, listed = run.ledger, entries_of(run, model)
    accepted = np.flatnonzero(book.outcome == Outcome.CALLBACK_ACCEPTED)
    promised = set(zip(book.customer[accepted].tolist(), book.ended[accepted].tolist(), strict=True))
    on_a_list: dict[int, list[tuple[float, float]]] = {}
    for row in np.flatnonzero(listed).tolist():
        customer, since = int(book.customer[row]), float(book.arrived[row])
        until = np.inf if np.isnan(book.ended[row]) else float(book.ended[row])
        if (customer, since) not in promised:  # two entries of one list are two numbers of one person
            assert not any(other + 1.0 < since < end for other, end in on_a_list.get(customer, ()))
        on_a_list.setdefault(customer, []).append((since, until))
    tries = np.flatnonzero(~listed)
    tries = tries[np.lexsort((book.attempt[tries], book.customer[tries]))]
    led = (book.outcome[tries] == Outcome.DEFLECTED) & (np.diff(book.customer[tries], prepend=-1) == 0)
    assert not (led[1:] & (book.outcome[tries][:-1] == Outcome.DEFLECTED)).any()


@given(crises)
@settings(max_examples=20, deadline=None, derandomize=True)
def test_without_lines_nobody_calls_and_nobody_is_called(model: Model) -> None:

    def none(step: Step) -> Step:
        return replace(step, act=replace(step.act, lines=0)) if isinstance(step.act, SetLines | AddLines) else step

    links = tuple(replace(link, lines=0) for link in model.links)
    model = replace(model, links=links, events=tuple(map(none, model.events)), playbook=tuple(map(none, model.playbook)))
    run = simulate(model, draw(model, 1, 0))
    check_books(run, model)
    assert not entries_of(run, model)[run.pieces.contact].any()
    assert (run.observations.lines == 0).all()


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
