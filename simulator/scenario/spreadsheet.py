"""The first sheet of a workbook as CSV text, so that a table may come from a spreadsheet as well.

A library reads it, and makes room for every cell between the first and the last: so a workbook is measured before. A part that is no
sound XML, or more than anybody writes by hand, is refused, and the library is given the parts that were measured and nothing else.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from math import isfinite
from xml.parsers import expat

from simulator.errors import printable
from simulator.scenario.problem import Wrong, wrong

ENDS = ".xlsx"
MAX_UNPACKED = 100_000_000
"""Bytes that a workbook may hold when unpacked, and characters of all its cells."""
MAX_ROWS = 200_000
MAX_CELLS = 2_000_000
"""Cells of a sheet, the empty ones among others included."""
MAX_TAGS = 10_000_000
HALF_A_SECOND = timedelta(milliseconds=500)
CHUNK = 1 << 16
COUNTS = ("count", "uniqueCount")
"""What parts say of how much they hold."""
ENCRYPTED = 1
"""The bit of a packed part that says so."""
_THREE_DECIMALS = re.compile(r"^(\d+\.\d{3})\Z")
_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,9})", re.ASCII)
_ROW = re.compile(r"[1-9]\d{0,9}", re.ASCII)
_READ = re.compile(r"\[Content_Types\]\.xml|(_rels|xl)/.*\.(xml|rels)", re.DOTALL)
"""The parts of a workbook that say what is in its cells."""
ALONE = "save the table alone, as CSV"
OPEN = "save it as .xlsx without a password, or as CSV"
AGAIN = "save it again as .xlsx, or as CSV"


def as_csv(content: bytes, name: str) -> str:
    """The cells of the first sheet; raises Wrong for what is no workbook, and for one that would take long to read."""
    try:
        from python_calamine import CalamineWorkbook, SheetTypeEnum
    except ImportError:
        hint = "install crisis-simulator[xlsx], or save the sheet as CSV"
        raise wrong(f"`{name}` is a workbook, and the package that reads workbooks is not installed", hint, "data-file") from None
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise wrong(f"`{name}` is encrypted, or a workbook of an old kind", OPEN, "data-file")
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(_measured(content, name)))
        sheets = [i for i, sheet in enumerate(book.sheets_metadata) if sheet.typ == SheetTypeEnum.WorkSheet]
        cells = book.get_sheet_by_index(sheets[0]).to_python(skip_empty_area=False) if sheets else []
        rows = [_filled([_text(cell) for cell in row]) for row in cells]
    except zipfile.BadZipFile:
        raise wrong(f"`{name}` is not a workbook", "save it as .xlsx or as CSV", "data-file") from None
    except (Wrong, KeyboardInterrupt):
        raise
    except BaseException as error:  # noqa: BLE001  # whatever a damaged, encrypted or hostile file makes its reader say, panics among it
        why = " ".join(printable(str(error)).split())[:100] or type(error).__name__
        raise wrong(f"`{name}` is not a workbook that can be read: {why}", AGAIN, "data-file") from None
    last = max((number for number, row in enumerate(rows, 1) if row), default=0)
    wide = max(map(len, rows), default=0)
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows(row + [""] * (wide - len(row)) for row in rows[:last])  # line numbers are the sheet's
    return made.getvalue()


def _filled(cells: list[str]) -> list[str]:
    """The cells up to the last that is not empty."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _measured(content: bytes, name: str) -> bytes:
    """The workbook with the parts that are read, each of which was unpacked and measured; raises Wrong where there is too much."""
    kept = io.BytesIO()
    size, measure = 0, _Measure(name)
    met: set[str] = set()
    with zipfile.ZipFile(io.BytesIO(content)) as packed, zipfile.ZipFile(kept, "w") as measured:
        for part in packed.infolist():
            if _READ.fullmatch(part.filename) and part.filename not in met:
                met.add(part.filename)
                if part.flag_bits & ENCRYPTED:
                    raise wrong(f"`{name}` is encrypted", OPEN, "data-file")
                unpacked = bytearray()
                for chunk in _unpacked(packed, part):
                    unpacked += chunk
                    size += len(chunk)
                    if size > MAX_UNPACKED:
                        raise wrong(f"`{name}` unpacks to more than {MAX_UNPACKED:,} bytes", ALONE, "data-file")
                measure.take(bytes(unpacked), part.filename)
                measured.writestr(part.filename, bytes(unpacked))
    measure.check_texts()
    return kept.getvalue()


