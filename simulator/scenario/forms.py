"""Every section of a scenario, declared once: its keys, their units and their defaults.

What these forms hold is already in seconds, fractions and checked names; how sections belong together is the business of
:mod:`simulator.scenario.lowering`.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo

from simulator.model.distributions import Constant
from simulator.model.units import Says
from simulator.routing.declared import StrategyDeclaration
from simulator.scenario import quantity
from simulator.scenario.calendar import clock_time
from simulator.scenario.declared import read_beside
from simulator.scenario.exercise_form import ExerciseForm
from simulator.scenario.law import Taking, Waiting
from simulator.scenario.problem import Problem, Wrong, shown, wrong
from simulator.scenario.section import (
    Count,
    Duration,
    Factor,
    FixedDuration,
    Number,
    Proportion,
    Rate,
    Reads,
    Section,
    Share,
    Target,
    Text,
    Whole,
    Written,
    choice,
    listed,
    named,
    read_section,
    setting_of,
)  # fmt: skip
from simulator.scenario.step_form import NeedName, StepForm, StepName, read_step
from simulator.scenario.strategy import DEFAULT, declaration_named
from simulator.scenario.threshold_form import ThresholdForm

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

SiteName = Annotated[str, named("site")]
LinkName = Annotated[str, named("link")]
TeamName = Annotated[str, named("team")]
EventName = Annotated[str, named("event")]


class ClockForm(Section):
    timezone: Annotated[Text, Says("the place's time zone, such as America/Mexico_City")]
    start: Annotated[Text, Says("local date and time at which the run starts")]
    duration: Annotated[FixedDuration, Says("how long the run lasts, counted from the start")]
    interval: Annotated[FixedDuration, Says("the step of tables, figures and thresholds over time")] = 1800.0
    impact: Annotated[Text | None, Says("the instant at which it strikes; T counts from it")] = None
    phases: Annotated[dict[str, Any], Says("named stretches of the run by the instant at which each starts; the first at `start`")] = Field(
        default_factory=dict
    )


class ContinuityForm(Section):
    rto: Annotated[Duration, Says("recovery time objective: how soon after the impact the minimum level must be back")]
    mtpd: Annotated[Duration, Says("maximum tolerable period of disruption: the longest stretch below the minimum level")]
    mbco: Annotated[Share, Says("minimum business continuity objective: the least share of contacts to be answered")]


class HarmForm(Section):
    by: Annotated[Duration, Says("time after which the harm is complete")]
    weight: Annotated[Number, Says("how many times an everyday harm that is")]


class NeedForm(Section):
    urgency: Annotated[Whole, Says("1 is the most urgent")]
    talk_time: Annotated[Waiting, Says("how long an agent of standard speed talks")]
    wrap_up: Annotated[Taking, Says("work of the agent after the call")] = Constant(0.0)
    patience: Annotated[Waiting, Says("how long people would wait in the queue")]
    harm: Annotated[HarmForm | None, Says("what going without an answer does")] = None


RATES = Written("forms", forms=lambda: (Rate, list[Rate]))


class ProfileForm(Section):
    """Ordinary demand, out of a file or by rates."""

    need: Annotated[NeedName | None, Says("the need, where the key is not its name")] = None
    from_: Annotated[Text | None, Says("a CSV file with `interval`, `arrivals` and perhaps `talk_time`")] = None
    rate: Annotated[Any, RATES, Says("contacts per time: one rate, or 24 from midnight on")] = None
    day_cv: Annotated[Share, Says("how much days differ: standard deviation over mean of a day's volume")] = 0.0


class PeopleForm(Section):
    need: Annotated[NeedName | None, Says("the need, where the key is not its name")] = None
    after: Annotated[EventName, Says("the event that gives people the need")]
    people: Annotated[Count, Says("how many have it")]
    spread: Annotated[Waiting, Says("when they first call, counted from the event")]
    repaired: Annotated[Waiting | None, Says("when their fault is repaired, counted from the event")] = None
    solved_elsewhere: Annotated[Waiting | None, Says("when they find a solution of their own, counted from their first call")] = None
    barred: Annotated[Proportion, Says("people beside these, as a share of them, who can call only once the network is open")] = 0.0


class SurgeShape(Section):
    peak: Annotated[Rate, Says("contacts per time at the height")]
    rise: Annotated[Duration, Says("time to the height")] = 0.0
    hold: Annotated[Duration, Says("time at the height")] = 0.0
    half_life: Annotated[Duration, Says("time in which it halves afterwards")]


class SurgeForm(Section):
    need: Annotated[NeedName | None, Says("the need, where the key is not its name")] = None
    after: Annotated[EventName, Says("the event that starts it")]
    surge: Annotated[SurgeShape, Says("the shape of the wave")]


DemandForm = ProfileForm | PeopleForm | SurgeForm


def _demand(raw: Any, info: ValidationInfo) -> DemandForm:
    forms: dict[str, type[ProfileForm | PeopleForm | SurgeForm]] = {
        "from": ProfileForm, "rate": ProfileForm, "people": PeopleForm, "surge": SurgeForm,
    }  # fmt: skip
    if not isinstance(raw, dict):
        raise wrong(f"expected a map, got {shown(raw)}")
    given = [key for key in forms if key in raw]
    if len(given) != 1:
        how = "has no form" if not given else f"has {len(given)} forms: {', '.join(given)}"
        raise wrong(f"a demand {how}", "write exactly one of `from: file.csv`, `rate: 40/h`, `after` with `people`, `after` with `surge`")
    form = read_section(forms[given[0]], raw, setting_of(info))
    if isinstance(form, ProfileForm) and form.rate is not None:
        return form.model_copy(update={"rate": _rates(form.rate)})
    return form


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


class RetryForm(Section):
    probability: Annotated[Share, Says("share of people who try again")]
    after: Annotated[Waiting, Says("how long after the failure")]


class RedialForm(Section):
    busy: Annotated[RetryForm | None, Says("after a busy signal")] = None
    abandoned: Annotated[RetryForm | None, Says("after hanging up in the queue")] = None
    cut: Annotated[RetryForm | None, Says("after a call that was cut; as `busy`, if not given")] = None
    spacing: Annotated[Factor, Says("each gap is this much longer than the one before")] = 1.0
    gives_up_after: Annotated[Waiting | None, Says("time from the first attempt after which they stop")] = None
    persistence: Annotated[Number, Says("how alike people are: a small number means that a few try again and again")] = 3.0
    max_attempts: Annotated[Whole, Says("most attempts of one person, 1 to 255")] = 10


class AnnouncedForm(Section):
    estimate: Annotated[str, choice("queue-length", "last-answered"), Says("how the wait that is told is worked out")] = "queue-length"
    tolerance: Annotated[Waiting, Says("the longest announced wait that people accept")]


class ChannelForm(Section):
    target: Annotated[Target, Says("the service level aimed at")] = (0.8, 20.0)
    short_abandon: Annotated[FixedDuration, Says("who hangs up sooner than this did not really wait")] = 5.0
    redial: Annotated[RedialForm, Says("what people do after a failed attempt")] = RedialForm()
    announced_wait: Annotated[AnnouncedForm | None, Says("the wait told on arrival")] = None
    numbers: Annotated[SiteName | None, Says("the site to which the numbers lead at first; the first open one, if not given")] = None


class PlatformForm(Section):
    at: Annotated[Text, Says("the site or place where it stands")]


class LinkForm(Section):
    lines: Annotated[Whole, Says("calls at one time")]
    trench: Annotated[Text, Says("links in one trench fail together")] = ""


class SeatsForm(Section):
    from_: Annotated[Whole, Says("seats ready when it opens")]
    to: Annotated[Whole, Says("seats in the end")]
    over: Annotated[FixedDuration, Says("time over which they become ready")] = 0.0


def _seats(raw: Any, info: ValidationInfo) -> SeatsForm:
    if isinstance(raw, dict):
        form = read_section(SeatsForm, raw, setting_of(info))
        if form.to < form.from_:
            raise wrong(f"seats grow: `to` ({form.to}) is less than `from` ({form.from_})", at=("to",))
        return form
    seats = quantity.whole(raw)
    return SeatsForm.model_validate({"from": seats, "to": seats})


class LinesForm(Section):
    reserve: Annotated[
        dict[NeedName, Whole], Says("lines kept free for a need: other callers hear a busy signal while no more are free")
    ] = Field(default_factory=dict)


class SiteForm(Section):
    seats: Annotated[
        SeatsForm,
        Reads(_seats, written=Written("forms", forms=lambda: (Whole, SeatsForm))),
        Says("workplaces: a number, or how they grow after opening"),
    ]
    links: Annotated[list[LinkName], BeforeValidator(listed), Says("the links that carry its calls")]
    state: Annotated[str, choice("open", "closed"), Says("whether it is open at the start")] = "open"
    lines: Annotated[LinesForm, Says("how its lines are shared")] = LinesForm()


class BreakForm(Section):
    at: Annotated[Any, Reads(clock_time, written=Written("clock_time")), Says("time of day")]
    for_: Annotated[FixedDuration, Says("how long")]


class RosterRow(Section):
    """Some agents' shift on every day, or on some days of the week."""

    start: Annotated[Any, Reads(clock_time, written=Written("clock_time")), Says("time of day")]
    end: Annotated[Any, Reads(clock_time, written=Written("clock_time")), Says("time of day, perhaps of the next day")]
    agents: Annotated[Whole, Says("how many work it")]
    breaks: Annotated[list[BreakForm], Says("planned pauses")] = Field(default_factory=list)
    days: Annotated[list[Annotated[str, choice(*WEEKDAYS)]], BeforeValidator(listed), Says("days of the week; every day, if not given")] = (
        Field(default_factory=lambda: list(WEEKDAYS))
    )


