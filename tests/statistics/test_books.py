"""The books: one table says what each outcome enters, and a run whose facts contradict each other fails loudly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.errors import BooksError
from simulator.model.world import Channel
from simulator.statistics.books import CONTACT_SUMS, COUNTS, ENTERS, ENTERS_OF_CALLBACKS, IDENTITIES, check_books, check_sums
from simulator.vocabulary import AgentState, Cause, Fate, Outcome, Piece, Solved

if TYPE_CHECKING:
    from simulator.records.run import Run
    from tests.statistics.conftest import Story


def test_every_outcome_enters_each_level_of_every_identity_once() -> None:
    assert set(ENTERS) == set(Outcome)
    tables = [*ENTERS.items(), *ENTERS_OF_CALLBACKS.items()]
    for whole, parts in IDENTITIES:
        for outcome, entered in tables:
            assert sum(part in entered for part in parts) == (whole in entered), (outcome, whole)
    assert {name for _, entered in tables for name in entered} == set(COUNTS)
    assert not {name for entered in ENTERS.values() for name in entered} & {n for e in ENTERS_OF_CALLBACKS.values() for n in e}


def full_story(story: Story) -> Story:
    """Every outcome once, some customers with two attempts."""
    story.customer((10.0, Outcome.LOST_UPSTREAM, 0.0, 0.0), (50.0, Outcome.HANDLED, 12.5, 200.0))
    story.customer((20.0, Outcome.BLOCKED, 0.0, 0.0), (80.0, Outcome.ABANDONED, 30.0, 0.0), need=1)
    story.customer((30.0, Outcome.CONTAINED, 0.0, 0.0), fate=Fate.SOLVED_ELSEWHERE, solved=Solved.ANNOUNCEMENT, settled=30.0)
    story.customer((40.0, Outcome.BALKED, 2.0, 0.0))
    story.customer((60.0, Outcome.CUT_OFF, 100.0, 0.0), need=1)
    story.customer((70.0, Outcome.DROPPED, 5.0, 90.0))
    story.customer((75.0, Outcome.HANDLED, 5.0, 90.0), menu=30.0)
    story.customer((80.0, Outcome.CALLBACK_ACCEPTED, 15.0, 0.0))
    story.customer((80.0, Outcome.DEFLECTED, 0.0, 0.0), (80.0, Outcome.HANDLED, 5.0, 60.0))
    story.customer((32_000.0, Outcome.OPEN_AT_END, 0.0, 0.0), fate=Fate.STILL_TRYING)
    story.customer((32_100.0, Outcome.IN_SERVICE_AT_END, 60.0, 0.0))
    story.customer(onset=500.0, fate=Fate.STAYED_AWAY)
    return story


def test_a_true_story_balances(story: Callable[..., Story]) -> None:
    told = full_story(story())
    check_books(told.run())
    check_books(told.run(), told.model)


def test_an_empty_run_balances(story: Callable[..., Story]) -> None:
    check_books(story().run())


def ledger(**columns: Callable[[Run], np.ndarray]) -> Callable[[Run], Run]:
    return lambda run: replace(run, ledger=replace(run.ledger, **{name: change(run) for name, change in columns.items()}))


def persons(**columns: Callable[[Run], np.ndarray]) -> Callable[[Run], Run]:
    return lambda run: replace(run, persons=replace(run.persons, **{name: change(run) for name, change in columns.items()}))


def seen(**columns: Callable[[Run], np.ndarray]) -> Callable[[Run], Run]:
    return lambda run: replace(run, observations=replace(run.observations, **{name: change(run) for name, change in columns.items()}))


def put(array: np.ndarray, place: int | tuple[int, ...], value: float) -> np.ndarray:
    changed = array.copy()
    changed[place] = value
    return changed


def row(run: Run, outcome: Outcome) -> int:
    return int(np.flatnonzero(run.ledger.outcome == outcome)[0])


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (ledger(outcome=lambda r: put(r.ledger.outcome, 0, Outcome.NONE)), "every row has an outcome"),
        (ledger(outcome=lambda r: put(r.ledger.outcome, 0, 99)), "every row has an outcome"),
        (ledger(need=lambda r: put(r.ledger.need, 0, 7)), "every row has a need and a channel"),
        (ledger(need=lambda r: put(r.ledger.need, row(r, Outcome.BLOCKED), 0)), "a contact has its customer's need"),
        (ledger(arrived=lambda r: put(r.ledger.arrived, 0, -1.0)), "contacts arrive during the run"),
        (ledger(arrived=lambda r: put(r.ledger.arrived, 0, np.nan)), "contacts arrive during the run"),
        (ledger(answered=lambda r: put(r.ledger.answered, row(r, Outcome.HANDLED), np.nan)), "answered = handled"),
        (ledger(agent=lambda r: put(r.ledger.agent, row(r, Outcome.HANDLED), -1)), "an agent answered"),
        (ledger(answered=lambda r: put(r.ledger.answered, row(r, Outcome.HANDLED), 1.0)), "queued <= answered"),
        (ledger(queued=lambda r: put(r.ledger.queued, row(r, Outcome.HANDLED), 1.0)), "arrived <= queued"),
        (ledger(queued=lambda r: put(r.ledger.queued, row(r, Outcome.HANDLED), np.nan)), "who was answered had met the agents"),
        (ledger(outcome=lambda r: put(r.ledger.outcome, row(r, Outcome.BLOCKED), Outcome.NOT_REACHED)), "a contact ends as a contact can"),
        (ledger(released=lambda r: put(r.ledger.released, row(r, Outcome.ABANDONED), 1.0)), "answered <= released"),
        (ledger(ended=lambda r: put(r.ledger.ended, row(r, Outcome.HANDLED), 60.0)), "released <= ended"),
        (ledger(ended=lambda r: put(r.ledger.ended, row(r, Outcome.HANDLED), np.nan)), "every finished contact has an end"),
        (ledger(ended=lambda r: put(r.ledger.ended, row(r, Outcome.HANDLED), 1e9)), "nothing ends after the run"),
        (persons(attempts=lambda r: put(r.persons.attempts, 0, 5)), "attempts in the ledger = attempts of people"),
        (persons(fate=lambda r: put(r.persons.fate, 0, 9)), "every customer has one fate"),
        (persons(fate=lambda r: put(r.persons.fate, 1, Fate.SERVED)), "the served have a handled contact"),
        (persons(resolved=lambda r: put(r.persons.resolved, 1, 1)), "whose need an answer ended was served"),
        (persons(solved=lambda r: put(r.persons.solved, 2, Solved.NO)), "the solved elsewhere have a reason"),
        (persons(settled=lambda r: put(r.persons.settled, 2, np.nan)), "a settled need has an instant"),
        (persons(fate=lambda r: put(r.persons.fate, 3, Fate.STAYED_AWAY)), "who stayed away made no contact"),
        (persons(fate=lambda r: put(r.persons.fate, 9, Fate.IN_SERVICE)), "who is in service at the end has a contact in service"),
        (persons(fate=lambda r: put(r.persons.fate, 10, Fate.STILL_TRYING)), "who got nobody has no contact in service at the end"),
        (persons(fate=lambda r: put(r.persons.fate, 10, Fate.GAVE_UP)), "who got nobody has no contact in service at the end"),
        (seen(queue_time=lambda r: put(r.observations.queue_time, (-1, 1), 0.0)), "channel voice, need urgent at"),
        (seen(queue_time=lambda r: r.observations.queue_time + 1.0), "channel voice, need everyday at 0 s"),
        (seen(agent_time=lambda r: put(r.observations.agent_time, (3, 0, AgentState.BUSY), 0.0)), "agents' times add up"),
        (seen(agent_time=lambda r: put(r.observations.agent_time, (3, 0, AgentState.BUSY), np.nan)), "agents' times add up"),
    ],
)
def test_a_spoiled_run_fails_and_says_where(story: Callable[..., Story], spoil: Callable[[Run], Run], message: str) -> None:
    run = full_story(story()).run(replication=3)
    check_books(run)
    with pytest.raises(BooksError) as caught:
        check_books(spoil(run))
    assert message in str(caught.value)
    assert "variant as-written, replication 3" in str(caught.value)


def test_the_model_knows_the_headcount(story: Callable[..., Story]) -> None:
    told = story()
    fewer = replace(told.model, teams=(replace(told.model.teams[0], headcount=11),))
    with pytest.raises(BooksError, match="agents' times add up to headcount x run: team service"):
        check_books(told.run(), fewer)


def test_time_does_not_run_backwards(story: Callable[..., Story]) -> None:
    run = story().run()
    time = run.observations.agent_time.copy()
    time[4, 0, AgentState.BUSY] -= 40_000.0
    time[4, 0, AgentState.AVAILABLE] += 40_000.0
    with pytest.raises(BooksError, match="agents' times only grow"):
        check_books(seen(agent_time=lambda _: time)(run))


def test_sums_that_contradict_each_other_name_the_identity_the_need_and_the_interval() -> None:
    sums = np.zeros((len(CONTACT_SUMS), 2, 2))
    for name in ("attempted", "arrived", "offered", "answered"):
        sums[CONTACT_SUMS.index(name), 1, 1] = 1.0
    with pytest.raises(BooksError) as caught:
        check_sums(sums, ("everyday", "urgent"), np.array([0.0, 1800.0]))
    assert "answered = handled + dropped + in_service_at_end does not hold for need urgent in the interval from 1800 s" in str(caught.value)


def with_callbacks(story: Callable[..., Story]) -> Story:
    """Voice and a list: an entry of every kind of end."""
    voice = story().model.channels[0]
    told = story(channels=(voice, Channel("callbacks", "callback")))
    people = [told.customer((60.0 * k, Outcome.BLOCKED, 0.0, 0.0)) for k in range(5)]
    for person, fate, settled in ((people[0], Fate.SERVED, 1000.0), (people[4], Fate.IN_SERVICE, 32_300.0)):
        told.people[person] = (*told.people[person][:4], fate, Solved.NO, settled, *told.people[person][7:])
    told.callback(people[0], 300.0, Outcome.HANDLED, (900.0, Piece.NO_ANSWER, 20.0), (1000.0, Piece.REACHED, 200.0))
    told.callback(people[1], 300.0, Outcome.CONTAINED, (950.0, Piece.ALREADY_SOLVED, 60.0), cause=Cause.ALREADY_SOLVED)
    told.callback(people[2], 300.0, Outcome.NOT_REACHED, (1300.0, Piece.VOICEMAIL, 50.0))
    told.callback(people[3], 300.0, Outcome.OPEN_AT_END)
    told.callback(people[4], 300.0, Outcome.IN_SERVICE_AT_END, (32_300.0, Piece.UNFINISHED, 100.0))
    return told


def test_entries_of_a_list_have_books_of_their_own(story: Callable[..., Story]) -> None:
    told = with_callbacks(story)
    check_books(told.run(), told.model)
    with pytest.raises(BooksError, match="a contact ends as a contact can"):
        check_books(told.run())  # without the model nobody knows that these rows are ours
    told.callback(0, 400.0, Outcome.ABANDONED)
    with pytest.raises(BooksError, match="a callback as a callback can"):
        check_books(told.run(), told.model)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("contact", 99, "every piece of work belongs to a contact"),
        ("due", 0.0, "pieces of work follow their contact"),
        ("begun", 0.0, "due, begin and end in this order"),
        ("ended", np.nan, "due, begin and end in this order"),
        ("ended", 1e9, "pieces of work end during the run"),
        ("agent", -1, "every piece of work is somebody's"),
        ("what", 99, "every piece of work came to something"),
    ],
)
def test_spoiled_pieces_of_work_are_noticed(story: Callable[..., Story], column: str, value: float, message: str) -> None:
    told = with_callbacks(story)
    run = told.run()
    spoiled = replace(run, pieces=replace(run.pieces, **{column: put(getattr(run.pieces, column), 1, value)}))
    with pytest.raises(BooksError, match=message):
        check_books(spoiled, told.model)
