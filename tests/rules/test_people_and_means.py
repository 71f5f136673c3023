"""Distress, strain, posts, staff and means: exact instants of a few contacts written by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.crisis.events import LoseSite
from simulator.crisis.handling import AddLines, ScaleTalk, SwitchCare
from simulator.crisis.information import GoThere, PublishPage
from simulator.crisis.play import simulate
from simulator.crisis.staffing import CallInStaff, WorkOvertime
from simulator.model.channels import Turns
from simulator.model.distributions import Constant
from simulator.model.people import Care, Distress, Need, Strain
from simulator.model.world import At, Channel, Redial, Retry, Role, Shift, Step, Team
from simulator.records import Run
from simulator.vocabulary import Fate, Heard
from tests.rules.small_centre import centre
from tests.rules.small_channels import MESSAGE, VOICE, hand, what, with_channels

# -- distress -----------------------------------------------------------------------------------------------------------


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


def test_a_talk_that_is_lost_or_not_over_has_heard_nobody() -> None:
    lost = distressed(Care(), events=(Step("lost", LoseSite("main"), At(20.0)),))
    assert Heard(lost.persons.heard[0]) == Heard.UNHEARD
    handed = distressed(Care("care-team", to="care"), support=5000.0)
    assert Heard(handed.persons.heard[0]) == Heard.UNHEARD


def test_in_writing_the_last_answer_takes_the_support() -> None:
    need = Need("question", 1, Constant(10.0), Constant(0.0), Constant(99.0), distress=Distress(1.0, Constant(30.0)))
    model = with_channels(replace(MESSAGE, turns=Turns(1.0, Constant(30.0))), needs=(need,), care=Care("cap", after=5.0))
    people = hand((0, 10, 99, 0), laws={"support": [Constant(30.0)], "talk": [Constant(10.0)]})
    run = simulate(model, people.with_columns(distressed=np.array([1], np.uint8)))
    assert run.pieces.ended.tolist() == [40]
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


# -- posts --------------------------------------------------------------------------------------------------------------


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


# -- staff and means ----------------------------------------------------------------------------------------------------


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
