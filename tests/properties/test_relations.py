"""How a run answers to a change whose effect is known without simulating: path by path where it is bit by bit, else in the mean."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from heapq import heapify, heapreplace
from math import inf
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.fewer_worlds import surge
from simulator.crisis.act import Act
from simulator.crisis.actions import Announce
from simulator.crisis.handling import OfferCallback, ScaleTalk
from simulator.crisis.information import PublishPage, SendMessage
from simulator.crisis.play import simulate
from simulator.model.channels import Calling
from simulator.model.distributions import Constant, Exponential, Lognormal
from simulator.model.people import Strain
from simulator.model.world import At, Channel, Clock, Link, Model, Platform, Profile, Redial, Retry, Routing, Shift, Slowdown, Step, Team
from simulator.records import Run
from simulator.routing.declared import Accumulating, FirstCome, Newest, Priority, StrategyDeclaration
from simulator.vocabulary import Outcome
from simulator.workload import Workload, draw
from tests.properties.generated import crisis
from tests.rules.small_centre import centre

HOUR = 3600.0
SURGE = surge(50, service_order="ordinal")
SERVED, GAVE_UP, REFUSED = Outcome.HANDLED, Outcome.ABANDONED, Outcome.BLOCKED
few = settings(max_examples=30, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32)


def same(one: Run, other: Run, *, times: float = 1.0) -> None:
    """The same ledger, bit by bit, every instant ``times`` as late."""
    for column in fields(one.ledger):
        mine, theirs = getattr(one.ledger, column.name), getattr(other.ledger, column.name)
        np.testing.assert_array_equal(mine * times if mine.dtype == np.float64 else mine, theirs, err_msg=column.name)
    np.testing.assert_array_equal(one.persons.fate, other.persons.fate)


def people(seed: int, n: int = 300, *, patient: bool = False, needs: int = 1) -> Workload:
    """People written by hand, of whom two or three call in a minute and talk for one."""
    r = np.random.default_rng(seed)
    arrivals = np.cumsum(r.exponential(25.0, n))
    patience = np.full(n, inf) if patient else r.exponential(40.0, n)
    need = r.integers(0, needs, n)
    return Workload.by_hand(arrivals.tolist(), r.exponential(60.0, n).tolist(), patience.tolist(), need=need.tolist(), needs=needs)


def small(agents: int, strategy: StrategyDeclaration | None = None, lines: int = 10_000, **more: Any) -> Model:
    return centre(agents, lines, routing=Routing(strategy or FirstCome()), duration=30_000.0, **more)


def waits(run: Run) -> np.ndarray:
    return np.asarray(run.ledger.answered - run.ledger.arrived)


# -- an independent reckoning of first come, first served ------------------------------------------------------------------


def reckoned(workload: Workload, agents: int, lines: int) -> tuple[list[str], list[float]]:
    """Kiefer and Wolfowitz's recursion with patience and lines: what becomes of each call, and its wait (0 of those refused)."""
    free = [0.0] * agents
    heapify(free)
    leaves: list[float] = []  # when each accepted call lets its line go
    outcomes, wait = [], []
    for arrived, talk, patience in zip(workload.onset, workload.talk[0], workload.patience, strict=True):
        if sum(left > arrived for left in leaves) >= lines:
            outcomes.append("b")
            wait.append(0.0)
            continue
        begins = max(arrived, free[0])
        if begins - arrived > patience:
            outcomes.append("a")
            wait.append(patience)
            leaves.append(arrived + patience)
        else:
            outcomes.append("s")
            wait.append(begins - arrived)
            heapreplace(free, begins + talk)
            leaves.append(begins + talk)
    return outcomes, wait


@few
@given(seeds, st.integers(1, 5), st.integers(0, 8))
def test_first_come_first_served_contact_by_contact(seed: int, agents: int, more_lines: int) -> None:
    workload = people(seed)
    run = simulate(small(agents, lines=agents + more_lines), workload)
    expected, wait = reckoned(workload, agents, agents + more_lines)
    assert [{SERVED: "s", GAVE_UP: "a", REFUSED: "b"}[Outcome(code)] for code in run.ledger.outcome.tolist()] == expected
    until = np.where(np.isnan(run.ledger.answered), run.ledger.ended, run.ledger.answered)
    np.testing.assert_allclose(until - run.ledger.arrived, wait, rtol=0, atol=1e-6)


@few
@given(seeds)
def test_a_perfect_announcement(seed: int) -> None:
    """Whoever would give up might as well not have called: the same people are served at the same instants (KW-3)."""
    workload = people(seed, 1000)
    run = simulate(small(2), workload)
    served = run.ledger.outcome == SERVED
    assert 100 < served.sum() < 1000
    only = run.ledger.customer[served]
    some = Workload.by_hand(
        workload.onset[only].tolist(), workload.talk[0][only].tolist(), workload.patience[only].tolist(), need=[0] * len(only), needs=1
    )
    np.testing.assert_array_equal(simulate(small(2), some).ledger.answered, run.ledger.answered[served])


