"""Every section of a scenario, declared once: its keys, their units and their defaults.

What these forms hold is already in seconds, fractions and checked names; how sections belong together is the business of
:mod:`simulator.scenario.lowering`.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator, ValidationInfo

from simulator.model.distributions import Constant
from simulator.routing.declared import StrategyDeclaration, strategies
from simulator.scenario import quantity
from simulator.scenario.calendar import clock_time
from simulator.scenario.declared import read_beside
from simulator.scenario.law import Taking, Waiting
from simulator.scenario.problem import Problem, Wrong, did_you_mean, shown, wrong
from simulator.scenario.section import (
    Count,
    Duration,
    Factor,
    FixedDuration,
    Number,
    Proportion,
    Rate,
    Section,
    Share,
    Text,
    Whole,
    choice,
    named,
    read_section,
    setting_of,
)  # fmt: skip
from simulator.scenario.step_form import NeedName, StepForm, StepName, listed, read_step

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

SiteName = Annotated[str, named("site")]
LinkName = Annotated[str, named("link")]
TeamName = Annotated[str, named("team")]
EventName = Annotated[str, named("event")]


class ClockForm(Section):
    timezone: Text
    start: Text
    duration: FixedDuration
    interval: FixedDuration = 1800.0
    impact: Text | None = None
    phases: dict[str, Any] = Field(default_factory=dict)


class ContinuityForm(Section):
    rto: Duration
    mtpd: Duration
    mbco: Share


class HarmForm(Section):
    by: Duration
    weight: Number


class NeedForm(Section):
    urgency: Whole
    talk_time: Waiting
    wrap_up: Taking = Constant(0.0)
    patience: Waiting
    harm: HarmForm | None = None


class ProfileForm(Section):
    """Ordinary demand, out of a file or by rates."""

    need: NeedName | None = None
    from_: Text | None = None
    rate: Any = None
    day_cv: Share = 0.0


class PeopleForm(Section):
    need: NeedName | None = None
    after: EventName
    people: Count
    spread: Waiting
    repaired: Waiting | None = None
    solved_elsewhere: Waiting | None = None
    barred: Proportion = 0.0


class SurgeShape(Section):
    peak: Rate
    rise: Duration = 0.0
    hold: Duration = 0.0
    half_life: Duration


class SurgeForm(Section):
    need: NeedName | None = None
    after: EventName
    surge: SurgeShape


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
    probability: Share
    after: Waiting


class RedialForm(Section):
    busy: RetryForm | None = None
    abandoned: RetryForm | None = None
    cut: RetryForm | None = None
    spacing: Factor = 1.0
    gives_up_after: Waiting | None = None
    persistence: Number = 3.0
    max_attempts: Whole = 10


class AnnouncedForm(Section):
    estimate: Annotated[str, choice("queue-length", "last-answered")] = "queue-length"
    tolerance: Waiting


class ChannelForm(Section):
    target: Annotated[tuple[float, float], PlainValidator(quantity.target)] = (0.8, 20.0)
    short_abandon: FixedDuration = 5.0
    redial: RedialForm = RedialForm()
    announced_wait: AnnouncedForm | None = None
    numbers: SiteName | None = None


class PlatformForm(Section):
    at: Text


class LinkForm(Section):
    lines: Whole
    trench: Text = ""


class SeatsForm(Section):
    from_: Whole
    to: Whole
    over: FixedDuration = 0.0


def _seats(raw: Any, info: ValidationInfo) -> SeatsForm:
    if isinstance(raw, dict):
        form = read_section(SeatsForm, raw, setting_of(info))
        if form.to < form.from_:
            raise wrong(f"seats grow: `to` ({form.to}) is less than `from` ({form.from_})", at=("to",))
        return form
    seats = quantity.whole(raw)
    return SeatsForm.model_validate({"from": seats, "to": seats})


class LinesForm(Section):
    reserve: dict[NeedName, Whole] = Field(default_factory=dict)


class SiteForm(Section):
    seats: Annotated[SeatsForm, PlainValidator(_seats)]
    links: Annotated[list[LinkName], BeforeValidator(listed)]
    state: Annotated[str, choice("open", "closed")] = "open"
    lines: LinesForm = LinesForm()


class BreakForm(Section):
    at: Annotated[Any, PlainValidator(clock_time)]
    for_: FixedDuration


class RosterRow(Section):
    """Some agents' shift on every day, or on some days of the week."""

    start: Annotated[Any, PlainValidator(clock_time)]
    end: Annotated[Any, PlainValidator(clock_time)]
    agents: Whole
    breaks: list[BreakForm] = Field(default_factory=list)
    days: Annotated[list[Annotated[str, choice(*WEEKDAYS)]], BeforeValidator(listed)] = Field(default_factory=lambda: list(WEEKDAYS))


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
    headcount: Whole
    site: SiteName
    skills: dict[NeedName, Number]
    roster: Annotated[str | tuple[RosterRow, ...], PlainValidator(_roster)] = "always"
    absence: Share = 0.0


