"""What is told to have no effect has none: the same world without it has the same ledger, bit by bit."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from math import inf
from random import Random
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.crisis import acts
from simulator.crisis.play import simulate
from simulator.model.world import After, At, Link, Model, Seats, Shift, Site, Step, Team
from simulator.records import Run
from simulator.scenario.inert import Inert, inert
from simulator.scenario.inert_acts import ACTS
from simulator.workload import draw
from tests.properties.acts import act_at_random
from tests.properties.channelled import channelled
from tests.properties.generated import crisis

HOUR = 3600.0
seeds = st.integers(0, 2**32)
seen: Counter[str] = Counter()


def test_every_act_that_ships_says_when_it_does_nothing() -> None:
    ours = {name for name, act in acts.items() if act.__module__.startswith("simulator.")}
    assert ours == ACTS.keys()


def story(seed: int) -> Model:
    """A crisis made up at random, with more steps that may do nothing: of every act, at any time, some of them for a while."""
    r = Random(seed)  # noqa: S311  # a generator of test cases, not of secrets
    model = r.choice([crisis, channelled])(seed)
    model = replace(model, needs=(*model.needs, replace(model.needs[0], name="nobody's")), budget=inf)  # what does nothing may cost
    model = replace(
        model,
        links=(*model.links, Link("far", 10)),
        sites=(*model.sites, Site("far", Seats(5, 5), ("far",))),
        teams=(*model.teams, Team("far", 5, r.choice(["far", "spare"]), {"nobody's": 1.0}, (Shift(0, 5, 0.0, 13 * HOUR),))),
    )
    steps: list[Step] = []
    for i, name in enumerate(r.sample(list(ACTS), 10)):
        try:
            act = act_at_random(acts[name], model, r)
        except (IndexError, KeyError, ValueError):
            continue  # nothing of that kind in this model
        when = At(r.choice([0.0, 1.0, 4.0, 13.0]) * HOUR) if r.random() < 0.8 or not steps else After(steps[0].id, 60.0)
        until = At(9 * HOUR) if act.lasting and r.random() < 0.5 else None
        steps.append(Step(f"more-{i}", act, when, until=until))
    events = tuple(step for step in steps if step.act.kind != "action")
    playbook = tuple(step for step in steps if step.act.kind == "action")
    if r.random() < 0.3:
        return replace(model, events=(*model.events, *events), playbook=(*model.playbook, *playbook))
    roles = tuple(replace(role, busy_after=steps[0].id if role.busy_after else "") for role in model.roles)
    return replace(model, events=events, playbook=playbook, roles=roles)


def same(one: Run, other: Run) -> None:
    for column in fields(one.ledger):
        np.testing.assert_array_equal(getattr(one.ledger, column.name), getattr(other.ledger, column.name), err_msg=column.name)
    np.testing.assert_array_equal(one.persons.fate, other.persons.fate)


def told(model: Model) -> list[Inert]:
    tree: dict[str, Any] = {"roles": {role.name: {} for role in model.roles}}
    return list(inert(model, tree))


@given(seeds)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_a_step_that_is_told_to_do_nothing_can_be_left_out(seed: int) -> None:
    model = story(seed)
    found = {(str(what.path[0]), what.path[1]) for what in told(model) if what.path[0] in ("events", "playbook") and len(what.path) == 3}
    changes: dict[str, Any] = {
        section: tuple(step for i, step in enumerate(getattr(model, section)) if (section, i) not in found)
        for section in ("events", "playbook")
    }
    kept = {step.id for steps in changes.values() for step in steps}
    waits = {getattr(step.when, "step", "") for steps in changes.values() for step in steps} - {""}
    if not found or waits - kept:
        return  # what waits for a step that does nothing waits for it all the same
    seen.update(step.act.name for section in changes for step in getattr(model, section) if step.id not in kept)
    less = replace(model, **changes)
    same(simulate(model, draw(model, seed, 0)), simulate(less, draw(less, seed, 0)))


@given(seeds)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_what_else_is_told_to_do_nothing_can_be_taken_away(seed: int) -> None:
    """Lines that carry nothing, other work that keeps nobody waiting, agents who have no door to go through."""
    model = story(seed)
    found = [what for what in told(model) if what.code != "no-effect" or what.path[0] == "roles"]
    lines, roles, teams = ({str(what.path[1]) for what in found if what.path[0] == key} for key in ("links", "roles", "teams"))
    less = replace(
        model,
        links=tuple(replace(link, lines=0) if link.name in lines else link for link in model.links),
        roles=tuple(replace(role, busy_for=0.0) if role.name in roles else role for role in model.roles),
        teams=tuple(replace(team, shifts=()) if team.name in teams else team for team in model.teams),
    )
    seen.update([name for name, some in (("links", lines), ("roles", roles), ("teams", teams)) if some])
    same(simulate(model, draw(model, seed, 0)), simulate(less, draw(less, seed, 0)))


def test_much_has_been_told_to_do_nothing() -> None:
    """So that the two properties above are about something."""
    assert len(seen) > 20, seen
    assert {"links", "roles", "teams"} <= seen.keys()
