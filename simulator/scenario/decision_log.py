"""The log of an exercise: who decided what and when, as YAML, CSV or JSON lines. Every bad line is told with its place."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationInfo

from simulator.errors import Diagnostic, ScenarioError
from simulator.model.exercise import RETURN, Exercise
from simulator.model.world import Model
from simulator.scenario import document, names, tables
from simulator.scenario.characters import CONTROL, control_in
from simulator.scenario.declared import read_beside
from simulator.scenario.document import Document, Place
from simulator.scenario.events_list import plain_instant, unguarded
from simulator.scenario.files import scenario_text
from simulator.scenario.findings import Findings
from simulator.scenario.problem import Problem, Wrong, did_you_mean, shown
from simulator.scenario.scenario import Scenario, calendar_of
from simulator.scenario.section import Reads, Section, Setting, Text, Whole, Written, choice, named, read_section, setting_of
from simulator.scenario.step_form import StepForm
from simulator.scenario.variants import is_whole, with_ranges

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
    warnings: tuple[Diagnostic, ...] = field(default=(), repr=False, compare=False)


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
    source, unread = _document(scenario_text(Path(path), file), file)
    findings = Findings(file, source.tree, source.places)
    for diagnostic in unread:
        findings.keep(diagnostic)
    of = source.tree.get("scenario")
    if of != scenario.name and (of is not None or Path(file).suffix.lower() not in TABLES):
        said = "this log does not say of which scenario it is" if of is None else f"this log is of {shown(of)}"
        hint = f"`scenario: {scenario.name}` stands at the top of a log of this one"
        findings.note(("scenario",), Problem(f"{said}, and the scenario is `{scenario.name}`", hint, "other-scenario"))
        if of is not None:
            raise ScenarioError(findings.errors)  # nothing else in it would fit either
    roles = tuple(p.role for p in exercise.participants)
    setting = Setting({"participant": roles, "objective": tuple(aim.id for aim in exercise.aims)}, calendar_of(scenario))
    raws = source.tree.get("decisions")
    form = None
    with findings.at():
        form = read_section(LogForm, {**source.tree, "decisions": []} if isinstance(raws, list) else source.tree, setting)
    reading = _Reading(scenario, model, exercise, findings, setting)
    decisions = [reading.decision(i, raw) for i, raw in enumerate(raws if isinstance(raws, list) else ())]
    if raws == [] and not unread:
        findings.note(("decisions",), Problem("a log without a decision has nothing to replay", on_key=True))
    if findings.errors or form is None:
        raise ScenarioError(findings.errors)
    ratings = {name: Rating(r.rating, r.notes) for name, r in form.ratings.items()}
    places = {
        (path[1], *path[3:]): place for path, place in source.places.items() if path[:1] == ("decisions",) and path[2:3] == ("parameters",)
    }
    taken = tuple(decision for decision in decisions if decision is not None)
    return DecisionLog(file, taken, ratings, form.seed, form.world, places, findings.warnings)


class _Reading:
    """One pass over the lines of a log: each is looked at as far as it can be read."""

    def __init__(self, scenario: Scenario, model: Model, exercise: Exercise, findings: Findings, setting: Setting) -> None:
        self.exercise = exercise
        self.findings = findings
        self.setting = setting
        self.of_scenario = Setting(names.of(scenario.tree), setting.calendar)
        self.written = {str(step["id"]): step for step in scenario.variant_tree().get("playbook") or ()}
        self.steps = {step.id: step for step in model.playbook}
        self.tasks = {task.id: task.role for task in exercise.tasks} | {RETURN: exercise.back.role if exercise.back else ""}
        self.parts = {p.role: p.part for p in exercise.participants}
        self.before: dict[tuple[str, str], int] = {}
        self.latest = -inf

    def decision(self, i: int, raw: Any) -> Decision | None:
        """What line ``i`` says; None where it cannot be read."""
        form = None
        with self.findings.at("decisions", i):
            form = read_section(DecisionForm, raw, self.setting)
        given = raw if isinstance(raw, dict) else {}
        said, parameters = given.get("decision"), given.get("parameters")
        if form is not None and form.time < self.latest:
            message = f"{given['time']} is earlier than the decision before it"
            hint = "a log is in the order in which things were decided"
            self.findings.note(("decisions", i, "time"), Problem(message, hint, "log-order"))
        self.latest = self.latest if form is None else max(self.latest, form.time)
        if not isinstance(said, str):
            return None
        place = self.findings.places.get(("decisions", i))
        line = place.line if place else 0
        kind, what = self._decided(i, said, line)
        if isinstance(parameters, dict) and parameters:
            self._check_parameters(("decisions", i, "parameters"), kind, what, parameters)
        if form is None:
            return None
        self._check_role(i, kind, what, form.role)
        return Decision(i + 1, form.time, form.role, kind, what, form.parameters, form.rationale, form.name, line)

    def _decided(self, i: int, said: str, line: int) -> tuple[str, str]:
        """The kind of a decision and what it is about; notes what nobody can decide, or not any more."""
        path = ("decisions", i, "decision")
        ends = said.startswith(END)
        what = said.removeprefix(END).strip()
        kind = "end" if ends else "step" if what in self.steps else "task"
        known = [*self.steps, *sorted(self.tasks)] if not ends else [name for name, step in self.steps.items() if step.act.lasting]
        if what not in known:
            why = "cannot be ended" if ends and what in self.steps else "is not something that this scenario lets anybody decide"
            self.findings.note(path, Problem(f"`{what}` {why}", did_you_mean(what, known), "unknown-name"))
        elif (kind, what) in self.before:
            message = f"`{said}` is decided already on line {self.before[kind, what]}"
            self.findings.note(path, Problem(message, "a step is carried out once", "duplicate-id"))
        elif ends and ("step", what) not in self.before:
            self.findings.note(path, Problem(f"`{what}` is ended before anybody decided it"))
        self.before.setdefault((kind, what), line)
        return kind, what

    def _check_role(self, i: int, kind: str, what: str, role: str) -> None:
        """Warn where somebody else is to decide, or where whoever decided does not play."""
        path = ("decisions", i, "role")
        act = self.steps[what].act if what in self.steps else None
        whose = self.tasks.get(what, "") if kind == "task" else str(getattr(act, "role", ""))
        if self.parts[role] != "player":
            message = f"`{role}` is here as {self.parts[role]}, and decided `{what}`"
            self.findings.warn(path, message, "only players decide; what the facilitator takes for a team is worked out", "who-decides")
        elif whose in self.parts and whose != role:
            self.findings.warn(path, f"`{what}` is for `{whose}` to decide, and `{role}` did", "is it the role or the step?", "who-decides")

    def _check_parameters(self, path: document.Path, kind: str, what: str, parameters: Mapping[str, Any]) -> None:
        """What is decided is what is done and how; how long it takes and what it needs is the world's."""
        step = self.steps.get(what)
        if kind != "step" or step is None:
            for key in parameters:
                self.findings.note((*path, key), Problem(f"`{what}` has no parameters", on_key=True))
            return
        own = [f.name.removesuffix("_") for f in dataclasses.fields(step.act)]
        for key in parameters:
            if key not in own:
                message = f"`{key}` is no parameter of `{step.act.name}`"
                self.findings.note((*path, key), Problem(message, did_you_mean(key, own), "unknown-key", on_key=True))
        known = {key: value for key, value in parameters.items() if key in own}
        try:
            raw = with_ranges(with_parameters(self.written[what], known))
            read_beside(StepForm, type(step.act), raw, "do", self.of_scenario)
        except Wrong as error:
            for problem in error.problems:
                if problem.at[:1] and problem.at[0] in known:
                    self.findings.note(path, problem)


