"""The answer first: what it says, whom it judges, and that no name of the file reaches a page."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from simulator.api import Result
from simulator.document.terminal import bars_text
from simulator.model.answer import Answer, Asked
from simulator.report import answering
from simulator.report.labels import Labels, labels_of
from simulator.report.lead import OUTCOMES, POPULATION, judged, lead, usual
from simulator.report.wording import amount
from simulator.statistics.measures import measures
from simulator.statistics.summary import PairedDifference

CLEAR = PairedDifference("people_never_served", {}, "count", "lower", "late", -50.0, 5.0, 5.0, -60.0, -50.0, -40.0, 12, 1.0)


def asking(result: Result, answer: Answer) -> Result:
    """The result as if its file had asked for something."""
    return replace(result, models={name: replace(model, answer=answer) for name, model in result.models.items()})


def test_a_file_that_asks_for_nothing_hears_who_got_nobody(several: Result) -> None:
    found = lead(several)
    assert found.answer == usual(several.models[several.baseline])
    assert [one.measure for one in found.answer.measures] == ["people_never_served", "people_never_served", "time_to_recover"]
    first = answering.sentences(found, Labels())[0]
    e = several.summary.estimate("people_never_served")
    assert f"{amount(e.mean, e.unit)} (" in first


def test_any_variant_may_be_the_one_that_others_are_put_beside(several: Result) -> None:
    usual_way, other = lead(several), lead(asking(several, Answer((Asked("people_never_served"),), against="late")))
    assert (usual_way.base is not None, other.base is not None) == (True, True)
    assert [row.name for row in other.rows] == ["as-it-happened"]
    ours, theirs = usual_way.rows[0].first.change, other.rows[0].first.change
    assert ours is not None
    assert theirs is not None
    assert theirs.mean == pytest.approx(-ours.mean)
    assert theirs.half_width_all == pytest.approx(ours.half_width_all)


def test_needs_are_told_by_urgency(several: Result) -> None:
    found = lead(asking(several, Answer((Asked("people_never_served"), Asked("never_served")), per="need")))
    assert [row.name for row in found.rows] == ["rescue", "billing"]
    (first, *_), bars = found.rows, list(answering.bars(found, Labels()))
    assert first.first.estimate == several.summary.estimate("people_never_served", need="rescue")
    assert [bar.label for bar in bars[0].items] == ["Rescue", "Billing"]


def test_only_outcomes_are_judged_and_only_where_somebody_is_counted(several: Result) -> None:
    assert judged(CLEAR) == "better"
    assert judged(replace(CLEAR, measure="served", better="higher")) == ""
    assert judged(replace(CLEAR, mean=-3.0)) == "unclear"
    found = lead(asking(several, Answer((Asked("people_reached"),))))
    assert all(row.first.empty and not row.first.word for row in found.rows)
    assert {*OUTCOMES, *POPULATION, *POPULATION.values()} <= set(measures)


def test_bars_of_signs_keep_their_lines(several: Result) -> None:
    for bars in answering.bars(lead(several), Labels()):
        lines = bars_text(bars).splitlines()
        assert max(map(len, lines)) <= 100
        assert all("|" in line for line in lines[1 : 1 + len(bars.items)])


def test_what_readers_see_has_no_names_of_the_file(several: Result) -> None:
    assert several.folder is not None
    page = (several.folder / "report.html").read_text(encoding="utf-8")
    seen = re.sub(r"<(code|pre|style)\b.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    model = several.models[several.baseline]
    names = {*several.summaries, *(step.id for step in (*model.events, *model.playbook)), *(need.name for need in model.needs)}
    told = sorted(name for name in names if "-" in name and re.search(rf"\b{re.escape(name)}\b", seen))
    assert told == []
    assert labels_of(several.scenario, model).variant("late-again") == "late again"
