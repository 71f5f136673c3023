"""What a contact meets on each kind of channel: exact instants of a few contacts written by hand."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pytest

from simulator.crisis.actions import RerouteNumbers
from simulator.crisis.events import FailPlatform, LoseSite
from simulator.crisis.handling import AddLines, CloseChannel, Deflect, OfferCallback, ScaleTalk, StartCampaign, SwitchCare
from simulator.crisis.information import GoThere, PublishPage, SendMessage, SetSelfService
from simulator.crisis.play import simulate
from simulator.crisis.staffing import CallInStaff, WorkOvertime
from simulator.model.channels import Calling, SelfService, Turns
from simulator.model.distributions import Constant
from simulator.model.people import Care, Distress, Need, Strain
from simulator.model.world import At, Channel, Model, Platform, Redial, Retry, Role, Shift, Site, Step, Team
from simulator.records import Run
from simulator.vocabulary import Cause, Fate, Heard, Outcome, Piece, Solved
from simulator.workload import Workload
from tests.rules.small_centre import centre

VOICE = Channel("voice", "voice", "main")
CHAT = Channel("chat", "chat", speeds=(1.0, 1.0))
MAIL = Channel("letters", "email")
MESSAGE = Channel("message", "message", turns=Turns(2.0, Constant(30.0)))
ALWAYS = tuple((1.0,) * 24 for _ in range(7))
NEVER = tuple((0.0,) * 24 for _ in range(7))
BACK = Channel("back", "callback", calling=Calling(10.0, ALWAYS, tries=2, spacing=Constant(100.0)))


def with_channels(*channels: Channel, agents: int = 1, **changes: object) -> Model:
    """One team that serves every channel, also those on which we call out."""
    model = centre(agents, channel=channels[0])
    team = replace(model.teams[0], channels=tuple(channel.name for channel in channels))
    return replace(model, channels=channels, **{"teams": (team,), **changes})  # type: ignore[arg-type]  # replace() checks the names


def hand(*people: tuple[float, float, float, int], **more: object) -> Workload:
    """People by instant, talk, patience and channel."""
    arrivals, talk, patience, channel = zip(*people, strict=True)
    return Workload.by_hand(arrivals, talk, patience, channel=channel, **{"channels": max(channel) + 1, **more})


def what(run: Run) -> list[str]:
    return [Outcome(code).name.lower() for code in run.ledger.outcome.tolist()]


# -- self-service ----------------------------------------------------------------------------------------------------


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


# -- chats -----------------------------------------------------------------------------------------------------------


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


# -- letters and closing times ---------------------------------------------------------------------------------------


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


# -- conversations ---------------------------------------------------------------------------------------------------


def turns(number: float = 2.0, **more: object) -> Channel:
    return replace(MESSAGE, turns=replace(Turns(number, Constant(30.0)), **more))  # type: ignore[arg-type]  # replace() checks the names


def write(*people: tuple[float, float], talk: float = 10.0, silence: float = 30.0, reading: float = 0.0) -> Workload:
    laws = {"talk": [Constant(talk)], "silence": [Constant(silence)], "reading": [Constant(reading)]}
    return hand(*((when, talk, patience, 0) for when, patience in people), laws=laws)


def test_one_message_is_one_piece_of_work() -> None:
    run = simulate(with_channels(turns(1.0)), write((0, inf)))
    assert what(run) == ["handled"]
    assert run.pieces.ended.tolist() == [10]


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


# -- callbacks -------------------------------------------------------------------------------------------------------


def offer(**more: object) -> Step:
    return Step("offer", OfferCallback("voice", "back", **{"above": 0.0, "accept": 1.0, **more}), At(0.0))  # type: ignore[arg-type]


def back(**more: object) -> Channel:
    assert BACK.calling is not None
    return replace(BACK, calling=replace(BACK.calling, **more))  # type: ignore[arg-type]  # replace() checks the names


def test_a_promised_callback_keeps_its_place_and_reaches_the_customer() -> None:
    model = replace(with_channels(VOICE, BACK), playbook=(offer(),))
    run = simulate(model, hand((1, 20, 99, 0), (2, 9, 99, 0), (3, 5, 99, 0), channels=2, laws={"talk": [Constant(7.0)]}))
    assert what(run) == ["handled", "callback_accepted", "handled", "callback_accepted", "handled"]
    assert run.ledger.channel.tolist() == [0, 0, 1, 0, 1]
    assert run.pieces.begun.tolist() == [21, 38]  # 10 s ringing and 7 s of talk each
    assert run.ledger.answered[[2, 4]].tolist() == [31, 48]
    assert [Piece(p) for p in run.pieces.what] == [Piece.REACHED] * 2
    assert [Fate(f) for f in run.persons.fate] == [Fate.SERVED] * 3
    assert run.persons.attempts.tolist() == [1, 1, 1]


def test_nobody_answers_and_the_list_lets_go_after_the_last_try() -> None:
    model = replace(with_channels(VOICE, back(answers=NEVER)), playbook=(offer(),))
    run = simulate(model, hand((1, 20, 99, 0), (2, 9, 99, 0), channels=2, laws={"spacing": [Constant(100.0)]}))
    assert what(run) == ["handled", "callback_accepted", "not_reached"]
    assert run.pieces.ended.tolist() == [31, 141]
    assert [Piece(p) for p in run.pieces.what] == [Piece.NO_ANSWER] * 2
    assert Fate(run.persons.fate[1]) == Fate.GAVE_UP


def test_a_message_on_the_machine_takes_its_time() -> None:
    model = replace(with_channels(VOICE, back(answers=NEVER, voicemail=1.0, voicemail_time=15.0, tries=1)), playbook=(offer(),))
    run = simulate(model, hand((1, 20, 99, 0), (2, 9, 99, 0), channels=2))
    assert run.pieces.ended.tolist() == [46]
    assert Piece(run.pieces.what[0]) == Piece.VOICEMAIL


def test_the_wrong_moment_asks_for_another_call() -> None:
    model = replace(with_channels(VOICE, back(wrong_moment=1.0, solved_time=5.0)), playbook=(offer(),))
    run = simulate(model, hand((1, 20, 99, 0), (2, 9, 99, 0), channels=2, laws={"spacing": [Constant(100.0)]}))
    assert [Piece(p) for p in run.pieces.what] == [Piece.WRONG_MOMENT] * 2
    assert what(run)[-1] == "not_reached"


def test_a_callback_to_somebody_whose_need_is_over_is_short() -> None:
    model = replace(with_channels(VOICE, back(solved_time=4.0)), playbook=(offer(),))
    people = hand((1, 20, 99, 0), (2, 9, 99, 0), channels=2).with_columns(
        solved_at=np.array([inf, 10.0]), solved_by=np.array([0, 1], np.uint8)
    )
    run = simulate(model, people)
    assert what(run)[-1] == "contained"
    assert Cause(run.ledger.cause[-1]) == Cause.ALREADY_SOLVED
    assert run.pieces.ended.tolist() == [35]
    assert Fate(run.persons.fate[1]) == Fate.SOLVED_ELSEWHERE


def test_a_promise_lapses() -> None:
    model = replace(with_channels(VOICE, back(promise=10.0)), playbook=(offer(),))
    run = simulate(model, hand((1, 20, 99, 0), (2, 9, 99, 0), channels=2))
    assert what(run)[-1] == "not_reached"
    assert Cause(run.ledger.cause[-1]) == Cause.LAPSED
    assert run.ledger.ended[-1] == 12
    assert len(run.pieces) == 0


def test_no_callback_is_offered_for_a_short_wait() -> None:
    model = replace(with_channels(VOICE, BACK), playbook=(offer(above=500.0),))
    run = simulate(model, hand((1, 20, 99, 0), (2, 9, 99, 0), channels=2))
    assert what(run) == ["handled", "handled"]


def test_a_campaign_calls_those_who_did_not_get_through_in_the_order_asked() -> None:
    """Two are blocked by the one line and one hangs up; nobody else calls."""
    campaign = Step("list", StartCampaign("back", order="newest"), At(200.0))
    model = replace(with_channels(VOICE, BACK), playbook=(campaign,), links=(replace(centre().links[0], lines=2),))
    run = simulate(model, hand((1, 50, 99, 0), (2, 9, 3, 0), (3, 9, 9, 0), (4, 9, 9, 0), channels=2, laws={"talk": [Constant(7.0)]}))
    assert what(run)[:4] == ["handled", "abandoned", "blocked", "blocked"]
    listed = run.ledger.channel == 1
    assert run.ledger.customer[listed].tolist() == [3, 2, 1]
    assert run.ledger.answered[listed].tolist() == [210, 227, 244]
    assert [Fate(f) for f in run.persons.fate] == [Fate.SERVED] * 4


def test_a_second_number_finds_the_need_over_and_a_withheld_one_is_not_called() -> None:
    model = replace(with_channels(VOICE, BACK), links=(replace(centre().links[0], lines=1),))
    people = hand((1, 50, 99, 0), (2, 9, 9, 0), channels=2, laws={"talk": [Constant(7.0)]})
    twice = simulate(replace(model, playbook=(Step("list", StartCampaign("back", second_number=1.0), At(200.0)),)), people)
    assert what(twice)[2:] == ["handled", "contained"]
    never = simulate(replace(model, playbook=(Step("list", StartCampaign("back", withheld=1.0), At(200.0)),)), people)
    assert what(never) == ["handled", "blocked"]


def test_only_those_dial_who_serve_the_channel_and_only_in_its_hours() -> None:
    model = with_channels(VOICE, replace(BACK, hours=((300.0, 310.0), (400.0, 900.0))), links=(replace(centre().links[0], lines=1),))
    manager = Team("manager", 1, "main", {"question": 1.0}, (Shift(0, 1, 0.0, 1000.0),), channels=("back",))
    team = replace(model.teams[0], channels=("voice",))
    campaign = Step("list", StartCampaign("back"), At(200.0))
    people = hand((1, 50, 99, 0), (2, 9, 9, 0), (3, 9, 9, 0), channels=2, laws={"talk": [Constant(7.0)]})
    run = simulate(replace(model, teams=(team, manager), playbook=(campaign,)), people)
    assert run.pieces.agent.tolist() == [1, 1]
    assert run.pieces.begun.tolist() == [300, 400]


# -- leading people elsewhere ----------------------------------------------------------------------------------------


def test_a_call_that_is_led_to_a_chat_goes_on_there() -> None:
    deflect = Step("lead", Deflect("voice", "chat", {"question": 1.0}, above=0.0), At(0.0))
    people = hand((1, 20, 99, 0), (2, 20, 99, 0), (3, 9, 99, 0), channels=2, laws={"patience": [Constant(99.0)], "talk": [Constant(9.0)]})
    run = simulate(replace(with_channels(VOICE, CHAT, agents=2), playbook=(deflect,)), people)
    assert what(run) == ["handled", "handled", "deflected", "handled"]
    assert run.ledger.channel.tolist() == [0, 0, 0, 1]
    assert run.ledger.arrived[3] == 3
    assert run.persons.attempts[2] == 2


def test_who_gives_up_on_the_phone_writes() -> None:
    redial = Redial(abandoned=Retry(1.0, Constant(10.0)), moves={"abandoned": {"letters": 1.0}})
    laws = {"gap": [Constant(10.0)], "patience": [Constant(5.0)], "talk": [Constant(4.0)]}
    people = hand((0, 60, 99, 0), (1, 9, 5, 0), channels=2, laws=laws, tries_again=(0.0, 1.0, 0.0))
    run = simulate(with_channels(replace(VOICE, redial=redial), MAIL), people)
    assert run.ledger.channel.tolist()[:3] == [0, 0, 1]
    assert run.ledger.arrived.tolist()[:3] == [0, 1, 16]


def test_a_message_that_arrives_in_time_saves_the_contact() -> None:
    tell = Step("tell", SendMessage({"question": 1.0}, Constant(10.0)), At(0.0))
    run = simulate(replace(with_channels(VOICE), playbook=(tell,)), hand((5, 1, 9, 0), (20, 1, 9, 0)))
    assert run.ledger.customer.tolist() == [0]
    assert [Fate(f) for f in run.persons.fate] == [Fate.SERVED, Fate.SOLVED_ELSEWHERE]
    assert Solved(run.persons.solved[1]) == Solved.INFORMED


def test_a_page_informs_before_the_call_and_grows_stale() -> None:
    page = Step("page", PublishPage({"question": 0.8}, stale_after=10.0), At(1.0))
    run = simulate(replace(with_channels(VOICE), playbook=(page,)), hand((0, 1, 9, 0), (5, 1, 9, 0), (15, 1, 9, 0)))
    assert run.ledger.customer.tolist() == [0, 2]  # a mark of 0.5 is below 0.8 halved 0.4 times, not below 0.8 halved 1.4 times
    kept = replace(page, act=PublishPage({"question": 0.8}))
    assert simulate(
        replace(with_channels(VOICE), playbook=(kept,)), hand((0, 1, 9, 0), (5, 1, 9, 0), (15, 1, 9, 0))
    ).ledger.customer.tolist() == [0]


def test_the_numbers_of_one_channel_move_without_the_other() -> None:
    other = replace(VOICE, name="other")
    sites = (*centre().sites, Site("second", centre().sites[0].seats, ("cable",)))
    step = Step("move", RerouteNumbers("second", "other"), At(0.0))
    run = simulate(replace(with_channels(VOICE, other, agents=2), sites=sites, playbook=(step,)), hand((1, 1, 9, 0), (1, 1, 9, 1)))
    assert run.ledger.site.tolist() == [0, 1]


# -- distress --------------------------------------------------------------------------------------------------------


def distressed(care: Care, support: float = 30.0, **more: object) -> Run:
    need = Need("question", 1, Constant(10.0), Constant(0.0), Constant(99.0), distress=Distress(1.0, Constant(support), noticed_after=4.0))
    care_need = Need("care", 1, Constant(10.0), Constant(0.0), Constant(99.0))
    model = with_channels(VOICE, needs=(need, care_need), care=care)
    team = replace(model.teams[0], skills={"question": 1.0})
    nurses = Team("nurses", 1, "main", {"care": 1.0}, (Shift(0, 1, 0.0, 1000.0),), channels=("voice",))
    people = hand((0, 10, 99, 0), (5, 10, 99, 0), laws={"support": [Constant(support)]}, needs=2)
    people = people.with_columns(distressed=np.array([1, 0], np.uint8))
    return simulate(replace(model, teams=(team, nurses), **more), people)  # type: ignore[arg-type]  # replace() checks the names


def test_with_discretion_the_agent_stays_and_the_others_wait() -> None:
    run = distressed(Care())
    assert run.ledger.ended.tolist() == [40, 50]
    assert [Heard(h) for h in run.persons.heard] == [Heard.HEARD, Heard.CALM]


def test_a_cap_ends_the_talk_and_nobody_was_heard() -> None:
    run = distressed(Care("cap", after=15.0))
    assert run.ledger.ended.tolist() == [15, 25]
    assert Heard(run.persons.heard[0]) == Heard.UNHEARD


@pytest.mark.parametrize(("care", "taken_over_at"), [(Care("escalate", 12.0, "care"), 12), (Care("care-team", to="care"), 4)])
def test_somebody_else_takes_over(care: Care, taken_over_at: float) -> None:
    run = distressed(care)
    assert run.pieces.ended.tolist() == [taken_over_at, 40]
    assert run.pieces.agent.tolist() == [0, 1]
    assert run.ledger.ended.tolist() == [40, max(taken_over_at, 5) + 10]
    assert Heard(run.persons.heard[0]) == Heard.HEARD


def test_who_was_not_heard_calls_again() -> None:
    need = Need(
        "question", 1, Constant(10.0), Constant(0.0), Constant(99.0),
        distress=Distress(1.0, Constant(30.0), again=Retry(1.0, Constant(50.0))),
    )  # fmt: skip
    model = with_channels(replace(VOICE, redial=Redial(max_attempts=2)), needs=(need,), care=Care("cap", after=12.0))
    people = hand((0, 10, 99, 0), laws={"support": [Constant(30.0)], "unheard": [Constant(50.0)], "talk": [Constant(10.0)]})
    run = simulate(model, people.with_columns(distressed=np.array([1], np.uint8)))
    assert run.ledger.arrived.tolist() == [0, 62]
    assert run.persons.repeats.tolist() == [1]
    assert Fate(run.persons.fate[0]) == Fate.SERVED


def test_the_policy_of_care_changes_in_mid_crisis() -> None:
    switch = Step("cut short", SwitchCare("cap", after=15.0), At(0.0))
    assert distressed(Care(), playbook=(switch,)).ledger.ended.tolist() == [15, 25]


def test_work_strains_and_rest_restores() -> None:
    model = replace(with_channels(VOICE), strain=Strain(builds_up=100.0, recovers=100.0))
    run = simulate(model, hand((0, 100, 9, 0), (200, 100, 9, 0)))
    first = 1 - np.exp(-1)
    assert run.strain[0] == pytest.approx(1 - (1 - first * np.exp(-1)) * np.exp(-1))


def test_strain_slows_talk_down() -> None:
    model = replace(with_channels(VOICE), strain=Strain(builds_up=100.0, recovers=1e12, slows=1.0))
    run = simulate(model, hand((0, 100, 9, 0), (200, 100, 9, 0)))
    assert run.ledger.ended[1] == pytest.approx(200 + 100 * (2 - np.exp(-1)))


def test_an_answer_that_does_not_help_brings_the_customer_back() -> None:
    need = Need("question", 1, Constant(10.0), Constant(0.0), Constant(99.0), resolves=0.0, again=Retry(1.0, Constant(50.0)))
    model = with_channels(replace(VOICE, redial=Redial(max_attempts=3)), needs=(need,))
    run = simulate(model, hand((0, 10, 99, 0), laws={"again": [Constant(50.0)], "talk": [Constant(10.0)]}))
    assert run.ledger.arrived.tolist() == [0, 60, 120]
    assert run.persons.resolved.tolist() == [0]
    assert run.persons.repeats.tolist() == [2]


def test_people_call_again_while_their_fault_lasts() -> None:
    need = Need("question", 1, Constant(10.0), Constant(0.0), Constant(99.0), again=Retry(1.0, Constant(50.0)))
    people = hand((0, 10, 99, 0), laws={"again": [Constant(50.0)], "talk": [Constant(10.0)]})
    run = simulate(with_channels(VOICE, needs=(need,)), people.with_columns(solved_at=np.array([100.0]), solved_by=np.array([1], np.uint8)))
    assert run.ledger.arrived.tolist() == [0, 60]
    assert Fate(run.persons.fate[0]) == Fate.SERVED


# -- posts -----------------------------------------------------------------------------------------------------------


def test_whoever_is_left_without_an_answer_posts_and_a_post_without_an_answer_breeds_another() -> None:
    """Customer 0 holds the agent; customer 1 hangs up at 6 and posts at 16; that post waits until 21 and breeds one at 41."""
    social = Channel("social", "social")
    people = hand((0, 500, 99, 0), (1, 9, 5, 0), (10, 9, 5, 1), (20, 9, 5, 1)).with_columns(
        calls=2, first_post=np.array([0, 2, 3, 0]), posts=np.array([0, 1, 1, 0], np.uint8)
    )
    run = simulate(with_channels(VOICE, social), people)
    assert run.ledger.arrived.tolist() == [0, 1, 16, 41]
    assert what(run) == ["handled", "abandoned", "abandoned", "abandoned"]
    assert run.persons.posted.tolist() == [0, 0, 1, 1]


def test_an_answer_in_time_breeds_nothing() -> None:
    people = hand((0, 5, 99, 0), (1, 9, 99, 0), (10, 9, 5, 1)).with_columns(
        calls=2, first_post=np.array([2, 2, 0]), posts=np.array([0, 1, 0], np.uint8)
    )
    run = simulate(with_channels(VOICE, Channel("social", "social")), people)
    assert len(run.ledger) == 2
    assert [Fate(f) for f in run.persons.fate] == [Fate.SERVED, Fate.SERVED, Fate.STAYED_AWAY]


# -- staff and means -------------------------------------------------------------------------------------------------


def test_people_off_duty_are_called_come_and_go_again() -> None:
    model = with_channels(VOICE, agents=2)
    team = replace(model.teams[0], shifts=(Shift(0, 1, 0.0, 1000.0),))
    call = Step("call", CallInStaff("people", 1, 100.0, journey=Constant(20.0)), At(10.0))
    run = simulate(replace(model, teams=(team,), playbook=(call,)), hand((0, 500, 99, 0), (5, 10, 99, 0), (50, 90, 99, 0), (60, 9, 999, 0)))
    assert run.ledger.agent.tolist()[:3] == [0, 1, 1]
    assert run.ledger.answered.tolist()[:3] == [0, 30, 50]
    assert run.ledger.answered[3] == 500  # the one who was called went home at 140


def test_overtime_keeps_people_beyond_their_shift() -> None:
    model = with_channels(VOICE)
    team = replace(model.teams[0], shifts=(Shift(0, 1, 0.0, 100.0),))
    longer = Step("longer", WorkOvertime(50.0), At(10.0))
    people = hand((0, 1, 9, 0), (120, 5, 99, 0), (149, 5, 99, 0), (151, 5, 9, 0))
    run = simulate(replace(model, teams=(team,), playbook=(longer,)), people)
    assert what(run) == ["handled", "handled", "handled", "abandoned"]


def test_more_lines_for_a_while() -> None:
    more = Step("more", AddLines("cable", 1), At(5.0), until=At(20.0))
    model = replace(with_channels(VOICE, agents=3), links=(replace(centre().links[0], lines=1),), playbook=(more,))
    run = simulate(model, hand((0, 10, 9, 0), (1, 1, 9, 0), (6, 3, 9, 0), (30, 9, 9, 0), (31, 9, 9, 0)))
    assert what(run) == ["handled", "blocked", "handled", "handled", "blocked"]


def test_a_shorter_script_and_its_end() -> None:
    short = Step("short", ScaleTalk("question", 0.5), At(5.0), until=At(20.0))
    run = simulate(replace(with_channels(VOICE), playbook=(short,)), hand((0, 4, 9, 0), (6, 4, 9, 0), (30, 4, 9, 0)))
    assert run.ledger.ended.tolist() == [4, 8, 34]


def test_an_action_beyond_the_budget_is_refused_with_the_sum() -> None:
    steps = (Step("one", ScaleTalk("question", 0.5), At(5.0), cost=60.0), Step("two", ScaleTalk("question", 0.5), At(6.0), cost=60.0))
    run = simulate(replace(with_channels(VOICE), playbook=steps, budget=100.0), hand((0, 4, 9, 0)))
    refused = [entry for entry in run.log if entry.what == "refused"]
    assert [entry.id for entry in refused] == ["two"]
    assert "40 left of 100" in refused[0].detail
    assert run.costs == {"one": 60.0}


def test_what_must_be_done_in_person_waits_until_somebody_is_there() -> None:
    steps = (
        Step("drive", GoThere("manager", "datacentre"), At(10.0), takes=30.0),
        Step("page", PublishPage({"question": 1.0}), needs=("drive",)),
    )
    model = replace(with_channels(VOICE), playbook=steps, roles=(Role("manager"),))
    run = simulate(model, hand((39, 1, 9, 0), (41, 1, 9, 0)))
    assert run.ledger.customer.tolist() == [0]
    nobody = replace(
        model, playbook=(replace(steps[0], act=GoThere("manager", "main")), steps[1]), events=(Step("q", LoseSite("main"), At(5.0)),)
    )
    log = simulate(nobody, hand((39, 1, 9, 0))).log
    assert any(entry.what == "refused" and "cannot get into main" in entry.detail for entry in log)
