"""The end of the run: who is being served then has got somebody, and every dial counts."""

from __future__ import annotations

from dataclasses import replace
from math import inf, isnan

import pytest

from simulator.crisis.handling import OfferCallback, StartCampaign
from simulator.crisis.play import simulate
from simulator.model.distributions import Constant
from simulator.model.world import At, Channel, Step
from simulator.records import Run
from simulator.statistics.books import check_books
from simulator.vocabulary import Fate, Outcome, Piece, Solved
from simulator.workload import Workload
from tests.rules.small_centre import centre, outcomes
from tests.rules.small_channels import ALWAYS, BACK, CHAT, MAIL, MESSAGE, NEVER, VOICE, hand, what, with_channels

END = 1000.0
OFFER = Step("offer", OfferCallback("voice", "back", above=0.0, accept=1.0), At(0.0))
TALK = {"talk": [Constant(50.0)], "spacing": [Constant(100.0)]}


def fates(run: Run) -> list[Fate]:
    return [Fate(fate) for fate in run.persons.fate]


def test_who_talks_at_the_end_is_in_service_and_who_waits_is_still_trying() -> None:
    run = simulate(centre(1), Workload.by_hand([10, 20, 30], [5, 2000, 5], [inf, inf, inf]))
    assert outcomes(run) == "siw"
    assert fates(run) == [Fate.SERVED, Fate.IN_SERVICE, Fate.STILL_TRYING]
    assert run.persons.settled[:2].tolist() == [10, 20]
    assert isnan(run.persons.settled[2])


def test_who_is_talked_to_was_served_once_the_talk_is_over_though_the_agent_still_writes() -> None:
    run = simulate(centre(1), Workload.by_hand([10], [5], [inf], wrap=[2000]))
    assert outcomes(run) == "i"
    assert fates(run) == [Fate.SERVED]


def test_a_need_that_ended_during_the_talk_has_ended() -> None:
    run = simulate(centre(1), Workload.by_hand([10], [2000], [inf]).with_columns(solved_at=[500.0], solved_by=[Solved.REPAIRED]))
    assert fates(run) == [Fate.SOLVED_ELSEWHERE]


@pytest.mark.parametrize(("channel", "piece"), [(VOICE, False), (CHAT, False), (MAIL, False), (MESSAGE, True)])
def test_on_every_channel_a_first_answer_under_way_is_service(channel: Channel, piece: bool) -> None:
    laws = {"talk": [Constant(2000.0)], "silence": [Constant(30.0)], "reading": [Constant(0.0)]}
    run = simulate(with_channels(channel), hand((10, 2000, inf, 0), laws=laws))
    check_books(run)
    assert what(run) == ["in_service_at_end"]
    assert fates(run) == [Fate.IN_SERVICE]
    assert [Piece(p) for p in run.pieces.what] == [Piece.UNFINISHED] * piece


def test_whoever_has_had_a_message_answered_is_served_though_the_conversation_goes_on() -> None:
    laws = {"talk": [Constant(10.0)], "silence": [Constant(30.0)], "reading": [Constant(0.0)]}
    assert MESSAGE.turns is not None
    model = with_channels(replace(MESSAGE, turns=replace(MESSAGE.turns, number=1e9)))
    assert fates(simulate(model, hand((10, 1, inf, 0), laws=laws))) == [Fate.SERVED]


def dialled(at: float, talk: float = 50.0, answers: tuple[tuple[float, ...], ...] = ALWAYS) -> Run:
    """Somebody was offered a callback at 2 s; the agent dials at ``at``, for ten seconds."""
    assert BACK.calling is not None
    model = replace(with_channels(VOICE, replace(BACK, calling=replace(BACK.calling, answers=answers))), playbook=(OFFER,))
    laws = {**TALK, "talk": [Constant(talk)]}
    run = simulate(replace(model, service_order="person"), hand((1, at - 1.0, inf, 0), (2, 9, inf, 0), channels=2, laws=laws))
    check_books(run, model)
    return run


def test_a_dial_under_way_counts_as_service_and_as_a_dial() -> None:
    run = dialled(END - 5.0)
    assert what(run)[-1] == "in_service_at_end"
    assert isnan(run.ledger.answered[-1])
    assert fates(run) == [Fate.SERVED, Fate.IN_SERVICE]
    assert isnan(run.persons.settled[1])  # nobody has answered the telephone yet
    assert [Piece(p) for p in run.pieces.what] == [Piece.UNFINISHED]
    assert (run.pieces.begun[0], run.pieces.ended[0]) == (END - 5.0, END)


def test_a_talk_that_came_of_a_dial_is_a_dial_that_became_a_talk() -> None:
    run = dialled(END - 30.0)
    assert fates(run) == [Fate.SERVED, Fate.IN_SERVICE]
    assert run.persons.settled[1] == END - 20.0
    assert [Piece(p) for p in run.pieces.what] == [Piece.REACHED]


def test_between_two_dials_nobody_is_being_served() -> None:
    run = dialled(END - 50.0, answers=NEVER)
    assert what(run)[-1] == "open_at_end"
    assert fates(run) == [Fate.SERVED, Fate.STILL_TRYING]


def test_who_had_given_up_is_in_service_while_we_call_them() -> None:
    """We call of our own accord; the first agent is on the phone all day, and whoever hangs up tries no more."""
    campaign = Step("list", StartCampaign("back", since=0.0), At(900.0))
    model = replace(with_channels(VOICE, BACK), playbook=(campaign,), service_order="person")
    run = simulate(model, hand((1, 980, inf, 0), (2, 9, 1, 0), channels=2, laws=TALK))
    assert what(run) == ["handled", "abandoned", "in_service_at_end"]
    assert fates(run) == [Fate.SERVED, Fate.IN_SERVICE]
    run = simulate(replace(model, playbook=()), hand((1, 980, inf, 0), (2, 9, 1, 0), channels=2, laws=TALK))
    assert fates(run) == [Fate.SERVED, Fate.GAVE_UP]
    assert Outcome.IN_SERVICE_AT_END not in run.ledger.outcome
