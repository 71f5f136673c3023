"""*Best* never stands alone where somebody pays for it, where it beats nobody, or where it leaves people out."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.api import Result, compare, load
from simulator.experiment.contest import Contest, Contrast
from simulator.report import comparison, findings, sheet
from simulator.report.judgement import verdict
from simulator.report.reservations import but, mark, oddities
from simulator.statistics.measures import leaves_out_refused, measures
from simulator.statistics.ranking import Ranking
from tests.compare.outcome import found


def standing(ranking: Ranking, **means: float) -> Ranking:
    """``ranking`` with other means; those further than nothing from the best are clearly not it."""
    least = min(means.values())
    told = (replace(ranking.standings[0], alternative=n, mean=m, best=m == least, regret=m - least) for n, m in means.items())
    return replace(ranking, standings=tuple(sorted(told, key=lambda s: s.mean)))


@pytest.fixture
def simple(compared: Result) -> Contest:
    """Of two strategies the first wins in time alone; nothing is known against it."""
    contest = found(compared)
    in_time = next(r for r in contest.rankings if r.goal.measure == "service_level")
    first = replace(standing(in_time, mine=0.1, other=0.2), goal=in_time.goal)
    nobody = contest.never_served
    assert nobody is not None
    return replace(
        contest, alternatives=("mine", "other"), goals=(in_time.goal,), rankings=(first,), dominated_by={"mine": (), "other": ()},
        lead=replace(contest.lead, alternative="mine", against="other"), urgent=(), refused=standing(nobody, mine=0.1, other=0.1),
        never_served=standing(nobody, mine=0.2, other=0.2), contrasts=(), stability=(), neglected=(), columns={},
    )  # fmt: skip


def test_best_is_said_without_reservation_where_there_is_none(simple: Contest) -> None:
    assert but(simple, ["mine"], simple.goals[0]) == ""
    assert mark(simple, "mine", simple.goals[0]) == ""


def test_what_is_dominated_is_never_best_without_that_in_the_same_sentence(simple: Contest, compared: Result) -> None:
    beaten = replace(simple, dominated_by={"mine": ("other",), "other": ()})
    first = next(iter(verdict(compared, beaten)))
    assert first.startswith("mine is best by “answered in time, of those who could queue”, but it is dominated by other, ")
    assert first.count(".") == 1  # one sentence
    assert mark(beaten, "mine", simple.goals[0]) == "dominated"


def test_whoever_pays_with_a_more_urgent_need_is_never_best_without_that_in_the_same_sentence(simple: Contest, compared: Result) -> None:
    nobody = simple.never_served
    assert nobody is not None
    paid = replace(standing(nobody, mine=0.3, other=0.1), goal=replace(nobody.goal, scope={"need": "rescue"}))
    paying = replace(simple, urgent=(paid,))
    first = next(iter(verdict(compared, paying)))
    assert ", but it pays with people of a more urgent need: 30.0 % of those with rescue got nobody, with other 10.0 %." in first
    assert mark(paying, "mine", simple.goals[0]) == "pays with rescue"
    unclear = replace(paid, standings=tuple(replace(s, best=True) for s in paid.standings))
    assert but(replace(simple, urgent=(unclear,)), ["mine"], simple.goals[0]) == ""
    invisible = standing(paid, mine=0.3001, other=0.3)
    assert but(replace(simple, urgent=(invisible,)), ["mine"], simple.goals[0]) == ""


def test_whoever_refuses_more_is_never_best_by_what_does_not_count_them(simple: Contest) -> None:
    nobody = simple.never_served
    assert nobody is not None
    refusing = replace(simple, refused=standing(nobody, mine=0.4, other=0.1))
    goal = simple.goals[0]
    assert but(refusing, ["mine"], goal) == ", but it refuses 40.0 % of arriving contacts, whom this does not count (other: 10.0 %)"
    more = replace(refusing, never_served=standing(nobody, mine=0.25, other=0.2))
    assert but(more, ["mine"], goal).endswith("(other: 10.0 %), and 25.0 % of all people got nobody (other: 20.0 %)")
    assert mark(more, "mine", goal) == "refuses more, more got nobody"
    everybody = replace(goal, measure="people_never_served")
    assert but(more, ["mine"], everybody) == ""  # it counts them


def test_of_several_that_are_best_each_has_its_own_reservations(simple: Contest, compared: Result) -> None:
    ranking = simple.rankings[0]
    tied = replace(
        ranking, standings=tuple(replace(s, best=True) for s in (*ranking.standings, replace(ranking.standings[0], alternative="third")))
    )
    three = replace(
        simple, alternatives=("mine", "other", "third", "fourth"), rankings=(tied,),
        dominated_by={"mine": (), "other": ("mine", "third"), "third": (), "fourth": ()},
        refused=standing(ranking, mine=0.1, other=0.1, third=0.1), never_served=standing(ranking, mine=0.1, other=0.1, third=0.1),
    )  # fmt: skip
    first = next(iter(verdict(compared, three)))
    assert "cannot be told apart" in first
    assert ", but other is dominated by mine and third, no worse in any goal and clearly better in one." in first


def test_ties_and_stars_that_look_contradictory_are_explained(compared: Result) -> None:
    contest = found(compared)
    ranking = contest.rankings[0]
    names = [s.alternative for s in ranking.standings]
    told = [replace(s, low=0.0, best=i != 1) for i, s in enumerate(ranking.standings)]
    odd = replace(contest, rankings=(replace(ranking, standings=tuple(told)), *contest.rankings[1:]), contrasts=())
    assert f"{names[2]} is tied with the best though {names[1]}" in " ".join(oddities(odd))

    def contrast(alternative: str, against: str, half_width: float) -> Contrast:
        return replace(contest.contrasts[0], goal=ranking.goal, alternative=alternative, against=against, mean=1.0, half_width=half_width)

    passed = replace(odd, contrasts=(contrast(names[1], names[2], 2.0),))
    assert f"{names[1]} cannot be told apart from {names[2]}, and yet only {names[2]} may be best" in " ".join(oddities(passed))
    strict = replace(odd, contrasts=(contrast(names[0], names[2], 0.5),))
    assert f"{names[0]} and {names[2]} differ clearly and yet both may be best" in " ".join(oddities(strict))
    plain = [replace(s, low=0.0, best=i == 0) for i, s in enumerate(ranking.standings)]
    clear = contrast(names[1], names[0], 0.5)
    even = replace(contest, rankings=(replace(ranking, standings=tuple(plain)), *contest.rankings[1:]), contrasts=(clear,))
    assert list(oddities(even)) == []


def test_fewer_lines_flatter_the_service_level_and_that_is_always_said(tmp_path: Path) -> None:
    """Twice as many calls as the agents can take: with few lines those who get one are answered soon, and more are refused."""
    file = tmp_path / "few.yaml"
    file.write_text(FEW_LINES, encoding="utf-8")
    for worlds in (10, 12):
        result = compare(
            [load(file)], vary=["links.cable.lines=12,60"], measures=["service_level"], replications=worlds, stability=0, jobs=1
        )
        contest = found(result)
        said = next(iter(verdict(result, contest)))
        assert contest.winner == "lines=12"
        assert re.search(
            r"lines=12 is best by .*, but it refuses \d+\.\d % of arriving contacts, whom this does not count \(lines=60: ", said
        )
        assert "refuses more" in sheet.text(comparison.summary(result))
        (best,) = (s for s in findings.document(result, contest)["goals"][0]["standings"] if s["best_or_tied"])
        assert "refuses" in best["but"][0]


FEW_LINES = """
schema: crisis/v1
name: few-lines
clock: {timezone: Europe/London, start: 2026-03-10T08:00, duration: 2h, interval: 30m, phases: {day: start}}
needs: {calls: {urgency: 1, talk_time: 5m, patience: {mean: 4m}}}
demand: {calls: {rate: 240/h}}
channels: {voice: {target: 80% in 20s}}
links: {cable: {lines: 60}}
sites: {hall: {seats: 40, links: cable}}
teams: {people: {headcount: 10, site: hall, skills: {calls: 1}}}
"""


@pytest.mark.parametrize("name", measures)
def test_every_measure_of_contacts_says_whether_it_counts_whom_the_door_refuses(name: str) -> None:
    """What is lost or refused is lost on every number that is made of those who got in; people and continuity count all."""
    measure = measures[name]
    inside = leaves_out_refused(name)
    assert not (inside and measure.kind == "customers")
    assert not (inside and measure.lacks in {"recovery", "people", "plan", "refused"})
    assert inside or "offered" not in measure.denominator
    assert inside or not name.startswith(("wait_", "asa", "mean_wait", "abandon_rate"))
