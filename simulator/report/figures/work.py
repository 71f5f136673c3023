"""Figures of work beyond calls: channels, the list to call back, what stands open, agents required and there."""

from __future__ import annotations

import numpy as np

from simulator.document.blocks import Picture
from simulator.errors import UsageError
from simulator.report.figures.curves import curve, edges, from_zero, highest, stairs
from simulator.report.figures.frame import AMBER, BLUE, GREEN, HATCHES, PURPLE, SKY, VERMILLION, Canvas, heading, key
from simulator.report.staffing import shortest, shortfall, targets
from simulator.report.wording import LocalTime, count, duration
from simulator.statistics.summary import IntervalSeries, Summary

COLOURS = (SKY, AMBER, GREEN, PURPLE, VERMILLION, BLUE)


def channels(summary: Summary, time: LocalTime) -> Picture | None:
    """What people tried on each channel, one above another, and what was answered there."""
    found = [(name, _series(summary, "attempted", name), _series(summary, "answered", name)) for name in summary.channels]
    used = [(name, tried, answered) for name, tried, answered in found if tried is not None and answered is not None and tried.mean.any()]
    if len(used) < 2:
        return None
    canvas = Canvas(summary, time, (2.1, 1.6))
    x = edges(summary)
    for panel, number, title in ((canvas.panels[0], 1, "attempts"), (canvas.panels[1], 2, "answered")):
        below = np.zeros(len(x))
        for i, row in enumerate(used):
            height = stairs(row[number].mean)  # type: ignore[union-attr]  # the rows hold two series
            colour, hatch = COLOURS[i % len(COLOURS)], HATCHES[i % len(HATCHES)]
            panel.fill_between(
                x, below, below + height, step="post", facecolor=colour, linewidth=0, hatch=hatch, edgecolor="white", label=row[0]
            )
            below = below + height
        from_zero(panel)
        heading(panel, f"{title} per {duration(summary.interval)}")
    key(canvas.panels[0], columns=min(len(used), 3))
    most = max(used, key=lambda row: float(np.nansum(row[1].mean)))
    total = sum(float(np.nansum(row[1].mean)) for row in used)
    part = float(np.nansum(most[1].mean)) / total if total else 0.0
    return canvas.picture("channels", "Channels over time", f"{part:.0%} of all attempts were made by {most[0]}.")


def callback_list(summary: Summary, time: LocalTime) -> Picture | None:
    """The list to call back: what is open, who has been reached, who has been given up."""
    names = (("list_open", "still to be called"), ("list_reached", "reached"), ("list_given_up", "given up"))
    found = [(label, one) for name, label in names if (one := _series(summary, name)) is not None]
    if not any(one.mean.any() for _, one in found):
        return None
    canvas = Canvas(summary, time, (2.4,))
    panel = canvas.panels[0]
    for number, (label, one) in enumerate(found):
        curve(panel, summary, one, number, label, band=True, width=2.0)
    from_zero(panel)
    heading(panel, "entries of the list")
    key(panel, columns=3)
    left = float(found[0][1].mean[-1])
    says = (
        f"At the end of the run {count(left)} entries were still to be called, on average."
        if left >= 0.5
        else "The list was finished in the run."
    )
    return canvas.picture("callback-list", "The list to call back", says)


def open_work(summary: Summary, time: LocalTime) -> Picture | None:
    """Conversations begun and not over, and what is kept and not yet answered."""
    names = (("conversations_open", "conversations open"), ("backlog", "kept, not yet answered"))
    found = [(label, one) for name, label in names if (one := _series(summary, name)) is not None and one.mean.any()]
    replies = _series(summary, "reply_time")
    if not found:
        return None
    canvas = Canvas(summary, time, (1.9, 1.5) if replies is not None else (2.2,))
    for number, (label, one) in enumerate(found):
        curve(canvas.panels[0], summary, one, number, label, band=True)
    from_zero(canvas.panels[0])
    heading(canvas.panels[0], "at the end of each interval")
    key(canvas.panels[0])
    worst = highest(found[-1][1].mean)
    says = ""
    if worst is not None:
        says = (
            f"Looked at where each interval ends, most stood unanswered around {time.clock(float(summary.interval_starts[worst]))}: "
            f"{count(float(found[-1][1].mean[worst]))}."
        )
    if replies is not None:
        for number, (name, label) in enumerate((("first_reply", "first reply"), ("reply_time", "any reply"))):
            curve(canvas.panels[1], summary, summary.over_time(name), number, label, band=True, scale=1 / 60)
        from_zero(canvas.panels[1])
        heading(canvas.panels[1], "minutes until our answer")
        key(canvas.panels[1])
    return canvas.picture("open-work", "What stands open", says or "Nothing stood unanswered for long.")


def staffing(summary: Summary, time: LocalTime) -> Picture | None:
    """Agents that the demand asks for by Erlang A, agents at work, agents on the roster."""
    plan = summary.staffing
    if plan is None:
        return None
    canvas = Canvas(summary, time, (2.2,))
    panel = canvas.panels[0]
    x = edges(summary)
    required = plan.required.sum(axis=1)
    panel.fill_between(x, 0, stairs(required), step="post", facecolor=SKY, linewidth=0, label="required (Erlang A, each need by itself)")
    panel.step(x, stairs(plan.scheduled), where="post", color=VERMILLION, linestyle=(0, (6, 2)), linewidth=1.8, label="on the roster")
    curve(panel, summary, summary.over_time("agents_present"), 2, "at work")
    from_zero(panel)
    heading(panel, "agents")
    key(panel, columns=1)
    worst = shortest(plan)
    if worst is None:
        says = f"Those at work are as many as it takes {targets(plan)}, all the time."
    else:
        says = shortfall(plan, time.clock(worst[0]), worst[1])
    return canvas.picture(
        "staffing", "Agents required and agents there", f"{says} Redials and needs that share agents are not in the formula."
    )


def _series(summary: Summary, name: str, channel: str = "") -> IntervalSeries | None:
    try:
        return summary.over_time(name, channel=channel) if channel else summary.over_time(name)
    except UsageError:
        return None
