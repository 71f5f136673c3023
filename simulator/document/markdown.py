"""A document as Markdown: tables as GitHub draws them, and links to the figures beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import singledispatch
from typing import TYPE_CHECKING

from simulator.document.blocks import (
    Bars,
    Bullets,
    Code,
    Contents,
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

if TYPE_CHECKING:
    from simulator.document.blocks import Block


def markdown(document: Document, began: datetime) -> str:
    """The whole page; its figures are files beside it, in ``figures``."""
    lines = [f"# {escaped(brief(document.title))}", ""]
    lines += [f"**{escaped(' · '.join(document.marks))}**", ""] if document.marks else []
    for sentence in (document.subtitle, *document.about):
        lines += [escaped(sentence), ""] if sentence else []
    for block in document.everything():
        if not isinstance(block, Contents):
            lines += [*_lines(block), ""]
    return "\n".join([*lines, escaped(footer(document, f"{began:%Y-%m-%d %H:%M}"))]) + "\n"


@singledispatch
def _lines(_block: Block) -> Iterable[str]:
    return ["---"]


@_lines.register
def _heading(block: Heading) -> Iterable[str]:
    return [f"{'#' * block.level} {escaped(block.text)}"]


@_lines.register
def _text(block: Text) -> Iterable[str]:
    said = escaped(block.text)
    return [{"strong": f"**{said}**", "warning": f"> {said}"}.get(block.tone, said)]


@_lines.register
def _verdict(block: Verdict) -> Iterable[str]:
    return [line for sentence in block.sentences for line in (escaped(sentence), "")][:-1]


@_lines.register
def _bullets(block: Bullets) -> Iterable[str]:
    return [f"- {escaped(item)}" for item in block.items]


@_lines.register
def _tiles(block: Tiles) -> Iterable[str]:
    return [f"- {escaped(f'{tile.value} {tile.label}' + (f' ({tile.note})' if tile.note else ''))}" for tile in block.items]


@_lines.register
def _table(block: Table) -> Iterable[str]:
    head = [f"**{escaped(block.caption)}**", ""] if block.caption else []
    return [*head, *table_lines(block.head, block.rows, numbers=block.numbers)][:-1]


@_lines.register
def _bars(block: Bars) -> Iterable[str]:
    return [f"**{escaped(block.title)}**", "", *table_lines(("", "says"), [(bar.label, bar.text) for bar in block.items], numbers=False)][
        :-1
    ]


@_lines.register
def _figure(block: Figure) -> Iterable[str]:
    picture = block.picture
    return [f"![{escaped(picture.title)}](figures/{picture.name}.png)", "", escaped(picture.says)]


@_lines.register
def _code(block: Code) -> Iterable[str]:
    return fenced(f"$ {calm(block.text)}", "console")


@_lines.register
def _to_write_on(block: Lines) -> Iterable[str]:
    return [escaped(block.label), *["", "\\_" * 60] * block.count]


def table_lines(head: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: bool = True) -> Iterator[str]:
    """A table as GitHub draws it, and an empty line; with ``numbers`` all columns but the first lean right."""
    yield _row(head)
    yield _row(["---", *["---:" if numbers else "---"] * (len(head) - 1)], plain=True)
    for row in rows:
        yield _row(row)
    yield ""


def _row(cells: Sequence[object], *, plain: bool = False) -> str:
    return f"| {' | '.join((str(cell) if plain else escaped(str(cell))) or ' ' for cell in cells)} |"


def fenced(text: str, language: str) -> list[str]:
    """``text`` as a block of code, whatever backticks are in it."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return [f"{fence}{language}", text, fence]


def escaped(text: str) -> str:
    """``text`` as itself, on one line: no table, link, emphasis, heading, list, quote, formula or tag begins in it.

    The one escaper of Markdown, for every word that a user, a file or the computer wrote.
    """
    text = " ".join(SIGNS.sub(r"\\\g<0>", text).split())
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return LISTS.sub(r"\g<1>\\", text)


SIGNS = re.compile(r"[\\`*_\[\]|#~$]|:(?=//)|(?<=[Ww][Ww][Ww])\.")
"""What means something wherever it stands; the last two would make a link of an address."""
LISTS = re.compile(r"^(?:(\d+)(?=[.)](?: |\Z))|(?=[-+](?: |\Z))|(?=(?:-+|=+)\Z))")
"""What means something where a line begins, and alone: +5 and 7.5 % are numbers."""
