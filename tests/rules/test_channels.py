"""What a contact meets on each kind of channel: exact instants of a few contacts written by hand."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pytest

from simulator.crisis.actions import ReassignStaff
from simulator.crisis.events import FailPlatform, LoseSite
from simulator.crisis.handling import CloseChannel
from simulator.crisis.information import SetSelfService
from simulator.crisis.play import simulate
from simulator.model.channels import SelfService, Turns
from simulator.model.distributions import Constant, Exponential
from simulator.model.world import At, Channel, Platform, Shift, Step, Team
from simulator.vocabulary import Cause, Piece, Solved
from simulator.workload import Workload
from tests.rules.small_centre import centre
from tests.rules.small_channels import CHAT, MAIL, MESSAGE, VOICE, hand, what, with_channels

# -- self-service -------------------------------------------------------------------------------------------------------


def test_the_machine_comes_first_and_solves_what_it_can() -> None:
    menu = replace(VOICE, self_service=SelfService(Constant(5.0), {"question": 1.0}))
    run = simulate(with_channels(menu), hand((0, 9, 9, 0), (1, 9, 9, 0), laws={"menu": [Constant(5.0)]}))
    assert what(run) == ["contained", "contained"]
    assert run.ledger.ended.tolist() == [5, 6]
    assert [Cause(c) for c in run.ledger.cause] == [Cause.SELF_SERVICE] * 2
    assert [Solved(s) for s in run.persons.solved] == [Solved.SELF_SERVED] * 2
    assert np.isnan(run.ledger.queued).all()


def test_who_is_not_helped_by_the_machine_waits_from_then_on() -> None:
    menu = replace(VOICE, self_service=SelfService(Constant(5.0), {"question": 0.0}))
    run = simulate(with_channels(menu), hand((0, 9, 9, 0), (1, 9, 4, 0), laws={"menu": [Constant(5.0)]}))
    assert run.ledger.queued.tolist() == [5, 6]
    assert run.ledger.answered.tolist()[0] == 5
    assert what(run) == ["handled", "abandoned"]
    assert run.ledger.ended[1] == 10  # patience counts from the queue


def test_a_call_in_the_machine_holds_a_line_and_a_failure_cuts_it() -> None:
    menu = replace(VOICE, self_service=SelfService(Constant(5.0), {}))
    lost = Step("lost", LoseSite("main"), At(3.0))
    laws = {"menu": [Constant(5.0)]}
    run = simulate(replace(centre(lines=1, channel=menu), events=(lost,)), hand((0, 9, 9, 0), (1, 9, 9, 0), laws=laws))
    assert what(run) == ["cut_off", "blocked"]
    assert Cause(run.ledger.cause[1]) == Cause.NO_LINE


def test_what_the_machine_can_do_changes_and_changes_back() -> None:
    menu = replace(VOICE, self_service=SelfService(Constant(1.0), {}))
    better = Step("better", SetSelfService("voice", {"question": 1.0}), At(10.0), until=At(20.0))
    run = simulate(
        replace(with_channels(menu), playbook=(better,)),
        hand((0, 1, 9, 0), (12, 1, 9, 0), (25, 1, 9, 0), laws={"menu": [Constant(1.0)]}),
    )
    assert what(run) == ["handled", "contained", "handled"]


# -- chats --------------------------------------------------------------------------------------------------------------


def test_two_chats_at_once_at_full_speed() -> None:
    run = simulate(with_channels(CHAT), hand((0, 10, 99, 0), (2, 10, 99, 0), (4, 10, 99, 0)))
    assert run.ledger.answered.tolist() == [0, 2, 10]
    assert run.ledger.ended.tolist() == [10, 12, 20]


def test_chats_slow_each_other_down() -> None:
    """At half speed each: the first has 8 s left when the second comes, and so on."""
    run = simulate(with_channels(replace(CHAT, speeds=(1.0, 0.5))), hand((0, 10, 99, 0), (2, 10, 99, 0)))
    assert run.ledger.ended.tolist() == [18, 20]  # 8 s of the first take 16 s; then 2 s of the second are left


def test_a_chat_goes_to_the_agent_with_the_fewest() -> None:
    run = simulate(with_channels(replace(CHAT, speeds=(1.0,) * 3), agents=2), hand(*((float(t), 50, 99, 0) for t in range(5))))
    assert run.ledger.agent.tolist() == [0, 1, 0, 1, 0]


def test_an_agent_with_chats_takes_no_more_once_a_call_comes_first() -> None:
    """The call that has waited longest needs the whole agent, so the later chat does not slip into the free slot."""
    run = simulate(with_channels(CHAT, VOICE), hand((0, 10, 99, 0), (1, 20, 99, 0), (2, 5, 99, 1), (3, 5, 99, 0)))
    assert run.ledger.answered.tolist() == [0, 1, 21, 26]


def test_chats_end_with_the_building_and_the_wrap_up_with_the_chat() -> None:
    lost = Step("lost", LoseSite("main"), At(12.0))
    run = simulate(replace(with_channels(CHAT), events=(lost,)), hand((0, 10, 99, 0), (2, 30, 99, 0), wrap=[5, 5]))
    assert what(run) == ["handled", "dropped"]
    assert run.ledger.released.tolist() == [10, 12]
    assert run.ledger.ended.tolist() == [12, 12]


# -- letters and closing times ------------------------------------------------------------------------------------------


def test_calls_are_refused_outside_opening_hours_and_letters_wait() -> None:
    hours = ((10.0, 20.0), (100.0, 200.0))
    model = with_channels(replace(VOICE, hours=hours), replace(MAIL, hours=hours))
    run = simulate(model, hand((5, 1, 9, 0), (12, 3, 9, 0), (30, 1, inf, 1), (40, 1, 9, 0)))
    assert what(run) == ["blocked", "handled", "handled", "blocked"]
    assert Cause(run.ledger.cause[0]) == Cause.CLOSED
    assert run.ledger.answered[2] == 100


def test_who_waits_at_closing_time_is_still_served() -> None:
    run = simulate(with_channels(replace(VOICE, hours=((0.0, 10.0),))), hand((0, 30, 99, 0), (5, 4, 99, 0)))
    assert run.ledger.answered.tolist() == [0, 30]


def test_agents_are_kept_free_for_calls() -> None:
    run = simulate(with_channels(VOICE, replace(MAIL, keep_free=1), agents=2), hand((0, 9, 9, 1), (0, 9, inf, 1), (1, 4, 9, 0)))
    assert run.ledger.answered.tolist() == [0, 9, 1]


def test_a_letter_outlives_the_building() -> None:
    lost = Step("lost", LoseSite("main"), At(3.0), until=At(50.0))
    run = simulate(replace(with_channels(MAIL), events=(lost,)), hand((0, 10, inf, 0)))
    assert what(run) == ["handled"]
    assert run.ledger.ended.tolist() == [60]
    assert [Piece(p) for p in run.pieces.what] == [Piece.UNFINISHED, Piece.TALK]
    assert run.pieces.begun.tolist() == [0, 50]


def test_a_channel_is_taken_out_of_service() -> None:
    shut = Step("shut", CloseChannel("voice"), At(5.0), until=At(8.0))
    run = simulate(replace(with_channels(VOICE), events=(shut,)), hand((0, 1, 9, 0), (6, 1, 9, 0), (9, 1, 9, 0)))
    assert what(run) == ["handled", "blocked", "handled"]


def test_a_failed_platform_takes_its_channel_and_slows_those_who_need_it() -> None:
    down = Step("down", FailPlatform("web"), At(5.0))
    model = with_channels(
        VOICE, replace(CHAT, platform="web"), agents=2, platforms=(Platform("web", "main", slows_down=2.0),), events=(down,)
    )
    run = simulate(model, hand((0, 50, 9, 1), (6, 3, 9, 0), (7, 1, 9, 1)))
    assert what(run) == ["dropped", "handled", "blocked"]
    assert run.ledger.ended[1] == 12


# -- conversations ------------------------------------------------------------------------------------------------------


def turns(number: float = 2.0, **more: object) -> Channel:
    return replace(MESSAGE, turns=replace(Turns(number, Constant(30.0)), **more))  # type: ignore[arg-type]  # replace() checks the names


def write(*people: tuple[float, float], talk: float = 10.0, silence: float = 30.0, reading: float = 0.0) -> Workload:
    laws = {"talk": [Constant(talk)], "silence": [Constant(silence)], "reading": [Constant(reading)]}
    return hand(*((when, talk, patience, 0) for when, patience in people), laws=laws)


def test_one_message_is_one_piece_of_work() -> None:
    run = simulate(with_channels(turns(1.0)), write((0, inf)))
    assert what(run) == ["handled"]
    assert run.pieces.ended.tolist() == [10]


def test_a_conversation_may_have_hundreds_of_messages() -> None:
    """Each with luck of its own: the two hundred and fifty-sixth does not take as long as the one before."""
    laws = {"talk": [Exponential(0.1)], "silence": [Constant(0.05)], "reading": [Constant(0.0)]}
    run = simulate(with_channels(turns(1e9, silence=Constant(0.05))), hand((0, 1, inf, 0), laws=laws))
    took = (run.pieces.ended - run.pieces.begun)[250:300]
    assert len(set(took.tolist())) == 50


def test_messages_go_back_and_forth_with_silence_between() -> None:
    run = simulate(with_channels(turns(1e9)), write((0, inf)))
    assert run.pieces.due.tolist()[:3] == [0, 40, 80]
    assert run.pieces.ended.tolist()[:3] == [10, 50, 90]
    assert what(run) == ["in_service_at_end"]
    assert run.observations.conversations[-1].tolist() == [1]


def test_the_number_of_messages_has_its_mean() -> None:
    run = simulate(
        replace(with_channels(turns(3.0), agents=400), clock=replace(centre().clock, duration=5000.0)), write(*((0, inf),) * 400)
    )
    assert set(what(run)) == {"handled"}
    assert len(run.pieces) / 400 == pytest.approx(3.0, abs=4 * (3.0 * 2.0 / 400) ** 0.5)


def test_a_message_waits_for_its_own_agent_and_then_for_anybody_who_reads_first() -> None:
    channel = turns(1e9, same_agent_for=5.0)
    model = with_channels(VOICE, channel, agents=2)
    # Agent 0 knows the conversation, and is on the phone when the second message comes at 40.
    people = hand(
        (0, 10, inf, 1), (1, 30, 99, 0), (35, 100, 99, 0), (39, 4, 99, 0),
        laws={"talk": [Constant(10.0)], "silence": [Constant(30.0)], "reading": [Constant(3.0)]},
    )  # fmt: skip
    run = simulate(replace(model, service_order="person"), people)
    assert run.pieces.agent.tolist()[:2] == [0, 1]
    assert run.pieces.begun.tolist()[:2] == [0, 45]
    assert run.pieces.ended[1] == 58


def test_an_agent_whose_team_has_given_the_need_back_is_not_waited_for() -> None:
    """The first team is lent the need until 20; the second begins at 30 and takes the message of 40 at once."""
    alone = Team("people", 1, "main", {"everyday": 1.0}, (Shift(0, 1, 0.0, 1000.0),))
    others = Team("others", 1, "main", {"life": 1.0}, (Shift(0, 1, 30.0, 1000.0),))
    lent = Step("lend", ReassignStaff("people", "life", 1.0), At(0.0), until=At(20.0))
    model = centre(needs={"everyday": 2, "life": 1}, teams=(alone, others), playbook=(lent,), channel=turns(1e9, same_agent_for=500.0))
    laws = {"talk": [Constant(10.0)], "silence": [Constant(30.0)], "reading": [Constant(3.0)]}
    run = simulate(model, Workload.by_hand([1.0], [10.0], [inf], need=[1], laws=laws, needs=2))
    assert run.pieces.agent.tolist()[:2] == [0, 1]
    assert run.pieces.begun.tolist()[:2] == [1, 41]
    assert run.pieces.ended[1] == 54


def test_its_own_agent_takes_it_first_when_free_in_time() -> None:
    channel = turns(1e9, same_agent_for=20.0)
    people = hand(
        (0, 10, inf, 1), (36, 10, 99, 0), (37, 5, 99, 0),
        laws={"talk": [Constant(10.0)], "silence": [Constant(30.0)], "reading": [Constant(3.0)]},
    )  # fmt: skip
    run = simulate(with_channels(VOICE, channel), people)
    assert run.pieces.begun.tolist()[:2] == [0, 46]  # before the call that has waited longer


def test_a_conversation_outlives_the_shift() -> None:
    model = with_channels(turns(1e9, same_agent_for=500.0), agents=2)
    team = replace(model.teams[0], shifts=(Shift(0, 1, 0.0, 20.0), Shift(1, 1, 100.0, 1000.0)))
    run = simulate(replace(model, teams=(team,)), write((0, inf), reading=4.0))
    assert run.pieces.agent.tolist()[:2] == [0, 1]
    assert run.pieces.due.tolist()[:2] == [0, 40]
    assert run.pieces.begun.tolist()[:2] == [0, 100]
    assert run.pieces.ended.tolist()[:2] == [10, 114]


def test_too_long_a_silence_closes_the_conversation_and_the_next_message_opens_another() -> None:
    run = simulate(with_channels(turns(1e9, idle_timeout=20.0)), write((0, inf)))
    assert run.ledger.ended.tolist()[:2] == [30, 70]
    assert Cause(run.ledger.cause[0]) == Cause.IDLE
    assert run.ledger.arrived.tolist()[:3] == [0, 40, 80]
    assert run.ledger.attempt.tolist()[:3] == [0, 1, 2]


def test_who_is_not_answered_in_time_leaves_a_message_channel_too() -> None:
    run = simulate(with_channels(turns(1.0)), write((0, inf), (1, 5), talk=50.0))
    assert what(run) == ["handled", "abandoned"]
