"""A paper as HTML, Markdown, DOCX and workbook. No script, no network, and no text of a user taken for anything else."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.drill.paper import Break, Bullets, Figure, Heading, Lines, Paper, Table, Text, brief
from simulator.errors import UsageError
from simulator.report.markdown import escaped, table_lines
from simulator.report.page import TEMPLATES

if TYPE_CHECKING:
    from jinja2 import Template

    from simulator.drill.paper import Block

HERE = Path(__file__).parent / "templates"
WORD = 40
"""Longer words may be broken, so that a table stays on its page."""
CELL = 32_000
"""Characters that a cell of a workbook holds, nearly."""
MANY = 9
"""Columns from which on a table is set in a smaller type."""
PROPERTY = 250
"""Characters that a property of a DOCX file holds, nearly."""


@cache
def template() -> Template:
    """The compiled template; every value is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["long"] = lambda cell: any(len(word) > WORD for word in cell.split())
    return environment.get_template("drill.html.j2")


def html(paper: Paper, began: datetime) -> str:
    """One page that needs no other file."""
    return template().render(
        paper=paper,
        title=brief(paper.title),
        style=(TEMPLATES / "report.css").read_text(encoding="utf-8") + (HERE / "drill.css").read_text(encoding="utf-8"),
        blocks=[(type(block).__name__, block) for block in paper.blocks],
        images={p.name: base64.b64encode(p.png).decode("ascii") for p in _pictures(paper)},
        footer=_footer(paper, began),
    )


def _pictures(paper: Paper) -> Iterator[Any]:
    return (block.picture for block in paper.blocks if isinstance(block, Figure))


def _footer(paper: Paper, began: datetime) -> str:
    made = f"Made by crisis-simulator {began:%Y-%m-%d %H:%M} UTC."
    return f"{made} Its numbers are the outcome of a simulation of stated assumptions; none was observed." if paper.simulated else made


# -- Markdown ---------------------------------------------------------------------------------------------------------


def markdown(paper: Paper, began: datetime) -> str:
    """The paper as Markdown; its figures are files beside it, in ``figures``."""
    lines = [f"# {escaped(brief(paper.title))}", ""]
    marks = [mark for mark in (paper.handling, "DRAFT" * paper.draft, "Simulated – not observed" * paper.simulated) if mark]
    lines += [f"**{escaped(' · '.join(marks))}**", ""] if marks else []
    lines += [escaped(paper.subtitle), ""] if paper.subtitle else []
    for block in paper.blocks:
        lines += [*_marked_up(block), ""]
    return "\n".join([*lines, escaped(_footer(paper, began))]) + "\n"


def _marked_up(block: Block) -> Iterable[str]:
    if isinstance(block, Heading):
        return [f"{'#' * block.level} {escaped(block.text)}"]
    if isinstance(block, Text):
        said = escaped(block.text)
        return [{"strong": f"**{said}**", "warning": f"> {said}"}.get(block.tone, said)]
    if isinstance(block, Bullets):
        return [f"- {escaped(item)}" for item in block.items]
    if isinstance(block, Table):
        head = [f"**{escaped(block.caption)}**", ""] if block.caption else []
        return [*head, *table_lines(block.head, block.rows, numbers=False)][:-1]
    if isinstance(block, Figure):
        picture = block.picture
        return [f"![{escaped(picture.title)}](figures/{picture.name}.png)", "", escaped(picture.says)]
    if isinstance(block, Lines):
        return [escaped(block.label), *["", "\\_" * 60] * block.count]
    return ["---"]


# -- DOCX -------------------------------------------------------------------------------------------------------------


