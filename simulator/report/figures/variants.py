"""Figures that put variants side by side: what differs, with its interval, and the course of the day."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from simulator.document.blocks import Picture
from simulator.report.answering import moved, noun
from simulator.report.figures.curves import curve, from_zero, percent
from simulator.report.figures.frame import Canvas, heading, key, png
from simulator.report.figures.intervals import Interval, Panel, side_by_side
from simulator.report.labels import capital
from simulator.report.wording import LocalTime

if TYPE_CHECKING:
    from simulator.report.labels import Labels
    from simulator.report.lead import Lead, Row, Value
    from simulator.statistics.summary import Summary

MOST = 4  #: more lines than this cannot be told apart


def course(summaries: Mapping[str, Summary], time: LocalTime, lead: Lead, labels: Labels) -> Picture:
    """Reachability and agents online of what the others are put beside, of the file as written and of the best; equal curves as one."""
    base = lead.own if lead.base is None else lead.base.name
    ranked = list(dict.fromkeys([base, lead.own, *(row.name for row in lead.rows), *summaries]))
    alike: dict[bytes, list[str]] = {}
    for name in ranked:
        shapes = [summaries[name].over_time(series).mean for series in ("reachability", "agents_online")]
        alike.setdefault(np.concatenate(shapes).tobytes(), []).append(name)
    shown = list(alike.values())[:MOST]
    canvas = Canvas(summaries[base], time, (1.9, 1.6))
    top, below = canvas.panels
    for number, names in enumerate(shown):
        called = labels.variant(names[0]) if len(names) == 1 else f"{labels.variant(names[0])} and {len(names) - 1} more"
        curve(top, summaries[names[0]], summaries[names[0]].over_time("reachability"), number, called)
        curve(below, summaries[names[0]], summaries[names[0]].over_time("agents_online"), number, called, band=True)
    percent(top)
    heading(top, "answered of those who wanted an agent")
    key(top, columns=2, place="best")  # back at work the lines run along the top, before it along the bottom
    from_zero(below)
    heading(below, "agents online")
    left_out = sum(map(len, alike.values())) - sum(map(len, shown))
    which = "of each variant" if not left_out else f"of the best variants and the file as written; {left_out} more are left out"
    steps = canvas.steps_in_words()
    return canvas.picture(
        "variants-over-time",
        "The variants over time",
        f"Share answered of the contacts that wanted an agent, and agents online, {which}. Equal curves are drawn once."
        + (f" The numbered steps are those of “{labels.variant(base)}”: {steps}." if steps else ""),
    )


def forest(lead: Lead, labels: Labels) -> Picture | None:
    """Paired differences in each measure of the answer; None where there is nothing to compare."""
    base = lead.base
    if base is None or lead.answer.per != "variant":
        return None
    panels = []
    for place, own in enumerate(base.values):
        rows = [_interval(row, row.values[place], labels) for row in lead.rows]
        if any(math.isfinite(row.mean) and (row.mean or row.half) for row in rows):
            unit = own.estimate.unit if own.estimate is not None else "count"
            panels.append(Panel(capital(noun(own, labels)), unit, rows))
    if not panels:
        return None
    says = (
        f"Each variant against “{labels.variant(base.name)}” in the same worlds; bars are 95 % intervals that hold for all variants "
        "at once, and a difference is unclear where its bar touches the line."
    )
    return Picture("variants-compared", "What the variants change", says, png(side_by_side(panels)))


def _interval(row: Row, value: Value, labels: Labels) -> Interval:
    d = value.change
    known = d is not None and d.is_number and not value.empty
    mean, half = (d.mean, d.half_width_all if math.isfinite(d.half_width_all) else 0.0) if known and d is not None else (math.nan, 0.0)
    word = value.word if value.word in ("better", "worse") else ""
    return Interval(capital(labels.variant(row.name)), mean, half, f"{moved(value)}{f'  {word}' if word else ''}", value.word)
