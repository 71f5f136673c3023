"""From the section ``exercise`` to what it means: names checked, instants in seconds, the events list read."""

from __future__ import annotations

from dataclasses import replace

from simulator.errors import ScenarioError
from simulator.model import exercise as meant
from simulator.scenario import tables, thresholds
from simulator.scenario.events_list import read_list
from simulator.scenario.exercise_form import ExerciseForm, InjectForm, ObjectiveForm
from simulator.scenario.findings import Findings
from simulator.scenario.forms import ScenarioForm
from simulator.scenario.problem import Problem, Wrong, wrong
from simulator.scenario.section import Setting

EVERYBODY = "all"
GAP = "exercise-gap"


def lowered(form: ScenarioForm, setting: Setting, findings: Findings, data: tables.Reader) -> meant.Exercise | None:
    """The exercise of a scenario; notes everything that is wrong with it. None where there is none, or it is not sound."""
    if form.exercise is None:
        return None
    before = len(findings.errors)
    made = _Reading(form, form.exercise, setting, findings, data).exercise()
    return None if len(findings.errors) > before else made


class _Reading:
    def __init__(self, form: ScenarioForm, exercise: ExerciseForm, setting: Setting, findings: Findings, data: tables.Reader) -> None:
        self.form = form
        self.exercise_form = exercise
        self.setting = setting
        self.findings = findings
        self.data = data

    def exercise(self) -> meant.Exercise:
        form = self.exercise_form
        if not form.participants:
            self.findings.note(("exercise", "participants"), Problem("an exercise needs somebody who takes part", on_key=True))
        if not form.objectives:
            self.findings.note(("exercise", "objectives"), Problem("an exercise needs an objective", on_key=True))
        if form.participants and not any(p.part == "player" for p in form.participants.values()):
            self.findings.note(("exercise", "participants"), Problem("nobody plays: at least one `part` is `player`", on_key=True))
        self._check_ids()
        back = form.return_to_normal
        made = meant.Exercise(
            type=form.type,
            title=form.title,
            scope=form.scope,
            sponsor=form.sponsor,
            contact=form.contact,
            date=form.date,
            handling=form.handling,
            ground_rules=form.ground_rules,
            participants=tuple(meant.Participant(role, p.part, p.does) for role, p in form.participants.items()),
            tasks=tuple(meant.Task(t.id, t.text, t.role, t.within, t.after) for t in form.tasks),
            aims=self._aims(),
            injects=self._injects(),
            back=meant.Return(back.role, back.criteria, back.by) if back else None,
            lessons=tuple(meant.Lesson(one.text, one.capability, one.action, one.owner, one.due, one.status) for one in form.lessons),
        )
        self._advise(made)
        return made

    def _advise(self, made: meant.Exercise) -> None:
        """Warn of what an exercise seems to have forgotten."""
        addressed = {role for inject in made.injects for role in inject.to}
        busy = {task.role for task in made.tasks} | {made.back.role if made.back else ""}
        busy |= {str(getattr(step.do, key, "")) for step in self.form.playbook for key in ("role", "approval")}
        for p in made.participants:
            if p.part == "player" and p.role not in addressed | busy:
                said = f"nobody tells `{p.role}` anything, and nothing is theirs to do"
                self.findings.warn(("exercise", "participants", p.role), said, "address an inject to them, or give them a task", GAP)
        for i, aim in enumerate(made.aims):
            if made.injects and not any(aim.id in inject.objectives or set(aim.tasks) & set(inject.expect) for inject in made.injects):
                said = f"no inject leads to `{aim.id}`"
                self.findings.warn(("exercise", "objectives", i), said, f"give one `objective: {aim.id}`, or let it expect a task", GAP)
        for inject in made.injects if not isinstance(self.exercise_form.injects, str) else ():
            if inject.within is not None and not inject.expect:
                place = next(k for k, form in enumerate(self.exercise_form.injects) if getattr(form, "id", "") == inject.id)
                said = "a time is allowed, and nothing is expected"
                self.findings.warn(("exercise", "injects", place, "within"), said, "say what should follow: `expect: reroute`", GAP)

    def _check_ids(self) -> None:
        """Steps and tasks share one space of names, because the log names both."""
        steps = {step.id for step in (*self.form.events, *self.form.playbook)}
        for i, task in enumerate(self.exercise_form.tasks):
            if task.id in steps or task.id == meant.RETURN:
                self.findings.note(("exercise", "tasks", i, "id"), Problem(f"there is a step `{task.id}` already", code="duplicate-id"))
        exercise = self.exercise_form
        lists = {"tasks": [t.id for t in exercise.tasks], "objectives": [o.id for o in exercise.objectives]}
        if not isinstance(exercise.injects, str):
            lists["injects"] = [i.id for i in exercise.injects]
        for section, ids in lists.items():
            for i, name in enumerate(ids):
                if not name:
                    self.findings.note(("exercise", section, i), Problem("`id` is missing", code="missing-key", on_key=True))
                elif name in ids[:i]:
                    self.findings.note(("exercise", section, i, "id"), Problem(f"there is a second `{name}`", code="duplicate-id"))

    def _aims(self) -> tuple[meant.Aim, ...]:
        made: list[meant.Aim] = []
        for i, form in enumerate(self.exercise_form.objectives):
            with self.findings.at("exercise", "objectives", i):
                made.append(self._aim(form))
        return tuple(made)

    def _aim(self, form: ObjectiveForm) -> meant.Aim:
        if not form.measure and not form.tasks:
            raise wrong("an objective has a `measure` with `min` or `max`, or `tasks`, or both")
        limits = [key for key in ("max", "min", "within") if getattr(form, key) is not None]
        if not form.measure and limits:
            raise wrong("a limit needs a `measure`", at=(limits[0],), on_key=True)
        mark = thresholds.read_mark(form, self.form) if form.measure else None
        return meant.Aim(form.id, form.capability, form.text, mark, form.tasks, form.criteria)

    def _injects(self) -> tuple[meant.Inject, ...]:
        raw = self.exercise_form.injects
        if not isinstance(raw, str):
            made = []
            for i, form in enumerate(raw):
                with self.findings.at("exercise", "injects", i):
                    made.append(self._inject(form))
            return _in_order(made)
        try:
            with self.findings.at("exercise", "injects"):
                return self.listed(self.data(raw), raw)
        except ScenarioError as error:
            for diagnostic in error.diagnostics:
                self.findings.keep(diagnostic)
        return ()

    def listed(self, text: str, file: str) -> tuple[meant.Inject, ...]:
        """The injects of an events list; raises ScenarioError with every bad line."""
        bad = []
        made = []
        for form, line in read_list(text, file, self.setting):
            try:
                made.append(self._inject(form))
            except Wrong as error:
                bad += tables.at_line(error, file, line)
        if bad:
            raise ScenarioError(bad)
        return _in_order(made)

    def _inject(self, form: InjectForm) -> meant.Inject:
        if (form.at is None) == (form.when is None):
            raise wrong("an inject is told either `at` an instant or `when` something happens")
        if not form.to:
            raise wrong("nobody is told: `to` is empty", at=("to",))
        if form.default and form.within is None:
            raise wrong("a default needs the time allowed before it is taken", "say `within: 20m`", at=("default",), on_key=True)
        if form.default and form.default not in {step.id for step in self.form.playbook}:
            raise wrong(f"`{form.default}` is no step of the playbook: only a step can be taken for a team", at=("default",))
        to = self._everybody() if EVERYBODY in form.to else form.to
        return meant.Inject(
            form.id, to, form.text, form.at, form.when, form.from_, form.via, form.expect, form.within, form.default, form.objective,
            form.look_for, form.notes,
        )  # fmt: skip

    def _everybody(self) -> tuple[str, ...]:
        return tuple(role for role, p in self.exercise_form.participants.items() if p.part == "player")


def _in_order(injects: list[meant.Inject]) -> tuple[meant.Inject, ...]:
    """By time; those that wait for something come where they stand."""
    last = 0.0
    keyed = []
    for i, inject in enumerate(injects):
        last = last if inject.at is None else inject.at
        keyed.append((last, i, inject))
    return tuple(inject for _, _, inject in sorted(keyed, key=lambda item: item[:2]))


def with_list(exercise: meant.Exercise, form: ScenarioForm, setting: Setting, findings: Findings, text: str, file: str) -> meant.Exercise:
    """The exercise with the events list ``text`` in the place of its own; raises ScenarioError with every bad line."""
    assert form.exercise is not None
    return replace(exercise, injects=_Reading(form, form.exercise, setting, findings, lambda _: text).listed(text, file))