class BusyForm(Section):
    after: StepName
    for_: Duration


class RoleForm(Section):
    busy: BusyForm | None = None
    approves_in: Duration = 0.0


class OverflowForm(Section):
    id: Text = ""
    need: NeedName
    team: TeamName
    after: Duration


class RoutingForm(Section):
    strategy: StrategyDeclaration
    overflow: tuple[OverflowForm, ...] = ()
    slowdown: dict[str, Share] = Field(default_factory=dict)


def _routing(raw: Any, info: ValidationInfo) -> RoutingForm:
    if not isinstance(raw, dict):
        raise wrong(f"expected a map, got {shown(raw)}")
    name = raw.get("strategy", "priority")
    if name not in strategies:
        raise wrong(f"there is no strategy {shown(name)}", did_you_mean(name, strategies), "unknown-name", ("strategy",))
    return read_beside(RoutingForm, strategies[name], raw, "strategy", setting_of(info))


class ThresholdForm(Section):
    id: Text = ""
    measure: Text
    need: NeedName | None = None
    channel: Annotated[str, named("channel")] | None = None
    phase: Annotated[str, named("phase")] | None = None
    site: SiteName | None = None
    min: Any = None
    max: Any = None


class SourceForm(Section):
    """Where a value comes from: exactly one of the three."""

    fact: Text | None = None
    record: Text | None = None
    assumed: Text | None = None


class RunForm(Section):
    replications: Whole | None = None
    seed: Whole | None = None


class CrnForm(Section):
    service: Annotated[str, choice("ordinal", "person")] = "ordinal"


class ScenarioForm(Section):
    """The whole file."""

    schema_: Text
    extends: Text = ""
    name: Text
    title: Text = ""
    question: Text = ""
    notes: Text = ""
    clock: ClockForm
    continuity: ContinuityForm | None = None
    needs: dict[str, NeedForm]
    demand: dict[str, Annotated[DemandForm, PlainValidator(_demand)]]
    channels: dict[str, ChannelForm]
    platforms: dict[str, PlatformForm] = Field(default_factory=dict)
    links: dict[str, LinkForm]
    sites: dict[str, SiteForm]
    teams: dict[str, TeamForm]
    roles: dict[str, RoleForm] = Field(default_factory=dict)
    routing: Annotated[RoutingForm, PlainValidator(_routing)] | None = None
    events: list[Annotated[StepForm, PlainValidator(read_step)]] = Field(default_factory=list)
    playbook: list[Annotated[StepForm, PlainValidator(read_step)]] = Field(default_factory=list)
    variants: dict[str, dict[str, Any] | None] = Field(default_factory=dict)
    thresholds: list[ThresholdForm] = Field(default_factory=list)
    sources: dict[str, SourceForm] = Field(default_factory=dict)
    run: RunForm = RunForm()
    crn: CrnForm = CrnForm()
