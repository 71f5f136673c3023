"""Distress, repeats, standing and word of mouth: what each customer carries into the sums, and what the model makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from simulator.model.channels import Retry, SelfService
from simulator.model.distributions import Constant
from simulator.model.people import Care, Contagion, Distress, Standing, Strain
from simulator.model.world import Channel, Profile, Shift, Step
from simulator.statistics import satisfaction
from simulator.statistics.books import check_books
from simulator.statistics.handling import rostered
from simulator.statistics.quantiles import Sorted
from simulator.statistics.satisfaction import opinion
from simulator.statistics.summarise import summarise
from simulator.statistics.tally import tally
from simulator.vocabulary import Cause, Fate, Heard, Outcome, Piece, Solved
from tests.statistics.stand_in import Named

if TYPE_CHECKING:
    from tests.statistics.conftest import Story

HOUR = 3600.0
DAY = 24 * HOUR
Value = Callable[..., float]


def compassionate(story: Callable[..., Story], policy: str = "discretion", **changes: object) -> Story:
    """Twenty ordinary calls of 100 s to 290 s, one of an hour that was heard, one of 250 s that was not, one that never got in."""
    everyday, urgent = story().model.needs
    needs = (replace(everyday, distress=Distress(0.1, Constant(3000.0))), urgent)
    told = story(needs=needs, care=Care(policy), strain=Strain(HOUR, HOUR), **changes)
    for k in range(20):
        told.customer((100.0 + k, Outcome.HANDLED, 0.0, 100.0 + 10.0 * k), agent=k % 4)
    told.customer((200.0, Outcome.HANDLED, 0.0, 3600.0), heard=Heard.HEARD, agent=4)
    told.customer((300.0, Outcome.HANDLED, 0.0, 250.0), heard=Heard.UNHEARD, repeats=1, agent=0)
    told.customer((300.0, Outcome.ABANDONED, 90.0, 0.0), heard=Heard.UNHEARD)
    told.customer((400.0, Outcome.HANDLED, 0.0, 700.0), need=1, agent=1)
    return told


@pytest.mark.parametrize(
    ("name", "scope", "expected"),
    [
        ("distressed", {}, 3),
        ("heard", {}, 1 / 3),
        ("unmet_distress", {}, 2 / 3),
        ("compassion_time", {}, (3600 - 195) + (250 - 195)),  # 195 s is the mean of the ordinary calls
        ("compassion_time", {"need": "urgent"}, 0.0),
        ("aht_distress", {}, (3600 + 250) / 2),
        ("handle_time_p50", {"need": "everyday"}, 200.0),  # the 11th of 22
        ("aht_trimmed", {"need": "everyday"}, (3900 + 250 + 3600 - 100 - 3600) / 20),
        ("aht", {"need": "urgent"}, 700.0),
        ("aht_trimmed", {"need": "urgent"}, 700.0),
        ("repeats", {}, 1),
        ("resolved", {}, 23),
        ("resolved_at_once", {}, 22 / 23),
    ],
)
def test_a_compassionate_week(story: Callable[..., Story], value: Value, name: str, scope: dict[str, str], expected: float) -> None:
    told = compassionate(story)
    check_books(told.run(), told.model)
    assert value(told, name, **scope) == pytest.approx(expected)


def test_time_with_people_in_distress_is_unknown_where_there_is_nobody_to_compare_with(story: Callable[..., Story], value: Value) -> None:
    told = compassionate(story)
    told.customer((500.0, Outcome.HANDLED, 0.0, 900.0), need=1, heard=Heard.HEARD)
    assert value(told, "compassion_time", need="urgent") == 200.0  # against the one ordinary call of 700 s
    alone = story(needs=told.model.needs)
    alone.customer((500.0, Outcome.HANDLED, 0.0, 900.0), heard=Heard.HEARD)
    assert value(alone, "compassion_time") == 0.0


def test_a_supervisor_s_time_counts_apart(story: Callable[..., Story], value: Value) -> None:
    told = compassionate(story, "escalate")
    row = 20  # of the hour-long call
    told.work = [(row, 4, 200.0, 200.0, 500.0, Piece.TALK), (row, 9, 500.0, 560.0, 3800.0, Piece.TALK)]
    check_books(told.run(), told.model)
    assert value(told, "taken_over") == 1
    assert value(told, "supervisor_time") == 3240.0
    assert value(told, "compassion_time") == (300 + 3240 - 195) + (250 - 195)  # waiting for the supervisor is nobody's work
    assert np.isnan(value(compassionate(story), "supervisor_time"))  # nobody takes over where agents decide


def test_a_trimmed_mean_leaves_out_both_ends() -> None:
    values, group = np.concatenate((np.arange(20.0)[::-1], [7.0, 5.0])), np.array([0] * 20 + [2, 2])
    assert Sorted(values[:20]).grouped((), group[:20], 1, trim=0.05).tolist() == [[np.arange(1.0, 19.0).mean()]]
    ((first, empty, last),) = Sorted(values).grouped((), group, 3, trim=0.05)
    assert (first, last) == (np.arange(1.0, 19.0).mean(), 6.0)
    assert np.isnan(empty)
    assert np.isnan(Sorted(np.array([])).grouped((), np.array([], dtype=int), 2, trim=0.05)).all()


def test_first_contact_resolution_needs_a_run_that_follows_people(story: Callable[..., Story], value: Value) -> None:
    assert np.isnan(value(compassionate(story), "first_contact_resolution"))
    long = compassionate(story, duration=8 * DAY, interval=DAY)
    late = long.customer((2 * DAY, Outcome.HANDLED, 0.0, 60.0))
    assert late == 24
    assert value(long, "first_contact_resolution") == pytest.approx(22 / 23)  # the late one is followed for six days only


def test_a_need_is_resolved_when_the_contact_that_ended_it_is_over(story: Callable[..., Story], value: Value) -> None:
    everyday, urgent = story().model.needs
    told = story(needs=(replace(everyday, resolves=0.8, again=Retry(0.5, Constant(HOUR))), urgent))
    told.customer((0.0, Outcome.HANDLED, 50.0, 150.0), (HOUR, Outcome.HANDLED, 100.0, 200.0), repeats=1)
    told.customer((0.0, Outcome.HANDLED, 0.0, 400.0))
    told.customer((0.0, Outcome.HANDLED, 0.0, 60.0), resolved=0)
    assert value(told, "resolution_time_p50") == HOUR + 300.0
    assert value(told, "time_to_first_agent_p50") == 0.0
    assert value(told, "resolved_share") == pytest.approx(2 / 3)
    (estimate,) = [e for e in summarise(told.model, [tally(told.run(), told.model)]).estimates if (e.measure, e.scope) == ("repeats", {})]
    assert estimate.mean == 1


# -- satisfaction: an assumption, applied exactly ---------------------------------------------------------------------------


def think(story: Callable[..., Story], tell: Callable[[Story], object], **changes: object) -> tuple[float, float, float]:
    voice = story().model.channels[0]
    people = {"channels": (voice, Channel("callbacks", "callback")), "demand": (Profile("calls", "everyday", (0.0, DAY), (1.0,)),)}
    told = story(**people | changes)
    tell(told)
    made = opinion(told.run(), told.model)
    return float(made.satisfaction[0]), float(made.complaint[0]), float(made.praise[0])


@pytest.mark.parametrize(
    ("attempts", "said", "expected"),
    [
        ([(10.0, Outcome.HANDLED, 0.0, 60.0)], {}, 0.85),
        ([(10.0, Outcome.HANDLED, 200.0, 60.0)], {}, 0.85 - 0.05),  # ten times the 20 s promised: one doubling
        ([(10.0, Outcome.HANDLED, 9000.0, 60.0)], {}, 0.85 - 0.2),
        ([(10.0, Outcome.BLOCKED, 0.0, 0.0), (70.0, Outcome.HANDLED, 0.0, 60.0)], {}, 0.85 - 0.15),
        ([(10.0 * k, Outcome.BLOCKED, 0.0, 0.0) for k in range(9)], {}, 0.0),
        ([(10.0, Outcome.HANDLED, 0.0, 60.0)], {"resolved": 0}, 0.5),
        ([(10.0, Outcome.HANDLED, 0.0, 60.0)], {"heard": Heard.HEARD}, 0.95),
        ([(10.0, Outcome.HANDLED, 0.0, 60.0)], {"heard": Heard.UNHEARD}, 0.6),
        ([(10.0, Outcome.HANDLED, 0.0, 60.0)], {"standing": -0.5}, 0.8),
        ([(10.0, Outcome.ABANDONED, 60.0, 0.0)], {}, 0.2),
        ([(10.0, Outcome.BLOCKED, 0.0, 0.0)], {"fate": Fate.SOLVED_ELSEWHERE, "solved": Solved.ELSEWHERE, "settled": 90.0}, 0.5),
        ([(10.0, Outcome.CONTAINED, 0.0, 0.0)], {"fate": Fate.SOLVED_ELSEWHERE, "solved": Solved.ANNOUNCEMENT, "settled": 90.0}, 0.85),
    ],
)
def test_satisfaction(
    story: Callable[..., Story], attempts: list[tuple[float, Outcome, float, float]], said: dict[str, Any], expected: float
) -> None:
    score, complaint, praise = think(story, lambda told: told.customer(*attempts, **said))
    assert score == pytest.approx(expected)
    assert complaint == (satisfaction.IN_PUBLIC if expected < satisfaction.DISSATISFIED else 0.0)
    assert praise == pytest.approx(satisfaction.IN_PUBLIC * satisfaction.PRAISE if expected > satisfaction.DELIGHTED else 0.0)


def test_a_call_of_our_own_turns_people_round(story: Callable[..., Story]) -> None:
    def tell(told: Story) -> None:
        number = told.customer((60.0, Outcome.BLOCKED, 0.0, 0.0), fate=Fate.SERVED, settled=500.0)
        told.callback(number, 100.0, Outcome.HANDLED, (100.0, Piece.REACHED, 200.0))

    assert think(story, tell)[0] == pytest.approx(0.85 + 0.15)


def test_people_of_bad_standing_are_louder(story: Callable[..., Story]) -> None:
    calls = Profile("calls", "everyday", (0.0, DAY), (1.0,), standing=Standing(-0.5, publicity=2.0))
    changes = {"demand": (calls,), "contagion": Contagion("voice", 0.1, 0.0, Constant(1.0))}
    complaint = think(story, lambda told: told.customer((10.0, Outcome.ABANDONED, 60.0, 0.0), standing=-0.5), **changes)[1]
    assert complaint == pytest.approx(0.1 * np.exp(1.0))


def test_sums_over_what_people_think(story: Callable[..., Story], value: Value) -> None:
    told = compassionate(story, demand=(Profile("calls", "everyday", (0.0, DAY), (1.0,), standing=Standing(0.0)),))
    run = told.run()
    scores = opinion(run, told.model).satisfaction
    assert value(told, "satisfaction") == pytest.approx(scores.mean())
    assert value(told, "delighted") == pytest.approx(1 / 24)
    assert value(told, "dissatisfied") == pytest.approx(1 / 24)
    assert value(told, "complaints") == pytest.approx(0.05)
    assert value(told, "standing") == 0.0


# -- in public, and the rest ------------------------------------------------------------------------------------------------


def test_posts_are_contacts_of_their_channel_but_no_customers(story: Callable[..., Story], value: Value) -> None:
    voice = story().model.channels[0]
    social = Channel("social", "social", answer_within=1800.0)
    told = story(channels=(voice, social), contagion=Contagion("social", 0.2, 0.5, Constant(600.0)))
    told.customer((10.0, Outcome.ABANDONED, 60.0, 0.0))
    told.customer((20.0, Outcome.ABANDONED, 60.0, 0.0))
    told.customer((100.0, Outcome.ABANDONED, 900.0, 0.0), channel=1, site=-1, posted=1)
    told.customer((200.0, Outcome.HANDLED, 60.0, 30.0), channel=1, site=-1, posted=1)
    told.customer((300.0, Outcome.HANDLED, 60.0, 30.0), channel=1, site=-1, posted=1)
    told.customer(onset=30.0, fate=Fate.STAYED_AWAY, posted=1)
    check_books(told.run(), told.model)
    assert value(told, "customers") == 2
    assert value(told, "posts") == 3
    assert value(told, "attempted", channel="social") == 3
    assert value(told, "contagion_gain") == 1.5
    assert value(told, "never_served") == 1.0


def test_contacts_refused_outside_the_hours_and_served_by_machines(story: Callable[..., Story], value: Value) -> None:
    voice = story().model.channels[0]
    told = story(channels=(replace(voice, hours=((HOUR, 5 * HOUR),), self_service=SelfService(Constant(30.0), {"everyday": 0.3})),))
    told.customer((10.0, Outcome.BLOCKED, 0.0, 0.0), cause=Cause.CLOSED)
    solved: dict[str, Any] = {"fate": Fate.SOLVED_ELSEWHERE, "solved": Solved.SELF_SERVED, "settled": HOUR + 30.0}
    told.customer((HOUR, Outcome.CONTAINED, 30.0, 0.0), cause=Cause.SELF_SERVICE, **solved)
    told.customer((HOUR, Outcome.HANDLED, 5.0, 60.0), menu=30.0)
    told.customer((HOUR, Outcome.ABANDONED, 40.0, 0.0), menu=30.0)
    check_books(told.run(), told.model)
    assert value(told, "blocked_closed") == 1
    assert value(told, "blocked_down") == 0
    assert value(told, "self_served") == value(told, "solved_by_self_service") == 1
    assert value(told, "containment_rate") == 1 / 4
    assert value(told, "asa") == 5.0  # the menu is not the queue
    assert value(told, "wait_p90") == 40.0
    fates = summarise(told.model, [tally(told.run(), told.model)]).fates[""]
    assert sum(fate.mean for fate in fates.values()) == 4


def test_deflection_moves_a_contact_and_keeps_the_customer(story: Callable[..., Story], value: Value) -> None:
    told = story(playbook=(Step("to-mail", Named("contacts.deflect")),))
    told.customer((2.5 * HOUR, Outcome.DEFLECTED, 0.0, 0.0), (2.5 * HOUR, Outcome.HANDLED, 5.0, 60.0))
    check_books(told.run(), told.model)
    assert value(told, "deflected") == 1
    assert value(told, "offered") == 1
    assert value(told, "reachability") == 1.0
    assert value(told, "customers") == 1
    assert value(told, "attempts_per_customer") == 2


def test_the_roster_by_interval(story: Callable[..., Story]) -> None:
    told = story()
    team = replace(told.model.teams[0], shifts=(Shift(0, 10, 0.0, 5 * HOUR),))
    model = replace(told.model, teams=(team,))
    edges = HOUR * np.arange(10, dtype=np.float64)
    assert rostered(model, edges)[:, 0].tolist() == [10 * HOUR] * 5 + [0.0] * 4