def _unpacked(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a part, bit by bit: what it says of its size need not be true."""
    with packed.open(part) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


class _Measure:
    """How many cells the sheets of a workbook have, from the first row and column to the last, and how much text."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.tags = self.cells = 0
        self.texts: list[list[int]] = []  #: by part: the characters of each text that cells share
        self.shared: Counter[str] = Counter()  #: how many cells have a text, by its number
        self._begin()

    def _begin(self) -> None:
        self.rows = self.columns = self.row = self.column = 0
        self.in_row = False
        self.shares = False  #: whether the cell has a text that others may have as well
        self.inside = ""  #: the element whose characters count

    def take(self, part: bytes, file: str) -> None:
        """Measure a part. Raises Wrong where it has too many cells or tags, or is no sound XML."""
        self._begin()
        self.tags += part.count(b"<")
        if self.tags > MAX_TAGS:
            raise wrong(f"`{self.name}` has more than {MAX_TAGS:,} tags", ALONE, "data-file")
        self.texts.append([])
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._declares
        try:
            parser.Parse(part, True)
        except expat.ExpatError as error:
            raise wrong(f"`{self.name}` is not a workbook that can be read: {printable(file)}: {error}", AGAIN, "data-file") from None

    def check_texts(self) -> None:
        """Raise Wrong where the texts that cells share are more than a computer should hold."""
        longest = [max(lengths) for lengths in zip_longest(*self.texts, fillvalue=0)]
        numbers = {str(number): length for number, length in enumerate(longest)}
        if sum(cells * numbers.get(number.strip(), 0) for number, cells in self.shared.items()) > MAX_UNPACKED:
            raise wrong(f"`{self.name}` has more than {MAX_UNPACKED:,} characters in its cells", ALONE, "data-file")

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        for count in COUNTS:  # for which the reader makes room, whether they are true or not
            if count in attributes and not (attributes[count].isdecimal() and int(attributes[count][:20]) <= MAX_CELLS):
                message = f"`{self.name}` is not a workbook that can be read: it says `{count}` of {attributes[count][:40]}"
                raise wrong(printable(message), AGAIN, "data-file")
        element = element.rpartition(":")[2]
        if element == "c":
            self._cell(attributes)
        elif element in ("v", "f", "is"):
            self.inside = element if self.shares else ""
            self._reach()
        elif element == "row":
            self._row(attributes.get("r"))
        elif element == "si":
            self.texts[-1].append(0)
        elif element == "t":
            self.inside = "t"

    def _row(self, number: str | None) -> None:
        if self.in_row or (number is not None and not _ROW.fullmatch(number)):
            raise self._nowhere(f"row {number}")
        self.in_row = True
        self.row, self.column = self.row + 1 if number is None else int(number), 0

    def _nowhere(self, what: str) -> Wrong:
        return wrong(f"`{self.name}` is not a workbook that can be read: {printable(what)[:40]} is nowhere", AGAIN, "data-file")

    def _cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        if place is None:
            self.column += 1
        else:
            found = _CELL.fullmatch(place)
            if found is None or int(found[2]) != self.row:
                raise self._nowhere(f"cell {place}")
            self.column = sum(26**i * (ord(letter) - ord("A") + 1) for i, letter in enumerate(reversed(found[1])))
        if not self.in_row:
            raise self._nowhere("a cell without a row")
        self.shares = attributes.get("t") == "s"
        self.cells += 1
        if self.cells > MAX_CELLS:
            raise wrong(f"`{self.name}` has more than {MAX_CELLS:,} cells", ALONE, "data-file")

    def _reach(self) -> None:
        """Count the cell, which has something in it, and all that its row and column make the sheet hold."""
        if self.row < self.rows:  # the reader takes the first for the top and the last for the bottom
            raise wrong(
                f"`{self.name}` is not a workbook that can be read: row {self.row:,} stands below row {self.rows:,}", AGAIN, "data-file"
            )
        self.rows, self.columns = self.row, max(self.columns, self.column)
        if self.rows > MAX_ROWS:
            raise wrong(f"`{self.name}` has something in row {self.rows:,}; at most {MAX_ROWS:,} rows are read", ALONE, "data-file")
        if self.rows * self.columns > MAX_CELLS:
            message = f"`{self.name}` has more than {MAX_CELLS:,} cells, the empty ones up to the last row and column included"
            raise wrong(message, ALONE, "data-file")

    def _end(self, element: str) -> None:
        self.inside = ""
        if element.rpartition(":")[2] == "row":
            self.in_row = False

    def _characters(self, text: str) -> None:
        if self.inside == "v":
            self.shared[text] += 1
        elif self.inside == "t" and self.texts[-1]:
            self.texts[-1][-1] += len(text)

    def _declares(self, *_: object) -> None:
        raise wrong(f"`{self.name}` declares what its text stands for, as no workbook does", AGAIN, "data-file")


def _text(cell: object) -> str:
    """A cell as CSV has it: whole seconds of times, and numbers that cannot be taken for such with thousands."""
    if isinstance(cell, datetime):
        whole = (cell + HALF_A_SECOND).replace(microsecond=0)
        return whole.isoformat(timespec="seconds" if whole.second else "minutes")
    if isinstance(cell, date):
        return _text(datetime.combine(cell, time()))
    if isinstance(cell, time):
        return _text(datetime.combine(date.min, cell)).partition("T")[2]
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    if isinstance(cell, float) and isfinite(cell):
        return str(int(cell)) if cell.is_integer() else re.sub(_THREE_DECIMALS, r"\g<0>0", repr(cell))
    return str(cell)
