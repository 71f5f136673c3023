"""A drill held: simulated, reviewed, and everything written into one folder; and rendered again without simulating."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator import asking
from simulator.document import files, word
from simulator.document.blocks import table
from simulator.document.program import json_text
from simulator.document.workbook import pages_of, write_sheets
from simulator.drill import findings, pack, report
from simulator.drill.kept import SETTING, answer, setting
from simulator.drill.question import Drilled, DrillQuestion, exercise_in
from simulator.drill.telling import Clockwork
from simulator.drill.terminal import summary_text
from simulator.errors import Diagnostic, OutputError, ScenarioError, UsageError
from simulator.report import folder, manifest
from simulator.report.wording import LocalTime
from simulator.scenario import document as yaml_document
from simulator.scenario import lower, tables
from simulator.scenario.decision_log import read_log
from simulator.scenario.events_list import unguarded, written

if TYPE_CHECKING:
    from simulator.drill.play import Drill
    from simulator.drill.review import Review
    from simulator.experiment.pool import Progress, Runner
    from simulator.experiment.question import Found
    from simulator.model.exercise import Exercise
    from simulator.report.drawing import Artists
    from simulator.scenario import Scenario

FORMS = ("html", "md", "docx", "xlsx", "csv")
"""What a drill can be rendered as."""
DRAWN_ASIDE = False
REPLICATIONS = 20
"""Worlds in which the decisions are tried, unless told otherwise: each of them is lived through by every response."""
PACK = "pack"


def drill(
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
    runner: Runner | None = None,
    warn: Callable[[Sequence[Diagnostic]], None] | None = None,
) -> Drilled:
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
    question = DrillQuestion(
        replications=replications or scenario.replications or REPLICATIONS,
        seed=seed if seed is not None else told if told is not None else scenario.seed if scenario.seed is not None else 1,
        world=world if world is not None else 0 if read is None else read.world,
        log=read,
        events_list=events_list,
        names=names,
        forms=usable_forms(forms),
        said_as=command,
    )
    found: Drilled = asking.ask(question, scenario, jobs=jobs, out=out, progress=progress, runner=runner)
    return found


def text(held: Drilled, *, full: bool = False) -> str:  # noqa: ARG001  # as every page
    """What a terminal shows."""
    return summary_text(held.review)


def program(held: Drilled) -> dict[str, Any]:
    """All numbers, for programs."""
    return answer(held.review)


def write(held: Drilled, target: Path, *, found: Found, command: str, began: datetime, jobs: int | None, artists: Artists) -> None:  # noqa: ARG001  # as every page
    """Write the report, its tables and the pack into ``target``, and how the drill was played."""
    question = held.question
    setting_said = setting(held.review.drill, names=question.names, command=command)
    files.save(target / SETTING, json_text(setting_said))
    render(held, target, question.forms, command=command, began=began, artists=artists)
    more = manifest.of_run(held.result) | {"world": question.world}
    files.save(target / manifest.NAME, json_text(manifest.manifest(held, command=command, began=began, jobs=jobs, folder=target, **more)))


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


def render(held: Drilled, target: Path, forms: Sequence[str], *, command: str, began: datetime, artists: Artists) -> None:  # noqa: ARG001  # as every page
    """Write the report, its tables and the pack in those ``forms`` into ``target``. Raises UsageError for a form that cannot be written."""
    from simulator.drill.figures import pictures

    forms, found, names = usable_forms(forms), held.review, held.question.names
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
