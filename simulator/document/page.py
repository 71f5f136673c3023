"""A document as one HTML file that needs no network, no JavaScript and no other file."""

from __future__ import annotations

import base64
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.document.blocks import Bars, Cell, Document, Table, brief, calm, footer

if TYPE_CHECKING:
    from jinja2 import Template


TEMPLATES = Path(__file__).parent / "templates"
WORD = 40
"""Longer words may be broken, so that a table stays on its page."""


@cache
def template() -> Template:
    """The compiled template; every value is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        finalize=lambda value: calm(value) if isinstance(value, str) and type(value) is str else value,
    )  # fmt: skip
    environment.filters["long"] = lambda cell: any(len(word) > WORD for word in str(cell).split())
    environment.filters["id"] = id
    environment.filters["kind"] = lambda block: type(block).__name__
    environment.filters["placed"] = _placed
    environment.filters["tone"] = lambda cell: cell.tone if isinstance(cell, Cell) else ""
    return environment.get_template("document.html.j2")


def html(document: Document, began: datetime) -> str:
    """The whole page; ``began`` is when the run that it tells of began."""
    return template().render(
        document=document,
        title=brief(document.title),
        style=(TEMPLATES / "document.css").read_text(encoding="utf-8"),
        labels=_labels(document),
        images={p.name: base64.b64encode(p.png).decode("ascii") for p in document.pictures()},
        footer=footer(document, f"{began:%Y-%m-%d %H:%M}"),
    )


def _placed(bars: Bars) -> list[dict[str, object]]:
    """Where each bar and its interval stand, in per cent of the scale."""
    least, most = bars.ends()

    def at(value: float) -> float:
        return round(100 * (value - least) / (most - least), 2)

    zero = at(0.0)
    made: list[dict[str, object]] = []
    for bar in bars.items:
        left, right = sorted((zero, at(bar.value)))
        interval = None
        if bar.low is not None and bar.high is not None and bar.low < bar.high:
            interval = (at(bar.low), round(at(bar.high) - at(bar.low), 2))
        made.append({"bar": bar, "zero": zero, "left": left, "width": round(right - left, 2), "interval": interval})
    return made


def _labels(document: Document) -> dict[int, str]:
    """A name for the frame of each table, unlike any other's, by the identity of the table."""
    tables = [block for block in document.everything() if isinstance(block, Table)]
    return {id(one): f"table {n}: {one.caption or ', '.join(name for name in one.head if name)}" for n, one in enumerate(tables, 1)}
