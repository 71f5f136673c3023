"""The cells of an export by meaning, each read once: moments, numbers, durations, and which of them cannot be read."""

from __future__ import annotations

import math
import os
from array import array
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulator.calibration import amounts, dates
from simulator.calibration.account import UNKNOWN, Account
from simulator.calibration.amounts import Unreadable
from simulator.calibration.answers import Answers, Question
from simulator.calibration.column import Column
from simulator.calibration.grid import Grid, is_total
from simulator.calibration.mapping import Plan
from simulator.calibration.meanings import Kind, meaning
from simulator.scenario.problem import wrong

if TYPE_CHECKING:
    from simulator.scenario.numerals import Way

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
KEYS = ("moment", "date", "arrival", "queued", "queue")
ONE_QUEUE = "calls"
"""The queue of a table that names none."""
NOBODY = amounts.NOTHING | {"anonymous", "unknown", "private", "restricted", "unavailable", "withheld", "asterisk", "anonimo"}
"""What stands where the number of a caller is not known."""
NEVER = np.datetime64("NaT", "s")
MOST_UNREADABLE = 0.2
"""The share of rows above which a table is refused rather than read in part."""


class Marks:
    """Persons and calls by a mark that nobody can turn back: hashed with a salt that is never written and gone after reading."""

    def __init__(self) -> None:
        self._salt = os.urandom(16)
        self.marks = array("q")

    def add(self, cell: str) -> None:
        """Add the mark of one more row."""
        self.marks.append(self.mark(cell))

    def mark(self, cell: str) -> int:
        """A number for somebody, the same whenever they are met; 0 where the cell says nobody."""
        bare = cell.strip()
        if bare.lower() in NOBODY:
            return 0
        return int.from_bytes(blake2b(bare.encode(), digest_size=8, key=self._salt).digest(), "little", signed=True) or 1


class Halves:
    """Moments as a date and a time of day each, since both repeat where their pairs do not."""

    def __init__(self) -> None:
        self.days, self.clocks, self.zones = Column(), Column(), Column()

    def add(self, cell: str) -> None:
        """Add the cell of one more row; one that is no moment has an empty clock."""
        if (
            len(cell) >= 16
            and cell[4] == "-"
            and cell[10] in "T "
            and not ("+" in (tail := cell[19:]) or "-" in tail or "M" in tail.upper())
        ):
            day, clock, zone = cell[:10], cell[11:19], "Z" if cell[-1] == "Z" else ""
        else:
            day, clock, zone = dates.parts(cell)
        self.days.add(day)
        self.clocks.add(clock)
        self.zones.add(zone)


