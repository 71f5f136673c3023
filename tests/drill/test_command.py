"""``crisis drill`` as a facilitator meets it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from simulator.drill.session import drill
from simulator.errors import ExitCode
from simulator.scenario import Scenario, exercise_of, load
from tests.command import Crisis, called
from tests.drill.conftest import LOG

FILE = "tests/drill/drilled.yaml"


@pytest.fixture
def crisis(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Crisis:
    monkeypatch.chdir(root)
    return lambda *words: called(capsys, *words)


@pytest.fixture
def desk(root: Path, tmp_path: Path) -> Path:
    """A folder with the exercise, in which files may be made."""
    for name in ("drill/drilled.yaml", "report/small-quake.yaml"):
        (tmp_path / name).parent.mkdir()
        shutil.copy(root / "tests" / name, tmp_path / name)
    (tmp_path / ".crisis-project").touch()
    return tmp_path / "drill"


def test_a_log_is_replayed_and_the_places_are_told(crisis: Crisis, tmp_path: Path) -> None:
    log = tmp_path / "log.yaml"
    log.write_text(LOG, encoding="utf-8")
    done = crisis("drill", FILE, "--log", log, "-n", 2, "-j", 1, "-o", tmp_path, "--to", "md,csv")
    assert done.code == ExitCode.OK, done.err
    for part in ("SIMULATED RESULTS", "OBJECTIVES   evaluator  suggested", "played by a team's log", "world 1 of seed 3", "TO WORK ON"):
        assert part in done.out
    folder = tmp_path / (tmp_path / "latest.txt").read_text(encoding="utf-8").strip()
    assert f"Report: {folder / 'report.md'}" in done.err
    files = "report.md decisions.csv worth.csv improvement-plan.csv objectives.csv review.json drill.json next-exercise.yaml"
    assert {p.name for p in folder.iterdir() if p.is_file()} == {*files.split(), "worlds.journal", "manifest.json"}
    again = crisis("report", folder, "--to", "html,docx")
    assert again.code == ExitCode.OK, again.err
    assert str(folder / "report.docx") in again.out


def test_json_is_one_document(crisis: Crisis, tmp_path: Path) -> None:
    done = crisis("drill", FILE, "-n", 2, "-j", 1, "-o", tmp_path, "--to", "csv", "--json", "-q")
    said = json.loads(done.out)
    assert said["schema"] == "crisis-review/v1"
    assert said["played"] == "the playbook"
    assert not done.err


def test_the_pack_needs_no_simulation(crisis: Crisis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.crisis.play.simulate", None)
    done = crisis("drill", FILE, "--pack", "-o", tmp_path)
    assert done.code == ExitCode.OK, done.err
    pack = Path(done.out.strip())
    assert {p.stem for p in pack.iterdir()} == {
        "situation-manual", "events-list", "inject-cards", "evaluator-sheets", "feedback-form", "one-page-plan",
    }  # fmt: skip
    manual = (pack / "situation-manual.md").read_text(encoding="utf-8")
    assert "The carrier waits" not in manual, "what will happen is not told before"
    page = (pack / "one-page-plan.md").read_text(encoding="utf-8")
    assert "number to call" in page
    assert "within 20 min of the impact" in page


def test_an_events_list_of_ones_own(crisis: Crisis, tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text("Event number;Event time;Recipient;Event description\nX1;T+0:30;warden;Smoke!\n", encoding="utf-8")
    done = crisis("drill", FILE, "--pack", "--events-list", listed, "-o", tmp_path, "--to", "md")
    assert "Smoke!" in (Path(done.out.strip()) / "inject-cards.md").read_text(encoding="utf-8")
    listed.write_text("Event number;Event time;Recipient;Event description\nX1;T+0:30;ward;Smoke!\n", encoding="utf-8")
    done = crisis("drill", FILE, "--pack", "--events-list", listed, "-o", tmp_path)
    assert done.code == ExitCode.BAD_INPUT
    assert f"--> {listed}:2:1" in done.err
    assert "there is no participant `ward`" in done.err


def test_a_plan_is_carried_into_next_year_and_never_over_a_file(crisis: Crisis, desk: Path) -> None:
    plan = desk / "plan.csv"
    plan.write_text("capability,area for improvement,corrective action,due,status\nHelp,'=slow,Faster,May,open\n", encoding="utf-8")
    done = crisis("drill", desk / "drilled.yaml", "--plan", plan)
    assert done.code == ExitCode.OK, done.err
    found = exercise_of(load(done.out.strip()))
    assert found is not None
    assert [(one.text, one.capability, one.action, one.due) for one in found.lessons] == [("=slow", "Help", "Faster", "May")]
    again = crisis("drill", desk / "drilled.yaml", "--plan", plan)
    assert again.code == ExitCode.BAD_INPUT
    assert "exists already" in again.err


def test_a_broken_plan_is_told_by_its_line(crisis: Crisis, desk: Path) -> None:
    plan = desk / "plan.csv"
    plan.write_text("capability,area for improvement\nHelp,slow\nHelp,\n", encoding="utf-8")
    done = crisis("drill", desk / "drilled.yaml", "--plan", plan)
    assert done.code == ExitCode.BAD_INPUT
    assert f"--> {plan}:3:1" in done.err
    assert not list(desk.glob("*next*"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["tests/report/small-quake.yaml"], "has no exercise"),
        ([FILE, "--log", "no-such-log.yaml"], "the scenario does not exist"),
        ([FILE, "--log", "scenarios/exercises/cable-log.yaml"], "this log is of `cable-drill`, and the scenario is `drilled`"),
        ([FILE, "--to", "pdf"], "a drill is rendered as html, md, docx, xlsx, csv, not as pdf"),
        ([FILE, "--world", "7", "-n", "3"], "the played world is number 7: ask for at least 8 replications"),
        ([FILE, "--pack", "--log", "x.yaml"], "exclude each other"),
        ([FILE, "--events-list", "none.csv", "--pack"], "`none.csv` does not exist"),
        ([FILE, "--plan", "none.xlsx"], "`none.xlsx` does not exist"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_written(crisis: Crisis, tmp_path: Path, words: list[str], message: str) -> None:
    done = crisis("drill", *words, "-o", tmp_path / "out")
    assert done.code == ExitCode.BAD_INPUT
    assert message in done.err
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


def test_without_the_package_for_docx_everything_else_is_written(crisis: Crisis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.document.word.has_docx", lambda: False)
    done = crisis("drill", FILE, "--pack", "-o", tmp_path)
    assert {p.suffix for p in Path(done.out.strip()).iterdir()} == {".html", ".md", ".csv", ".xlsx"}
    asked = crisis("drill", FILE, "--pack", "-o", tmp_path, "--to", "docx")
    assert asked.code == ExitCode.BAD_INPUT
    assert "install crisis-simulator[docx]" in asked.err


def test_a_run_that_is_no_drill_is_no_drill(crisis: Crisis, tmp_path: Path) -> None:
    from simulator.asking import open_folder
    from simulator.errors import UsageError

    with pytest.raises(UsageError):
        open_folder(tmp_path)


def test_an_interrupted_drill_keeps_the_worlds_that_are_finished(drilled: Scenario, tmp_path: Path) -> None:
    def stop(done: int, _asked: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    held = drill(drilled, replications=4, jobs=1, out=tmp_path, forms=("md",), progress=stop)
    assert held.result.interrupted
    assert held.review.luck.worlds == (0, 1)
    assert held.folder is not None
    assert (held.folder / "report.md").exists()
    late = drill(drilled, replications=4, world=3, jobs=1, out=tmp_path, forms=("md",), progress=stop)
    assert late.review.luck.worlds == (0, 3), "the played world comes first"
