"""The picture of common random numbers: the same question asked of other customers each time, and of the same ones."""

from __future__ import annotations

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from simulator.api import Result
from simulator.report.figures import house_style
from simulator.report.figures.frame import BLUE, DPI, GREY, INK, VERMILLION, WIDTH, plain, png
from simulator.statistics.estimation import mean_interval

ALTERNATIVES = ("priority", "first-come")


def draw(result: Result) -> bytes:
    """A PNG of people who got nobody under two strategies: worlds, differences of unlike worlds, differences of pairs."""
    assert result.contest is not None
    a, b = (result.contest.columns[name][0].worlds for name in ALTERNATIVES)
    n = len(a)
    apart = np.roll(b, 1) - a  # each world against another one's neighbour: other customers, other luck
    together = b - a
    with house_style():
        figure = Figure(figsize=(WIDTH, 3.3), dpi=DPI, facecolor="white")
        FigureCanvasAgg(figure)
        worlds = figure.add_axes((0.08, 0.14, 0.36, 0.72))
        plain(worlds)
        for i in range(n):
            worlds.plot([0, 1], [a[i], b[i]], color=GREY, linewidth=0.9, marker="o", markersize=3)
        worlds.set_xticks([0, 1], ALTERNATIVES, fontsize=8)
        worlds.set_xlim(-0.25, 1.25)
        worlds.set_title(f"people who got nobody, in {n} worlds", fontsize=8.5, loc="left", color=INK)
        differences = figure.add_axes((0.54, 0.14, 0.44, 0.72))
        plain(differences)
        differences.axvline(0, color=INK, linewidth=0.9)
        rows = ((1, apart, VERMILLION, "s", "other customers each time"), (0, together, BLUE, "o", "the same customers"))
        behind = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
        for y, values, colour, marker, said in rows:
            mean, half = (float(x[0]) for x in mean_interval(values[:, None])[:2])
            scatter = y + np.linspace(-0.13, 0.13, n)
            differences.plot(values, scatter, marker, color=colour, markersize=3.2, fillstyle="none")
            differences.plot([mean - half, mean + half], [y - 0.24, y - 0.24], color=colour, linewidth=3, solid_capstyle="butt")
            differences.plot([mean], [y - 0.24], marker, color=colour, markersize=6)
            said_of_it = f"{said}: {mean:+,.0f} ± {half:,.0f}".replace("-", "−")
            differences.text(0.01, (y + 0.78) / 2, said_of_it, fontsize=8.5, color=INK, transform=differences.transAxes, bbox=behind)
        differences.set_ylim(-0.5, 1.5)
        differences.set_yticks([])
        differences.set_title(
            f"{ALTERNATIVES[1]} less {ALTERNATIVES[0]}: single worlds, mean, 95 % interval", fontsize=8.5, loc="left", color=INK
        )
        differences.xaxis.set_major_locator(MaxNLocator(5))
        differences.xaxis.set_major_formatter("{x:,.0f}")
        return png(figure)
