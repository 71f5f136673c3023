"""Calls that we make need a line, a switch and a network: exact instants of a few of them, written by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.crisis.act import Act
from simulator.crisis.actions import CloseSite, OnShift, OpeningCrew, OpenSite, RerouteNumbers, ReserveLines
from simulator.crisis.events import CongestNetwork, CutLink, FailPlatform, LoseSite, SetLines
from simulator.crisis.handling import AddLines, OfferCallback, StartCampaign
from simulator.crisis.luck import Luck
from simulator.crisis.play import simulate
from simulator.engine.luck import CONNECTS, PIECE, uniform
from simulator.model.distributions import Constant
from simulator.model.world import At, Channel, Link, Model, Platform, Routing, Seats, Shift, Site, Step, Team
from simulator.records import Run
from simulator.routing.declared import AGENT_RULES, FirstCome
from simulator.statistics.books import CONTACT_SUMS, check_books
from simulator.statistics.tally import tally
from simulator.vocabulary import Cause, Fate, Outcome, Piece
from simulator.workload import Workload
from tests.rules.small_channels import ALWAYS, BACK, CHAT, MAIL, NEVER, VOICE, hand, what, with_channels

LISTED = Step("list", StartCampaign("back"), At(100.0))
"""A list of those who did not get through, made at 100 s."""
ONE = (Link("cable", 1),)
TALK = {"talk": [Constant(7.0)]}


def back(**more: object) -> Channel:
    assert BACK.calling is not None
    return replace(BACK, calling=replace(BACK.calling, **more))  # type: ignore[arg-type]  # replace() checks the names


def gave_up(*others: tuple[float, float, float, int], n: int = 1, **more: object) -> Workload:
    """``n`` people who hang up before the list is made, and ``others``; the only agents are those who dial."""
    people = sorted([*[(10.0 + i, 9.0, 1.0, 0) for i in range(n)], *others])
    return hand(*people, channels=3, **{"laws": TALK, **more})


def dialling(*channels: Channel, agents: int = 1, steps: tuple[Step, ...] = (), events: tuple[Step, ...] = (), **changes: object) -> Model:
    """A centre whose one team only dials, so that whoever calls hangs up."""
    model = with_channels(*(channels or (VOICE, BACK)), agents=agents, **changes)
    team = replace(model.teams[0], channels=("back",)) if "teams" not in changes else None
    return replace(model, teams=(team,) if team else model.teams, playbook=(LISTED, *steps), events=events)


def dials(run: Run) -> list[tuple[float, float, str]]:
    """Begin, end and result of each dial."""
    work = run.pieces
    return [(b, e, Piece(w).name.lower()) for b, e, w in zip(work.begun.tolist(), work.ended.tolist(), work.what.tolist(), strict=True)]


def played(model: Model, people: Workload) -> Run:
    run = simulate(model, people)
    check_books(run, model)
    assert (run.ledger.site[run.ledger.channel == len(model.channels) - 1] == -1).all()  # entries are counted at no site
    return run


# -- a line ------------------------------------------------------------------------------------------------------------


def test_with_one_line_the_second_agent_waits_for_it() -> None:
    """A call holds the line from 90 to 150 s; nobody dials meanwhile, and no try is lost."""
    model = replace(with_channels(VOICE, back(tries=1), agents=2, links=ONE), playbook=(LISTED,))
    people = hand((20, 20, 99, 0), (25, 5, 99, 0), (90, 60, 99, 0), channels=2, laws=TALK)
    run = played(model, people)
    assert what(run) == ["handled", "blocked", "handled", "handled"]
    assert dials(run) == [(150, 167, "reached")]
    assert run.pieces.agent.tolist() == [1]  # whose own talk frees the line has it first
    assert run.observations.lines[:, 0].tolist() == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]


def test_while_one_writes_up_the_call_the_other_dials() -> None:
    model = replace(with_channels(VOICE, BACK, agents=2, links=ONE), playbook=(LISTED,))
    people = hand((20, 20, 99, 0), (25, 5, 99, 0), (90, 60, 99, 0), channels=2, laws=TALK, wrap=[0, 0, 30])
    run = played(model, people)
    assert dials(run) == [(150, 167, "reached")]
    assert run.pieces.agent.tolist() == [0]


def test_who_finds_no_line_takes_other_work() -> None:
    model = replace(with_channels(VOICE, MAIL, BACK, agents=2, links=ONE), playbook=(LISTED,))
    people = hand((20, 20, 99, 0), (25, 5, 99, 0), (90, 60, 99, 0), (120, 10, 999, 1), channels=3, laws=TALK)
    run = played(model, people)
    assert run.ledger.answered[run.ledger.channel == 1].tolist() == [120]
    assert dials(run) == [(150, 167, "reached")]


def test_many_entries_without_a_line_wait_in_their_order() -> None:
    """The line is added at 300 s; two agents then share it, one dial after the other."""
    model = dialling(agents=2, links=ONE, events=(Step("none", SetLines("cable", 0), At(50.0), until=At(300.0)),))
    run = played(model, gave_up(n=3))
    assert dials(run) == [(300, 317, "reached"), (317, 334, "reached"), (334, 351, "reached")]
    entries = run.ledger.channel == 1
    assert run.ledger.customer[entries].tolist() == [0, 1, 2]
    assert run.ledger.answered[entries].tolist() == [310, 327, 344]


def test_a_dial_holds_its_line_until_talk_ends_and_wrap_up_holds_the_agent() -> None:
    """Dial from 100, talk from 110 to 117, written up until 137: calls at 105 and 112 hear the busy signal, one at 120 does not."""
    model = dialling(links=ONE)
    people = gave_up((105, 1, 5, 0), (112, 1, 5, 0), (120, 1, 5, 0), laws={**TALK, "wrap": [Constant(20.0)]})
    run = played(model, people)
    calls = run.ledger.channel == 0
    assert [Outcome(o).name.lower() for o in run.ledger.outcome[calls]] == ["abandoned", "blocked", "blocked", "abandoned"]
    assert [Cause(c) for c in run.ledger.cause[calls][1:3]] == [Cause.NO_LINE] * 2
    assert dials(run) == [(100, 117, "reached")]
    assert run.ledger.ended[run.ledger.channel == 1].tolist() == [137]


@pytest.mark.parametrize(("answers", "more", "ends"), [(NEVER, {}, 110), (NEVER, {"voicemail": 1.0, "voicemail_time": 15.0}, 125)])
def test_a_dial_without_a_talk_gives_its_line_back(answers: tuple[tuple[float, ...], ...], more: dict[str, float], ends: float) -> None:
    model = dialling(VOICE, back(answers=answers, tries=1, **more), links=ONE)
    run = played(model, gave_up((ends - 1, 1, 2, 0), (ends, 1, 2, 0)))
    calls = run.ledger.channel == 0
    assert [Outcome(o).name.lower() for o in run.ledger.outcome[calls]] == ["abandoned", "blocked", "abandoned"]


def test_lines_kept_for_another_need_are_not_dialled_on() -> None:
    model = dialling(links=(Link("cable", 2),))
    needs = (model.needs[0], replace(model.needs[0], name="other"))
    reserved = Step("keep", ReserveLines("main", "other", 2), At(50.0), until=At(400.0))
    model = replace(model, needs=needs, playbook=(*model.playbook, reserved))
    assert dials(played(model, gave_up(needs=2)))[0] == (400, 417, "reached")


def test_a_line_more_is_dialled_on_at_once() -> None:
    model = dialling(links=(Link("cable", 0),), steps=(Step("more", AddLines("cable", 1), At(250.0)),))
    people = hand((20, 9, 99, 0), channels=2, laws=TALK)
    assert dials(played(model, people)) == [(250, 267, "reached")]


# -- whose line --------------------------------------------------------------------------------------------------------


def at_two_sites(home: Site, lines: tuple[int, int] = (9, 9)) -> Model:
    """Numbers lead to main; the agents sit at home."""
    sites = (Site("main", Seats(9, 9), ("cable",)), home)
    team = Team("people", 1, "home", {"question": 1.0}, (Shift(0, 1, 0.0, 1000.0),), channels=("back",))
    return dialling(sites=sites, links=(Link("cable", lines[0]), Link("other", lines[1])), teams=(team,))


def lines_at(run: Run, instant: float) -> list[int]:
    return run.observations.lines[int(instant // 100)].tolist()  # type: ignore[no-any-return]  # NumPy says Any


SLOW = {"talk": [Constant(300.0)]}
"""A talk from 110 to 410 s, to be seen at 200 and 300."""


def test_a_dial_takes_a_line_of_the_site_where_the_agent_sits() -> None:
    run = played(at_two_sites(Site("home", Seats(9, 9), ("other",))), gave_up(laws=SLOW))
    assert lines_at(run, 200) == [0, 1]


def test_an_agent_at_a_site_without_links_dials_on_the_lines_of_the_numbers() -> None:
    home = Site("home", Seats(9, 9), ())
    assert lines_at(played(at_two_sites(home), gave_up(laws=SLOW)), 200) == [1, 0]
    busy = played(at_two_sites(home, (0, 9)), hand((20, 9, 99, 0), channels=2, laws=SLOW))
    assert dials(busy) == []


def test_the_lines_of_the_numbers_are_those_where_they_lead_now() -> None:
    home, spare = Site("home", Seats(9, 9), ()), Site("spare", Seats(9, 9), ("other",))
    model = at_two_sites(home, (0, 9))
    model = replace(model, sites=(*model.sites, spare), playbook=(*model.playbook, Step("move", RerouteNumbers("spare"), At(150.0))))
    run = played(model, hand((20, 9, 99, 0), channels=2, laws=SLOW))
    assert dials(run) == [(150, 460, "reached")]
    assert lines_at(run, 300) == [0, 1]


def test_only_who_sits_where_a_line_is_dials() -> None:
    """The first agent has been idle as long and sits where every line is gone."""
    sites = (Site("main", Seats(1, 1), ("cable",)), Site("home", Seats(9, 9), ("other",)))
    teams = tuple(
        Team(name, 1, site, {"question": 1.0}, (Shift(0, 1, 0.0, 1000.0),), channels=("back",))
        for name, site in (("a", "main"), ("b", "home"))
    )
    model = dialling(sites=sites, links=(Link("cable", 0), Link("other", 1)), teams=teams)
    run = played(model, hand((20, 9, 99, 0), (21, 9, 99, 0), channels=2, laws=TALK))
    assert dials(run) == [(100, 117, "reached"), (117, 134, "reached")]
    assert run.pieces.agent.tolist() == [1, 1]


@pytest.mark.parametrize("rule", AGENT_RULES)
def test_people_of_one_team_who_sit_apart_dial_each_on_the_lines_where_they_are(rule: str) -> None:
    """Who was able to come sits at the spare site, the others are back at main, where every line is gone."""
    sites = (Site("main", Seats(9, 9), ("cable",)), Site("spare", Seats(9, 9), ("other",), open=False))
    team = Team("people", 9, "main", {"question": 1.0}, (Shift(0, 9, 0.0, 1000.0),), channels=("back",))
    moved = Step("open", OpenSite("spare", OpeningCrew(OnShift(able=0.5))), At(20.0))
    lost = Step("quake", LoseSite("main"), At(10.0), until=At(50.0))
    model = dialling(sites=sites, links=(Link("cable", 0), Link("other", 2)), teams=(team,), steps=(moved,), events=(lost,))
    model = replace(model, routing=Routing(FirstCome(agent=rule)))
    people = hand(*((60.0 + i, 9, 99, 0) for i in range(6)), channels=2, laws=TALK)
    run = played(model, people)
    able = np.flatnonzero(Luck(model, people).of_agents("open/able", range(9)) < 0.5).tolist()
    assert 2 <= len(able) < 9
    assert [begin for begin, _, _ in dials(run)] == [100, 100, 117, 117, 134, 134]  # two lines, at once and all the time
    assert set(run.pieces.agent.tolist()) <= set(able)


def test_without_public_numbers_a_list_is_called_on_the_lines_of_the_agents_site() -> None:
    offer = Step("offer", OfferCallback("chat", "back", above=0.0, accept=1.0), At(0.0))
    model = replace(with_channels(replace(CHAT, speeds=(1.0,)), BACK, links=ONE), playbook=(offer,))
    run = played(model, hand((1, 20, 99, 0), (2, 9, 99, 0), channels=2, laws=TALK))
    assert dials(run)[-1] == (21, 38, "reached")
    bare = replace(model, sites=(replace(model.sites[0], links=()),))
    assert "reached" not in [result for _, _, result in dials(played(bare, hand((1, 20, 99, 0), (2, 9, 99, 0), channels=2, laws=TALK)))]


# -- what fails --------------------------------------------------------------------------------------------------------

SWITCH = (Platform("acd", "main"), Platform("dialler", "main"))
FAILURES: dict[str, Act] = {
    "every cable": CutLink("cable"),
    "the switch": FailPlatform("acd"),
    "its own platform": FailPlatform("dialler"),
    "the site": LoseSite("main"),
}


@pytest.mark.parametrize("name", FAILURES)
@pytest.mark.parametrize("cut", [105.0, 112.0])
def test_a_failure_cuts_the_call_and_the_entry_waits_for_another(name: str, cut: float) -> None:
    """Ringing from 100, in talk from 110: what a failure cuts is no try, though one is all there is, and the talk begins anew."""
    failure = Step("fails", FAILURES[name], At(cut), until=At(300.0))
    channel = replace(back(tries=1), platform="dialler")
    run = played(dialling(VOICE, channel, links=ONE, platforms=SWITCH, events=(failure,)), gave_up((250, 1, 9, 0)))
    assert dials(run) == [(100, cut, "unfinished"), (300, 317, "reached")]
    entry = run.ledger.channel == 1
    assert run.ledger.answered[entry].tolist() == [310]
    assert Fate(run.persons.fate[0]) == Fate.SERVED
    lost = {"every cable": "lost_upstream", "its own platform": "abandoned"}.get(name, "blocked")
    assert what(run)[1 if run.ledger.channel[1] == 0 else 2] == lost  # the same failure for those who call
    assert lines_at(run, 200) == [0]


@pytest.mark.parametrize("name", FAILURES)
def test_while_it_lasts_nothing_is_dialled(name: str) -> None:
    failure = Step("fails", FAILURES[name], At(50.0), until=At(300.0))
    run = played(dialling(VOICE, replace(BACK, platform="dialler"), platforms=SWITCH, events=(failure,)), gave_up())
    assert dials(run) == [(300, 317, "reached")]


def test_a_failure_that_does_not_end_leaves_the_entry_open() -> None:
    run = played(dialling(events=(Step("cut", CutLink("cable"), At(112.0)),)), gave_up())
    assert dials(run) == [(100, 112, "unfinished")]
    assert what(run)[-1] == "open_at_end"


def test_written_work_goes_on_without_lines() -> None:
    model = replace(with_channels(VOICE, MAIL, BACK, links=ONE), playbook=(LISTED,), events=(Step("cut", CutLink("cable"), At(50.0)),))
    run = played(model, hand((60, 1, 99, 0), (70, 5, 999, 1), channels=3, laws=TALK))
    assert what(run) == ["lost_upstream", "handled", "open_at_end"]
    assert run.ledger.ended[1] == 75


def test_of_two_links_one_is_enough() -> None:
    sites = (Site("main", Seats(9, 9), ("cable", "other")),)
    cut = Step("cut", CutLink("cable"), At(112.0))
    run = played(dialling(sites=sites, links=(Link("cable", 1), Link("other", 1)), events=(cut,)), gave_up())
    assert dials(run) == [(100, 112, "unfinished"), (112, 129, "reached")]  # on the other link, at once


@pytest.mark.parametrize("act", [LoseSite("main"), CloseSite("main")])
def test_the_lines_of_the_numbers_go_with_their_site(act: Act) -> None:
    """An agent at a site without links: the loss of the numbers' site cuts the call, its closing lets it end; then nobody dials."""
    failure = Step("fails", act, At(112.0))
    model = at_two_sites(Site("home", Seats(9, 9), ()))
    model = replace(model, events=(failure,)) if act.kind == "event" else replace(model, playbook=(*model.playbook, failure))
    run = played(model, gave_up(n=2))
    assert dials(run) == ([(100, 112, "unfinished")] if act.kind == "event" else [(100, 117, "reached")])