class Cells:
    """The rows of one export that are rows of its table."""

    def __init__(self, grid: Grid, plan: Plan, account: Account, given: Answers) -> None:
        self.plan = plan
        self.account = account
        self.given = given
        self.lines = array("I")
        self.notes: list[str] = []
        self.questions: list[Question] = []
        self.bad: dict[str, tuple[int, str]] = {}  # by meaning, how many cells and the first of them
        self._columns: dict[str, Column | Halves | Marks] = {}
        for use in plan.uses.values():
            kind = _kind(use.meaning)
            if use.meaning == "agent" and plan.system.rows == "calls":
                continue  # nobody needs to know
            self._columns[use.meaning] = Halves() if kind is Kind.MOMENT else Marks() if kind is Kind.PERSON else Column()
        self._collect(grid)
        self._way: Way | None = None

    def __len__(self) -> int:
        return len(self.lines)

    def _collect(self, grid: Grid) -> None:
        adders = [(place, self._columns[use.meaning].add) for place, use in self.plan.uses.items() if use.meaning in self._columns]
        wide, account = len(grid.headings), self.account
        keys = sorted({0, *(place for name in KEYS if (place := self.plan.place(name)) is not None)})
        odd = 0
        for line, row in grid.rows():
            cells = row if len(row) >= wide else row + [""] * (wide - len(row))
            account.rows += 1
            if len(cells) > wide and any(map(str.strip, cells[wide:])):
                odd += 1
                account.aside(f"{len(cells)} cells where the heading has {wide}", line, UNKNOWN)
                continue
            if is_total(cells, keys):
                account.aside("a total of other rows", line, 0, holds=False)
                continue
            if cells[0].strip() == grid.headings[0] and tuple(cell.strip() for cell in cells[:wide]) == grid.headings:
                account.aside("the heading again", line, 0, holds=False)
                continue
            if wide > 2 and not any(cells[1:]):
                account.aside("a line of text", line, 0, holds=False)
                continue
            for place, add in adders:
                add(cells[place])
            self.lines.append(line)
        if odd > MOST_UNREADABLE * max(account.rows, 1):
            hint = f"cells are separated by `{grid.separator}` here: where decimals have commas, export with semicolons"
            raise wrong(f"`{grid.file}`: {odd} of {account.rows} rows have more cells than the heading", hint, "csv")
        if not len(self):
            raise wrong(f"`{grid.file}` has no rows below its heading on line {grid.line}", "export it again", "csv")

    def has(self, name: str) -> bool:
        """Whether a column has this meaning."""
        return name in self._columns

    def texts(self, name: str) -> Column:
        """The cells of a column of names, flags or words."""
        found = self._columns[name]
        assert isinstance(found, Column)
        return found

    def marks(self, name: str) -> NDArray[np.int64]:
        """Who or which call, by row, as a number that means nothing; zeros where there is no such column."""
        found = self._columns.get(name)
        return np.frombuffer(found.marks, dtype=np.int64) if isinstance(found, Marks) else np.zeros(len(self), dtype=np.int64)

    def queues(self) -> tuple[tuple[str, ...], NDArray[np.int64]]:
        """The queues by name, and which of them each row is of."""
        if not self.has("queue"):
            return (ONE_QUEUE,), np.zeros(len(self), dtype=np.int64)
        column = self.texts("queue")
        names = [text.strip() or ONE_QUEUE for text in column.texts]
        order = tuple(sorted(set(names)))
        return order, np.array([order.index(name) for name in names], dtype=np.int64)[column.places()]

    # -- numbers -----------------------------------------------------------------------------------------------------------

    @property
    def way(self) -> Way:
        """How numbers are written in this table."""
        if self._way is None:
            numeric = (Kind.COUNT, Kind.TOTAL, Kind.MEAN, Kind.EACH, Kind.NUMBER, Kind.SHARE)
            texts = [
                text
                for name, column in self._columns.items()
                if isinstance(column, Column) and _kind(name) in numeric
                for text in column.texts
            ]
            try:
                self._way = amounts.way_of(texts, self.given.decimal or None)
            except amounts.Open as still_open:
                low, high = still_open.values
                text = f"{self.plan.file}: is `{still_open.example}` {high:,.0f} or {low:g}?"
                self.questions.append(Question(text, ("--decimal .", "--decimal ,")))
                self._way = amounts.way_of((), ".")
        return self._way

    def numbers(self, name: str) -> Floats:
        """Counts, numbers and shares; NaN where nothing stands, or nothing that can be read."""
        if not self.has(name):
            return np.full(len(self), np.nan)
        read = amounts.share if _kind(name) is Kind.SHARE else amounts.number
        values = self._read(name, lambda text: read(text, self.way))
        if _kind(name) is Kind.SHARE and np.nanmax(values, initial=0.0) > 1.5:
            column = self.texts(name)
            bare = column.values(lambda text: not text.strip().endswith("%"), np.bool_)
            values = np.where(bare, values / 100, values)
        return values

    def durations(self, name: str) -> Floats:
        """Seconds, in the unit that the plan gives to bare numbers."""
        if not self.has(name):
            return np.full(len(self), np.nan)
        use = next(use for use in self.plan.uses.values() if use.meaning == name)
        unit = amounts.UNITS[use.unit or self.plan.system.unit]
        return self._read(name, lambda text: amounts.duration(text, self.way, unit, hours_first=use.reads == "h:mm"))

    def flags(self, name: str) -> Flags:
        """Yes or no; what cannot be read is no, and noted."""
        if not self.has(name):
            return np.zeros(len(self), dtype=np.bool_)
        return np.nan_to_num(self._read(name, lambda text: float(amounts.flag(text)))) > 0

    def _read(self, name: str, read: Callable[[str], float]) -> Floats:
        column = self.texts(name)
        wrongs: set[int] = set()

        def safe(text: str) -> float:
            try:
                return read(text)
            except Unreadable:
                wrongs.add(len(wrongs))
                broken.append(text)
                return math.inf

        broken: list[str] = []
        values = column.values(safe, np.float64)
        unread = np.isinf(values)
        if unread.any():
            first = int(np.flatnonzero(unread)[0])
            self.bad[name] = (int(unread.sum()), f"line {self.lines[first]}: `{column[first][:40]}`")
            values = np.where(unread, np.nan, values)
            self._unread[name] = unread
        return np.asarray(values, dtype=np.float64)

    @property
    def _unread(self) -> dict[str, Flags]:
        if not hasattr(self, "_unread_flags"):
            self._unread_flags: dict[str, Flags] = {}
        return self._unread_flags

    def unread(self, name: str) -> Flags:
        """Where something stands that cannot be read."""
        return self._unread.get(name, np.zeros(len(self), dtype=np.bool_))

    # -- moments -----------------------------------------------------------------------------------------------------------

    def starts(self) -> NDArray[np.datetime64]:
        """When each row begins, in local time; not a time where it cannot be read."""
        for name in ("moment", "queued", "arrival"):
            if self.has(name):
                found = self.moments(name)
                if name == "queued" and self.has("arrival"):
                    found = np.where(np.isnat(found), self.moments("arrival"), found)
                return found
        days = self._days(self.texts("date")) if self.has("date") else self._one_day()
        if not self.has("clock"):
            return days.astype("datetime64[s]")
        reads = next(use.reads for use in self.plan.uses.values() if use.meaning == "clock")
        if reads == "s":
            return self._at(
                days, self.texts("clock").values(lambda text: float(text) if text.strip().isdecimal() else math.nan, np.float64)
            )
        return self._at(days, self._clocks(self.texts("clock"), hhmm=reads == "hhmm"))

    def _one_day(self) -> NDArray[np.datetime64]:
        """The day of a table that has times of day only."""
        try:
            day = date.fromisoformat(self.given.day or "2000-01-01")
        except ValueError:
            raise wrong(f"`{self.given.day}` is no day", "a day is written like 2026-11-30") from None
        if not self.given.day:
            self.questions.append(
                Question(f"{self.plan.file}: no column has a date; of which day is it?", ("--day 2026-11-30, or another",))
            )
        return np.full(len(self), np.datetime64(day, "D"))

    def moments(self, name: str) -> NDArray[np.datetime64]:
        """The moments of one column, in local time."""
        found = self._columns[name]
        assert isinstance(found, Halves)
        return self._localised(self._at(self._days(found.days), self._clocks(found.clocks)), found.zones)

    def _at(self, days: NDArray[np.datetime64], clocks: Floats) -> NDArray[np.datetime64]:
        known = np.isfinite(clocks)
        seconds = np.where(known, clocks, 0).astype("timedelta64[s]")
        return np.where(known, days.astype("datetime64[s]") + seconds, NEVER)

    def _days(self, column: Column) -> NDArray[np.datetime64]:
        try:
            order, cell = dates.order_of(column.texts)
        except Unreadable as error:
            raise wrong(
                f"`{self.plan.file}`: the dates {error} cannot be written in one order", "write all dates of a column alike", "csv"
            ) from None
        order = self.given.dates or order
        if order is None:
            question = Question(
                f"{self.plan.file}: is {cell} written day first or month first? No row decides",
                ("--dates day-first", "--dates month-first"),
            )
            if question not in self.questions:
                self.questions.append(question)
            order = dates.ORDERS[0]
        elif cell and not self.given.dates:
            note = f"dates: {order.replace('-', ' ')} ({cell})"
            if note not in self.notes:
                self.notes.append(note)

        def read(text: str) -> date | None:
            try:
                return dates.day(text, order)
            except Unreadable:
                return None

        return np.asarray(column.values(read, "datetime64[D]"))

    def _clocks(self, column: Column, *, hhmm: bool = False) -> Floats:
        def read(text: str) -> float:
            try:
                return dates.clock(text, hhmm=hhmm).total_seconds()
            except Unreadable:
                return math.nan

        return np.asarray(column.values(read, np.float64))

    def _localised(self, moments: NDArray[np.datetime64], zones: Column) -> NDArray[np.datetime64]:
        """Moments with an offset on the clock of the centre."""
        if not any(zones.texts):
            return moments
        if not self.given.timezone:
            text = f"{self.plan.file}: its times are in UTC or have an offset; by which clock does the centre work?"
            question = Question(text, ("--timezone Europe/Madrid, or another",))
            if question not in self.questions:
                self.questions.append(question)
            return moments
        return local(moments, zones, ZoneInfo(self.given.timezone))


