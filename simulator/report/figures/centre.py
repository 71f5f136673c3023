"""Figures of the centre: agents by site and state, what held recovery up, and how people's stories ended."""

from __future__ import annotations

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from simulator.document.blocks import Picture
from simulator.report.figures.curves import edges, from_zero, percent, stairs
from simulator.report.figures.frame import (
    AMBER,
    BLUE,
    DPI,
    GREEN,
    GREY,
    HATCHES,
    INK,
    PURPLE,
    SKY,
    VERMILLION,
    WIDTH,
    Canvas,
    heading,
    key,
    plain,
    png,
)  # fmt: skip
from simulator.report.verdict import CONSTRAINTS, constraint_sentence, got_nobody
from simulator.report.wording import LocalTime, count
from simulator.statistics.summary import Summary

STATES = (
    ("busy", "talking", BLUE), ("wrap", "wrap-up", SKY), ("available", "free", GREEN), ("break", "on a break", "#C9C9C9"),
    ("away", "on shift, cannot work", VERMILLION), ("absent", "absent", "#6E6E6E"),
)  # fmt: skip
CONSTRAINTS_DRAWN = {
    "none": ("#E4E4E4", ""), "closed": ("#FFFFFF", "...."), "decision": (PURPLE, "////"), "links": (INK, ""), "network": (GREY, "xxxx"),
    "switch": (GREY, ""), "numbers": (VERMILLION, "...."), "seats": (AMBER, "\\\\\\\\"), "people": (BLUE, "xxxx"), "lines": (GREEN, ""),
}  # fmt: skip
"""The colour and the hatch of each."""
ENDINGS = (
    ("served by an agent", ("served",), BLUE),
    ("reached or located through the open network", ("solved_by_reached", "solved_by_located"), GREEN),
    (
        "solved without an agent",
        ("solved_by_announcement", "solved_by_informed", "solved_by_self_service", "solved_by_repaired", "solved_by_own_means"),
        SKY,
    ),
    ("in service at the end", ("people_in_service_at_end",), PURPLE),
    ("still trying at the end", ("still_trying",), AMBER),
    ("gave up", ("gave_up",), VERMILLION),
)
"""How a person's story can end, and the fates it is made of."""
VISIBLE = 0.001
"""The share of people from which on an ending is drawn."""


def agents(summary: Summary, time: LocalTime) -> Picture:
    """Where agents are, and what they do."""
    canvas = Canvas(summary, time, (1.7, 1.7))
    top, below = canvas.panels
    x = edges(summary)
    base = np.zeros(len(x))
    for number, site in enumerate(summary.sites):
        online = stairs(summary.over_time("agents_online", site=site).mean)
        colour = (BLUE, GREEN, PURPLE, AMBER)[number % 4]
        top.fill_between(
            x, base, base + online, step="post", facecolor=colour, linewidth=0, hatch=HATCHES[number % 4], edgecolor="white", label=site
        )
        base = base + online
    travelling = stairs(sum((summary.over_time("on_the_way", site=site).mean for site in summary.sites), np.zeros(len(x) - 1)))
    top.step(x, travelling, where="post", color=INK, linewidth=1.2, linestyle=(0, (3, 2)), label="with their families or on the way")
    heading(top, "agents online, by site")
    key(top)
    base = np.zeros(len(x))
    for number, (state, label, colour) in enumerate(STATES):
        height = stairs(summary.over_time(state).mean)
        below.fill_between(
            x, base, base + height, step="post", facecolor=colour, linewidth=0, hatch=HATCHES[number], edgecolor="white", label=label
        )
        base = base + height
    heading(below, "agents, by state")
    key(below, columns=6)
    for panel in canvas.panels:
        from_zero(panel)
    says = "Agents at work and where, hour by hour."
    if summary.impact is not None:
        six = summary.estimate("agents_online_6h")
        says = (
            f"Six hours after the impact {count(six.mean)} agents were online (middle 90 % of worlds: {count(six.p5)} to {count(six.p95)})."
        )
    says += " Agents by site are those at the end of each interval, states are averages over it."
    return canvas.picture("agents", "Agents by site and state", says)


