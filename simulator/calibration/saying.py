"""What was understood, said back before anything is used: files, columns, units, agents, days, books, questions."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from simulator.calibration.answers import told
from simulator.calibration.importing import Import, Read
from simulator.calibration.meanings import Kind, meaning
from simulator.calibration.observed import Observed
from simulator.calibration.special import WEEKDAYS, volumes, weekday

MOST_DAYS = 14


def text(found: Import, *, whole: bool = False) -> str:
    """The answer of ``crisis import``; ``whole`` shows every day."""
    lines = [line for file in found.files for line in _file(file)]
    lines += _persons(found)
    if found.observed is not None:
        lines += _observed(found.observed, whole=whole)
    lines += told(list(found.questions))
    return "\n".join(lines) + "\n"


def _file(file: Read) -> Iterator[str]:
    rows = file.intervals
    what = f"{file.grid.system.title}, {file.account.rows:,} rows"
    if rows is not None:
        days = len(np.unique(rows.days))
        queues = f"{len(rows.queues)} queue{'s' if len(rows.queues) != 1 else ''}"
        what += f": {queues} x {rows.length / 60:g} min, {days} day{'s' if days != 1 else ''}"
    elif file.calls is not None:
        days = len(np.unique(file.calls.start.astype("datetime64[D]")))
        queues = f"{len(file.calls.queues)} queue{'s' if len(file.calls.queues) != 1 else ''}"
        what += f": single calls of {queues}, {days} day{'s' if days != 1 else ''}"
    where = f"heading on line {file.grid.line}, " if file.grid.line > 1 else ""
    yield f"{file.grid.file}   {what}"
    yield f"  {where}{file.grid.encoding}, cells separated by {_mark(file.grid.separator)}"
    yield from _columns(file)
    agents = [team for team in file.staff if len(team.agents)]
    if agents:
        most = sum(float(np.nanmax(team.agents)) for team in agents)
        also = "" if math.isnan(file.agents_by_skill) else f". (Summed over skills it would be {file.agents_by_skill:,.0f}.)"
        yield f"  agents     {most:,.0f} people at most, each counted once{also}"
    for note in dict.fromkeys(file.notes):
        yield f"  note       {note}"
    yield from _books(file)


def _mark(separator: str) -> str:
    return {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}[separator]


def _columns(file: Read) -> Iterator[str]:
    plan = file.plan
    width = max((len(file.grid.headings[place]) for place in plan.uses), default=0)
    for place, use in plan.uses.items():
        found = meaning(use.meaning)
        assert found is not None
        timed = found.kind in (Kind.TOTAL, Kind.MEAN, Kind.EACH)
        unit = f", bare numbers in {use.unit or plan.system.unit}" if timed else ""
        dropped = ", dropped while reading" if found.kind is Kind.PERSON else ""
        if use.meaning.partition(" ")[0] in ("answered_bin", "abandoned_bin", "edge") and not use.meaning.endswith(" 1"):
            continue
        yield f"  {file.grid.headings[place]:<{width}}  {found.says}{unit}{dropped}"
    why: dict[str, list[str]] = {}
    for heading, reason in plan.unused.items():
        why.setdefault(reason, []).append(heading)
    for reason, headings in why.items():
        shown = ", ".join(headings[:6]) + (f" and {len(headings) - 6} more" if len(headings) > 6 else "")
        yield f"  not used   {shown}: {reason}"


def _books(file: Read) -> Iterator[str]:
    account = file.account
    yield f"  calls in {account.calls:,.0f} = used {account.used:,.0f} + set aside {account.set_aside:,.0f}"
    for reason, (lines, calls) in account.reasons().items():
        rows = f"{lines:,} row{'s' if lines != 1 else ''}"
        first = min(line for line, _ in account.lines[reason])
        what = (
            f"{calls:,.0f} calls"
            if reason not in account.no_calls and calls
            else "no calls"
            if reason in account.no_calls
            else "calls unknown"
        )
        yield f"     {what:>14}  {reason} ({rows}, the first on line {first})"


def _persons(found: Import) -> Iterator[str]:
    agents = any(file.plan.place("agent") is not None for file in found.files) or any(f.grid.system.rows == "events" for f in found.files)
    callers = any(file.plan.place("caller") is not None for file in found.files) or any(f.grid.system.rows == "events" for f in found.files)
    ids = "agent ids dropped while reading" if agents else "no agent ids found"
    numbers = "numbers of callers replaced by marks that nobody can turn back, and not written" if callers else "no telephone numbers found"
    aggregate = "; nothing is kept of single calls" if found.given.aggregate else ""
    yield f"Personal data: {ids}; {numbers}{aggregate}."
    yield "Not in any queue export: who ended in the menu, and who heard busy at the carrier. Unknown here."


def _observed(observed: Observed, *, whole: bool) -> Iterator[str]:
    days, calls = volumes(observed.intervals)
    yield f"{len(days)} day{'s' if len(days) != 1 else ''}, {days[0]} to {days[-1]}, {calls.sum():,.0f} calls"
    gone = int((days[-1] - days[0]).astype(int)) + 1 - len(days)
    if gone:
        yield f"  {gone} days between have no rows"
    shown = range(len(days)) if whole or len(days) <= MOST_DAYS else [*range(5), -1, *range(len(days) - 3, len(days))]
    for i in shown:
        if i < 0:
            yield f"  ... {len(days) - 8} more (all of them with --show)"
            continue
        yield f"  {days[i]} {WEEKDAYS[weekday(days[i : i + 1])[0]][:3]}  {calls[i]:>9,.0f} calls"
    if observed.special:
        yield "Special days, kept out of what is usual; say --ordinary DAY if one is not, --incident DAY to review one:"
        for day, why in observed.special.items():
            yield f"  {day}  {why}"