def local(moments: NDArray[np.datetime64], zones: Column, timezone: ZoneInfo) -> NDArray[np.datetime64]:
    """Moments whose offsets are ``zones``, by the clock of ``timezone``; those without an offset are local already."""
    seconds = moments.astype("datetime64[s]").astype(np.int64)
    known = ~np.isnat(moments)
    offset = zones.values(_offset, np.float64)
    utc = np.where(known, seconds - np.nan_to_num(offset).astype(np.int64), 0)
    hours, place = np.unique(utc // 900, return_inverse=True)  # offsets change at quarter-hours
    shift = np.array(
        [(datetime.fromtimestamp(int(h) * 900, timezone).utcoffset() or timedelta()).total_seconds() for h in hours], dtype=np.int64
    )
    moved = (utc + shift[place.reshape(-1)]).astype("datetime64[s]")
    return np.where(known & np.isfinite(offset), moved, moments)


def _offset(zone: str) -> float:
    """Seconds east of UTC; NaN where there is no offset."""
    if not zone:
        return math.nan
    if zone == "Z":
        return 0.0
    bare = zone[1:].replace(":", "")
    return (1 if zone[0] == "+" else -1) * (int(bare[:2]) * 3600.0 + int(bare[2:]) * 60)


def _kind(name: str) -> Kind:
    found = meaning(name)
    assert found is not None, name
    return found.kind


def only_voice(
    cells: Cells, kept: Iterable[str] = ("voice", "call", "phone", "telephone", "telefono", "voz", "anruf", "telefon", "")
) -> Any:
    """Which rows are telephone calls; all where no column says by which channel."""
    if not cells.has("media"):
        return np.ones(len(cells), dtype=np.bool_)
    words = frozenset(kept)
    return cells.texts("media").values(lambda text: dates.plain(text) in words, np.bool_)