def _roster(raw: Any, info: ValidationInfo) -> str | tuple[RosterRow, ...]:
    if isinstance(raw, str):
        return raw
    if not isinstance(raw, list):
        raise wrong(f"expected `always`, a CSV file or a list of shifts, got {shown(raw)}")
    rows: list[RosterRow] = []
    problems: list[Problem] = []
    for i, item in enumerate(raw):
        try:
            rows.append(read_section(RosterRow, item, setting_of(info)))
        except Wrong as error:
            problems += [p.under(i) for p in error.problems]
    if problems:
        raise Wrong(*problems)
    return tuple(rows)


class TeamForm(Section):
    headcount: Annotated[Whole, Says("agents employed")]
    site: Annotated[SiteName, Says("where they work")]
    skills: Annotated[dict[NeedName, Number], Says("needs they can serve, with their speed: 1 is standard, 0.8 takes a quarter longer")]
    roster: Annotated[
        str | tuple[RosterRow, ...],
        Reads(_roster, written=Written("forms", forms=lambda: (Text, list[RosterRow]))),
        Says("`always`, a CSV file or a list of shifts"),
    ] = "always"
    absence: Annotated[Share, Says("share of those on the roster who do not come")] = 0.0


class BusyForm(Section):
    after: Annotated[StepName, Says("the step that keeps the role busy")]
    for_: Annotated[Duration, Says("how long")]


