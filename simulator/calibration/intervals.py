"""A table with a row for each interval: checked, completed from means and shares, its books kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.calibration.account import UNKNOWN
from simulator.calibration.answers import Question
from simulator.calibration.cells import MOST_UNREADABLE, Cells, only_voice
from simulator.calibration.observed import AtWork, Bins, Intervals, summed
from simulator.scenario.problem import wrong

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
LONGEST_HANDLE = 3 * 3600.0
"""Seconds of mean handle time above which a duration can only be in milliseconds."""
LEAST_GAP = 0.02
"""The share of calls of which the fate may be missing before it is told."""
CORE = ("arrived", "answered", "abandoned")


@dataclass
class Part:
    """What one file gives: intervals with agents, as far as it has them."""

    intervals: Intervals
    staff: tuple[AtWork, ...]
    agents_by_skill: float = float("nan")  #: people, if each were counted in each of their skills


def read(cells: Cells) -> Part:
    """The rows of one export; raises Wrong where too little of it can be read."""
    start = cells.starts()
    counts = {name: cells.numbers(name) for name in (*CORE, "phantom", "sent_away", "second_legs", "before_queue", "answered_in_time")}
    arrived = _arrivals(cells, counts)
    kept = _sound(cells, start, arrived)
    kept &= _once(cells, start, kept, arrived)
    phantom, before = (np.minimum(np.nan_to_num(counts[name]), np.nan_to_num(arrived)) for name in ("phantom", "before_queue"))
    before = np.minimum(before, np.nan_to_num(arrived) - phantom)
    for calls, reason in ((phantom, "phantom: no person called"), (before, "ended before the queue")):
        for row in np.flatnonzero(kept & (calls > 0)):
            cells.account.aside(reason, cells.lines[row], float(calls[row]))
    legs = np.nan_to_num(counts["second_legs"])[kept].sum()
    if legs:
        cells.notes.append(f"{legs:,.0f} calls were handed over from another queue: who was, is here twice")
    columns = _columns(cells, counts, arrived - phantom - before, phantom)
    _compare(cells, columns, kept)
    names, queue = cells.queues()
    length = _length(cells, start[kept], queue[kept])
    columns = _in_seconds(cells, columns, kept, length)
    order = np.lexsort((queue[kept], start[kept]))
    rows = np.flatnonzero(kept)[order]
    found = Intervals(length, names, queue[rows], start[rows], {n: v[rows] for n, v in columns.items()}, _bins(cells, rows))
    if cells.has("agent"):
        found = summed(found)
    staff, by_skill = _staff(cells, start, queue, names, kept, length)
    _unreadable(cells)
    return Part(found, staff, by_skill)


def _arrivals(cells: Cells, counts: dict[str, Floats]) -> Floats:
    """Calls that reached the queue in each row; NaN where nobody can tell. The books are opened with them."""
    parts = np.nan_to_num(counts["answered"]) + np.nan_to_num(counts["abandoned"]) + np.nan_to_num(counts["sent_away"])
    known = np.isfinite(counts["answered"]) & (np.isfinite(counts["abandoned"]) | ~np.isfinite(counts["arrived"]))
    arrived = np.where(np.isfinite(counts["arrived"]), counts["arrived"], np.where(known, parts, np.nan))
    for name in CORE:
        arrived[cells.unread(name)] = np.nan
    cells.account.calls += float(np.nansum(arrived))
    return arrived


def _sound(cells: Cells, start: NDArray[np.datetime64], arrived: Floats) -> Flags:
    """Which rows can be used; the others are set aside with the reason."""
    kept = np.ones(len(cells), dtype=np.bool_)
    unread = np.isnat(start)
    nobody = np.isnan(arrived)
    empty = nobody & ~np.logical_or.reduce([cells.unread(name) for name in CORE])
    reasons = (
        (unread, "its date or time cannot be read"),
        (nobody & ~empty, "its number of calls cannot be read"),
        (empty, "it has no number of calls"),
        (~only_voice(cells), "not by telephone"),
        (cells.flags("incomplete"), "marked as incomplete"),
        (~cells.flags("complete") if cells.has("complete") else np.zeros(len(cells), dtype=np.bool_), "marked as incomplete"),
    )
    for flags, reason in reasons:
        for row in np.flatnonzero(flags & kept):
            calls = UNKNOWN if np.isnan(arrived[row]) else float(arrived[row])
            if reason == "it has no number of calls":
                cells.account.aside(reason, cells.lines[row], 0.0, holds=False)
            else:
                cells.account.aside(reason, cells.lines[row], calls)
        kept &= ~flags
    broken = int((unread | (nobody & ~empty)).sum())
    if broken > MOST_UNREADABLE * len(cells) or not kept.any():
        at = int(np.flatnonzero(unread | nobody | ~kept)[0])
        what = "date or time" if unread[at] else "number of calls"
        hint = "say in import.yaml what each column is, or `--as` which system wrote it"
        count = max(broken, int((~kept).sum()))
        raise wrong(
            f"`{cells.plan.file}`: {count} of {len(cells)} rows cannot be used, the first on line {cells.lines[at]}: its {what}",
            hint,
            "csv",
        )
    return kept


def _once(cells: Cells, start: NDArray[np.datetime64], kept: Flags, arrived: Floats) -> Flags:
    """Which rows are not there twice; the night on which clocks are put back has one hour twice by right."""
    _, queue = cells.queues()
    agent = cells.marks("agent")
    stamps = start.astype("datetime64[s]").astype(np.int64)
    keys: dict[tuple[int, int, int], list[int]] = {}
    for row in np.flatnonzero(kept):
        keys.setdefault((int(stamps[row]), int(queue[row]), int(agent[row])), []).append(int(row))
    good = np.ones(len(cells), dtype=np.bool_)
    open_: list[int] = []
    for alike in keys.values():
        if len(alike) == 1 or (len(alike) == 2 and _shown_twice(start[alike[0]], cells.given.timezone)):
            continue
        same = all(arrived[one] == arrived[alike[0]] for one in alike)
        keep = {"last": alike[-1:], "both": alike}.get(cells.given.repeated, alike[:1])
        if not same and not cells.given.repeated:
            open_.append(alike[1])
        for one in alike:
            if one not in keep:
                good[one] = False
                cells.account.aside("the same interval again", cells.lines[one], float(arrived[one]))
    if open_:
        first = open_[0]
        where = f"the first on line {cells.lines[first]} ({start[first]})"
        text = f"{cells.plan.file}: {len(open_)} intervals come twice with other numbers, {where}"
        options = ("--repeated first", "--repeated last", "--repeated both (the clocks were put back: give --timezone instead)")
        cells.questions.append(Question(text, options))
    return good


def _shown_twice(moment: np.datetime64, timezone: str) -> bool:
    """Whether the clocks of a time zone show this moment twice."""
    if not timezone:
        return False
    from datetime import datetime
    from zoneinfo import ZoneInfo

    naive = datetime.fromisoformat(str(moment))
    one, other = (naive.replace(tzinfo=ZoneInfo(timezone), fold=fold).utcoffset() for fold in (0, 1))
    return one is not None and other is not None and one > other


def _length(cells: Cells, start: NDArray[np.datetime64], queue: NDArray[np.int64]) -> float:
    """Seconds of an interval: as the table says, else the step that most rows of a queue are apart."""
    if cells.has("length"):
        said = cells.numbers("length")
        values = said[np.isfinite(said) & (said > 0)]
        if len(values):
            return float(np.median(values)) * 60
    order = np.lexsort((start, queue))
    steps = np.diff(start[order].astype("datetime64[s]").astype(np.int64))[np.diff(queue[order]) == 0]
    found = Counter(int(step) for step in steps if 0 < step <= 86_400)
    if not found:
        if cells.has("clock") or cells.has("moment"):
            raise wrong(
                f"`{cells.plan.file}`: its rows say nothing about how long an interval is",
                "export at least two intervals of one queue",
                "csv",
            )
        return 86_400.0
    most = max(found.values())
    return float(min(step for step, times in found.items() if times >= most / 2))


def _columns(cells: Cells, counts: dict[str, Floats], arrived: Floats, phantom: Floats) -> dict[str, Floats]:
    """Calls, and sums of seconds: as they stand, or from means and shares."""
    away = np.nan_to_num(counts["sent_away"])
    answered, abandoned = counts["answered"], counts["abandoned"] - phantom
    share = cells.numbers("abandoned_share")
    abandoned = np.where(
        np.isfinite(abandoned), abandoned, np.where(np.isfinite(share), np.round(share * arrived), arrived - answered - away)
    )
    answered = np.where(np.isfinite(answered), answered, arrived - abandoned - away)
    in_time = counts["answered_in_time"]
    if cells.has("service_level") and not cells.has("answered_in_time"):
        in_time = np.full(len(cells), np.nan)
    made = {
        "arrived": arrived, "answered": np.maximum(answered, 0), "abandoned": np.maximum(abandoned, 0), "sent_away": away,
        "answered_in_time": in_time,
    }  # fmt: skip
    for name, mean, over in (
        ("answer_wait", "mean_answer_wait", "answered"), ("abandon_wait", "mean_abandon_wait", "abandoned"),
        ("talk", "mean_talk", "answered"), ("hold", "mean_hold", "answered"), ("wrap", "mean_wrap", "answered"),
        ("handle", "mean_handle", "answered"),
    ):  # fmt: skip
        total, each = cells.durations(name), cells.durations(mean)
        made[name] = np.where(np.isfinite(total), total, np.where(made[over] == 0, 0.0, each * made[over]))
    hold, wrap = np.nan_to_num(made.pop("hold")), made["wrap"]
    handle = made.pop("handle")
    talk = made["talk"] + hold
    made["talk"] = np.where(np.isfinite(talk), talk, handle - np.nan_to_num(wrap))
    made["wrap"] = np.where(np.isfinite(wrap), wrap, np.where(np.isfinite(handle) & np.isfinite(talk), np.maximum(handle - talk, 0), wrap))
    if not any(map(cells.has, ("talk", "mean_talk", "wrap", "mean_wrap"))) and np.isfinite(handle).any():
        cells.notes.append("handle time is not split into talk and work after calls: all of it counts as talk")
        made["wrap"] = np.where(np.isfinite(handle), 0.0, np.nan)
    return made


def _compare(cells: Cells, columns: dict[str, Floats], kept: Flags) -> None:
    """Note how many calls neither reached an agent nor gave up nor were sent away, as far as the table counts."""
    arrived, others = (float(np.nansum(np.where(kept, values, 0))) for values in (
        columns["arrived"], columns["answered"] + columns["abandoned"] + columns["sent_away"],
    ))  # fmt: skip
    if arrived and abs(others / arrived - 1) > LEAST_GAP:
        told = (
            f"{arrived - others:,.0f} calls more arrived than were answered, gave up or were sent away"
            if others < arrived
            else (f"{others - arrived:,.0f} calls more were answered, gave up or were sent away than arrived")
        )
        cells.notes.append(f"{told} ({abs(others / arrived - 1):.1%}): counted at another moment, or ended where this table does not look")


def _in_seconds(cells: Cells, columns: dict[str, Floats], kept: Flags, length: float) -> dict[str, Floats]:
    """The same, divided by a thousand where durations can only be milliseconds, or multiplied where they were none."""
    answered = np.where(kept, columns["answered"], 0).sum()
    handled = np.nansum(np.where(kept, columns["talk"], np.nan)) + np.nansum(np.where(kept, columns["wrap"], np.nan))
    staffed = (
        np.nansum(np.where(kept, cells.durations("staffed"), np.nan)) or np.nansum(np.where(kept, cells.numbers("agents"), np.nan)) * length
    )
    if not answered or not handled:
        return columns
    mean, factor = handled / answered, 1.0
    milli = cells.plan.system.unit == "ms"
    if not milli and (mean > LONGEST_HANDLE or (staffed and handled > 20 * staffed)):
        factor, told = 0.001, f"a mean handle time of {mean:,.0f} can only be milliseconds: divided by 1,000"
    elif milli and mean < 1.0:
        factor, told = (
            1000.0,
            f"a mean handle time of {mean * 1000:,.0f} can only be seconds, whatever {cells.plan.system.title} writes else",
        )
    else:
        return columns
    cells.notes.append(told)
    return {n: v * factor if n in ("answer_wait", "abandon_wait", "talk", "wrap") else v for n, v in columns.items()}


def _bins(cells: Cells, rows: NDArray[np.int64]) -> Bins | None:
    """Waits by bin, of the rows whose edges did not change within them."""
    places = sorted(int(name.split()[1]) for name in cells.plan.meanings if name.startswith("answered_bin "))
    edges = [cells.numbers(f"edge {k}")[rows] for k in sorted(int(n.split()[1]) for n in cells.plan.meanings if n.startswith("edge "))]
    if len(places) < 2 or len(edges) != len(places) - 1 or not len(rows):
        return None
    matrix = np.stack(edges, axis=1)
    if np.isnan(matrix).all(axis=0).any():
        return None
    usual = np.nanmedian(matrix, axis=0)
    if not (np.isfinite(usual).all() and (np.diff(usual) > 0).all() and usual[0] > 0):
        return None
    fits = (matrix == usual).all(axis=1) & ~cells.flags("edges_changed")[rows]
    if not fits.all():
        cells.notes.append(f"wait bins of {int((~fits).sum())} rows are not used: their edges changed")
    answered, abandoned = (
        np.where(fits[:, None], np.stack([cells.numbers(f"{name} {k}")[rows] for k in places], axis=1), np.nan)
        for name in ("answered_bin", "abandoned_bin")
    )
    return Bins(usual, answered, abandoned)


def _staff(
    cells: Cells, start: NDArray[np.datetime64], queue: NDArray[np.int64], names: tuple[str, ...], kept: Flags, length: float
) -> tuple[tuple[AtWork, ...], float]:
    """Agents at work by interval, each person once; and how many there would be if each were counted in each of their skills."""
    people = cells.numbers("agents") if cells.has("agents") else cells.durations("staffed") / length
    by_skill = np.nan
    if cells.has("staffed_by_skill"):
        sums = cells.durations("staffed_by_skill")[kept] / length
        moments, place = np.unique(start[kept], return_inverse=True)
        by_skill = float(np.max(np.bincount(place.reshape(-1), np.nan_to_num(sums), len(moments)), initial=0.0))
        if not (cells.has("staffed") or cells.has("agents")):
            if len(names) > 1:
                cells.notes.append(
                    "agents: not in this file (staffed time is kept by skill, which counts a person in each of their skills)"
                )
                return (), by_skill
            people = cells.durations("staffed_by_skill") / length
    usable = kept & np.isfinite(people)
    if not usable.any():
        return (), by_skill
    if cells.has("agent"):  # a row for each agent and skill: each person counts once
        return (AtWork("agents", names, *_each_once(start[usable], cells.marks("agent")[usable], people[usable]), length),), by_skill
    moments, place = np.unique(start[usable], return_inverse=True)
    place = place.reshape(-1)
    if len(names) > 1:
        most, least = np.full(len(moments), -np.inf), np.full(len(moments), np.inf)
        np.maximum.at(most, place, people[usable])
        np.minimum.at(least, place, people[usable])
        alike = np.mean(np.isclose(most, least, rtol=0.02, atol=0.05)) > 0.9
        if not alike and not cells.given.agents:
            text = f"{cells.plan.file}: agents differ from queue to queue; does each queue have its own, or does a person count in several?"
            cells.questions.append(Question(text, ("--agents own", "--agents shared")))
        if not alike and cells.given.agents != "shared":
            own = tuple(
                AtWork(name, (name,), start[usable & (queue == k)], people[usable & (queue == k)], length) for k, name in enumerate(names)
            )
            return tuple(team for team in own if len(team.start)), by_skill
        return (AtWork("agents", names, moments, most, length),), by_skill
    most = np.full(len(moments), -np.inf)
    np.maximum.at(most, place, people[usable])
    return (AtWork("agents", names, moments, most, length),), by_skill


def _each_once(start: NDArray[np.datetime64], agent: NDArray[np.int64], people: Floats) -> tuple[NDArray[np.datetime64], Floats]:
    """Agents by moment, from rows of agents who may have several in one interval."""
    stamps = start.astype("datetime64[s]").astype(np.int64)
    pairs, place = np.unique(np.stack([stamps, agent]), axis=1, return_inverse=True)
    most = np.zeros(pairs.shape[1])
    np.maximum.at(most, place.reshape(-1), people)
    moments, when = np.unique(pairs[0], return_inverse=True)
    return moments.astype("datetime64[s]"), np.bincount(when.reshape(-1), most, len(moments)).astype(np.float64)


def _unreadable(cells: Cells) -> None:
    for name, (count, example) in cells.bad.items():
        if name not in CORE:
            cells.notes.append(f"{count} cells of {name} cannot be read and count as unknown ({example})")
