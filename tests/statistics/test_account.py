"""Three measures cost three measures: an account works out what it is asked for, and says what the whole tally says."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.crisis.play import simulate
from simulator.errors import UsageError
from simulator.scenario import Scenario, load, lower
from simulator.statistics.account import VALUES, Account
from simulator.statistics.books import CONTACT_SUMS, COUNTS, CUSTOMER_SUMS
from simulator.statistics.contacts import OF_CONTACTS
from simulator.statistics.contents import CONTENTS
from simulator.statistics.measures import measures, possible
from simulator.statistics.people import OF_FATES, OF_PEOPLE
from simulator.statistics.tally import tally
from simulator.statistics.work import OF_WORK
from simulator.statistics.worlds import Worlds
from simulator.workload import draw
from simulator.workload.draw import settled

STORIES = ("mexico-city-2017", "worst-day", "compassionate-call", "movistar-direct-message")


def account_of(scenario: Scenario) -> Account:
    model = lower(scenario)
    workload = draw(model, 1, 0)
    return Account(simulate(model, workload), settled(model, workload.assumptions))


@pytest.fixture(scope="module", params=STORIES)
def account(request: pytest.FixtureRequest) -> Account:
    return account_of(load(f"scenarios/{request.param}.yaml"))


@pytest.fixture(scope="module")
def quake() -> Account:
    return account_of(load("scenarios/mexico-city-2017.yaml"))


def again(account: Account) -> Account:
    """An account of the same run that has worked out nothing yet."""
    return Account(account.run, account.model)


def test_every_measure_in_every_scope_is_that_of_the_tally(account: Account) -> None:
    worlds = Worlds([tally(account.run, account.model)])
    asked = [(measure, scope) for scope in worlds.scopes() for measure in possible(scope)]
    found = again(account).figures(asked)
    for k, (measure, scope) in enumerate(asked):
        told = worlds.all_figures([measure], [scope])
        assert found[0, k] == told.y[0, 0] or (np.isnan(found[0, k]) and np.isnan(told.y[0, 0])), (measure.name, scope)
        if told.divided[0]:
            assert found[1, k] == told.x[0, 0], (measure.name, scope)
        else:
            assert np.isnan(found[1, k]), (measure.name, scope)


def test_what_is_not_asked_for_is_not_worked_out(quake: Account) -> None:
    few = again(quake)
    few.figures([(measures["never_served"], {"need": "find-relative"})])
    assert vars(few).keys().isdisjoint({"wait", "slot", "contacts", "waited", "level", "through", "kept"})
    assert "fate" in vars(few.people)
    assert vars(few.people).keys().isdisjoint({"attempts", "opinion", "harm", "_whose"})

    few = again(quake)
    few.figures([(measures["service_level"], {"phase": "shock"})])
    assert {"wait", "slot"} <= vars(few).keys()
    assert vars(few).keys().isdisjoint({"people", "waited", "level", "through"})
    assert vars(few.contacts).keys().isdisjoint({"abandoned", "blocked", "handled", "took", "fresh"})

    few = again(quake)
    few.figures([(measures["time_to_recover"], {})])
    assert vars(few).keys().isdisjoint({"people", "waited", "contacts", "slot"})


def test_recovery_is_worked_out_in_the_scopes_asked_for_alone(quake: Account) -> None:
    (need, *_) = quake.run.needs
    found = again(quake).values(["time_to_recover"], lambda key: key[2] == need)
    assert {key[2] for key in found} == {need}
    assert {key[0] for key in found} >= {"time_to_recover", "relapses"}  # what one chart says, it says of all


def test_every_sum_and_every_value_says_how_it_is_added_up() -> None:
    assert set(CONTACT_SUMS) == {*COUNTS, *OF_CONTACTS, *OF_WORK}
    assert set(CUSTOMER_SUMS) == {*OF_FATES, *OF_PEOPLE}
    assert {name for names, *_ in VALUES for name in names} == {m.name for m in measures.values() if m.kind == "run"}
    about = {name for name, _ in OF_CONTACTS.values()} | {name for name, _ in OF_PEOPLE.values()} | {name for _, name, _ in VALUES}
    assert about <= {"", *CONTENTS}


def test_a_measure_where_it_does_not_exist_is_refused(quake: Account) -> None:
    with pytest.raises(UsageError, match="does not exist by site"):
        quake.figures([(measures["never_served"], {"site": quake.run.sites[0]})])


def test_nothing_asked_is_nothing_said(quake: Account) -> None:
    assert again(quake).figures([]).shape == (2, 0)
