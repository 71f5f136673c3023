"""Shapes that figures over time are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.report.figures.frame import DASHES, SERIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from simulator.statistics.summary import IntervalSeries, Summary

    Floats = NDArray[np.float64]


def curve(
    panel: Axes,
    summary: Summary,
    series: IntervalSeries,
    number: int,
    label: str,
    *,
    band: bool = False,
    width: float = 1.7,
    scale: float = 1.0,
) -> None:
    """The series at the middle of its intervals, with gaps where it is not defined; the band is p5 to p95 of the worlds."""
    x = summary.interval_starts + summary.interval / 2
    if band:
        panel.fill_between(x, series.p5 * scale, series.p95 * scale, color=SERIES[number], alpha=0.16, linewidth=0, zorder=2)
    panel.plot(x, series.mean * scale, color=SERIES[number], linestyle=DASHES[number], linewidth=width, label=label, zorder=3)


def edges(summary: Summary) -> Floats:
    """The start of each interval and the end of the last: what stairs stand on."""
    return np.append(summary.interval_starts, summary.ended_at)


def stairs(values: Floats) -> Floats:
    """Values of intervals as heights of stairs; what is not defined counts as nothing."""
    known = np.where(np.isfinite(values), values, 0.0)
    return np.append(known, known[-1:])


def percent(panel: Axes) -> None:
    """A vertical axis from 0 to 100 %."""
    panel.set_ylim(0, 1)
    panel.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])


def from_zero(panel: Axes) -> None:
    """A vertical axis from zero, with room for the legend above the data."""
    panel.set_ylim(0, max(panel.get_ylim()[1] * 1.16, 1))


def highest(values: Floats) -> int | None:
    """Where the largest finite value above zero stands; None if there is none."""
    known = np.where(np.isfinite(values), values, 0.0)
    at = int(known.argmax())
    return at if known[at] > 0 else None
