"""A log of decisions is read from YAML, CSV or JSON lines; whatever does not fit is told with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.scenario import Scenario, exercise_of, load, lower
from simulator.scenario.decision_log import Decision, DecisionLog, read_log
from tests.command import Crisis
from tests.drill.conftest import LOG

DRILLED = Path(__file__).parent / "drilled.yaml"

IMPACT = 7200.0


def read(scenario: Scenario, path: Path, text: str, name: str = "log.yaml") -> DecisionLog:
    exercise = exercise_of(scenario)
    assert exercise is not None
    file = path / name
    file.write_text(text, encoding="utf-8")
    return read_log(file, scenario, lower(scenario), exercise)


def facts(log: DecisionLog) -> list[tuple[float, str, str, str, str]]:
    return [(d.at, d.role, d.kind, d.what, str(dict(d.parameters))) for d in log.decisions]


def test_a_log_in_yaml(drilled: Scenario, tmp_path: Path) -> None:
    log = read(drilled, tmp_path, LOG)
    assert facts(log) == [
        (IMPACT + 900, "warden", "task", "headcount", "{}"),
        (IMPACT + 2400, "manager", "step", "decide", "{}"),
        (IMPACT + 5400, "manager", "step", "spare-site", "{'agents': {'on_shift': {'able': '90%'}}}"),
    ]
    assert (log.seed, log.world, log.ratings["O1"].rating, log.decisions[0].name) == (3, 1, "P", "Ana Perez")
    assert [d.line for d in log.decisions] == [7, 8, 9]


def test_the_same_log_as_a_table_and_as_json_lines(drilled: Scenario, tmp_path: Path) -> None:
    table = (
        "scenario,time,role,decision,parameters,rationale\n"
        "drilled,T+0:15,warden,headcount,,\n"
        'drilled,T+40m,manager,decide,,"\'=1+1, or so"\n'
        'drilled,2024-03-05T11:30,manager,spare-site,"{agents: {on_shift: {able: 90%}}}",\n'
    )
    lines = [{"scenario": "drilled"}, {"time": "T+15m", "role": "warden", "decision": "headcount"},
             {"time": "T+0:40", "role": "manager", "decision": "decide"},
             {"time": "T+1h30m", "role": "manager", "decision": "spare-site",
              "parameters": {"agents": {"on_shift": {"able": "90%"}}}}]  # fmt: skip
    one, two = read(drilled, tmp_path, table, "log.csv"), read(drilled, tmp_path, "\n".join(map(json.dumps, lines)), "log.jsonl")
    assert facts(one) == facts(two) == facts(read(drilled, tmp_path, LOG))
    assert one.decisions[1].rationale == "=1+1, or so", "the guard against formulas is not part of the text"
    assert [d.line for d in two.decisions] == [2, 3, 4]


BROKEN = {
    "decision: decide,": ("decision: decid,", (8, "unknown-name"), "did you mean `decide`?"),
    "decision: headcount": ("decision: quake", (7, "unknown-name"), "is not something that this scenario lets anybody decide"),
    "role: warden": ("role: wardn", (7, "unknown-name"), "there is no participant `wardn`"),
    "time: T+40m": ("time: T+10m", (8, "log-order"), "earlier than the decision before it"),
    '"T+1:30"': ('"T+90h"', (9, "bad-value"), "after the end of the run"),
    "T+1:30": ("noon", (9, "bad-value"), "expected an instant"),
    "scenario: drilled": ("scenario: other", (1, "other-scenario"), "this log is of `other`, and the scenario is `drilled`"),
    "decision: spare-site": ("decision: decide", (9, "duplicate-id"), "`decide` is decided already on line 8"),
    "able: 90%": ("able: 190%", (9, "bad-value"), "at most 100%"),
    "parameters: {agents: {on_shift: {able: 90%}}}": ("parameters: {takes: 0s}", (9, "unknown-key"), "is no parameter of `site.open`"),
    "decision: headcount, name": (
        "decision: headcount, parameters: {a: 1}, name", (7, "bad-value"), "`headcount` has no parameters",
    ),
    "rationale:": ("reason:", (8, "unknown-key"), "unknown key `reason`"),
    "O1: {rating: P": ("O1: {rating: A", (5, "bad-value"), "expected `P` or `S` or `M` or `U`"),
    "  O1:": ("  O9:", (5, "unknown-name"), "there is no objective `O9`"),
    "decision: spare-site, parameters: {agents: {on_shift: {able: 90%}}}": (
        "decision: end decide", (9, "unknown-name"), "`decide` cannot be ended",
    ),
}  # fmt: skip


@pytest.mark.parametrize("right", BROKEN)
def test_what_is_wrong_is_told_with_its_line(drilled: Scenario, tmp_path: Path, right: str) -> None:
    from simulator.drill.question import DrillQuestion

    wrong, place, message = BROKEN[right]
    assert LOG.count(right) >= 1
    with pytest.raises(ScenarioError) as caught:  # what only shows when the step is read is told as well as a typing error
        DrillQuestion(log=read(drilled, tmp_path, LOG.replace(right, wrong, 1))).plan(drilled)
    told = str(caught.value)
    assert message in told
    assert place in {(d.line, d.code) for d in caught.value.diagnostics}, told


def test_everything_wrong_is_told_at_once(drilled: Scenario, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        read(drilled, tmp_path, LOG.replace("decision: decide", "decision: fly").replace("decision: headcount", "decision: swim"))
    assert [d.line for d in caught.value.diagnostics] == [7, 8]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("log.csv", "time,role,decision\nT+1h,manager,decid\n", "log.csv:2:1: error[unknown-name]"),
        ("log.csv", "time,role,decision\nT+1h,manager\n", "log.csv:2:1: error[csv]: expected 3 cells, got 2"),
        ("log.csv", "time,role\nT+1h,manager\n", "column `decision` is missing"),
        ("log.csv", "time,role,decision,parameters\nT+1h,manager,decide,{a\n", "log.csv:2:1: error[yaml-syntax]"),
        ("log.csv", "scenario,time,role,decision\nother,T+1h,manager,decide\n", "this log is of `other`"),
        ("log.csv", "", "column `time` is missing"),
        ("log.jsonl", '{"scenario": "drilled"}\n{"time": \n', "log.jsonl:2:10: error[yaml-syntax]: this line is not JSON"),
        ("log.jsonl", '{"scenario": "drilled"}\n[1]\n', "log.jsonl:2:1: error[yaml-shape]"),
        ("log.jsonl", "[" * 100_000 + "\n", "this line is not JSON"),
        ("log.yaml", "decisions: []\nscenario: drilled\n", "a log without a decision has nothing to replay"),
        ("log.yaml", "- a\n", "a log is a map with `scenario:` and `decisions:`"),
        ("log.yaml", "decisions:\n  - {time: T+1h, role: manager, decision: decide}\n", "does not say of which scenario it is"),
        ("log.yaml", "\tscenario: drilled\n", "a tab indents this line"),
    ],
)
def test_a_broken_file_is_told_too(drilled: Scenario, tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read(drilled, tmp_path, text, name)
    assert message in str(caught.value)


def test_a_missing_file_is_said_to_be_missing(drilled: Scenario, tmp_path: Path) -> None:
    exercise = exercise_of(drilled)
    assert exercise is not None
    with pytest.raises(ScenarioError, match="does not exist"):
        read_log(tmp_path / "none.yaml", drilled, lower(drilled), exercise)


def test_a_log_in_the_place_of_a_scenario_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "log.yaml").write_text(LOG, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "log.yaml")
    assert [d.message for d in caught.value.diagnostics] == ["this is a log of decisions, not a scenario"]


def test_a_decision_knows_where_it_stands() -> None:
    assert Decision(1, 0.0, "manager", "step", "decide").default_of == ""


ALL_WRONG = """seed: 3
ratings:
  O9: {rating: A}
