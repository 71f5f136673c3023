"""The section ``exercise``: what a drill of the scenario asks of whom, as it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo

from simulator.model.units import Says
from simulator.scenario.problem import Problem, Wrong, shown, wrong
from simulator.scenario.section import (
    FixedDuration,
    Instant,
    Reads,
    Section,
    Text,
    Written,
    choice,
    listed,
    named,
    read_section,
    setting_of,
)
from simulator.scenario.step_form import StepName, TriggerMap
from simulator.scenario.threshold_form import LimitForm

if TYPE_CHECKING:
    from simulator.scenario.section import Setting

TYPES = ("seminar", "tabletop", "functional")
PARTS = ("player", "facilitator", "evaluator", "observer")

RoleName = Annotated[str, named("participant")]
DoneName = Annotated[str, named("step or task")]
AimName = Annotated[str, named("objective")]


class ParticipantForm(Section):
    """A role at the table."""

    part: Annotated[str, choice(*PARTS), Says("what they are in the exercise")] = "player"
    does: Annotated[Text, Says("what they answer for")] = ""


class TaskForm(Section):
    """What people do that no switch of the centre shows."""

    id: Annotated[Text, Says("its name: objectives, injects and the log use it")]
    text: Annotated[Text, Says("what is to be done")]
    role: Annotated[RoleName, Says("who does it")]
    after: Annotated[StepName, Says("the step from whose effect the time counts; the impact, if not given")] = ""
    within: Annotated[FixedDuration, Says("how soon it should be done")]


class ObjectiveForm(LimitForm):
    """A capability to show: by a measure within limits, by tasks done in time, or by both."""

    measure: Annotated[Text, Says("what must stay within limits; nothing where tasks alone count")] = ""
    capability: Annotated[Text, Says("the ability that is exercised, such as `Crisis communication`")]
    text: Annotated[Text, Says("the objective in one sentence")]
    tasks: Annotated[tuple[DoneName, ...], BeforeValidator(listed), Says("steps and tasks without which it is not reached")] = ()
    criteria: Annotated[tuple[Text, ...], BeforeValidator(listed), Says("what the evaluator looks for")] = ()


class InjectForm(Section):
    """What participants are told, at an instant or when something happens."""

    id: Annotated[Text, Says("its number on the events list")]
    at: Annotated[Instant | None, Says("told at this instant")] = None
    when: Annotated[TriggerMap | None, Says("told when this happens")] = None
    from_: Annotated[Text, Says("who seems to say it")] = ""
    to: Annotated[tuple[RoleName, ...], BeforeValidator(listed), Says("who is told; `all` for everybody")]
    via: Annotated[Text, Says("by which means: phone, email, radio, in person")] = ""
    text: Annotated[Text, Says("what is said or handed over")]
    expect: Annotated[tuple[DoneName, ...], BeforeValidator(listed), Says("steps and tasks that should follow")] = ()
    within: Annotated[FixedDuration | None, Says("the time allowed for that")] = None
    default: Annotated[DoneName, Says("the step that is taken for a team that has started none of them by then")] = ""
    objective: Annotated[tuple[AimName, ...], BeforeValidator(listed), Says("the objectives that it serves")] = ()
    look_for: Annotated[Text, Says("what the evaluator should see")] = ""
    notes: Annotated[Text, Says("for the facilitator only")] = ""


class ReturnForm(Section):
    """The decision that the crisis is over."""

    role: Annotated[RoleName, Says("who decides it")]
    criteria: Annotated[tuple[Text, ...], BeforeValidator(listed), Says("what must be true before")]
    by: Annotated[Instant | None, Says("when at the latest")] = None


class LessonForm(Section):
    """A row of last year's improvement plan."""

    text: Annotated[Text, Says("what was found")]
    capability: Annotated[Text, Says("the capability that it is about")] = ""
    action: Annotated[Text, Says("what was to be done about it")] = ""
    owner: Annotated[Text, Says("who was to do it")] = ""
    due: Annotated[Text, Says("by when")] = ""
    status: Annotated[Text, Says("how it stands")] = ""


def _injects(raw: Any, info: ValidationInfo) -> str | tuple[InjectForm, ...]:
    if isinstance(raw, str):
        return raw
    if not isinstance(raw, list):
        raise wrong(f"expected a list of injects or a CSV or XLSX file, got {shown(raw)}")
    return read_each(raw, setting_of(info))


def read_each(raws: list[Any], setting: Setting) -> tuple[InjectForm, ...]:
    """Read every inject; raises Wrong with the problems of all of them, each under its position."""
    made: list[InjectForm] = []
    problems: list[Problem] = []
    for i, raw in enumerate(raws):
        try:
            made.append(read_section(InjectForm, raw, setting))
        except Wrong as error:
            problems += [p.under(i) for p in error.problems]
    if problems:
        raise Wrong(*problems)
    return tuple(made)


class ExerciseForm(Section):
    """An exercise of this scenario; only the drill reads it."""

    type: Annotated[str, choice(*TYPES), Says("talked through, played at a table, or done with the real tools")] = "tabletop"
    title: Annotated[Text, Says("its name; the scenario's, if not given")] = ""
    scope: Annotated[Text, Says("what is exercised, where, and what is left out")] = ""
    sponsor: Annotated[Text, Says("the organisation or the role that asked for it")] = ""
    contact: Annotated[Text, Says("whom to ask: a role or a desk")] = ""
    date: Annotated[Text, Says("when it is held, in your own words")] = ""
    handling: Annotated[Text, Says("the line on every page, such as `For exercise use only`")] = "For exercise use only"
    ground_rules: Annotated[tuple[Text, ...], BeforeValidator(listed), Says("what everybody agrees to before")] = ()
    participants: Annotated[dict[str, ParticipantForm], Says("roles, never names")]
    tasks: Annotated[list[TaskForm], Says("what people do beside the playbook: a headcount, a call to families")] = Field(
        default_factory=list
    )
    objectives: Annotated[list[ObjectiveForm], Says("what the team should show")]
    injects: Annotated[
        str | tuple[InjectForm, ...],
        Reads(_injects, written=Written("forms", forms=lambda: (Text, list[InjectForm]))),
        Says("the events list: what participants are told, here or in a CSV or XLSX file"),
    ] = ()
    return_to_normal: Annotated[ReturnForm | None, Says("the decision that the crisis is over")] = None
    lessons: Annotated[list[LessonForm], Says("what earlier exercises left to do")] = Field(default_factory=list)
