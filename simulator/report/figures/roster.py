"""The figure of a roster: agents by interval beside today's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from simulator.document.blocks import Picture
from simulator.experiment.staff.targets import INTERVAL, labels
from simulator.report.figures.frame import DPI, GREY, SERIES, WIDTH, plain, png
from simulator.report.staff_words import by_interval

if TYPE_CHECKING:
    from simulator.experiment.questions.staff import Answer

TICKS = 9


def agents(answer: Answer) -> Picture:
    """Agents of all teams planned, by interval, and today's."""
    places = labels(answer.scenario, answer.choices.model, INTERVAL)
    made, today = [0.0] * len(places), [0.0] * len(places)
    for number, (_, _, now, before) in enumerate(by_interval(answer)):
        made[number % len(places)] += now
        today[number % len(places)] += before
    figure = Figure(figsize=(WIDTH, 2.6), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    edges = list(range(len(places) + 1))
    axes.stairs(made, edges, color=SERIES[0], linewidth=1.8, label="this roster")
    axes.stairs(today, edges, color=GREY, linewidth=1.4, linestyle="--", label="today")
    step = max(1, len(places) // TICKS)
    axes.set_xticks(edges[:-1:step], [*places[::step]])
    axes.set_ylim(bottom=0)
    axes.set_ylabel("agents on the roster")
    axes.legend(frameon=False, loc="best")
    plain(axes)
    peak = max(made)
    says = f"Agents on the roster by interval, at most {peak:.0f}; the dashed line is today's roster."
    return Picture("agents", "Agents at work", says, png(figure))
