"""What a document is made of. Every text in a block is somebody's, and stays text in every form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
class Picture:
    """A drawn figure. ``says`` is the takeaway in a sentence or two: its caption and the text for those who cannot see it."""

    name: str
    title: str
    says: str
    png: bytes


@dataclass(frozen=True)
class Heading:
    """A heading; one with a ``key`` can be linked to and stands in the table of contents, by its ``short`` name."""

    text: str
    level: int = 2
    key: str = ""
    short: str = ""


@dataclass(frozen=True)
class Text:
    """A paragraph; ``tone`` is plain, soft (a remark), strong (the main point) or warning."""

    text: str
    tone: str = "plain"


@dataclass(frozen=True)
class Verdict:
    """The findings, most important first: the first sentence is the answer."""

    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """A text in a table that is more than text: a verdict, a flag or code."""

    text: str
    tone: str = ""  #: pass, fail, inconclusive, better, worse, soft, code, flag or flag event

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Table:
    """Rows of texts under a head; the first column names the row.

    Empty cells of a ``form`` are to be filled in by hand. The columns of ``numbers`` lean right. The last row of a ``total`` sums up.
    ``sheet`` names it in a workbook.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str | Cell, ...], ...]
    caption: str = ""
    sheet: str = ""
    form: bool = False
    numbers: bool = False
    total: bool = False


@dataclass(frozen=True)
class Figure:
    picture: Picture


@dataclass(frozen=True)
class Tile:
    """A key figure: its value, what it is, and what else must be known of it."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Tiles:
    items: tuple[Tile, ...]


@dataclass(frozen=True)
class Bar:
    """A bar from zero, with its interval if it has one, and in words what it says; ``tone`` as of a cell."""

    label: str
    value: float
    text: str
    tone: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Bars:
    """Bars one below another on one scale, drawn by each form with its own means."""

    title: str
    items: tuple[Bar, ...]

    def ends(self) -> tuple[float, float]:
        """What the scale reaches from and to; zero lies in it."""
        reached = [0.0, *(end for bar in self.items for end in (bar.value, bar.low, bar.high) if end is not None)]
        return min(reached), max(reached) if max(reached) > min(reached) else min(reached) + 1.0


@dataclass(frozen=True)
class Code:
    """Something to be typed as it stands."""

    text: str


@dataclass(frozen=True)
class Contents:
    """Links to the headings that have a key."""


@dataclass(frozen=True)
class Fold:
    """What only some readers look for: folded where a form can fold, printed where it cannot."""

    heading: Heading
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Lines:
    """A label, and empty lines to write on."""

    label: str
    count: int = 3


@dataclass(frozen=True)
class Break:
    """A new page begins."""


Block = Heading | Text | Verdict | Bullets | Table | Bars | Figure | Tiles | Code | Contents | Fold | Lines | Break


@dataclass(frozen=True)
class Document:
    """What is handed to a reader. ``handling`` stands on every page; ``simulated`` says that its numbers were not observed."""

    name: str  #: of its files
    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    about: tuple[str, ...] = ()  #: what was simulated, under the title
    handling: str = ""
    draft: bool = False
    simulated: bool = False
    landscape: bool = False
    calibrated: str = ""  #: on what the model was calibrated, or that it was not

    @property
    def marks(self) -> tuple[str, ...]:
        """What stands on every page."""
        return tuple(
            mark for mark in (self.handling, "DRAFT" * self.draft, "Simulated – not observed" * self.simulated, self.calibrated) if mark
        )

    def everything(self) -> Iterator[Block]:
        """All blocks in their order, folded ones behind their heading."""
        return _unfolded(self.blocks)

    def tables(self) -> Iterator[Table]:
        """Those that have a sheet."""
        return (block for block in self.everything() if isinstance(block, Table) and block.sheet)

    def pictures(self) -> Iterator[Picture]:
        """Those of all figures."""
        return (block.picture for block in self.everything() if isinstance(block, Figure))

    def contents(self) -> list[Heading]:
        """The headings that have a key."""
        return [block for block in self.everything() if isinstance(block, Heading) and block.key]


def _unfolded(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Fold):
            yield block.heading
            yield from _unfolded(block.blocks)
        else:
            yield block


def table(head: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "", *, sheet: str = "", form: bool = False) -> Table:
    """A table of calm texts."""
    return Table(tuple(head), tuple(tuple(calm(cell) for cell in row) for row in rows), calm(caption), sheet, form)


def bullets(items: Sequence[str]) -> Bullets:
    """A list of calm texts."""
    return Bullets(tuple(calm(item) for item in items))


def text(said: str, tone: str = "plain") -> Text:
    """A calm paragraph."""
    return Text(calm(said), tone)


def footer(document: Document, at: str) -> str:
    """The last line: who made it ``at`` which time, and that nothing was observed."""
    made = f"Made by crisis-simulator {at} UTC."
    outcome = "Everything here is the outcome of a simulation of stated assumptions; nothing was observed."
    return f"{made} {outcome}" if document.simulated else made
