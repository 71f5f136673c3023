"""Which numbers the reports show, in which order: tiles, the phase table, people by need, the interval table."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.document.blocks import Table, Tile
from simulator.errors import UsageError
from simulator.report.verdict import most_urgent, with_margin
from simulator.report.wording import amount, count, duration, share
from simulator.statistics.summarise import REFUSED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.model.world import Model
    from simulator.report.wording import LocalTime
    from simulator.statistics.summary import Estimate, Summary

TILES = (
    ("never_served", "of people got nobody"),
    ("time_to_recover", "until the centre was back"),
    ("abandon_rate", "of those who could queue hung up"),
    ("block_rate", "of arriving contacts were refused"),
    ("mean_wait", "mean wait in the queue"),
    ("agents_online_6h", "agents online six hours after the impact"),
    ("peak_queue", "contacts waiting at the worst moment"),
)
OF_A_CHANNEL = {
    "abandon_rate": "hung up", "service_level": "in time, of those who could queue",
    "service_level_of_arrived": "in time, of all who arrived", "mean_wait": "mean wait", "wait_p90": "90 % waited at most, mean of worlds",
    "block_rate": "refused",
}  # fmt: skip
"""Measures that are told by channel and never of several together: minutes on a line and days of a letter have no common average."""
COUNTS = (
    ("attempted", "attempts"), ("lost_upstream", "lost in network"), ("blocked", "refused"), ("offered", "queued or answered"),
    ("answered", "answered"),
)  # fmt: skip
CALLERS = ("abandon_rate", "service_level", "service_level_of_arrived", "mean_wait", "wait_p90")
AGENTS = (("occupancy", "occupancy"), ("agents_online", "agents online"))
PEOPLE = (
    ("customers", "people"), ("served", "served by an agent"), ("solved_by_reached", "reached directly"), ("solved_by_located", "located"),
    ("solved_by_announcement", "informed by announcement"), ("solved_by_informed", "informed by us"),
    ("solved_by_self_service", "helped by a machine"), ("solved_by_repaired", "repaired"), ("solved_by_own_means", "own means"),
    ("people_in_service_at_end", "in service at the end"), ("gave_up", "gave up"), ("still_trying", "still trying"),
    ("never_served", "got nobody"),
)  # fmt: skip
INTERVAL_COUNTS = (
    ("fresh_contacts", "first attempts"), ("redials", "redials"), ("lost_upstream", "lost in network"), ("blocked", "refused"),
    ("offered", "queued or answered"), ("answered", "answered"), ("abandoned", "hung up"),
)  # fmt: skip
INTERVAL_ENDS = (("agents_online", "agents online at end"), ("queue", "waiting at end"))
PHASES = "Means over the worlds; an attempt belongs to the phase in which it was made; rates are sums over sums"
FATES = "People by need, means over the worlds; ± is the 95 % interval"
INTERVALS = (
    "Means over the worlds; rates are sums over sums; agents and waiting callers as they stood at the end. Also in intervals.csv, with "
    "bands and by need."
)
MOST_ROWS = 200  #: longer interval tables stay in the CSV file


@dataclass(frozen=True)
class Column:
    """A measure in a scope, under its heading."""

    measure: str
    label: str
    scope: Mapping[str, str] = field(default_factory=dict)


def of_channels(summary: Summary, measures: Sequence[str]) -> list[Column]:
    """Columns of ``measures`` for each channel, the telephone first."""
    return [
        Column(measure, named(OF_A_CHANNEL[measure], scope), scope)
        for scope in summary.by_channel()
        for measure in measures
        if measure != "service_level_of_arrived" or refuses(summary, scope)
    ]


def named(label: str, scope: Mapping[str, str]) -> str:
    """A label with the channel that it is about, where there are several."""
    return f"{label} ({scope['channel']})" if "channel" in scope else label


def refuses(summary: Summary, scope: Mapping[str, str]) -> bool:
    """Whether so many are refused, in the run or a phase of it, that the strictest service level belongs beside the usual one."""
    places = [scope, *({**scope, "phase": phase.name} for phase in summary.phases)]
    found = [estimated(summary, "block_rate", **place) for place in places]
    return any(e is not None and e.mean > REFUSED for e in found)


def tiles(summary: Summary, model: Model) -> list[Tile]:
    """The key figures that this run has."""
    urgent = most_urgent(model)
    wanted: list[Column] = []
    for measure, label in TILES:
        scope = summary.by_channel()[0] if measure in OF_A_CHANNEL else {}
        together = ", of all channels" if measure == "peak_queue" and len(summary.inbound) > 1 else ""
        wanted.append(Column(measure, named(f"{label}{together}", scope), scope))
    if urgent:
        wanted.insert(1, Column("never_served", f"of people with the most urgent need ({urgent}) got nobody", {"need": urgent}))
    found = []
    for one in wanted:
        estimate = estimated(summary, one.measure, **one.scope)
        if estimate is not None and estimate.n and (estimate.mean or "channel" not in one.scope):
            spread = f"{amount(estimate.p5, estimate.unit)} to {amount(estimate.p95, estimate.unit)}"
            found.append(Tile(with_margin(estimate), one.label, f"in nine worlds out of ten: {spread}"))
    return found


def estimated(summary: Summary, measure: str, **scope: str) -> Estimate | None:
    """The estimate, None where the run has none."""
    try:
        return summary.estimate(measure, **scope)
    except UsageError:
        return None


def phase_columns(summary: Summary) -> list[Column]:
    """What is told of each phase: counts of all contacts, then of each channel how they fared, then agents."""
    counts, agents = ([Column(measure, label) for measure, label in pairs] for pairs in (COUNTS, AGENTS))
    return [*counts, *of_channels(summary, CALLERS), *agents]


def phase_table(summary: Summary) -> Table:
    """Phases against measures; sums and ratios of sums over the phase, means over the worlds. Columns without any value are left out."""
    names = [*((phase.name, {"phase": phase.name}) for phase in summary.phases), ("whole run", {})]
    columns = phase_columns(summary)
    found = [[estimated(summary, one.measure, **one.scope, **scope) for one in columns] for _, scope in names]
    kept = [i for i, one in enumerate(columns) if not one.scope or any((e := row[i]) is not None and e.n for row in found)]
    rows = [
        (name, *("–" if (e := row[i]) is None else _short(e.mean, e.unit) for i in kept))
        for (name, _), row in zip(names, found, strict=True)
    ]
    return Table(("phase", *(columns[i].label for i in kept)), tuple(rows), PHASES, numbers=True, total=True)


def people(summary: Summary) -> Table:
    """Needs against the ways in which people's stories ended; columns that are zero for everybody are left out."""
    scopes = [*((need, {"need": need}) for need in summary.needs), ("everybody", {})]
    found = {(m, name): estimated(summary, m, **scope) for m, _ in PEOPLE for name, scope in scopes}
    there = {m for (m, _), e in found.items() if e is not None and (e.mean > 0 or m == "never_served")}
    shown = [(m, label) for m, label in PEOPLE if m in there]
    rows = tuple((name, *(_person(found[m, name]) for m, _ in shown)) for name, _ in scopes)
    return Table(("need", *(label for _, label in shown)), rows, FATES, numbers=True, total=True)


def interval_table(summary: Summary, time: LocalTime) -> Table | None:
    """Means over the worlds by interval; None where that would be longer than anybody reads."""
    if len(summary.interval_starts) > MOST_ROWS:
        return None
    columns = [
        *(Column(measure, label) for measure, label in INTERVAL_COUNTS), *of_channels(summary, CALLERS),
        *(Column(measure, label) for measure, label in INTERVAL_ENDS),
    ]  # fmt: skip
    series = [summary.over_time(one.measure, **one.scope) for one in columns]
    kept = [i for i, one in enumerate(columns) if not one.scope or any(map(math.isfinite, series[i].mean.tolist()))]
    rows = []
    for t, start in enumerate(summary.interval_starts.tolist()):
        name = time.clock(start) + (f" {time.since(start)}" if time.since(start) else "")
        rows.append((name, *(_short(float(series[i].mean[t]), series[i].unit) for i in kept)))
    return Table(("interval", *(columns[i].label for i in kept)), tuple(rows), INTERVALS, numbers=True)


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
