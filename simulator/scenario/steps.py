"""Events and playbook: when each step starts, what it waits for, and that the story can be played at all."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from simulator.model.ranges import Range
from simulator.model.units import Ref
from simulator.model.world import After, At, Role, Step, Trigger
from simulator.scenario.document import Path
from simulator.scenario.findings import Findings
from simulator.scenario.forms import ScenarioForm
from simulator.scenario.problem import Problem
from simulator.scenario.step_form import StepForm

SECTIONS = ("events", "playbook")


def located(form: ScenarioForm) -> Iterator[tuple[str, int, StepForm]]:
    """Every step with its section and position."""
    for section in SECTIONS:
        for i, step in enumerate(getattr(form, section)):
            yield section, i, step


def lowered(form: ScenarioForm, section: str) -> tuple[Step, ...]:
    """The steps of one section."""
    steps: list[StepForm] = getattr(form, section)
    return tuple(
        Step(
            s.id, s.do, At(s.at) if s.at is not None else s.when, s.needs, s.takes, s.until, s.cost, s.cost_per_hour, title=s.title
        )
        for s in steps
    )


def check(form: ScenarioForm, findings: Findings) -> None:
    """Note steps that are double, in the wrong section, without a start, or in a circle."""
    seen: set[str] = set()
    for section, i, step in located(form):
        path: Path = (section, i)
        if step.id in seen:
            findings.note((*path, "id"), Problem(f"there is a second step `{step.id}`", code="duplicate-id"))
        seen.add(step.id)
        if step.do.kind not in ("both", "event" if section == "events" else "action"):
            other = "events" if section == "playbook" else "playbook"
            findings.note((*path, "do"), Problem(f"`{step.do.name}` belongs in `{other}`: {_why(section)}", code="wrong-section"))
        if step.at is not None and step.when is not None:
            findings.note((*path, "when"), Problem("a step starts `at` an instant or `when` something happens, not both", on_key=True))
        if not starts(step.id, form):
            findings.note(path, Problem("nothing starts this step", "give `at`, `when` or `needs`", "never-starts"))
        if step.until is not None and not step.do.lasting:
            findings.note((*path, "until"), Problem(f"`{step.do.name}` cannot be ended", on_key=True))
        if step.cost_per_hour and not step.do.by_the_hour:
            hint = "give it a `cost`; what lasts, and people who are called in or stay, cost by the hour"
            text = f"`{step.do.name}` is over at once: there is nothing to pay by the hour"
            findings.note((*path, "cost_per_hour"), Problem(text, hint, on_key=True))
    _check_circles(form, findings)
    for section, i, step in located(form):
        if isinstance(step.until, At):
            effect = fixed_instant(step.id, form)
            if effect is not None and step.until.instant <= max(effect, 0.0):
                over = "the run begins" if step.until.instant <= 0.0 else "it takes effect"
                findings.note((section, i, "until"), Problem(f"`{step.id}` is over before {over}: it would do nothing", on_key=True))


def starts(name: str, form: ScenarioForm) -> bool:
    """Whether anything starts the step of this name."""
    return any(s.at is not None or s.when is not None or s.needs for _, _, s in located(form) if s.id == name)


def _why(section: str) -> str:
    return "it happens to us" if section == "playbook" else "it is something we do"


def _waits_for(step: StepForm) -> Iterator[tuple[str, str]]:
    for name in step.needs:
        yield name, "needs"
    if isinstance(step.when, After):
        yield step.when.step, "when"


def _check_circles(form: ScenarioForm, findings: Findings) -> None:
    found = {step.id: (section, i, step) for section, i, step in located(form)}
    waits = {name: {other for other, _ in _waits_for(step) if other in found} for name, (_, _, step) in found.items()}
    while True:
        try:
            TopologicalSorter(waits).prepare()
        except CycleError as error:
            circle = error.args[1][:0:-1]  # each waits for the one after it
            first = min(circle, key=list(found).index)
            circle = circle[circle.index(first) :] + circle[: circle.index(first)]
            section, i, step = found[first]
            key = next(key for name, key in _waits_for(step) if name == (circle[1] if len(circle) > 1 else first))
            text = " -> ".join([*circle, first])
            findings.note((section, i, key), Problem(f"these steps wait for each other: {text}", code="circle"))
            for name in circle:
                waits[name] = set()
        else:
            return


def fixed_instant(name: str, form: ScenarioForm) -> float | None:
    """When an event takes effect, if that is the same in every replication."""
    steps = {s.id: s for _, _, s in located(form)}
    instant, visited = 0.0, set[str]()
    while name in steps and name not in visited:
        visited.add(name)
        step = steps[name]
        if step.needs or isinstance(step.takes, Range):
            return None
        instant += step.takes
        when: Trigger | None = At(step.at) if step.at is not None else step.when
        if isinstance(when, At):
            return instant + when.instant
        if not isinstance(when, After) or isinstance(when.by, Range):
            return None
        instant += when.by
        name = when.step
    return None


def roles(form: ScenarioForm) -> tuple[Role, ...]:
    """The roles that decide: those declared, and those that a step only names."""
    made = {
        name: Role(name, role.busy.after if role.busy else "", role.busy.for_ if role.busy else 0.0, role.approves_in)
        for name, role in form.roles.items()
    }
    for name in referred(form, "role"):
        made.setdefault(name, Role(name))
    return tuple(made.values())


def referred(form: ScenarioForm, kind: str) -> dict[str, None]:
    """The names of roles, channels and the like (a word of what a :class:`Ref` refers to) that steps refer to, in their order."""
    found: dict[str, None] = {}
    for _, _, step in located(form):
        for field in dataclasses.fields(step.do):  # type: ignore[arg-type]  # every act is a dataclass
            value = getattr(step.do, field.name)
            if isinstance(value, str) and kind in _refers_to(type(step.do), field.name):
                found[value] = None
    return found


def _refers_to(cls: type[Any], field: str) -> str:
    hint = get_type_hints(cls, include_extras=True)[field]
    marks = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return next((m.to for m in marks if isinstance(m, Ref)), "")