def test_a_call_goes_on_over_the_lines_on_which_it_was_made() -> None:
    """The numbers move while an agent at a site without links talks: the loss of the old site still cuts this call."""
    home, spare = Site("home", Seats(9, 9), ()), Site("spare", Seats(9, 9), ("other",))
    model = at_two_sites(home)
    model = replace(
        model, sites=(*model.sites, spare), playbook=(*model.playbook, Step("move", RerouteNumbers("spare"), At(111.0))),
        events=(Step("quake", LoseSite("main"), At(115.0)),),
    )  # fmt: skip
    assert dials(played(model, gave_up())) == [(100, 115, "unfinished"), (115, 132, "reached")]


# -- the network -------------------------------------------------------------------------------------------------------


def test_a_full_network_loses_a_dial_by_the_person_s_own_mark() -> None:
    """The marks of the first two dials of the first person decide; a dial that is lost rings out and counts as a try."""

    def marks(key: int) -> list[float]:
        return [uniform(key, 1, CONNECTS + (part << PIECE)) for part in (0, 1)]

    key = next(key for key in range(100) if marks(key)[0] < marks(key)[1])  # a network between them loses the first dial alone
    first, second = marks(key)
    for blocks, expected in (
        (first - 1e-9, [(100, 117, "reached")]),
        (first + 1e-9, [(100, 110, "not_connected"), (210, 227, "reached")]),
        (second + 1e-9, [(100, 110, "not_connected"), (210, 220, "not_connected")]),
    ):
        full = Step("full", CongestNetwork(blocks, 1e15), At(50.0))
        people = gave_up(laws={**TALK, "spacing": [Constant(100.0)]}).with_columns(key=np.array([key]))
        run = played(dialling(events=(full,)), people)
        assert dials(run) == expected
        assert what(run)[-1] == ("not_reached" if expected[-1][2] == "not_connected" else "handled")


