"""CSV files that a scenario refers to: ordinary demand by interval, and rosters. Their errors carry the CSV's own line."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeVar

from simulator.errors import Diagnostic, ScenarioError
from simulator.scenario.calendar import YEARS, clock_time
from simulator.scenario.forms import AtWorkRow, RosterRow
from simulator.scenario.problem import Wrong, did_you_mean, wrong
from simulator.scenario.section import Setting, read_section
from simulator.scenario.staffing import check_row

MAX_ROWS = 100_000
R = TypeVar("R", RosterRow, AtWorkRow)


@dataclass(frozen=True)
class Row:
    """One line of a table: its cells by column name, and its line number."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Interval:
    """Ordinary demand in one interval of every day (``date`` is None) or of one day; ``talk_time`` is in seconds."""

    date: date | None
    clock: timedelta  #: since midnight
    arrivals: float
    talk_time: float | None
    line: int

    @property
    def moment(self) -> datetime:
        """The start of a dated interval on the wall clock; of an undated one, on a day without meaning."""
        return datetime.combine(self.date or date.min, time.min) + self.clock


def _error(file: str, line: int, message: str, hint: str = "") -> ScenarioError:
    return ScenarioError([Diagnostic("csv", message, file, line, 1 if line else 0, help=hint)])


def rows(text: str, file: str, required: tuple[str, ...], optional: tuple[str, ...]) -> list[Row]:
    """The lines of a CSV text (comma or semicolon) with a header of known columns; raises ScenarioError."""
    header = text.splitlines()[0] if text.strip() else ""
    reader = csv.reader(text.splitlines(keepends=True), delimiter=";" if ";" in header and "," not in header else ",", strict=True)
    found: list[Row] = []
    try:
        names = [name.strip() for name in next(reader, [])]
        for name in names:
            if name not in (*required, *optional):
                raise _error(file, 1, f"unknown column `{name}`", did_you_mean(name, (*required, *optional)))
        if len(set(names)) < len(names):
            raise _error(file, 1, "a column is given twice")
        missing = [name for name in required if name not in names]
        if missing:
            raise _error(
                file, 1, f"column `{missing[0]}` is missing", f"the first line names the columns: {', '.join((*required, *optional))}"
            )
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(names):
                raise _error(
                    file,
                    reader.line_num,
                    f"expected {len(names)} cells, got {len(cells)}",
                    "a decimal comma needs a semicolon between cells",
                )
            if len(found) >= MAX_ROWS:
                raise _error(file, reader.line_num, f"the table has more than {MAX_ROWS:,} lines")
            found.append(Row(reader.line_num, {n: c.strip() for n, c in zip(names, cells, strict=True)}))
    except csv.Error as error:
        raise _error(file, reader.line_num, f"this line is not CSV: {error}") from None
    if not found:
        raise _error(file, 0, "the table has no lines below its header")
    return found


@lru_cache(maxsize=4)
def intervals(text: str, file: str) -> tuple[tuple[Interval, ...], timedelta]:
    """Ordinary demand by interval and the length of an interval; raises ScenarioError with every bad line.

    The last few tables are remembered: every variant reads them.
    """
    bad: list[Diagnostic] = []
    found: list[Interval] = []
    for row in rows(text, file, ("interval", "arrivals"), ("talk_time",)):
        try:
            day, clock = _clock(row.cells["interval"])
            talk = _number(row.cells["talk_time"], "talk_time") if row.cells.get("talk_time") else None
            if talk == 0:
                raise wrong("talk_time is 0 seconds", "leave the cell empty where it is not known")
            found.append(Interval(day, clock, _number(row.cells["arrivals"], "arrivals"), talk, row.line))
        except Wrong as error:
            bad += at_line(error, file, row.line)
    if bad:
        raise ScenarioError(bad)
    return tuple(found), _length(found, file)


def _length(found: list[Interval], file: str) -> timedelta:
    if len(found) < 2:
        raise _error(file, found[0].line, "one interval says nothing about its length", "give at least two")
    if len({i.date is None for i in found}) > 1:
        raise _error(file, found[0].line, "some intervals have a date and some have not")
    length = found[1].moment - found[0].moment
    if not timedelta(minutes=1) <= length <= timedelta(days=1):
        raise _error(file, found[1].line, "intervals are in order and between a minute and a day long")
    for one, other in pairwise(found):
        step = other.moment - one.moment
        shown_twice = other.date is not None and timedelta() >= step > timedelta(hours=-2)
        if step != length and not shown_twice:
            raise _error(file, other.line, f"this interval starts {step} after the one before it, not {length} as the others")
    if found[-1].date is None and found[-1].clock + length > timedelta(days=1):
        raise _error(file, found[-1].line, "this interval reaches beyond midnight")
    return length


@lru_cache(maxsize=4)
def shifts(text: str, file: str) -> tuple[tuple[RosterRow, int], ...]:
    """The rows of a roster with their lines; raises ScenarioError with every bad line."""
    return _read(text, file, RosterRow, ("breaks", "days"))


@lru_cache(maxsize=4)
def at_work(text: str, file: str) -> tuple[tuple[AtWorkRow, int], ...]:
    """How many agents are at work by interval, with the lines; raises ScenarioError with every bad line."""
    return _read(text, file, AtWorkRow, ("days",))


def _read(text: str, file: str, form: type[R], optional: tuple[str, ...]) -> tuple[tuple[R, int], ...]:
    bad: list[Diagnostic] = []
    found: list[tuple[R, int]] = []
    for row in rows(text, file, ("start", "end", "agents"), optional):
        try:
            raw: dict[str, Any] = {name: cell for name, cell in row.cells.items() if cell or name not in optional}
            if "breaks" in raw:
                raw["breaks"] = [_break(word) for word in raw["breaks"].split()]
            read = read_section(form, raw, Setting())
            check_row(read)
            found.append((read, row.line))
        except Wrong as error:
            bad += at_line(error, file, row.line)
    if bad:
        raise ScenarioError(bad)
    return tuple(found)


def at_line(error: Wrong, file: str, line: int) -> list[Diagnostic]:
    made = []
    for problem in error.problems:
        column = f"{problem.at[0]}: " if problem.at else ""
        made.append(Diagnostic("csv", column + problem.message, file, line, 1, help=problem.help))
    return made


def _clock(text: str) -> tuple[date | None, timedelta]:
    if "-" not in text:
        return None, clock_time(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise wrong(f'expected an interval such as "07:30" or 2017-09-19T07:30, got `{text}`') from None
    if moment.year not in YEARS:
        raise wrong(f"`{text}` is not between the years {YEARS.start} and {YEARS.stop - 1}")
    if moment.tzinfo is not None:
        raise wrong(f"`{text}` has an offset", "intervals are in the scenario's local time")
    return moment.date(), moment - datetime.combine(moment.date(), time.min)


def _number(text: str, column: str) -> float:
    try:
        value = float(text)
    except ValueError:
        comma = re.fullmatch(r"\d+,\d+", text)
        raise wrong(f"{column}: expected a number, got `{text}`", f"did you mean {text.replace(',', '.')}?" if comma else "") from None
    if not 0 <= value < 1e9:
        raise wrong(f"{column}: expected a number that is at least 0, got `{text}`")
    return value


def _break(word: str) -> dict[str, str]:
    at, slash, length = word.partition("/")
    if not slash:
        raise wrong(f"breaks: expected breaks such as 10:00/15m 12:30/30m, got `{word}`")
    return {"at": at, "for": length}


Reader = Callable[[str], str]
"""Gives the text of a data file by the name under which the scenario knows it; raises Wrong."""
