"""Every section of a scenario, declared once: its keys, their units and their defaults.

What these forms hold is already in seconds, fractions and checked names; how sections belong together is the business of
:mod:`simulator.scenario.lowering`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, ValidationInfo

from simulator.model.units import Says
from simulator.model.world import IN_WORLDS
from simulator.routing.declared import StrategyDeclaration
from simulator.scenario import quantity
from simulator.scenario.answer_form import AnswerForm
from simulator.scenario.calendar import clock_time
from simulator.scenario.channel_form import ChannelForm, ChannelName, NeedName, SiteName, WeekDays
from simulator.scenario.declared import read_beside
from simulator.scenario.demand_form import Demand
from simulator.scenario.exercise_form import ExerciseForm
from simulator.scenario.law import Waiting
from simulator.scenario.people_form import CareForm, ContagionForm, NeedForm, StrainForm
from simulator.scenario.problem import Problem, Wrong, shown, wrong
from simulator.scenario.section import (
    Count,
    Duration,
    Factor,
    FixedDuration,
    Number,
    OfWorlds,
    Reads,
    Section,
    Share,
    Text,
    Whole,
    Written,
    choice,
    listed,
    named,
    read_section,
    setting_of,
)  # fmt: skip
from simulator.scenario.staffing_form import StaffingForm
from simulator.scenario.step_form import StepForm, StepName, read_step
from simulator.scenario.strategy import DEFAULT, checked, declaration_named
from simulator.scenario.threshold_form import ThresholdForm
from simulator.scenario.tolerance_form import ToleranceForm
from simulator.scenario.week import WEEKDAYS

S = TypeVar("S", bound=Section)
LinkName = Annotated[str, named("link")]
TeamName = Annotated[str, named("team")]


class ClockForm(Section):
    timezone: Annotated[Text, Says("the place's time zone, such as America/Mexico_City")]
    start: Annotated[Text, Says("local date and time at which the run starts")]
    duration: Annotated[FixedDuration, Says("how long the run lasts, counted from the start")]
    interval: Annotated[FixedDuration, Says("the step of tables, figures and thresholds over time")] = 1800.0
    impact: Annotated[Text | None, Says("the instant at which it strikes; T counts from it")] = None
    phases: Annotated[dict[str, Any], Says("named stretches of the run by the instant at which each starts; the first at `start`")] = Field(
        default_factory=dict
    )


class WorldsForm(Section):
    """In how many worlds each objective must be met."""

    rto: Annotated[OfWorlds, Says("of the recovery time objective")] = IN_WORLDS
    mtpd: Annotated[OfWorlds, Says("of the maximum tolerable period of disruption")] = IN_WORLDS
    mbco: Annotated[OfWorlds, Says("of the minimum level")] = IN_WORLDS


def _in_worlds(raw: Any, info: ValidationInfo) -> WorldsForm:
    if isinstance(raw, dict):
        return read_section(WorldsForm, raw, setting_of(info))
    share = quantity.of_worlds(raw)
    return WorldsForm.model_construct(rto=share, mtpd=share, mbco=share)


class ContinuityForm(Section):
    rto: Annotated[Duration, Says("recovery time objective: how soon after the impact the minimum level must be back")]
    mtpd: Annotated[Duration, Says("maximum tolerable period of disruption: the longest stretch below the minimum level")]
    mbco: Annotated[Share, Says("minimum business continuity objective: the least share of contacts to be answered")]
    in_: Annotated[
        WorldsForm,
        Reads(_in_worlds, written=Written("forms", forms=lambda: (OfWorlds, WorldsForm))),
        Says("share of the simulated worlds in which each must be met; one for all three, or each its own"),
    ] = WorldsForm()


class PlatformForm(Section):
    at: Annotated[Text, Says("the site or place where it stands")]
    slows_down: Annotated[Factor, Says("how many times as long talk takes while it is down")] = 1.0


class FailsForm(Section):
    """How a link fails at random."""

    every: Annotated[Duration, Says("mean time between its failures, while it works")]
    repair: Annotated[Waiting, Says("how long a repair takes")]
    common_cause: Annotated[Share, Says("share of its failures that strike every link of its trench that fails at random")] = 0.0


class LinkForm(Section):
    lines: Annotated[Whole, Says("calls at one time")]
    trench: Annotated[Text, Says("links in one trench fail together")] = ""
    fails: Annotated[FailsForm | None, Says("failures by chance, beside those of the story")] = None


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
    links: Annotated[list[LinkName], BeforeValidator(listed), Says("the links that carry its calls")] = Field(default_factory=list)
    state: Annotated[str, choice("open", "closed"), Says("whether it is open at the start")] = "open"
    lines: Annotated[LinesForm, Says("how its lines are shared")] = LinesForm()


class BreakForm(Section):
    at: Annotated[Any, Reads(clock_time, written=Written("clock_time")), Says("time of day")]
    for_: Annotated[FixedDuration, Says("how long")]


ClockTime = Annotated[Any, Reads(clock_time, written=Written("clock_time"))]
SOME_DAYS = "days of the week, such as mon-fri; every day, if not given"


class RosterRow(Section):
    """Some agents' shift on every day, or on some days of the week."""

    start: Annotated[ClockTime, Says("time of day")]
    end: Annotated[ClockTime, Says("time of day, perhaps of the next day")]
    agents: Annotated[Whole, Says("how many work it")]
    breaks: Annotated[list[BreakForm], Says("planned pauses")] = Field(default_factory=list)
    days: Annotated[WeekDays, Says(SOME_DAYS)] = Field(default_factory=lambda: list(WEEKDAYS))


