"""A runnable scenario out of a fit: the usual week as tables, ranges for what is estimated, and a source for everything."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulator.calibration.estimate import Estimate, Known
from simulator.calibration.fit import Fit, QueueFit, TeamFit
from simulator.calibration.special import weekday
from simulator.scenario.week import WEEKDAYS

Floats = NDArray[np.float64]
SHARED = "days"
"""The busyness that all queues of a centre share."""
BY_TALK = 200.0
"""Calls by which the talk of an interval leans to that of its queue."""


def files(fit: Fit, name: str, timezone: str) -> dict[str, str]:
    """The text of each file of a new scenario called ``name``, by its path."""
    monday = _monday(fit, timezone)
    made = {f"data/{q.name}.csv": _demand(fit, q, monday) for q in fit.queues}
    for team in fit.teams:
        made[f"data/{team.name}.csv"] = _roster(team, fit)
    return {f"{name}.yaml": _scenario(fit, name, timezone, monday), **made}


def _monday(fit: Fit, timezone: str) -> date:
    """The first Monday after the observations in whose week no clock is changed."""
    last = date.fromisoformat(str(fit.observed.intervals.start.max())[:10])
    found = last + timedelta(days=7 - last.weekday())
    zone = ZoneInfo(timezone)
    while len({datetime.combine(found + timedelta(days=k), time(), zone).utcoffset() for k in range(9)}) > 1:
        found += timedelta(weeks=1)
    return found


def usual_day(fit: Fit) -> int:
    """The weekday on which most people call, 0 for Monday."""
    return int(np.argmax(sum(q.week.calls.sum(axis=1) for q in fit.queues)))


def hours(fit: Fit) -> tuple[int, int]:
    """The first and the last hour of the usual day in which anybody calls or works."""
    length = fit.observed.intervals.length
    calls = sum(q.week.calls[usual_day(fit)] for q in fit.queues)
    busy = np.flatnonzero(np.asarray(calls) > 0.05)
    return int(busy[0] * length // 3600), math.ceil((busy[-1] + 1) * length / 3600)


def _table(heading: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> str:
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(rows)
    return made.getvalue()


def _demand(fit: Fit, queue: QueueFit, monday: date) -> str:
    """The usual week, dated: calls of each interval, and talk where it differs by the time of day."""
    talk = talk_by_slot(fit, queue)
    length = timedelta(seconds=queue.week.length)

    def rows() -> Iterator[tuple[object, ...]]:
        for k in queue.week.open_days:
            midnight = datetime.combine(monday + timedelta(days=k), time())
            for slot, calls in enumerate(queue.week.calls[k]):
                at = midnight + slot * length
                yield f"{at:%Y-%m-%dT%H:%M}", f"{calls:.4f}", f"{talk[slot]:.2f}"

    return _table(("interval", "arrivals", "talk_time"), rows())


def talk_by_slot(fit: Fit, queue: QueueFit) -> Floats:
    """Mean talk by interval of the day, seconds; few calls lean to the mean of the queue."""
    rows = fit.observed.intervals.of(queue.queue)
    k = queue.week.calls.shape[1]
    slot = rows.start.astype("datetime64[s]").astype(np.int64) % 86_400 // int(rows.length)
    known = np.isfinite(rows["talk"])
    calls = np.bincount(slot[known], rows["answered"][known], k)
    seconds = np.bincount(slot[known], rows["talk"][known], k)
    mean = queue.handling.talk.value
    found = (seconds + BY_TALK * mean) / (calls + BY_TALK)
    weight = queue.week.calls.sum(axis=0)
    return np.asarray(found * mean / max(float((found * weight).sum() / max(weight.sum(), 1e-9)), 1e-9))


def _roster(team: TeamFit, fit: Fit) -> str:
    """Agents at work by weekday and interval, in the mean of usual days; part of an agent is part of the interval."""
    return _table(("start", "end", "agents", "days"), (row for k in range(7) for row in _of_day(team, fit, k)))


def _of_day(team: TeamFit, fit: Fit, number: int) -> Iterator[tuple[str, str, int, str]]:
    special = fit.observed.special
    at = team.team
    usual = np.array([str(day) not in special for day in at.start.astype("datetime64[D]")], dtype=np.bool_)
    mine = usual & (weekday(at.start) == number)
    if not mine.any():
        return
    minutes = round(at.length / 60)
    slot = at.start[mine].astype("datetime64[s]").astype(np.int64) % 86_400 // int(at.length)
    days = len(np.unique(at.start[mine].astype("datetime64[D]")))
    present = np.bincount(slot, at.agents[mine]) / days
    for start, end, count in whole_agents(present, minutes):
        yield _clock(start), _clock(end), count, WEEKDAYS[number]


def whole_agents(present: Floats, minutes: int) -> Iterator[tuple[int, int, int]]:
    """Intervals of the day in whole agents and minutes: start, end and how many, where ``present`` has the mean of each interval.

    Part of an agent is one agent for part of the interval: at its end where more follow than went before, else at its beginning.
    """
    around = np.concatenate(([0.0], present, [0.0]))
    for k, agents in enumerate(present.tolist()):
        start, whole = k * minutes, int(agents)
        more = round((agents - whole) * minutes)
        if more == minutes:
            whole, more = whole + 1, 0
        cut = minutes - more if around[k + 2] > around[k] else more
        first, second = (whole, whole + 1) if around[k + 2] > around[k] else (whole + 1, whole)
        for begins, ends_at, count in ((start, start + cut, first), (start + cut, start + minutes, second)):
            if count and ends_at > begins:
                yield begins, ends_at, count


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


# -- the scenario file -----------------------------------------------------------------------------------------------------


def seconds(value: float) -> str:
    """A duration as the language writes it."""
    return f"{value:.1f}s" if value < 1000 else f"{value:.0f}s"


def percent(value: float) -> str:
    """A share as the language writes it."""
    return f"{100 * value:.2f}%"


TO_ENDS = 1 / (1 - math.sqrt(0.1))
"""A range is drawn from a triangle between its ends: those whose 5 % and 95 % quantiles are a 90 % interval are so much further away."""


def ends(found: Estimate, most: float = math.inf) -> tuple[float, float, float]:
    """The low end, the likely value and the high end of the range that has the 90 % interval of an estimate, from 0 to ``most``."""
    likely = min(max(found.value, 0.0), most)
    low = min(max(found.value - (found.value - found.low) * TO_ENDS, 0.0), likely)
    high = max(min(found.value + (found.high - found.value) * TO_ENDS, most), likely)
    return low, likely, high


def ranged(found: Estimate, scale: float = 1.0) -> str:
    """A range of durations, each times ``scale``, as the language writes it."""
    low, likely, high = (value * scale for value in ends(found))
    return f"{{likely: {seconds(likely)}, low: {seconds(low)}, high: {seconds(high)}}}"


def shares(found: Estimate, most: float = 1.0) -> str:
    """A range of shares as the language writes it."""
    low, likely, high = ends(found, most)
    return f"{{likely: {percent(likely)}, low: {percent(low)}, high: {percent(high)}}}"


def values(fit: Fit) -> dict[str, tuple[str, Estimate]]:
    """What is estimated, by its path in the scenario: the text that is written there, and where it comes from."""
    found: dict[str, tuple[str, Estimate]] = {}
    for q in fit.queues:
        found[f"needs.{q.name}.talk_time"] = (_talk(q), q.handling.talk)
        if q.handling.wrap.value > 0:
            found[f"needs.{q.name}.wrap_up"] = (ranged(q.handling.wrap), q.handling.wrap)
        found[f"needs.{q.name}.patience"] = (_patience(q), q.patience.mean)
        found[f"demand.{q.name}.day_cv"] = (shares(q.week.day_cv), q.week.day_cv)
    for t in fit.teams:
        if t.free.not_free.known is not Known.NOWHERE and t.free.not_free.high > 0:
            found[f"teams.{t.name}.not_free"] = (shares(t.free.not_free, 0.89), t.free.not_free)
    return found


def _talk(q: QueueFit) -> str:
    if q.handling.quantiles:
        return f"{{empirical: [{', '.join(seconds(v) for v in q.handling.quantiles)}]}}"
    sigma = math.sqrt(math.log1p((q.handling.spread.value / q.handling.talk.value) ** 2))
    median = ranged(q.handling.talk, math.exp(-(sigma**2) / 2))
    return f"{{lognormal: {{median: {median}, sigma: {sigma:.3f}}}}}"


def _patience(q: QueueFit) -> str:
    if q.patience.rates:
        edges = ", ".join(seconds(edge) for edge in q.patience.edges)
        rates = ", ".join(f"{max(rate, 1e-7) * 60:.5f}" for rate in q.patience.rates)
        return f"{{hazard: {{edges: [{edges}], per_minute: [{rates}]}}}}"
    return f"{{mean: {ranged(q.patience.mean)}}}"


def source(found: Estimate, names: str) -> str:
    """What stands under `sources` for an estimate."""
    kind = "assumed" if found.known is Known.ASSUMED else "record"
    return f"{{{kind}: {quoted(f'calibrated from {names}: {found.source}')}}}"


def quoted(text: str) -> str:
    """A text in double quotes, whatever is in it."""
    return json.dumps(text, ensure_ascii=False)


def _scenario(fit: Fit, name: str, timezone: str, monday: date) -> str:
    first, last = hours(fit)
    long = last - first
    day = monday + timedelta(days=usual_day(fit))
    names = ", ".join(fit.observed.files)
    written = values(fit)
    shared = len(fit.queues) > 1
    people = {t.name: max(math.ceil(float(np.nanmax(t.team.agents))) + 1, 1) for t in fit.teams} or {"agents": 10}
    served = {t.name: [q.name for q in fit.queues if q.queue in t.team.queues] for t in fit.teams} or {
        "agents": [q.name for q in fit.queues]
    }
    minutes = round(fit.observed.intervals.length / 60)
    notes = f"Calibrated from {names}. The tables have the usual week; move `clock.start` to another of its days."
    lines = [
        "schema: crisis/v1",
        f"name: {name}",
        f"title: An ordinary {day:%A}, as observed",
        "question: What do callers meet on an ordinary day?",
        f"notes: {quoted(notes)}",
        "",
        f"clock: {{timezone: {timezone}, start: {day}T{first:02d}:00, duration: {long}h, interval: {minutes}m, phases: {{day: start}}}}",
        "",
        "needs:",
    ]
    for q in fit.queues:
        keys = ("talk_time", "wrap_up", "patience")
        parts_of = [f"{key}: {written[path][0]}" for key in keys if (path := f"needs.{q.name}.{key}") in written]
        lines.append(f"  {q.name}: {{urgency: 2, {', '.join(parts_of)}}}")
    lines += ["", "demand:"]
    for q in fit.queues:
        common = f", busyness: {SHARED}" if shared and q.week.day_cv.high > 0 else ""
        cv = f", day_cv: {written[f'demand.{q.name}.day_cv'][0]}" if q.week.day_cv.high > 0 else ""
        lines.append(f"  {q.name}: {{from: data/{q.name}.csv{cv}{common}}}")
    most = sum(people.values())
    lines += [
        "",
        "# The calls in the tables hold those who called again, so that nobody does here.",
        "channels:",
        "  voice: {target: 80% in 20s, redial: {busy: {probability: 0%, after: 1m}, abandoned: {probability: 0%, after: 1m}}}",
        f"links: {{carrier: {{lines: {4 * most + 50}}}}}",
        f"sites: {{office: {{seats: {most}, links: carrier}}}}",
        "",
        "teams:",
    ]
    for team, count in people.items():
        rate = written.get(f"teams.{team}.not_free")
        free = f", not_free: {rate[0]}" if rate else ""
        roster = f", roster: {{at_work: data/{team}.csv}}" if fit.teams else ""
        skills = ", ".join(f"{need}: 1" for need in served[team])
        lines.append(f"  {team}: {{headcount: {count}, site: office, skills: {{{skills}}}{roster}{free}}}")
    lines += ["", "sources:"]
    lines += [f"  {path}: {source(found, names)}" for path, (_, found) in written.items()]
    lines += [f"  demand.{q.name}: {{record: {quoted(f'the usual week of {q.week.days} days in {names}')}}}" for q in fit.queues]
    roster_source = (
        f"{{record: {quoted(f'agents at work in the mean of usual days, {names}')}}}"
        if fit.teams
        else "{assumed: agents are not in these files}"
    )
    lines += [f"  teams.{team}: {roster_source}" for team in people]
    lines += [
        "  needs: {assumed: of one urgency}", "  channels: {assumed: the usual target}",
        "  links: {assumed: more lines than anybody needs; what the carrier lost is not in these files}",
        "  sites: {assumed: a seat for everybody}",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"
