"""A drill held: simulated, reviewed, and everything written into one folder; and rendered again without simulating."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator import disk
from simulator.document import files, word
from simulator.document.blocks import table
from simulator.document.program import json_text
from simulator.document.workbook import pages_of, write_sheets
from simulator.drill import findings, pack, report
from simulator.drill.kept import SETTING, answer, read_setting, setting
from simulator.drill.play import play, prepare
from simulator.drill.review import review
from simulator.drill.telling import Clockwork
from simulator.errors import Diagnostic, Interrupted, OutputError, ScenarioError, UsageError
from simulator.experiment import kept
from simulator.report import folder, manifest
from simulator.report.wording import LocalTime
from simulator.scenario import document as yaml_document
from simulator.scenario import exercise_of, lower, tables
from simulator.scenario.decision_log import read_log
from simulator.scenario.events_list import unguarded, written

if TYPE_CHECKING:
    from simulator.drill.play import Drill
    from simulator.drill.review import Review
    from simulator.experiment.pool import Progress
    from simulator.experiment.result import Result
    from simulator.model.exercise import Exercise
    from simulator.scenario import Scenario

FORMS = ("html", "md", "docx", "xlsx", "csv")
"""What a drill can be rendered as."""
REPLICATIONS = 20
"""Worlds in which the decisions are tried, unless told otherwise: each of them is lived through by every response."""
PACK = "pack"


@dataclass(frozen=True)
class Held:
    """A drill that was held; ``folder`` is None where nothing was written."""

    review: Review
    folder: Path | None = None

    @property
    def result(self) -> Result:
        return self.review.result


def exercise_in(scenario: Scenario, events_list: tuple[str, str] | None = None) -> Exercise:
    """The exercise of a scenario; raises UsageError where it has none."""
    found = exercise_of(scenario, events_list)
    if found is None:
        raise UsageError(f"{scenario.path} has no exercise: add a section `exercise` (crisis explain exercise), or a file that extends it")
    return found


def hold(
    scenario: Scenario,
    *,
    log: str | Path | None = None,
    events_list: tuple[str, str] | None = None,
    replications: int | None = None,
    seed: int | None = None,
    world: int | None = None,
    jobs: int | None = None,
    out: str | Path | None = None,
    forms: Sequence[str] = (),
    names: bool = False,
    command: str = "",
    progress: Progress | None = None,
    warn: Callable[[Sequence[Diagnostic]], None] | None = None,
) -> Held:
    """Play the exercise of a scenario by its playbook, or by the decisions in the file ``log``, and review it.

    - ``events_list`` (CSV text, file name) takes the place of the exercise's injects.
    - ``world`` of ``seed`` is the one that was played; the decisions are tried in ``replications`` worlds.
    - ``out`` is the folder under which ``<scenario>/<UTC time>-<hash6>/`` is made; ``forms`` are those of :data:`FORMS`, all that
      can be written if none is named; ``names`` prints the names of the log beside the roles.
    - ``warn`` is called with what is doubtful in the log, before anything is simulated.

    Raises ScenarioError for a log or a list that does not fit, UsageError for what cannot be asked, OutputError where nothing
    can be written, and Interrupted where the user stopped before the played world was simulated.
    """
    exercise = exercise_in(scenario, events_list)
    read = None if log is None else read_log(log, scenario, lower(scenario), exercise)
    if read is not None and read.warnings and warn is not None:
        warn(read.warnings)
    told = None if read is None else read.seed
    chosen = seed if seed is not None else told if told is not None else scenario.seed if scenario.seed is not None else 1
    played = world if world is not None else 0 if read is None else read.world
    worlds = replications or scenario.replications or REPLICATIONS
    wanted = usable_forms(forms)
    home = None if out is None else folder.prepare(Path(out), scenario.name)
    drill = replace(prepare(scenario, exercise, read, seed=chosen, world=played), events_list=events_list)
    worlds_found, result = play(drill, replications=worlds, jobs=jobs, progress=progress)
    if played not in {tally.replication for tally in result.tallies[drill.played]}:
        raise Interrupted("Interrupted before the played world was simulated: nothing was written.")
    found = review(drill, result)
    if home is None:
        return Held(found)
    began = datetime.now(UTC)
    with folder.whole_or_nothing(home) as scratch:
        kept.seal(worlds_found, result.question, scratch / kept.WORLDS)
        (scratch / SETTING).write_text(json_text(setting(drill, names=names, command=command)), encoding="utf-8", newline="\n")
        write(found, scratch, wanted, command=command, began=began, names=names)
        said = manifest.manifest(result, command=command, began=began, jobs=jobs, folder=scratch, **manifest.of_run(result))
        (scratch / manifest.NAME).write_text(json_text(said), encoding="utf-8", newline="\n")
        parts = (scenario.sha256, str(chosen), command, json.dumps(setting(drill, names=names, command=command)["log"]))
        return Held(found, folder.keep(scratch, folder.run_name(began, *parts)))


def is_drill(finished: Path) -> bool:
    """Whether a results folder holds a drill."""
    return disk.is_file(finished / SETTING)


def recall(finished: Path) -> Review:
    """The review of the drill in a results folder, without simulating. Raises UsageError where there is none."""
    import simulator.experiment.questions.run  # noqa: F401  # whose answer it keeps

    there = kept.read(finished)
    plan = there.question.plan(there.scenario)
    result: Any = there.question.judge(plan, there.found(plan))
    return review(read_setting(finished, result), result)


def render(finished: Path, forms: Sequence[str], *, out: Path | None = None, names: bool | None = None) -> list[Path]:
    """Render a drill again; return the files written. Raises UsageError for what is no drill or no form."""
    wanted = usable_forms(forms)
    found = recall(finished)
    said = manifest.read(finished)
    kept = json.loads((finished / SETTING).read_text(encoding="utf-8"))
    shown = bool(kept["names"]) if names is None else names
    target = finished if out is None else out
    folder.usable(target)
    with folder.whole_or_nothing(target) as scratch:
        write(found, scratch, wanted, command=said["command"], began=datetime.fromisoformat(said["began"]), names=shown)
        moved = folder.move_into(scratch, target)
        if out is None:
            manifest.update(finished)
    return moved


def usable_forms(forms: Sequence[str]) -> tuple[str, ...]:
    """The forms asked for, or all that can be written here; raises UsageError for an unknown one and for DOCX without its package."""
    unknown = [form for form in forms if form not in FORMS]
    if unknown:
        raise UsageError(f"a drill is rendered as {', '.join(FORMS)}, not as {', '.join(unknown)}")
    if forms:
        if "docx" in forms and not word.has_docx():
            raise UsageError(word.MISSING)
        return tuple(dict.fromkeys(forms))
    return tuple(form for form in FORMS if form != "docx" or word.has_docx())


def write(found: Review, target: Path, forms: Sequence[str], *, command: str, began: datetime, names: bool) -> None:
    """Write the report, its tables and the pack into ``target``."""
    from simulator.drill.figures import pictures

    time = LocalTime(found.model.clock)
    drawn = pictures(found, time) if {"html", "md", "docx"} & set(forms) else []
    paper = report.report(found, drawn, command=command, names=names)
    files.write(paper, target, forms, began)
    write_pack(found.drill, target / PACK, forms, began)
    if "xlsx" in forms:
        write_sheets(pages_of(paper.tables()), paper.title, target / "report.xlsx", began=began)
    if "csv" in forms:
        for block in paper.tables():
            if block.sheet in ("Decisions", "Worth", "Improvement plan", "Objectives"):
                name = block.sheet.lower().replace(" ", "-")
                (target / f"{name}.csv").write_text(
                    written(block.head, [[str(cell) for cell in row] for row in block.rows]), encoding="utf-8", newline=""
                )
    files.save(target / "review.json", json_text(answer(found)))
    files.save(target / "next-exercise.yaml", next_exercise(found.drill.scenario, lessons(found)))


def write_pack(drill: Drill, target: Path, forms: Sequence[str], began: datetime) -> None:
    """What is handed out before and during the exercise."""
    write_handouts(drill.scenario, drill.exercise, target, forms, began)


def write_handouts(scenario: Scenario, exercise: Exercise, target: Path, forms: Sequence[str], began: datetime) -> None:
    """The pack of an exercise that need not have been played."""
    model = lower(replace(scenario, tree={**scenario.tree, "variants": {}}))
    for paper in pack.papers(exercise, scenario, model):
        files.write(paper, target, forms, began)
    rows = pack.list_rows(exercise, Clockwork(LocalTime(model.clock), model.clock))
    if "csv" in forms:
        (target / "events-list.csv").write_text(written(pack.HEAD, rows), encoding="utf-8", newline="")
    if "xlsx" in forms:
        pages = pages_of([table(pack.HEAD, rows, sheet="Events list")])
        write_sheets(pages, scenario.name, target / "events-list.xlsx", began=began)


def lessons(found: Review) -> list[dict[str, str]]:
    """What was missed, as lessons of a next exercise."""
    return [
        {"text": f.observation, "capability": f.capability, "action": f.recommendation, "status": "open"} for f in findings.areas(found)
    ]


def next_exercise(scenario: Scenario, learnt: Sequence[dict[str, str]]) -> str:
    """Next year's file: this exercise again, with its lessons."""
    base = Path(scenario.path).name
    tree: dict[str, Any] = {
        "schema": "crisis/v1",
        "extends": base,
        "name": f"{scenario.name}-next",
        "exercise": {"lessons": [{key: value for key, value in lesson.items() if value} for lesson in learnt]},
    }
    head = f"# Next year's exercise: {scenario.name} again, with what was learnt. Keep this file beside {base}.\n"
    return head + yaml_document.write(tree)


