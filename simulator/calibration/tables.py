"""Clean tables of what was observed, with nothing of any person: what `crisis calibrate` reads again, and people can open."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from simulator.calibration import account
from simulator.calibration.importing import Import
from simulator.calibration.observed import SUMS, AtWork, Calls, Intervals, Outcome

OBSERVED, CALLS, AGENTS, ASIDE = "observed.csv", "calls.csv", "agents.csv", "set-aside.csv"
WORDS = {kind: kind.name.lower().replace("_", "-") for kind in Outcome}


def write(found: Import, folder: Path) -> list[str]:
    """Write the tables of an import into a folder and return their names; an older set of them is replaced."""
    observed = found.observed
    assert observed is not None
    folder.mkdir(parents=True, exist_ok=True)
    made = [OBSERVED, ASIDE]
    _csv(folder / OBSERVED, ("queue", "interval", *SUMS), _intervals(observed.intervals))
    account.write(found.accounts, folder / ASIDE)
    if observed.staff:
        made.append(AGENTS)
        _csv(folder / AGENTS, ("team", "interval", "agents"), _agents(observed.staff))
    if observed.calls is not None and not found.given.aggregate:
        made.append(CALLS)
        _csv(folder / CALLS, ("queue", "arrival", "wait", "outcome", "talk", "wrap", "since_last", "last"), _calls(observed.calls))
    for name in {AGENTS, CALLS} - set(made):
        (folder / name).unlink(missing_ok=True)
    return sorted(made)


def _csv(path: Path, heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heading)
        writer.writerows(rows)


def _cells(values: np.ndarray[Any, Any]) -> list[str]:
    return ["" if not np.isfinite(value) else f"{value:.10g}" for value in values.tolist()]


def _moments(values: np.ndarray[Any, Any]) -> list[str]:
    return (
        [str(moment) for moment in values.astype("datetime64[s]").tolist()]
        if not len(values)
        else np.datetime_as_string(values, "s").tolist()
    )


def _intervals(rows: Intervals) -> Iterator[tuple[str, ...]]:
    names = [rows.queues[k] for k in rows.queue.tolist()]
    return zip(names, _moments(rows.start), *(_cells(rows[name]) for name in SUMS), strict=True)


def _agents(teams: Sequence[AtWork]) -> Iterator[tuple[str, ...]]:
    for team in teams:
        yield from zip([team.name] * len(team.start), _moments(team.start), _cells(team.agents), strict=True)


def _calls(calls: Calls) -> Iterator[tuple[str, ...]]:
    names = [calls.queues[k] for k in calls.queue.tolist()]
    outcome = [WORDS[Outcome(k)] for k in calls.outcome.tolist()]
    last = ["" if k < 0 else WORDS[Outcome(k)] for k in calls.last.tolist()]
    columns = (_cells(calls.wait), outcome, _cells(calls.talk), _cells(calls.wrap), _cells(calls.since), last)
    return zip(names, _moments(calls.start), *columns, strict=True)
