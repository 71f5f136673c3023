"""Documents as blocks: written once, rendered as HTML, Markdown, DOCX and sheets. Every text in them is a user's, until escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.report.figures import Picture

_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""What no document may hold, and marks that would turn the direction of what follows them."""
LONGEST = 200
"""Characters of a title that are shown in headings; an overview tells the rest."""


def calm(text: str) -> str:
    """The text without signs that nobody sees and that change what stands around it."""
    return _HIDDEN.sub("", text)


def brief(text: str, most: int = LONGEST) -> str:
    """The beginning of a text that may be endless."""
    clean = " ".join(calm(text).split())
    return clean if len(clean) <= most else clean[: most - 1].rstrip() + "…"


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 2


@dataclass(frozen=True)
class Text:
    """A paragraph; ``tone`` is plain, soft (a remark), strong (the main point) or warning."""

    text: str
    tone: str = "plain"


@dataclass(frozen=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Rows of texts under a head. Empty cells of a ``form`` are to be filled in by hand; ``sheet`` names it in a workbook."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    sheet: str = ""
    form: bool = False


@dataclass(frozen=True)
class Figure:
    picture: Picture


@dataclass(frozen=True)
class Lines:
    """A label, and empty lines to write on."""

    label: str
    count: int = 3


@dataclass(frozen=True)
class Break:
    """A new page begins."""


Block = Heading | Text | Bullets | Table | Figure | Lines | Break


@dataclass(frozen=True)
class Paper:
    """A document. ``handling`` stands on every page; ``simulated`` tells that its numbers were not observed."""

    name: str  #: of its files
    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    handling: str = ""
    draft: bool = False
    simulated: bool = False
    landscape: bool = False

    def tables(self) -> Iterator[Table]:
        """Those that have a sheet."""
        return (block for block in self.blocks if isinstance(block, Table) and block.sheet)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "", *, sheet: str = "", form: bool = False) -> Table:
    """A table of calm texts."""
    return Table(tuple(head), tuple(tuple(calm(cell) for cell in row) for row in rows), calm(caption), sheet, form)


def bullets(items: Sequence[str]) -> Bullets:
    """A list of calm texts."""
    return Bullets(tuple(calm(item) for item in items))


def text(said: str, tone: str = "plain") -> Text:
    """A calm paragraph."""
    return Text(calm(said), tone)
