"""`crisis sensitivity`: ranges at their ends, rank correlations, break-even; on a small scenario whose answers are known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.api import ask
from simulator.cli import main
from simulator.errors import UsageError
from simulator.experiment.factors import as_range, factors_of, held
from simulator.experiment.questions.sensitivity import Sensitivity
from simulator.model.ranges import ranges_of
from simulator.model.world import After
from simulator.report.sensitivity import compose
from simulator.scenario import Scenario, load, lower

SCENARIO = """\
schema: crisis/v1
name: small
clock: {timezone: UTC, start: 2026-01-05T08:00, impact: 2026-01-05T09:00, duration: 4h, interval: 30m}
needs:
  question: {urgency: 2, talk_time: {exponential: {mean: 3m}}, patience: 2m}
  alarm: {urgency: 1, talk_time: {exponential: {mean: 2m}}, patience: 10m}
demand:
  question: {rate: 30/h}
  alarm: {after: fire, people: {likely: 40, low: 10, high: 160}, spread: 30m}
channels: {voice: {target: 80% in 20s}}
platforms: {acd: {at: main}}
links: {north: {lines: 8, trench: street}, south: {lines: 8, trench: street}, spare: {lines: 5}}
sites: {main: {seats: 10, links: [north, south, spare]}}
teams: {people: {headcount: 4, site: main, skills: {question: 1, alarm: 1}}, helpers: {headcount: 1, site: main, skills: {question: 1}}}
events:
  - {id: fire, at: T+0, do: site.lose, site: main, until: {after: moved, by: 0s}}
  - {id: cost-of-nothing, at: T+0, do: demand.scale, need: question, factor: {likely: 0.99, low: 0.98, high: 1}}
playbook:
  - {id: moved, when: {after: fire, by: {likely: 40m, low: 10m, high: 90m}}, do: decision, role: boss}
variants:
  an-hour: {playbook.moved.when: {after: fire, by: 60m}}
thresholds:
  - {measure: never_served, need: alarm, max: 50%}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


@pytest.fixture
def scenario(file: Path) -> Scenario:
    return load(file)


