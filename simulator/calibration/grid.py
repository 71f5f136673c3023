"""The rows of an export: where the table begins, what separates its cells, and which lines are none of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TextIO

from simulator import disk
from simulator.calibration.dates import plain
from simulator.calibration.encoding import encoding_of
from simulator.calibration.systems import GENERAL, System, called, systems
from simulator.scenario import spreadsheet
from simulator.scenario.problem import did_you_mean, wrong

MAX_BYTES = 400_000_000
MAX_COLUMNS = 2_000
SEPARATORS = (",", ";", "\t", "|")
LOOKED_AT = 60
"""Lines among which the heading is looked for."""
LOOKED_AT_BYTES = 65_536
LONGEST_LINE = 1_000_000
LONGEST_ROW = 20
"""Lines over which one row may run; beyond, a quote has no end."""
TOTALS = (
    "total", "totals", "totales", "summe", "gesamt", "summary", "suma", "sum", "grand total", "subtotal", "average", "promedio", "media",
    "mittelwert", "totale", "totaux", "ensemble",
)  # fmt: skip
"""How a row begins that adds up others."""
EVENT_WORDS = {
    "ENTERQUEUE",
    "CONNECT",
    "ABANDON",
    "COMPLETEAGENT",
    "COMPLETECALLER",
    "DID",
    "QUEUESTART",
    "CONFIGRELOAD",
    "ADDMEMBER",
    "PAUSE",
}


Candidate = tuple[tuple[int, int, int], int, str, tuple[str, ...], System]
"""How well a line is known as the heading; its number, separator, cells and system."""


@dataclass(frozen=True)
class Grid:
    """A table as read: its headings, on which line they stand, and what may be read below them."""

    file: str
    path: Path
    text: str | None  #: of a workbook; None where the file itself is read
    encoding: str
    system: System
    headings: tuple[str, ...]
    line: int
    separator: str

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row below the heading with its line, empty ones left out; raises Wrong where a quote has no end."""
        with self.stream() as stream:
            for _ in range(self.line):
                stream.readline()
            reader = csv.reader(stream, delimiter=self.separator)
            before = 0
            try:
                for cells in reader:
                    if reader.line_num - before > LONGEST_ROW:
                        raise wrong(f"a quote that opens on line {self.line + before + 1} has no end", "close it, or take it out", "csv")
                    before = reader.line_num
                    if any(cells) and any(map(str.strip, cells)):
                        yield self.line + before, cells
            except csv.Error as error:
                raise wrong(
                    f"line {self.line + reader.line_num} is no row of a table: {error}", "export the table again as CSV", "csv"
                ) from None

    def stream(self) -> TextIO:
        """The lines of the file, as they are written."""
        return io.StringIO(self.text, newline="") if self.text is not None else self.path.open(encoding=self.encoding, newline="")


def head_of(path: Path) -> bytes:
    """The first bytes of a file; raises Wrong where there is none, or it has too many."""
    try:
        head = disk.content(path, LOOKED_AT_BYTES - 1, disk.shown(path.name))
    except disk.Unreadable as error:
        near = [name for name in disk.names(path.parent, ("",)) if disk.is_file(path.parent / name)]
        raise wrong(str(error), did_you_mean(path.name, near) if near else "", "no-file") from None
    if path.stat().st_size > MAX_BYTES:
        raise wrong(f"`{path.name}` has more than {MAX_BYTES:,} bytes", "export fewer months at once", "data-file")
    if not head.strip():
        raise wrong(f"`{path.name}` is empty", "export it again", "data-file")
    return head


