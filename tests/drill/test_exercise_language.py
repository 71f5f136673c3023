"""An exercise is read and checked like the rest of a scenario, and its events list may be a table."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import ScenarioError
from simulator.model.exercise import Exercise, Inject
from simulator.model.world import Reading
from simulator.scenario import exercise_of, load, lower

FILE = "tests/drill/drilled.yaml"
HEAD = "id,time,to,via,inject,expected action,time allowed,default,objective\n"


def read(root: Path) -> Exercise:
    found = exercise_of(load(root / FILE))
    assert found is not None
    return found


def test_it_means_seconds_and_names(root: Path) -> None:
    found = read(root)
    assert found.type == "functional"
    assert [p.role for p in found.participants] == ["manager", "warden", "facilitator"]
    aim = found.aims[1]
    assert aim.mark is not None
    assert (aim.mark.measure, aim.mark.scope, aim.mark.max, aim.tasks) == (
        "time_to_recover", {"channel": "voice"}, 10800.0, ("decide", "reroute", "spare-site"),
    )  # fmt: skip
    assert (found.injects[0].at, found.injects[0].within) == (7200.0 + 300, 1200.0)
    assert found.injects[1].to == ("manager", "warden"), "`all` is everybody who plays"
    assert isinstance(found.injects[2].when, Reading)
    assert found.back is not None
    assert found.back.by == 7200.0 + 5 * 3600


def test_an_exercise_changes_no_model(root: Path) -> None:
    scenario = load(root / FILE)
    assert lower(scenario).events == lower(load(root / "tests/report/small-quake.yaml")).events
    assert exercise_of(load(root / "tests/report/small-quake.yaml")) is None
    assert lower(scenario, "no-action").playbook == (), "a variant may lack the steps that the exercise speaks of"


BROKEN = {
    "type: seminar": ("type: opera", "expected `seminar` or `tabletop` or `functional`, got `opera`"),
    "to: warden": ("to: wardn", "there is no participant `wardn` (did you mean `warden`?)"),
    "expect: reroute": ("expect: rerute", "there is no step or task `rerute` (did you mean `reroute`?)"),
    "default: reroute": ("default: headcount", "`headcount` is no step of the playbook"),
    "measure: never_served": ("measure: never_serve", "there is no measure `never_serve`"),
    "at: T+30m": ("at: T+30h", "T+30h is after the end of the run"),
    "id: I2": ("id: I1", "there is a second `I1`"),
    "- {id: headcount": ("- {id: decide, text: x, role: warden, within: 5m}\n    - {id: headcount", "there is a step `decide` already"),
    "max: 30%": ("max: 30", "expected a share such as 35%, got 30"),
    "part: facilitator": ("part: boss", "expected `player` or `facilitator`"),
    "within: 20m, default: reroute": ("default: reroute", "a default needs the time allowed"),
    "above: 3, for: 2m}": ("above: 3, for: 2m}, at: T+1h", "either `at` an instant or `when`"),
    "scope: one afternoon": ("scoop: one afternoon", "unknown key `scoop` in `exercise`"),
    "objective: O2": ("objective: O9", "there is no objective `O9`"),
    "{does: counts people}": ("{does: counts people, name: Ana}", "unknown key `name`"),
}


@pytest.mark.parametrize("right", BROKEN)
def test_what_is_wrong_is_told_with_its_place(root: Path, tmp_path: Path, right: str) -> None:
    wrong, message = BROKEN[right]
    (tmp_path / "report").mkdir()
    (tmp_path / ".crisis-project").touch()
    shutil.copy(root / "tests/report/small-quake.yaml", tmp_path / "report")
    text = (root / FILE).read_text(encoding="utf-8").replace("type: functional", "type: seminar")
    assert right in text
    file = tmp_path / "drill" / "broken.yaml"
    file.parent.mkdir()
    file.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(file)
    told = str(caught.value)
    assert message in told
    assert all(d.line > 1 and d.file.endswith("broken.yaml") for d in caught.value.diagnostics), told
    assert str(caught.value).count("error[") == 1, told


def test_what_an_exercise_seems_to_have_forgotten_is_told(root: Path, tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / ".crisis-project").touch()
    shutil.copy(root / "tests/report/small-quake.yaml", tmp_path / "report")
    text = (
        (root / FILE)
        .read_text(encoding="utf-8")
        .replace("    warden: {", "    bystander: {}\n    warden: {")
        .replace("to: all", "to: manager")
    )
    text = text.replace('to: manager, text: "They wait."', 'to: manager, text: "They wait.", within: 5m')
    file = tmp_path / "drill" / "gaps.yaml"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    told = [(d.code, d.message.partition(": ")[2]) for d in load(file).warnings]
    assert told == [
        ("exercise-gap", "nobody tells `bystander` anything, and nothing is theirs to do"),
        ("exercise-gap", "no inject leads to `O3`"),
        ("exercise-gap", "a time is allowed, and nothing is expected"),
    ]


def with_list(root: Path, text: str) -> tuple[Inject, ...]:
    found = exercise_of(load(root / FILE), (text, "list.csv"))
    assert found is not None
    return found.injects


def test_an_events_list_may_be_a_table(root: Path) -> None:
    told = 'J2,T+40m,"manager; warden",phone,"=2+2, she says",reroute,20m,reroute,O2\n'
    waiting = 'J1,"{measure: queue, above: 3, for: 2m}",all,,They wait.,,,,\n'
    first, second = with_list(root, HEAD + told + waiting)
    assert (first.id, first.text, first.to, first.within) == ("J2", "=2+2, she says", ("manager", "warden"), 1200.0)
    assert (second.id, second.to) == ("J1", ("manager", "warden"))
    assert isinstance(second.when, Reading)


def test_other_tools_call_the_columns_otherwise(root: Path) -> None:
    (one,) = with_list(root, "Inject Number;Event time;Recipient;Event Description\n7;T+5m;manager;Hello\n")
    assert (one.id, one.at, one.to, one.text) == ("7", 7500.0, ("manager",), "Hello")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("J1,T+90h,manager,,Hello,,,,", "list.csv:2:1: error[csv]: at: T+90h is after the end of the run"),
        ("J1,T+5m,manger,,Hello,,,,", "there is no participant `manger`"),
        ("J1,T+5m,manager,,Hello,fly,,,", "there is no step or task `fly`"),
        ("J1,T+5m,manager,,Hello,reroute,20,,", "expected a duration such as 30s"),
        ("J1,{measure: queue,manager,,Hello,,,,", "list.csv:2:1"),
        ("J1,T+5m,manager,,,,,,", "`text` is missing"),
        ("J1,T+5m,manager", "expected 9 cells, got 3"),
        ("J1,T+5m,manager,,A,,,,\nJ1,T+6m,manager,,B,,,,", "list.csv:3:1: error[duplicate-id]: there is a second inject `J1`"),
    ],
)
def test_a_broken_line_of_a_list_is_told_by_its_number(root: Path, row: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        with_list(root, HEAD + row + "\n")
    assert message in str(caught.value)


def test_every_bad_line_is_told_at_once(root: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        with_list(root, HEAD + "J1,T+90h,manager,,A,,,,\nJ2,T+5m,nobody,,B,,,,\n")
    assert [d.line for d in caught.value.diagnostics] == [2, 3]


def test_a_workbook_gives_the_same_list(root: Path, tmp_path: Path) -> None:
    from xlsxwriter import Workbook

    from simulator.scenario.spreadsheet import as_csv

    rows: list[list[Any]] = [["id", "time", "to", "inject"], [1, "T+5m", "warden", "=cmd"], ["J2", "T+40m", "manager", "two\nlines, comma"]]
    book = Workbook(str(tmp_path / "list.xlsx"), {"strings_to_formulas": False})
    sheet = book.add_worksheet()
    for line, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            sheet.write(line, column, cell)
    book.close()
    found = with_list(root, as_csv((tmp_path / "list.xlsx").read_bytes(), "list.xlsx"))
    assert [(i.id, i.to, i.text) for i in found] == [("1", ("warden",), "=cmd"), ("J2", ("manager",), "two\nlines, comma")]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no workbook", b"id,time\n"])
def test_what_is_no_workbook_is_said_to_be_none(content: bytes) -> None:
    from simulator.scenario.problem import Wrong
    from simulator.scenario.spreadsheet import as_csv

    with pytest.raises(Wrong, match="is not a workbook"):
        as_csv(content, "list.xlsx")
