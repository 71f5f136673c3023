"""Figures of what moves the answer: a tornado of assumptions, where a plan breaks even, and what each loss costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from simulator.document.blocks import Picture
from simulator.report.figures.frame import BLUE, DPI, GREY, INK, SOFT, VERMILLION, WIDTH, plain, png

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW = 0.4  #: inches of a row
LEFT = 0.27  #: share of the width left for the names


@dataclass(frozen=True)
class Bar:
    """A row of a tornado: the measure at the two ends of a range, what the ends are called, and the swing in words."""

    name: str
    low: float
    high: float
    low_is: str
    high_is: str
    says: str
    clear: bool


@dataclass(frozen=True)
class Curve:
    """A panel: the difference between two plans along one assumption, with the half-widths of its intervals."""

    name: str
    x: Sequence[float]
    labels: Sequence[str]
    mean: Sequence[float]
    half: Sequence[float]
    crossings: Sequence[tuple[float, float, float]]  #: at, low, high
    lower_is_better: bool


@dataclass(frozen=True)
class Row:
    """A loss: its difference with an interval."""

    name: str
    mean: float
    half: float
    says: str
    worse: bool
    clear: bool


def tornado(bars: Sequence[Bar], base: float, title: str, says: str, name: str) -> Picture:
    """A bar an assumption, from the measure at its low end (hatched) to that at its high end."""
    figure, panel = _rows(len(bars), title)
    ends = [v for bar in bars for v in (bar.low, bar.high)] + [base]
    reach = max(ends) - min(ends) or 1.0
    for y, bar in enumerate(bars):
        for end, is_low in ((bar.low, True), (bar.high, False)):
            panel.barh(
                y, end - base, left=base, height=0.56, color="white" if is_low else (BLUE if bar.clear else GREY),
                edgecolor=BLUE if bar.clear else GREY, linewidth=0.9, hatch="////" if is_low else "",
            )  # fmt: skip
        left, right = sorted(((bar.low, bar.low_is), (bar.high, bar.high_is)))
        panel.text(min(left[0], base) - 0.012 * reach, y, left[1], ha="right", va="center", fontsize=7.5, color=INK)
        panel.text(max(right[0], base) + 0.012 * reach, y, right[1], ha="left", va="center", fontsize=7.5, color=INK)
    panel.axvline(base, color=INK, linewidth=1.0)
    panel.set_xlim(min(ends) - 0.16 * reach, max(ends) + 0.16 * reach)
    panel.set_yticks(range(len(bars)), [f"{bar.name}\n{bar.says}" for bar in bars], fontsize=7.6)
    return Picture(name, title, says, png(figure))


def losses(rows: Sequence[Row], title: str, says: str, name: str) -> Picture:
    """A bar a loss, the worst on top; the black line is its interval."""
    figure, panel = _rows(len(rows), title)
    reach = max(abs(row.mean) + row.half for row in rows) or 1.0
    least = min(0.0, *(row.mean - row.half for row in rows))
    for y, row in enumerate(rows):
        colour = GREY if not row.clear else VERMILLION if row.worse else BLUE
        panel.barh(
            y, row.mean, height=0.56, color=colour, hatch="" if row.worse or not row.clear else "////", edgecolor="white", linewidth=0
        )
        panel.plot([row.mean - row.half, row.mean + row.half], [y, y], color=INK, linewidth=1.2)
        panel.text(max(row.mean + row.half, 0.0) + 0.012 * reach, y, row.says, ha="left", va="center", fontsize=7.5, color=INK)
    panel.axvline(0, color=INK, linewidth=1.0)
    panel.set_xlim(least - 0.03 * reach, max(row.mean + row.half for row in rows) + 0.34 * reach)
    panel.set_yticks(range(len(rows)), [row.name for row in rows], fontsize=7.8)
    return Picture(name, title, says, png(figure))


def break_even(curves: Sequence[Curve], title: str, says: str, name: str, axis: str) -> Picture:
    """A panel an assumption: the band is the 95 % interval, the grey stretch that of the place where it crosses zero."""
    columns = min(2, len(curves))
    rows = -(-len(curves) // columns)
    each, top = 2.1, 0.2
    height = rows * each + top
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    figure.text(0.012, 1 - 0.06 / height, title, ha="left", va="top", fontsize=9, color=INK)
    left, gap = 0.085, 0.1
    width = (0.975 - left - gap * (columns - 1)) / columns
    for number, curve in enumerate(curves):
        row, column = divmod(number, columns)
        bottom = (height - top - (row + 1) * each + 0.38) / height
        panel = figure.add_axes((left + column * (width + gap), bottom, width, (each - 0.66) / height))
        plain(panel)
        x, mean, half = (np.asarray(v, dtype=np.float64) for v in (curve.x, curve.mean, curve.half))
        panel.fill_between(x, mean - half, mean + half, color=BLUE, alpha=0.22, linewidth=0)
        panel.plot(x, mean, color=BLUE, marker="o", markersize=3.5, linewidth=1.4)
        panel.axhline(0, color=INK, linewidth=1.0)
        for at, low, high in curve.crossings:
            panel.axvspan(low, high, color=GREY, alpha=0.3, linewidth=0)
            panel.axvline(at, color=VERMILLION, linewidth=1.3, linestyle="--")
        panel.set_xlim(x[0], x[-1])
        below, above = panel.get_ylim()
        panel.set_ylim(min(below, -0.08 * (above - below)), max(above, 0.08 * (above - below)))
        panel.set_xticks(x, curve.labels, fontsize=7)
        panel.set_title(curve.name, fontsize=8, loc="left", color=INK, pad=3)
        if column == 0:
            panel.set_ylabel(axis, fontsize=7.5, color=INK, labelpad=3)
        side = "below" if curve.lower_is_better else "above"
        where = 0.03 if side == "below" else 0.97
        panel.text(0.99, where, f"{side} the line the plan is better", transform=panel.transAxes, ha="right",
                   va="bottom" if side == "below" else "top", fontsize=6.8, color=SOFT)  # fmt: skip
    return Picture(name, title, says, png(figure))


def _rows(count: int, title: str) -> tuple[Figure, Axes]:
    height = 0.72 + ROW * count
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    panel = figure.add_axes((LEFT, 0.34 / height, 0.965 - LEFT, ROW * count / height))
    plain(panel)
    panel.grid(visible=False, axis="y")
    panel.grid(axis="x", color="#DDDDDD", linewidth=0.6)
    panel.xaxis.set_major_formatter("{x:,g}")
    panel.set_ylim(count - 0.45, -0.55)
    panel.tick_params(axis="y", length=0)
    panel.set_title(title, fontsize=9, loc="left", color=INK, pad=4)
    return figure, panel