def grid_of(path: Path, asked: str | None = None, known: Sequence[tuple[System, frozenset[str]]] = ()) -> Grid:
    """The table in a file, recognised by its headings or as the system ``asked`` for; raises Wrong.

    ``known`` are the systems and headings of exports that were read before: a line that has all of those is the heading.
    """
    content = head_of(path)
    text = None
    if path.name.lower().endswith(spreadsheet.ENDS):
        text, encoding = spreadsheet.as_csv(path.read_bytes(), path.name), "a workbook, its first sheet"
    else:
        encoding = encoding_of(path, content)
    with Grid(path.name, path, text, encoding, systems()[GENERAL], (), 0, ",").stream() as stream:
        head = list(_head(stream))
    if asked is not None and asked not in systems():
        raise wrong(f"there is no system `{asked}`", did_you_mean(asked, systems()), "unknown-name")
    if asked == "asterisk" or (asked is None and _is_log(head)):
        if not _is_log(head):
            raise wrong(
                f"`{path.name}` is no queue_log", "its lines look like 1717000000|1717000000.12|sales|NONE|ENTERQUEUE||5551|1", "csv"
            )
        return Grid(path.name, path, text, encoding, systems()["asterisk"], ("time", "call", "queue", "agent", "event"), 0, "|")
    best = max((*_candidates(head, asked), *_remembered(head, known)), default=None, key=lambda found: found[0])
    if best is None:
        raise wrong(
            f"`{path.name}`: no line of the first {LOOKED_AT} names columns that are known",
            "headings are such as Date, Interval, Queue, Calls, Answered, Abandoned; an import.yaml of your own tells others",
            "csv",
        )  # fmt: skip
    _, line, separator, headings, system = best
    if len(headings) > MAX_COLUMNS:
        raise wrong(f"`{path.name}` has more than {MAX_COLUMNS:,} columns", "export the columns that are needed", "csv")
    return Grid(path.name, path, text, encoding, system, headings, line, separator)


def _head(stream: TextIO) -> Iterator[str]:
    """The first lines, as far as anybody would write them."""
    for _ in range(LOOKED_AT):
        line = stream.readline(LONGEST_LINE)
        if not line:
            return
        yield line


def _is_log(head: list[str]) -> bool:
    """Whether the lines are those of queue_log: seconds, call, queue, agent, event, separated by bars."""
    lines = [line.split("|") for line in head if line.strip()]
    good = sum(len(cells) >= 5 and cells[0].split(".")[0].isdecimal() and cells[4].strip().isupper() for cells in lines)
    return bool(lines) and good > len(lines) / 2 and any(cells[4].strip() in EVENT_WORDS for cells in lines if len(cells) >= 5)


def _remembered(head: list[str], known: Sequence[tuple[System, frozenset[str]]]) -> Iterator[Candidate]:
    """Each line with all the headings of an export that was read before."""
    for number, text in enumerate(head, 1):
        for separator in SEPARATORS:
            try:
                cells = tuple(cell.strip() for cell in next(csv.reader([text], delimiter=separator), []))
            except csv.Error:
                continue
            for system, headings in known:
                if headings and headings <= set(cells):
                    yield (2, len(headings), -number), number, separator, cells, system


def _candidates(head: list[str], asked: str | None) -> Iterator[Candidate]:
    """Each line that may be the heading, with how well it is known."""
    for number, text in enumerate(head, 1):
        for separator in SEPARATORS:
            try:
                cells = next(csv.reader([text], delimiter=separator), [])
            except csv.Error:
                continue
            names = [called(cell) for cell in cells]
            if len(cells) < 2:
                continue
            for system in systems().values():
                if system.rows == "events" or (asked is not None and system.name != asked):
                    continue
                meanings = {use.meaning for cell in cells if (use := system.use(cell)) is not None}
                if _tells(meanings, system.rows):
                    score = (int(system.knows(frozenset(names))), len(meanings), -number)
                    yield score, number, separator, tuple(cell.strip() for cell in cells), system


def _tells(meanings: set[str], rows: str) -> bool:
    """Whether columns of these meanings say when, and how many or what became of a call."""
    if rows == "calls":
        when = meanings & {"arrival", "queued"} or {"date", "clock"} <= meanings
        return bool(when and meanings & {"call_wait", "outcome", "connected", "gave_up", "call_talk"})
    return bool(meanings & {"moment", "date", "clock"} and meanings & {"arrived", "answered", "abandoned"})


def is_total(cells: list[str], keys: list[int]) -> bool:
    """Whether a row adds up others: a word says so where its date or its queue would stand, or first of all."""
    return any(_adds_up(cells[place]) for place in keys if place < len(cells))


@lru_cache(maxsize=4096)
def _adds_up(cell: str) -> bool:
    word = plain(cell).rstrip(":")
    return word in TOTALS or word.startswith(("total ", "summe ", "gesamt ", "totals "))
