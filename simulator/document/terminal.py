"""A document on a terminal: plain text, no box drawing, no line longer than most terminals are wide."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.document.blocks import Bars

WIDTH = 100
"""Signs in a line; a wider table goes on below."""
PROSE = 100
"""Signs in a line of a sentence."""
SHORTEST, LONGEST = 8, 30
"""Signs of the longest bar, where there is little room and where there is much."""


def wrapped(sentence: str) -> str:
    """A sentence in lines of at most 100 signs."""
    return textwrap.fill(sentence, PROSE, subsequent_indent="  ", break_on_hyphens=False)


def ascii_text(text: str) -> str:
    """The same text in signs that every terminal has."""
    for sign, plain in (
        ("✓ ", ""),
        ("✗ ", ""),
        ("≈ ", ""),
        ("· ", ""),
        ("±", "+-"),
        ("−", "-"),
        ("–", "-"),
        ("≥", ">="),
        ("≤", "<="),
        ("“", '"'),
        ("”", '"'),
        ("…", "..."),
    ):
        text = text.replace(sign, plain)
    return text.encode("ascii", "replace").decode("ascii")


def table_text(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """Rows under a head, in as many pieces one below another as keep within the width; each begins with the first column."""
    import click

    texts = [[str(cell) for cell in row] for row in (head, *rows)]
    lines: list[str] = []
    for columns_of_piece in _pieces(texts):
        first, *more = columns([[row[i] for i in (0, *columns_of_piece)] for row in texts], left=1)
        lines += [click.style(first, bold=True), *more]
    return "\n".join(lines)


def bars_text(bars: Bars) -> str:
    """Bars of signs, each with its label and its words."""
    said = [f"{bar.text} – {bar.tone}" if bar.tone in ("better", "worse") else bar.text for bar in bars.items]
    label = max(len(bar.label) for bar in bars.items)
    room = min(max(PROSE - label - max(map(len, said)) - 6, SHORTEST), LONGEST)
    least, most = bars.ends()
    scale = room / (most - least)
    zero = round(-least * scale)
    lines = [wrapped(bars.title)]
    for bar, words in zip(bars.items, said, strict=True):
        left, right = sorted((zero, round((bar.value - least) * scale)))
        drawn = " " * left + ("#" if bar.tone == "worse" else "=") * (right - left) + " " * (room - right)
        beside = f" {bar.label:<{label}}  {drawn[:zero]}|{drawn[zero:]}  "
        first, *more = textwrap.wrap(words, max(PROSE - len(beside), SHORTEST)) or [""]
        lines += [(beside + first).rstrip(), *(" " * len(beside) + rest for rest in more)]
    return "\n".join(lines)


def columns(rows: Sequence[Sequence[str]], *, left: int) -> list[str]:
    """Rows in columns two spaces apart; the first ``left`` columns lean left, the others right."""
    import click

    widths = [max(len(click.unstyle(row[i])) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = []
        for i, (cell, width) in enumerate(zip(row, widths, strict=True)):
            gap = " " * (width - len(click.unstyle(cell)))
            cells.append(cell + gap if i < left else gap + cell)
        lines.append((" " + "  ".join(cells)).rstrip())
    return lines


def _pieces(rows: Sequence[Sequence[str]]) -> list[list[int]]:
    """The columns after the first, in groups no wider together than the width allows."""
    import click

    widths = [max(len(click.unstyle(row[i])) for row in rows) for i in range(len(rows[0]))]
    pieces: list[list[int]] = [[]]
    used = left = 1 + widths[0]
    for i, width in enumerate(widths[1:], 1):
        if pieces[-1] and used + 2 + width > WIDTH:
            pieces.append([])
            used = left
        pieces[-1].append(i)
        used += 2 + width
    return pieces
