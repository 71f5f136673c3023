"""Workbooks that are not what they seem: each is told in a sentence, and none takes long or much memory."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import openpyxl
import pytest

from simulator.scenario import spreadsheet
from simulator.scenario.problem import Wrong
from simulator.scenario.spreadsheet import as_csv
from tests.attack.workbooks import SHARED, SHEET, shared, sheet, workbook, written

MIDNIGHT = datetime.fromisoformat("2026-03-10")
NOON = MIDNIGHT + timedelta(hours=12)
ONE = sheet(f"<row>{written('id')}</row>")


def marked(content: bytes, offset: int, value: bytes) -> bytes:
    """A packed file that says something else of each of its parts, ``offset`` bytes after the mark of its entry in the list of them."""
    changed = bytearray(content)
    at = changed.find(b"PK\x01\x02")
    while at >= 0:
        changed[at + offset : at + offset + len(value)] = value
        at = changed.find(b"PK\x01\x02", at + 4)
    return bytes(changed)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a cell far down": (
        lambda: workbook({SHEET: sheet(f"<row r='2000000000'>{written('id', 'A2000000000')}</row>")}),
        "something in row 2,000,000,000",
    ),
    "a row far down": (lambda: workbook({SHEET: sheet(f"<row r='1048576'>{written('x')}</row>")}), "something in row 1,048,576"),
    "a cell far off": (
        lambda: workbook({SHEET: sheet(f"<row>{written('id')}</row><row r='199999'>{written('x', 'XFD199999')}</row>")}),
        "more than 2,000,000 cells, the empty ones",
    ),
    "many empty cells": (lambda: workbook({SHEET: sheet(f"<row>{'<c/>' * 2_100_000}</row>")}), "more than 2,000,000 cells"),
    "rows upside down": (
        lambda: workbook({SHEET: sheet(f"<row r='9'>{written('id')}</row><row r='2'>{written('x')}</row>")}),
        "row 2 stands below row 9",
    ),
    "a row above the first": (lambda: workbook({SHEET: sheet(f"<row r='0'>{written('x')}</row>")}), "row 0 is nowhere"),
    "a cell above the first": (lambda: workbook({SHEET: sheet(f"<row>{written('x', 'A0')}</row>")}), "cell A0 is nowhere"),
    "a cell of another row": (lambda: workbook({SHEET: sheet(f"<row>{written('x', 'A9')}{written('y')}</row>")}), "cell A9 is nowhere"),
    "rows in rows": (lambda: workbook({SHEET: sheet(f"<row><row>{written('x')}</row></row>")}), "is nowhere"),
    "a cell in no row": (lambda: workbook({SHEET: sheet(f"<row/>{written('x')}")}), "a cell without a row is nowhere"),
    "more texts than there are": (
        lambda: workbook({SHARED: shared("x").replace("<sst ", "<sst uniqueCount='99999999999' "), SHEET: ONE}),
        "it says `uniqueCount` of 99999999999",
    ),
    "a row beyond all numbers": (
        lambda: workbook({SHEET: sheet(f"<row>{written('id')}</row><row>{written('x', 'A4294967298000000')}</row>")}),
        "is nowhere",
    ),
    "many rows": (lambda: workbook({SHEET: sheet("<row><c><v>1</v></c></row>" * 210_000)}), "something in row 200,001"),
    "many tags": (lambda: workbook({SHEET: sheet("<x/>" * 10_100_000)}), "more than 10,000,000 tags"),
    "much space": (lambda: workbook({SHEET: sheet(" " * 101_000_000)}), "unpacks to more than 100,000,000 bytes"),
    "a long text in many cells": (
        lambda: workbook({SHARED: shared("x" * 100_000), SHEET: sheet("<row><c t='s'><f>1</f><v>0</v></c></row>" * 2_000)}),
        "more than 100,000,000 characters in its cells",
    ),
    "a text that stands for more": (
        lambda: workbook({SHEET: '<!DOCTYPE a [<!ENTITY b "bbbb">]>' + sheet(f"<row>{written('&b;')}</row>")}),
        "declares what its text stands for",
    ),
    "a part that is cut off": (lambda: workbook({SHEET: ONE[:-20]}), "sheet1.xml: unclosed token"),
    "a text that is not there": (lambda: workbook({SHEET: sheet("<row><c t='s'><v>-5</v></c></row>")}), "not a workbook that can be read"),
    "a part with a password": (lambda: marked(workbook({SHEET: ONE}), 8, b"\x01"), "is encrypted"),
    "a workbook with a password": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000), "is encrypted, or a workbook of an old kind"),
    "packed as nobody packs": (lambda: marked(workbook({SHEET: ONE}), 10, b"\x63\x00"), "not a workbook"),
    "a size that is not true": (
        lambda: marked(workbook({SHEET: sheet(" " * 101_000_000)}), 24, struct.pack("<I", 10)),
        "not a workbook",
    ),
    "no sheet where it should be": (lambda: workbook({}), "not a workbook that can be read"),
    "something else that is packed": (lambda: packed("content.xml", "<a/>"), "not a workbook that can be read"),
    "cut off": (lambda: workbook({SHEET: ONE})[:-30], "is not a workbook"),
    "nothing": (lambda: b"", "is not a workbook"),
}  # fmt: skip


def packed(name: str, content: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("case", HOSTILE)
def test_it_is_told_in_a_sentence(case: str) -> None:
    make, said = HOSTILE[case]
    content = make()
    with pytest.raises(Wrong) as caught:
        as_csv(content, "list.xlsx")
    (problem,) = caught.value.problems
    assert said in problem.message
    assert "list.xlsx" in problem.message
    assert "\n" not in problem.message


def test_the_reader_is_given_nothing_that_was_not_measured() -> None:
    """A second list of parts, other kinds of workbooks, a part twice, parts that are none: all that a reader could take instead."""
    inner = workbook({SHEET: sheet(f"<row>{written('far', 'A999999')}</row>"), "content.xml": "<x>"})
    outer = workbook({SHEET: ONE, "content.xml": "<a", "xl/workbook.bin": b"\0\xff", "xl/media/picture.xml.png": inner})
    out = io.BytesIO(outer)
    with zipfile.ZipFile(out, "a") as more, pytest.warns(UserWarning, match="Duplicate name"):
        more.writestr(SHEET, ONE)
    assert as_csv(out.getvalue(), "list.xlsx") == "id\n"
    with zipfile.ZipFile(io.BytesIO(spreadsheet._measured(out.getvalue(), "list.xlsx"))) as kept:
        assert sorted(kept.namelist()) == sorted({*kept.namelist()})
        assert all(name.endswith((".xml", ".rels")) and name != "content.xml" for name in kept.namelist())


def test_it_reads_what_another_program_wrote_as_that_reads_it() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    rows: list[list[Any]] = [
        ["text", "é 💥\nsecond line", "1.180", "=x", " kept "],
        [1, -2.5, 1.18, 1e15, True],
        [],
        [None, NOON, MIDNIGHT, time(7, 30), timedelta(hours=30, minutes=5)],
    ]  # fmt: skip
    for row in rows:
        book.active.append(row)
    book.active.append([NOON - timedelta(microseconds=1)])
    book.active["A7"].number_format = "0.00"
    out = io.BytesIO()
    book.save(out)
    assert as_csv(out.getvalue(), "list.xlsx") == (
        'text,"é 💥\nsecond line",1.180,, kept \n'
        "1,-2.5,1.18,1000000000000000,True\n,,,,\n,2026-03-10T12:00,2026-03-10T00:00,07:30,30:05:00\n2026-03-10T12:00,,,,\n"
    )


def test_a_large_table_is_read() -> None:
    rows = "".join(f"<row><c><v>{i}</v></c><c t='s'><v>{i % 2}</v></c></row>" for i in range(20_000))
    text = as_csv(workbook({SHARED: shared("yes", "no"), SHEET: sheet(rows)}), "list.xlsx")
    assert text.splitlines()[19_998:] == ["19998,yes", "19999,no"]


def test_what_is_only_formatted_takes_no_room() -> None:
    far = "<row r='1048576' ht='30'><c r='XFD1048576' s='3'/></row>"
    assert as_csv(workbook({SHEET: sheet(f"<row>{written('id')}</row>{far}")}), "list.xlsx") == "id\n"