class AtWorkRow(Section):
    """How many agents are at work in an interval of every day, or of some days of the week."""

    start: Annotated[ClockTime, Says("time of day")]
    end: Annotated[ClockTime, Says("time of day, perhaps of the next day")]
    agents: Annotated[Whole, Says("how many are at work")]
    days: Annotated[WeekDays, Says(SOME_DAYS)] = Field(default_factory=lambda: list(WEEKDAYS))


def _rows(form: type[S]) -> Callable[[Any, ValidationInfo], str | tuple[S, ...]]:
    """A reader of the name of a CSV file or of a list of rows, which raises Wrong with every problem in them."""

    def read(raw: Any, info: ValidationInfo) -> str | tuple[S, ...]:
        if isinstance(raw, str):
            return raw
        if not isinstance(raw, list):
            raise wrong(f"expected a CSV file or a list of rows, got {shown(raw)}")
        rows: list[S] = []
        problems: list[Problem] = []
        for i, item in enumerate(raw):
            try:
                rows.append(read_section(form, item, setting_of(info)))
            except Wrong as error:
                problems += [p.under(i) for p in error.problems]
        if problems:
            raise Wrong(*problems)
        return tuple(rows)

    return read


class AtWorkForm(Section):
    """A roster that says how many agents are at work by interval, and not which shifts they have."""

    at_work: Annotated[
        str | tuple[AtWorkRow, ...],
        Reads(_rows(AtWorkRow), written=Written("forms", forms=lambda: (Text, list[AtWorkRow]))),
        Says("agents at work by interval, with as few people as that takes: a CSV file or a list"),
    ]


Roster = str | tuple[RosterRow, ...] | AtWorkForm
"""``always``, a CSV file, shifts, or agents at work by interval."""


def _roster(raw: Any, info: ValidationInfo) -> Roster:
    if isinstance(raw, dict):
        return read_section(AtWorkForm, raw, setting_of(info))
    if not isinstance(raw, (str, list)):
        raise wrong(f"expected `always`, a CSV file, a list of shifts or a map with `at_work`, got {shown(raw)}")
    return _rows(RosterRow)(raw, info)


