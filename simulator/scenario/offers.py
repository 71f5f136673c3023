"""Shifts that may be worked, on the calendar: each start on each day of the week is an offer of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from simulator.model.staffing import Crew, MoreSeats, Offer, Staffing
from simulator.model.world import Shift
from simulator.scenario.calendar import Calendar
from simulator.scenario.findings import Findings
from simulator.scenario.forms import BreakForm, RosterRow
from simulator.scenario.problem import wrong
from simulator.scenario.staffing import check_row, worked
from simulator.scenario.staffing_form import CrewForm, OfferForm, StaffingForm

DAY = timedelta(days=1)
MOST = 5_000
"""Offers of one scenario, each a variable of a program."""


def lowered(form: StaffingForm | None, calendar: Calendar, findings: Findings) -> Staffing | None:
    """What may be chosen from; notes everything that is wrong with it. None where there is nothing."""
    if form is None:
        return None
    before = len(findings.errors)
    priced = any(o.cost is not None or o.cost_per_hour is not None for crew in form.teams.values() for o in crew.shifts)
    crews = []
    with findings.at("staffing"):
        if not form.teams:
            raise wrong("no team is named whose roster may be made", "for example teams: {agents: {shifts: [...]}}", at=("teams",))
        if form.week <= 0:
            raise wrong("expected more than 0s", at=("week",))
        if form.currency and not priced and not any(seats.cost for seats in form.seats.values()):
            raise wrong("nothing has a cost", "give shifts a `cost` or a `cost_per_hour`", at=("currency",))
    for name, crew in form.teams.items():
        offers: list[Offer] = []
        with findings.at("staffing", "teams", name):
            if not crew.shifts:
                raise wrong("no shift may be worked: the list is empty", 'for example [{start: "08:00", lasts: 8h}]', at=("shifts",))
        for i, row in enumerate(crew.shifts):
            with findings.at("staffing", "teams", name, "shifts", i):
                _check(row, calendar, priced=priced)
                found = list(_offers(name, row, calendar))
                if not found:
                    late = " so late" if row.lead_time else ""
                    raise wrong(f"none of these shifts starts{late} within the run", at=("start",))
                offers += found
        if len(offers) > MOST:
            with findings.at("staffing", "teams", name):
                raise wrong(
                    f"these are {len(offers):,} shifts to choose from, more than {MOST:,}", "let them start less often", at=("shifts",)
                )
        crews.append(_crew(name, crew, offers))
    if len(findings.errors) > before:
        return None
    seats = tuple(MoreSeats(site, more.most, float(more.cost)) for site, more in form.seats.items())
    return Staffing(tuple(crews), seats, form.currency, priced, form.week)


def _crew(name: str, form: CrewForm, offers: list[Offer]) -> Crew:
    return Crew(name, tuple(offers), form.on_top, form.most, form.shrinkage)


def _check(row: OfferForm, calendar: Calendar, *, priced: bool) -> None:
    """Raise Wrong where nobody could work such shifts, or what they cost is not clear."""
    starts = row.start
    if not 0 < row.lasts <= DAY.total_seconds():
        raise wrong("a shift lasts at most a day, and more than 0s", at=("lasts",))
    if starts.every <= 0:
        raise wrong("expected more than 0s", at=("start", "every"))
    if starts.to < starts.from_:
        raise wrong("the last start is before the first", at=("start", "to"))
    if row.cost is not None and row.cost_per_hour is not None:
        raise wrong("a shift has one cost", "give `cost` or `cost_per_hour`", at=("cost_per_hour",), on_key=True)
    if priced and row.cost is None and row.cost_per_hour is None:
        raise wrong("other shifts have a cost, and this one has none", "give it a `cost` or a `cost_per_hour`, 0 if it costs nothing")
    if row.most == 0:
        raise wrong("nobody can work it", "leave it out", at=("most",))
    if row.lead_time > 0 and calendar.impact is None:
        raise wrong("a lead time counts from the impact, but `clock.impact` is not given", at=("lead_time",))
    for i, pause in enumerate(row.breaks):
        if pause.after + pause.for_ > row.lasts:
            raise wrong("a break is not within its shift", at=("breaks", i))


def _offers(team: str, row: OfferForm, calendar: Calendar) -> Iterator[Offer]:
    start, step = row.start.from_, timedelta(seconds=row.start.every)
    earliest = 0.0 if calendar.impact is None or not row.lead_time else float(calendar.impact) + row.lead_time
    while start <= row.start.to:
        end = start + timedelta(seconds=row.lasts)
        pauses = [(start + timedelta(seconds=p.after), p.for_) for p in row.breaks]
        for day in dict.fromkeys(row.days):
            breaks = [BreakForm.model_construct(at=at % DAY, for_=long) for at, long in pauses]
            ends = end if end <= DAY else end % DAY
            written = RosterRow.model_construct(start=start % DAY, end=ends, agents=1, breaks=breaks, days=[day])
            check_row(written)
            shifts = worked([written], calendar)
            if shifts and all(shift.start >= earliest for shift in shifts):
                yield _offer(team, row, written, day, shifts)
        start += step


def _offer(team: str, row: OfferForm, written: RosterRow, day: str, shifts: tuple[Shift, ...]) -> Offer:
    hours = row.lasts / 3600
    cost = float(row.cost) if row.cost is not None else hours * (1.0 if row.cost_per_hour is None else float(row.cost_per_hour))
    pauses = tuple((b.start, b.start + b.length) for shift in shifts for b in shift.breaks)
    return Offer(
        team, row.kind, clock(written.start), clock(written.end), day, tuple((clock(b.at), b.for_) for b in written.breaks), cost, row.most,
        tuple((shift.start, shift.end) for shift in shifts), pauses,
    )  # fmt: skip


def clock(at: timedelta) -> str:
    """A time of day as rosters have it."""
    seconds = round(at.total_seconds())
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
    return text if seconds % 60 == 0 else f"{text}:{seconds % 60:02d}"
