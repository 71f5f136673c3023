"""The log of an exercise: who decided what and when, as YAML, CSV or JSON lines. Every bad line is told with its place."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationInfo

from simulator.errors import Diagnostic, ScenarioError
from simulator.model.exercise import RETURN, Exercise
from simulator.model.world import Model
from simulator.scenario import document, tables
from simulator.scenario.document import Document, Place
from simulator.scenario.events_list import plain_instant, unguarded
from simulator.scenario.files import scenario_text
from simulator.scenario.findings import Findings
from simulator.scenario.problem import Problem, did_you_mean, shown
from simulator.scenario.scenario import Scenario, calendar_of
from simulator.scenario.section import Reads, Section, Setting, Text, Whole, Written, choice, named, read_section, setting_of

END = "end "
"""``end STEP`` ends the effect of a step that was decided before."""
COLUMNS = ("time", "role", "decision")
MORE_COLUMNS = ("parameters", "rationale", "name", "scenario")
TABLES = (".csv", ".jsonl", ".ndjson")
LEVELS = ("P", "S", "M", "U")


@dataclass(frozen=True)
class Decision:
    """Something that a role decided at an instant (seconds since the start).

    ``kind`` is step (of the playbook), end (of a step's effect) or task (of the exercise). ``default_of`` names the inject
    whose time ran out, where the facilitator decided for the team.
    """

    number: int
    at: float
    role: str
    kind: str
    what: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    rationale: str = ""
    name: str = ""
    line: int = 0
    default_of: str = ""


@dataclass(frozen=True)
class Rating:
    """What the evaluator says about an objective: P, S, M or U, and why."""

    rating: str
    notes: str = ""


@dataclass(frozen=True)
class DecisionLog:
    """A log that fits its scenario. ``places`` leads from (number, key) of a decision to where its parameters stand."""

    file: str
    decisions: tuple[Decision, ...]
    ratings: Mapping[str, Rating] = field(default_factory=dict)
    seed: int | None = None
    world: int = 0
    places: Mapping[document.Path, Place] = field(default_factory=dict, repr=False, compare=False)


def _moment(raw: Any, info: ValidationInfo) -> float:
    calendar = setting_of(info).calendar
    assert calendar is not None
    return calendar.instant(plain_instant(raw))


class DecisionForm(Section):
    """One line of a log."""

    time: Annotated[float, Reads(_moment, written=Written("instant"))]
    role: Annotated[str, named("participant")]
    decision: Text
    parameters: dict[str, Any] = Field(default_factory=dict)
    rationale: Text = ""
    name: Text = ""


class RatingForm(Section):
    """The evaluator's rating of an objective."""

    rating: Annotated[str, choice(*LEVELS)]
    notes: Text = ""


class LogForm(Section):
    """A whole log."""

    scenario: Text = ""
    seed: Whole | None = None
    world: Whole = 0
    ratings: dict[Annotated[str, named("objective")], RatingForm] = Field(default_factory=dict)
    decisions: list[DecisionForm]


def read_log(path: str | Path, scenario: Scenario, model: Model, exercise: Exercise) -> DecisionLog:
    """The log in the file ``path`` (.yaml, .csv or .jsonl) of an exercise. Raises ScenarioError with every problem."""
    file = str(path)
    source = _document(scenario_text(Path(path), file), file)
    findings = Findings(file, source.tree, source.places)
    of = source.tree.get("scenario")
    if of != scenario.name and (of is not None or Path(file).suffix.lower() not in TABLES):
        said = "this log does not say of which scenario it is" if of is None else f"this log is of {shown(of)}"
        hint = f"`scenario: {scenario.name}` stands at the top of a log of this one"
        findings.note(("scenario",), Problem(f"{said}, and the scenario is `{scenario.name}`", hint, "other-scenario"))
        raise ScenarioError(findings.errors)  # nothing else in it would fit either
    roles = tuple(p.role for p in exercise.participants)
    setting = Setting({"participant": roles, "objective": tuple(aim.id for aim in exercise.aims)}, calendar_of(scenario))
    form = None
    with findings.at():
        form = read_section(LogForm, source.tree, setting)
    if form is None:
        raise ScenarioError(findings.errors)
    decisions = _checked(form, model, exercise, findings, source)
    if findings.errors:
        raise ScenarioError(findings.errors)
    ratings = {name: Rating(r.rating, r.notes) for name, r in form.ratings.items()}
    places = {
        (path[1], *path[3:]): place for path, place in source.places.items() if path[:1] == ("decisions",) and path[2:3] == ("parameters",)
    }
    return DecisionLog(file, decisions, ratings, form.seed, form.world, places)


def _checked(form: LogForm, model: Model, exercise: Exercise, findings: Findings, source: Document) -> tuple[Decision, ...]:
    steps = {step.id: step for step in model.playbook}
    tasks = {task.id for task in exercise.tasks} | {RETURN}
    found: list[Decision] = []
    before: dict[tuple[str, str], int] = {}
    if not form.decisions:
        findings.note(("decisions",), Problem("a log without a decision has nothing to replay", on_key=True))
    for i, one in enumerate(form.decisions):
        place = source.places.get(("decisions", i))
        line = place.line if place else 0
        if i and one.time < form.decisions[i - 1].time:
            said = f"{source.tree['decisions'][i]['time']} is earlier than the decision before it"
            findings.note(("decisions", i, "time"), Problem(said, "a log is in the order in which things were decided", "log-order"))
        ends = one.decision.startswith(END)
        what = one.decision.removeprefix(END).strip()
        kind = "end" if ends else "step" if what in steps else "task"
        known = [*steps, *sorted(tasks)] if not ends else [name for name, step in steps.items() if step.act.lasting]
        if what not in known:
            why = "cannot be ended" if ends and what in steps else "is not something that this scenario lets anybody decide"
            problem = Problem(f"`{what}` {why}", did_you_mean(what, known), "unknown-name")
            findings.note(("decisions", i, "decision"), problem)
        elif (kind, what) in before:
            said = f"`{one.decision}` is decided already on line {before[kind, what]}"
            findings.note(("decisions", i, "decision"), Problem(said, "a step is carried out once", "duplicate-id"))
        elif ends and ("step", what) not in before:
            findings.note(("decisions", i, "decision"), Problem(f"`{what}` is ended before anybody decided it"))
        before.setdefault((kind, what), line)
        for key in one.parameters:
            _check_parameter(key, what, kind, model, findings, ("decisions", i, "parameters", key))
        found.append(Decision(i + 1, one.time, one.role, kind, what, one.parameters, one.rationale, one.name, line))
    return tuple(found)


def _check_parameter(key: str, what: str, kind: str, model: Model, findings: Findings, path: document.Path) -> None:
    """What is decided is what is done and how; how long it takes and what it needs is the world's."""
    act = next((step.act for step in model.playbook if step.id == what), None)
    if kind != "step" or act is None:
        findings.note(path, Problem(f"`{what}` has no parameters", on_key=True))
        return
    own = [f.name.removesuffix("_") for f in dataclasses.fields(act)]
    if key not in own:
        findings.note(path, Problem(f"`{key}` is no parameter of `{act.name}`", did_you_mean(key, own), "unknown-key", on_key=True))


def _document(content: bytes, file: str) -> Document:
    """The log as a tree with places, whatever it is written in."""
    kind = Path(file).suffix.lower()
    if kind not in TABLES:
        try:
            return document.read(content, file)
        except ScenarioError as error:
            raise ScenarioError([replace(d, message=d.message.replace("a scenario is a map of sections such as `clock:` and `needs:`",
                "a log is a map with `scenario:` and `decisions:`")) for d in error.diagnostics]) from None  # fmt: skip
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ScenarioError([Diagnostic("encoding", "the log is not UTF-8", file, line, 1, help="save it as UTF-8")]) from None
    return _table(text, file) if kind == ".csv" else _lines(text, file)


def _gathered(rows: Iterator[tuple[dict[str, Any], int]], tree: dict[str, Any], file: str) -> Document:
    decisions: list[dict[str, Any]] = []
    places: dict[document.Path, Place] = {}
    for row, line in rows:
        said = row.pop("scenario", "")
        if said and said != tree.setdefault("scenario", said):
            message = f"this line is of `{said}`, and those above are of `{tree['scenario']}`"
            raise ScenarioError([Diagnostic("other-scenario", message, file, line, 1)])
        places[("decisions", len(decisions))] = Place(line, 1, 1, line, 1, 1, file)
        places.setdefault(("scenario",), places["decisions", len(decisions)])
        decisions.append(row)
    return Document(file, {**tree, "decisions": decisions}, places)


def _table(text: str, file: str) -> Document:
    def rows() -> Iterator[tuple[dict[str, Any], int]]:
        for row in tables.rows(text, file, COLUMNS, MORE_COLUMNS):
            cells: dict[str, Any] = {name: unguarded(cell) for name, cell in row.cells.items() if cell}
            if "parameters" in cells:
                try:
                    cells["parameters"] = document.read_value(cells["parameters"], "parameters")[0]
                except ScenarioError as error:
                    raise ScenarioError([replace(d, file=file, line=row.line, column=1) for d in error.diagnostics]) from None
            yield cells, row.line

    return _gathered(rows(), {}, file)


def _lines(text: str, file: str) -> Document:
    head: dict[str, Any] = {}
    found: list[tuple[dict[str, Any], int]] = []
    bad: list[Diagnostic] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
        except (ValueError, RecursionError) as error:
            why = getattr(error, "msg", "nested too deep")
            bad.append(Diagnostic("yaml-syntax", f"this line is not JSON: {why}", file, number, getattr(error, "colno", 1)))
            continue
        if not isinstance(said, dict):
            bad.append(Diagnostic("yaml-shape", f"a line of a log is a map, got {shown(said)}", file, number, 1))
        elif not found and not head and "decision" not in said:
            head = said
        else:
            found.append((said, number))
    if bad:
        raise ScenarioError(bad)
    return _gathered(iter(found), head, file)
