"""What a comparison finds: the same from two routes, the same again, and never more than the worlds say."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from simulator.api import Result, compare, extend, render, resume, run
from simulator.asking import open_folder
from simulator.document.page import html
from simulator.errors import UsageError
from simulator.experiment.judging import judge
from simulator.report import comparison, findings, sheet
from simulator.report.contest import compose, gallery
from simulator.report.judgement import enough, verdict
from simulator.report.wording import times
from simulator.scenario import Scenario
from simulator.statistics.selection import FIRST_STAGE
from tests.compare.outcome import found
from tests.experiment.test_precision_and_extension import equal_files


def test_differences_are_those_of_the_run_of_all_variants(quake: Scenario) -> None:
    mine = compare([quake], replications=4, stability=0, jobs=1)
    theirs = run(quake, variant="all", replications=4, jobs=1)
    assert theirs.comparison is not None
    for c in found(mine).contrasts:
        expected = theirs.comparison.difference(c.alternative, c.goal.measure, **c.goal.scope)
        assert c.plain == expected
        if not c.controls:
            assert (c.mean, c.half_width) == pytest.approx((expected.mean, expected.half_width_all))
    assert found(mine).baseline == theirs.baseline == "as-it-happened"


def test_a_strategy_that_is_another_one_by_another_name_is_the_same(compared: Result) -> None:
    contest = found(compared)
    same = "priority:agent=longest-idle"
    assert {(c.mean, c.half_width, c.ahead) for c in contest.contrasts if c.alternative == same} == {(0.0, 0.0, 0)}
    assert set(contest.tied) >= {"priority", same}
    assert any(s == f"In every world {same} came out exactly as priority." for s in verdict(compared, contest))


def test_strategies_meet_equal_inputs_and_plans_follow_from_assumptions(compared: Result, quake: Scenario) -> None:
    assert found(compared).inputs_equal
    assert list(verdict(compared, found(compared)))[-1].startswith("Only the rules differ")
    plans = compare([quake], replications=2, stability=0, jobs=1)
    assert not found(plans).inputs_equal
    last = list(verdict(plans, found(plans)))[-1]
    assert "playbook.decide.when.by" in last
    assert "follows from your assumptions" in last


def test_newest_first_flatters_the_service_level(compared: Result) -> None:
    """More are answered in time and more get nobody: each goal is ranked for itself, and neither is hidden."""
    contest = found(compared)
    by = {str(r.goal): r for r in contest.rankings}
    assert by["service_level"].standings[0].alternative == "newest-first"
    assert by["harm"].standings[-1].alternative == "newest-first"
    assert "newest-first" in contest.undominated


def test_every_alternative_stands_under_every_other_condition(compared: Result) -> None:
    contest = found(compared)
    assert [c.name for c in contest.stability] == ["surge × 0.8", "surge × 1.2", "patience × 0.67", "patience × 1.5"]
    assert all({s.alternative for s in c.standings} == set(contest.alternatives) and c.worlds == 10 for c in contest.stability)


def test_the_document_keeps_its_schema(compared: Result) -> None:
    document = findings.document(compared, found(compared))
    jsonschema.Draft7Validator.check_schema(findings.schema())
    jsonschema.validate(document, findings.schema())
    jsonschema.validate(json.loads(json.dumps(document, allow_nan=False)), findings.schema())
    assert document["tied"][0] == document["winner"]


def test_one_world_says_nothing_and_says_so(quake: Scenario) -> None:
    result = compare([quake], replications=1, stability=0, jobs=1)
    contest = found(result)
    jsonschema.validate(findings.document(result, contest), findings.schema())
    assert set(contest.tied) == set(contest.alternatives)
    assert next(iter(verdict(result, contest))).startswith("One world does not say which alternative is best by ")
    assert findings.document(result, contest)["tied"] == []
    assert "One world has no intervals" in sheet.text(comparison.summary(result))


def test_fewer_than_ten_worlds_call_nothing_best_tied_or_dominated(quake: Scenario) -> None:
    result = compare([quake], strategies=["priority", "newest-first"], replications=6, stability=3, jobs=1)
    contest = found(result)
    document = findings.document(result, contest)
    jsonschema.validate(document, findings.schema())
    assert {s["best_or_tied"] for goal in document["goals"] for s in goal["standings"]} == {None}
    assert {s["best_or_tied"] for condition in document["stability"] for s in condition["standings"]} == {None}
    assert set(document["undominated"]) == set(contest.alternatives)
    text = " ".join(sheet.text(comparison.summary(result)).split())
    assert "6 worlds do not say which alternative is best by “people who got nobody”, nor which are tied: that takes 10." in text
    assert "takes 10 worlds of each, and 3 were simulated." in text
    assert "tied with best" not in text.partition("Note:")[0]
    assert " *" not in text.partition("Under other conditions")[2].partition("Note:")[0]


def test_the_folder_is_rendered_again_without_simulating(compared: Result, tmp_path: Path) -> None:
    assert compared.folder is not None
    again = open_folder(compared.folder)
    assert findings.document(again, found(again)) == findings.document(compared, found(compared))
    render(compared.folder, ["html", "md", "csv", "xlsx"], out=tmp_path, jobs=1)
    for name in ("goals.csv", "comparison.csv", "replications.csv"):
        assert (tmp_path / name).read_bytes() == (compared.folder / name).read_bytes()
    assert (tmp_path / "report.html").read_bytes() == (compared.folder / "report.html").read_bytes()
    assert {p.name for p in tmp_path.iterdir()} >= {"report.md", "report.xlsx", "figures"}


def test_the_page_is_whole_safe_and_small(compared: Result) -> None:
    assert compared.folder is not None
    page = (compared.folder / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page.replace("http-equiv", "")
    assert len(page) < 900_000
    for picture in ("differences", "alternatives-over-time", "pairs-of-worlds", "trade-off", "regret"):
        assert f'id="figure-{picture}"' in page
        assert (compared.folder / "figures" / f"{picture}.png").stat().st_size > 5_000
    assert "Simulated – not observed" in page


def test_files_hold_every_pair(compared: Result) -> None:
    assert compared.folder is not None
    with (compared.folder / "replications.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3 * 10
    mean = np.mean([float(row["people_never_served"]) for row in rows if row["alternative"] == "newest-first"])
    assert found(compared).rankings[0].of("newest-first").mean == pytest.approx(float(mean))


def test_equal_comparisons_have_equal_bytes_on_any_number_of_processes(compared: Result, quake: Scenario, tmp_path: Path) -> None:
    again = compare(
        [quake], strategies=["priority", "newest-first", "priority:agent=longest-idle"], replications=10, stability=10, jobs=2, out=tmp_path
    )  # fmt: skip
    assert compared.folder is not None
    assert again.folder is not None
    for name in ("comparison.json", "goals.csv", "comparison.csv", "replications.csv", "worlds.journal"):
        assert (again.folder / name).read_bytes() == (compared.folder / name).read_bytes(), name


def test_who_pays_is_said(compared: Result) -> None:
    """A winner whose gain is paid by one need says so: told of a result in which that need's people all got nobody."""
    contest = found(compared)
    c = replace(
        contest.contrasts[0], goal=replace(contest.goals[0], measure="never_served", scope={"need": "billing"}), alternative=contest.winner,
        against="newest-first", mean=0.2, half_width=0.05,
    )  # fmt: skip
    said = list(verdict(compared, replace(contest, neglected=(c,))))
    assert any("pays with people of one need: with billing, 20.0 pp more of them got nobody than with newest-first" in s for s in said)