class TeamForm(Section):
    headcount: Annotated[Whole, Says("agents employed")]
    site: Annotated[SiteName, Says("where they work")]
    skills: Annotated[dict[NeedName, Number], Says("needs they can serve, with their speed: 1 is standard, 0.8 takes a quarter longer")]
    roster: Annotated[
        Roster,
        Reads(_roster, written=Written("forms", forms=lambda: (Text, list[RosterRow], AtWorkForm))),
        Says("`always`, a CSV file, a list of shifts, or how many are `at_work` by interval"),
    ] = "always"
    absence: Annotated[Share, Says("share of those on the roster who do not come")] = 0.0
    not_free: Annotated[
        Share, Says("share of the time at work in which they cannot answer: ring, breaks, the system; each talk takes that much longer")
    ] = 0.0
    channels: Annotated[list[ChannelName], BeforeValidator(listed), Says("which they serve; all but callbacks, if not given")] = Field(
        default_factory=list
    )


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
    form = read_beside(RoutingForm, declaration_named(raw.get("strategy") or DEFAULT), raw, "strategy", setting_of(info))
    checked(form.strategy)
    return form


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
    answer: Annotated[AnswerForm | None, Says("what answers the question: who got nobody, if not given")] = None
    clock: Annotated[ClockForm, Says("when it happens, and its phases")]
    continuity: Annotated[ContinuityForm | None, Says("what was promised for a disruption (ISO 22301)")] = None
    needs: Annotated[dict[str, NeedForm], Says("why people make contact")]
    groups: Annotated[
        dict[str, Text], Says("people of one language, age or dependence whom reports follow by themselves: by name, who they are")
    ] = Field(default_factory=dict)
    demand: Annotated[dict[str, Demand], Says("how many, and when; the key is the need unless `need` is given")]
    channels: Annotated[dict[str, ChannelForm], Says("through what they make contact")]
    platforms: Annotated[dict[str, PlatformForm], Says("systems that answer, announce and route")] = Field(default_factory=dict)
    links: Annotated[dict[str, LinkForm], Says("carrier connections; only telephones need them")] = Field(default_factory=dict)
    sites: Annotated[dict[str, SiteForm], Says("buildings with seats")]
    teams: Annotated[dict[str, TeamForm], Says("who answers")]
    staffing: Annotated[StaffingForm | None, Says("what `crisis staff` may make rosters of; agents by interval, if not given")] = None
    roles: Annotated[dict[str, RoleForm], Says("who decides")] = Field(default_factory=dict)
    routing: Annotated[
        Annotated[RoutingForm, Reads(_routing, written=Written("routing"))] | None, Says("which contact meets which agent")
    ] = None
    care: Annotated[CareForm | None, Says("what agents may do for somebody in distress; the agent decides, if not given")] = None
    strain: Annotated[StrainForm | None, Says("what the work does to an agent")] = None
    contagion: Annotated[ContagionForm | None, Says("word of mouth: unanswered people post in public, and posts breed posts")] = None
    events: Annotated[list[Annotated[StepForm, Reads(read_step, written=Written("event"))]], Says("what breaks")] = Field(
        default_factory=list
    )
    playbook: Annotated[list[Annotated[StepForm, Reads(read_step, written=Written("action"))]], Says("what we do about it")] = Field(
        default_factory=list
    )
    budget: Annotated[Count | None, Says("what the playbook may cost in all; an action beyond it is refused")] = None
    variants: Annotated[
        dict[str, dict[str, Any]], Says("what else could be tried: dotted paths and other values, and what readers call it, its `title`")
    ] = Field(default_factory=dict)
    thresholds: Annotated[list[ThresholdForm], Says("pass marks")] = Field(default_factory=list)
    tolerances: Annotated[
        dict[str, ToleranceForm], Says("important services: how long each may fail people, and who says so")
    ] = Field(default_factory=dict)
    exercise: Annotated[ExerciseForm | None, Says("a drill of this scenario: objectives, participants, injects")] = None
    sources: Annotated[dict[str, SourceForm], Says("where a value, and everything below it, comes from")] = Field(default_factory=dict)
    run: Annotated[RunForm, Says("the file's own wish")] = RunForm()
    crn: Annotated[CrnForm, Says("how chance is shared between variants")] = CrnForm()