# -- bit by bit ------------------------------------------------------------------------------------------------------------


DURATIONS = {
    Exponential: ("mean_",), Constant: ("value",), Lognormal: ("median",), Clock: ("duration", "interval"), Profile: ("edges",),
    Shift: ("start", "end"),
}  # fmt: skip
"""Which fields are durations, of what the surge is made of."""


def longer(part: Any, times: float) -> Any:
    """A model with every duration ``times`` as long."""
    if type(part) in DURATIONS:
        scaled = {name: np.multiply(getattr(part, name), times).tolist() for name in DURATIONS[type(part)]}
        return replace(part, **{name: tuple(value) if isinstance(value, list) else value for name, value in scaled.items()})
    if isinstance(part, tuple):
        return tuple(longer(item, times) for item in part)
    if is_dataclass(part) and not isinstance(part, type):
        return replace(part, **{f.name: longer(getattr(part, f.name), times) for f in fields(part)})
    return part


@pytest.mark.parametrize("order", ["ordinal", "person"])
def test_a_world_twice_as_slow(order: str) -> None:
    """Every duration doubled, rates halved: the same outcomes, instants exactly twice as late."""
    model = surge(50, service_order=order)
    slow = longer(model, 2.0)
    same(simulate(model, draw(model, 1, 0)), simulate(slow, draw(slow, 1, 0)), times=2.0)


def without(name: str) -> tuple[Model, Model]:
    """The surge, and the same with a feature in it that does nothing."""
    voice, need = SURGE.channels[0], SURGE.needs[0].name
    never = Retry(0.0, Exponential(60.0))
    plain = replace(SURGE, channels=(Channel("voice", "voice", "main"),))
    desk = replace(SURGE, platforms=(Platform("ivr", "cloud"), Platform("web", "cloud")))
    days = tuple((1.0,) * 24 for _ in range(7))
    tell, send, page = Announce({need: 0.0}), SendMessage({need: 0.0}, Exponential(60.0)), PublishPage({need: 0.0})

    def doing(model: Model, act: Act) -> tuple[Model, Model]:
        return model, replace(model, playbook=(Step("does", act, At(HOUR)),))

    listed = replace(SURGE, channels=(voice, Channel("back", "callback", calling=Calling(10.0, days))))
    found: dict[str, tuple[Model, Model]] = {
        "nobody redials": (plain, replace(plain, channels=(replace(voice, redial=Redial(never, never, never)),))),
        "a strain that does not slow": (SURGE, replace(SURGE, strain=Strain(3 * HOUR, HOUR, slows=0.0))),
        "a slow-down to the same speed": (SURGE, replace(SURGE, routing=Routing(FirstCome(), (), (Slowdown(0.5, 1.0),)))),
        "no lines kept": (SURGE, replace(SURGE, sites=(replace(SURGE.sites[0], reserve={need: 0}),))),
        "an announcement that nobody hears": doing(desk, tell),
        "a message that helps nobody": doing(desk, send),
        "a page that helps nobody": doing(desk, page),
        "callbacks that nobody accepts": doing(listed, OfferCallback("voice", "back", 0.0, 0.0)),
        "a script of the same length": doing(SURGE, ScaleTalk(need, 1.0)),
    }
    return found[name]


@pytest.mark.parametrize(
    "name",
    [
        "nobody redials", "a strain that does not slow", "a slow-down to the same speed", "no lines kept",
        "an announcement that nobody hears", "a message that helps nobody", "a page that helps nobody",
        "callbacks that nobody accepts", "a script of the same length",
    ],
)  # fmt: skip
def test_what_does_nothing_changes_nothing(name: str) -> None:
    off, on = without(name)
    assert off != on
    same(simulate(off, draw(off, 1, 0)), simulate(on, draw(on, 1, 0)))


def test_names_do_not_matter() -> None:
    """Sites, links, teams and channels under other names."""
    voice, site, team = SURGE.channels[0], SURGE.sites[0], SURGE.teams[0]
    other = replace(
        SURGE,
        channels=(replace(voice, numbers="house"),),
        links=(Link("glass", SURGE.links[0].lines),),
        sites=(replace(site, name="house", links=("glass",)),),
        teams=(replace(team, name="folk", site="house"),),
    )
    same(simulate(SURGE, draw(SURGE, 1, 0)), simulate(other, draw(other, 1, 0)))


@few
@given(seeds, st.integers(1, 4))
def test_a_need_split_in_two_alike(seed: int, agents: int) -> None:
    """First come, first served knows no difference between them."""
    two = people(seed, needs=2)
    one = two.with_columns(need=np.zeros_like(two.need), talk=two.talk[:1], wrap=two.wrap[:1])
    split = small(agents, needs={"one": 1, "another": 1})
    np.testing.assert_array_equal(simulate(split, two).ledger.ended, simulate(small(agents), one).ledger.ended)