def docx(paper: Paper, began: datetime) -> bytes:
    """The paper for a word processor. Raises UsageError where the package that writes it is not installed."""
    try:
        from docx import Document
        from docx.enum.section import WD_ORIENT
        from docx.shared import Cm, Pt
    except ImportError:
        raise UsageError("DOCX is written by python-docx: install crisis-simulator[docx]") from None
    made = Document()
    made.core_properties.title = brief(paper.title, PROPERTY)
    made.core_properties.author = "crisis-simulator"
    made.core_properties.comments = ""
    made.core_properties.created = made.core_properties.modified = began.replace(tzinfo=None)
    section = made.sections[0]
    section.page_width, section.page_height = (Cm(29.7), Cm(21)) if paper.landscape else (Cm(21), Cm(29.7))
    section.orientation = WD_ORIENT.LANDSCAPE if paper.landscape else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(1.9)
    wide = section.page_width - section.left_margin - section.right_margin
    marks = [mark for mark in (paper.handling, "DRAFT" * paper.draft, "Simulated – not observed" * paper.simulated) if mark]
    section.header.paragraphs[0].text = " · ".join(marks)
    section.footer.paragraphs[0].text = _footer(paper, began)
    made.styles["Normal"].font.size = Pt(10)
    made.add_heading(brief(paper.title), 0)
    if paper.subtitle:
        made.add_paragraph(paper.subtitle)
    for block in paper.blocks:
        _write(made, block, wide)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _write(made: Any, block: Block, wide: int) -> None:
    from docx.shared import Pt

    if isinstance(block, Heading):
        made.add_heading(block.text, block.level - 1)
    elif isinstance(block, Text):
        run = made.add_paragraph().add_run(block.text)
        run.bold, run.italic = block.tone in ("strong", "warning"), block.tone == "soft"
    elif isinstance(block, Bullets):
        for item in block.items:
            made.add_paragraph(item, style="List Bullet")
    elif isinstance(block, Table):
        _write_table(made, block, wide)
    elif isinstance(block, Figure):
        made.add_picture(io.BytesIO(block.picture.png), width=wide)
        picture = made.inline_shapes[-1]._inline.docPr  # noqa: SLF001  # the library has no other way to give a picture its text
        picture.set("descr", f"{block.picture.title}. {block.picture.says}")
        caption = made.add_paragraph().add_run(f"{block.picture.title}. {block.picture.says}")
        caption.italic, caption.font.size = True, Pt(9)
    elif isinstance(block, Lines):
        made.add_paragraph(block.label)
        for _ in range(block.count):
            made.add_paragraph("_" * 80)
    elif isinstance(block, Break):
        made.add_page_break()


def _write_table(made: Any, block: Table, wide: int) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    if block.caption:
        made.add_paragraph().add_run(block.caption).italic = True
    grid = made.add_table(rows=1, cols=len(block.head), style="Table Grid")
    grid.autofit = False
    for cell, name in zip(grid.rows[0].cells, block.head, strict=True):
        cell.text = ""
        cell.paragraphs[0].add_run(name).bold = True
    repeated = OxmlElement("w:tblHeader")  # the head is repeated on every page
    grid.rows[0]._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001  # the library has no other way to say so
    for row in block.rows:
        for cell, said in zip(grid.add_row().cells, row, strict=True):
            cell.text = said
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
        cells = [row[column] for row in block.rows] or [""]
        word = min(max(len(word) for cell in (name, *cells) for word in (cell.split() or [""])), 14)
        wanted.append(max(word + 2.0, min(sum(map(len, cells)) / len(cells), 30.0), 14.0 if block.form and not any(cells) else 5.0))
    return [int(wide * part / sum(wanted)) for part in wanted]


# -- workbook ---------------------------------------------------------------------------------------------------------


def workbook(path: Path, tables: Iterable[Table], began: datetime, title: str) -> None:
    """A sheet for each table; every cell is a text. Raises OSError."""
    from xlsxwriter import Workbook

    book = Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"title": brief(title, PROPERTY), "created": began.replace(tzinfo=None)})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    for table in tables:
        sheet = book.add_worksheet(table.sheet[:31])
        sheet.freeze_panes(1, 1)
        for column, name in enumerate(table.head):
            sheet.write_string(0, column, name, bold)
            longest = max((len(row[column]) for row in table.rows), default=0)
            sheet.set_column(column, column, min(max(10, longest * 0.9, len(name)), 50))
        for line, row in enumerate(table.rows, 1):
            for column, cell in enumerate(row):
                sheet.write_string(line, column, cell[:CELL], plain)
    book.close()
