"""Figures that put variants side by side: what differs, with its interval, and the course of the day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from simulator.document.blocks import Picture
from simulator.report.figures.curves import curve, from_zero, percent
from simulator.report.figures.frame import DPI, GREY, INK, SERIES, SOFT, VERMILLION, WIDTH, Canvas, heading, key, plain, png
from simulator.report.wording import LocalTime, difference

if TYPE_CHECKING:
    from simulator.statistics.summary import Comparison, PairedDifference, Summary

MEASURES = (
    ("people_never_served", "people who got nobody"),
    ("time_to_recover", "time until the centre was back"),
    ("served", "people served by an agent"),
)
"""A panel each, where the difference is defined."""
MOST = 4  #: more lines than this cannot be told apart


def course(summaries: Mapping[str, Summary], time: LocalTime, baseline: str) -> Picture:
    """Reachability and agents online of every variant, the first four."""
    canvas = Canvas(summaries[baseline], time, (1.9, 1.6))
    top, below = canvas.panels
    for number, (name, summary) in enumerate(list(summaries.items())[:MOST]):
        curve(top, summary, summary.over_time("reachability"), number, name)
        curve(below, summary, summary.over_time("agents_online"), number, name, band=True)
    percent(top)
    heading(top, "answered of those who wanted an agent")
    key(top, columns=2, place="best")  # back at work the lines run along the top, before it along the bottom
    from_zero(below)
    heading(below, "agents online")
    shown = "each variant" if len(summaries) <= MOST else f"the first {MOST} of {len(summaries)} variants"
    return canvas.picture(
        "variants-over-time",
        "The variants over time",
        f"Share answered of the arriving calls that wanted an agent, and agents online, in {shown}. "
        f"The numbered steps are those of {baseline}.",
    )


def forest(comparison: Comparison, urgent: str) -> Picture | None:
    """Paired differences from the baseline: the point is the mean, the bar its 95 % interval, each panel one measure.

    ``urgent`` is the need whose people get a panel of their own, if any. None where the comparison has none of the measures.
    """
    panels: list[tuple[str, list[PairedDifference]]] = []
    wanted: list[tuple[str, dict[str, str], str]] = [(measure, {}, title) for measure, title in MEASURES]
    if urgent:
        wanted.insert(1, ("people_never_served", {"need": urgent}, f"people with need {urgent} who got nobody"))
    for measure, scope, title in wanted:
        found = [d for d in comparison.differences if d.measure == measure and dict(d.scope) == scope and np.isfinite(d.mean)]
        if found:
            panels.append((title, found))
    if not panels:
        return None
    names = list(comparison.variants)
    columns = min(2, len(panels))
    rows = -(-len(panels) // columns)
    each = 0.55 + 0.34 * len(names)
    height = rows * each + 0.1
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    left, gap = 0.135, 0.045
    width = (0.985 - left - gap * (columns - 1)) / columns
    for number, (title, differences) in enumerate(panels):
        row, column = divmod(number, columns)
        bottom = (height - (row + 1) * each + 0.24) / height
        panel = figure.add_axes((left + column * (width + gap), bottom, width, 0.34 * len(names) / height))
        plain(panel)
        panel.grid(visible=False)
        panel.axvline(0, color=INK, linewidth=0.9)
        reach = max((abs(d.mean) + (d.half_width_all if np.isfinite(d.half_width_all) else 0.0) for d in differences), default=0.0) or 1.0
        for d in differences:
            y = names.index(d.variant)
            wide = d.half_width_all if np.isfinite(d.half_width_all) else 0.0
            better = d.better != "none" and (d.mean < 0) == (d.better == "lower")
            colour = GREY if abs(d.mean) <= wide else (SERIES[0] if better else VERMILLION)
            if d.is_number:
                panel.plot([d.mean - wide, d.mean + wide], [y, y], color=colour, linewidth=3, solid_capstyle="butt")
                panel.plot([d.mean], [y], marker="o" if better else "s", color=colour, markersize=6)
            word = "unclear" if abs(d.mean) <= wide else ("better" if better else "worse" if d.better != "none" else "")
            label = f"{difference(d, d.half_width_all)}  {word}"
            side = d.mean > 0
            panel.text(
                -0.04 * reach if side else 0.04 * reach,
                y,
                "the same" if d.is_number and d.mean == 0 and d.half_width_all == 0 else label,
                ha="right" if side else "left",
                va="center",
                fontsize=7,
                color=INK,
            )
        panel.set_xlim(-1.12 * reach, 1.12 * reach)
        panel.set_ylim(len(names) - 0.45, -0.55)
        panel.set_yticks(range(len(names)), names if column == 0 else [""] * len(names))
        panel.tick_params(axis="y", length=0, labelsize=8.5)
        panel.set_xticks([0], ["no difference"], fontsize=7, color=SOFT)
        panel.set_title(title, fontsize=8.5, loc="left", color=INK, pad=3)
    says = f"Each variant against {comparison.baseline} in the same {comparison.replications} worlds; "
    says += "bars are 95 % intervals that hold for all variants at once, and a difference is unclear where its bar touches the line."
    return Picture("variants-compared", "What the variants change", says, png(figure))