def crisis(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main([*arguments])
    return int(stopped.value.code or 0)


def test_one_range_is_held_and_the_others_stay(scenario: Scenario) -> None:
    model = lower(scenario)
    late = held(model, "playbook.moved.when.by", 1.0)
    assert late.playbook[0].when == After("fire", 5400.0)
    assert set(ranges_of(model)) - set(ranges_of(late)) == {"playbook.moved.when.by"}


def test_ranges_are_told_in_the_unit_in_which_they_are_written(scenario: Scenario) -> None:
    found = {f.name: (f.unit, f.low, f.high) for f in factors_of(scenario, lower(scenario))}
    assert found["demand.alarm.people"] == ("count", 10.0, 160.0)
    assert found["playbook.moved.when.by"] == ("duration", 600.0, 5400.0)


def test_what_matters_is_told_from_what_does_not(scenario: Scenario) -> None:
    found = ask(Sensitivity(measures=("people_never_served",), replications=12), scenario, jobs=1)
    (tornado,) = found.tornados
    by_name = {e.factor.name: e for e in tornado.effects}
    late = by_name["playbook.moved.when.by"]
    assert late.swing.clear
    assert late.swing.mean == pytest.approx(late.high.mean - late.low.mean)
    assert by_name["demand.alarm.people"].swing.clear
    assert abs(by_name["events.cost-of-nothing.factor"].swing.mean) < 3
    assert tornado.effects[-1].factor.name == "events.cost-of-nothing.factor"
    assert tornado.effects[0].correlation.value > 0.5


def test_a_plan_that_differs_in_one_delay_only_breaks_even_where_the_delays_are_equal(scenario: Scenario) -> None:
    question = Sensitivity(measures=("people_never_served",), against="an-hour", factors=("playbook.moved.when.by",), replications=12)
    found = ask(question, scenario, jobs=1)
    (even,) = found.break_evens
    (crossing,) = even.crossings
    assert even.factor.at(crossing.at) == pytest.approx(3600, rel=0.05)
    assert even.factor.at(crossing.low) <= 3600 <= even.factor.at(crossing.high) + 1
    assert crossing.rising
    sheet = compose(found)
    assert "is better than an hour where how soon (moved) is below" in sheet.verdict[-1]
    assert sheet.document["break_even"][0]["crossings"][0]["pays"] == "below"


def test_models_that_cannot_differ_are_simulated_once(scenario: Scenario) -> None:
    asked = Sensitivity(against="an-hour", levels=3).plan(scenario)
    others = [name for name in asked.models if name.startswith("against")]
    assert len(others) == 1 + 2 * 3, "the other plan lacks the range of the delay"


def test_a_value_can_be_taken_for_an_assumption(file: Path) -> None:
    said = as_range(load(file), "demand.question.rate = 20/h:60/h")
    assert said == "demand.question.rate={likely: 30/h, low: 20/h, high: 60/h}"
    wider = load(file, [said, as_range(load(file), "playbook.moved.when.by=5m:3h")])
    found = {f.name: [f.low, f.likely, f.high] for f in factors_of(wider, lower(wider))}
    assert found["demand.question.rate"] == [20 / 3600, 30 / 3600, 60 / 3600]
    assert found["playbook.moved.when.by"] == [300.0, 2400.0, 10800.0]
    with pytest.raises(UsageError, match="expected PATH=LOW:HIGH"):
        as_range(load(file), "demand.question.rate=30/h")
    with pytest.raises(UsageError, match="no single value"):
        as_range(load(file), "demand.nobody.rate=1/h:3/h")


def test_the_command_writes_a_folder_and_the_same_bytes_again(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for jobs in ("1", "2"):
        code = crisis("sensitivity", str(file), "-n", "4", "--against", "an-hour", "--levels", "2", "-j", jobs, "-o", str(tmp_path / jobs))
        assert code == 0
        told.append(capsys.readouterr().out)
        (folder,) = (tmp_path / jobs / "small").iterdir()
        assert {p.name for p in folder.iterdir()} >= {"report.html", "report.md", "sensitivity.json", "sensitivity.csv", "manifest.json"}
    assert told[0] == told[1]
    both = [next((tmp_path / jobs / "small").iterdir()) for jobs in ("1", "2")]
    for name in ("sensitivity.json", "sensitivity.csv", "figures/tornado-1.png"):
        assert both[0].joinpath(name).read_bytes() == both[1].joinpath(name).read_bytes()
    page = (both[0] / "report.html").read_text(encoding="utf-8")
    assert "http:" not in page
    assert "https:" not in page
    assert "Simulated – not observed" in page


def test_json_is_one_document_and_nothing_else(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert crisis("sensitivity", str(file), "-n", "3", "-j", "1", "-o", str(tmp_path), "--json", "-q") == 0
    streams = capsys.readouterr()
    document = json.loads(streams.out)
    assert document["schema"] == "crisis-sensitivity/v1"
    assert [m["measure"] for m in document["measures"]] == ["people_never_served", "never_served"]
    assert streams.err == ""


def test_hostile_names_do_no_harm(file: Path, tmp_path: Path) -> None:
    title = 'title: "<script>alert(1)</script> | *x*"\n'
    file.write_text(SCENARIO.replace("clock:", title + "clock:", 1), encoding="utf-8")
    assert crisis("sensitivity", str(file), "-n", "2", "-j", "1", "-o", str(tmp_path), "-q") == 0
    (folder,) = (tmp_path / "small").iterdir()
    assert "<script>" not in (folder / "report.html").read_text(encoding="utf-8")
    assert "<script>" not in (folder / "report.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--measure", "never_servd"], "did you mean `never_served`"),
        (["--assumption", "demand.alarm.peopl"], "did you mean `demand.alarm.people`"),
        (["--against", "nobody"], "there is no variant `nobody`"),
        (["--against", "as-written"], "that is the variant itself"),
        (["--against", "an-hour", "--measure", "customers"], "neither better high nor better low"),
        (["--variant", "nobody"], "there is no variant `nobody`"),
        (["--vary", "demand.question.rate"], "expected PATH=LOW:HIGH"),
        (["--vary", "demand.question.rate=40/h:50/h"], "a range needs low <= likely <= high"),
        (["--vary", "teams.people.headcount=2:5"], "a range is not possible here"),
        (["--levels", "1"], "--levels"),
        (["-n", "1"], "--replications"),
        (["--jobs", "none"], "--jobs"),
    ],
)  # fmt: skip
def test_bad_input_is_told_at_once(file: Path, tmp_path: Path, arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert crisis("sensitivity", str(file), "-o", str(tmp_path / "out"), *arguments) == 2
    assert says in capsys.readouterr().err
    assert not list((tmp_path / "out").rglob("report.html"))


def test_a_scenario_without_ranges_says_what_to_do(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import re

    file.write_text(re.sub(r"\{likely: ([\w.]+),[^}]*\}", r"\1", SCENARIO), encoding="utf-8")
    assert crisis("sensitivity", str(file), "-o", str(tmp_path)) == 2
    assert "has no ranges" in capsys.readouterr().err
