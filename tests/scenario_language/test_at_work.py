"""A roster that says how many are at work by interval, and what is told where one is meant and not said."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.model.world import Shift
from simulator.scenario import load, lower
from tests.command import Crisis

SMALL = (Path(__file__).parent / "small.yaml").read_text(encoding="utf-8")
HOUR = 3600.0
TABLE = "start,end,agents\n08:00,08:30,4\n08:30,09:00,9\n09:00,09:30,9\n09:30,10:00,6\n10:00,10:30,7\n"


def scenario(folder: Path, roster: str, headcount: int = 20) -> Path:
    text = SMALL.replace("skills: {billing: 1}", f"skills: {{billing: 1}}, roster: {roster}").replace(
        "headcount: 10", f"headcount: {headcount}"
    )
    assert roster in text
    assert f"headcount: {headcount}" in text
    (folder / "s.yaml").write_text(text, encoding="utf-8")
    return folder / "s.yaml"


def told(file: Path) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load(file)
    return [line.removeprefix(f"{file.parent}/") for line in str(caught.value).splitlines()]


def test_who_came_last_goes_first_and_it_takes_as_many_as_are_there_at_once(tmp_path: Path) -> None:
    (tmp_path / "desk.csv").write_text(TABLE, encoding="utf-8")
    listed = ", ".join(
        '{{start: "{}", end: "{}", agents: {}}}'.format(*line.split(",")) for line in TABLE.splitlines()[1:]
    )  # fmt: skip
    models = [lower(load(scenario(tmp_path, roster, headcount=9))) for roster in ("{at_work: desk.csv}", f"{{at_work: [{listed}]}}")]
    assert models[0] == models[1]
    eight = min(shift.start for shift in models[0].teams[0].shifts)
    shifts = [Shift(s.first, s.agents, (s.start - eight) / HOUR, (s.end - eight) / HOUR) for s in models[0].teams[0].shifts]
    assert shifts == [Shift(0, 4, 0, 2.5), Shift(4, 2, 0.5, 2.5), Shift(6, 3, 0.5, 1.5), Shift(6, 1, 2, 2.5)]


def test_more_at_work_than_there_are_agents(tmp_path: Path) -> None:
    (tmp_path / "desk.csv").write_text(TABLE, encoding="utf-8")
    (said,) = told(scenario(tmp_path, "{at_work: desk.csv}", headcount=8))
    assert "teams.service.roster: up to 9 agents are to be at work, more than the headcount of 8" in said


def test_a_table_of_agents_at_work_that_is_not_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "desk.csv").write_text(TABLE, encoding="utf-8")
    (said,) = told(scenario(tmp_path, "desk.csv"))
    assert said.endswith(
        "the roster has 35 agents, more than the headcount of 20 "
        "(if they say how many are at work in each interval, write `roster: {at_work: desk.csv}`; that takes 9 people)"
    )
    found = [d for d in load(scenario(tmp_path, "desk.csv", headcount=40)).warnings if d.code == "at-work"]
    assert [d.message for d in found] == ["teams.service.roster: each of 5 short shifts in a row has agents of its own, 35 in all"]
    (tmp_path / "desk.csv").write_text("start,end,agents\n06:00,14:00,4\n14:00,22:00,4\n22:00,06:00,2\n", encoding="utf-8")
    assert "at-work" not in {d.code for d in load(scenario(tmp_path, "desk.csv")).warnings}, "three shifts a day are shifts"


ONE_TIME = "the shift starts and ends at one time (a shift of a whole day is written 00:00 to 24:00)"
OVERLAPS = "this interval overlaps that of line 2 (an interval says how many are at work in all)"
BAD = {
    "start,end,agents\n08:00,09:00,4\n08:30,09:30,9\n": {3: OVERLAPS},
    "start,end,agents,days\n22:00,06:00,4,sun\n05:30,09:30,9,mon\n": {3: OVERLAPS},
    "start,end,agents\n08:00,08:00,4\n09:00,9,9\n": {2: ONE_TIME, 3: 'end: expected a time of day such as "07:00", got `9`'},
    "start,end,agents,breaks\n08:00,09:00,4,\n": {1: "unknown column `breaks` (possible: start, end, agents, days)"},
    "start,end,agents\n08:00,09:00,4.5\n": {2: "agents: expected a whole number such as 200 or 30k, got `4.5`"},
}


@pytest.mark.parametrize("table", BAD)
def test_a_bad_table_is_told_by_its_line(tmp_path: Path, table: str) -> None:
    (tmp_path / "desk.csv").write_text(table, encoding="utf-8")
    assert told(scenario(tmp_path, "{at_work: desk.csv}")) == [
        f"desk.csv:{line}:1: error[csv]: {said}" for line, said in BAD[table].items()
    ]


@pytest.mark.parametrize(
    ("roster", "said"),
    [
        ("{at_work: nothing.csv}", "error[data-file]: teams.service.roster.at_work: `nothing.csv` does not exist"),
        ("{at_work: 5}", "teams.service.roster.at_work: expected a CSV file or a list of rows, got 5"),
        ("{atwork: x.csv}", "unknown key `atwork` in `teams.service.roster` (did you mean `at_work`?)"),
        ("7", "expected `always`, a CSV file, a list of shifts or a map with `at_work`, got 7"),
        ('{at_work: [{start: "08:00", end: "09:00", agents: 1}, {start: "08:59", end: "09:10", agents: 1}]}',
         "teams.service.roster.at_work.1: this interval overlaps that of row 1"),
        ('{at_work: [{start: "08:00", end: "08:00", agents: 1}]}', "teams.service.roster.at_work.0: the shift starts and ends at one time"),
    ],
)  # fmt: skip
def test_what_is_no_such_roster_is_told_at_its_place(tmp_path: Path, roster: str, said: str) -> None:
    assert said in " ".join(told(scenario(tmp_path, roster)))


def test_a_missing_table_is_told_beside_other_mistakes(tmp_path: Path) -> None:
    file = scenario(tmp_path, "{at_work: nothing.csv}")
    file.write_text(file.read_text(encoding="utf-8").replace("interval: 30m", "interval: 30"), encoding="utf-8")
    assert any("`nothing.csv` does not exist" in line for line in told(file))


def test_a_table_of_a_parent_is_looked_for_beside_the_parent(tmp_path: Path) -> None:
    (tmp_path / ".crisis-project").touch()
    (tmp_path / "base/data").mkdir(parents=True)
    (tmp_path / "base/data/desk.csv").write_text(TABLE, encoding="utf-8")
    scenario(tmp_path / "base", "{at_work: data/desk.csv}")
    (tmp_path / "child.yaml").write_text("extends: base/s.yaml\nschema: crisis/v1\nname: child\n", encoding="utf-8")
    assert lower(load(tmp_path / "child.yaml")).teams == lower(load(tmp_path / "base/s.yaml")).teams


def test_it_is_explained(crisis: Crisis) -> None:
    assert "Agents at work by interval, with as few people as that takes" in crisis("explain", "teams.roster.at_work").out.replace(
        "\n", " "
    )
