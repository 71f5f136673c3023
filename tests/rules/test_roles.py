"""Somebody who decides is gone: what needs them waits until they are back, and for ever if they never are."""

from __future__ import annotations

from dataclasses import replace

from simulator.crisis.actions import Decide
from simulator.crisis.events import LoseRole
from simulator.crisis.play import simulate
from simulator.model.world import After, At, Role, Step
from tests.rules.small_centre import centre
from tests.rules.test_crises_and_playbooks import calls, event, said

DECIDE = Step("decide", Decide("manager", "board"), After("it", 5.0))


def test_a_decision_waits_until_the_role_is_back() -> None:
    model = centre(events=[event(LoseRole("manager"), 10.0, 60.0)], playbook=[DECIDE])
    assert said(simulate(model, calls(1)), "decide") == [(15.0, "triggered"), (15.0, "waits"), (60.0, "done")]


def test_who_is_lost_while_busy_does_not_decide() -> None:
    lost = Step("lost", LoseRole("manager"), At(20.0), until=At(70.0))
    model = centre(events=[event(LoseRole("nobody"), 10.0), lost], playbook=[DECIDE])
    run = simulate(replace(model, roles=(Role("manager", "it", 30.0),)), calls(1))
    assert said(run, "decide") == [(15.0, "triggered"), (15.0, "waits"), (40.0, "waits"), (70.0, "done")]


def test_without_the_one_who_approves_nothing_is_ever_decided() -> None:
    later = Step("later", Decide("clerk"), None, ("decide",))
    run = simulate(centre(events=[event(LoseRole("board"), 10.0)], playbook=[DECIDE, later]), calls(1))
    assert said(run, "decide") == [(15.0, "triggered"), (15.0, "waits")]
    assert said(run, "later") == []
    assert run.observations.deciding.tolist()[-1] == 1
