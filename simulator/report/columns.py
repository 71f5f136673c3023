"""Which numbers the reports show, in which order: tiles, the phase table, people by need, the interval table."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.errors import UsageError
from simulator.report.verdict import most_urgent, with_margin
from simulator.report.wording import amount, count, duration, share

if TYPE_CHECKING:
    from simulator.model.world import Model
    from simulator.report.wording import LocalTime
    from simulator.statistics.summary import Estimate, Summary

TILES = (
    ("never_served", "of people got nobody"),
    ("time_to_recover", "until the centre was back"),
    ("abandon_rate", "of queued callers hung up"),
    ("block_rate", "of arriving calls were refused"),
    ("mean_wait", "mean wait in the queue"),
    ("agents_online_6h", "agents online six hours after the impact"),
    ("peak_queue", "callers waiting at the worst moment"),
)
PHASES = (
    ("attempted", "attempts"), ("lost_upstream", "lost in network"), ("blocked", "refused"), ("offered", "queued or answered"),
    ("answered", "answered"), ("abandon_rate", "hung up"), ("service_level", "in time"),
    ("mean_wait", "mean wait"), ("wait_p90", "90 % waited at most"),
    ("occupancy", "occupancy"), ("agents_online", "agents online"),
)  # fmt: skip
PEOPLE = (
    ("customers", "people"), ("served", "served by an agent"), ("solved_by_reached", "reached directly"), ("solved_by_located", "located"),
    ("solved_by_announcement", "informed by announcement"), ("solved_by_informed", "informed by us"),
    ("solved_by_self_service", "helped by a machine"), ("solved_by_repaired", "repaired"), ("solved_by_own_means", "own means"),
    ("people_in_service_at_end", "in service at the end"), ("gave_up", "gave up"), ("still_trying", "still trying"),
    ("never_served", "got nobody"),
)  # fmt: skip
INTERVALS = (
    ("fresh_contacts", "first attempts"), ("redials", "redials"), ("lost_upstream", "lost in network"), ("blocked", "refused"),
    ("offered", "queued or answered"), ("answered", "answered"), ("abandoned", "hung up"), ("abandon_rate", "hung up %"),
    ("service_level", "in time %"), ("mean_wait", "mean wait"), ("wait_p90", "90 % at most"), ("agents_online", "agents online"),
    ("queue", "waiting at end"),
)  # fmt: skip
MOST_ROWS = 200  #: longer interval tables stay in the CSV file


@dataclass(frozen=True)
class Tile:
    """A key figure: value with its margin, what it is, and how single worlds differ."""

    value: str
    label: str
    worlds: str


@dataclass(frozen=True)
class Table:
    """Texts in rows; ``head`` has one more column than the rows' ``cells``, for their names."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def tiles(summary: Summary, model: Model) -> list[Tile]:
    """The key figures that this run has."""
    found = []
    urgent = most_urgent(model)
    wanted: list[tuple[str, str, dict[str, str]]] = [(measure, label, {}) for measure, label in TILES]
    if urgent:
        wanted.insert(1, ("never_served", f"of people with the most urgent need, {urgent}, got nobody", {"need": urgent}))
    for measure, label, scope in wanted:
        estimate = estimated(summary, measure, **scope)
        if estimate is not None and estimate.n:
            spread = f"{amount(estimate.p5, estimate.unit)} to {amount(estimate.p95, estimate.unit)}"
            found.append(Tile(with_margin(estimate), label, spread))
    return found


def estimated(summary: Summary, measure: str, **scope: str) -> Estimate | None:
    """The estimate, None where the run has none."""
    try:
        return summary.estimate(measure, **scope)
    except UsageError:
        return None


def phase_table(summary: Summary) -> Table:
    """Phases against measures; sums and ratios of sums over the phase, means over the worlds."""
    rows = []
    for name, scope in [*((phase.name, {"phase": phase.name}) for phase in summary.phases), ("whole run", {})]:
        found = [estimated(summary, measure, **scope) for measure, _ in PHASES]
        rows.append((name, tuple("–" if e is None else _short(e.mean, e.unit) for e in found)))
    return Table(("phase", *(label for _, label in PHASES)), tuple(rows))


def people(summary: Summary) -> Table:
    """Needs against the ways in which people's stories ended; columns that are zero for everybody are left out."""
    scopes = [*((need, {"need": need}) for need in summary.needs), ("everybody", {})]
    found = {(m, name): estimated(summary, m, **scope) for m, _ in PEOPLE for name, scope in scopes}
    there = {m for (m, _), e in found.items() if e is not None and (e.mean > 0 or m == "never_served")}
    shown = [(m, label) for m, label in PEOPLE if m in there]
    rows = tuple((name, tuple(_person(found[m, name]) for m, _ in shown)) for name, _ in scopes)
    return Table(("need", *(label for _, label in shown)), rows)


def interval_table(summary: Summary, time: LocalTime) -> Table | None:
    """Means over the worlds by interval; None where that would be longer than anybody reads."""
    if len(summary.interval_starts) > MOST_ROWS:
        return None
    series = [summary.over_time(name) for name, _ in INTERVALS]
    rows = []
    for i, start in enumerate(summary.interval_starts.tolist()):
        name = time.clock(start) + (f" {time.since(start)}" if time.since(start) else "")
        rows.append((name, tuple(_short(float(one.mean[i]), one.unit) for one in series)))
    return Table(("interval", *(label for _, label in INTERVALS)), tuple(rows))


def _person(estimate: Estimate | None) -> str:
    if estimate is None:
        return "–"
    return count(estimate.mean) if estimate.unit == "count" else with_margin(estimate)


def _short(value: float, unit: str) -> str:
    if not math.isfinite(value):
        return "–" if math.isnan(value) else "never"
    if unit == "share":
        return share(value)
    return duration(value) if unit == "duration" else count(value)