def constraint(summary: Summary, time: LocalTime) -> Picture | None:
    """What stood between the centre and its minimum level, in what share of the worlds; None without an impact."""
    held = summary.constraint
    if held is None or not len(held.start):
        return None
    canvas = Canvas(summary, time, (2.0,))
    panel = canvas.panels[0]
    x = np.append(held.start, summary.ended_at)
    base = np.zeros(len(x))
    for number, name in enumerate(held.names):
        colour, hatch = CONSTRAINTS_DRAWN[name]
        height = stairs(held.shares[:, number])
        if height.any():
            edge = "#B0B0B0" if name == "closed" else "white"
            panel.fill_between(
                x, base, base + height, step="post", facecolor=colour, linewidth=0, hatch=hatch, edgecolor=edge, label=CONSTRAINTS[name]
            )
        base = base + height
    again = [stretch for stretches in summary.below.values() for stretch in stretches[1:]]
    if again:
        instants = np.unique([*held.start.tolist(), *(edge for stretch in again for edge in stretch)])
        over = np.array([sum(since <= at < until for since, until in again) for at in instants.tolist()]) / len(summary.below)
        shut = held.shares[:, held.names.index("closed")] > 1 - 1e-9  # nothing is below while everything is closed
        over[shut[np.searchsorted(held.start, instants, side="right") - 1]] = np.nan
        panel.step(instants, over, where="post", color=INK, linewidth=1.6, label="fallen below again")
    percent(panel)
    heading(panel, "share of worlds")
    key(panel, columns=1)
    return canvas.picture("what-held-recovery-up", "What held recovery up", constraint_sentence(summary))


def _ended(summary: Summary, need: str, names: tuple[str, ...]) -> float:
    return sum(summary.fates[need][name].mean for name in names if name in summary.fates[need])


def fates(summary: Summary, _time: LocalTime) -> Picture | None:
    """How people's stories ended, by need; None where there is nobody."""
    people = {need: [_ended(summary, need, names) for _, names, _ in ENDINGS] for need in summary.needs}
    rows = [need for need in summary.needs if sum(people[need]) > 0]
    if not rows:
        return None
    height = 0.78 + 0.46 * len(rows)
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    panel = figure.add_axes((0.135, 0.40 / height, 0.80, (height - 0.78) / height))
    plain(panel)
    panel.grid(visible=False)
    left = np.zeros(len(rows))
    for number, (label, _, colour) in enumerate(ENDINGS):
        width = np.array([people[need][number] / sum(people[need]) for need in rows])
        if not (width >= VISIBLE).any():
            continue
        panel.barh(
            range(len(rows)),
            width,
            left=left,
            color=colour,
            height=0.66,
            hatch=HATCHES[number],
            edgecolor="white",
            linewidth=0.4,
            label=label,
        )
        for row, need in enumerate(rows):
            if width[row] > 0.075:
                panel.text(
                    left[row] + width[row] / 2, row, f"{count(people[need][number])} ({100 * width[row]:.0f} %)", ha="center", va="center",
                    fontsize=7.5, color=INK, bbox={"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 1.2},
                )  # fmt: skip
        left = left + width
    panel.set_yticks(range(len(rows)), rows)
    panel.invert_yaxis()
    panel.set_xlim(0, 1)
    panel.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 % of people"])
    panel.tick_params(axis="y", length=0, labelsize=8.5)
    panel.legend(fontsize=7.5, frameon=False, ncols=5, loc="lower left", bbox_to_anchor=(-0.13, 1.0), handlelength=1.6, columnspacing=1.2)
    says = f"Of {count(summary.estimate('customers').mean)} people {got_nobody(summary)}."
    return Picture("where-people-ended", "Where people ended", says, png(figure))