def test_a_lost_dial_is_counted_apart_and_leaves_no_message() -> None:
    full = Step("full", CongestNetwork(1.0, 1e15), At(50.0))
    model = dialling(VOICE, back(voicemail=1.0, voicemail_time=15.0), events=(full,))
    run = played(model, gave_up(laws={**TALK, "spacing": [Constant(100.0)]}))
    assert dials(run) == [(100, 110, "not_connected"), (210, 220, "not_connected")]
    sums = dict(zip(CONTACT_SUMS, tally(run, model).contacts.reshape(len(CONTACT_SUMS), -1).sum(axis=1).tolist(), strict=True))
    assert [sums[name] for name in ("dials", "dials_not_connected", "dials_no_answer", "dials_voicemail")] == [2, 2, 0, 0]


def test_a_dial_that_the_end_of_the_run_meets_is_under_way_and_one_that_a_failure_met_is_cut() -> None:
    model = dialling(events=(Step("cut", CutLink("cable"), At(105.0), until=At(300.0)),))
    model = replace(model, clock=replace(model.clock, duration=305.0, interval=61.0))
    run = played(model, gave_up())
    assert dials(run) == [(100, 105, "unfinished"), (300, 305, "unfinished")]
    sums = dict(zip(CONTACT_SUMS, tally(run, model).contacts.reshape(len(CONTACT_SUMS), -1).sum(axis=1).tolist(), strict=True))
    assert [sums[name] for name in ("dials", "dials_cut", "dials_under_way")] == [2, 1, 1]


