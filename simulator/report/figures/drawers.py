"""Every function that draws a figure of a run; importing this module loads matplotlib."""

from simulator.report.figures.callers import abandonment, arrivals, lines, waiting
from simulator.report.figures.centre import agents, constraint, fates
from simulator.report.figures.variants import course, forest
from simulator.report.figures.work import callback_list, channels, open_work, staffing

__all__ = [
    "abandonment", "agents", "arrivals", "callback_list", "channels", "constraint", "course", "fates", "forest", "lines", "open_work",
    "staffing", "waiting",
]  # fmt: skip
