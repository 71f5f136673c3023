"""Demand as it is written: an ordinary profile, a number of people, or a wave."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo

from simulator.model.units import Says
from simulator.scenario import quantity
from simulator.scenario.channel_form import GroupName, NeedName, WeekDays
from simulator.scenario.law import Waiting
from simulator.scenario.numerals import DECIMAL, THOUSANDS
from simulator.scenario.people_form import StandingForm
from simulator.scenario.problem import Problem, Wrong, shown, wrong
from simulator.scenario.section import (
    Count,
    Duration,
    Proportion,
    Rate,
    Reads,
    Section,
    Setting,
    Share,
    Text,
    Written,
    choice,
    listed,
    named,
    read_section,
    setting_of,
)
from simulator.scenario.week import WEEKDAYS

EventName = Annotated[str, named("event")]
RATES = Written("forms", forms=lambda: (Rate, list[Rate]))


class ProfileForm(Section):
    """Ordinary demand, out of a file or by rates."""

    need: Annotated[NeedName | None, Says("the need, where the key is not its name")] = None
    from_: Annotated[Text | None, Says("a CSV file with `interval`, `arrivals` and perhaps `talk_time`")] = None
    thousands: Annotated[str | None, choice(*THOUSANDS), Says("the mark between thousands in the file, if its numbers leave it open")] = (
        None
    )
    decimal: Annotated[str | None, choice(*DECIMAL), Says("the mark before decimals in the file, if its numbers leave it open")] = None
    rate: Annotated[Any, RATES, Says("contacts per time: one rate, or 24 from midnight on")] = None
    days: Annotated[WeekDays, Says("on these days of the week, such as mon-fri; every day, if not given")] = Field(
        default_factory=lambda: list(WEEKDAYS)
    )
    day_cv: Annotated[Share, Says("how much days differ: standard deviation over mean of a day's volume")] = 0.0
    busyness: Annotated[Text | None, Says("a name of your choice: entries that give the same one are busy on the same days")] = None
    solved_elsewhere: Annotated[Waiting | None, Says("when they find a solution of their own, counted from their first call")] = None
    standing: Annotated[StandingForm | None, Says("how these people stand with the company when the run begins")] = None
    groups: Annotated[list[GroupName], BeforeValidator(listed), Says("whose group they are, see `groups`")] = Field(default_factory=list)


class PeopleForm(Section):
    need: Annotated[NeedName | None, Says("the need, where the key is not its name")] = None
    after: Annotated[EventName, Says("the event that gives people the need")]
    people: Annotated[Count, Says("how many have it")]
    spread: Annotated[Waiting, Says("when they first call, counted from the event")]
    repaired: Annotated[Waiting | None, Says("when their fault is repaired, counted from the event")] = None
    solved_elsewhere: Annotated[Waiting | None, Says("when they find a solution of their own, counted from their first call")] = None
    barred: Annotated[Proportion, Says("people beside these, as a share of them, who can call only once the network is open")] = 0.0
    standing: Annotated[StandingForm | None, Says("how these people stand with the company when the run begins")] = None
    groups: Annotated[list[GroupName], BeforeValidator(listed), Says("whose group they are, see `groups`")] = Field(default_factory=list)


class SurgeShape(Section):
    peak: Annotated[Rate, Says("contacts per time at the height")]
    rise: Annotated[Duration, Says("time to the height")] = 0.0
    hold: Annotated[Duration, Says("time at the height")] = 0.0
    half_life: Annotated[Duration, Says("time in which it halves afterwards")]


class SurgeForm(Section):
    need: Annotated[NeedName | None, Says("the need, where the key is not its name")] = None
    after: Annotated[EventName, Says("the event that starts it")]
    surge: Annotated[SurgeShape, Says("the shape of the wave")]
    solved_elsewhere: Annotated[Waiting | None, Says("when they find a solution of their own, counted from their first call")] = None
    standing: Annotated[StandingForm | None, Says("how these people stand with the company when the run begins")] = None
    groups: Annotated[list[GroupName], BeforeValidator(listed), Says("whose group they are, see `groups`")] = Field(default_factory=list)


DemandForm = ProfileForm | PeopleForm | SurgeForm


def _demand(raw: Any, info: ValidationInfo) -> DemandForm:
    forms: dict[str, type[ProfileForm | PeopleForm | SurgeForm]] = {
        "from": ProfileForm, "rate": ProfileForm, "people": PeopleForm, "surge": SurgeForm,
    }  # fmt: skip
    if not isinstance(raw, dict):
        raise wrong(f"expected a map, got {shown(raw)}")
    given = [key for key in forms if raw.get(key) is not None]
    if len(given) != 1:
        how = "has no form" if not given else f"has {len(given)} forms: {', '.join(given)}"
        hint = "write exactly one of `from: file.csv`, `rate: 40/h`, `after` with `people`, `after` with `surge`"
        raise Wrong(Problem(f"a demand {how}", hint), *_besides(raw, [forms[key] for key in given], given[1:], setting_of(info)))
    form = read_section(forms[given[0]], raw, setting_of(info))
    if isinstance(form, ProfileForm):
        _check_marks(form)
    if isinstance(form, ProfileForm) and form.rate is not None:
        return form.model_copy(update={"rate": _rates(form.rate)})
    return form


def _besides(
    raw: dict[str, Any], given: list[type[ProfileForm | PeopleForm | SurgeForm]], others: list[str], setting: Setting
) -> tuple[Problem, ...]:
    """What else is wrong, read as the first form ``given``, or as the one to which most of the keys belong."""
    keys = {shape: {field.alias or name for name, field in shape.model_fields.items()} for shape in (PeopleForm, ProfileForm)}
    shape = given[0] if given else max(keys, key=lambda form: len(keys[form] & raw.keys()))
    try:
        read_section(shape, {key: value for key, value in raw.items() if key not in others}, setting)
    except Wrong as error:
        return tuple(p for p in error.problems if p.code != "missing-key")
    return ()


def _check_marks(form: ProfileForm) -> None:
    """Raise Wrong where the marks of numbers have no table, or are one and the same."""
    for key in ("thousands", "decimal"):
        if getattr(form, key) is not None and form.from_ is None:
            raise wrong(f"`{key}` is about the numbers of a table, and there is no `from`", at=(key,), on_key=True)
    if form.thousands is not None and form.thousands == form.decimal:
        raise wrong("one mark cannot stand before thousands and before decimals", at=("thousands",))


def _rates(raw: Any) -> tuple[float, ...]:
    read = quantity.perhaps_a_range(quantity.rate)
    if isinstance(raw, list) and len(raw) != 24:
        raise wrong(f"expected 24 hourly rates from midnight on, got {len(raw)}", at=("rate",))
    found: list[float] = []
    problems: list[Problem] = []
    for i, item in enumerate(raw if isinstance(raw, list) else [raw]):
        try:
            found.append(read(item))
        except Wrong as error:
            problems += [p.under("rate", i) if isinstance(raw, list) else p.under("rate") for p in error.problems]
    if problems:
        raise Wrong(*problems)
    return tuple(found)


Demand = Annotated[DemandForm, Reads(_demand, written=Written("forms", forms=lambda: (ProfileForm, PeopleForm, SurgeForm)))]
"""One entry of ``demand``, in one of three forms."""
