"""Events and steps of a playbook as they are written: what is done, when it starts, what it waits for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo

from simulator.crisis.act import Act
from simulator.model.units import Says
from simulator.model.world import After, At, Reading, Trigger
from simulator.scenario import quantity
from simulator.scenario.declared import read_beside
from simulator.scenario.problem import Problem, Wrong, did_you_mean, shown, wrong
from simulator.scenario.section import (
    AnyInstant,
    Beginning,
    Count,
    Duration,
    Reads,
    Section,
    Setting,
    Text,
    Written,
    choice,
    listed,
    named,
    read_section,
    setting_of,
)

MEASURES_SEEN = ("queue", "longest_wait", "agents_online", "agents_free", "lines_free", "lines_in_use")
"""What a wallboard shows, and a playbook may watch."""

NeedName = Annotated[str, named("need")]
StepName = Annotated[str, named("step")]


def _trigger(raw: Any, info: ValidationInfo) -> Trigger:
    if not isinstance(raw, dict):
        raise wrong(
            f"expected a trigger, got {shown(raw)}", "possible: {after: STEP, by: 30m}, {at: T+1h}, {measure: queue, above: 150, for: 5m}"
        )
    forms: dict[str, type[AfterForm | AtForm | ReadingForm]] = {"after": AfterForm, "at": AtForm, "measure": ReadingForm}
    given = [key for key in forms if raw.get(key) is not None]
    if len(given) != 1:
        raise wrong("a trigger has exactly one of `after`, `at` and `measure`", f"given: {', '.join(given) or 'none of them'}")
    form = read_section(forms[given[0]], raw, setting_of(info))
    if isinstance(form, AfterForm):
        return After(form.after, form.by)
    if isinstance(form, AtForm):
        return At(form.at)
    if (form.above is None) == (form.below is None):
        raise wrong("a wallboard trigger has either `above` or `below`")
    return Reading(form.measure, form.above, form.below, form.for_, form.need)


class AfterForm(Section):
    after: Annotated[StepName, Says("the step whose effect starts the count")]
    by: Annotated[Duration, Says("how long after it")] = 0.0


class AtForm(Section):
    at: Annotated[AnyInstant, Says("the instant")]


def _level(raw: Any) -> float:
    """A wallboard's value: a count, or a duration for the longest wait."""
    if isinstance(raw, str) and raw.strip()[-1:] in "smhd":
        return quantity.perhaps_a_range(quantity.duration)(raw)
    return quantity.perhaps_a_range(quantity.count)(raw)


Level = Annotated[float, Reads(_level, written=Written("forms", forms=lambda: (Count, Duration)))]


class ReadingForm(Section):
    measure: Annotated[str, choice(*MEASURES_SEEN), Says("what the wallboard shows")]
    above: Annotated[Level | None, Says("fires above this: a count, or a duration for the longest wait")] = None
    below: Annotated[Level | None, Says("fires below this")] = None
    for_: Annotated[Duration, Says("once it has lasted this long")] = 0.0
    need: Annotated[NeedName, Says("of this need only")] = ""


TriggerMap = Annotated[Trigger, Reads(_trigger, written=Written("forms", forms=lambda: (AfterForm, AtForm, ReadingForm)))]


class StepForm(Section):
    """An event or a step of the playbook; the parameters of what it does stand beside these keys."""

    id: Annotated[Text, Says("its name: variants, triggers and the log use it")]
    title: Annotated[Text, Says("what readers call it; its name, if not given")] = ""
    do: Annotated[Act, Says("what happens or is done; its own parameters stand beside")]
    at: Annotated[Beginning | None, Says("starts at this instant; before the start of the run, it is in effect from the start on")] = None
    when: Annotated[TriggerMap | None, Says("starts when this happens")] = None
    needs: Annotated[tuple[StepName, ...], BeforeValidator(listed), Says("steps that must be done before")] = ()
    takes: Annotated[Duration, Says("lead time from its start to its effect")] = 0.0
    until: Annotated[TriggerMap | None, Says("what ends its effect")] = None
    cost: Annotated[Count, Says("charged when its lead time begins")] = 0.0
    cost_per_hour: Annotated[Count, Says("charged while in effect; of people called in or staying, for each of their hours")] = 0.0


def read_step(raw: Any, info: ValidationInfo) -> StepForm:
    """A validator of one step, by what it does."""
    from simulator.crisis import acts

    if not isinstance(raw, dict):
        raise wrong(f"expected a map, got {shown(raw)}")
    if raw.get("do") is None:
        raise wrong("`do` is missing", "possible: " + ", ".join(acts), "missing-key", on_key=True)
    if not isinstance(raw["do"], str) or raw["do"] not in acts:
        unknown = Problem(f"there is nothing called {shown(raw['do'])} to do", did_you_mean(raw["do"], acts), "unknown-name", ("do",))
        raise Wrong(unknown, *_beside_do(raw, setting_of(info)))
    form: StepForm = read_beside(StepForm, acts[raw["do"]], raw, "do", setting_of(info))
    return form


def _beside_do(raw: Mapping[str, Any], setting: Setting) -> tuple[Problem, ...]:
    """What is wrong with the keys that every step has."""
    ours = {field.alias or name for name, field in StepForm.model_fields.items()}
    try:
        read_section(StepForm, {key: value for key, value in raw.items() if key in ours} | {"do": Act()}, setting)
    except Wrong as error:
        return error.problems
    return ()