# -- the list ----------------------------------------------------------------------------------------------------------


def test_a_promise_that_ends_while_somebody_dials_lapses_once_that_led_to_nothing() -> None:
    offer = Step("offer", OfferCallback("voice", "back", above=0.0, accept=1.0), At(0.0))
    for answers, outcome, cause in ((NEVER, "not_reached", Cause.LAPSED), (ALWAYS, "handled", Cause.NONE)):
        model = replace(with_channels(VOICE, back(promise=25.0, answers=answers)), playbook=(offer,))
        run = played(model, hand((1, 20, 99, 0), (2, 9, 99, 0), channels=2, laws={**TALK, "spacing": [Constant(100.0)]}))
        assert what(run)[-1] == outcome
        assert Cause(run.ledger.cause[-1]) == cause
        assert run.ledger.ended[-1] == (31 if outcome == "not_reached" else 38)


def second_list(at: float, **changes: object) -> Run:
    """Two people on a list at 100 s, one of whom is being dialled; another list at ``at``."""
    channel = back(**changes)
    steps = (Step("again", StartCampaign("back"), At(at)),)
    laws = {**TALK, "spacing": [Constant(100.0)]}
    return played(dialling(VOICE, channel, steps=steps), gave_up((102, 9, 1, 0), n=2, laws=laws))


