"""A workbook for spreadsheets: numbers as numbers, durations as times, user text never as a formula or a link, every sheet fit to print."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.document.blocks import brief, calm

if TYPE_CHECKING:
    from simulator.document.blocks import Table

FORMATS = {"share": "0.0%", "duration": "[h]:mm:ss", "count": "#,##0.0", "ratio": "0.00"}
DAY = 86400.0  #: spreadsheets count durations in days
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": False}
CELL = 32_000
"""Characters that a cell holds, nearly."""
PROPERTY = 250
"""Characters that a property of a file holds, nearly."""
WIDEST = 50
"""Characters of the widest column of a sheet of texts."""
A4 = 9
Value = str | int | tuple[float, str]
"""A text, a whole number, or a value with its unit."""
Page = tuple[str, Sequence[str], Iterable[Sequence[Value]]]
"""One sheet: its name, the head, the rows."""


def pages_of(tables: Iterable[Table]) -> Iterable[Page]:
    """A page for each table of a document that names its sheet; every cell is a text."""
    return ((table.sheet, table.head, [[str(cell) for cell in row] for row in table.rows]) for table in tables)


def write_sheets(pages: Iterable[Page], title: str, path: Path, *, began: datetime) -> None:
    """Write a workbook of ``pages``. Raises OSError."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    book = Workbook(str(path), SAFE)
    book.set_properties({"title": brief(title, PROPERTY), "created": began.replace(tzinfo=None)})
    sheets = _Sheets(book)
    for name, head, rows in pages:
        sheets.add(name, head, rows)
    try:
        book.close()
    except FileCreateError as error:
        cause = error.args[0] if error.args and isinstance(error.args[0], OSError) else None
        raise cause or OSError(str(error)) from error


class _Sheets:
    def __init__(self, book: Any) -> None:
        self.book = book
        self.bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
        self.plain = book.add_format({"text_wrap": True, "valign": "top"})
        self.formats = {unit: book.add_format({"num_format": form, "valign": "top"}) for unit, form in FORMATS.items()}

    def add(self, name: str, head: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
        sheet = self.book.add_worksheet(name[:31])
        widths = [float(len(text)) for text in head]
        for column, text in enumerate(head):
            sheet.write_string(0, column, calm(text)[:CELL], self.bold)
        for line, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                self._cell(sheet, line, column, cell)
                if isinstance(cell, str) and column < len(widths):
                    widths[column] = max(widths[column], 0.9 * len(cell))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(max(10.0, width), WIDEST if len(head) > 2 or not column else 100.0))
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")

    def _cell(self, sheet: Any, line: int, column: int, cell: Value) -> None:
        if isinstance(cell, str):
            sheet.write_string(line, column, calm(cell)[:CELL], self.plain)
        elif isinstance(cell, int):
            sheet.write_number(line, column, cell)
        elif math.isinf(cell[0]):
            sheet.write_string(line, column, "never")
        elif not math.isnan(cell[0]):
            value, unit = cell
            sheet.write_number(line, column, value / DAY if unit == "duration" else value, self.formats.get(unit))
