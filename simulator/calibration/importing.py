"""Reading exports: each by its plan, all together as what was observed, with the books and what is still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from simulator.calibration import calls as calls_table
from simulator.calibration import events, intervals, mapping
from simulator.calibration.account import Account
from simulator.calibration.answers import Answers, Question
from simulator.calibration.cells import Cells
from simulator.calibration.grid import Grid, grid_of
from simulator.calibration.mapping import Entry, Plan
from simulator.calibration.observed import AtWork, Calls, Intervals, Observed, counted, joined
from simulator.calibration.special import special_days
from simulator.errors import Diagnostic, ScenarioError
from simulator.scenario.problem import Wrong, wrong

HALF_HOUR = 1800.0
"""Seconds of the intervals into which single calls are counted."""


@dataclass
class Read:
    """One file as it was understood."""

    path: Path
    grid: Grid
    plan: Plan
    account: Account
    notes: list[str]
    questions: list[Question]
    intervals: Intervals | None = None
    calls: Calls | None = None
    staff: tuple[AtWork, ...] = ()
    agents_by_skill: float = float("nan")


@dataclass(frozen=True)
class Import:
    """All files as they were understood; ``observed`` is what they say together, None while a question is open that decides it."""

    files: tuple[Read, ...]
    given: Answers
    questions: tuple[Question, ...]
    observed: Observed | None

    @property
    def accounts(self) -> list[Account]:
        return [file.account for file in self.files]

    def mapping(self, folder: Path) -> str:
        """The text of the mapping file, with the paths of its files as counted from ``folder``."""
        from simulator.scenario.files import relative

        return mapping.document([(relative(file.path, folder), file.plan, file.grid.headings) for file in self.files], self.given)


def read(paths: Sequence[Path], given: Answers, entries: Sequence[Entry] = ()) -> Import:
    """Read exports, by the ``entries`` of a mapping file where one fits; raises ScenarioError with every file that cannot be read."""
    if given.timezone:
        _check_zone(given.timezone)
    files: list[Read] = []
    bad: list[Diagnostic] = []
    for path in paths:
        try:
            files.append(_file(path, given, entries))
        except Wrong as error:
            bad += [Diagnostic(p.code, p.message, str(path), help=p.help) for p in error.problems]
        except ScenarioError as error:
            bad += error.diagnostics
    if bad:
        raise ScenarioError(bad)
    questions = [question for file in files for question in file.questions]
    questions += _competing(files, given)
    try:
        observed = _together(files, given) if not questions else None
    except Wrong as error:
        raise ScenarioError([Diagnostic(p.code, p.message, help=p.help) for p in error.problems]) from None
    return Import(tuple(files), given, tuple(dict.fromkeys(questions)), observed)


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ScenarioError([Diagnostic("unknown-name", f"there is no time zone `{name}`", help="such as Europe/Madrid")]) from None


def _file(path: Path, given: Answers, entries: Sequence[Entry]) -> Read:
    grid = grid_of(path, given.system or None, [(e.system, frozenset(e.columns)) for e in entries])
    entry = next((e for e in entries if e.system.rows == "events" and grid.system.rows == "events"), None)
    fitting = [e for e in entries if e.columns and e.fits(grid.headings)]
    if fitting:
        entry = max(fitting, key=lambda e: len(e.columns))
    if entry is None or not entry.columns:
        plan, questions = mapping.guessed(grid, given)
    else:
        plan, questions = entry.plan(grid), []
        grid = replace(grid, system=entry.system)
    account = Account(grid.file)
    if grid.system.rows == "events":
        calls, notes, more = events.read(grid, account, given)
        return Read(path, replace(grid, text=None), plan, account, notes, more, calls=calls)
    cells = Cells(grid, plan, account, given)
    grid = replace(grid, text=None)
    if grid.system.rows == "calls":
        made = Read(path, grid, plan, account, cells.notes, questions, calls=calls_table.read(cells))
    else:
        part = intervals.read(cells)
        made = Read(path, grid, plan, account, cells.notes, questions, part.intervals, None, part.staff, part.agents_by_skill)
    made.questions = questions + cells.questions
    made.notes += grid.system.notes
    return made


def _competing(files: Sequence[Read], given: Answers) -> list[Question]:
    """A question where several files count the same calls and differ."""
    counting = [file for file in files if file.intervals is not None and len(file.intervals)]
    found: list[Question] = []
    for one, other in ((a, b) for i, a in enumerate(counting) for b in counting[i + 1 :]):
        assert one.intervals is not None
        assert other.intervals is not None
        days = np.intersect1d(one.intervals.days, other.intervals.days)
        if (
            not len(days)
            or not set(one.intervals.queues) & set(other.intervals.queues)
            or given.arrivals in (one.grid.file, other.grid.file)
        ):
            continue
        sums = [float(np.nansum(f["arrived"][np.isin(f.days, days)])) for f in (one.intervals, other.intervals)]
        more = (sums[1] / sums[0] - 1) * 100 if sums[0] else 0.0
        text = f"{one.grid.file} and {other.grid.file} both count the calls of {len(days)} days; the second has {more:+.1f} %"
        found.append(Question(text, (f"--arrivals {one.grid.file}", f"--arrivals {other.grid.file}")))
    return found


def _together(files: Sequence[Read], given: Answers) -> Observed:
    counting = [file for file in files if file.intervals is not None]
    named = [file for file in counting if file.grid.file == given.arrivals]
    parts = [file.intervals for file in (named or counting) if file.intervals is not None]
    singles = [file.calls for file in files if file.calls is not None and len(file.calls)]
    calls = _merged(singles) if singles else None
    if calls is not None and not parts:
        parts = [counted(calls, HALF_HOUR)]
    if not parts or not sum(map(len, parts)):
        raise wrong("no file has calls by interval or single calls", "export the intervals of the queue", "csv")
    try:
        found = joined(parts)
    except ValueError:
        lengths = " and ".join(f"{part.length / 60:g} minutes" for part in parts)
        raise wrong(f"the files have intervals of {lengths}", "export all of them with one length", "csv") from None
    staff = tuple(team for file in files for team in file.staff)
    names = tuple(file.grid.file for file in files)
    return Observed(found, calls, staff, special_days(found, given.incidents, given.ordinary), names)


def _merged(parts: Sequence[Calls]) -> Calls:
    if len(parts) == 1:
        return parts[0]
    names = tuple(sorted({name for part in parts for name in part.queues}))
    queue = np.concatenate([np.array([names.index(q) for q in part.queues], dtype=np.int64)[part.queue] for part in parts])
    start = np.concatenate([part.start for part in parts])
    order = np.argsort(start, kind="stable")
    columns = (
        np.concatenate([getattr(part, name) for part in parts])[order] for name in ("wait", "outcome", "talk", "wrap", "since", "last")
    )
    return Calls(names, queue[order], start[order], *columns)
