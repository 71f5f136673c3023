"""One caller more, one agent more, a queue that nobody uses: what they must not change does not change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.fewer_worlds import spreads, surge
from simulator.crisis.actions import OnShift, OpeningCrew, OpenSite
from simulator.crisis.events import LoseSite, LoseStaff, SendStaffAway
from simulator.crisis.information import SendMessage
from simulator.crisis.play import simulate
from simulator.model.distributions import Constant, Exponential
from simulator.model.world import At, Link, Model, Need, Profile, Seats, Shift, Site, Step, Surge, Team
from simulator.records import Run
from simulator.vocabulary import AgentState, Fate, Solved
from simulator.workload import Workload, draw

MODEL = surge(50, service_order="person")
HOUR = 3600.0


def drawn(model: Model) -> Workload:
    return draw(model, 20260101, 0)


def with_one_more(workload: Workload, instant: float) -> Workload:
    """The same people and one more, who first calls at ``instant`` and is like the person who calls next."""
    place = int(np.searchsorted(workload.onset, instant))
    n = len(workload)
    columns: dict[str, object] = {}
    for name, column in vars(workload).items():
        if isinstance(column, np.ndarray) and len(column) == n:
            columns[name] = np.insert(column, place, column[place])
        elif isinstance(column, tuple) and all(isinstance(part, np.ndarray) and len(part) == n for part in column):
            columns[name] = tuple(np.insert(part, place, part[place]) for part in column)
    onset = np.insert(workload.onset, place, instant)
    key = np.insert(workload.key, place, 12345)
    return workload.with_columns(**{**columns, "onset": onset, "key": key, "calls": n + 1})


def ledgers_equal(one: Run, other: Run) -> None:
    for name in vars(one.ledger):
        np.testing.assert_array_equal(getattr(one.ledger, name), getattr(other.ledger, name), err_msg=name)


def test_one_caller_more_changes_nothing_before_and_little_after() -> None:
    workload = drawn(MODEL)
    instant = 2.5 * HOUR + 0.5  # in the middle of the surge
    place = int(np.searchsorted(workload.onset, instant))
    before, after = simulate(MODEL, workload), simulate(MODEL, with_one_more(workload, instant))
    early = before.ledger.arrived < instant
    early_after = after.ledger.arrived < instant
    np.testing.assert_array_equal(before.ledger.arrived[early], after.ledger.arrived[early_after])
    np.testing.assert_array_equal(before.persons.onset, np.delete(after.persons.onset, place))
    answered = before.ledger.answered[early]
    settled = answered < instant
    np.testing.assert_array_equal(answered[settled], after.ledger.answered[early_after][settled])
    changed = int((before.persons.fate != np.delete(after.persons.fate, place)).sum())
    assert changed <= 0.01 * len(workload), f"one caller changed the fate of {changed} of {len(workload)} others"


def test_one_caller_more_in_an_empty_centre_changes_nobody() -> None:
    """With an agent to spare, the others do not notice."""
    idle = surge(400, service_order="person")
    idle = replace(idle, sites=(replace(idle.sites[0], seats=replace(idle.sites[0].seats, total=400, ready=400)),))
    workload = drawn(idle)
    instant = 2.5 * HOUR + 0.5
    place = int(np.searchsorted(workload.onset, instant))
    before, after = simulate(idle, workload), simulate(idle, with_one_more(workload, instant))
    assert (before.ledger.answered == before.ledger.arrived).all()
    for name in ("arrived", "answered", "released", "ended", "outcome"):
        np.testing.assert_array_equal(getattr(before.ledger, name), np.delete(getattr(after.ledger, name), place), err_msg=name)


def test_one_agent_more_leaves_the_customers_alone() -> None:
    few, more = MODEL, surge(51, service_order="person")
    one, other = drawn(few), drawn(more)
    for name, column in vars(one).items():
        if isinstance(column, np.ndarray):
            np.testing.assert_array_equal(column, getattr(other, name), err_msg=name)
    before, after = simulate(few, one), simulate(more, other)
    first_wait = before.ledger.arrived[np.flatnonzero(before.ledger.answered != before.ledger.arrived)[0]]
    early, early_after = before.ledger.arrived < first_wait, after.ledger.arrived < first_wait
    np.testing.assert_array_equal(before.ledger.answered[early], after.ledger.answered[early_after])
    assert early.sum() > 100
    assert (after.persons.fate == Fate.SERVED).sum() > (before.persons.fate == Fate.SERVED).sum()


def test_one_agent_more_moves_no_other_agent() -> None:
    """In every team the same people stay at home, leave their seats and come to the other site, whoever else there is."""

    def crew(first: int, second: int) -> Model:
        shifts = [(Shift(0, n, 0.0, 7 * HOUR),) for n in (first, second)]
        teams = [Team(name, n, "main", {"a": 1.0}, s, 0.3) for name, n, s in zip("xy", (first, second), shifts, strict=True)]
        spare = Site("spare", Seats(90, 90, 0.0), ("trunk",), open=False)
        coming = OpeningCrew(OnShift(0.8, 0.8, Exponential(600.0), Exponential(1800.0)))
        lost = (
            Step("drill", SendStaffAway(0.5, 600.0), At(HOUR)),
            Step("flu", LoseStaff(0.3), At(2 * HOUR), until=At(3 * HOUR)),
            Step("quake", LoseSite("main"), At(4 * HOUR)),
        )
        few = surge(50, service_order="person")
        need = replace(few.needs[0], name="a")
        nobody = Profile("a", "a", (0.0, 6 * HOUR), (0.0,))
        seats = replace(few.sites[0], name="main", seats=Seats(90, 90))
        channel = replace(few.channels[0], numbers="main")
        return replace(
            few, needs=(need,), demand=(nobody,), channels=(channel,), sites=(seats, spare), teams=tuple(teams), events=lost,
            links=(Link("trunk", 10), *few.links), playbook=(Step("open", OpenSite("spare", coming), At(4 * HOUR)),),
        )  # fmt: skip

    def times(model: Model) -> list[np.ndarray]:
        return [simulate(model, drawn(model)).observations.agent_time[:, team] for team in (0, 1)]

    base, in_the_first, in_the_second = times(crew(12, 20)), times(crew(13, 20)), times(crew(12, 21))
    np.testing.assert_array_equal(base[1], in_the_first[1])
    np.testing.assert_array_equal(base[0], in_the_second[0])
    states = base[1][-1] > 0
    assert states[[AgentState.ABSENT, AgentState.AWAY, AgentState.AVAILABLE]].all()
    assert base[1][-1, AgentState.AWAY] % 60 > 1  # journeys


def test_one_surge_more_moves_nobody_else() -> None:
    """The same people are reached by a message and are listed by a campaign, whoever else calls."""
    tell = Step("tell", SendMessage({MODEL.needs[0].name: 0.4}, Exponential(600.0)), At(HOUR))
    model = replace(MODEL, playbook=(tell,), teams=tuple(replace(team, headcount=0, shifts=()) for team in MODEL.teams))
    more = replace(model, demand=(Surge("rush", model.needs[0].name, HOUR, 0.2, 0.0, 600.0, 600.0), *model.demand))
    found = []
    for each in (model, more):
        workload = drawn(each)
        run = simulate(each, workload)
        told = run.persons.solved == Solved.INFORMED.value
        found.append((dict(zip(workload.key.tolist(), told.tolist(), strict=True)), run))
    (before, run), (after, _) = found
    assert before.items() <= after.items()
    assert 50 < sum(before.values()) < len(before)
    assert len(after) > len(before)


def test_a_queue_nobody_uses_changes_nothing() -> None:
    """Another need without demand, another team that knows only it, another site and link."""
    unused = Need("unused", 1, Constant(60.0), Constant(0.0), Constant(60.0))
    wider = replace(
        MODEL,
        needs=(*MODEL.needs, unused),
        demand=(*MODEL.demand, Profile("unused", "unused", (0.0, 6 * HOUR), (0.0,))),
        links=(*MODEL.links, Link("spare", 10)),
        sites=(*MODEL.sites, Site("spare", MODEL.sites[0].seats, ("spare",))),
        teams=(*MODEL.teams, Team("spare", 5, "spare", {"unused": 1.0}, (Shift(0, 5, 0.0, 7 * HOUR),))),
    )
    ledgers_equal(simulate(MODEL, drawn(MODEL)), simulate(wider, drawn(wider)))


@pytest.mark.parametrize("order", ["ordinal", "person"])
def test_named_streams_stay_where_they_are(order: str) -> None:
    """A new demand before, between or after the others adds customers and moves nobody's draws."""
    model = replace(MODEL, service_order=order)
    extra = Need("extra", 2, Constant(60.0), Constant(0.0), Constant(60.0))
    more = Profile("extra", "extra", (0.0, 6 * HOUR), (500.0,))
    plain = drawn(model)
    for place in range(3):
        wider = drawn(replace(model, needs=(*model.needs, extra), demand=(*model.demand[:place], more, *model.demand[place:])))
        old = wider.need != 2
        assert 300 < (~old).sum() < 700
        for name in ("key", "onset", "patience", "informed", "network", "need"):
            np.testing.assert_array_equal(getattr(plain, name), getattr(wider, name)[old], err_msg=name)
        for mine, theirs in zip(plain.talk, wider.talk, strict=False):
            np.testing.assert_array_equal(mine, theirs[old] if order == "person" else theirs)


def test_talk_times_by_order_of_service_follow_the_order() -> None:
    """Under ``ordinal`` the k-th answered contact of a need talks the same time, whoever it is; under ``person`` each person does."""
    few, more = surge(50, service_order="ordinal"), surge(52, service_order="ordinal")
    runs = [simulate(model, drawn(model)) for model in (few, more)]
    for need in (0, 1):
        talks = []
        for run in runs:
            book = run.ledger
            rows = np.flatnonzero((book.need == need) & ~np.isnan(book.answered) & (book.released < run.ended_at))
            rows = rows[np.argsort(book.answered[rows], kind="stable")][:500]
            talks.append((book.released - book.answered)[rows])
        np.testing.assert_allclose(talks[0], talks[1], rtol=0, atol=1e-9)


def test_pairs_are_worth_many_worlds() -> None:
    found = spreads(surge(50, service_order="ordinal"), surge(52, service_order="ordinal"), 20)
    assert found["independent"] > 3 * found["person"]
    assert found["independent"] > 6 * found["ordinal"]
