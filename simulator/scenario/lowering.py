"""From what the user wrote to what it means: names checked, clock and units in seconds. No chance falls here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from simulator.errors import ScenarioError
from simulator.model import world
from simulator.scenario import answer, capacity, channels, coherence, demand, exercise, names, people, quantity, staffing, steps, tables
from simulator.scenario.calendar import Calendar, local_moment, zone
from simulator.scenario.demand_form import PeopleForm, ProfileForm, SurgeForm
from simulator.scenario.document import Path, Place
from simulator.scenario.findings import Findings
from simulator.scenario.forms import AtWorkForm, AtWorkRow, ClockForm, ContinuityForm, LinkForm, RosterRow, ScenarioForm, TeamForm
from simulator.scenario.law import high
from simulator.scenario.offers import lowered as what_may_be_worked
from simulator.scenario.problem import Wrong, wrong
from simulator.scenario.section import Setting, read_section
from simulator.scenario.sharing import first_agents
from simulator.scenario.stand_in import NoStandIn, echoes, healed
from simulator.scenario.variants import AS_WRITTEN, with_ranges

MAX_INTERVALS = 10_000
MAX_LENGTH = 366 * 86_400.0
"""Seconds of the longest run."""


def lower_tree(
    tree: dict[str, Any], places: Mapping[Path, Place], file: str, data: tables.Reader, variant: str
) -> tuple[world.Model | None, Findings]:
    """The model of a tree, and everything wrong with it; the model is None where there is an error.

    Where a section cannot be read, the rest is looked at with stand-ins in the place of what is wrong.
    """
    # An exercise is of the file as written: a variant may lack a step that it speaks of.
    tree = {key: value for key, value in tree.items() if not key.startswith("x-") and (key != "exercise" or variant == AS_WRITTEN)}
    findings = Findings(file, tree, places)
    form, setting = read_form(tree, findings)
    if not findings.errors and form is not None:
        return _lowered(form, setting, findings, data, variant), findings
    _look_for_tables(tree, findings, data)
    _look_further(tree, form, setting, findings, data, variant)
    return None, findings


def _look_further(
    tree: dict[str, Any], form: ScenarioForm | None, setting: Setting, findings: Findings, data: tables.Reader, variant: str
) -> None:
    """Note what else is wrong in a tree of which not all can be read."""
    stand_ins: list[Path] = []
    further = findings
    for _ in range(ROUNDS):
        sound = form is not None and setting.calendar is not None
        if not sound:
            try:
                tree, more = healed(tree, further.mistakes(), setting.names)
            except NoStandIn:
                return
            stand_ins += more
        further = Findings(findings.file, tree, findings.places)
        if setting.calendar is None and not any(path in WITHOUT_A_CLOCK for path in stand_ins):
            with further.at("clock"):
                setting.calendar = read_calendar(tree.get("clock"), further)
        with further.at():
            form = form or read_section(ScenarioForm, with_ranges(tree), setting)
        if form is not None:
            _lowered(form, setting, further, data, variant)
        findings.take(further, partial(echoes, places=tuple(stand_ins)))
        if form is not None:
            return


WITHOUT_A_CLOCK = (("clock",), ("clock", "start"))
"""With a stand-in here nothing can be said about instants."""
ROUNDS = 6
"""How often what is wrong gives way to stand-ins: a mistake may hide another one within the same value."""


def _lowered(form: ScenarioForm, setting: Setting, findings: Findings, data: tables.Reader, variant: str) -> world.Model | None:
    """The model of sections that are sound, each by itself; notes what does not go together. None where anything was noted."""
    coherence.check(form, findings, whole=variant == AS_WRITTEN)
    if setting.calendar is None:
        return None
    made = _Lowering(form, setting.calendar, findings, data).model(variant)
    exercise.lowered(form, setting, findings, data)
    capacity.check_size(made, findings)
    return None if findings.errors else made


def read_form(tree: dict[str, Any], findings: Findings) -> tuple[ScenarioForm | None, Setting]:
    """The sections of a tree, each read and checked by itself, and the names and the calendar that they were read with."""
    ranged = with_ranges(tree)
    setting = Setting(names.of(tree))
    with findings.at("clock"):
        setting.calendar = read_calendar(ranged.get("clock"), findings)
    coherence.check_names(tree, findings)
    form = None
    with findings.at():
        form = read_section(ScenarioForm, ranged, setting)
    return form, setting


def _look_for_tables(tree: Mapping[str, Any], findings: Findings, data: tables.Reader) -> None:
    """Note tables that are not there, even where the sections are not sound yet."""
    for section, *keys in (("demand", "from"), ("teams", "roster"), ("teams", "roster", "at_work")):
        found = tree.get(section)
        for name, item in found.items() if isinstance(found, dict) else ():
            file = item
            for key in keys:
                file = file.get(key) if isinstance(file, dict) else None
            if isinstance(file, str) and file != "always":
                with findings.at(section, name, *keys):
                    data(file)
    drill = tree.get("exercise")
    if isinstance(drill, dict) and isinstance(drill.get("injects"), str):
        with findings.at("exercise", "injects"):
            data(drill["injects"])


def read_calendar(raw: Any, findings: Findings) -> Calendar | None:
    """The calendar of a section ``clock``; raises Wrong."""
    if raw is None:
        return None
    form = read_section(ClockForm, raw, Setting())
    tz = start = None
    with findings.at("clock", "timezone"):
        tz = zone(form.timezone)
    if tz is None:
        return None
    with findings.at("clock", "start"):
        start = local_moment(form.start, tz)
    if form.duration <= 0 or not 60 <= form.interval <= form.duration:
        raise wrong("the interval is at least 1m and at most the duration", at=("interval",))
    if form.duration > MAX_LENGTH:
        raise wrong(f"a run lasts at most {MAX_LENGTH // 86_400:.0f} days", at=("duration",))
    if (form.duration / form.interval) % 1:
        raise wrong("the duration is a whole number of intervals", at=("duration",))
    if form.duration / form.interval > MAX_INTERVALS:
        raise wrong(f"the run has more than {MAX_INTERVALS:,} intervals", "choose a longer interval", at=("interval",))
    if start is None:
        return None
    bare = Calendar(start, None, form.duration)
    impact = None
    if form.impact is not None:
        with findings.at("clock", "impact"):
            impact = bare.instant(form.impact)
    return Calendar(start, impact, form.duration)


MOST_NOT_FREE = 0.9
"""The share of the time at work that contacts can cost beside themselves."""
R = TypeVar("R", RosterRow, AtWorkRow)
RowsOf = Callable[[str, str], Sequence[tuple[R, int]]]
"""Reads the text of a table, which the second names, into rows with their lines."""


class _Lowering:
    """One pass over a checked form; notes what does not fit together."""

    def __init__(self, form: ScenarioForm, calendar: Calendar, findings: Findings, data: tables.Reader) -> None:
        self.form = form
        self.calendar = calendar
        self.findings = findings
        self.data = data

    def model(self, variant: str) -> world.Model:
        form = self.form
        return world.Model(
            name=form.name,
            variant=variant,
            clock=self._clock(),
            needs=people.needs(form),
            demand=tuple(replace(made, groups=tuple(form.demand[made.name].groups)) for made in self._demand()),
            groups=dict(form.groups),
            channels=channels.lowered(form, self.calendar, self.findings),
            links=tuple(_link(name, link) for name, link in form.links.items()),
            sites=self._sites(),
            teams=self._teams(),
            routing=self._routing(),
            platforms=tuple(world.Platform(name, platform.at, platform.slows_down) for name, platform in form.platforms.items()),
            roles=steps.roles(form),
            events=steps.lowered(form, "events"),
            playbook=steps.lowered(form, "playbook"),
            continuity=_continuity(form.continuity) if form.continuity else None,
            thresholds=self._thresholds(),
            staffing=what_may_be_worked(form.staffing, self.calendar, self.findings),
            tolerances=self._tolerances(),
            answer=answer.lowered(form, self.findings),
            care=people.care(form.care),
            strain=people.strain(form.strain),
            contagion=people.contagion(form.contagion),
            budget=float("inf") if form.budget is None else form.budget,
            service_order=form.crn.service,
        )

    def _clock(self) -> world.Clock:
        clock, calendar = self.form.clock, self.calendar
        phases: list[world.Phase] = []
        for name, raw in clock.phases.items():
            with self.findings.at("clock", "phases", name):
                phase = world.Phase(name, calendar.instant(raw))
                if phase.start >= calendar.length:
                    raise wrong(f"{raw} is the end of the run: the phase would be empty")
                if phases and phase.start <= phases[-1].start:
                    raise wrong(f"the phase starts no later than `{phases[-1].name}` before it")
                if name == next(iter(clock.phases)) and phase.start > 0:
                    raise wrong("the first phase starts at `start`", f"did you mean {name}: start?")
                phases.append(phase)
        return world.Clock(clock.timezone, calendar.start.isoformat(), calendar.length, clock.interval, calendar.impact, tuple(phases))

    def _demand(self) -> tuple[world.Demand, ...]:
        made: list[world.Demand] = []
        for name, form in self.form.demand.items():
            need = form.need or name
            if need not in self.form.needs:
                continue  # noted already
            with self.findings.at("demand", name):
                if isinstance(form, ProfileForm):
                    made.append(self._profile(name, need, form))
                    continue
                onset = steps.fixed_instant(form.after, self.form)
                if onset is None and not steps.starts(form.after, self.form):
                    continue  # noted already
                if onset is None:
                    raise wrong(f"the instant of `{form.after}` is not fixed", "demand follows an event with `at`", at=("after",))
                if onset < 0:
                    raise wrong(f"`{form.after}` is before the start of the run", "demand follows an event of the run", at=("after",))
                if isinstance(form, SurgeForm):
                    s = form.surge
                    made.append(
                        world.Surge(name, need, onset, s.peak, s.rise, s.hold, s.half_life, form.solved_elsewhere, self._standing(form))
                    )
                elif isinstance(form, PeopleForm):
                    made.append(self._people(name, need, onset, form))
        return tuple(made)

    def _people(self, name: str, need: str, onset: float, form: PeopleForm) -> world.People:
        standing = self._standing(form)
        return world.People(name, need, onset, form.people, form.spread, form.repaired, form.solved_elsewhere, form.barred, standing)

    def _standing(self, form: ProfileForm | SurgeForm | PeopleForm) -> world.Standing | None:
        return people.standing(form.standing, self.calendar)

    def _profile(self, name: str, need: str, form: ProfileForm) -> world.Profile:
        made = demand.on_days(self._volume(name, need, form), form.days, self.calendar)
        standing = self._standing(form)
        return replace(made, solved_elsewhere=form.solved_elsewhere, standing=standing, busyness=form.busyness or "")

    def _volume(self, name: str, need: str, form: ProfileForm) -> world.Profile:
        if form.rate is not None:
            return demand.by_rate(name, need, form.rate, form.day_cv, self.calendar)
        assert form.from_ is not None
        try:
            found, length = tables.intervals(self.data(form.from_), form.from_, form.thousands, form.decimal)
            self._check_clock(found, length, form.from_)
            return demand.by_interval(name, need, found, length, form.day_cv, self.calendar, self.form.needs[need].talk_time)
        except Wrong as error:
            raise Wrong(*(p.under("from") for p in error.problems)) from None
        except ScenarioError as error:
            raise self._in_table(error) from None

    def _check_clock(self, found: Sequence[tables.Interval], length: timedelta, file: str) -> None:
        """Note what the clocks of the time zone have against a table; raises Wrong, noted already, where it cannot be used."""
        problems = list(demand.check_clock(found, length, self.calendar))
        for n, problem in problems:
            for diagnostic in tables.at_line(Wrong(problem), file, found[n].line):
                self.findings.keep(diagnostic)
        if any(problem.severity == "error" for _, problem in problems):
            raise Wrong

    def _in_table(self, error: ScenarioError) -> Wrong:
        for diagnostic in error.diagnostics:
            self.findings.keep(diagnostic)
        return Wrong()

    def _sites(self) -> tuple[world.Site, ...]:
        return tuple(
            world.Site(name, world.Seats(s.seats.to, s.seats.from_, s.seats.over), tuple(s.links), s.state == "open", dict(s.lines.reserve))
            for name, s in self.form.sites.items()
        )

    def _teams(self) -> tuple[world.Team, ...]:
        made: list[world.Team] = []
        for name, form in self.form.teams.items():
            with self.findings.at("teams", name):
                shifts = self._shifts(name, form)
                if high(form.not_free) >= MOST_NOT_FREE:
                    hint = "who is never free is not on the roster"
                    raise wrong(f"at most {MOST_NOT_FREE:.0%} of the time at work", hint, at=("not_free",))
                skills, served = dict(form.skills), tuple(form.channels)
                made.append(world.Team(name, form.headcount, form.site, skills, shifts, form.absence, served, form.not_free))
        return tuple(made)

    def _shifts(self, name: str, form: TeamForm) -> tuple[world.Shift, ...]:
        roster = form.roster
        if roster == "always":
            return staffing.always(form.headcount, self.calendar)
        if isinstance(roster, AtWorkForm):
            present = self._rows(name, roster.at_work, tables.at_work, ("roster", "at_work"))
            self._check_overlaps(name, roster.at_work, present)
            shifts = staffing.at_work([row for row, _ in present], self.calendar)
            if staffing.people_of(shifts) > form.headcount:
                message = f"up to {staffing.people_of(shifts)} agents are to be at work, more than the headcount of {form.headcount}"
                raise wrong(message, at=("roster",))
            return shifts
        rows = [row for row, _ in self._rows(name, roster, tables.shifts, ("roster",))]
        firsts = first_agents(rows)
        rostered = max((first + row.agents for first, row in zip(firsts, rows, strict=True)), default=0)
        alike = staffing.seem_at_work(rows)
        table = roster if isinstance(roster, str) else "[...]"
        ask = f"if they say how many are at work in each interval, write `roster: {{at_work: {table}}}`"
        if rostered > form.headcount:
            most = max(row.agents for row in rows)
            hint = f"{ask}; that takes {most} people" if alike else ""
            raise wrong(f"the roster has {rostered} agents, more than the headcount of {form.headcount}", hint, at=("roster",))
        if alike:
            said = f"each of {len(rows)} short shifts in a row has agents of its own, {rostered} in all"
            self.findings.warn(("teams", name, "roster"), said, ask, "at-work")
        return staffing.worked(rows, self.calendar, firsts)

    def _rows(self, name: str, given: str | Sequence[R], read: RowsOf[R], at: Path) -> list[tuple[R, int]]:
        """The sound rows of a roster, with their lines in its file or their places in its list."""
        if not isinstance(given, str):
            listed: list[tuple[R, int]] = []
            for i, row in enumerate(given):
                with self.findings.at("teams", name, *at, i):
                    staffing.check_row(row)
                    listed.append((row, i))
            return listed
        try:
            return list(read(self.data(given), given))
        except Wrong as error:
            raise Wrong(*(p.under(*at) for p in error.problems)) from None
        except ScenarioError as error:
            raise self._in_table(error) from None

    def _check_overlaps(self, name: str, given: str | Sequence[AtWorkRow], rows: Sequence[tuple[AtWorkRow, int]]) -> None:
        """Note each interval that overlaps one before it: how many are at work then would be given twice."""
        for i, before in staffing.overlapping([row for row, _ in rows]).items():
            place, other = rows[i][1], rows[before][1]
            whose = f"line {other}" if isinstance(given, str) else f"row {other + 1}"
            error = wrong(f"this interval overlaps that of {whose}", "an interval says how many are at work in all")
            if isinstance(given, str):
                for diagnostic in tables.at_line(error, given, place):
                    self.findings.keep(diagnostic)
            else:
                with self.findings.at("teams", name, "roster", "at_work", place):
                    raise error

    def _routing(self) -> world.Routing:
        form = self.form.routing
        if form is None:
            from simulator.routing.declared import Priority

            return world.Routing(Priority())
        slowdown: list[world.Slowdown] = []
        for level, slower in form.slowdown.items():
            with self.findings.at("routing", "slowdown", level):
                slowdown.append(world.Slowdown(quantity.share(level), quantity.scaled(slower, 1.0, plus=1.0)))
        overflow = [world.Overflow(o.need, o.team, o.after, o.keeps) for o in form.overflow]
        declared = {(o.need, o.team) for o in overflow}
        for name, team in self.form.teams.items():
            for need, after in form.strategy.delays(team.skills).items():
                if (need, name) not in declared:
                    overflow.append(world.Overflow(need, name, after))
        return world.Routing(
            form.strategy,
            tuple(overflow),
            tuple(sorted(slowdown, key=lambda s: s.occupancy)),
        )

    def _thresholds(self) -> tuple[world.Threshold, ...]:
        from simulator.scenario.thresholds import lowered

        return lowered(self.form, self.findings)

    def _tolerances(self) -> tuple[world.Tolerance, ...]:
        from simulator.scenario.tolerances import lowered

        return lowered(self.form, self.findings)


def _continuity(form: ContinuityForm) -> world.Continuity:
    share = form.in_
    return world.Continuity(form.rto, form.mtpd, form.mbco, (share.rto, share.mtpd, share.mbco))


def _link(name: str, form: LinkForm) -> world.Link:
    fails = form.fails
    return world.Link(name, form.lines, form.trench, world.Failures(fails.every, fails.repair, fails.common_cause) if fails else None)
