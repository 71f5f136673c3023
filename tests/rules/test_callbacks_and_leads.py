"""Callbacks, other channels, messages and pages: exact instants of a few contacts written by hand."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np

from simulator.crisis.actions import RerouteNumbers
from simulator.crisis.handling import Deflect, OfferCallback, StartCampaign
from simulator.crisis.information import PublishPage, SendMessage
from simulator.crisis.play import simulate
from simulator.model.channels import SelfService
from simulator.model.distributions import Constant
from simulator.model.world import At, Channel, Redial, Retry, Shift, Site, Step, Team
from simulator.vocabulary import Cause, Fate, Piece, Solved
from tests.rules.small_centre import centre
from tests.rules.small_channels import BACK, CHAT, MAIL, NEVER, VOICE, hand, what, with_channels

# -- callbacks ----------------------------------------------------------------------------------------------------------


def offer(**more: object) -> Step:
    return Step("offer", OfferCallback("voice", "back", **{"above": 0.0, "accept": 1.0, **more}), At(0.0))  # type: ignore[arg-type]  # its own fields


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


def test_appointments_stand_a_gap_apart_and_are_kept_then() -> None:
    model = replace(with_channels(VOICE, BACK), playbook=(offer(slots=36.0),))  # one each 100 s
    run = simulate(model, hand((1, 20, 99, 0), (2, 9, 99, 0), (3, 5, 99, 0), channels=2, laws={"talk": [Constant(7.0)]}))
    listed = run.ledger.channel == 1
    assert run.ledger.arrived[listed].tolist() == [2, 3]
    assert run.ledger.queued[listed].tolist() == [100, 200]
    assert run.ledger.answered[listed].tolist() == [110, 210]


def test_a_longer_wait_wins_over_more() -> None:
    """The mark is 0.54 or so for everybody here; the expected wait of the second in line is twice that of the first."""
    model = replace(with_channels(VOICE, BACK), playbook=(offer(accept=0.0, eager=1.0),))
    none = replace(model, playbook=(offer(accept=0.0),))
    people = hand((1, 20, 99, 0), (2, 9, 99, 0), (3, 5, 99, 0), channels=2)
    assert "callback_accepted" not in what(simulate(none, people))
    eager = replace(model, playbook=(offer(accept=0.0, eager=1e-6),))
    assert what(simulate(eager, people)).count("callback_accepted") == 2


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


# -- leading people elsewhere -------------------------------------------------------------------------------------------


def test_a_call_that_is_led_to_a_chat_goes_on_there() -> None:
    deflect = Step("lead", Deflect("voice", "chat", {"question": 1.0}, above=0.0), At(0.0))
    people = hand((1, 20, 99, 0), (2, 20, 99, 0), (3, 9, 99, 0), channels=2, laws={"patience": [Constant(99.0)], "talk": [Constant(9.0)]})
    run = simulate(replace(with_channels(VOICE, CHAT, agents=2), playbook=(deflect,)), people)
    assert what(run) == ["handled", "handled", "deflected", "handled"]
    assert run.ledger.channel.tolist() == [0, 0, 0, 1]
    assert run.ledger.arrived[3] == 3
    assert run.persons.attempts[2] == 2


def led(channel: str, to: str, above: float | None = None) -> Step:
    return Step(f"{channel}-to-{to}", Deflect(channel, to, {"question": 1.0}, above), At(0.0))


def test_a_contact_is_led_on_once() -> None:
    """From the telephone to the chat; whoever comes by the chat goes to the telephone. Nobody comes back to where they began."""
    model = replace(with_channels(VOICE, CHAT, agents=4), playbook=(led("voice", "chat"), led("chat", "voice")))
    people = hand((1, 5, 99, 0), (2, 5, 99, 1), channels=2, laws={"talk": [Constant(9.0)]})
    run = simulate(model, people)
    assert what(run) == ["deflected", "handled", "deflected", "handled"]
    assert run.ledger.channel.tolist() == [0, 1, 1, 0]
    assert run.persons.attempts.tolist() == [2, 2]


def test_a_contact_that_was_led_on_waits_where_it_is() -> None:
    """Also where a machine comes before the queue, and where contacts are led only from a longer queue."""
    menu = replace(CHAT, speeds=(1.0,), self_service=SelfService(Constant(30.0), {}))
    model = replace(with_channels(VOICE, menu, MAIL), playbook=(led("voice", "chat"), led("chat", "letters", 0.0)))
    people = hand((1, 90, 99, 2), (2, 5, 99, 0), (3, 5, 99, 1), channels=3, laws={"menu": [Constant(30.0)], "patience": [Constant(500.0)]})
    run = simulate(model, people)
    assert what(run) == ["handled", "deflected", "handled", "deflected", "handled"]
    assert run.ledger.channel.tolist() == [2, 0, 1, 1, 2]  # who came by chat is led to the letters, who was led to it waits


def test_the_next_try_may_be_led_on_again() -> None:
    redial = Redial(abandoned=Retry(1.0, Constant(10.0)), moves={"abandoned": {"voice": 1.0}})
    chat = replace(CHAT, speeds=(1.0,), redial=redial)
    model = replace(with_channels(VOICE, chat, MAIL), playbook=(led("voice", "chat"),))
    laws = {"gap": [Constant(10.0)], "patience": [Constant(5.0)], "talk": [Constant(9.0)]}
    run = simulate(model, hand((0, 60, 999, 2), (1, 9, 5, 0), channels=3, laws=laws, tries_again=(0.0, 1.0, 0.0)))
    mine = run.ledger.customer == 1
    assert run.ledger.channel[mine].tolist()[:4] == [0, 1, 0, 1]
    assert run.ledger.arrived[mine].tolist()[:4] == [1, 1, 16, 16]


def test_a_channel_is_never_led_to_itself() -> None:
    run = simulate(replace(with_channels(VOICE, CHAT), playbook=(led("voice", "voice"),)), hand((1, 5, 99, 0), channels=2))
    assert what(run) == ["handled"]
    assert [entry.detail for entry in run.log if entry.kind == "refused"] == ["people are on voice already"]


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
