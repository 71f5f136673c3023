"""CSV files that a scenario refers to: ordinary demand by interval, and rosters. Their errors carry the CSV's own line."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeVar

from simulator.errors import Diagnostic, ScenarioError
from simulator.scenario.calendar import YEARS, clock_time
from simulator.scenario.forms import AtWorkRow, RosterRow
from simulator.scenario.numerals import Column, ways
from simulator.scenario.problem import Wrong, did_you_mean, wrong
from simulator.scenario.section import Setting, read_section
from simulator.scenario.staffing import check_row

MAX_ROWS = 100_000
MOST_TITLE = 20
"""Lines that may stand above a header, and the header itself."""
DELIMITERS = (",", ";", "\t")
ASK = 'say `thousands: "{mark}"` or `decimal: "{mark}"` beside `from`'
ASK_OF_ROSTER = "write it without the `{mark}`"
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


def rows(text: str, file: str, required: tuple[str, ...], optional: tuple[str, ...], called: Callable[[str], str] = str.strip) -> list[Row]:
    """The lines of a CSV text (comma, semicolon or tab) below a header of known columns; raises ScenarioError with every bad line.

    Lines above the header are a title. ``called`` gives the name of a column as it is known here.
    """
    found, bad = sound_rows(text, file, required, optional, called)
    if bad:
        raise ScenarioError(bad)
    return found


def sound_rows(
    text: str, file: str, required: tuple[str, ...], optional: tuple[str, ...], called: Callable[[str], str] = str.strip
) -> tuple[list[Row], list[Diagnostic]]:
    """As :func:`rows`, but the lines that can be read, and what is wrong with the others."""
    lines = list(io.StringIO(text, newline=None))
    above, delimiter = _header(lines, required, called)
    reader = csv.reader(lines[above:], delimiter=delimiter, strict=True)
    found: list[Row] = []
    bad: list[Diagnostic] = []
    try:
        names = [called(name) for name in next(reader, [])]
        _check_header(names, file, above + 1, required, optional)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            line = above + reader.line_num
            if len(cells) != len(names):
                hint = "a decimal comma needs a semicolon between cells"
                bad += _error(file, line, f"expected {len(names)} cells, got {len(cells)}", hint).diagnostics
                continue
            if len(found) >= MAX_ROWS:
                raise _error(file, line, f"the table has more than {MAX_ROWS:,} lines")
            nameless = next((cell for name, cell in zip(names, cells, strict=True) if not name and cell.strip()), "")
            if nameless:
                bad += _error(file, line, f"`{nameless.strip()}` stands in a column without a name").diagnostics
                continue
            found.append(Row(line, {n: c.strip() for n, c in zip(names, cells, strict=True) if n}))
    except csv.Error as error:
        raise _error(file, above + reader.line_num, f"this line is not CSV: {error}") from None
    if not found and not bad:
        raise _error(file, 0, "the table has no lines below its header")
    return found, bad


def _header(lines: list[str], required: tuple[str, ...], called: Callable[[str], str]) -> tuple[int, str]:
    """How many lines stand above the header, and what separates cells: the first line, unless one below has the columns."""
    for above, line in enumerate(lines[:MOST_TITLE]):
        for delimiter in DELIMITERS:
            try:
                names = {called(name) for name in next(csv.reader([line], delimiter=delimiter), [])}
            except csv.Error:  # told where the table is read
                continue
            if names >= set(required):
                return above, delimiter
    first = lines[0] if lines else ""
    return 0, next((delimiter for delimiter in DELIMITERS if delimiter in first), ",")


def _check_header(names: list[str], file: str, line: int, required: tuple[str, ...], optional: tuple[str, ...]) -> None:
    """Raise ScenarioError where the names of columns are not those of a table."""
    columns = (*required, *optional)
    for name in filter(None, names):
        if name not in columns:
            raise _error(file, line, f"unknown column `{name}`", did_you_mean(name, columns))
        if names.count(name) > 1:
            raise _error(file, line, "a column is given twice")
    missing = next((name for name in required if name not in names), "")
    if missing:
        raise _error(file, line, f"column `{missing}` is missing", f"the first line names the columns: {', '.join(columns)}")


@lru_cache(maxsize=4)
def intervals(text: str, file: str, thousands: str | None = None, decimal: str | None = None) -> tuple[tuple[Interval, ...], timedelta]:
    """Ordinary demand by interval and the length of an interval; raises ScenarioError with every bad line.

    ``thousands`` and ``decimal`` are the marks in its numbers, where the user says so. The last few tables are remembered: every
    variant reads them.
    """
    bad: list[Diagnostic] = []
    found: list[Interval] = []
    lines = rows(text, file, ("interval", "arrivals"), ("talk_time",))
    arrivals, talk_time = (
        Column(name, [row.cells[name] for row in lines if row.cells.get(name)], ways(thousands, decimal), ASK)
        for name in ("arrivals", "talk_time")
    )
    for row in lines:
        try:
            day, clock = _clock(row.cells["interval"])
            talk = talk_time.read(row.cells["talk_time"]) if row.cells.get("talk_time") else None
            if talk == 0:
                raise wrong("talk_time is 0 seconds", "leave the cell empty where it is not known")
            found.append(Interval(day, clock, arrivals.read(row.cells["arrivals"]), talk, row.line))
        except Wrong as error:
            bad += at_line(error, file, row.line)
    if bad:
        raise ScenarioError(bad)
    return tuple(found), _length(found, file)


def _length(found: list[Interval], file: str) -> timedelta:
    """The length that most intervals have; raises ScenarioError where there is none."""
    if len(found) < 2:
        raise _error(file, found[0].line, "one interval says nothing about its length", "give at least two")
    if len({i.date is None for i in found}) > 1:
        raise _error(file, found[0].line, "some intervals have a date and some have not")
    steps = Counter(other.moment - one.moment for one, other in pairwise(found))
    length = max(steps, key=lambda step: (step > timedelta(), steps[step], -step))
    if not timedelta(minutes=1) <= length <= timedelta(days=1):
        raise _error(file, found[1].line, "intervals are in order and between a minute and a day long")
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
    lines = rows(text, file, ("start", "end", "agents"), optional)
    agents = Column("agents", [row.cells["agents"] for row in lines], ways(None, None), ASK_OF_ROSTER)
    for row in lines:
        try:
            raw: dict[str, Any] = {name: cell for name, cell in row.cells.items() if cell or name not in optional}
            if agents.able(raw["agents"]) and agents.read(raw["agents"]).is_integer():
                raw["agents"] = int(agents.read(raw["agents"]))
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
    """The problems of one line of a table."""
    made = []
    for problem in error.problems:
        column = f"{problem.at[0]}: " if problem.at else ""
        code = "csv" if problem.severity == "error" else problem.code
        made.append(Diagnostic(code, column + problem.message, file, line, 1, help=problem.help, severity=problem.severity))
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


def _break(word: str) -> dict[str, str]:
    at, slash, length = word.partition("/")
    if not slash:
        raise wrong(f"breaks: expected breaks such as 10:00/15m 12:30/30m, got `{word}`")
    return {"at": at, "for": length}


Reader = Callable[[str], str]
"""Gives the text of a data file by the name under which the scenario knows it; raises Wrong."""
