"""Each shipped story runs and teaches what it is there for; differences are paired, and their intervals exclude none."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from simulator.api import run
from simulator.document.blocks import Picture
from simulator.document.page import html
from simulator.experiment.result import Result
from simulator.report.relabel import telling
from simulator.report.run import document
from simulator.report.wording import amount, count, measured
from simulator.scenario import load
from simulator.statistics.compare import compare
from simulator.statistics.contents import CONTENTS, contents

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"


@cache
def story(name: str, replications: int) -> Result:
    return run(load(SCENARIOS / f"{name}.yaml"), variant="all", replications=replications, jobs=1)


def gain(result: Result, variant: str, measure: str, **scope: str) -> float:
    """What ``variant`` adds to ``measure`` against the first variant, 0 unless the interval for all variants excludes it."""
    assert result.comparison is not None
    found = result.comparison.difference(variant, measure, **scope)
    return found.mean if found.clear else 0.0


SHIPPED = {
    "mexico-city-2017": 12, "melbourne-cable-cut": 6, "compassionate-call": 8, "movistar-direct-message": 16, "santiago-snowfall-2017": 3,
    "worst-day": 2,
}  # fmt: skip
"""The stories, and how many worlds of each are simulated here."""
FIRST = 60  #: words of a page that somebody in a hurry reads


@pytest.mark.parametrize("name", SHIPPED)
def test_the_first_words_of_the_page_answer_the_question_with_the_numbers_of_the_run(name: str) -> None:
    result = story(name, SHIPPED[name])
    answer = result.models[result.baseline].answer
    assert answer is not None, "each story says what answers its question"
    compared = [Picture("variants-compared", "", "", b"")]
    page = html(document(telling(result), result.baseline, [], command="", compared=compared), datetime.now(UTC))
    body = re.sub("<[^>]*>", " ", page.partition("<body>")[2])
    first = " ".join(unescape(body).split()[:FIRST])
    for asked in answer.measures:
        e = result.summaries[answer.against].estimate(asked.measure, **asked.scope)
        assert amount(e.mean, e.unit) in first, (asked, first)
    own = [result.baseline] if result.baseline != answer.against else []
    for variant in own:
        e = result.summaries[variant].estimate(answer.measures[0].measure, **answer.measures[0].scope)
        assert amount(e.mean, e.unit) in first, first
        d = compare(result.models, result.tallies, answer.against).difference(variant, e.measure, **e.scope)
        assert (measured(abs(d.mean), d.half_width_all, d.unit) in first) is d.clear, first
        if answer.per_cost:
            assert count(round(result.summaries[variant].estimate("cost").mean)) in first


# -- the quake -------------------------------------------------------------------------------------------------------


def quake() -> Result:
    return story("mexico-city-2017", SHIPPED["mexico-city-2017"])


def test_deciding_sooner_helps_most_and_more_agents_hardly_for_lack_of_seats() -> None:
    """Each of the three gains of a rehearsal alone, beside the day as it happened."""
    beside = compare(quake().models, quake().tallies, "as-it-happened")
    others = ("sooner-decided", "sooner-seated", "more-show-up", "improvised-late")
    change = {v: beside.difference(v, "people_never_served") for v in others}
    decided, seated, people = change["sooner-decided"], change["sooner-seated"], change["more-show-up"]
    assert decided.mean < seated.mean < 0
    assert decided.clear
    assert seated.clear
    assert decided.wins == 1.0  # in every world
    assert abs(people.mean) < 0.25 * abs(decided.mean)
    assert change["improvised-late"].clear
    assert change["improvised-late"].mean > 0
    more = compare(quake().models, quake().tallies, "sooner-seated").difference("sooner-decided", "people_never_served")
    assert more.mean + more.half_width < 0


def test_the_decision_waits_for_the_first_aid() -> None:
    happened = quake().summaries["as-it-happened"].estimate("decision_latency")
    sooner = quake().summaries["sooner-decided"].estimate("decision_latency")
    assert happened.p5 > sooner.p95


# -- the cut cable ---------------------------------------------------------------------------------------------------


def melbourne() -> Result:
    return story("melbourne-cable-cut", SHIPPED["melbourne-cable-cut"])


def test_one_person_cannot_finish_the_list_in_a_weekend() -> None:
    summary = melbourne().summary
    assert 700 < summary.estimate("callbacks_listed").mean < 900
    assert summary.estimate("people_listed").mean < summary.estimate("callbacks_listed").mean  # numbers are not people
    assert 14 * 3600 < summary.estimate("hours_dialled").mean < 17 * 3600
    assert summary.estimate("callbacks_open_at_end").p5 > 200
    assert summary.estimate("list_cleared_at").endless == 1.0


def test_his_weekend_reaches_people_whom_nobody_would_have_called() -> None:
    assert gain(melbourne(), "no-callbacks", "people_never_served") > 150
    assert gain(melbourne(), "no-callbacks", "satisfaction") < 0


def test_the_team_on_friday_evening_reaches_more_and_a_second_duct_would_have_spared_most() -> None:
    assert gain(melbourne(), "staff-kept-late-on-friday", "people_reached") > 150
    assert gain(melbourne(), "second-duct", "people_never_served") < -250
    assert gain(melbourne(), "second-duct", "lost_upstream") < -1000


# -- the compassionate call ------------------------------------------------------------------------------------------


def compassion() -> Result:
    return story("compassionate-call", SHIPPED["compassionate-call"])


def test_a_cap_saves_the_others_seconds_and_hears_nobody() -> None:
    assert -5 < gain(compassion(), "cap-at-15-minutes", "mean_wait") < 0
    assert compassion().summary.estimate("heard").mean > 0.9  # all but those who were never answered
    assert compassion().summaries["cap-at-15-minutes"].estimate("heard").mean < 0.1
    assert gain(compassion(), "cap-at-15-minutes", "repeats") > 0


def test_a_care_team_hears_as_many_and_costs_its_own_time() -> None:
    cared = compassion().summaries["care-team"]
    assert cared.estimate("heard").mean > 0.9
    assert cared.estimate("supervisor_time").mean > 24 * 3600
    assert gain(compassion(), "care-team", "mean_wait") < 0


def test_rules_on_handle_time_hold_every_such_call_against_the_agent_and_its_outcome_none() -> None:
    rules = {found.rule: found.counts for found in compassion().summary.evaluation}
    calls = rules["aht-ceiling"]["calls"]
    assert calls > 50
    for rule in ("aht-ceiling", "aht-z-score", "aht-by-need"):
        assert rules[rule]["against"] > 0.95 * calls
        assert rules[rule]["tipped"] > 0  # agents who fail their evaluation by that call alone
    assert rules["customer-outcome"]["against"] == 0
    assert rules["commendations"]["in_favour"] == calls


# -- the direct message ----------------------------------------------------------------------------------------------


def messages() -> Result:
    return story("movistar-direct-message", SHIPPED["movistar-direct-message"])


def test_whoever_is_free_answers_hands_over_and_reads_more() -> None:
    assert gain(messages(), "whoever-is-free", "handovers") > 400
    assert gain(messages(), "whoever-is-free", "reply_time") > 0
    assert gain(messages(), "whoever-is-free", "satisfaction") < 0


def test_five_people_are_on_time_as_if_in_the_same_room() -> None:
    """Most messages have their answer within minutes, first ones and later ones, and in nearly every world the promise is kept."""
    summary = messages().summary
    assert summary.estimate("reply_time_p50").p95 < 5 * 60
    assert summary.estimate("replies_in_time").mean > 0.85
    assert summary.estimate("service_level", channel="message").mean > 0.7


def test_waiting_for_the_same_agent_costs_nothing_and_saves_most_handovers() -> None:
    with_agent, free = (messages().summaries[v].estimate("handovers").mean for v in ("same-agent-for-10-minutes", "whoever-is-free"))
    assert with_agent < 0.5 * free
    assert gain(messages(), "whoever-is-free", "first_reply") >= 0


def test_the_telephone_does_worse_with_the_same_people() -> None:
    assert gain(messages(), "telephone-only", "people_never_served") > 15
    assert gain(messages(), "telephone-only", "satisfaction") < 0


def test_conversations_outlive_shifts_and_the_night() -> None:
    summary = messages().summary
    assert summary.estimate("turns_per_conversation").mean > 2
    night = summary.over_time("conversations_open")
    starts = summary.interval_starts / 3600 + 8  # the run starts at eight
    assert night.mean[(starts > 23) & (starts < 30)].min() > 10


# -- the snowfall ----------------------------------------------------------------------------------------------------


def snow() -> Result:
    return story("santiago-snowfall-2017", SHIPPED["santiago-snowfall-2017"])


def test_every_lever_helps_and_lines_without_people_do_not() -> None:
    none = snow().summaries["none"]
    for variant in ("inform-only", "machines-only", "people-only"):
        assert snow().summaries[variant].estimate("never_served").mean < 0.9 * none.estimate("never_served").mean
    lines = snow().summaries["lines-only"]
    assert lines.estimate("block_rate", channel="voice").mean < none.estimate("block_rate", channel="voice").mean
    assert lines.estimate("abandon_rate", channel="voice").mean > none.estimate("abandon_rate", channel="voice").mean
    assert lines.estimate("never_served").mean > 0.9 * none.estimate("never_served").mean
    assert snow().summary.estimate("never_served").mean < 0.5 * none.estimate("never_served").mean


def test_two_brands_are_told_apart_and_not_ranked() -> None:
    briefly, weakest = snow().summaries["everyone-briefly"], snow().summaries["vulnerable-first"]
    assert briefly.estimate("never_served").mean < weakest.estimate("never_served").mean
    assert briefly.estimate("harm").mean > weakest.estimate("harm").mean


def test_whoever_is_on_nobodys_list_is_put_first_by_nobody() -> None:
    """The group of people on devices fares worse than the need by which those on the list are known."""
    for variant in ("none", "vulnerable-first"):
        summary = snow().summaries[variant]
        assert summary.estimate("never_served", group="on-devices").mean > 1.2 * summary.estimate("never_served", need="life-support").mean


def test_the_budget_holds() -> None:
    for variant, summary in snow().summaries.items():
        assert summary.estimate("cost").p95 <= snow().models[variant].budget


# -- all at once -----------------------------------------------------------------------------------------------------


def test_the_worst_day_contains_what_the_five_stories_have() -> None:
    result = story("worst-day", SHIPPED["worst-day"])
    there = contents(result.models[result.baseline])
    assert set(CONTENTS) - there <= {"care"}
    summary = result.summary
    for measure in ("callbacks_listed", "conversations", "posts", "distressed", "repeats", "solved_by_informed", "solved_by_self_service"):
        assert summary.estimate(measure).mean > 0, measure
    assert gain(result, "no-callbacks", "people_reached") < 0 or summary.estimate("people_reached").mean > 0