def with_parameters(step: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A step as it is written, with what somebody decided in the place of its own."""
    return {**step, **{key: _merged(step.get(key), value) for key, value in parameters.items()}}


def _merged(old: Any, new: Any) -> Any:
    if isinstance(old, dict) and isinstance(new, dict) and not (is_whole(old) or is_whole(new)):
        return old | {key: _merged(old.get(key), value) for key, value in new.items()}
    return copy.deepcopy(new)


def _document(content: bytes, file: str) -> tuple[Document, list[Diagnostic]]:
    """The log as a tree with places, whatever it is written in, and what is wrong with the lines that cannot be read."""
    kind = Path(file).suffix.lower()
    if kind not in TABLES:
        try:
            return document.read(content, file), []
        except ScenarioError as error:
            raise ScenarioError([replace(d, message=d.message.replace("a scenario is a map of sections such as `clock:` and `needs:`",
                "a log is a map with `scenario:` and `decisions:`")) for d in error.diagnostics]) from None  # fmt: skip
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ScenarioError([Diagnostic("encoding", "the log is not UTF-8", file, line, 1, help="save it as UTF-8")]) from None
    if len(content) > document.MAX_BYTES:
        raise ScenarioError([Diagnostic("file-too-big", f"the log has more than {document.MAX_BYTES:,} bytes", file)])
    if control := CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        said = f"a control character (U+{ord(control.group()):04X}) stands on this line"
        raise ScenarioError([Diagnostic("encoding", said, file, line, 1, help="is this a text file? remove the character")])
    return _table(text, file) if kind == ".csv" else _lines(text, file)


Rows = list[tuple[dict[str, Any], int]]
"""Decisions as they are written, with their lines."""


def _gathered(rows: Rows, tree: dict[str, Any], file: str, bad: list[Diagnostic]) -> tuple[Document, list[Diagnostic]]:
    decisions: list[dict[str, Any]] = []
    places: dict[document.Path, Place] = {}
    for row, line in rows:
        said = row.pop("scenario", "")
        if said and said != tree.setdefault("scenario", said):
            message = f"this line is of `{said}`, and those above are of `{tree['scenario']}`"
            bad.append(Diagnostic("other-scenario", message, file, line, 1))
        places[("decisions", len(decisions))] = Place(line, 1, 1, line, 1, 1, file)
        places.setdefault(("scenario",), places["decisions", len(decisions)])
        decisions.append(row)
    return Document(file, {**tree, "decisions": decisions}, places), bad


def _table(text: str, file: str) -> tuple[Document, list[Diagnostic]]:
    lines, bad = tables.sound_rows(text, file, COLUMNS, MORE_COLUMNS)
    rows: Rows = []
    for row in lines:
        cells: dict[str, Any] = {name: unguarded(cell) for name, cell in row.cells.items() if cell}
        if "parameters" in cells:
            try:
                cells["parameters"] = document.read_value(cells["parameters"], "parameters")[0]
            except ScenarioError as error:
                bad += [replace(d, file=file, line=row.line, column=1) for d in error.diagnostics]
                del cells["parameters"]
        rows.append((cells, row.line))
    return _gathered(rows, {}, file, bad)


def _lines(text: str, file: str) -> tuple[Document, list[Diagnostic]]:
    head: dict[str, Any] = {}
    found: Rows = []
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
        if control := control_in(said):
            bad.append(Diagnostic("encoding", f"a control character ({control}) stands in a text of this line", file, number, 1))
        elif not isinstance(said, dict):
            bad.append(Diagnostic("yaml-shape", f"a line of a log is a map, got {shown(said)}", file, number, 1))
        elif not found and not head and "decision" not in said:
            head = said
        else:
            found.append((said, number))
    return _gathered(found, head, file, bad)