def table_in(path: Path) -> tuple[str, str]:
    """The text of a table in a CSV file or a workbook, and its name. Raises ScenarioError where it cannot be read."""
    from simulator.scenario.files import table_text

    return table_text(path), str(path)


def hand_out(scenario: Scenario, events_list: tuple[str, str] | None, out: Path, forms: Sequence[str]) -> Path:
    """Write the pack of an exercise that has not been played yet; return its folder."""
    exercise = exercise_in(scenario, events_list)
    wanted = usable_forms(forms)
    home = folder.prepare(out, scenario.name)
    began = datetime.now(UTC)
    with folder.whole_or_nothing(home) as scratch:
        write_handouts(scenario, exercise, scratch / PACK, wanted, began)
        return folder.keep(scratch, folder.run_name(began, scenario.sha256, "pack")) / PACK


def carry_over(scenario: Scenario, plan: Path) -> Path:
    """Write next year's exercise beside the scenario, with the lessons of a completed improvement plan.

    Raises ScenarioError for a bad line of the plan, and OutputError where the file exists already.
    """
    exercise_in(scenario)
    learnt = read_plan(*table_in(plan))
    target = Path(scenario.path).with_name(f"{scenario.name}-next.yaml")
    try:
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write(next_exercise(scenario, learnt))
    except FileExistsError:
        raise OutputError(f"{target} exists already; nothing was written.") from None
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror or error}.") from error
    return target


def read_plan(text: str, file: str) -> list[dict[str, str]]:
    """The rows of an improvement plan as lessons; raises ScenarioError with every bad line."""
    required = ("area for improvement",)
    rows = tables.rows(text, file, required, tuple(name for name in report.PLAN_HEAD if name not in required))
    bad = [row for row in rows if not row.cells["area for improvement"]]
    if bad:
        raise ScenarioError([Diagnostic("csv", "this row does not say what to improve", file, row.line, 1) for row in bad])
    keys = {"area for improvement": "text", "capability": "capability", "corrective action": "action", "responsible": "owner",
            "due": "due", "status": "status"}  # fmt: skip
    return [{key: unguarded(row.cells.get(name, "")) for name, key in keys.items()} for row in rows]
