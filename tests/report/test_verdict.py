"""The sentences say what the numbers say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.api import Result
from simulator.document.terminal import ascii_text
from simulator.report import verdict
from simulator.report.labels import Labels
from simulator.report.terminal import summary_text
from simulator.report.wording import count, share
from simulator.statistics.summary import Comparison, ConstraintShares, PairedDifference


def _difference(mean: float, half_width: float, wins: float) -> PairedDifference:
    return PairedDifference(
        measure="people_never_served", scope={}, unit="count", better="lower", variant="rehearsed", mean=mean, half_width=half_width,
        half_width_all=half_width, p5=mean, p50=mean, p95=mean, n=30, wins=wins,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("mean", "half_width", "wins", "said"),
    [
        (-2461.0, 1138.0, 0.9, "Rehearsed: 2,500 ± 1,100 fewer people got nobody than with “as it happened” (fewer in 27 of 30 worlds)."),
        (900.0, 100.0, 0.1, "Rehearsed: 900 ± 100 more people got nobody than with “as it happened” (more in 27 of 30 worlds)."),
        (-50.0, 80.0, 0.6, "Rehearsed: no clear difference from “as it happened” in the number of people who got nobody (−50 ± 80)."),
    ],
)
def test_a_variant_is_worth_what_the_paired_difference_says(mean: float, half_width: float, wins: float, said: str) -> None:
    comparison = Comparison("as-it-happened", ("rehearsed",), 30, (_difference(mean, half_width, wins),))
    assert verdict.comparison_sentences(comparison, Labels()) == [said]


def test_what_callbacks_did_is_split_into_whom_we_spoke_to_and_who_did_not_give_up() -> None:
    people, spoken, waited = (
        replace(_difference(mean, 5.0, 1.0), measure=name, n=30)
        for name, mean in (("people_never_served", -90.0), ("people_reached", 40.0), ("people_ended_otherwise", 60.0))
    )
    (said,) = verdict.comparison_sentences(Comparison("as-it-happened", ("rehearsed",), 30, (people, spoken, waited)), Labels())
    assert said.endswith(" Callbacks: +40 people were spoken to; +60 were promised one, did not get it and did not give up meanwhile.")
    none = [replace(d, mean=0.0) for d in (spoken, waited)]
    (said,) = verdict.comparison_sentences(Comparison("as-it-happened", ("rehearsed",), 30, (people, *none)), Labels())
    assert "Callbacks" not in said


def test_people_come_first_with_the_numbers_of_the_summary(several: Result) -> None:
    summary, model = several.summaries["late"], several.models["late"]
    first = verdict.verdict(summary, model)[0]
    lost, everyone = summary.estimate("people_never_served"), summary.estimate("customers")
    assert first.startswith(
        f"Of {count(everyone.mean)} people who needed the centre, {count(lost.mean)} ({share(lost.mean / everyone.mean)}) got nobody"
    )
    gave_up = summary.estimate("gave_up")
    assert gave_up.mean
    assert f": {count(gave_up.mean)} gave up" in first  # who gave up counts for good, so that nothing is said of other solutions
    assert "other solution" not in first


def test_who_is_being_served_as_the_run_ends_is_told_apart(several: Result) -> None:
    summary = several.summaries["late"]
    counts = {"people_never_served": 0.0, "gave_up": 0.0, "still_trying": 0.0, "customers": 10.0, "people_in_service_at_end": 10.0}
    changed = [replace(e, mean=counts[e.measure]) if e.measure in counts and not e.scope else e for e in summary.estimates]
    said = verdict.people_sentence(replace(summary, estimates=tuple(changed)))
    assert said.startswith("Of 10 people who needed the centre, 0 (0.0 %) got nobody")
    assert said.endswith("When the run ended, 10 were being served.")


def test_the_most_urgent_need_is_named_only_where_needs_differ_in_urgency(several: Result) -> None:
    model = several.models["late"]
    assert verdict.most_urgent(model) == "rescue"
    equal = replace(model, needs=tuple(replace(need, urgency=1) for need in model.needs))
    assert verdict.most_urgent(equal) == ""
    assert verdict.urgent_sentence(several.summaries["late"], equal) == ""


def test_a_centre_that_never_came_back_is_not_called_recovered(several: Result) -> None:
    summary, model = several.summaries["late"], several.models["late"]
    old = summary.estimate("time_to_recover")
    never = replace(old, endless=1.0, n=3)
    lost = replace(summary, estimates=tuple(never if e is old else e for e in summary.estimates))
    assert "did not return" in verdict.recovery_sentence(lost, model)
    assert verdict.with_margin(never) == "never"
    assert verdict.with_margin(replace(old, endless=0.3)).startswith("at least ")


def test_constraints_are_hours_of_the_average_world_longest_first(several: Result) -> None:
    import numpy as np

    summary = several.summaries["late"]
    start = np.array([summary.ended_at - 7200.0, summary.ended_at - 3600.0])
    held = ConstraintShares(("none", "decision", "seats"), start, np.array([[0.0, 0.25, 0.75], [0.5, 0.0, 0.5]]))
    said = verdict.constraint_sentence(replace(summary, constraint=held))
    assert said.endswith("too few seats (1 h 15 min), the decision not taken (15 min).")


def test_opening_the_network_is_told_only_where_the_playbook_opens_it(several: Result) -> None:
    summary, model = several.summaries["late"], several.models["late"]
    assert verdict.network_sentence(summary, model).startswith("Opening the network helped outside the centre: ")
    assert verdict.network_sentence(summary, replace(model, playbook=())) == ""


def test_the_summary_needs_no_more_than_ascii(several: Result) -> None:
    text = summary_text(several, unicode=False)
    assert text.isascii()
    assert "?" not in text
    assert ascii_text("✓ PASS ± −1") == "PASS +- -1"


def test_columns_of_the_summary_stand_under_each_other(several: Result) -> None:
    lines = summary_text(several, full=True).splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(" VARIANTS") or "VARIANTS" in line)
    table = [line for line in lines[at + 1 : at + 5] if line.strip()]
    assert len({len(line) for line in table}) == 1
