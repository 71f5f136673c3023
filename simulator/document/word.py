"""A document for a word processor, as DOCX."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulator.document.blocks import (
    Bars,
    Break,
    Bullets,
    Code,
    Document,
    Figure,
    Heading,
    Lines,
    Table,
    Text,
    Tiles,
    Verdict,
    brief,
    calm,
    footer,
)
from simulator.errors import UsageError

if TYPE_CHECKING:
    from simulator.document.blocks import Block

MANY = 9
"""Columns from which on a table is set in a smaller type."""
PROPERTY = 250
"""Characters that a property of a file holds, nearly."""
MISSING = "DOCX is written by python-docx: install crisis-simulator[docx]"


def has_docx() -> bool:
    """Whether the package that writes DOCX is installed."""
    from importlib.util import find_spec

    return find_spec("docx") is not None


def docx(document: Document, began: datetime) -> bytes:
    """The whole file. Raises UsageError where the package that writes it is not installed."""
    try:
        from docx import Document as Docx
        from docx.enum.section import WD_ORIENT
        from docx.shared import Cm, Pt
    except ImportError:
        raise UsageError(MISSING) from None
    made = Docx()
    made.core_properties.title = brief(document.title, PROPERTY)
    made.core_properties.author = "crisis-simulator"
    made.core_properties.comments = ""
    made.core_properties.created = made.core_properties.modified = began.replace(tzinfo=None)
    section = made.sections[0]
    section.page_width, section.page_height = (Cm(29.7), Cm(21)) if document.landscape else (Cm(21), Cm(29.7))
    section.orientation = WD_ORIENT.LANDSCAPE if document.landscape else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(1.9)
    wide = section.page_width - section.left_margin - section.right_margin
    section.header.paragraphs[0].text = calm(" · ".join(document.marks))
    section.footer.paragraphs[0].text = footer(document, f"{began:%Y-%m-%d %H:%M}")
    made.styles["Normal"].font.size = Pt(10)
    made.add_heading(brief(document.title), 0)
    for sentence in (document.subtitle, *document.about):
        if sentence:
            made.add_paragraph(calm(sentence))
    for block in document.everything():
        _write(made, block, wide)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _write(made: Any, block: Block, wide: int) -> None:
    if isinstance(block, Heading):
        made.add_heading(calm(block.text), block.level - 1)
    elif isinstance(block, (Text, Code)):
        run = made.add_paragraph().add_run(calm(block.text))
        tone = block.tone if isinstance(block, Text) else ""
        run.bold, run.italic = tone in ("strong", "warning"), tone == "soft"
    elif isinstance(block, Verdict):
        for number, sentence in enumerate(block.sentences):
            made.add_paragraph().add_run(calm(sentence)).bold = number == 0
    elif isinstance(block, Bullets):
        for item in block.items:
            made.add_paragraph(calm(item), style="List Bullet")
    elif isinstance(block, Tiles):
        for tile in block.items:
            made.add_paragraph(calm(f"{tile.value} {tile.label}" + (f" ({tile.note})" if tile.note else "")), style="List Bullet")
    elif isinstance(block, Table):
        _write_table(made, block, wide)
    elif isinstance(block, Bars):
        _write_table(made, Table(("", "says"), tuple((bar.label, bar.text) for bar in block.items), block.title), wide)
    elif isinstance(block, Figure):
        _write_figure(made, block, wide)
    elif isinstance(block, Lines):
        made.add_paragraph(calm(block.label))
        for _ in range(block.count):
            made.add_paragraph("_" * 80)
    elif isinstance(block, Break):
        made.add_page_break()


def _write_figure(made: Any, block: Figure, wide: int) -> None:
    from docx.shared import Pt

    said = calm(f"{block.picture.title}. {block.picture.says}")
    made.add_picture(io.BytesIO(block.picture.png), width=wide)
    made.inline_shapes[-1]._inline.docPr.set("descr", said)  # noqa: SLF001  # the library has no other way to give a picture its text
    caption = made.add_paragraph().add_run(said)
    caption.italic, caption.font.size = True, Pt(9)


def _write_table(made: Any, block: Table, wide: int) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    if block.caption:
        made.add_paragraph().add_run(calm(block.caption)).italic = True
    grid = made.add_table(rows=1, cols=len(block.head), style="Table Grid")
    grid.autofit = False
    for cell, name in zip(grid.rows[0].cells, block.head, strict=True):
        cell.text = ""
        cell.paragraphs[0].add_run(calm(name)).bold = True
    repeated = OxmlElement("w:tblHeader")  # the head is repeated on every page
    grid.rows[0]._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001  # the library has no other way to say so
    for row in block.rows:
        for cell, said in zip(grid.add_row().cells, row, strict=True):
            cell.text = calm(str(said))
    widths = _widths(block, wide)
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    for line in grid.rows:
        line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001  # as above
        for cell, width in zip(line.cells, widths, strict=True):
            cell.width = width
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_after = Pt(0)
                for run in paragraph.runs:
                    run.font.size = Pt(8.5 if len(block.head) < MANY else 7)
    made.add_paragraph()


def _widths(block: Table, wide: int) -> list[int]:
    """Widths of columns: more for those that say more, and room for the longest word of each."""
    wanted = []
    for column, name in enumerate(block.head):
        cells = [str(row[column]) for row in block.rows] or [""]
        word = min(max(len(word) for cell in (name, *cells) for word in (cell.split() or [""])), 14)
        wanted.append(max(word + 2.0, min(sum(map(len, cells)) / len(cells), 30.0), 14.0 if block.form and not any(cells) else 5.0))
    return [int(wide * part / sum(wanted)) for part in wanted]
