"""Differences with their intervals, one below another: the one drawer for variants and for alternatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from simulator.report.figures.frame import DPI, GREY, INK, SERIES, VERMILLION, WIDTH, plain
from simulator.report.wording import duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW = 0.38  #: inches
STEPS = (1, 5, 10, 30, 60, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800)  #: seconds between marks
LETTER = 0.066  #: inches of one in the names of the rows
WIDEST = 0.34  #: share of the figure that names may take


@dataclass(frozen=True)
class Interval:
    """A difference: ``mean`` ± ``half`` (NaN where there is no number), what stands above it, and better, worse, unclear or nothing."""

    name: str
    mean: float
    half: float
    text: str
    tone: str = ""


@dataclass(frozen=True)
class Panel:
    """One measure: a row for each that is compared."""

    title: str
    unit: str
    rows: Sequence[Interval]


def side_by_side(panels: Sequence[Panel]) -> Figure:
    """A panel for each measure, two beside each other, with room for whatever the rows are called."""
    names = [row.name for row in panels[0].rows]
    columns = min(2, len(panels))
    lines = -(-len(panels) // columns)
    each = 0.72 + ROW * len(names)
    height = lines * each + 0.1
    left = min(0.15 + LETTER * max(map(len, names)), WIDEST * WIDTH) / WIDTH
    gap = 0.045
    width = (0.962 - left - gap * (columns - 1)) / columns  # half of the last tick's label stands beyond its panel
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    for number, one in enumerate(panels):
        line, column = divmod(number, columns)
        bottom = (height - (line + 1) * each + 0.34) / height
        axes = figure.add_axes((left + column * (width + gap), bottom, width, ROW * len(names) / height))
        _draw(axes, one, named=column == 0)
    return figure


def _draw(panel: Axes, one: Panel, *, named: bool) -> None:
    plain(panel)
    panel.grid(visible=False)
    panel.axvline(0, color=INK, linewidth=0.9)
    known = [row for row in one.rows if np.isfinite(row.mean)]
    reach = max((abs(row.mean) + row.half for row in known), default=0.0) or 1.0
    for y, row in enumerate(one.rows):
        colour = {"better": SERIES[0], "worse": VERMILLION}.get(row.tone, GREY)
        if np.isfinite(row.mean):
            panel.plot([row.mean - row.half, row.mean + row.half], [y + 0.14] * 2, color=colour, linewidth=3, solid_capstyle="butt")
            panel.plot([row.mean], [y + 0.14], marker="s" if row.tone == "worse" else "o", color=colour, markersize=6)
        behind = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
        panel.text(-1.1 * reach, y + 0.01, row.text, va="bottom", fontsize=7.5, color=INK, bbox=behind)
    panel.set_xlim(-1.12 * reach, 1.12 * reach)
    panel.set_ylim(len(one.rows) - 0.45, -0.55)
    names = [short(row.name) for row in one.rows]
    panel.set_yticks(range(len(names)), names if named else [""] * len(names))
    panel.tick_params(axis="y", length=0, labelsize=8)
    ticks(panel, "x", one.unit, signed=True)
    panel.set_title(one.title, fontsize=8.5, loc="left", color=INK, pad=3)


def short(name: str) -> str:
    """A name that may be too long for its margin, on two lines."""
    from textwrap import wrap

    most = int(WIDEST * WIDTH / LETTER)
    return "\n".join(wrap(name, most)[:2]) if len(name) > most else name


def ticks(panel: Axes, axis: str, unit: str, *, signed: bool = False) -> None:
    """Few marks, in the words of the unit."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

    def said(value: float, _position: Any = None) -> str:
        if unit == "share":
            points = f"{100 * value:+g}" if signed and value else f"{100 * value:g}"
            return f"{points} {'pp' if signed else '%'}".replace("-", "−")
        if unit == "duration":
            return duration(value)
        return f"{value:+,g}".replace("-", "−") if signed and value else f"{value:,g}".replace("-", "−")

    of = panel.xaxis if axis == "x" else panel.yaxis
    low, high = panel.get_xlim() if axis == "x" else panel.get_ylim()
    step = next((s for s in STEPS if (high - low) / s <= 6), STEPS[-1])
    of.set_major_locator(MultipleLocator(step) if unit == "duration" else MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    of.set_major_formatter(FuncFormatter(said))
    of.set_tick_params(labelsize=7.5)
