"""The first sheet of a workbook as CSV text, so that a table may come from a spreadsheet as well."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from simulator.errors import printable
from simulator.scenario.problem import Wrong, wrong

ENDS = ".xlsx"
MAX_UNPACKED = 50_000_000
"""Bytes that a workbook may hold when unpacked."""
MAX_TAGS = 5_000_000
MAX_ROWS, MAX_CELLS = 200_000, 5_000_000
HALF_A_SECOND = timedelta(milliseconds=500)
_THREE_DECIMALS = re.compile(r"^\d+\.\d{3}$")


def as_csv(content: bytes, name: str) -> str:
    """The cells of the first sheet; raises Wrong for what is no workbook."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        hint = "install crisis-simulator[xlsx], or save the sheet as CSV"
        raise wrong(f"`{name}` is a workbook, and the package that reads workbooks is not installed", hint, "data-file") from None
    try:
        _check_size(content, name)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = _bounded(book.worksheets[0].iter_rows(values_only=True), name) if book.worksheets else []
    except zipfile.BadZipFile:
        raise wrong(f"`{name}` is not a workbook", "save it as .xlsx or as CSV", "data-file") from None
    except Wrong:
        raise
    except Exception as error:  # noqa: BLE001  # whatever a damaged, encrypted or hostile file makes its reader say
        why = " ".join(printable(str(error)).split())[:100] or type(error).__name__
        raise wrong(f"`{name}` is not a workbook that can be read: {why}", "save it again as .xlsx, or as CSV", "data-file") from None
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    wide = max(map(len, rows), default=0)
    for row in rows:  # empty rows stay, so that line numbers are the sheet's
        writer.writerow([_text(cell) for cell in row] + [""] * (wide - len(row)))
    return made.getvalue()


def _check_size(content: bytes, name: str) -> None:
    """Raise Wrong for what would take long to read: a small file may unpack to a large one, and that hold nothing but cells."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
            raise wrong(f"`{name}` unpacks to more than {MAX_UNPACKED:,} bytes", "", "data-file")
        if sum(packed.read(part).count(b"<") for part in packed.infolist()) > MAX_TAGS:
            raise wrong(f"`{name}` has more than {MAX_TAGS:,} elements", "save the table alone, as CSV", "data-file")


def _bounded(rows: Iterable[tuple[object, ...]], name: str) -> list[tuple[object, ...]]:
    """The rows up to the last that has a cell; raises Wrong where there is no end to them."""
    found: list[tuple[object, ...]] = []
    last = cells = 0
    for number, row in enumerate(rows, 1):
        filled = max((i for i, cell in enumerate(row, 1) if cell is not None), default=0)
        cells += len(row)
        last = number if filled else last
        found.append(row[:filled])
        if number > MAX_ROWS or cells > MAX_CELLS:
            raise wrong(f"`{name}` has more than {MAX_ROWS:,} rows or {MAX_CELLS:,} cells", "save the table alone, as CSV", "data-file")
    return found[:last]


def _text(cell: object) -> str:
    """A cell as CSV has it: whole seconds of times, and numbers that cannot be taken for such with thousands."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        whole = (cell + HALF_A_SECOND).replace(microsecond=0)
        return whole.isoformat(timespec="seconds" if whole.second else "minutes")
    if isinstance(cell, time):
        return _text(datetime.combine(date.min, cell)).partition("T")[2]
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else _THREE_DECIMALS.sub(r"\g<0>0", repr(cell))
    return str(cell)