def test_usual_goals_that_never_differ_are_left_out(compared: Result) -> None:
    assert "cost" not in {goal.measure for goal in found(compared).goals}
    assert all(c.goal in found(compared).goals for c in found(compared).contrasts)


def test_what_was_asked_for_is_compared_in_that_order(quake: Scenario) -> None:
    result = compare([quake], measures=["voice.abandon_rate[after]", "cost"], replications=2, stability=0, jobs=1)
    assert [str(goal) for goal in found(result).goals] == ["abandon_rate[voice, after]", "cost"]


def test_a_sweep_says_from_where_more_is_no_better(quake: Scenario) -> None:
    vary = ("sites.spare.seats=4,8,16",)
    assert enough(found(compare([quake], vary=vary, replications=4, stability=0, jobs=1)), vary) == ""  # that takes ten worlds
    result = compare([quake], vary=vary, replications=10, stability=0, jobs=1)
    contest = found(result)
    assert contest.winner == "seats=16"
    assert enough(contest, vary) == "The best value of sites.spare.seats by “people who got nobody” is 16."
    tied = replace(contest.rankings[0], standings=tuple(replace(s, best=s.alternative != "seats=4") for s in contest.rankings[0].standings))
    assert "8 cannot be told apart" in enough(replace(contest, rankings=(tied, *contest.rankings[1:])), vary)


@pytest.mark.parametrize("vary", [("sites.spare.seats=4,8",), ("sites.spare.seats=4,8", "links.south.lines=8:16:8")], ids=["line", "map"])
def test_sweeps_are_drawn(quake: Scenario, vary: tuple[str, ...]) -> None:
    result = compare([quake], vary=vary, strategies=["priority", "first-come"], replications=2, stability=0, jobs=1)
    figures = gallery(result, found(result))
    drawn = {picture.name: picture for picture in map(figures.draw, figures.keys()) if picture is not None}
    assert drawn["sweep"].png.startswith(b"\x89PNG")
    assert all(one.partition("=")[0] in drawn["sweep"].title for one in vary)
    assert 'id="figure-sweep"' in html(sheet.document(compose(result, found(result), tuple(drawn.values()), command="")), datetime.now(UTC))