class RoleForm(Section):
    busy: Annotated[BusyForm | None, Says("when the role has other things to do")] = None
    approves_in: Annotated[Duration, Says("how long an approval takes")] = 0.0


class OverflowForm(Section):
    id: Annotated[Text, Says("its name in variants")] = ""
    need: Annotated[NeedName, Says("the need that overflows")]
    team: Annotated[TeamName, Says("the team that helps")]
    after: Annotated[Duration, Says("once a contact has waited this long")] = 0.0
    keeps: Annotated[Count, Says("only while more than so many of its agents are free")] = 0.0


class RoutingForm(Section):
    strategy: StrategyDeclaration
    overflow: Annotated[tuple[OverflowForm, ...], Says("teams that take contacts only after a delay, or only while agents stay free")] = ()
    slowdown: Annotated[dict[str, Share], Says("by occupancy over the last hour: how much longer calls take above it")] = Field(
        default_factory=dict
    )


def _routing(raw: Any, info: ValidationInfo) -> RoutingForm:
    if not isinstance(raw, dict):
        raise wrong(f"expected a map, got {shown(raw)}")
    return read_beside(RoutingForm, declaration_named(raw.get("strategy", DEFAULT)), raw, "strategy", setting_of(info))


class SourceForm(Section):
    """Where a value comes from: exactly one of the three."""

    fact: Annotated[Text | None, Says("told by the people who were there")] = None
    record: Annotated[Text | None, Says("published data or a document")] = None
    assumed: Annotated[Text | None, Says("an assumption of the authors")] = None