@pytest.mark.parametrize(
    ("weights", "limit"), [((1.0, 1.0), FirstCome()), ((1e9, 1.0), Priority())], ids=["all alike: first come", "very unequal: priority"]
)
def test_limits_of_accumulating_priority(weights: tuple[float, float], limit: StrategyDeclaration) -> None:
    names = [need.name for need in SURGE.needs]
    between = replace(SURGE, routing=Routing(Accumulating(weights=dict(zip(names, weights, strict=True)))))
    same(simulate(between, draw(between, 1, 0)), simulate(replace(SURGE, routing=Routing(limit)), draw(SURGE, 1, 0)))


# -- path by path ----------------------------------------------------------------------------------------------------------


@few
@given(seeds, st.integers(1, 2))
def test_the_order_of_service_moves_no_work(seed: int, agents: int) -> None:
    """Nobody gives up, and the k-th talk is as long whoever has it: whenever one begins under one order, one does under another."""
    patient = replace(people(seed, patient=True), by_person=False)
    oldest, newest = (simulate(small(agents, strategy), patient) for strategy in (FirstCome(), Newest(calm=0.0)))
    assert (oldest.ledger.answered != newest.ledger.answered).any()
    for column in ("answered", "ended"):
        one, other = (np.sort(getattr(run.ledger, column)) for run in (oldest, newest))
        np.testing.assert_array_equal(one, other)
    assert waits(oldest).sum() == pytest.approx(waits(newest).sum(), rel=1e-9)


@few
@given(seeds, st.integers(1, 4))
def test_one_agent_more_makes_nobody_wait_longer(seed: int, agents: int) -> None:
    patient = people(seed, patient=True)
    assert (waits(simulate(small(agents + 1), patient)) <= waits(simulate(small(agents), patient)) + 1e-9).all()


@few
@given(seeds, st.integers(1, 4))
def test_shorter_talks_make_nobody_wait_longer(seed: int, agents: int) -> None:
    patient = people(seed, patient=True)
    shorter = np.random.default_rng(seed + 1).uniform(0.5, 1.0, len(patient))
    quick = patient.with_columns(talk=(patient.talk[0] * shorter,))
    assert (waits(simulate(small(agents), quick)) <= waits(simulate(small(agents), patient)) + 1e-9).all()


@pytest.mark.parametrize("act", [SendMessage, PublishPage], ids=["message", "page"])
def test_more_information_means_fewer_of_the_same_people(act: Any) -> None:
    """Before anybody is in a queue: whoever calls although more are told would have called in any case."""
    need = SURGE.needs[1].name
    roomy = replace(surge(400, service_order="person"), platforms=(Platform("web", "cloud"),))
    roomy = replace(roomy, sites=(replace(roomy.sites[0], seats=replace(roomy.sites[0].seats, total=400, ready=400)),))
    callers = []
    for share in (0.0, 0.3, 0.6):
        told = act({need: share}, Exponential(600.0)) if act is SendMessage else act({need: share})
        model = replace(roomy, playbook=(Step("tell", told, At(HOUR)),))
        callers.append(set(simulate(model, draw(model, 1, 0)).ledger.customer.tolist()))
    assert callers[0] > callers[1] > callers[2]


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seeds)
def test_a_team_of_nobody(seed: int) -> None:
    """In any crisis."""
    model = crisis(seed)
    nobody = Team("nobody", 0, "main", {need.name: 1.0 for need in model.needs}, ())
    same(simulate(model, draw(model, 1, 0)), simulate(replace(model, teams=(*model.teams, nobody)), draw(model, 1, 0)))


# -- in the mean -----------------------------------------------------------------------------------------------------------


def shares(model: Model) -> tuple[float, float]:
    """Refused and given up, of all calls of a few worlds."""
    codes = np.concatenate([simulate(model, draw(model, 1, world)).ledger.outcome for world in range(4)])
    return float((codes == REFUSED).mean()), float((codes == GAVE_UP).mean())


def test_more_agents_fewer_give_up_and_more_lines_fewer_are_refused() -> None:
    plain = replace(SURGE, channels=(Channel("voice", "voice", "main"),))
    site = replace(plain.sites[0], seats=replace(plain.sites[0].seats, total=100, ready=100))

    def of(agents: int, lines: int) -> tuple[float, float]:
        teams = (replace(surge(agents, service_order="ordinal").teams[0]),)
        return shares(replace(plain, teams=teams, sites=(site,), links=(Link("cable", lines),)))

    staffed = [of(agents, 10_000)[1] for agents in (45, 50, 60)]
    assert staffed == sorted(staffed, reverse=True)
    lined = [of(50, lines) for lines in (60, 80, 120)]
    assert [refused for refused, _ in lined] == sorted((refused for refused, _ in lined), reverse=True)
    assert [left for _, left in lined] == sorted(left for _, left in lined)
    assert lined[0][0] > 0.05