def test_ranking_leaves_out_what_cannot_be_best_and_stops(quake: Scenario, tmp_path: Path) -> None:
    result = compare(
        [quake], vary=["sites.spare.seats=2,8,9,10"], rank="people_never_served=6", replications=FIRST_STAGE, max_replications=70,
        stability=0, jobs=1, out=tmp_path,
    )  # fmt: skip
    contest = found(result)
    assert contest.selection is not None
    assert contest.selection.out_after[0] == FIRST_STAGE  # two seats cannot be the best
    worlds = {name: len(result.tallies[name]) for name in contest.alternatives}
    assert worlds["seats=2"] == FIRST_STAGE
    assert contest.winner in {"seats=9", "seats=10"}
    assert max(worlds.values()) == result.replications == result.asked
    assert not result.partial
    jsonschema.validate(findings.document(result, contest), findings.schema())
    assert result.folder is not None
    assert found(open_folder(result.folder)).selection == contest.selection


def test_an_extended_comparison_is_the_comparison_at_once(quake: Scenario, tmp_path: Path) -> None:
    at_once = compare([quake], replications=4, stability=2, jobs=1, out=tmp_path / "once")
    begun = compare([quake], replications=3, stability=2, jobs=1, out=tmp_path / "begun")
    assert begun.folder is not None
    told: list[tuple[int, int]] = []
    more = extend(begun.folder, replications=1, jobs=1, out=tmp_path / "more", progress=lambda *said: told.append(said))
    assert told[0] == (4, 4), "only the missing world is simulated, and conditions of other alternatives"
    equal_files(at_once, more)


@pytest.mark.parametrize("rank", ["", "people_never_served=1"])
def test_a_comparison_that_was_stopped_goes_on_as_if_nothing_had_been(quake: Scenario, tmp_path: Path, rank: str) -> None:
    """Ctrl-C in the middle writes what there is; resumed, the bytes are those of a comparison that nobody stopped."""

    def stop(done: int, _asked: int) -> None:
        if done == FIRST_STAGE + 1:
            raise KeyboardInterrupt

    def ask(place: str, progress: Callable[[int, int], None] | None) -> Result:
        return compare(
            [quake], vary=["sites.spare.seats=2,10"], strategies=["priority", "first-come"], rank=rank, max_replications=24,
            replications=FIRST_STAGE if rank else FIRST_STAGE + 4, stability=0, jobs=1, out=tmp_path / place, progress=progress,
        )  # fmt: skip

    whole, stopped = ask("whole", None), ask("stopped", stop)
    assert stopped.interrupted
    assert stopped.replications == FIRST_STAGE + 1
    assert stopped.folder is not None
    resumed = resume(stopped.folder, jobs=1)
    assert whole.folder is not None
    assert resumed.folder is not None
    assert len({len(t) for t in whole.tallies.values()}) == (2 if rank else 1)
    for name in ("comparison.json", "goals.csv", "replications.csv", "worlds.journal"):
        assert (resumed.folder / name).read_bytes() == (whole.folder / name).read_bytes(), name


def test_ranking_that_cannot_decide_says_so(quake: Scenario) -> None:
    result = compare([quake], strategies=["priority", "first-come"], rank="people_never_served=0.01", replications=FIRST_STAGE,
                     max_replications=FIRST_STAGE, stability=0, jobs=1)  # fmt: skip
    assert found(result).selection is not None
    assert "could not decide between priority and first-come" in next(iter(verdict(result, found(result))))


def test_worlds_that_one_alternative_lacks_are_left_out(compared: Result) -> None:
    fewer = {name: list(t)[:4] if name == "newest-first" else list(t) for name, t in compared.tallies.items()}
    assert {r.worlds for r in judge(replace(compared, tallies=fewer)).rankings} == {4}
    with pytest.raises(UsageError, match="no world was finished by every alternative"):
        judge(replace(compared, tallies=fewer | {"newest-first": [], "priority": []}))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"measures": ["never_servd"]}, "did you mean"),
        ({"measures": ["occupancy"]}, "neither more nor less of it is better"),
        ({"measures": ["cost", "cost"]}, "named twice"),
        ({"baseline": "priorty"}, "did you mean `priority`"),
        ({"rank": "never_served"}, "precision|write it like"),
        ({"rank": "never_served=1"}, "did you mean 1pp"),
        ({"rank": "attempted=5"}, "neither more nor less"),
        ({"rank": "never_served=1pp", "replications": 10}, "at least 20 replications"),
        ({"stability": -1}, "stability is a number of worlds"),
        ({"seed": -1}, "a seed is a whole number"),
    ],
)
def test_what_cannot_be_asked_is_said_before_anything_is_simulated(quake: Scenario, wrong: dict[str, object], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        compare([quake], **({"strategies": ["priority", "first-come"], "jobs": 1} | wrong))  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(UsageError, match="no scenario"):
        compare([])


@pytest.mark.parametrize(("factor", "said"), [(4.79e4, "47,900"), (362.9, "363"), (4.84, "4.8"), (float("inf"), "∞"), (float("nan"), "–")])
def test_factors_in_words(factor: float, said: str) -> None:
    assert times(factor) == said