class RunForm(Section):
    replications: Annotated[Whole | None, Says("worlds simulated unless the command line says otherwise")] = None
    seed: Annotated[Whole | None, Says("which worlds, unless the command line says otherwise")] = None


class CrnForm(Section):
    service: Annotated[str, choice("ordinal", "person"), Says("whether talk times go by order of service or by person")] = "ordinal"


class ScenarioForm(Section):
    """The whole file."""

    schema_: Annotated[Text, Says("the version of this language: crisis/v1")]
    extends: Annotated[Text, Says("a parent file: maps merge, lists replace, items with an `id` merge by id, null deletes")] = ""
    name: Annotated[Text, Says("small letters, digits and `-`")]
    title: Annotated[Text, Says("the headline of the report")] = ""
    question: Annotated[Text, Says("what the run should answer")] = ""
    notes: Annotated[Text, Says("anything a reader of the report should know")] = ""
    clock: Annotated[ClockForm, Says("when it happens, and its phases")]
    continuity: Annotated[ContinuityForm | None, Says("what was promised for a disruption (ISO 22301)")] = None
    needs: Annotated[dict[str, NeedForm], Says("why people make contact")]
    demand: Annotated[
        dict[str, Annotated[DemandForm, Reads(_demand, written=Written("forms", forms=lambda: (ProfileForm, PeopleForm, SurgeForm)))]],
        Says("how many, and when; the key is the need unless `need` is given"),
    ]
    channels: Annotated[dict[str, ChannelForm], Says("through what they make contact")]
    platforms: Annotated[dict[str, PlatformForm], Says("systems that answer, announce and route")] = Field(default_factory=dict)
    links: Annotated[dict[str, LinkForm], Says("carrier connections")]
    sites: Annotated[dict[str, SiteForm], Says("buildings with seats")]
    teams: Annotated[dict[str, TeamForm], Says("who answers")]
    roles: Annotated[dict[str, RoleForm], Says("who decides")] = Field(default_factory=dict)
    routing: Annotated[
        Annotated[RoutingForm, Reads(_routing, written=Written("routing"))] | None, Says("which contact meets which agent")
    ] = None
    events: Annotated[list[Annotated[StepForm, Reads(read_step, written=Written("event"))]], Says("what breaks")] = Field(
        default_factory=list
    )
    playbook: Annotated[list[Annotated[StepForm, Reads(read_step, written=Written("action"))]], Says("what we do about it")] = Field(
        default_factory=list
    )
    variants: Annotated[dict[str, dict[str, Any] | None], Says("what else could be tried: dotted paths and other values")] = Field(
        default_factory=dict
    )
    thresholds: Annotated[list[ThresholdForm], Says("pass marks")] = Field(default_factory=list)
    exercise: Annotated[ExerciseForm | None, Says("a drill of this scenario: objectives, participants, injects")] = None
    sources: Annotated[dict[str, SourceForm], Says("where a value, and everything below it, comes from")] = Field(default_factory=dict)
    run: Annotated[RunForm, Says("the file's own wish")] = RunForm()
    crn: Annotated[CrnForm, Says("how chance is shared between variants")] = CrnForm()
