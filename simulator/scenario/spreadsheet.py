"""The first sheet of a workbook as CSV text, so that a table may come from a spreadsheet as well."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import datetime

from simulator.scenario.problem import wrong

ENDS = ".xlsx"
MAX_UNPACKED = 50_000_000
"""Bytes that a workbook may hold when unpacked."""


def as_csv(content: bytes, name: str) -> str:
    """The cells of the first sheet; raises Wrong for what is no workbook."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        hint = "install crisis-simulator[xlsx], or save the sheet as CSV"
        raise wrong(f"`{name}` is a workbook, and the package that reads workbooks is not installed", hint, "data-file") from None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
                raise wrong(f"`{name}` unpacks to more than {MAX_UNPACKED:,} bytes", "", "data-file")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = list(book.worksheets[0].iter_rows(values_only=True)) if book.worksheets else []
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, TypeError, AttributeError, SyntaxError) as error:
        raise wrong(f"`{name}` is not a workbook: {error}", "save it as .xlsx or as CSV", "data-file") from None
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    wide = max((len(row) for row in rows if any(cell is not None for cell in row)), default=0)
    for row in rows:  # empty rows stay, so that line numbers are the sheet's
        writer.writerow([_text(cell) for cell in row[:wide]])
    return made.getvalue()


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="minutes")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
