"""What is in force on one thing at one time, on a few contacts with exact answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator.crisis import targets
from simulator.crisis.act import Act
from simulator.crisis.actions import Announce, CloseSite, Decide, OnShift, OpeningCrew, OpenSite, RerouteNumbers
from simulator.crisis.effects import Rule
from simulator.crisis.events import (
    CongestNetwork,
    CutLink,
    DegradeSite,
    FailPlatform,
    LoseRole,
    LoseSite,
    MendLink,
    RestorePlatform,
    ScaleDemand,
    SetLines,
)
from simulator.crisis.handling import AddLines, CloseChannel, OfferCallback, OpenChannel
from simulator.crisis.play import simulate
from simulator.model.distributions import Constant
from simulator.model.world import After, At, Channel, Link, Platform, Role, Seats, Site, Step
from simulator.records import Run
from simulator.vocabulary import Cause
from simulator.workload import Workload
from tests.rules.small_centre import centre, outcomes
from tests.rules.small_channels import BACK

SWITCH = [Platform("acd", "main")]


def calls(n: int, talk: float = 4.0) -> Workload:
    """One call every ten seconds."""
    return Workload.by_hand([10.0 * i for i in range(n)], [talk] * n, [3.0] * n)


def step(name: str, act: Act, at: float, until: float | None = None) -> Step:
    return Step(name, act, At(at), until=None if until is None else At(until))


def done_at(run: Run, name: str) -> float:
    return next(entry.instant for entry in run.log if entry.id == name and entry.what == "done")


OUTAGES = (FailPlatform("acd"), CutLink("cable"), LoseSite("main"), DegradeSite("main", 0.0), CloseChannel("voice"), SetLines("cable", 0))


@pytest.mark.parametrize("outage", [*OUTAGES, CloseSite("main"), ScaleDemand("question", 0.0)], ids=lambda act: act.name)
@pytest.mark.parametrize(
    ("first", "second"),
    [((15.0, 35.0), (25.0, 55.0)), ((15.0, 55.0), (25.0, 35.0)), ((15.0, 35.0), (35.0, 55.0)), ((15.0, 55.0), (15.0, 55.0))],
    ids=["overlapping", "nested", "touching", "the same twice"],
)
def test_nothing_works_until_the_last_of_two_outages_ends(outage: Act, first: tuple[float, float], second: tuple[float, float]) -> None:
    steps = [step("a", outage, *first), step("b", outage, *second)]
    sides = {"events": steps} if outage.kind != "action" else {"playbook": steps}
    run = simulate(centre(platforms=SWITCH, **sides), calls(8))  # type: ignore[arg-type]  # steps either way
    answered = {float(at) for at, row in zip(run.ledger.arrived, outcomes(run), strict=True) if row == "s"}
    assert answered == {0.0, 10.0, 60.0, 70.0}


REPAIRS = [
    (FailPlatform("acd"), RestorePlatform("acd")),
    (CutLink("cable"), MendLink("cable")),
    (CloseChannel("voice"), OpenChannel("voice")),
]


@pytest.mark.parametrize(("outage", "repair"), REPAIRS)
def test_a_repair_ends_what_is_in_force_and_nothing_that_begins_later(outage: Act, repair: Act) -> None:
    steps = [step("a", outage, 15.0, 55.0), step("repair", repair, 25.0), step("b", outage, 35.0, 65.0)]
    run = simulate(centre(platforms=SWITCH, events=steps), calls(8))
    assert "".join("s" if letter == "s" else "-" for letter in outcomes(run)) == "ss-s---s"


def test_what_is_firm_no_repair_ends() -> None:
    steps = [replace(step("a", FailPlatform("acd"), 15.0), firm=True), step("repair", RestorePlatform("acd"), 25.0)]
    assert outcomes(simulate(centre(platforms=SWITCH, events=steps), calls(5))) == "ssbbb"


def test_an_effect_that_begins_before_the_run_or_ends_after_it() -> None:
    assert outcomes(simulate(centre(platforms=SWITCH, events=[step("a", FailPlatform("acd"), 0.0, 15.0)]), calls(3))) == "bbs"
    assert outcomes(simulate(centre(platforms=SWITCH, events=[step("a", FailPlatform("acd"), 15.0, 9999.0)]), calls(3))) == "ssb"
    long = Step("long", FailPlatform("acd"), At(-50.0), takes=20.0, until=After("long", 45.0))
    after = Step("after", FailPlatform("acd"), After("long", 55.0), until=After("after", 10.0))
    assert outcomes(simulate(centre(platforms=SWITCH, events=[long, after]), calls(5))) == "bbsbs"  # to 15, and from 25 to 35
    fades = CongestNetwork(0.8, 10.0)
    marks = calls(2).with_columns(network=np.full(2, 0.3))
    assert outcomes(simulate(centre(events=[step("full", fades, -10.0)]), marks)) == "us"  # 40 % at the start, 20 % after ten seconds


def test_lines_that_were_added_stay_beside_a_setting() -> None:
    links = (Link("cable", 5),)
    playbook = [step("add", AddLines("cable", 5), 10.0, 50.0)]
    for instant, lines in ((5, 5), (15, 10), (25, 8), (35, 10), (60, 5)):
        workload = Workload.by_hand([float(instant)] * 12, [0.5] * 12, [99.0] * 12)
        run = simulate(centre(agents=20, links=links, events=[step("set", SetLines("cable", 3), 20.0, 30.0)], playbook=playbook), workload)
        assert outcomes(run).count("s") == lines, instant


def test_a_decision_waits_until_nobody_misses_the_role() -> None:
    events = [step("a", LoseRole("boss"), 10.0, 30.0), step("b", LoseRole("boss"), 20.0, 50.0)]
    playbook = [Step("decide", Decide("boss"), At(25.0))]
    model = replace(centre(events=events, playbook=playbook), roles=(Role("boss"),))
    assert done_at(simulate(model, calls(1)), "decide") == 50.0


def test_networks_that_are_full_together_lose_what_either_loses() -> None:
    events = [step("a", CongestNetwork(0.5, 1e9), 5.0, 25.0), step("b", CongestNetwork(0.5, 1e9), 15.0)]
    marks = calls(4).with_columns(network=np.full(4, 0.6))
    assert outcomes(simulate(centre(events=events), marks)) == "ssus"  # 0 %, 50 %, 75 %, 50 % are lost


def test_a_damaged_site_stays_damaged_while_it_is_furnished() -> None:
    sites = (Site("main", Seats(100, 100), ("cable",)), Site("spare", Seats(10, 2, 80.0), ("cable",), open=False))
    events = [step("fire", LoseSite("main"), 5.0), step("flood", DegradeSite("spare", 0.5), 20.0, 90.5)]
    crew = OpeningCrew(OnShift(journey=Constant(1.0)))
    playbook = [step("open", OpenSite("spare", crew), 10.0), step("lead", RerouteNumbers("spare"), 10.0)]
    model = replace(
        centre(agents=20, sites=sites, events=events, playbook=playbook), clock=replace(centre().clock, interval=10.0, duration=200.0)
    )
    seats = simulate(model, calls(1)).observations.online[:, 1].tolist()
    assert seats[1:12] == [0, 3, 4, 5, 5, 5, 5, 5, 5, 10, 10]


def test_a_second_loss_cuts_the_calls_that_the_first_let_end() -> None:
    events = [step("alarm", LoseSite("main", "finish"), 5.0), step("fire", LoseSite("main"), 8.0)]
    run = simulate(centre(events=events), Workload.by_hand([0.0], [20.0], [9.0]))
    assert (outcomes(run), run.ledger.ended.tolist()) == ("d", [8.0])


def test_numbers_lead_where_the_last_step_leads_them_and_back() -> None:
    sites = (Site("main", Seats(9, 9), ("cable",)), Site("spare", Seats(9, 9), ("other",)))
    links = (Link("cable", 9), Link("other", 9))
    run = simulate(centre(sites=sites, links=links, playbook=[step("lead", RerouteNumbers("spare"), 15.0, 25.0)]), calls(4))
    assert run.ledger.site.tolist() == [0, 0, 1, 0]


def test_a_switch_whose_cables_are_all_cut_is_silent_and_so_are_its_announcements() -> None:
    """The numbers lead to the other site, whose cable works: nobody distributes the calls that it brings."""
    sites = (Site("main", Seats(9, 9), ("north", "south")), Site("spare", Seats(9, 9), ("other",)))
    links = (Link("north", 9), Link("south", 9), Link("other", 9))
    events = [step("one", CutLink("north"), 15.0, 65.0), step("two", CutLink("south"), 25.0, 45.0)]
    playbook = [step("lead", RerouteNumbers("spare"), 1.0)]
    places = [Platform("acd", "main"), Platform("ivr", "main")]
    run = simulate(centre(sites=sites, links=links, platforms=places, events=events, playbook=playbook), calls(6))
    assert outcomes(run) == "sssbbs"
    assert {Cause(c) for c, letter in zip(run.ledger.cause.tolist(), outcomes(run), strict=True) if letter == "b"} == {Cause.PLATFORM_DOWN}
    announced = step("tell", Announce({"question": 1.0}), 5.0)
    run = simulate(centre(sites=sites, links=links, platforms=places, events=events, playbook=[*playbook, announced]), calls(6))
    assert outcomes(run) == "sccbbc"


def test_calls_to_a_site_whose_cables_are_all_cut_do_not_come_as_far_as_its_switch() -> None:
    run = simulate(centre(platforms=SWITCH, events=[step("a", CutLink("cable"), 5.0, 15.0)]), calls(3))
    assert outcomes(run) == "sus"
    assert Cause(run.ledger.cause[1]) == Cause.LINK_DOWN


def test_letters_wait_while_their_platform_is_down_and_are_answered_after() -> None:
    letters = Channel("post", "email", platform="mail")
    model = centre(channel=letters, platforms=[Platform("mail", "main")], events=[step("a", FailPlatform("mail"), 5.0, 35.0)])
    run = simulate(model, Workload.by_hand([0.0, 1.0, 10.0], [8.0, 8.0, 8.0], [999.0] * 3))
    assert outcomes(run) == "ssb"
    assert run.ledger.answered[:2].tolist() == [0.0, 35.0]


def test_appointments_stand_in_one_diary_whoever_promises_them() -> None:
    """One offer follows another on one callback channel, and promises no slot that is taken."""
    offers = [
        step(name, OfferCallback("voice", "back", 0.0, 1.0, slots=60.0), at, until) for name, at, until in (("a", 1, 25), ("b", 25, 99))
    ]
    model = replace(centre(playbook=offers), channels=(centre().channels[0], BACK))
    run = simulate(model, Workload.by_hand([0.0, 10.0, 20.0, 30.0], [900.0] * 4, [99.0] * 4, channels=2))
    assert [due for due in run.ledger.queued.tolist() if due > 30.0] == [61.0, 121.0, 181.0]


def test_the_rules_of_the_run_say_how_effects_on_one_thing_make_up_its_state(root: Path) -> None:
    page = (root / "docs/explanation/rules-of-the-run.md").read_text()
    rules = [value for value in vars(targets).values() if isinstance(value, Rule)]
    assert len(rules) > 20
    assert [rule.says for rule in rules if f"| {rule.says} |" not in page] == []
