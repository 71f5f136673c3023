"""Rosters: what they may be made of, as the variables of a program, and what numbers of them mean in the language."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.errors import UsageError
from simulator.model.edges import interval_edges
from simulator.model.staffing import Crew, Offer, Staffing
from simulator.scenario import tables
from simulator.scenario.offers import clock
from simulator.scenario.problem import did_you_mean
from simulator.scenario.scenario import calendar_of, lower, with_variants
from simulator.scenario.week import WEEKDAYS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.model.world import Model, Shift
    from simulator.scenario import Scenario

    Floats = NDArray[np.float64]
    Counts = tuple[int, ...]

TODAY = "today"
DAY = timedelta(days=1)
MOST = 5_000
"""Agents by team and interval that can be chosen one by one."""


@dataclass(frozen=True)
class Choices:
    """What can be chosen: crews and their offers in one row; ``by_interval`` where the scenario names no shifts."""

    scenario: Scenario
    variant: str | None
    model: Model
    staffing: Staffing
    by_interval: bool

    @property
    def offers(self) -> tuple[Offer, ...]:
        return tuple(offer for crew in self.staffing.crews for offer in crew.offers)

    def model_of(self, counts: Counts, seats: Counts = ()) -> Model:
        """The model in which so many work each offer, with so many temporary seats at each site that can have some."""
        return self.with_changes(self.changes(counts, seats))

    def with_changes(self, changes: Mapping[str, Any]) -> Model:
        """The model with more overrides by dotted path."""
        own = self.scenario.variants.get(self.variant or "", {}) if self.variant else {}
        name = "staffed"
        while name in self.scenario.variants:
            name += "-anew"
        return lower(with_variants(self.scenario, {name: {**own, **changes}}), name)

    def changes(self, counts: Counts, seats: Counts = ()) -> dict[str, Any]:
        """The overrides of a variant that has this roster."""
        made: dict[str, Any] = {}
        at = 0
        for crew in self.staffing.crews:
            made |= self._crew(crew, counts[at : at + len(crew.offers)])
            at += len(crew.offers)
        for more, number in zip(self.staffing.seats, seats, strict=False):
            if number:
                made[f"sites.{more.site}.seats"] = self._seats(more.site, number)
        return made

    def unlimited(self, agents: int, seats: int = 0, lines: int = 0) -> dict[str, Any]:
        """The overrides with so many ``agents`` in every crew whenever a shift is allowed, and seats and lines for them."""
        made: dict[str, Any] = {}
        for crew in self.staffing.crews:
            roster: Any = "always"
            if not self.by_interval:
                rows = [{"start": a, "end": b, "agents": agents, "days": [day]} for day, a, b in _union(crew.offers)]
                roster = {"at_work": rows}
            made |= self._team(crew.team, agents, roster)
        if seats:
            made |= {f"sites.{site.name}.seats": seats + site.seats.total for site in self.model.sites}
        if lines:
            made |= {f"links.{link.name}.lines": lines + link.lines for link in self.model.links}
        return made

    def _crew(self, crew: Crew, counts: Counts) -> dict[str, Any]:
        rows = [_row(offer, count) for offer, count in zip(crew.offers, counts, strict=True) if count]
        if self.by_interval:
            return self._team(crew.team, max(counts, default=0), {"at_work": [{k: v for k, v in r.items() if k != "breaks"} for r in rows]})
        if crew.on_top:
            rows = [*self._today(crew.team), *rows]
        return self._team(crew.team, _people(rows), rows)

    def _team(self, team: str, headcount: int, roster: Any) -> dict[str, Any]:
        return {f"teams.{team}.headcount": headcount, f"teams.{team}.roster": roster}

    def _today(self, team: str) -> list[dict[str, Any]]:
        """The rows of the roster that a team has, to which others are added. Raises UsageError where it has no rows."""
        tree = self.scenario.variant_tree(self.variant)["teams"][team]
        roster = tree.get("roster", "always")
        if roster == "always":
            return [{"start": "00:00", "end": "24:00", "agents": int(tree["headcount"])}]
        if isinstance(roster, str):
            return [
                {
                    "start": clock(row.start), "end": clock(row.end), "agents": row.agents, "days": list(row.days),
                    "breaks": [{"at": clock(b.at), "for": f"{b.for_:g}s"} for b in row.breaks],
                }
                for row, _ in tables.shifts(self.scenario.files[roster], roster)
            ]  # fmt: skip
        if isinstance(roster, dict):
            raise UsageError(f"`staffing.teams.{team}.on_top`: the roster says how many are at work, and shifts cannot be added to that")
        return [dict(row) for row in roster]

    def _seats(self, site: str, number: int) -> Any:
        """The seats of a site, and ``number`` more from the first."""
        found = next(s.seats for s in self.model.sites if s.name == site)
        if found.ready == found.total:
            return found.total + number
        return {"from": found.ready + number, "to": found.total + number, "over": f"{found.over:g}s"}

    def today(self) -> Floats:
        """Agents that each crew has on its roster today, by interval: (crews, T)."""
        edges = np.array(interval_edges(self.model.clock))
        by_name = {team.name: team for team in self.model.teams}
        return np.array([present(by_name[crew.team].shifts, edges) for crew in self.staffing.crews])


def choices(scenario: Scenario, variant: str | None, model: Model, teams: Sequence[str]) -> Choices:
    """What can be chosen, of these ``teams`` or of all. Raises UsageError for a team that does not exist or cannot be chosen."""
    known = [team.name for team in model.teams]
    for name in teams:
        if name not in known:
            raise UsageError(f"there is no team `{name}`; {did_you_mean(name, known)}")
    found = model.staffing
    if found is not None:
        offered = [crew.team for crew in found.crews]
        for name in teams:
            if name not in offered:
                raise UsageError(f"`staffing.teams` does not say which shifts `{name}` may work; it does of {', '.join(offered)}")
        crews = tuple(crew for crew in found.crews if not teams or crew.team in teams)
        made = Choices(scenario, variant, model, Staffing(crews, found.seats, found.currency, found.priced, found.week), by_interval=False)
        made.changes((0,) * len(made.offers))  # raises where shifts cannot be added
        return made
    crews = tuple(
        Crew(team.name, tuple(_by_interval(scenario, model, team.name)))
        for team in model.teams
        if (team.name in teams if teams else team.shifts)
    )
    if not crews:
        raise UsageError(f"{scenario.name} has no team that is ever at work: there is nobody to plan")
    if sum(len(crew.offers) for crew in crews) > MOST:
        raise UsageError("the run has too many intervals to choose agents for each: say under `staffing` which shifts may be worked")
    return Choices(scenario, variant, model, Staffing(crews), by_interval=True)


def _by_interval(scenario: Scenario, model: Model, team: str) -> Iterator[Offer]:
    """An offer for each interval, of each day of the week."""
    calendar = calendar_of(scenario)
    edges = interval_edges(model.clock)
    spans: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
    for start, end in pairwise(edges):
        local = calendar.local(start).replace(tzinfo=None)
        until = local + timedelta(seconds=end - start)
        midnight = datetime.combine(local.date(), time.min)
        ends = until - midnight
        key = (WEEKDAYS[local.weekday()], clock(local - midnight), clock(ends if ends <= DAY else ends - DAY))
        spans.setdefault(key, []).append((start, end))
    for (day, start_at, end_at), of_one in spans.items():
        yield Offer(team, "", start_at, end_at, day, (), (edges[1] - edges[0]) / 3600, None, tuple(of_one))


def _row(offer: Offer, count: int) -> dict[str, Any]:
    breaks = [{"at": at, "for": f"{long:g}s"} for at, long in offer.breaks]
    return {"start": offer.start, "end": offer.end, "agents": count, "days": [offer.day], **({"breaks": breaks} if breaks else {})}


def _people(rows: Sequence[Mapping[str, Any]]) -> int:
    """People whom some rows take, nobody two shifts at one time."""
    from simulator.scenario.forms import RosterRow
    from simulator.scenario.section import Setting, read_section
    from simulator.scenario.sharing import first_agents

    read = [read_section(RosterRow, dict(row), Setting()) for row in rows]
    return max((first + row.agents for first, row in zip(first_agents(read), read, strict=True)), default=0)


def _union(offers: Sequence[Offer]) -> Iterator[tuple[str, str, str]]:
    """When any of some offers is worked, by day of the week: stretches that do not overlap, none over midnight."""
    minutes: dict[str, set[int]] = {day: set() for day in WEEKDAYS}
    for offer in offers:
        start, end = (_seconds(text) // 60 for text in (offer.start, offer.end))
        long = (end - start) % 1440 or 1440
        for minute in range(start, start + long):
            minutes[WEEKDAYS[(WEEKDAYS.index(offer.day) + minute // 1440) % 7]].add(minute % 1440)
    for day, of_day in minutes.items():
        begun = None
        for minute in range(1441):
            if minute in of_day and begun is None:
                begun = minute
            elif minute not in of_day and begun is not None:
                yield day, clock(timedelta(minutes=begun)), clock(timedelta(minutes=minute))
                begun = None


def _seconds(text: str) -> int:
    hours, minutes, *seconds = (int(part) for part in text.split(":"))
    return 3600 * hours + 60 * minutes + sum(seconds)


def present(shifts: Sequence[Shift], edges: Floats) -> Floats:
    """Agents on some shifts, breaks apart, on average over each interval."""
    made = np.zeros(len(edges) - 1)
    for shift in shifts:
        spans = [(shift.start, shift.end, shift.agents), *((b.start, b.start + b.length, -shift.agents) for b in shift.breaks)]
        for start, end, agents in spans:
            made += agents * np.clip(np.minimum(edges[1:], end) - np.maximum(edges[:-1], start), 0.0, None)
    return made / np.diff(edges)


def covers(offer: Offer, edges: Floats) -> Floats:
    """The share of each interval in which somebody who works ``offer`` is at work."""
    made = np.zeros(len(edges) - 1)
    for sign, spans in ((1, offer.spans), (-1, offer.pauses)):
        for start, end in spans:
            made += sign * np.clip(np.minimum(edges[1:], end) - np.maximum(edges[:-1], start), 0.0, None)
    return np.clip(made / np.diff(edges), 0.0, 1.0)


def point_of(counts: Sequence[float], seats: Sequence[float] = ()) -> str:
    """A roster as the name of a point."""
    return json.dumps({"agents": [round(c) for c in counts], "seats": [round(s) for s in seats]}, separators=(",", ":"))


class Points(dict[str, "Model"]):
    """Models of rosters by the names of their points, made when somebody asks for one; and programs that are solved already."""

    def __init__(self, made: Choices) -> None:
        super().__init__({TODAY: made.model})
        self.choices = made
        self.solved: dict[Any, Any] = {}

    def __missing__(self, point: str) -> Model:
        said = json.loads(point)
        if "unlimited" in said:
            found = self.choices.with_changes(self.choices.unlimited(*said["unlimited"]))
        else:
            found = self.choices.model_of(tuple(said["agents"]), tuple(said["seats"]))
        if said.get("size", 1) != 1:
            from simulator.experiment.stability import sized

            found = sized(found, said["size"])
        self[point] = found
        return found


def enough(model: Model) -> int:
    """As many agents as anything needs who may be too few: where they are, twice as many are tried."""
    from simulator.scenario.capacity import plan

    found = plan(model)
    busiest = max([*found.load, 1.0]) + (found.extra + found.later) / max(float(model.clock.duration) / 4, 3600.0)
    return max(20, 10 * math.ceil(0.15 * busiest + 0.5 * math.sqrt(busiest)), *(team.headcount for team in model.teams))