scenario: drilled
decisions:
  - {time: T+15m, role: wardn, decision: headcount}
  - {time: noon, role: manager, decision: decid, parameters: {a: 1}}
  - {time: T+40m, role: manager, decision: decide, parameters: {takes: 0s}}
  - {time: T+30m, role: manager, decision: spare-site, reason: none, parameters: {agents: {on_shift: {able: 190%}}, site: nowhere}}
  - {time: T+50m, role: manager, decision: spare-site}
"""


def test_a_log_with_everything_wrong_is_told_in_one_pass(drilled: Scenario, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        read(drilled, tmp_path, ALL_WRONG)
    assert sorted((d.line, d.code) for d in caught.value.diagnostics) == [
        (3, "bad-value"),  # the rating
        (3, "unknown-name"),  # of no objective
        (6, "unknown-name"),  # no participant
        (7, "bad-value"),  # no time, and
        (7, "bad-value"),  # no parameters of
        (7, "unknown-name"),  # no step
        (8, "unknown-key"),
        (9, "bad-value"),  # a share, and
        (9, "unknown-key"),
        (9, "unknown-name"),  # a site
        (10, "duplicate-id"),
    ]


def test_lines_of_tables_that_cannot_be_read_hide_no_others(drilled: Scenario, tmp_path: Path) -> None:
    table = (
        "time,role,decision,parameters\nT+1h,manager\nT+2h,manager,decid,\nT+3h,nobody,decide,\n"
        "T+4h,manager,spare-site,{a\nother,T+5h,manager,reroute,\n"
    )
    with pytest.raises(ScenarioError) as caught:
        read(drilled, tmp_path, table, "log.csv")
    assert [(d.line, d.code) for d in sorted(caught.value.diagnostics, key=lambda d: d.line)] == [
        (2, "csv"), (3, "unknown-name"), (4, "unknown-name"), (5, "yaml-syntax"), (6, "csv"),
    ]  # fmt: skip
    lines = '{"scenario": "drilled"}\n{"time": \n{"time": "T+1h", "role": "manager", "decision": "decid"}\n[1]\n'
    with pytest.raises(ScenarioError) as caught:
        read(drilled, tmp_path, lines, "log.jsonl")
    assert sorted(d.line for d in caught.value.diagnostics) == [2, 3, 4]


def test_who_may_take_a_decision_is_doubted_and_not_refused(drilled: Scenario, tmp_path: Path) -> None:
    assert read(drilled, tmp_path, LOG).warnings == ()
    swapped = LOG.replace("role: warden", "role: manager").replace("role: manager, decision: decide", "role: facilitator, decision: decide")
    log = read(drilled, tmp_path, swapped)
    assert [(d.line, d.code, d.message) for d in log.warnings] == [
        (7, "who-decides", "decisions.0.role: `headcount` is for `warden` to decide, and `manager` did"),
        (8, "who-decides", "decisions.1.role: `facilitator` is here as facilitator, and decided `decide`"),
    ]
    assert [d.role for d in log.decisions[:2]] == ["manager", "facilitator"]


def test_a_doubt_about_the_log_is_said_before_it_is_replayed(crisis: Crisis, tmp_path: Path) -> None:
    file = tmp_path / "log.yaml"
    file.write_text(LOG.replace("role: warden", "role: manager"), encoding="utf-8")
    done = crisis("drill", DRILLED, "--log", file, "-n", "2", "-j", "1", "-o", tmp_path / "results")
    assert done.code == 0
    assert "warning[who-decides]" in done.err
    assert f"{file}:7:" in done.err
    assert "warning[who-decides]" not in crisis("drill", DRILLED, "--log", file, "-n", "2", "-j", "1", "-o", tmp_path, "-q").err
