"""What a roster may be made of, as it is written."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, ValidationInfo

from simulator.model.units import Says
from simulator.scenario.calendar import clock_time
from simulator.scenario.channel_form import SiteName, WeekDays
from simulator.scenario.section import (
    Count,
    FixedDuration,
    FixedShare,
    Reads,
    Section,
    Text,
    Whole,
    Written,
    YesNo,
    named,
    read_section,
    setting_of,
)
from simulator.scenario.week import WEEKDAYS

ClockTime = Annotated[Any, Reads(clock_time, written=Written("clock_time"))]
TeamName = Annotated[str, named("team")]
SOME_DAYS = "days of the week, such as mon-fri; every day, if not given"


class StartsForm(Section):
    """Times of day at which a shift may start."""

    from_: Annotated[ClockTime, Says("the first")]
    to: Annotated[ClockTime, Says("the last")]
    every: Annotated[FixedDuration, Says("time between them")] = 3600.0


def _starts(raw: Any, info: ValidationInfo) -> StartsForm:
    if isinstance(raw, dict):
        return read_section(StartsForm, raw, setting_of(info))
    at = clock_time(raw)
    return StartsForm.model_construct(from_=at, to=at, every=3600.0)


class PauseForm(Section):
    after: Annotated[FixedDuration, Says("time after the start of the shift")]
    for_: Annotated[FixedDuration, Says("how long")]


class OfferForm(Section):
    """A shift that may be worked by as many as it takes."""

    start: Annotated[
        StartsForm,
        Reads(_starts, written=Written("forms", forms=lambda: (ClockTime, StartsForm))),
        Says("time of day, or the first, the last and the time between them"),
    ]
    lasts: Annotated[FixedDuration, Says("how long, at most a day")]
    breaks: Annotated[list[PauseForm], Says("planned pauses")] = Field(default_factory=list)
    days: Annotated[WeekDays, Says(SOME_DAYS)] = Field(default_factory=lambda: list(WEEKDAYS))
    cost: Annotated[Count | None, Says("of one agent who works it once")] = None
    cost_per_hour: Annotated[Count | None, Says("of one agent; hours themselves, if no shift has a cost")] = None
    most: Annotated[Whole | None, Says("agents who can work it, at each start")] = None
    lead_time: Annotated[FixedDuration, Says("how long after the impact the first of them can be there")] = 0.0
    kind: Annotated[Text, Says("what readers call it, such as overtime or partner")] = ""


class CrewForm(Section):
    shifts: Annotated[list[OfferForm], Says("shifts that may be worked")]
    on_top: Annotated[YesNo, Says("whether they are added to the roster of the team, and do not take its place")] = False
    most: Annotated[Whole | None, Says("people of the team, all shifts together")] = None
    shrinkage: Annotated[FixedShare, Says("share of paid time on leave, ill, trained or coached")] = 0.0


class MoreSeatsForm(Section):
    most: Annotated[Whole, Says("temporary seats that could be had")]
    cost: Annotated[Count, Says("of one of them")] = 0.0


class StaffingForm(Section):
    """What ``crisis staff`` may choose from."""

    teams: Annotated[dict[TeamName, CrewForm], Says("the teams whose rosters may be made anew")]
    seats: Annotated[dict[SiteName, MoreSeatsForm], Says("temporary seats")] = Field(default_factory=dict)
    currency: Annotated[Text, Says("of every cost, such as EUR")] = ""
    week: Annotated[FixedDuration, Says("paid time a week of one full-time equivalent")] = 40 * 3600.0