def test_a_second_list_leaves_out_who_waits_or_is_being_called() -> None:
    run = second_list(105.0)  # the first rings, the second waits, the third is new
    assert run.ledger.customer[run.ledger.channel == 1].tolist() == [0, 1, 2]
    assert [entry.detail for entry in run.log if entry.what == "note"] == ["2 numbers of 2 people", "1 numbers of 1 people"]


def test_a_second_list_leaves_out_who_rests_between_two_dials() -> None:
    run = second_list(150.0, answers=NEVER, tries=3)
    assert run.ledger.customer[run.ledger.channel == 1].tolist() == [0, 1, 2]


def test_a_second_list_leaves_out_whom_we_talk_to_and_whom_we_have_served() -> None:
    run = second_list(112.0)
    assert run.ledger.customer[run.ledger.channel == 1].tolist() == [0, 1, 2]
    run = second_list(500.0)
    assert run.ledger.customer[run.ledger.channel == 1].tolist() == [0, 1, 2]


def test_a_second_list_has_those_whom_the_first_gave_up() -> None:
    run = second_list(500.0, answers=NEVER, tries=1)
    assert run.ledger.customer[run.ledger.channel == 1].tolist() == [0, 1, 0, 1, 2]


def test_who_was_promised_a_call_is_on_no_campaign_s_list() -> None:
    offer = Step("offer", OfferCallback("voice", "back", above=0.0, accept=1.0, slots=9.0), At(0.0))  # the first appointment at 400 s
    model = replace(with_channels(VOICE, BACK, links=ONE), playbook=(offer, LISTED))
    run = played(model, hand((1, 20, 99, 0), (2, 9, 99, 0), (22, 70, 99, 0), channels=2, laws=TALK))
    assert what(run)[:2] == ["handled", "blocked"]
    assert run.ledger.customer[run.ledger.channel == 1].tolist() == [1]
